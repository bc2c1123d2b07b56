"""Wishes and offers that were heard at an activity, as chips: the codes of a visit, without anyone's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flet as ft

from app.services.language import _
from app.services.models import Topic, Wish
from app.views.contact.words import topics, wish_text
from app.views.parts import pick, stack, title

if TYPE_CHECKING:
    from app.views.contact.activity_form import ActivityFormScreen

_HELP = (str(Wish.HELP_WANTED), str(Wish.WANTS_TO_HELP))


def _about(wish: str) -> list[tuple[str, str]]:
    return [(f"{wish}:{topic}", words) for topic, words in topics().items()]


class TagFields(ft.Column):
    """The two groups of chips; what is chosen goes into the form at once."""

    def __init__(self, screen: ActivityFormScreen) -> None:
        super().__init__(spacing=14, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self.screen = screen
        self.wishes, self.helped, self.offers = stack(), stack(), stack()
        self._draw()
        self.controls = [
            title(_("Wat zouden mensen graag willen?"), 2),
            self.wishes,
            title(_("Waar is hulp bij gevraagd?"), 2),
            self.helped,
            title(_("Waarmee wil iemand helpen?"), 2),
            self.offers,
        ]

    def _draw(self) -> None:
        form, safe = self.screen.form, self.screen.safe
        offered = [c for c in self.screen.app.wishes.offered() if c not in _HELP]
        theirs = sorted(c for c in form.wishes if c.partition(":")[0] not in _HELP and c not in offered)
        wishes = [(c, wish_text(c)) for c in [*offered, *theirs]]
        self.wishes.controls = [pick(wishes, lambda c: c in self.screen.form.wishes, safe(self._wish))]
        helped = _about(_HELP[0])
        self.helped.controls = [pick(helped, lambda c: c in self.screen.form.wishes, safe(self._wish))]
        offers = _about(_HELP[1])
        self.offers.controls = [pick(offers, lambda c: c in self.screen.form.offers, safe(self._offer))]

    async def _wish(self, code: str) -> None:
        await self.screen.change(wishes=self.screen.form.wishes ^ {code})
        self._draw()

    async def _offer(self, code: str) -> None:
        await self.screen.change(offers=self.screen.form.offers ^ {code})
        self._draw()


def tag_text(code: str) -> str:
    """A tag to read: what the help is about stands by itself, under its own heading."""
    wish, _colon, topic = code.partition(":")
    known = {str(t): words for t, words in topics().items()}
    return known[topic] if wish in _HELP and topic in {str(t) for t in Topic} else wish_text(code)
