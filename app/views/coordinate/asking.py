"""Asking twice: what something does, in plain words, before it is done."""

from collections.abc import Callable, Sequence

import flet as ft

from app.services.language import _
from app.views.parts import card, notice, quiet_button, side_button, text
from app.views.screen import Screen


class Ask(ft.Column):
    """A button that first says what will happen; `act` is done when the person agrees."""

    def __init__(
        self, screen: Screen, label: str, icon: ft.IconData, consequences: Sequence[str], agree: str, act: Callable
    ) -> None:
        super().__init__(spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._screen, self._label, self._icon = screen, label, icon
        self._consequences, self._agree, self._act = consequences, agree, act
        self._close()

    def _close(self) -> None:
        self.controls = [side_button(self._label, self._screen.safe(lambda e: self._open()), self._icon)]

    def _open(self) -> None:
        self.controls = [
            card(
                notice(self._label, self._icon, alarm=True),
                *(text(words) for words in self._consequences),
                side_button(self._agree, self._screen.safe(self._do), self._icon),
                quiet_button(_("Toch niet"), self._screen.safe(lambda e: self._close())),
            )
        ]

    async def _do(self, e) -> None:
        self._close()
        await self._act()
