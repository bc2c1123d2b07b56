"""Which wishes an area asks for: the usual ones on or off, and its own."""

import flet as ft

from app.services.language import _
from app.services.models import Wish
from app.services.wishes import OWN
from app.services.wording import field_text
from app.views.contact.words import wish_text
from app.views.coordinate.people import area_name
from app.views.parts import field, main_button, page_body, pick, quiet_button, side_button, text, title
from app.views.screen import Screen
from sync.core.errors import BadInput


class WishesScreen(Screen):
    """One team's list of wishes."""

    filled_in = shuts_out_updates = True

    def __init__(self, shell, team: bytes) -> None:
        super().__init__(shell)
        self.team = team
        self.codes = self.app.wishes.of(team)

    @property
    def back(self) -> str:
        return "/gebieden"

    def build(self) -> ft.Control:
        self.chips = ft.Column([])
        self.own = field(_("Een eigen wens"), hint_text=_("Bijvoorbeeld: samen muziek maken"), max_length=40)
        self._draw()
        return page_body(
            title(_("Wensen in {area}").format(area=area_name(self.app, self.team))),
            text(_("Dit kunnen contactpersonen aanvinken. Kies wat hier past.")),
            self.chips,
            self.own,
            side_button(_("Voeg deze wens toe"), self.safe(self._add), ft.Icons.ADD),
            main_button(_("Opslaan"), self.safe(self._save), ft.Icons.CHECK),
            quiet_button(_("Terug naar de gewone lijst"), self.safe(self._usual)),
        )

    def _draw(self) -> None:
        options = [*map(str, Wish), *(c for c in self.codes if c not in list(Wish))]
        self.chips.controls = [
            pick([(c, wish_text(c)) for c in options], lambda c: c in self.codes, self.safe(self._pick))
        ]

    async def _pick(self, code: str) -> None:
        self.codes = [c for c in self.codes if c != code] if code in self.codes else [*self.codes, code]
        self._draw()

    def _add(self, e) -> None:
        words = " ".join((self.own.value or "").split())
        if words and OWN + words not in self.codes:
            self.codes = [*self.codes, OWN + words]
        self.own.value = ""
        self._draw()

    async def _save(self, e) -> None:
        await self._put(self.codes)

    async def _usual(self, e) -> None:
        await self._put([])

    async def _put(self, codes: list[str]) -> None:
        try:
            await self.app.wishes.put(self.team, codes)
        except BadInput as error:
            self.own.error = field_text(error)
            return
        self.say(_("Opgeslagen."))
        self.shell.go(self.back)
