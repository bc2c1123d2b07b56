"""One member: their devices, where and as what they take part, and how they leave."""

import flet as ft

from app.services.language import _, counted, day_text
from app.services.models import DeviceLook, Person, Role
from app.views.common.invited import role_text
from app.views.coordinate.asking import Ask
from app.views.coordinate.people import area_name, invite_parts, named
from app.views.coordinate.person_place import PlaceField
from app.views.parts import card, main_button, notice, page_body, pick, quiet_button, stack, text, title
from app.views.screen import Screen
from sync.core.errors import NotFound


class PersonScreen(Screen):
    """What a coordinator sees of somebody, and may decide."""

    back = "/mensen"

    def __init__(self, shell, member: bytes) -> None:
        super().__init__(shell)
        self.member = member

    def build(self) -> ft.Control:
        self.person = self._find()
        self.role, self.team = self.person.role, self.person.team
        self.top, self.moving, self.link = stack(spacing=16), stack(spacing=12), stack(spacing=16)
        self.refresh()
        return page_body(self.top, self.moving, self.link)

    def _find(self) -> Person:
        for person in self.app.trust.people():
            if person.id == self.member:
                return person
        raise NotFound("member")

    def refresh(self) -> None:
        before, self.person = self.person, self._find()
        if before != self.person or not self.top.controls:
            self._draw()

    def _draw(self) -> None:
        p = self.person
        place = area_name(self.app, p.team)
        parts = [title(named(p)), text(f"{role_text(p.role)} · {place}", soft=True)]
        if p.devices:
            parts += [
                title(_("Apparaten"), 2),
                *self._which(),
                *(self._device(n, d) for n, d in enumerate(p.devices, 1)),
            ]
        self.top.controls = [*parts, *self._gone_devices()]
        self._draw_moving()

    def _which(self) -> list[ft.Control]:
        """How to tell several devices apart, when one of them is lost."""
        if len(self.person.devices) < 2:
            return []
        said = _(
            "Is er één kwijt? Laat de woorden voorlezen van het apparaat dat er nog is. Ze staan daar bij Instellingen. Zo weet je welk apparaat het andere is."
        )
        return [notice(said, ft.Icons.RECORD_VOICE_OVER_OUTLINED)]

    def _gone_devices(self) -> list[ft.Control]:
        """Devices that were signed off: what could have been opened with each, should it be lost."""
        if not self.person.mine and not self.person.me:
            return []
        said = _("Afgemeld apparaat ({words}): wat kon erop staan?")
        return [
            quiet_button(said.format(words=words), self.go(f"/kwijt/{device.hex()}"), ft.Icons.PHONELINK_ERASE)
            for device, words in self.app.law.lost.left(self.member)
        ]

    def _device(self, number: int, d: DeviceLook) -> ft.Control:
        p = self.person
        name = _("Dit apparaat") if d.me else _("Apparaat {n}").format(n=number)
        seen = day_text(d.seen, self.app.today()) if d.seen else _("nog niet bekend")
        rows: list[ft.Control] = [
            text(name, weight=ft.FontWeight.W_600, size=18),
            text(_("Laatst verbonden: {day}").format(day=seen), soft=True),
            text(_("Woorden: {words}").format(words=" ".join(d.words))),
        ]
        if len(p.devices) > 1:  # in the order of the roll; on which day is on no roll
            rows.insert(1, text(_("Kwam als eerste binnen") if number == 1 else _("Kwam daarna binnen"), soft=True))
        if d.inviter:
            rows.append(text(_("Uitgenodigd door {name}").format(name=d.inviter), soft=True))
        if not d.confirmed and not d.me:
            way = self.go(f"/bevestig/{d.id.hex()}")
            rows += [
                notice(_("Leest nog niet mee: vergelijk eerst de woorden."), ft.Icons.RECORD_VOICE_OVER_OUTLINED),
                quiet_button(_("Vergelijk de woorden"), way, ft.Icons.ARROW_FORWARD),
            ]
        if not d.me and (p.mine or p.me):
            rows.append(self._lost(d))
        if p.mine and len(p.devices) == 1:
            rows.append(self._replaced(d))
        return card(*rows)

    def _lost(self, d: DeviceLook) -> ft.Control:
        consequences = [
            _("Het apparaat krijgt niets nieuws meer te lezen, en alle sleutels worden vervangen."),
            _("Wat er nog op stond en niet verstuurd was, kan het nog inleveren. Jij kiest of dat erbij komt."),
            _("Wie het in handen heeft, kan zonder pincode niet lezen wat er al op stond."),
        ]
        brought = [name or _("iemand") for name in self.app.trust.brought_in(d.id)]
        if brought:
            names = ", ".join(brought)
            consequences.append(_("Kijk na wie via dit apparaat is binnengekomen: {names}.").format(names=names))

        async def act() -> None:
            await self.app.trust.revoke_device(d.id)
            self.say(_("Het apparaat is afgemeld."))
            if d.id not in [x.id for x in self._find().devices]:
                self.shell.go(f"/kwijt/{d.id.hex()}")

        return Ask(self, _("Dit apparaat is kwijt"), ft.Icons.PHONELINK_ERASE, consequences, _("Meld het af"), act)

    def _replaced(self, d: DeviceLook) -> ft.Control:
        """Lost and replaced in one go: the old one leaves, and a link for the new one is there at once."""
        consequences = [
            _("Het oude apparaat krijgt niets nieuws meer te lezen, en alle sleutels worden vervangen."),
            _("Wat er nog op stond en niet verstuurd was, kan het nog inleveren. Jij kiest of dat erbij komt."),
            _(
                "Daarna staat hier meteen een link voor het nieuwe apparaat. Terug komt wat met de coördinator gedeeld was."
            ),
        ]

        async def act() -> None:
            await self.app.trust.revoke_device(d.id)
            await self._invite_back(None)
            self.say(_("Het oude apparaat is afgemeld. Geef de link aan wie het nieuwe heeft."))

        return Ask(
            self,
            _("Nieuwe telefoon"),
            ft.Icons.PHONELINK_SETUP,
            consequences,
            _("Meld de oude af en maak een link"),
            act,
        )

    # -- another place, and leaving ------------------------------------------------------------------------------

    def _draw_moving(self) -> None:
        p = self.person
        if not p.mine:
            self.moving.controls = []
        elif not p.devices:
            self.moving.controls = self._back_parts()
        else:
            self.moving.controls = [title(_("Rol en gebied"), 2), *self._place_parts(), *self._where(), self._leaving()]

    def _where(self) -> list[ft.Control]:
        """Where within the team, for those who visit."""
        if self.person.role is not Role.CONTACT or (self.role, self.team) != (self.person.role, self.person.team):
            return []
        where = PlaceField(self, self.person)
        return [] if where.empty else [where]

    def _place_parts(self) -> list[ft.Control]:
        p = self.person
        roles = [(r, role_text(r)) for r in Role]
        teams = [(t.id, area_name(self.app, t.id)) for t in self.app.trust.teams() if t.mine]
        parts: list[ft.Control] = [pick(roles, lambda r: r is self.role, self.safe(self._choose_role))]
        if len(teams) > 1:
            parts.append(pick(teams, lambda t: t == self.team, self.safe(self._choose_team)))
        if (self.role, self.team) != (p.role, p.team):
            said = _("Wat nog niet verstuurd was, komt gewoon aan. Wat er niet meer bij hoort, gaat van de telefoon.")
            parts += [notice(said), main_button(_("Verander dit"), self.safe(self._move), ft.Icons.CHECK)]
        return parts

    def _choose_role(self, role: Role) -> None:
        self.role = role
        self._draw_moving()

    def _choose_team(self, team: bytes) -> None:
        self.team = team
        self._draw_moving()

    async def _move(self, e) -> None:
        await self.app.trust.move(self.member, self.role, self.team)
        self.say(_("Veranderd."))

    def _leaving(self) -> ft.Control:
        n = len(self.person.devices)
        consequences = [
            counted("{n} apparaat wordt afgemeld.", "{n} apparaten worden afgemeld.", n),
            _("Alle sleutels worden vervangen. Wat eerder gedeeld is, blijft hier te lezen."),
            _("Wat nog niet verstuurd was, leveren die apparaten eerst in. Daarna wissen ze zichzelf."),
        ]

        async def act() -> None:
            await self.app.trust.revoke_member(self.member)
            self.say(_("Afgemeld."))

        label = _("Doet niet meer mee")
        return Ask(self, label, ft.Icons.PERSON_REMOVE_OUTLINED, consequences, _("Meld af"), act)

    def _back_parts(self) -> list[ft.Control]:
        return [
            notice(_("Heeft geen apparaat meer. Je kunt een nieuw apparaat toelaten.")),
            text(_("Terug komt wat met de coördinator gedeeld was. Wat alleen voor henzelf was, is weg.")),
            main_button(_("Nodig opnieuw uit"), self.safe(self._invite_back), ft.Icons.PERSON_ADD_ALT),
        ]

    async def _invite_back(self, e) -> None:
        self.link.controls = invite_parts(self, await self.app.invite_back(self.member))


