"""Counts as plain values in a record, and back. Counts are all that is kept of a round that is over."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

from app.services.rounds.models import DoorState, Interest, Progress

MOST = 10_000_000
E_ = TypeVar("E_", bound=Enum)


def plain_progress(p: Progress) -> list[Any]:
    """[doors, blocked, {state: count}, flyers, {interest: count}]."""
    return [
        p.doors,
        p.blocked,
        {s.value: n for s, n in p.states},
        p.flyers,
        {i.value: n for i, n in p.interests},
    ]


def read_progress(value: object) -> Progress:
    """Counts, as far as they can be read."""
    if not isinstance(value, list) or len(value) != 5:
        return Progress()
    doors, blocked, states, flyers, interests = value
    return Progress(
        _count(doors), _count(blocked), _counts(DoorState, states), _count(flyers), _counts(Interest, interests)
    )


def _count(value: object) -> int:
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST
    return value if fits and isinstance(value, int) else 0


def _counts(kind: type[E_], value: object) -> tuple[tuple[E_, int], ...]:
    known: Mapping[Any, object] = value if isinstance(value, Mapping) else {}
    return tuple((x, n) for x in kind if (n := _count(known.get(x.value))))
