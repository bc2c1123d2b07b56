"""The people: who is in and who is invited, and inviting: a link and a QR code, for one device, once."""

from contextlib import suppress
from itertools import groupby

import flet as ft
import flet.canvas as cv

from app.services.areas_desk import QUIET_DAYS, quiet
from app.services.face import AppFace
from app.services.language import _, counted, day_text
from app.services.models import VALID_DAYS, Alert, InviteLink, Person, Role, Waiting
from app.services.wording import field_text
from app.views.common.invited import role_text
from app.views.common.notices import Notices
from app.views.parts import (
    card,
    field,
    main_button,
    notice,
    page_body,
    pick,
    quiet_button,
    side_button,
    stack,
    text,
    title,
)
from app.views.screen import Screen
from sync.core.errors import BadInput, StraatError

QR_WIDTH = 300
FORM, LINK = "form", "link"  # parts of the screen to move to
HERE = frozenset({Alert.ALONE, Alert.NO_SHEET})  # said on the first screen; what to do about it is on this one


def named(p: Person) -> str:
    """A member's name, with what to know about it."""
    name, me = p.name or _("naam nog niet bekend"), _("jij")
    return f"{name} ({me})" if p.me else name


def area_name(app: AppFace, team: bytes) -> str:
    """A team's name, or what it is called as long as it has none."""
    for known in app.trust.teams():
        if known.id == team and known.name:
            return known.name
        if known.id == team and known.parent is None:
            return _("hele organisatie")
    return _("gebied zonder naam")


class PeopleScreen(Screen):
    """Who is in, and who is to come. `asked`: "coordinator" for whom came to invite one."""

    def __init__(self, shell, asked: str = "") -> None:
        super().__init__(shell)
        self.inviting = Role.COORDINATOR if asked == "coordinator" else None

    def build(self) -> ft.Control:
        self.role, self.days, self.team = self.inviting or Role.CONTACT, 14, b""
        self.notices, self.list, self.waiting = Notices(self, HERE), stack(spacing=12), stack(spacing=12)
        self.quiet_days, self.quiet = QUIET_DAYS[1], stack(spacing=12)
        self.choices = stack(spacing=12)
        self.name = field(_("Naam"), on_submit=self.safe(self._invite))
        self.link = stack(spacing=16)
        self.link.key = ft.ScrollKey(LINK)
        head = title(_("Iemand uitnodigen"), 2)
        head.key = ft.ScrollKey(FORM)
        self._draw_choices()
        self.refresh()
        self.body = page_body(
            title(_("Mensen")),
            self.notices,
            self.list,
            self.quiet,
            self.waiting,
            ft.Row(self._ways(), wrap=True, spacing=12, run_spacing=12),
            head,
            self.name,
            self.choices,
            main_button(_("Maak uitnodiging"), self.safe(self._invite), ft.Icons.PERSON_ADD_ALT),
            self.link,
        )
        return self.body

    async def _show(self, part: str) -> None:
        """Move to a part of the screen that may be below the fold."""
        self.page.update()
        await self.body.scroll_to(scroll_key=part, duration=0)

    def _ways(self) -> list[ft.Control]:
        return [
            side_button(_("Gebieden"), self.go("/gebieden"), ft.Icons.MAP_OUTLINED),
            side_button(_("Herstelblad"), self.go("/herstelblad"), ft.Icons.NOTE_OUTLINED),
            side_button(_("Van afgemelde apparaten"), self.go("/quarantaine"), ft.Icons.INVENTORY_2_OUTLINED),
        ]

    async def opened(self) -> None:
        """Ask on which day each device was last there; without a connection the day is not shown."""
        if self.inviting:
            await self._show(FORM)
        with suppress(StraatError):
            await self.app.trust.refresh()

    def refresh(self) -> None:
        people = self.app.trust.people()
        self.notices.follow()
        self.list.controls = [self._card(p) for p in people]
        self.quiet.controls = self._quiet(people)
        waiting = self.app.trust.waiting()
        self.waiting.controls = [title(_("Uitgenodigd"), 2), *map(self._waiting_card, waiting)] if waiting else []

    def _card(self, p: Person) -> ft.Control:
        devices = counted("{n} apparaat", "{n} apparaten", len(p.devices)) if p.devices else _("doet niet meer mee")
        facts = [role_text(p.role), devices]
        if len(self.app.trust.teams()) > 1:
            facts.insert(1, area_name(self.app, p.team))
        days = [d.seen for d in p.devices if d.seen]
        if days:
            facts.append(_("laatst verbonden {day}").format(day=day_text(max(days), self.app.today())))
        rows: list[ft.Control] = [
            text(named(p), weight=ft.FontWeight.W_600, size=18),
            text(" · ".join(facts), soft=True),
        ]
        if any(not d.confirmed for d in p.devices):
            rows.append(
                notice(_("Leest nog niet mee: vergelijk eerst de woorden."), ft.Icons.RECORD_VOICE_OVER_OUTLINED)
            )
        return card(*rows, on_click=self.go(f"/mens/{p.id.hex()}"))

    def _quiet(self, people: list[Person]) -> list[ft.Control]:
        """Who was not there for so many days: perhaps a phone that is broken, or somebody to ring."""
        if len([p for p in people if p.devices and not p.me]) == 0:
            return []
        ways = [(n, counted("{n} dag", "{n} dagen", n)) for n in QUIET_DAYS]
        rows: list[ft.Control] = [
            title(_("Lang niet verbonden"), 2),
            text(_("Wie geen enkel apparaat meer verbond in:"), soft=True),
            pick(ways, lambda n: n == self.quiet_days, self.safe(self._choose_quiet)),
        ]
        if not any(d.seen for p in people for d in p.devices):
            return [*rows, text(_("Dat weten we pas als er verbinding is."), soft=True)]
        found = quiet(people, self.app.today(), self.quiet_days)
        for q in found:
            when = day_text(q.seen, self.app.today()) if q.seen else _("nog niet bekend")
            words = _("{name}: laatst verbonden {day}").format(name=named(q.person), day=when)
            rows.append(quiet_button(words, self.go(f"/mens/{q.person.id.hex()}"), ft.Icons.PHONELINK_OFF))
        return rows if found else [*rows, notice(_("Iedereen was er."), ft.Icons.CHECK_CIRCLE_OUTLINE)]

    def _choose_quiet(self, days: int) -> None:
        self.quiet_days = days
        self.refresh()

    def _waiting_card(self, w: Waiting) -> ft.Control:
        said = _("{role} in {place}, tot en met {day}").format(
            role=role_text(w.role), place=area_name(self.app, w.team), day=day_text(w.until.date(), self.app.today())
        )

        async def withdraw(e) -> None:
            await self.app.trust.withdraw(w.announced)
            self.say(_("De uitnodiging werkt niet meer."))

        until = text(_("De link werkt die dag tot {time} uur.").format(time=f"{w.until:%H:%M}"), soft=True)
        return card(text(said), until, quiet_button(_("Trek de uitnodiging in"), self.safe(withdraw), ft.Icons.CLOSE))

    # -- inviting ------------------------------------------------------------------------------------------------

    def _draw_choices(self) -> None:
        teams = [t for t in self.app.trust.teams() if t.mine]
        self.team = self.team or next((p.team for p in self.app.trust.people() if p.me), b"")
        roles = [(r, role_text(r)) for r in Role]
        days = [(n, counted("{n} dag", "{n} dagen", n)) for n in VALID_DAYS]
        parts: list[ft.Control] = [pick(roles, lambda r: r is self.role, self.safe(self._choose_role))]
        if len(teams) > 1:
            areas = [(t.id, area_name(self.app, t.id)) for t in teams]
            parts += [text(_("In welk gebied?")), pick(areas, lambda t: t == self.team, self.safe(self._choose_team))]
        parts += [
            text(_("Hoe lang geldt de uitnodiging?")),
            pick(days, lambda n: n == self.days, self.safe(self._choose_days)),
        ]
        self.choices.controls = parts

    def _choose_role(self, role: Role) -> None:
        self.role = role
        self._draw_choices()

    def _choose_team(self, team: bytes) -> None:
        self.team = team
        self._draw_choices()

    def _choose_days(self, days: int) -> None:
        self.days = days
        self._draw_choices()

    async def _invite(self, e) -> None:
        self.name.error = None
        try:
            made = await self.app.invite(self.name.value or "", self.role, self.team, self.days)
        except BadInput as error:
            self.name.error = field_text(error)
            return
        self.name.value = ""
        self.link.controls = invite_parts(self, made, area_name(self.app, self.team))
        self.refresh()
        await self._show(LINK)


