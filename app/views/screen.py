"""What every screen is: built once, refreshed where it may change under the reader, and never rebuilt while typing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import flet as ft

from app.services.language import DUTCH, ENGLISH, LANGUAGES, _, chosen
from app.views.guard import say
from app.views.parts import quiet_button

if TYPE_CHECKING:
    from app.views.shell import Shell


class Screen:
    """One screen. `build` gives its controls; `refresh` follows changes of the app."""

    back: str = ""  # the route that the way back leads to, "" for a place of its own

    filled_in: bool = False  # something is typed here: it is not drawn anew when the window changes
    busy: bool = False  # at something whose end it draws itself: it follows no change of the app meanwhile
    shuts_out_updates: bool = False  # what is typed here would be lost: no update is offered meanwhile

    def __init__(self, shell: Shell) -> None:
        self.shell, self.app, self.page = shell, shell.app, shell.page

    def build(self) -> ft.Control:
        """The screen's controls, fresh."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Something in the app changed. By default nothing: an open form stays as it is."""

    async def opened(self) -> None:
        """The screen is on show."""

    def safe(self, handler: Callable) -> Callable:
        """A handler whose errors are told, never thrown."""
        return self.shell.safe(handler)

    def say(self, words: str, action: str = "", on_action: Callable | None = None) -> None:
        """A short message at the foot of the screen."""
        say(self.page, words, action, on_action and self.safe(on_action))

    def foot(self) -> list[ft.Control]:
        """What every screen before unlocking ends with: help, and the other language."""
        code = DUTCH if chosen() == ENGLISH else ENGLISH
        return [
            quiet_button(_("Hulplijnen"), self.go("/hulplijnen"), ft.Icons.PHONE_OUTLINED),
            quiet_button(_("Zorgen?"), self.go("/zorgen"), ft.Icons.FAVORITE_BORDER),
            quiet_button(LANGUAGES[code], self.safe(lambda e: self.shell.speak(code)), ft.Icons.LANGUAGE),
        ]

    def go(self, route: str) -> Callable:
        """A handler that opens another screen."""
        return self.safe(lambda e: self.shell.go(route))
