"""From rows to streets: every door once, what was left out told with its line."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from app.services.register.rows import MAX_SHOWN, Bad, Raw, Why, address_key, clean, door_of, street_key
from app.services.rounds.kinds import MAX_DOORS, MAX_NAME
from app.services.rounds.models import Door
from app.services.rounds.order import by_number, counted_as

MOST_ROWS = 1_000_000
MOST_BAD = 200  # that are told one by one; all are counted


@dataclass(frozen=True, slots=True)
class FoundStreet:
    """A street in a file, its doors by number."""

    name: str
    place: str
    doors: tuple[Door, ...]
    complex: str = ""

    @property
    def key(self) -> str:
        """The same for every spelling."""
        return street_key(self.name, self.place)


@dataclass(frozen=True, slots=True)
class Found:
    """What a file gave. `twice`: rows of a door that was there already; `bad`: the first rows that were left out, of
    `bad_counts` in all by reason.
    """

    streets: tuple[FoundStreet, ...]
    rows: int
    bad: tuple[Bad, ...]
    bad_counts: tuple[tuple[Why, int], ...]
    twice: int

    @property
    def doors(self) -> int:
        """In all streets."""
        return sum(len(s.doors) for s in self.streets)

    @property
    def left_out(self) -> int:
        """Rows that gave no door."""
        return sum(n for _, n in self.bad_counts)


@dataclass(slots=True)
class _Street:
    name: str
    place: str
    complex: str = ""
    doors: dict[str, Door] = field(default_factory=dict)  # by address


class Gathering:
    """Takes rows one by one."""

    def __init__(self) -> None:
        self.rows = 0
        self._streets: dict[str, _Street] = {}
        self._ids: set[str] = set()
        self._bad: list[Bad] = []
        self._counts: dict[Why, int] = {}
        self._twice = 0

    @property
    def full(self) -> bool:
        """No more rows are looked at."""
        return self.rows >= MOST_ROWS

    def take(self, row: Raw | Bad) -> None:
        """One row: a door, a door that was there already, or a bad row."""
        self.rows += 1
        if isinstance(row, Bad):
            self._refuse(row)
            return
        door = door_of(row)
        if isinstance(door, Why):
            self._refuse(Bad(row.line, _shown(row), door))
        else:
            self._put(row, door)

    def _put(self, row: Raw, door: Door) -> None:
        street = self._streets.setdefault(street_key(door.street, door.place), _Street(door.street, door.place))
        at = address_key(door)
        there = street.doors.get(at)
        if there is not None or door.key in self._ids:
            self._twice += 1
            if there is not None:
                street.doors[at] = joined(there, door)
                self._know(door.key)
            return
        if len(street.doors) >= MAX_DOORS:
            self._refuse(Bad(row.line, _shown(row), Why.TOO_MANY))
            return
        self._know(door.key)
        alike = door.street == street.name and door.place == street.place
        street.doors[at] = door if alike else replace(door, street=street.name, place=street.place)
        street.complex = street.complex or clean(row.complex)[:MAX_NAME]

    def _know(self, key: str) -> None:
        if key:  # most lists have no BAG ids: what has none is not the same door as another that has none
            self._ids.add(key)

    def _refuse(self, bad: Bad) -> None:
        self._counts[bad.why] = self._counts.get(bad.why, 0) + 1
        if len(self._bad) < MOST_BAD:
            self._bad.append(bad)

    def found(self) -> Found:
        """What there is so far, streets by place and name."""
        streets = [FoundStreet(s.name, s.place, named(s.doors.values()), s.complex) for s in self._streets.values()]
        streets.sort(key=lambda s: (s.place, counted_as(s.name), s.name))
        return Found(tuple(streets), self.rows, tuple(self._bad), tuple(sorted(self._counts.items())), self._twice)


def named(doors: Iterable[Door]) -> tuple[Door, ...]:
    """The doors of a street by number, those without a BAG id with the key of their address."""
    from app.services import addresses

    keyed = (d if d.key else replace(d, key=addresses.key(d.address)) for d in doors)
    return tuple(sorted(keyed, key=by_number))


def joined(there: Door, also: Door) -> Door:
    """Two rows about one door: what the first leaves open, the other fills in."""
    return replace(
        there,
        key=there.key if is_bag(there.key) else also.key or there.key,
        postcode=there.postcode or also.postcode,
        stair=there.stair or also.stair,
        floor=there.floor if there.floor is not None else also.floor,
    )


def is_bag(key: str) -> bool:
    """Whether a door's key is its BAG id."""
    return len(key) == 16 and key.isdecimal()


def _shown(row: Raw) -> str:
    parts = (row.whole, row.street, row.number, row.letter or "", row.addition, row.place)
    return " ".join(p for p in map(clean, parts) if p)[:MAX_SHOWN]