def invite_parts(screen: Screen, made: InviteLink, place: str = "") -> list[ft.Control]:
    """A fresh invitation to hand over."""

    async def copy(e) -> None:
        await ft.Clipboard().set(made.url)
        screen.say(_("De link is gekopieerd."))

    words = _("Stuur deze link alleen aan {name}. De link werkt één keer, tot en met {day}.")
    bounds = _("Wie hem gebruikt, doet mee als {role} in {place}.").format(role=role_text(made.role), place=place)
    known = [text(bounds, soft=True)] if place else []
    return [
        notice(words.format(name=made.name, day=day_text(made.expires)), ft.Icons.VPN_KEY_OUTLINED),
        *known,
        ft.Row([qr_picture(made.qr)], alignment=ft.MainAxisAlignment.CENTER),
        field(_("Link"), made.url, read_only=True, multiline=True),
        side_button(_("Kopieer de link"), screen.safe(copy), ft.Icons.CONTENT_COPY),
    ]


def dark_runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Where dark stretches begin and how long they are: a quarter of the shapes that single cells would take."""
    runs, start = [], 0
    for dark, cells in groupby(row):
        length = len(list(cells))
        if dark:
            runs.append((start, length))
        start += length
    return runs


def qr_picture(rows: tuple[tuple[bool, ...], ...], label: str = "") -> ft.Control:
    """The QR code on white, dark on light in every theme so that cameras read it."""
    cell = QR_WIDTH / len(rows)
    dark = ft.Paint(color="#000000")
    path = [
        cv.Rect(x * cell, y * cell, length * cell + 0.3, cell + 0.3, paint=dark)
        for y, row in enumerate(rows)
        for x, length in dark_runs(row)
    ]
    picture = ft.Container(
        cv.Canvas(path, width=QR_WIDTH, height=QR_WIDTH), bgcolor="#FFFFFF", width=QR_WIDTH, height=QR_WIDTH
    )
    return ft.Semantics(content=picture, image=True, label=label or _("QR-code van de uitnodiging"))


class SecondDeviceScreen(Screen):
    """Another device for the same person."""

    back = "/instellingen"

    def build(self) -> ft.Control:
        self.link = stack(spacing=16)
        return page_body(
            title(_("Nog een apparaat van mij")),
            text(
                _("Lees op je andere telefoon of laptop de QR-code, of open de link. Daar kies je een eigen pincode.")
            ),
            main_button(_("Maak een link voor mijzelf"), self.safe(self._make), ft.Icons.DEVICES),
            self.link,
        )

    async def _make(self, e) -> None:
        self.link.controls = invite_parts(self, await self.app.second_device())
