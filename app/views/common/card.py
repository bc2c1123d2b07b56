"""The welcome card: what it will say, two things to fill in if one likes, and the print."""

import flet as ft

from app.services.cards import MAX_NAME, MAX_PLACE, Card, Own
from app.services.language import _
from app.services.wording import field_text
from app.views.coordinate.people import qr_picture
from app.views.parts import card, field, main_button, notice, page_body, pick, stack, text, title
from app.views.screen import Screen
from sync.core.errors import BadInput

_SIZES = {"title": 24, "big": 19, "text": 17, "number": 17, "small": 15, "code": 15}


class CardScreen(Screen):
    """Nothing about the resident stands on it."""

    back = "/meer"
    filled_in = shuts_out_updates = True

    def build(self) -> ft.Control:
        self.copies, own = 4, self.app.cards.own(self.app.my_name)
        changed = self.safe(self._changed)
        self.name = field(_("Je voornaam (hoeft niet)"), own.name, on_change=changed, max_length=MAX_NAME)
        self.place = field(
            _("Wijkplein of telefoonnummer (hoeft niet)"),
            own.place,
            on_change=changed,
            max_length=MAX_PLACE,
            helper=_("Waar kan iemand binnenlopen of bellen?"),
        )
        self.sizes, self.shown = stack(), stack()
        self._draw_sizes()
        self._draw()
        return page_body(
            title(_("Welkomstkaart")),
            text(_("Was er niemand thuis? Print deze kaart en doe hem in de brievenbus.")),
            notice(_("Schrijf er niets op over de bewoner.")),
            self.name,
            self.place,
            self.sizes,
            main_button(_("Print de kaart"), self.safe(self._print), ft.Icons.PRINT_OUTLINED),
            title(_("Dit staat erop"), 2),
            self.shown,
        )

    @property
    def _own(self) -> Own:
        return Own(self.name.value or "", self.place.value or "")

    def _made(self) -> Card | None:
        self.name.error = self.place.error = None
        try:
            return self.app.cards.make(self._own, self.app.directory.lines())
        except BadInput as error:
            (self.name if error.field == "card_name" else self.place).error = field_text(error)
            return None

    def _draw(self) -> None:
        made = self._made()
        if made is not None:
            words = [
                text(said, size=_SIZES[look], weight=ft.FontWeight.W_600 if look in ("title", "big") else None)
                for look, said in made.blocks
            ]
            code = ft.Row([qr_picture(made.qr, _("QR-code naar alle hulplijnen"))])
            self.shown.controls = [card(*words, code)]

    async def _changed(self, e) -> None:
        self._draw()
        await self.app.cards.keep(self._own)

    def _draw_sizes(self) -> None:
        sizes = [(4, _("vier kleine (A6)")), (1, _("een grote (A5)"))]
        self.sizes.controls = [pick(sizes, lambda n: n == self.copies, self.safe(self._choose))]

    def _choose(self, copies: int) -> None:
        self.copies = copies
        self._draw_sizes()

    def _print(self, e) -> None:
        made = self._made()
        if made is not None:
            self.app.cards.print(made, self.copies)
