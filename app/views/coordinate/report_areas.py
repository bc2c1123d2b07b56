"""Choosing one of many areas: the first few, and the rest when asked for. The chosen one is always among them."""

from collections.abc import Callable, Sequence

import flet as ft

from app.services.area_tree import Place
from app.services.language import _
from app.services.reports.models import AreaChoice
from app.views.coordinate.area_words import kinds
from app.views.parts import pick, quiet_button, stack
from app.views.screen import Screen

FEW = 6


class AreaPick(ft.Column):
    """Chips with what each area is; `whole`: a word for no area in particular, "" where one has to be chosen."""

    def __init__(self, screen: Screen, on_pick: Callable, whole: str = "") -> None:
        super().__init__(spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._screen, self._on_pick, self._whole, self._all = screen, on_pick, whole, False

    def show(self, choices: Sequence[AreaChoice], chosen: Place | None) -> None:
        """Draw them: from the top of the tree down."""
        few = choices if self._all or len(choices) <= FEW + 1 else sorted(choices, key=lambda c: c.depth)[:FEW]
        shown = [c for c in choices if c in few or c.place == chosen]
        options: list[tuple[Place | None, str]] = [(None, self._whole)] if self._whole else []
        options += [(c.place, f"{c.name} ({kinds().get(c.place[0], c.place[0])})") for c in shown]
        parts: list[ft.Control] = [pick(options, lambda p: p == chosen, self._screen.safe(self._picked))]
        if len(shown) < len(choices):

            def more(e) -> None:
                self._all = True
                self.show(choices, chosen)

            parts.append(ft.Row([quiet_button(_("Toon alle gebieden"), self._screen.safe(more), ft.Icons.EXPAND_MORE)]))
        self.controls = [stack(*parts, spacing=4)] if len(options) > 1 or not self._whole else []

    async def _picked(self, place: Place | None) -> None:
        await self._on_pick(place)
