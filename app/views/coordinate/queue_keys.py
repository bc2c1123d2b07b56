"""The keys of the queue: a short help that stays in sight on a laptop, and can be turned off (WCAG 2.1.4)."""

import flet as ft

from app.services.language import _
from app.views.parts import card, quiet_button, text, tick
from app.views.screen import Screen

NEXT, BEFORE, SEEN, QUESTION, FOLLOWUP, RETURN, HELP = "j", "k", "g", "v", "o", "t", "?"
ARROWS = {"ArrowDown": NEXT, "ArrowUp": BEFORE}


class KeysHelp(ft.Column):
    """Which letter does what. Everything that a letter does, a button does too."""

    def __init__(self, screen: Screen) -> None:
        super().__init__(spacing=8, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._screen, self._open = screen, False
        self._draw()

    def toggle(self, e=None) -> None:
        """Show or put away which letter does what."""
        self._open = not self._open
        self._draw()

    async def _turn(self, e) -> None:
        self._screen.app.reviews.set_keys(bool(e.control.value))
        self._draw()

    def _draw(self) -> None:
        on = self._screen.app.reviews.keys_on
        label = _("Toetsen: j k g v o t") if on else _("Toetsen staan uit")
        icon = ft.Icons.KEYBOARD_OUTLINED
        self.controls = [ft.Row([quiet_button(label, self._screen.safe(self.toggle), icon)], wrap=True)]
        if self._open:
            lines = [
                _("j of pijl omlaag: volgende"),
                _("k of pijl omhoog: vorige"),
                _("g: gezien"),
                _("v: vraag terug"),
                _("o: opvolgen"),
                _("t: terugsturen"),
                _("Escape: terug"),
            ]
            told = text(_("Zolang je in een veld typt, doen toetsen niets anders."), soft=True, size=15)
            switch = tick(_("Toetsen gebruiken"), on, self._screen.safe(self._turn))
            self.controls.append(card(*(text(line) for line in lines), told, switch))
