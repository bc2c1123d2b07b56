"""How streets, rounds, walks and doors look in their records, and how they are read back.

Writing gives plain values (lists, texts, numbers); reading believes nothing: whatever is not as it should be is left out,
and the rest stays. docs/records.md has the fields.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from hashlib import sha256
from typing import Any, TypeVar

from app.services.models import DayPart
from app.services.records import iso
from app.services.rounds.models import Answer, Door, DoorState, Interest
from sync.core.ids import record_id

STREET, ROUND, WALK, DOOR = "street", "round", "walk", "door"
MAX_DOORS = 5_000  # of one street or walk, as far as they are read
MAX_TRIES = 20  # entries of one member at one door
MAX_KEY, MAX_NAME, MAX_STAIR, MAX_ADDITION, MAX_POSTCODE = 120, 100, 40, 12, 10
MAX_NUMBER = 99_999
FLOORS = range(-9, 200)
OTHER_FIELDS = ("walk", "round")  # of a tally
_FIELD_BYTES = 60  # of a field's name in a change
E_ = TypeVar("E_", bound=Enum)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one member said at one door on one part of one day."""

    state: DoorState
    day: date
    part: DayPart
    flyer: bool = False
    interests: frozenset[Interest] = frozenset()

    @property
    def answer(self) -> Answer:
        """As screens see it."""
        return Answer(self.state, self.flyer, tuple(i for i in Interest if i in self.interests))


# -- ids: one tally and one claim for each member and walk, whichever of their devices writes first -----------------


def tally_id(member: bytes, walk: bytes) -> bytes:
    """The record with what a member said at the doors of a walk."""
    return record_id(member, DOOR, walk)


def claim_id(member: bytes, walk: bytes) -> bytes:
    """The record that says until when a member has a walk."""
    return record_id(member, WALK, walk)


def ending_id(member: bytes, of: bytes) -> bytes:
    """The record with a member's counts of a round that is over: the result, or what came after it."""
    return record_id(member, ROUND, of)


# -- doors ----------------------------------------------------------------------------------------------------------


def street_doors(doors: Iterable[Door]) -> list[list[Any]]:
    """The doors of one street as plain values: [key, number, letter, addition, postcode, stair, floor]."""
    return [[d.key, d.number, d.letter, d.addition, d.postcode, d.stair, d.floor] for d in doors]


def read_street_doors(value: object, name: str, place: str) -> tuple[Door, ...]:
    """The doors of one street, each key once, as far as they can be read."""
    rows = value if isinstance(value, list) else []
    return _once(_door(row, name, place) for row in rows[:MAX_DOORS])


def walk_doors(doors: Iterable[Door]) -> list[Any]:
    """The doors of a walk as plain values: the streets, each [name, place], and the doors, each as in street_doors with
    the how many-th street it is before it.
    """
    listed = list(doors)
    streets = list(dict.fromkeys((d.street, d.place) for d in listed))
    at = {street: i for i, street in enumerate(streets)}
    rows = [[at[d.street, d.place], *row] for d, row in zip(listed, street_doors(listed), strict=True)]
    return [[list(street) for street in streets], rows]


def read_walk_doors(value: object) -> tuple[Door, ...]:
    """The doors of a walk in their order, each key once, as far as they can be read."""
    if not (isinstance(value, list) and len(value) == 2 and all(isinstance(part, list) for part in value)):
        return ()
    streets, rows = value
    named = [s if _texts(s, 2) else None for s in streets]
    found = []
    for row in rows[:MAX_DOORS]:
        at = row[0] if isinstance(row, list) and row else None
        street = named[at] if isinstance(at, int) and _whole(at, range(len(named))) else None
        found.append(_door(row[1:], *street) if street else None)
    return _once(found)


def _door(row: object, street: str, place: str) -> Door | None:
    if not isinstance(row, list) or len(row) != 7:
        return None
    key, number, letter, addition, postcode, stair, floor = row
    good = (
        _text(key, MAX_KEY)
        and key
        and _whole(number, range(MAX_NUMBER + 1))
        and _text(letter, MAX_ADDITION)
        and _text(addition, MAX_ADDITION)
        and _text(postcode, MAX_POSTCODE)
        and _text(stair, MAX_STAIR)
        and (floor is None or _whole(floor, FLOORS))
        and _text(street, MAX_NAME)
        and street
        and _text(place, MAX_NAME)
    )
    return Door(key, street, number, letter, addition, postcode, place, stair, floor) if good else None


def _once(doors: Iterable[Door | None]) -> tuple[Door, ...]:
    found: dict[str, Door] = {}
    for door in doors:
        if door is not None:
            found.setdefault(door.key, door)
    return tuple(found.values())


def complexes_of(doors: Iterable[Door], named: Mapping[tuple[str, str], str]) -> list[list[str]]:
    """Which streets of a walk belong to which complex: [street, place, complex], for those that do."""
    streets = dict.fromkeys((d.street, d.place) for d in doors)
    return [[*street, named[street]] for street in streets if named.get(street)]


def read_complexes(value: object) -> dict[tuple[str, str], str]:
    """The complex of each street of a walk that has one, by name and place."""
    rows = value if isinstance(value, list) else []
    return {(row[0], row[1]): row[2][:MAX_NAME] for row in rows[:MAX_DOORS] if _texts(row, 3)}


def read_keys(value: object) -> frozenset[str]:
    """A list of doors' keys."""
    rows = value if isinstance(value, list) else []
    return frozenset(key for key in rows[:MAX_DOORS] if _text(key, MAX_KEY))


# -- what was said at a door -------------------------------------------------------------------------------------------


def field_of(key: str) -> str:
    """The field of a tally that is about this door: its key, or what stands for one that is long or taken."""
    fits = len(key.encode()) <= _FIELD_BYTES and key not in OTHER_FIELDS
    return key if fits else sha256(key.encode()).hexdigest()[:32]


def said(entries: Sequence[Entry]) -> list[list[Any]]:
    """What one member said at a door as plain values: [state, day, part, flyer, interests], oldest first."""
    return [
        [e.state.value, e.day.isoformat(), e.part.value, e.flyer, sorted(i.value for i in e.interests)]
        for e in entries[-MAX_TRIES:]
    ]


def read_said(value: object) -> tuple[Entry, ...]:
    """What one member said at a door, as far as it can be read."""
    rows = value if isinstance(value, list) else []
    return tuple(entry for row in rows[:MAX_TRIES] if (entry := _entry(row)) is not None)


def _entry(row: object) -> Entry | None:
    if not isinstance(row, list) or len(row) != 5:
        return None
    state, day = one_of(DoorState, row[0]), iso(row[1]) if isinstance(row[1], str) else None
    part = one_of(DayPart, row[2])
    if state is None or day is None or part is None or not isinstance(row[4], list):
        return None
    interests = (one_of(Interest, x) for x in row[4][: len(Interest)])
    return Entry(state, day, part, row[3] is True, frozenset(i for i in interests if i is not None))


# -- checks ------------------------------------------------------------------------------------------------------------


def from_json(text: str) -> Any:
    """A column of the view that holds lists or maps."""
    return json.loads(text) if text else None


def one_of(kind: type[E_], value: object) -> E_ | None:
    """The member of an enumeration with this value, or None."""
    try:
        return kind(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _text(value: object, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most


def _texts(value: object, count: int) -> bool:
    return isinstance(value, list) and len(value) == count and all(isinstance(x, str) for x in value)


def _whole(value: object, within: range) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in within
