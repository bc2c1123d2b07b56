"""Streets: in which buurt or complex each lies, and who looks after it. A street that nobody looks after stands out. Pure.

Names of streets only, no doors and no people: area/detail `streets` is sealed to the whole team.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.services import addresses
from app.services.area_tree import Place, chain, place_of, within
from app.services.models import AreaCode
from sync.core.errors import BadInput

MAX_STREETS, MAX_NAME = 1_000, 100
_YEAR = re.compile(r"(1[5-9]|20)\d\d")
STREET = "street"  # the kind of code by which a member is put at one street: its name is the code


@dataclass(frozen=True, slots=True)
class Street:
    """A street that is known here, and in which area it lies (None: not said). `claims`: of a street of which nobody knows
    in which of several areas a door lies, all of them: whoever works in one of those looks after it too.
    """

    name: str
    area: Place | None = None
    claims: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Worker:
    """A contact person with a phone. No places: at work in the whole of their team's area."""

    name: str
    places: tuple[AreaCode, ...] = ()


@dataclass(frozen=True, slots=True)
class Cover:
    """A street and the names of who look after it, `by_choice` those who are put there or near; the rest work everywhere."""

    street: Street
    by_choice: tuple[str, ...]
    everywhere: tuple[str, ...]

    @property
    def nobody(self) -> bool:
        """Whether it stands out."""
        return not (self.by_choice or self.everywhere)


@lru_cache(maxsize=20_000)
def street_key(name: str) -> str:
    """What two spellings of one street have in common: "Tulpstr." and "tulpstraat"."""
    return addresses.key(f"{name} 1").partition("|")[0]  # with a number behind it "Plein 1944" is a street too


def covers(streets: Sequence[Street], workers: Sequence[Worker], home: Mapping[Place, Place]) -> list[Cover]:
    """Who looks after each street: first those that nobody does, then by name."""
    everywhere = tuple(w.name for w in workers if not w.places)
    at_street: dict[str, list[int]] = {}
    at_area: dict[Place, list[int]] = {}
    for i, worker in enumerate(workers):
        for code in worker.places:
            if code.kind == STREET:
                at_street.setdefault(street_key(code.code), []).append(i)
            else:
                at_area.setdefault(place_of(code), []).append(i)
    rows = []
    for street in streets:
        around = [at for place in (street.area, *street.claims) if place for at in chain(place, home)]
        there = {i for at in around for i in at_area.get(at, ())} | set(at_street.get(street_key(street.name), ()))
        rows.append(Cover(street, tuple(workers[i].name for i in sorted(there)), everywhere))
    return sorted(rows, key=lambda row: (not row.nobody, bool(row.by_choice), street_key(row.street.name)))


def read(typed: str) -> list[str]:
    """A street a line, each once in the spelling that stands first. Raises BadInput("area_streets", why)."""
    found: dict[str, str] = {}
    for line in typed.splitlines():
        name = addresses.tidy(line.strip(" ,;\t"))
        if not name:
            continue
        if len(name) > MAX_NAME:
            raise BadInput("area_streets", "too_long")
        door = addresses.split(name)
        if door is not None and not _YEAR.fullmatch(door[1]):
            raise BadInput("area_streets", "number", what=name[:40])
        found.setdefault(street_key(name) or name, name)
    if len(found) > MAX_STREETS:
        raise BadInput("area_streets", "too_many")
    return list(found.values())


def where(rows: Iterable[tuple[Place, Sequence[str]]], home: Mapping[Place, Place]) -> dict[str, Place]:
    """The key of each street → the smallest area that has it. A street that two areas beside one another claim has none:
    it may well run through both, and nobody knows which door lies where.
    """
    found: dict[str, Place | None] = {}
    for place, names in rows:
        for name in names:
            at = street_key(name)
            found[at] = _smaller(found[at], place, home) if at in found else place
    return {at: place for at, place in found.items() if place is not None}


def _smaller(a: Place | None, b: Place, home: Mapping[Place, Place]) -> Place | None:
    if a is None:
        return None
    if within(a, b, home):
        return a
    return b if within(b, a, home) else None
