"""How much larger than usual the text is on this device, whoever made it so: the app, the browser or the device."""

from collections.abc import Callable

import flet as ft

LARGE = 1.3  # text from here on leaves little room beside itself
SIZE, LINE = 20, 10 / 7  # in the app's theme a line is so many times as high as its letters are large


class Scale(ft.Semantics):
    """An unseen letter whose height tells; `on_change()` is called when it is another. `now`: 1 is usual."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self.now = 1.0
        self._on_change = on_change
        letter = ft.Text("0", size=SIZE, opacity=0, on_size_change=self._measured)
        super().__init__(content=letter, exclude_semantics=True)

    def _measured(self, e: ft.LayoutSizeChangeEvent) -> None:
        scale = max(1.0, e.height / (SIZE * LINE))
        if abs(scale - self.now) > 0.05:
            self.now = scale
            self._on_change()
