"""Who is on a round, and how others come on it: members of the team, and somebody new by invitation.

Names, and nothing beside them: what somebody walked stands nowhere.
"""

from collections.abc import Collection

import flet as ft

from app.services.face import AppFace
from app.services.language import _, counted
from app.services.models import Person, Role
from app.services.rounds.models import Purpose, RoundLook
from app.services.wording import field_text
from app.views.common.invited import role_text
from app.views.coordinate.people import area_name, invite_parts, named, qr_picture
from app.views.coordinate.round_choices import choices
from app.views.parts import (
    copyable,
    field,
    main_button,
    notice,
    quiet_button,
    side_button,
    stack,
    text,
    title,
)
from app.views.screen import Screen
from sync.core.errors import BadInput


def candidates(app: AppFace) -> list[Person]:
    """Who can be put on a round: members with a device whom I coordinate, and me; collectors first, by name."""
    there = [p for p in app.trust.people() if p.devices and (p.me or p.mine)]
    return sorted(there, key=lambda p: (p.role is not Role.COLLECTOR, p.name.casefold(), p.id))


def beside(app: AppFace, members: Collection[bytes]) -> list[Person]:
    """Who can be put on it beside these: a round is of one team."""
    people = candidates(app)
    mine = next((p.team for p in people if p.me), b"")
    team = next((p.team for p in people if p.id in members), mine)
    return [p for p in people if p.team == team]


def member_text(app: AppFace, p: Person) -> str:
    """A name, what they are (but for collectors, who are meant first), and where, if there are several areas."""
    facts = [named(p), *([] if p.role is Role.COLLECTOR else [role_text(p.role)])]
    return ", ".join(facts + ([area_name(app, p.team)] if len(app.trust.teams()) > 1 else []))


