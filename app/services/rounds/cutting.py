"""Cutting streets into walks that fit an evening: about the wished number of doors, side by side, no remnants.

Pure. Streets of one place, in order of name, are one long row of units (order.units); where it is cut is the cheapest
of all ways (a shortest path over the units), where a walk costs what it is larger or smaller than wished, and a little
for a crossing, for another street, and for a part of another street.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

from app.services.language import _, counted
from app.services.rounds.models import Door, Order, Street
from app.services.rounds.order import by_number, by_street, side, units, walking_order

LARGEST = 1.5  # times the wished size; only one staircase that is larger by itself goes beyond it
CROSSES, ANOTHER_STREET, PART = 0.02, 0.05, 0.05  # beside (doors / wished - 1) squared
NAMED = 3  # streets named in full in the name of one walk


@dataclass(frozen=True, slots=True)
class Cut:
    """One walk: what it is called ("Tulpstraat 1-45, oneven"), and its doors in walking order."""

    name: str
    doors: tuple[Door, ...]


@dataclass(frozen=True, slots=True)
class _Unit:
    doors: list[Door]
    street: int  # the how many-th of its place
    side: int
    first: bool  # of its street
    last: bool


def cut(streets: Iterable[Street], doors_a_walk: int, order: Order) -> list[Cut]:
    """Walks of about `doors_a_walk` doors with every door of these streets in exactly one of them.

    None is larger than LARGEST times that, but for a single staircase; none is a remnant that would have fitted beside
    its neighbour. The same whatever the order in which streets and doors are given.
    """
    wished = max(1, doors_a_walk)
    walked = units((door for street in streets for door in street.doors), order)
    places: dict[str, set[str]] = {}
    whole: dict[tuple[str, str], int] = {}
    for unit in walked:
        door = unit[0]
        places.setdefault(door.street, set()).add(door.place)
        whole[door.place, door.street] = whole.get((door.place, door.street), 0) + len(unit)
    made = []
    for _place, of_place in groupby(walked, key=lambda unit: unit[0].place):
        for walk in _cheapest(_row(list(of_place)), wished, order):
            doors = tuple(walking_order((door for unit in walk for door in unit.doors), order))
            made.append(Cut(_name(doors, whole, places), doors))
    return made


def _row(place: Sequence[list[Door]]) -> list[_Unit]:
    row = []
    for number, (_street, some) in enumerate(groupby(place, key=lambda unit: by_street(unit[0]))):
        street = list(some)
        ends = len(street) - 1
        row += [_Unit(u, number, side(u), i == 0, i == ends) for i, u in enumerate(street)]
    return row


def _cheapest(row: list[_Unit], wished: int, order: Order) -> list[list[_Unit]]:
    """The cheapest way to cut this row: best[i] is the price of the first i units."""
    doors = [0, *accumulate(len(unit.doors) for unit in row)]
    crossings = [0, *accumulate(int(_crosses(a, b, order)) for a, b in pairwise(row))]
    best, back = [0.0], [0]
    for end in range(1, len(row) + 1):
        lowest = min(bisect_left(doors, doors[end] - LARGEST * wished), end - 1)
        price, start = min(
            (best[start] + _price(row, start, end, doors, crossings, wished), start) for start in range(lowest, end)
        )
        best.append(price)
        back.append(start)
    walks, end = [], len(row)
    while end:
        walks.append(row[back[end] : end])
        end = back[end]
    return walks[::-1]


def _crosses(a: _Unit, b: _Unit, order: Order) -> bool:
    return order is Order.SIDES and a.street == b.street and a.side != b.side


def _price(row: list[_Unit], start: int, end: int, doors: list[int], crossings: list[int], wished: int) -> float:
    size = (doors[end] - doors[start]) / wished
    first, last = row[start], row[end - 1]
    price = (size - 1) ** 2 + CROSSES * (crossings[end - 1] - crossings[start])
    if first.street != last.street:
        price += ANOTHER_STREET * (last.street - first.street)
        price += PART * ((not first.first) + (not last.last))
    return price


# -- names -------------------------------------------------------------------------------------------------------


def _name(doors: Sequence[Door], whole: dict[tuple[str, str], int], places: dict[str, set[str]]) -> str:
    parts = []
    for _street, some in groupby(doors, key=by_street):
        street = list(some)
        one = street[0]
        name = one.street if len(places[one.street]) == 1 else f"{one.street} ({one.place})"
        parts.append(name if len(street) == whole[one.place, one.street] else _part(name, street))
    if len(parts) == 1:
        return parts[0]
    if len(parts) <= NAMED:
        return _("{names} en {last}").format(names=", ".join(parts[:-1]), last=parts[-1])
    rest = counted("{n} andere straat", "{n} andere straten", len(parts) - 2)
    return _("{names} en {last}").format(names=", ".join(parts[:2]), last=rest)


def _part(name: str, doors: Sequence[Door]) -> str:
    """A part of a street by what is in it: from the lowest to the highest number, and the side when it is one."""
    lowest, highest = min(doors, key=by_number), max(doors, key=by_number)
    if lowest.number != highest.number:
        numbers = f"{lowest.number}-{highest.number}"
    elif lowest.label != highest.label:
        numbers = _("{first} t/m {last}").format(first=lowest.label, last=highest.label)
    else:
        return f"{name} {lowest.label}"
    sides = {door.number % 2 for door in doors}
    if len(sides) == 2 or lowest.number == highest.number:
        return f"{name} {numbers}"
    said = _("{numbers}, oneven") if sides == {1} else _("{numbers}, even")
    return f"{name} {said.format(numbers=numbers)}"