class ConfirmScreen(Screen):
    """A new coordinator reads out eight words; only then does the device get to read along."""

    back = "/mensen"

    def __init__(self, shell, device: bytes) -> None:
        super().__init__(shell)
        self.device = device

    def build(self) -> ft.Control:
        person, look = self._find()
        name = person.name or _("de nieuwe coördinator")
        words = [
            ft.Row([text(str(n), soft=True), text(w, size=22, weight=ft.FontWeight.W_600)], spacing=16)
            for n, w in enumerate(look.words, 1)
        ]

        async def different() -> None:
            await self.app.trust.revoke_device(self.device)
            self.say(_("Het apparaat is afgemeld."))
            self.shell.go("/mensen")

        why = [_("Dan is dit niet het apparaat van wie je belt. Het wordt afgemeld, en leest niets mee.")]
        return page_body(
            title(_("Vergelijk de woorden")),
            text(_("Bel {name}, of ga langs. Gebruik geen bericht: dat kan iemand anders zijn.").format(name=name)),
            text(_("Laat de woorden voorlezen die op dat apparaat staan. Lees zelf mee:")),
            card(*words),
            main_button(_("Alle acht zijn gelijk"), self.safe(self._same), ft.Icons.CHECK),
            Ask(self, _("Ze zijn anders"), ft.Icons.REPORT_OUTLINED, why, _("Meld het af"), different),
        )

    def _find(self) -> tuple[Person, DeviceLook]:
        for person in self.app.trust.people():
            for look in person.devices:
                if look.id == self.device:
                    return person, look
        raise NotFound("device")

    async def _same(self, e) -> None:
        await self.app.trust.confirm(self.device)
        self.say(_("Bevestigd. Dit apparaat leest nu mee."))
        self.shell.go("/mensen")
