"""What of the queue is on show: where visits stand, with how many there are, and (behind one button) the rest."""

from collections.abc import Callable
from dataclasses import replace

import flet as ft

from app.services.language import _, number_text
from app.services.models import QueueFilter
from app.services.review_queue import Look, Taken
from app.views.contact.words import outcomes, wish_text
from app.views.parts import field, pick, quiet_button, stack, text
from app.views.screen import Screen

ALWAYS = (QueueFilter.OPEN, QueueFilter.DONE, QueueFilter.ALL)
MANY = 12  # choices shown before one asks for the rest
ICONS = {
    QueueFilter.BOTH: ft.Icons.CALL_SPLIT,
    QueueFilter.ANSWERED: ft.Icons.REPLY,
    QueueFilter.CHANGED: ft.Icons.EDIT_OUTLINED,
    QueueFilter.FOLLOWED: ft.Icons.TASK_ALT,
    QueueFilter.QUESTION: ft.Icons.HELP_OUTLINE,
    QueueFilter.FOLLOWUP: ft.Icons.EVENT_OUTLINED,
    QueueFilter.RETURNED: ft.Icons.UNDO,
    QueueFilter.DONE: ft.Icons.CHECK_CIRCLE_OUTLINE,
}


def names() -> dict[QueueFilter, str]:
    """Where a visit stands, in words; what waits for a coordinator first."""
    return {
        QueueFilter.OPEN: _("Nieuw"),
        QueueFilter.BOTH: _("Kiezen"),
        QueueFilter.ANSWERED: _("Beantwoord"),
        QueueFilter.CHANGED: _("Aangepast"),
        QueueFilter.FOLLOWED: _("Opgevolgd"),
        QueueFilter.QUESTION: _("Vraag open"),
        QueueFilter.FOLLOWUP: _("Wordt opgevolgd"),
        QueueFilter.RETURNED: _("Teruggestuurd"),
        QueueFilter.DONE: _("Gezien"),
        QueueFilter.ALL: _("Alles"),
    }


class QueueFilters(ft.Column):
    """The chips, and what is behind "Zoek preciezer". `on_look(look)` hears every choice."""

    def __init__(self, screen: Screen, look: Look, on_look: Callable[[Look], None]) -> None:
        super().__init__(spacing=12, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._screen, self.look, self._on_look = screen, look, on_look
        self._open, self._all = look.narrowed, False
        self._shown: object = None
        self._place = field(
            _("Straat of adres"), look.place, screen.safe(self._typed), prefix_icon=ft.Icons.SIGNPOST_OUTLINED
        )

    def follow(self) -> None:
        """Draw what there is to choose from now; nothing where that is the same."""
        counts = self._screen.app.reviews.counts(self.look, self._screen.app.today())
        more = self._choices() if self._open else None
        now = (self.look, counts, self._open, self._all, more)
        if now != self._shown:
            self._shown = now
            self._draw(counts, more)

    def _draw(self, counts: dict[QueueFilter, int], more: tuple | None) -> None:
        shown = [f for f in names() if f in ALWAYS or f is self.look.which or counts.get(f)]
        chips = [(f, f"{names()[f]} {number_text(counts.get(f, 0))}") for f in shown]
        label = _("Minder zoeken") if self._open else _("Zoek preciezer")
        icon = ft.Icons.EXPAND_LESS if self._open else ft.Icons.FILTER_LIST
        row: list[ft.Control] = [quiet_button(label, self._screen.safe(self._toggle), icon)]
        if self.look.narrowed:
            row.append(quiet_button(_("Alles weer zien"), self._screen.safe(self._clear), ft.Icons.FILTER_LIST_OFF))
        self.controls = [
            pick(chips, lambda f: f is self.look.which, self._set("which")),
            ft.Row(row, wrap=True, spacing=8),
            *([self._more(*more)] if more is not None else []),
        ]

    def _choices(self) -> tuple:
        reviews = self._screen.app.reviews
        return reviews.contacts(), reviews.areas(), reviews.wishes()

    def _more(self, contacts: list, areas: list, wishes: list) -> ft.Control:
        taken = [
            (Taken.ANYBODY, _("iedereen")),
            (Taken.ME, _("door mij opgepakt")),
            (Taken.NOBODY, _("door niemand opgepakt")),
        ]
        people = contacts if self._all else contacts[:MANY]
        parts: list[ft.Control] = [
            self._place,
            self._row(_("Wie pakt het op"), taken, "taken"),
            self._row(_("Contactpersoon"), [(b"", _("iedereen")), *people], "by"),
        ]
        if len(contacts) > len(people):
            parts.append(quiet_button(_("Toon alle namen"), self._screen.safe(self._show_all)))
        if areas:
            parts.append(self._row(_("Gebied"), [(frozenset(), _("overal")), *((s, c) for c, s in areas)], "streets"))
        how = [(None, _("alles")), *outcomes().items()]
        parts.append(self._row(_("Hoe ging het"), how, "outcome"))
        if wishes:
            heard = [("", _("alles")), ("*", _("met een wens")), *((w, wish_text(w)) for w in wishes[:MANY])]
            parts.append(self._row(_("Wens"), heard, "wish"))
        return stack(*parts)

    def _row(self, label: str, options: list, name: str) -> ft.Control:
        chips = pick(options, lambda value: value == getattr(self.look, name), self._set(name))
        return ft.Column([text(label, soft=True, size=15), chips], spacing=4, tight=True)

    def _set(self, name: str) -> Callable:
        def chosen(value) -> None:
            self._take(replace(self.look, **{name: value}))

        return self._screen.safe(chosen)

    def _take(self, look: Look) -> None:
        if look == self.look:  # a chip that is tapped again shows itself as not chosen: it is drawn anew
            self._shown = None
        self.look = look
        self._on_look(look)

    def _typed(self, e) -> None:
        self._take(replace(self.look, place=e.control.value or ""))

    def _toggle(self, e) -> None:
        self._open = not self._open
        self.follow()

    def _show_all(self, e) -> None:
        self._all = True
        self.follow()

    def _clear(self, e) -> None:
        self._place.value = ""
        self._take(Look(self.look.which))
