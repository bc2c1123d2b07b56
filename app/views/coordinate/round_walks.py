"""The walks of a round as a coordinator sees them: how far each is, and whether somebody has it; never who."""

import flet as ft

from app.services.language import _
from app.services.rounds.models import Holding, RoundLook, WalkLook
from app.views.cards import Cards
from app.views.collect.round import walk_looks
from app.views.collect.words import done_text, holding_text, ring
from app.views.parts import card, quiet_button, stack, text, title
from app.views.screen import Screen

FIRST, PAGE = 10, 40  # who walks and the end of the round stand below them


class Walks(ft.Column):
    """A card for each; whoever is on the round can take one here as well."""

    def __init__(self, screen: Screen, me: bytes) -> None:
        super().__init__(spacing=12, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._screen, self._me, self._limit = screen, me, FIRST
        self._cards = Cards(self._card, lambda item: (*item, screen.app.today()))
        self._list = stack()
        self.controls = [title(_("Loopjes"), 2), self._list]

    def follow(self, look: RoundLook) -> None:
        """What is taken and done now."""
        self._look = look
        mine = self._me in look.members
        shown: list[ft.Control] = self._cards.of([(walk, mine) for walk in look.walks[: self._limit]])
        if len(look.walks) > self._limit:
            shown.append(quiet_button(_("Toon meer"), self._screen.safe(self._more)))
        self._list.controls = shown

    def _more(self, e: ft.ControlEvent) -> None:
        self._limit += PAGE
        self.follow(self._look)

    def _card(self, item: tuple[WalkLook, bool]) -> ft.Control:
        walk, mine = item
        words = ft.Column(
            [
                text(walk.name, size=18, weight=ft.FontWeight.W_600),
                text(done_text(walk.progress), soft=True),
                text(self._held(walk), soft=True, size=15),
            ],
            spacing=2,
            expand=True,
        )
        own = self._ways(walk, mine)
        ways = [ft.Row(own, wrap=True, spacing=4, run_spacing=0)] if own else []
        top = ft.Row([ring(walk.progress), words], spacing=16)
        return card(top, *ways, walk_looks(self._screen, walk), accent=walk.holding is Holding.MINE)

    def _held(self, walk: WalkLook) -> str:
        if walk.holding is Holding.OTHERS:
            return holding_text(walk, self._screen.app.today())
        return _("Jij loopt deze") if walk.holding is Holding.MINE else _("Nog vrij")

    def _ways(self, walk: WalkLook, mine: bool) -> list[ft.Control]:
        safe = self._screen.safe
        if walk.holding is Holding.MINE:
            on = quiet_button(_("Verder lopen"), self._screen.go(f"/loop/{walk.id.hex()}"), ft.Icons.DIRECTIONS_WALK)
            back = quiet_button(_("Geef terug"), safe(lambda e: self._hand_back(walk.id)), ft.Icons.UNDO)
            return [on, back]
        if mine and walk.holding is Holding.FREE:
            take = safe(lambda e: self._take(walk.id))
            return [quiet_button(_("Ik loop deze"), take, ft.Icons.DIRECTIONS_WALK)]
        return []

    async def _take(self, walk: bytes) -> None:
        await self._screen.app.rounds.take(walk)
        self._screen.shell.go(f"/loop/{walk.hex()}")

    async def _hand_back(self, walk: bytes) -> None:
        await self._screen.app.rounds.hand_back(walk)
        self._screen.say(_("Teruggegeven. Iemand anders kan dit loopje nu nemen."))
        self._screen.refresh()
