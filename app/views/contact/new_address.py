"""A new address, or a list of them: each gets the same welcome."""

import flet as ft

from app.services.language import _, counted
from app.services.models import Role
from app.services.welcomes import Line, Listed
from app.services.wording import field_text
from app.views.common.address_field import AddressField
from app.views.parts import (
    DayField,
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

SHOWN = 50


class _ForWhom:
    """A coordinator says for whom; a contact person's entry is their own."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.whom = screen, b""
        self.row = ft.Column([])
        self._draw()

    @property
    def chosen(self) -> bytes | None:
        """The member id, b"" for whoever is near, None: the app decides."""
        return self.whom if self.screen.app.role is Role.COORDINATOR else None

    def _draw(self) -> None:
        people = [m for m in self.screen.app.members() if m.role is not Role.COLLECTOR]
        options = [(b"", _("wie in de buurt is")), *((m.id, m.name or "…") for m in people)]
        self.row.controls = [pick(options, lambda m: m == self.whom, self.screen.safe(self._pick))]

    async def _pick(self, member: bytes) -> None:
        self.whom = member
        self._draw()

    def controls(self) -> list[ft.Control]:
        """For a coordinator only."""
        if self.screen.app.role is not Role.COORDINATOR:
            return []
        return [title(_("Wie gaat er langs?"), 2), self.row]


class NewAddressScreen(Screen):
    """One new address."""

    filled_in = shuts_out_updates = True

    @property
    def back(self) -> str:
        return self.shell.today_route

    def build(self) -> ft.Control:
        self.typed, self.since = "", self.app.today()
        self.address = AddressField(self, "", self._type)
        self.day = DayField(_("Sinds"), self.since, self._day, self.safe)
        self.whom = _ForWhom(self)
        return page_body(
            title(_("Nieuw adres doorgeven")),
            text(_("Wie er ook komt wonen: iedereen wordt op dezelfde manier welkom geheten.")),
            self.address,
            self.day,
            *self.whom.controls(),
            main_button(_("Toevoegen"), self.safe(self._add), ft.Icons.PERSON_ADD_ALT),
            side_button(_("Een lijst met adressen"), self.go("/adreslijst"), ft.Icons.LIST_ALT),
        )

    async def _type(self, address: str) -> None:
        self.typed = address

    async def _day(self, day) -> None:
        self.since = day or self.app.today()

    async def _add(self, e) -> None:
        try:
            await self.app.welcomes.add(self.typed, self.since, self.whom.chosen)
        except BadInput as error:
            self.address.tell(field_text(error))
            self.say(field_text(error))
            return
        self.say(_("Toegevoegd. Het adres staat bij wie er langsgaat."))
        self.shell.go(self.back)


class ListScreen(Screen):
    """Many at once, pasted or from a file: looked at before it is taken in."""

    filled_in = shuts_out_updates = True

    @property
    def back(self) -> str:
        return "/nieuw-adres"

    def build(self) -> ft.Control:
        self.lines: list[Listed] = []
        self.pasted = ""
        self.box = field(
            _("Adressen, één op elke regel"), on_change=self.safe(self._type), multiline=True, min_lines=5, max_lines=12
        )
        self.whom = _ForWhom(self)
        self.found = stack(spacing=8)
        return page_body(
            title(_("Een lijst met adressen")),
            text(_("Alleen adressen. Namen of andere gegevens nemen we niet over.")),
            self.box,
            side_button(_("Uit een bestand"), self.safe(self._file), ft.Icons.UPLOAD_FILE),
            *self.whom.controls(),
            side_button(_("Kijk de lijst na"), self.safe(self._look), ft.Icons.FACT_CHECK_OUTLINED),
            self.found,
        )

    async def _type(self, e) -> None:
        ft.context.disable_auto_update()
        self.pasted = e.control.value or ""

    async def _file(self, e) -> None:
        for file in await ft.FilePicker().pick_files(with_data=True) or []:
            self.pasted = (file.bytes or b"")[:400_000].decode("utf-8-sig", "replace")
            self.box.value = self.pasted
            self._look(None)

    def _look(self, e) -> None:
        try:
            self.lines = self.app.welcomes.read_list(self.pasted)
        except BadInput as error:
            self.box.error = field_text(error)
            return
        self.box.error = None
        said = {
            Line.KNOWN: _("al bekend"),
            Line.TWICE: _("staat er twee keer in"),
            Line.NO_CONTACT: _("geen contact"),
            Line.TOO_LONG: _("te lang"),
            Line.NO_NUMBER: _("geen huisnummer"),
            Line.NAME: _("er staat een naam in"),
        }
        odd = [x for x in self.lines if x.line is not Line.NEW]
        take = sum(x.line is Line.NEW for x in self.lines)
        rows: list[ft.Control] = [
            text(
                _("Regel {n}: {address} ({why})").format(n=x.number, address=x.address[:60], why=said[x.line]),
                soft=True,
            )
            for x in odd[:SHOWN]
        ]
        if rows:
            rows.insert(0, text(_("Deze regels slaan we over:"), weight=ft.FontWeight.W_600))
        if len(odd) > SHOWN:
            rows.append(text(counted("en nog {n} regel", "en nog {n} regels", len(odd) - SHOWN), soft=True))
        words = counted("{n} adres toevoegen", "{n} adressen toevoegen", take)
        add = main_button(words, self.safe(self._add), ft.Icons.PERSON_ADD_ALT)
        self.found.controls = [
            *([card(*rows)] if rows else []),
            add if take else notice(_("Hier zit niets nieuws in.")),
        ]

    async def _add(self, e) -> None:
        count = await self.app.welcomes.add_list(self.lines, self.app.today(), self.whom.chosen)
        self.lines = []
        self.say(counted("{n} adres toegevoegd.", "{n} adressen toegevoegd.", count))
        self.shell.go(self.shell.today_route)
