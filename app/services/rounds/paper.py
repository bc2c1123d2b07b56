"""A walk on paper: what is printed of each door, and what may be entered afterwards. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from app.services.models import DayPart
from app.services.rounds.doors import PARTS
from app.services.rounds.models import Door, DoorLook
from sync.core.errors import BadInput


class Line(Enum):
    """What stands on a door's line: boxes to tick, or why there are none."""

    BOXES = "boxes"
    BLOCKED = "blocked"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The doors of one street, or of one floor by one staircase: `first` tells which."""

    first: Door
    lines: tuple[tuple[Door, Line], ...]


def sheets(looks: Iterable[DoorLook]) -> list[Sheet]:
    """Every door once, in the order in which it is walked. A door that nobody rings never has boxes."""
    found: list[list[tuple[Door, Line]]] = []
    before: tuple[object, ...] = ()
    for look in looks:
        here = _where(look.door)
        if not found or here != before:
            found.append([])
        found[-1].append((look.door, line(look)))
        before = here
    return [Sheet(lines[0][0], tuple(lines)) for lines in found]


def _where(door: Door) -> tuple[object, ...]:
    return door.street, door.place, door.stair, door.floor


def line(look: DoorLook) -> Line:
    """What stands on this door's line."""
    if look.blocked:
        return Line.BLOCKED
    return Line.BOXES if look.answer is None or look.due else Line.DONE


def next_line(looks: Sequence[DoorLook], after: str | None = None) -> str | None:
    """The key of the next door to enter, in the order of the paper: behind this one, never a blocked one. None at the
    end.
    """
    keys = [look.door.key for look in looks]
    start = keys.index(after) + 1 if after in keys else 0
    return next((look.door.key for look in looks[start:] if line(look) is not Line.BLOCKED), None)


def check_when(when: tuple[date, DayPart], first: date, now: tuple[date, DayPart]) -> None:
    """Whether doors may have been walked then. Raises BadInput("day", "future", "part" or "before_round")."""
    (day, part), (today, this_part) = when, now
    if day > today:
        raise BadInput("day", "future")
    if day == today and PARTS.index(part) > PARTS.index(this_part):
        raise BadInput("day", "part")
    if day < first:
        raise BadInput("day", "before_round")
