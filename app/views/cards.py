"""The cards of a list: made anew only when what they show has changed, so that following a long sync stays light."""

from collections.abc import Callable, Hashable, Iterable

import flet as ft


class Cards:
    """`make(item)` gives the card of an item, `about(item)` everything that it shows."""

    def __init__(self, make: Callable, about: Callable[..., Hashable]) -> None:
        self._make, self._about = make, about
        self._made: dict[Hashable, ft.Control] = {}

    def of(self, items: Iterable) -> list[ft.Control]:
        """One card for each, the same as last time where nothing changed."""
        wanted = {self._about(item): item for item in items}
        self._made = {about: self._made.get(about) or self._make(item) for about, item in wanted.items()}
        return list(self._made.values())
