"""What reports are made of: periods, cells, tables. Plain frozen values, no text for users: screens word the keys.

A cell is a number that may be seen, or HIDDEN: nothing more is known of it here than that it is below the threshold, or
that it would give such a cell away. Nothing in here is about a member (tests/unit/test_reports.py holds that).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from app.services.area_tree import Place

THRESHOLD, MOST_THRESHOLD = 10, 100  # below this a cell is hidden; an organisation may set it higher, never lower
ROUND_TO = 5  # published cells


class Topic(Enum):
    """What a table is about."""

    VISITS = "visits"  # rows: visits, reached
    OUTCOMES = "outcomes"  # rows: met, not_home, later, no_contact, moved, other
    WISHES = "wishes"  # rows: wish codes
    ACTIVITIES = "activities"  # rows: activities, heads
    ROUNDS = "rounds"  # rows: rounds, doors (rung), spoken (doors where somebody was spoken to)
    STORIES = "stories"  # row: stories (published ones)
    AREAS = "areas"  # visits by area right below: rows: "kind|code|year", and "rest"
    AREAS_REACHED = "areas_reached"  # visits where somebody was met, likewise


class Note(Enum):
    """A footnote."""

    SMALL = "small"  # cells below the threshold are hidden
    ROUNDED = "rounded"  # published cells are rounded to ROUND_TO, so they don't add up exactly
    NOT_FOR_PUBLICATION = "not_for_publication"
    OLD_BORDERS = "old_borders"  # some were counted in the borders of another CBS year
    NO_PLACE = "no_place"  # some are of no known place: they stand in the total and in no area
    WISHES_GONE = "wishes_gone"  # details older than twelve months are gone, and their wishes with them
    WISHES_SHARED = "wishes_shared"  # wishes are those of residents who let the coordinator read them
    NOT_OVER = "not_over"  # the period goes on, or its last notes may still be on their way
    STORIES_NO_PLACE = "stories_no_place"  # stories have no place: counted for the whole team only


@dataclass(frozen=True, slots=True)
class Shown:
    """A number that may be seen."""

    n: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """A number that may not."""


HIDDEN = Hidden()
Cell = Shown | Hidden


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from `first` up to and including `last`."""

    first: date
    last: date

    @property
    def key(self) -> str:
        """ "2026" or "2026-Q3" for a whole year or quarter, "2026-09" for a month, else "2026-09-01/2026-09-14"."""
        f, days = self.first, (self.first, self.last)
        if days == (date(f.year, 1, 1), date(f.year, 12, 31)):
            return str(f.year)
        quarter = (f.month + 2) // 3
        if f.month % 3 == 1 and self.last == _month_end(f.year, quarter * 3) and f.day == 1:
            return f"{f.year}-Q{quarter}"
        if f.day == 1 and self.last == _month_end(f.year, f.month):
            return f"{f.year}-{f.month:02}"
        return f"{f.isoformat()}/{self.last.isoformat()}"

    @property
    def before(self) -> "Period":
        """The year, quarter or month before a whole one, else as many days right before."""
        end = self.first - timedelta(days=1)
        key = self.key
        if len(key) == 4:
            return year(self.first.year - 1)
        if "Q" in key:
            return quarter(end.year, end.month // 3)
        if len(key) == 7:
            return Period(end.replace(day=1), end)
        return Period(end - (self.last - self.first), end)


def _month_end(in_year: int, month: int) -> date:
    return date(in_year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def year(of: int) -> Period:
    """A whole calendar year."""
    return Period(date(of, 1, 1), date(of, 12, 31))


def quarter(of: int, number: int) -> Period:
    """The first to fourth quarter of a year."""
    return Period(date(of, number * 3 - 2, 1), _month_end(of, number * 3))


def from_key(key: str) -> Period | None:
    """A quarter or year from its key, None for anything else."""
    if len(key) == 4 and key.isdecimal() and key.isascii() and key > "1999":
        return year(int(key))
    if len(key) == 7 and key[4:6] == "-Q" and key[6] in "1234" and from_key(key[:4]):
        return quarter(int(key[:4]), int(key[6]))
    return None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. `label`: the name of an area; "" where screens word the key."""

    key: str
    label: str
    cell: Cell
    before: Cell | None = None  # the same in the period before, where that was asked for


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that are about one thing. `unit`: what is counted (visits, doors, people, …), for screens to word."""

    topic: Topic
    unit: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a coordinator sees of a period and an area (None: all that this device may read). Never for publication."""

    area: Place | None
    name: str
    period: Period
    before: Period | None
    tables: tuple[Table, ...]
    notes: tuple[Note, ...]
    threshold: int = THRESHOLD


@dataclass(frozen=True, slots=True)
class AreaChoice:
    """An area to choose, `depth` deep in the tree."""

    place: Place
    name: str
    depth: int


class Standing(Enum):
    """What became of a publication."""

    WAITING = "waiting"  # not sure yet that it is the first: its numbers are nobody's yet
    HELD = "held"  # published: its numbers never change
    ASIDE = "aside"  # another was first, or it was drawn back: its numbers are nobody's


@dataclass(frozen=True, slots=True)
class AreaTables:
    """What was published about one area: tables without AREAS."""

    place: Place
    name: str
    depth: int
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """A publication: all its areas, the one that it is about first. `areas` is empty unless it is HELD."""

    id: bytes
    period: Period
    area: Place
    name: str
    day: date
    threshold: int
    standing: Standing
    areas: tuple[AreaTables, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Damaged:
    """A published table that can't be read. While it stands, nothing that it may be about is published."""

    id: bytes
    why: str  # "unreadable": not even what it is about; "damaged": its numbers; "newer": by a newer version
    period: Period | None = None
    area: Place | None = None
