"""The people of the team, and inviting: a link and a QR code, for one device, once."""

from itertools import groupby

import flet as ft
import flet.canvas as cv

from app.services.language import _, counted, day_text
from app.services.models import InviteLink, Member, Role
from app.services.wording import field_text
from app.views.common.invited import role_text
from app.views.parts import (
    card,
    field,
    main_button,
    notice,
    page_body,
    pick,
    side_button,
    stack,
    text,
    title,
)
from app.views.screen import Screen
from sync.core.errors import BadInput

QR_WIDTH = 300


class PeopleScreen(Screen):
    """Who is in, and who is to come."""

    def build(self) -> ft.Control:
        self.role = Role.CONTACT
        self.list, self.roles = stack(spacing=12), ft.Column()
        self.name = field(_("Naam"), on_submit=self.safe(self._invite))
        self.link = stack(spacing=16)
        self._draw_roles()
        self.refresh()
        return page_body(
            title(_("Mensen")),
            self.list,
            title(_("Iemand uitnodigen"), 2),
            self.name,
            self.roles,
            main_button(_("Maak uitnodiging"), self.safe(self._invite), ft.Icons.PERSON_ADD_ALT),
            self.link,
        )

    def refresh(self) -> None:
        self.list.controls = [self._card(m) for m in self.app.members()]

    def _card(self, m: Member) -> ft.Control:
        me = _("jij")
        name = (m.name or _("naam nog niet bekend")) + (f" ({me})" if m.me else "")
        devices = counted("{n} apparaat", "{n} apparaten", m.devices)
        return card(
            text(name, weight=ft.FontWeight.W_600, size=18), text(f"{role_text(m.role)} · {devices}", soft=True)
        )

    def _draw_roles(self) -> None:
        roles = [(r, role_text(r)) for r in (Role.CONTACT, Role.COLLECTOR)]
        self.roles.controls = [pick(roles, lambda r: r is self.role, self.safe(self._choose))]

    def _choose(self, role: Role) -> None:
        self.role = role
        self._draw_roles()

    async def _invite(self, e) -> None:
        self.name.error = None
        try:
            made = await self.app.invite(self.name.value or "", self.role)
        except BadInput as error:
            self.name.error = field_text(error)
            return
        self.name.value = ""
        self.link.controls = invite_parts(self, made)


def invite_parts(screen: Screen, made: InviteLink) -> list[ft.Control]:
    """A fresh invitation to hand over."""

    async def copy(e) -> None:
        await ft.Clipboard().set(made.url)
        screen.say(_("De link is gekopieerd."))

    words = _("Stuur deze link alleen aan {name}. Hij werkt één keer, tot en met {day}.")
    return [
        notice(words.format(name=made.name, day=day_text(made.expires)), ft.Icons.VPN_KEY_OUTLINED),
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


def qr_picture(rows: tuple[tuple[bool, ...], ...]) -> ft.Control:
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
    return ft.Semantics(content=picture, image=True, label=_("QR-code van de uitnodiging"))


class SecondDeviceScreen(Screen):
    """Another device for the same person."""

    back = "/instellingen"

    def build(self) -> ft.Control:
        self.link = stack(spacing=16)
        return page_body(
            title(_("Nog een apparaat van mij")),
            text(_("Op je andere telefoon of laptop open je deze link. Daar kies je een eigen pincode.")),
            main_button(_("Maak een link voor mijzelf"), self.safe(self._make), ft.Icons.DEVICES),
            self.link,
        )

    async def _make(self, e) -> None:
        self.link.controls = invite_parts(self, await self.app.second_device())
