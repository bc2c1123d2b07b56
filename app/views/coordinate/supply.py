"""Wishes against offers, as a picture with a table behind it; and the offers themselves, to keep."""

import flet as ft

from app.services.language import _, counted
from app.services.supply import Match, Picture
from app.views.contact.offers import offer_card, wish_words
from app.views.coordinate.supply_picture import area_picture, few, legend, row_text
from app.views.parts import main_button, notice, page_body, pick, quiet_button, stack, text, title
from app.views.screen import Screen

AREAS, OFFERS = 8, 25  # at once
WIDTH = 980


class SupplyScreen(Screen):
    """What residents wish in each buurt and complex against what there is."""

    @property
    def back(self) -> str:
        """On a phone it was opened from the desk's list."""
        return "" if self.shell.wide else "/bureau"

    def build(self) -> ft.Control:
        self.way = getattr(self.shell, "supply_way", "picture")
        self.limit = AREAS
        self.ways, self.body = ft.Column([]), stack(spacing=16)
        self.refresh()
        return page_body(
            title(_("Wens en aanbod")),
            ft.Row([main_button(_("Nieuw aanbod"), self.go("/nieuw-aanbod"), ft.Icons.ADD)]),
            self.ways,
            self.body,
            width=WIDTH,
        )

    def refresh(self) -> None:
        ways = [("picture", _("Plaatje")), ("table", _("Tabel")), ("offers", _("Aanbod"))]
        self.ways.controls = [pick(ways, lambda w: w == self.way, self.safe(self._choose))]
        made = {"picture": self._picture, "table": self._table, "offers": self._offers}[self.way]
        self.body.controls = made()

    async def _choose(self, way: str) -> None:
        self.way, self.limit = way, AREAS
        self.shell.supply_way = way
        self.refresh()

    def _more(self, e) -> None:
        self.limit *= 2
        self.refresh()

    # -- the picture ---------------------------------------------------------------------------------------------

    def _picture(self) -> list[ft.Control]:
        seen = self.app.supply.picture()
        if not seen.areas:
            return self._no_areas()
        ordered = self._ordered(seen)
        parts: list[ft.Control] = [
            self._in_short(seen),
            legend(seen),
            *(area_picture(self.app, seen, area) for area in ordered[: self.limit]),
        ]
        if len(ordered) > self.limit:
            parts.append(quiet_button(_("Toon meer"), self.safe(self._more)))
        return [*parts, self._how_counted()]

    def _in_short(self, seen: Picture) -> ft.Control:
        """What stands out; that everything is there is only said where enough is known to say so."""
        if missing := seen.missing():
            words = counted(
                "Op {n} plek is iets gewenst dat er niet is.", "Op {n} plekken is iets gewenst dat er niet is.", missing
            )
            return notice(words, ft.Icons.PRIORITY_HIGH)
        if not seen.most:
            words = _("Er zijn nog te weinig wensen om iets te zien. Dat kan vanaf {n} op één plek.")
            return notice(words.format(n=seen.threshold), ft.Icons.HOURGLASS_EMPTY)
        return notice(_("Wat vaak gewenst is, is er ook."), ft.Icons.CHECK_CIRCLE_OUTLINE)

    def _ordered(self, seen: Picture) -> list:
        """Where most is missing first; else as they lie."""
        lacking = {a: sum(seen.cells[a, w].match is Match.MISSING for w in seen.wishes) for a in seen.areas}
        return sorted(seen.areas, key=lambda a: (a is None, -lacking[a]))

    def _no_areas(self) -> list[ft.Control]:
        words = _("Zet eerst buurten of complexen bij Gebieden, en zeg welke straten erbij horen.")
        return [
            notice(words, ft.Icons.MAP_OUTLINED),
            quiet_button(_("Naar Gebieden"), self.go("/gebieden"), ft.Icons.ARROW_FORWARD),
        ]

    def _how_counted(self) -> ft.Control:
        words = _(
            "Een adres telt één keer, ook na meer bezoeken. Wensen komen uit bezoeken van het laatste jaar, activiteiten en"
            " gesloten rondes. Kleine aantallen laten we niet zien: niets ziet er hetzelfde uit als een paar."
        )
        return text(words, soft=True, size=15)

    # -- the table behind it ---------------------------------------------------------------------------------------

    def _table(self) -> list[ft.Control]:
        seen = self.app.supply.picture()
        if not seen.areas:
            return self._no_areas()
        ordered = self._ordered(seen)
        parts: list[ft.Control] = []
        for area in ordered[: self.limit]:
            rows = [self._line(seen, wish, seen.cells[area, wish]) for wish in seen.wishes]
            parts += [title(row_text(self.app, seen, area), 2), stack(self._head(), *rows, spacing=4)]
        if len(ordered) > self.limit:
            parts.append(quiet_button(_("Toon meer"), self.safe(self._more)))
        return [*parts, self._how_counted()]

    def _head(self) -> ft.Control:
        words = [_("Wens"), _("Gewenst"), _("Aanbod")]
        return ft.Row(
            [ft.Container(text(w, soft=True, size=15), expand=n) for w, n in zip(words, (3, 2, 4), strict=True)]
        )

    def _line(self, seen: Picture, wish: str, cell) -> ft.Control:
        words = [
            wish_words(wish),
            str(cell.wished) if cell.wished is not None else few(seen),
            ", ".join(cell.offers) or _("geen"),
        ]
        weight = ft.FontWeight.W_700 if cell.match is Match.MISSING else None
        row = [ft.Container(text(w, weight=weight), expand=n) for w, n in zip(words, (3, 2, 4), strict=True)]
        return ft.Semantics(
            content=ft.Row(row, vertical_alignment=ft.CrossAxisAlignment.START),
            label=f"{words[0]}: {words[1]}; {words[2]}",
            exclude_semantics=True,
        )

    # -- the offers ------------------------------------------------------------------------------------------------

    def _offers(self) -> list[ft.Control]:
        offers = self.app.offers.all(over_too=True)
        if not offers:
            words = _("Er is nog geen aanbod. Wat je hier opschrijft, ziet het hele team.")
            return [notice(words, ft.Icons.LOCAL_CAFE_OUTLINED)]
        shown = offers[: max(self.limit, OFFERS)]
        parts: list[ft.Control] = [offer_card(self, o, self.go(f"/wijzig-aanbod/{o.id.hex()}")) for o in shown]
        if len(offers) > len(shown):
            parts.append(quiet_button(_("Toon meer"), self.safe(self._more)))
        return parts
