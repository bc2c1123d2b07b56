"""Supply and wish: what residents would like against what there is, by area and wish, as one picture. Pure.

A wish counts once for each address (of a visit), each activity where it was heard, each door of a round. Numbers below the
threshold are not shown: nothing at all looks the same as a few, here as in reports. No totals, from which one could subtract.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from app.services.area_tree import Place, chain, within
from app.services.offers_form import answers, bare
from app.services.reports.models import THRESHOLD

__all__ = ["THRESHOLD"]  # the same as in reports

ACTIVITY, CONTACT_PERSON = "activity", "contact_person"  # what somebody at the door of a round would like
HEARD = {ACTIVITY, CONTACT_PERSON}
GATHERINGS = frozenset({"coffee", "eating", "repair", "garden", "language"})  # wishes that an activity answers


class Match(Enum):
    """What one cell of the picture says."""

    MISSING = "missing"  # wished, and nothing of it is there
    MET = "met"  # wished, and there
    SPARE = "spare"  # there, and few wish it as far as is known
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Wished:
    """So many who wish something, at a place (None: not known in which area)."""

    place: Place | None
    wish: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Offered:
    """Something on offer, for an area (None: for all of them)."""

    place: Place | None
    wish: str
    name: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One wish in one area. `wished` is None below the threshold."""

    wished: int | None
    offers: tuple[str, ...]

    @property
    def match(self) -> Match:
        """What stands out."""
        if self.wished is not None:
            return Match.MET if self.offers else Match.MISSING
        return Match.SPARE if self.offers else Match.NOTHING


@dataclass(frozen=True, slots=True)
class Picture:
    """Rows are areas (None: wishes of which the area is not known), columns are wishes. `rest`: rows that have another
    row inside them, and count only what lies in none of those.
    """

    areas: tuple[Place | None, ...]
    wishes: tuple[str, ...]
    cells: Mapping[tuple[Place | None, str], Cell]
    threshold: int = THRESHOLD
    rest: frozenset[Place] = frozenset()

    @property
    def most(self) -> int:
        """The largest number of wishes in a cell; 0 where none is shown."""
        return max((c.wished for c in self.cells.values() if c.wished is not None), default=0)

    def missing(self) -> int:
        """How many cells have a wish and no offer."""
        return sum(c.match is Match.MISSING for c in self.cells.values())


def picture(
    areas: Sequence[Place],
    wishes: Sequence[str],
    wished: Iterable[Wished],
    offered: Sequence[Offered],
    home: Mapping[Place, Place],
    threshold: int = THRESHOLD,
) -> Picture:
    """The picture of these areas, smallest first in each other's stead: a wish counts in the first row that it lies in.

    `wishes` are the columns that are always there; another has one only when an offer answers it or when enough wish it, so
    that no column tells of a single one.
    """
    rows = set(areas)
    counts: Counter[tuple[Place | None, str]] = Counter()
    for w in wished:
        at = next((p for p in chain(w.place, home) if p in rows), None) if w.place else None
        counts[at, bare(w.wish)] += w.times
    shown = {at: n for at, n in counts.items() if n >= max(1, threshold)}
    columns = dict.fromkeys(
        [*map(bare, wishes), *sorted({bare(o.wish) for o in offered} - HEARD), *sorted({wish for _at, wish in shown})]
    )
    unknown: list[Place | None] = [None] if any(at is None for at, _wish in shown) else []
    placed = [*dict.fromkeys(areas), *unknown]
    cells = {
        (area, wish): Cell(shown.get((area, wish)), tuple(_for(area, wish, offered, home)))
        for area in placed
        for wish in columns
    }
    around = frozenset(at for area in rows for at in chain(area, home)[1:]) & rows
    return Picture(tuple(placed), tuple(columns), cells, threshold, around)


def _for(area: Place | None, wish: str, offered: Sequence[Offered], home: Mapping[Place, Place]) -> list[str]:
    """The names of what is on offer for an area: put there, in what it lies in, or in something that lies in it."""
    found = []
    for o in offered:
        here = o.place is None or (area is not None and (within(area, o.place, home) or within(o.place, area, home)))
        if here and (answers(bare(o.wish), wish) or (wish == ACTIVITY and bare(o.wish) in GATHERINGS)):
            found.append(o.name)
    return found
