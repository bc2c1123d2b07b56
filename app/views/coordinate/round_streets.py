"""Choosing the streets and complexes of a round from the register."""

from collections.abc import Awaitable, Callable, Sequence

import flet as ft

from app.services.language import _, counted
from app.services.register.register import StreetLook
from app.views.coordinate.round_choices import choices
from app.views.coordinate.round_words import doors_text
from app.views.parts import field, notice, quiet_button, side_button, text
from app.views.screen import Screen

PAGE = 24
SEARCHED_FROM = 12  # streets from which a search helps
NAMED = 4  # streets that are named when it is said what was chosen
OnChange = Callable[[tuple[bytes, ...]], Awaitable[None]]


class StreetPicker(ft.Column):
    """Chips of streets and complexes, with a search above many. `on_change(ids)` hears what is chosen now."""

    def __init__(self, screen: Screen, chosen: Sequence[bytes], on_change: OnChange) -> None:
        super().__init__(spacing=12, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._screen, self._on_change = screen, on_change
        self._streets = screen.app.register.look()
        self.chosen = set(chosen) & {s.id for s in self._streets}
        self._wanted, self._limit = "", PAGE
        self._said, self._chips = ft.Column([]), ft.Column([], spacing=12)
        search = field(_("Zoek een straat of complex"), on_change=screen.safe(self._search))
        self.controls = [
            *([search] if len(self._streets) >= SEARCHED_FROM else []),
            self._chips,
            self._said,
        ]
        self._draw()

    @property
    def doors(self) -> int:
        """How many doors were chosen."""
        return sum(s.doors for s in self._streets if s.id in self.chosen)

    def _found(self) -> list[StreetLook]:
        return [s for s in self._streets if self._wanted in f"{s.name} {s.place} {s.complex}".casefold()]

    def _draw(self) -> None:
        if not self._streets:
            words = _("Er staan nog geen straten in. Zet eerst de straten en deuren erin; dit formulier blijft staan.")
            way = side_button(_("Naar de straten"), self._screen.go("/straten"), ft.Icons.SIGNPOST_OUTLINED)
            self._chips.controls, self._said.controls = [notice(words, ft.Icons.SIGNPOST_OUTLINED), way], []
            return
        found, rows = self._found(), list[ft.Control]()
        complexes = sorted({s.complex for s in found if s.complex})
        if complexes:
            options: list[tuple[object, str]] = [(c, self._complex_text(c)) for c in complexes[: self._limit]]
            rows += [
                text(_("Complexen"), soft=True),
                choices(options, self._whole, self._screen.safe(self._take_complex)),
            ]
            rows.append(text(_("Straten"), soft=True))
        shown: list[tuple[object, str]] = [(s.id, self._street_text(s)) for s in found[: self._limit]]
        rows.append(choices(shown, lambda s: s in self.chosen, self._screen.safe(self._take)))
        if not found:
            rows = [text(_("Geen straat gevonden."), soft=True)]
        if len(found) > self._limit:
            rows.append(quiet_button(_("Toon meer"), self._screen.safe(self._more)))
        rest = [s for s in found if s.id not in self.chosen]
        if self._wanted and len(rest) > 1:
            words = counted("Kies {n}", "Kies alle {n}", len(rest))
            rows.append(quiet_button(words, self._screen.safe(self._take_all), ft.Icons.DONE_ALL))
        self._chips.controls = rows
        self._said.controls = [text(self._chosen_text(), weight=ft.FontWeight.W_600)]

    def _street_text(self, s: StreetLook) -> str:
        alike = sum(other.name == s.name for other in self._streets) > 1
        name = f"{s.name} ({s.place})" if alike and s.place else s.name
        return f"{name}: {doors_text(s.doors)}"

    def _of(self, name: object) -> list[StreetLook]:
        return [s for s in self._streets if s.complex == name]

    def _complex_text(self, name: str) -> str:
        return f"{name}: {doors_text(sum(s.doors for s in self._of(name)))}"

    def _whole(self, name: object) -> bool:
        return all(s.id in self.chosen for s in self._of(name))

    def _chosen_text(self) -> str:
        some = [s.name for s in self._streets if s.id in self.chosen]
        if not some:
            return _("Nog geen straat gekozen.")
        rest = len(some) - NAMED
        names = ", ".join(some[:NAMED]) + (" " + counted("en nog {n}", "en nog {n}", rest) if rest > 0 else "")
        return _("Gekozen: {streets}. Samen {doors}.").format(streets=names, doors=doors_text(self.doors))

    # -- choosing --------------------------------------------------------------------------------------------

    async def _take(self, street: bytes) -> None:
        await self._chose(self.chosen ^ {street})

    async def _take_complex(self, name: str) -> None:
        ids = {s.id for s in self._of(name)}
        await self._chose(self.chosen - ids if self._whole(name) else self.chosen | ids)

    async def _take_all(self, e: ft.ControlEvent) -> None:
        await self._chose(self.chosen | {s.id for s in self._found()})

    async def _chose(self, chosen: set[bytes]) -> None:
        self.chosen = chosen
        self._draw()
        await self._on_change(tuple(s.id for s in self._streets if s.id in chosen))

    def _more(self, e: ft.ControlEvent) -> None:
        self._limit += PAGE
        self._draw()

    def _search(self, e: ft.ControlEvent) -> None:
        self._wanted, self._limit = (e.control.value or "").strip().casefold(), PAGE
        self._draw()
