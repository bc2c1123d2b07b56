"""Counts as plain values in a record, and back. Counts are all that is kept of a round that is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from app.services.rounds import doors, kinds
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


# -- the result of a round ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ending:
    """What a round that is over came to: together, by walk and by street, and what came in after it was closed."""

    progress: Progress
    walks: tuple[tuple[str, Progress], ...]
    streets: tuple[tuple[str, Progress], ...]
    late: Progress


def read_ending(row: Mapping[str, Any]) -> Ending:
    """A row of the view that has one."""
    walks = counted(row["walks"])
    together = doors.together(p for _, p in walks)
    return Ending(together, tuple(walks), tuple(counted(row["streets"])), read_progress(kinds.from_json(row["late"])))


def counted(text: str) -> list[tuple[str, Progress]]:
    """Names and their counts, as they stand in a result."""
    rows = kinds.from_json(text)
    found = []
    for row in rows[: kinds.MAX_DOORS] if isinstance(rows, list) else []:
        if isinstance(row, list) and len(row) == 2 and isinstance(row[0], str):
            found.append((row[0], read_progress(row[1])))
    return found


def weight(progress: Progress) -> tuple[int, int]:
    """Of two coordinators who closed a round at once the one who had seen more counts."""
    return (progress.done, progress.flyers)
