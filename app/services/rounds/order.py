"""In which order doors are walked: every door once, no needless crossing, a block staircase by staircase from the top.

Pure. Doors that are reached together (a staircase; or one house number with its letter, when floors are known) stay
together as a *unit*; what is put in order along the street is units.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby

from app.services.rounds.models import Door, Order

Rank = tuple[tuple[int, int, str], ...]
_PIECES = re.compile(r"\d+|[^\W\d_]+")
_GROUND = frozenset({"hs", "huis", "bg", "bgg", "bel", "ben"})  # the front door of the house itself
_SECOND = frozenset({"bis", "bs", "ter"})  # what was split off from it
_OWN, _HOUSE, _SPLIT, _LETTERS, _DIGITS = range(5)


@lru_cache(maxsize=20_000)
def counted_as(text: str) -> Rank:
    """Sorts letters and additions as people count: nothing, "hs", "bis", A, B, 2, 10 ("1hoog" beside 1)."""
    pieces = _PIECES.findall(text.casefold())
    if not pieces:
        return ((_OWN, 0, ""),)
    return tuple(_piece(p) for p in pieces)


def _piece(piece: str) -> tuple[int, int, str]:
    if piece.isdecimal():
        return (_DIGITS, int(piece), "")
    kind = _HOUSE if piece in _GROUND else _SPLIT if piece in _SECOND else _LETTERS
    return (kind, 0, piece)


def by_number(door: Door) -> tuple[int, Rank, Rank, str, str]:
    """Sorts the doors of one street by house number, letter and addition; the key makes it the same everywhere."""
    return (door.number, counted_as(door.letter), counted_as(door.addition), door.label, door.key)


def by_street(door: Door) -> tuple[str, Rank, str]:
    """Sorts doors by place and street, names as people count (a 2e Dwarsstraat before a 10e)."""
    return (door.place, counted_as(door.street), door.street)


def once(doors: Iterable[Door]) -> list[Door]:
    """Every door once, by place and key (one without a BAG id has the key of its address, which names no place), in order
    of street and number: the same whatever the order they came in.
    """
    found: dict[tuple[str, str], Door] = {}
    for door in sorted(doors, key=lambda d: (by_street(d), by_number(d), d.stair, -1 if d.floor is None else d.floor)):
        found.setdefault((door.place, door.key), door)
    return list(found.values())


def walking_order(doors: Iterable[Door], order: Order) -> list[Door]:
    """Every door exactly once, as they are walked: street by street in order of name.

    SIDES: the odd side up, then the even side down (a street with one side: up). CROSSING: by number. A staircase is
    walked from the top down, whatever the side.
    """
    return [door for unit in units(doors, order) for door in unit]


def units(doors: Iterable[Door], order: Order) -> list[list[Door]]:
    """The same, in pieces that can't be parted: a staircase, or one number with its floors."""
    walked = []
    for _, street in groupby(once(doors), key=by_street):
        walked += _along(_units(list(street)), order)
    return walked


def side(unit: list[Door]) -> int:
    """The side of the street on which a unit lies, by its lowest number: 1 odd, 0 even."""
    return min(unit, key=by_number).number % 2


def _along(street: list[list[Door]], order: Order) -> list[list[Door]]:
    if order is Order.CROSSING:
        return street
    up, down = [u for u in street if side(u)], [u for u in street if not side(u)]
    return [*up, *reversed(down)] if up else down


def _units(street: list[Door]) -> list[list[Door]]:
    """A street's doors (by number) as units, by their lowest number."""
    found: dict[tuple[str, int, str], list[Door]] = {}
    for door in street:
        name = (door.stair, 0, "") if door.stair else ("", door.number, door.letter.casefold())
        found.setdefault(name, []).append(door)
    made: list[list[Door]] = []
    for (stair, _, _), unit in found.items():
        if stair or any(d.floor is not None for d in unit):
            made.append(sorted(unit, key=_from_the_top))
        else:
            made += [[door] for door in unit]
    return sorted(made, key=lambda unit: min(by_number(d) for d in unit))


def _from_the_top(door: Door) -> tuple[int, tuple[int, Rank, Rank, str, str]]:
    """Floors downwards; a door of which the floor is not known counts as one on the street."""
    return (-(door.floor or 0), by_number(door))
