"""What stands beside a door, large: its street, its number, its floor. Made once, changed from door to door."""

import flet as ft

from app.services.rounds.models import Door
from app.views.collect.words import floor_text
from app.views.parts import text

LARGE = 1.3  # text from here on: there is room for the number, and for little else


class DoorSign(ft.Semantics):
    """A heading, told to a screen reader as soon as it is another door's."""

    def __init__(self) -> None:
        close, bold = ft.TextStyle(height=1.1), ft.FontWeight.W_700
        self._where = text("", soft=True, size=15)
        self._street = text("", size=21, weight=ft.FontWeight.W_600, style=close)
        self._number = text("", size=68, weight=bold, style=close)
        self._floor = text("", size=19, style=close)
        shown = ft.Column([self._where, self._street, self._number, self._floor], spacing=0, expand=True)
        super().__init__(
            content=shown,
            heading_level=1,
            container=True,
            exclude_semantics=True,
            live_region=True,
            expand=True,
        )

    def show(self, door: Door, where: str, scale: float) -> None:
        """This door; `where` it is in the walk; `scale`: how large text is here."""
        floor, large = floor_text(door), scale > LARGE
        self._where.value, self._street.value, self._number.value, self._floor.value = (
            where,
            door.street,
            door.label,
            floor,
        )
        self._street.size, self._floor.size = (17, 15) if large else (21, 19)
        self._number.size = round(_size(door.label) / (scale / LARGE if large else 1))
        self._floor.visible = bool(floor)
        self.label = ", ".join(x for x in (door.address, floor, where) if x)


def _size(label: str) -> int:
    """The number as large as its line has room for."""
    return 68 if len(label) <= 4 else 52 if len(label) <= 6 else 38
