"""The language, the text size and the theme of this device: kept by it, put on the page at the start and when chosen."""

import asyncio
import logging
from enum import Enum
from typing import TypeVar

import flet as ft

from app.services.display import Light, TextSize
from app.services.face import AppFace
from app.services.language import DUTCH, choose, chosen
from app.views import theme

logger = logging.getLogger("straatcontact")

LANGUAGE, SIZE, LIGHT = "straat.language", "straat.text", "straat.light"  # the page's script reads the second one too
PATIENCE_SECONDS = 3
_MODES = {Light.DEVICE: ft.ThemeMode.SYSTEM, Light.LIGHT: ft.ThemeMode.LIGHT, Light.DARK: ft.ThemeMode.DARK}
Choice = TypeVar("Choice", bound=Enum)


class Dress:
    """What one page wears."""

    def __init__(self, page: ft.Page, app: AppFace) -> None:
        self._page, self._app = page, app
        self.size, self.light = TextSize.NORMAL, Light.DEVICE

    async def put_on(self) -> None:
        """As it was chosen before. Nothing that goes wrong here keeps the screens away."""
        theme.apply(self._page)
        language, size, light = await asyncio.gather(*map(self._kept, (LANGUAGE, SIZE, LIGHT)))
        self.size, self.light = _or_first(TextSize, size), _or_first(Light, light)
        choose(language or DUTCH)
        self._wear()

    async def _kept(self, key: str) -> str:
        try:
            kept = await asyncio.wait_for(ft.SharedPreferences().get(key), PATIENCE_SECONDS)
        except Exception as error:
            logger.warning("%s was not kept: %s", key, type(error).__name__)
            return ""
        return kept if isinstance(kept, str) else ""

    def _wear(self) -> None:
        theme.speak(self._page)
        self._page.theme_mode = _MODES[self.light]
        self._app.display.dress(chosen(), self.size)

    def speak(self, code: str) -> None:
        """Another language, for now: `keep` makes it stay."""
        choose(code)
        self._wear()

    def grow(self, size: TextSize) -> None:
        """Another size of text, for now."""
        self.size = size
        self._wear()

    def lighten(self, light: Light) -> None:
        """Another theme, for now."""
        self.light = light
        self._wear()

    async def keep(self) -> None:
        """All of it, also after a restart."""
        for key, value in ((LANGUAGE, chosen()), (SIZE, self.size.value), (LIGHT, self.light.value)):
            await ft.SharedPreferences().set(key, value)


def _or_first(choices: type[Choice], kept: str) -> Choice:
    return next((choice for choice in choices if choice.value == kept), next(iter(choices)))
