"""What there is in the neighbourhood: for whoever hears a wish at a door, or reads one later."""

from collections.abc import Iterable

import flet as ft

from app.services.language import _, day_text
from app.services.offers import Offer
from app.views.contact.words import wish_text
from app.views.coordinate.area_words import area_text
from app.views.parts import Colors, card, notice, page_body, pick, stack, text, title
from app.views.screen import Screen

BRIEF = 3  # lines within a form


def wish_words(code: str) -> str:
    """A wish in words, also one that is only heard at a door on a round."""
    heard = {"activity": _("een activiteit"), "contact_person": _("een contactpersoon")}
    return heard.get(code) or wish_text(code)


def offer_facts(screen: Screen, offer: Offer) -> list[ft.Control]:
    """All that one wants to know of an offer, a line each."""
    f = offer.form
    rows: list[tuple[ft.IconData, str]] = [
        (ft.Icons.FAVORITE_BORDER, wish_words(f.wish)),
        (ft.Icons.MAP_OUTLINED, area_text(screen.app, f.area) if f.area else _("overal")),
        (ft.Icons.PLACE_OUTLINED, f.place),
        (ft.Icons.SCHEDULE, _when(offer)),
        (ft.Icons.PERSON_OUTLINE, _("Vraag het aan {name}").format(name=f.ask) if f.ask else ""),
        (ft.Icons.EVENT_BUSY_OUTLINED, _("Tot en met {day}").format(day=day_text(f.until)) if f.until else ""),
    ]
    return [
        ft.Row(
            [ft.Icon(icon, size=20, color=Colors.ON_SURFACE_VARIANT), ft.Container(text(words), expand=True)],
            spacing=10,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        for icon, words in rows
        if words
    ]


def _when(offer: Offer) -> str:
    return " ".join(x for x in (day_text(offer.day), offer.form.when) if x)


def _name(offer: Offer) -> str:
    """What it is called; an activity has no name of its own."""
    words = offer.form.name or wish_words(offer.form.wish)
    return words[:1].upper() + words[1:]


def offer_card(screen: Screen, offer: Offer, on_click=None) -> ft.Control:
    """One offer; the whole card is the button where it can be opened."""
    rows: list[ft.Control] = [text(_name(offer), weight=ft.FontWeight.W_600, size=18)]
    if offer.over:
        rows.append(notice(_("Voorbij: de contactpersonen zien dit niet meer."), ft.Icons.EVENT_BUSY_OUTLINED))
    return card(*rows, *offer_facts(screen, offer), on_click=on_click)


def nearby(screen: Screen, address: str, wishes: Iterable[str]) -> list[ft.Control]:
    """What answers these wishes, nearest to an address first; nothing at all where nothing does."""
    found = screen.app.offers.near(address, wishes)
    if not found:
        return []
    return [title(_("Dit is er in de buurt"), 2), *(offer_card(screen, offer) for offer in found)]


def nearby_brief(screen: Screen, address: str, wishes: Iterable[str]) -> list[ft.Control]:
    """The same in a line each: within a form, where one stands at a door."""
    found = screen.app.offers.near(address, wishes)[:BRIEF]
    if not found:
        return []
    lines: list[ft.Control] = [text(_("Dit is er in de buurt"), weight=ft.FontWeight.W_600)]
    for offer in found:
        f = offer.form
        ask = _("Vraag het aan {name}").format(name=f.ask) if f.ask else ""
        lines.append(text(" · ".join(x for x in (_name(offer), f.place, _when(offer), ask) if x)))
    return [card(*lines)]


class OffersScreen(Screen):
    """All that is on offer, by wish: the whole team sees the same list."""

    back = "/meer"

    def build(self) -> ft.Control:
        self.wish = ""
        self.filters, self.list = ft.Column([]), stack()
        self.refresh()
        return page_body(title(_("Aanbod in de buurt")), self.filters, self.list)

    def refresh(self) -> None:
        offers = self.app.offers.all()
        wishes = list(dict.fromkeys(o.form.wish for o in offers))
        ways = [("", _("Alles")), *((w, wish_words(w)) for w in wishes)]
        self.filters.controls = (
            [pick(ways, lambda w: w == self.wish, self.safe(self._filter))] if len(wishes) > 1 else []
        )
        shown = [o for o in offers if self.wish in ("", o.form.wish)]
        nothing = notice(_("Er staat nog geen aanbod in. De coördinator houdt dit bij."), ft.Icons.LOCAL_CAFE_OUTLINED)
        self.list.controls = [offer_card(self, o) for o in shown] or [nothing]

    async def _filter(self, wish: str) -> None:
        self.wish = wish
        self.refresh()