class Crew(ft.Column):
    """Who walks: changing that, inviting, and the link with its QR code."""

    def __init__(self, screen: Screen, look: RoundLook) -> None:
        super().__init__(spacing=12, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._screen, self._look = screen, look
        self._place = f"ronde {look.id.hex()}"  # where the name of a new collector is typed, until the app locks
        self._wanted: set[bytes] | None = None  # being chosen; None: as it is
        self._asking = bool(screen.shell.typed.get(self._place))
        self._who, self._way, self._link = stack(), stack(), stack(spacing=16)
        self.name = field(_("Naam"), screen.shell.typed.get(self._place, ""), screen.safe(self._typed))
        self.controls = [title(_("Wie lopen er mee?"), 2), self._who, self._way, self._link]
        self._shown: object = None
        self.follow(look)
        self._draw_way()

    def follow(self, look: RoundLook) -> None:
        """Somebody came on it, or left; what is being chosen stays as it is."""
        self._look = look
        now = (look.members, [(p.id, p.name) for p in beside(self._screen.app, look.members)])
        if self._wanted is None and now != self._shown:
            self._shown = now
            self._draw()

    # -- who is on it ------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        if self._wanted is not None:
            self._who.controls = self._choosing(self._wanted)
            return
        people = {p.id: p for p in self._screen.app.trust.people() if p.devices}
        there = sorted(named(people[m]) for m in self._look.members if m in people)
        coming = sum(m not in people for m in self._look.members)
        lines = [", ".join(there)] if there else []
        if coming:
            lines.append(
                counted("{n} nieuwe collectant is uitgenodigd.", "{n} nieuwe collectanten zijn uitgenodigd.", coming)
                if self._look.purpose is Purpose.COLLECTION
                else counted("{n} nieuwe loper is uitgenodigd.", "{n} nieuwe lopers zijn uitgenodigd.", coming)
            )
        rows: list[ft.Control] = [text(line) for line in lines] or [
            notice(_("Er loopt nog niemand mee. Kies wie dat doen."), ft.Icons.GROUP_OUTLINED)
        ]
        change = side_button(_("Verander wie meelopen"), self._screen.safe(self._open), ft.Icons.GROUP_OUTLINED)
        self._who.controls = [*rows, change]

    def _choosing(self, wanted: set[bytes]) -> list[ft.Control]:
        app = self._screen.app
        options = [(p.id, member_text(app, p)) for p in beside(app, self._look.members)]
        safe = self._screen.safe
        return [
            choices(options, lambda m: m in wanted, safe(self._pick)),
            text(
                _(
                    "Wie eraf gaat, leest niet meer mee. Wat al verstuurd is, telt mee. Komt er later nog iets binnen, dan kies jij."
                ),
                soft=True,
            ),
            main_button(_("Bewaar wie meelopen"), safe(self._save), ft.Icons.CHECK),
            quiet_button(_("Toch niet"), safe(self._close)),
        ]

    def _open(self, e: ft.ControlEvent) -> None:
        self._wanted = set(self._look.members)
        self._draw()

    def _close(self, e: ft.ControlEvent | None = None) -> None:
        self._wanted = self._shown = None
        self.follow(self._screen.app.rounds.round(self._look.id))

    def _pick(self, member: bytes) -> None:
        assert self._wanted is not None
        self._wanted ^= {member}
        self._draw()

    async def _save(self, e: ft.ControlEvent) -> None:
        wanted = self._wanted or set()
        if wanted != set(self._look.members):
            await self._screen.app.rounds.change_members(self._look.id, wanted)
            self._screen.say(_("Veranderd."))
        self._close()

    # -- how others come on it ---------------------------------------------------------------------------------

    def _draw_way(self) -> None:
        safe = self._screen.safe
        if self._asking:
            words = _("Wie met deze uitnodiging meedoet, staat meteen bij deze ronde.")
            make = main_button(_("Maak uitnodiging"), safe(self._invite), ft.Icons.PERSON_ADD_ALT)
            self._way.controls = [
                self.name,
                text(words, soft=True),
                make,
                quiet_button(_("Toch niet"), safe(self._ask)),
            ]
            return
        collects = self._look.purpose is Purpose.COLLECTION
        words = _("Nodig een nieuwe collectant uit") if collects else _("Nodig een nieuwe loper uit")
        invite = quiet_button(words, safe(self._ask), ft.Icons.PERSON_ADD_ALT)
        link = quiet_button(_("Link van deze ronde"), safe(self._show_link), ft.Icons.LINK)
        self._way.controls = [ft.Row([invite, link], wrap=True, spacing=4, run_spacing=0)]

    def _ask(self, e: ft.ControlEvent) -> None:
        self._asking = not self._asking
        self._link.controls = []
        self._draw_way()

    def _typed(self, e: ft.ControlEvent) -> None:
        self._screen.shell.typed[self._place] = e.control.value or ""

    async def _invite(self, e: ft.ControlEvent) -> None:
        self.name.error = None
        try:
            made = await self._screen.app.rounds.invite(self.name.value or "", self._look.id)
        except BadInput as error:
            self.name.error = field_text(error)
            return
        self.name.value, self._asking = "", False
        self._screen.shell.typed.pop(self._place, None)
        self._draw_way()
        self._link.controls = invite_parts(self._screen, made)

    def _show_link(self, e: ft.ControlEvent) -> None:
        if self._link.controls:
            self._link.controls = []
            return
        link = self._screen.app.rounds.link(self._look.id)
        picture = qr_picture(link.qr, _("QR-code met de link van deze ronde"))
        self._link.controls = [
            text(_("Alleen wie meeloopt met deze ronde, kan hem openen.")),
            ft.Row([picture], alignment=ft.MainAxisAlignment.CENTER),
            copyable(link.url),
            side_button(_("Kopieer de link"), self._screen.safe(self._copy), ft.Icons.CONTENT_COPY),
        ]

    async def _copy(self, e: ft.ControlEvent) -> None:
        await ft.Clipboard().set(self._screen.app.rounds.link(self._look.id).url)
        self._screen.say(_("De link is gekopieerd."))
