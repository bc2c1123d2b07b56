"""The picture of a walk: every door a tile; a tap on one goes there."""

import flet as ft

from app.services.language import _
from app.views.collect.door import wanted, where
from app.views.collect.over import walk_or_leave
from app.views.common.tiles import Pictures
from app.views.parts import main_button, page_body, stack, text, title
from app.views.screen import Screen


class WalkPictureScreen(Screen):
    """Where a walk stands, seen from above."""

    def __init__(self, shell, walk: bytes) -> None:
        super().__init__(shell)
        self.walk = walk
        self.look = self.app.rounds.walk(walk)

    @property
    def back(self) -> str:
        return f"/ronde/{self.look.round.hex()}"

    def build(self) -> ft.Control:
        self.pictures = Pictures(self, self._go_to)
        self.refresh()
        on = main_button(_("Verder lopen"), self.go(f"/loop/{self.walk.hex()}"), ft.Icons.DIRECTIONS_WALK)
        about = text(_("Tik op een deur om daarheen te gaan."), soft=True)
        return page_body(title(self.look.name), on, stack(about, self.pictures, spacing=16))

    def refresh(self) -> None:
        if walk_or_leave(self, self.walk) is None:
            return
        streets = self.app.rounds.pictures_of_walk(self.walk)
        here = self.shell.typed.get(where(self.walk))
        self.pictures.show([(name, looks) for name, _progress, looks in streets], here)

    async def _go_to(self, key: str) -> None:
        self.shell.typed[wanted(self.walk)] = key
        self.shell.go(f"/loop/{self.walk.hex()}")
