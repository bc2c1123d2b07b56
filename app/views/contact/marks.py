"""Addresses where nobody rings. A contact person asks; a coordinator lifts, or says that it still stands."""

import flet as ft

from app.services.language import _, counted
from app.services.marks import Mark, Why
from app.services.models import Role
from app.services.wording import field_text
from app.views.common.address_field import AddressField
from app.views.parts import card, main_button, notice, page_body, quiet_button, stack, text, title
from app.views.screen import Screen
from sync.core.errors import BadInput


def whys() -> dict[Why, str]:
    """Why a mark ends."""
    return {
        Why.OWN_WISH: _("De bewoner wil nu wel contact"),
        Why.HOUSEHOLD: _("Er wonen nu andere mensen"),
        Why.MISTAKE: _("Het was een vergissing"),
    }


class MarksScreen(Screen):
    """The list, and a way to add to it."""

    @property
    def back(self) -> str:
        return "/meer"

    def build(self) -> ft.Control:
        self.typed, self.open = "", b""
        self.address = AddressField(self, "", self._type, door=True)
        self.list = stack(spacing=12)
        self.refresh()
        return page_body(
            title(_("Geen contact")),
            text(_("Op deze adressen belt niemand aan. We bewaren alleen het adres: geen naam, geen reden.")),
            self.list,
            title(_("Een adres toevoegen"), 2),
            self.address,
            main_button(_("Hier niet aanbellen"), self.safe(self._add), ft.Icons.DO_NOT_DISTURB_ON_OUTLINED),
        )

    async def _type(self, address: str) -> None:
        self.typed = address

    def refresh(self) -> None:
        marks = self.app.marks.all(self.app.today())
        count = counted("{n} adres", "{n} adressen", len(marks))
        self.list.controls = (
            [text(count, soft=True), *map(self._card, marks)]
            if marks
            else [notice(_("Er zijn geen adressen waar men geen contact wil."))]
        )

    def _card(self, mark: Mark) -> ft.Control:
        rows: list[ft.Control] = [text(mark.address, weight=ft.FontWeight.W_600, size=18)]
        coordinates = self.app.role is Role.COORDINATOR
        if mark.asked:
            said = whys()[mark.asked]
            rows.append(notice(_("Gevraagd om te stoppen: {why}").format(why=said), ft.Icons.HELP_OUTLINE))
        elif mark.ask and coordinates:
            rows.append(notice(_("Dit staat er twee jaar. Geldt het nog?"), ft.Icons.HELP_OUTLINE))
        if mark.id == self.open:
            rows += self._ways(mark, coordinates)
        else:
            rows.append(quiet_button(_("Klopt dit niet meer?"), self.safe(lambda e: self._open(mark.id))))
        return card(*rows)

    def _ways(self, mark: Mark, coordinates: bool) -> list[ft.Control]:
        rows: list[ft.Control] = []
        if not coordinates:
            rows.append(text(_("De coördinator beslist. Tot die tijd belt er niemand aan."), soft=True))
        act = self._lift if coordinates else self._request
        rows += [quiet_button(words, self.safe(lambda e, w=why: act(mark.id, w))) for why, words in whys().items()]
        if coordinates:
            rows.append(quiet_button(_("Dit geldt nog"), self.safe(lambda e: self._confirm(mark.id)), ft.Icons.CHECK))
        return [*rows, quiet_button(_("Sluiten"), self.safe(lambda e: self._open(b"")))]

    async def _open(self, mark: bytes) -> None:
        self.open = mark
        self.refresh()

    async def _request(self, mark: bytes, why: Why) -> None:
        await self.app.marks.ask_to_lift(mark, why, self.app.today())
        self.say(_("Doorgegeven aan de coördinator."))
        await self._open(b"")

    async def _lift(self, mark: bytes, why: Why) -> None:
        await self.app.marks.lift(mark, why, self.app.today())
        self.say(_("Hier mag weer worden aangebeld."))
        await self._open(b"")

    async def _confirm(self, mark: bytes) -> None:
        await self.app.marks.confirm(mark, self.app.today())
        self.say(_("Het blijft staan. Over twee jaar vragen we het weer."))
        await self._open(b"")

    async def _add(self, e) -> None:
        try:
            await self.app.marks.set(self.typed, self.app.today())
        except BadInput as error:
            self.address.tell(field_text(error))
            return
        self.address.tell("")
        self.typed = self.address.input.value = ""
        self.say(_("Opgeslagen. Hier belt niemand meer aan."))
        self.refresh()
