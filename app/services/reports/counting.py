"""From rows of the view to counts by place. Pure: takes plain rows and a rule of where things lie, gives numbers.

How it is counted: a visit, activity or story on its day; what is hidden or erased is not; `reached` is a visit where
somebody was met; a wish once for each visit that has it, whatever was said about it behind a colon. An activity counts where its count says, once
its day has come, with as many heads as were noted. A round counts on its last day, once it is closed; its doors are those
that were rung (any word on them), each in the area of its street; the round itself in the smallest area that has all its
streets. Of a round that two coordinators closed at once the result that had more counts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.services.area_tree import Place, chain
from app.services.offers_form import bare
from app.services.reports import measures, placing
from app.services.rounds.counting import read_ending, weight

Rows = Iterable[Mapping[str, Any]]
Counts = dict[Place | None, Counter[str]]  # what was counted at each place itself; None: of no known place


@dataclass(slots=True)
class Where:
    """Where things lie. `streets`: the key of each street → its area, in the borders of now; `home`: of complexes."""

    streets: Mapping[str, Place]
    home: Mapping[Place, Place]
    _known: dict[str, Place | None] = field(default_factory=dict)

    def of(self, area: str, address: str) -> Place | None:
        """By the street while its name is there, else where it was counted when it was noted."""
        return self.of_street(address) or placing.read(area)

    def of_street(self, address: str) -> Place | None:
        """The area of a street or of an address in it, or of a complex by its name."""
        if address not in self._known:
            found = self.streets.get(placing.street_of(address)) if address else None
            self._known[address] = found or next((p for p in self.home if p[:2] == ("complex", address)), None)
        return self._known[address]

    def chain(self, place: Place) -> list[Place]:
        """A place and all that it lies in, smallest first."""
        return chain(place, self.home)


def visits(rows: Rows, where: Where) -> tuple[Counts, int]:
    """Visits by outcome and their wishes; and of how many the detail, that was once to be read here, is gone."""
    found: Counts = {}
    gone = 0
    known = set(measures.OUTCOMES)
    for row in rows:
        at = found.setdefault(where.of(row["area"], row["address"]), Counter())
        n, outcome = row["n"], row["outcome"]
        at[outcome if outcome in known else measures.OTHER] += n
        gone += n if row["gone"] else 0
        if row["wishes"]:
            for code in {bare(code) for code in row["wishes"].split(",")}:
                at[measures.WISH + code] += n
    return found, gone


def activities(rows: Rows) -> Counts:
    """Activities, and how many came."""
    found: Counts = {}
    for row in rows:
        at = found.setdefault(placing.read(row["area"]), Counter())
        at[measures.ACTIVITIES] += row["n"]
        at[measures.HEADS] += row["heads"]
    return found


def rounds(rows: Rows, where: Where) -> Counts:
    """Rounds, and doors that were rung: where somebody was spoken to, and where nobody was."""
    best: dict[str, Any] = {}
    for row in rows:
        ending = read_ending(row)
        if row["of"] not in best or weight(ending.progress) > weight(best[row["of"]].progress):
            best[row["of"]] = ending
    found: Counts = {}
    for ending in best.values():
        places = []
        for street, progress in ending.streets:
            place = where.of_street(street)
            places.append(place)
            at = found.setdefault(place, Counter())
            at[measures.SPOKEN] += progress.reached
            at[measures.SILENT] += max(0, progress.done - progress.reached)
        found.setdefault(_around(places, where), Counter())[measures.ROUNDS] += 1
    return found


def _around(places: Iterable[Place | None], where: Where) -> Place | None:
    """The smallest area in which all of them lie; None where there is none, or one is not known."""
    common: list[Place] | None = None
    for place in places:
        over = where.chain(place) if place else []
        common = over if common is None else [p for p in common if p in over]
    return common[0] if common else None


def together(some: Iterable[Counts]) -> Counts:
    """Counts of several kinds as one."""
    found: Counts = {}
    for counts in some:
        for place, counted in counts.items():
            found.setdefault(place, Counter()).update(counted)
    return found


# -- from places to areas ------------------------------------------------------------------------------------------------


def below(counts: Counts, where: Where, area: Place | None) -> tuple[dict[Place | None, Counter[str]], set[str]]:
    """What was counted in an area (None: everywhere), by the area right below it in which it lies (None: in none), and
    which footnotes that asks for: "old" for the borders of another year, "nowhere" for what has no place.
    """
    found: dict[Place | None, Counter[str]] = {}
    notes: set[str] = set()
    for place, counted in counts.items():
        over = where.chain(place) if place else []
        at, old = _index(over, area)
        if area is not None and at is None:
            continue
        if place is None:
            notes.add("nowhere")
        if old:
            notes.add("old")
        part = over[-1] if area is None and over else over[at - 1] if at else None
        if old and part is not None and area is not None:
            part = (part[0], part[1], area[2] if part[2] else "")
        found.setdefault(part, Counter()).update(counted)
    return found, notes


def _index(over: list[Place], area: Place | None) -> tuple[int | None, bool]:
    """Which of these is the area, and whether only its code is the same: in the borders of another year."""
    if area is None:
        return None, False
    if area in over:
        return over.index(area), False
    codes = [p[:2] for p in over]
    return (codes.index(area[:2]), True) if area[2] and area[:2] in codes else (None, False)
