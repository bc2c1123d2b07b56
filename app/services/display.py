"""How the app looks to one person: the size of its text and light or dark. It stays on the device."""

from enum import Enum

from app.services.live import Live


class TextSize(Enum):
    """A factor over the text size that the device and the browser have themselves."""

    NORMAL = "normal"
    LARGE = "large"
    HUGE = "huge"  # 200 %: what WCAG 2.2 asks every text to bear

    @property
    def percent(self) -> int:
        """100 is as large as the device has it."""
        return {TextSize.NORMAL: 100, TextSize.LARGE: 140, TextSize.HUGE: 200}[self]


class Light(Enum):
    """Dark letters on light, light letters on dark, or whichever the device has."""

    DEVICE = "device"
    LIGHT = "light"
    DARK = "dark"


class Display:
    """What the page around the app has to know of it: it draws the text, and the first page is its own."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def dress(self, language: str, size: TextSize) -> None:
        """The language (a code of BCP 47) that a screen reader has to speak, and the size of all text."""
        self._live.page.dress(language, size.percent)
