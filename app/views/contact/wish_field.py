"""Wishes as chips, from the list of the area; help and helping are asked what with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flet as ft

from app.services.language import _
from app.services.models import Wish
from app.views.contact.offers import nearby_brief
from app.views.contact.words import topics, wish_text
from app.views.parts import pick, text

if TYPE_CHECKING:
    from app.views.contact.visit_form import VisitFormScreen

_HELP = (Wish.HELP_WANTED, Wish.WANTS_TO_HELP)


class WishField(ft.Column):
    """The wishes of a form; what is chosen goes into it at once."""

    def __init__(self, screen: VisitFormScreen) -> None:
        super().__init__(spacing=14)
        self.screen = screen
        self._draw()

    @property
    def _chosen(self) -> frozenset[str]:
        return self.screen.form.wishes

    def _draw(self) -> None:
        offered = self.screen.app.wishes.offered()
        others = sorted(c for c in self._chosen if c.partition(":")[0] not in offered and c not in offered)
        options = [(code, wish_text(code)) for code in [*offered, *others]]
        self.controls = [pick(options, self._has, self.screen.safe(self._pick))]
        for wish in _HELP:
            if self._has(str(wish)):
                self.controls += self._about(wish)
        if any(self._has(str(w)) for w in _HELP) and self.screen.form.shared:
            words = _("De bewoner wil graag met iemand in contact komen hierover")
            box = ft.Checkbox(
                value=self.screen.form.introduce, label=words, on_change=self.screen.safe(self._introduce)
            )
            self.controls.append(box)
        self.controls += nearby_brief(self.screen, self.screen.form.address, self._chosen)

    def _has(self, code: object) -> bool:
        """Chosen, alone or with what it is about."""
        return any(c == code or (code in map(str, _HELP) and c.startswith(f"{code}:")) for c in self._chosen)

    def _about(self, wish: Wish) -> list[ft.Control]:
        asked = _("Waarbij?") if wish is Wish.HELP_WANTED else _("Waarmee?")
        options = [(f"{wish}:{topic}", words) for topic, words in topics().items()]
        return [text(asked, soft=True), pick(options, lambda c: c in self._chosen, self.screen.safe(self._pick_topic))]

    async def _pick(self, code: str) -> None:
        mine = {c for c in self._chosen if c == code or c.startswith(f"{code}:")}
        await self._put(self._chosen - mine if mine else self._chosen | {code})

    async def _pick_topic(self, code: str) -> None:
        bare = code.partition(":")[0]
        left = (self._chosen - {bare}) ^ {code}
        await self._put(left if any(c.startswith(f"{bare}:") for c in left) else left | {bare})

    async def _put(self, wishes: frozenset[str]) -> None:
        await self.screen.change(wishes=wishes)
        self._draw()

    async def _introduce(self, e) -> None:
        await self.screen.change(introduce=bool(e.control.value))
