"""The door that was just done: what was noted there, a way to undo it, and what may be added without a tap for who
skips it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import flet as ft

from app.services.language import _
from app.services.rounds.models import Answer, Door, DoorState, Interest
from app.views.collect.words import interests, states
from app.views.parts import Colors, inset, pick, quiet_button, stack, text
from app.views.screen import Screen

SPOKEN = (DoorState.MET, DoorState.LATER)
FLYER = (*SPOKEN, DoorState.NOT_HOME)


@dataclass(frozen=True, slots=True)
class Done:
    """A tap at a door, and what was added to it."""

    door: Door
    answer: Answer
    new_resident: bool = False

    def with_extra(self, extra: object) -> "Done":
        """The same with this ticked, or not any more."""
        if extra == "new":
            return replace(self, new_resident=not self.new_resident)
        if isinstance(extra, Interest):
            had = self.answer.interests
            now = tuple(i for i in Interest if (i in had) != (i is extra))
            return replace(self, answer=replace(self.answer, interests=now))
        return replace(self, answer=replace(self.answer, flyer=not self.answer.flyer))

    def has(self, extra: object) -> bool:
        """Whether this is ticked."""
        if extra == "new":
            return self.new_resident
        return self.answer.flyer if extra == "flyer" else extra in self.answer.interests


def extras(done: Done) -> list[tuple[object, str]]:
    """What may be added to a tap: nothing at most doors."""
    state = done.answer.state
    found: list[tuple[object, str]] = []
    if state in FLYER:
        found.append(("flyer", _("flyer in de bus") if state is DoorState.NOT_HOME else _("flyer gegeven")))
    if state in SPOKEN:
        found += [("new", _("nieuwe bewoner"))] if state is DoorState.MET else []
        found += interests().items()
    return found


class JustDone(ft.Container):
    """The strip below the six buttons. Empty until something was tapped."""

    def __init__(
        self, screen: Screen, on_extra: Callable[[object], Awaitable[None]], on_undo: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(visible=False, border_radius=18, padding=inset(14, 6, 6, 10))
        self.bgcolor, self.border = Colors.SURFACE_CONTAINER, ft.Border.all(1, Colors.OUTLINE_VARIANT)
        self._said = text("", weight=ft.FontWeight.W_600)
        self._safe, self._on_extra, self._on_undo = screen.safe, on_extra, on_undo
        self.shown: Done | None = None  # what it speaks of

    def show(self, done: Done | None) -> None:
        """What was tapped last; None: nothing that can be undone. Made anew only where more than the number differs."""
        self.visible, self.shown = done is not None, done
        if done is None:
            return
        self._said.value = f"{done.door.address}: {states()[done.answer.state]}"
        kind = (done.answer, done.new_resident)
        if self.data != kind:
            self.content, self.data = stack(*self._rows(done), spacing=6), kind

    def _rows(self, done: Done) -> list[ft.Control]:
        undo = quiet_button(_("Ongedaan maken"), self._safe(lambda e: self._on_undo()), ft.Icons.UNDO)
        middle = ft.CrossAxisAlignment.CENTER
        rows: list[ft.Control] = [
            ft.Row([self._said, undo], wrap=True, spacing=4, run_spacing=0, vertical_alignment=middle)
        ]
        if done.answer.state is DoorState.NO_CONTACT:
            words = _("Hier belt niemand meer aan. We bewaren alleen het adres: geen naam, geen reden.")
            rows.append(text(words, size=15))
        more = extras(done)
        return [*rows, pick(more, done.has, self._safe(self._on_extra), boxes=True)] if more else rows
