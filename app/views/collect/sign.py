"""What stands beside a door, large: its street, its number, its floor. Made once, changed from door to door."""

import flet as ft

from app.services.rounds.models import Door
from app.views.collect.words import floor_text
from app.views.common.scale import LARGE
from app.views.parts import text


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
        self._where.value, self._street.value, self._floor.value = where, door.street, floor
        self._number.value = door.address if large else door.label  # large text: on one line, there is little room
        self._number.size = 20 if large else _size(door.label)
        self._floor.size = 15 if large else 19
        self._street.visible, self._where.visible, self._floor.visible = not large, bool(where), bool(floor)
        self.label = ", ".join(x for x in (door.address, floor, where) if x)


def _size(label: str) -> int:
    """The number as large as its line has room for."""
    return 68 if len(label) <= 4 else 52 if len(label) <= 6 else 38
