"""An offer to write down, change or take away: which wish it answers, what, where, when and who to ask."""

from dataclasses import replace

import flet as ft

from app.services.language import _
from app.services.offers_form import OfferForm
from app.services.wording import field_text
from app.views.contact.offers import wish_words
from app.views.coordinate.area_words import area_text
from app.views.parts import DayField, error_text, field, main_button, page_body, pick, quiet_button, text, title
from app.views.screen import Screen
from sync.core.errors import BadInput


class OfferFormScreen(Screen):
    """The form of one offer."""

    back = "/aanbod"
    filled_in = shuts_out_updates = True

    def __init__(self, shell, offer: bytes = b"") -> None:
        super().__init__(shell)
        self.offer = offer
        self.form = self.app.offers.one(offer).form if offer else OfferForm()

    def build(self) -> ft.Control:
        f = self.form
        self.wishes, self.areas = ft.Column([]), ft.Column([])
        self.wish_error = error_text()
        guide = _("Bijvoorbeeld: {example}")
        self.name = field(
            _("Wat is er?"), f.name, hint_text=guide.format(example=_("koffie op dinsdag")), max_length=80
        )
        self.place = field(_("Waar precies"), f.place, hint_text=guide.format(example=_("buurthuis De Slinger")))
        self.when = field(_("Wanneer"), f.when, hint_text=guide.format(example=_("elke dinsdag van 10 tot 12")))
        self.ask = field(_("Aan wie vraag je het?"), f.ask, helper=_("Iemand die dit regelt. Nooit een bewoner."))
        self.until = DayField(_("Tot en met"), f.until, self._day, self.safe, clearable=True)
        self._draw()
        parts: list[ft.Control] = [
            title(_("Aanbod aanpassen") if self.offer else _("Nieuw aanbod")),
            text(_("Dit ziet het hele team, ook aan de deur.")),
            title(_("Welke wens beantwoordt dit?"), 2),
            self.wishes,
            self.wish_error,
            self.name,
            title(_("Voor welk gebied?"), 2),
            self.areas,
            self.place,
            self.when,
            self.ask,
            self.until,
            main_button(_("Bewaar"), self.safe(self._save), ft.Icons.CHECK),
        ]
        if self.offer:
            parts.append(quiet_button(_("Haal dit aanbod weg"), self.safe(self._remove), ft.Icons.DELETE_OUTLINE))
        return page_body(*parts)

    def _draw(self) -> None:
        offered = self.app.wishes.offered()
        codes = dict.fromkeys([*offered, *([self.form.wish] if self.form.wish else [])])
        labels = [(code, wish_words(code)) for code in codes]
        self.wishes.controls = [pick(labels, lambda c: c == self.form.wish, self.safe(self._wish))]
        places = self.app.areas.places()
        if self.form.area and self.form.area not in places:
            places.append(self.form.area)
        ways = [(None, _("overal")), *((p, area_text(self.app, p)) for p in places)]
        self.areas.controls = [pick(ways, lambda p: p == self.form.area, self.safe(self._area))]

    async def _wish(self, code: str) -> None:
        self.form = replace(self.form, wish=code)
        self.wish_error.visible = False
        self._draw()

    async def _area(self, place) -> None:
        self.form = replace(self.form, area=place)
        self._draw()

    async def _day(self, day) -> None:
        self.form = replace(self.form, until=day)

    async def _save(self, e) -> None:
        fields = {"offer_name": self.name, "offer_place": self.place, "offer_when": self.when, "offer_ask": self.ask}
        for one in fields.values():
            one.error = None
        self.until.tell("")
        self.wish_error.visible = False
        form = replace(
            self.form,
            name=self.name.value or "",
            place=self.place.value or "",
            when=self.when.value or "",
            ask=self.ask.value or "",
        )
        try:
            await self.app.offers.save(form, self.offer)
        except BadInput as error:
            if error.field in fields:
                fields[error.field].error = field_text(error)
            elif error.field == "offer_until":
                self.until.tell(field_text(error))
            else:
                self.wish_error.value, self.wish_error.visible = field_text(error), True
            return
        self.say(_("Opgeslagen. Het team ziet het bij de volgende keer verbinding."))
        self.shell.go(self.back)

    async def _remove(self, e) -> None:
        offer = self.offer
        await self.app.offers.remove(offer)

        undo = lambda e: self.app.offers.remove(offer, removed=False)  # noqa: E731
        self.say(_("Het aanbod is weg."), _("Ongedaan maken"), undo)
        self.shell.go(self.back)
