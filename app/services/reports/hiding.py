"""What of a table may be published: cells below the threshold are hidden, the others rounded, and of those as many are
hidden as it takes that no hidden number can be worked out from all that was ever published. Pure.

Sources: Hundepool et al., Handbook on Statistical Disclosure Control (ESSnet 2010), ch. 5: primary and secondary
suppression in hierarchical and linked tables, rounding; Willenborg & De Waal, Elements of Statistical Disclosure Control
(2001). Why it is as it is: docs/decisions/0030.

Readers are taken to know more than they can: which hidden cells are small and which are hidden for their sake, how it is
rounded, that nothing is of unknown place where nothing is, and that nothing came in late.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from app.services.area_tree import Place
from app.services.reports import measures
from app.services.reports.frozen import REST, Basis, CellKey, Leaf, Table, quarters_of
from app.services.reports.worlds import EFFORTS, INFINITE, LAST_EFFORT, Lines, Sum, Worlds

Cells = dict[CellKey, int | None]


class GivesAway(Exception):
    """However much of this is hidden, it would give a hidden number away."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What readers of all tables know of one group of measures: sums over leaves with these values, and what each counts.
    The first sums are the cells of the new table that were not published before.
    """

    leaves: tuple[int, ...]
    sums: tuple[Sum, ...]
    measures: tuple[str, ...]
    cells: tuple[CellKey, ...]


def small_hidden(b: Basis) -> Cells:
    """Every cell of the new table rounded, or hidden for being small; what was published before as it was."""
    before = _before(b)
    places = b.table.tree.places
    return {
        (i, measure): before.get((places[i], measure), measures.image(n, b.table.threshold))
        for (i, measure), n in b.table.totals().items()
    }


def _before(b: Basis) -> dict[tuple[Place, str], int | None]:
    same = (t for t in b.earlier if t.period == b.table.period)
    return {(t.tree.places[i], measure): cell for t in same for (i, measure), cell in t.cells.items()}


def hide(b: Basis, breathe: Callable[[], None] = lambda: None) -> Cells:
    """What may be published of the new table. Raises GivesAway.

    Where a hidden number is open too little, first cells are hidden that it follows from; then, since "hidden" says
    "small" where nothing else explains it, whole columns: of a column without any number it says nothing.
    """
    cells = small_hidden(b)
    for bounds in every_bounds(b, cells):
        worlds = Worlds(bounds.leaves, bounds.sums)
        shown = {i for i, key in enumerate(bounds.cells) if cells[key] is not None}
        columns, lines = _columns(bounds), Lines(bounds.sums)
        while stuck := _stuck(worlds, EFFORTS if columns else (LAST_EFFORT,), breathe):
            chosen = {j for i in stuck if (j := next(lines.of(i, shown), None)) is not None}
            if chosen:
                going = sorted(chosen)[: max(1, len(chosen) // 8)]  # little by little: one may be enough for several
                for j in going:
                    worlds.widen(j, b.table.threshold, INFINITE)
            elif columns:
                of = {bounds.measures[i] for i in stuck}
                column = next((c for c in columns if c in of), next(iter(columns)))
                going = columns.pop(column)
                for i in going:
                    worlds.widen(i, 0, INFINITE)
            else:
                raise GivesAway(b.table.period.key)
            shown.difference_update(going)
            cells.update({bounds.cells[i]: None for i in going})
    return cells


def _columns(bounds: Bounds) -> dict[str, list[int]]:
    """The new cells of each measure; of those that are sums of others last."""
    found: dict[str, list[int]] = {}
    for i, (_, measure) in enumerate(bounds.cells):
        found.setdefault(measure, []).append(i)
    return dict(sorted(found.items(), key=lambda c: (c[0] in measures.SUMS, c[0])))


def _stuck(worlds: Worlds, efforts: Iterable[int], breathe: Callable[[], None]) -> list[int]:
    """What nothing is found for, with more and more effort."""
    for effort in efforts:
        if not worlds.search(effort, breathe):
            return []
    return worlds.open()


# -- what readers know -------------------------------------------------------------------------------------------------


def every_bounds(b: Basis, cells: Cells) -> list[Bounds]:
    """For each group of measures what readers will know once these cells are published."""
    wishes = {code for t in (*b.earlier, b.table) for code in t.wishes}
    known = _known_leaves(b)
    found = []
    for group in measures.groups(sorted(wishes)):
        parts = {part for of in group.values() for part in of}
        at = {leaf: i for i, leaf in enumerate(leaf for leaf in known if leaf[2] in parts)}
        found.append(_Telling(b, group, at).bounds(cells))
    return found


def _known_leaves(b: Basis) -> list[Leaf]:
    """Leaves that may be anything for all that readers know; of the others they know that there is nothing."""
    yearly = any(t.yearly for t in (*b.earlier, b.table))
    inner, something = b.table.tree.with_below(), {(place, time) for (place, time, _), n in b.leaves.items() if n}
    parts = dict.fromkeys(p for t in (*b.earlier, b.table) for p in _parts(t.wishes))
    found = []
    for place in b.table.tree.places:
        times = [q for q in b.told if _tells(b, place, q)]
        whole = len(times) == len(quarters_of(b.table.period)) and b.table.yearly
        if yearly and not whole and not _unknown_then(b, place):
            times.append(REST)
        for time in times:
            if place in inner and (place, time) not in something:
                continue
            found += [(place, time, p) for p in parts if p != measures.OTHER or b.leaves.get((place, time, p))]
    return found


def _parts(wishes: Iterable[str]) -> list[str]:
    return [part for group in measures.groups(wishes) for of in group.values() for part in of]


def _tells(b: Basis, place: Place, quarter: str) -> bool:
    """Whether a table of this quarter knows this place, and none that is about it did not know it yet."""
    inside = dict(zip(b.table.tree.places, b.table.tree.within(), strict=True))
    of = [t for t in b.earlier if t.period.key == quarter]
    if any(place in inside[t.tree.places[0]] and place not in t.tree.places for t in of):
        return False
    return b.table.period.key == quarter or any(place in t.tree.places for t in of)


def _unknown_then(b: Basis, place: Place) -> bool:
    inside = dict(zip(b.table.tree.places, b.table.tree.within(), strict=True))
    of = (t for t in b.earlier if t.yearly)
    return any(place in inside[t.tree.places[0]] and place not in t.tree.places for t in of)


class _Telling:
    """What is told of one group of measures. `at`: the leaves, each with its number."""

    def __init__(self, b: Basis, group: Mapping[str, tuple[str, ...]], at: Mapping[Leaf, int]) -> None:
        self._b, self._group, self._at = b, group, at
        self._values = [b.leaves.get(leaf, 0) for leaf in at]

    def bounds(self, cells: Cells) -> Bounds:
        b, before = self._b, _before(self._b)
        places = b.table.tree.places
        new = [(k, s) for k, s in self._of_table(b.table, cells) if (places[k[0]], k[1]) not in before]
        told = [(measure, s) for (_, measure), s in new]
        seen: set[tuple[str, Place, str]] = set()
        for t in b.earlier:  # smaller ones first: what a larger one has of them it has from them
            for (i, measure), s in self._of_table(t, t.cells):
                cell = (t.period.key, t.tree.places[i], measure)
                told += [(measure, s)] if cell not in seen else []
                seen.add(cell)
        told += [*self._unplaced(), *self._between(), *self._obvious()]
        return Bounds(
            tuple(self._values), tuple(s for _, s in told), tuple(m for m, _ in told), tuple(k for k, _ in new)
        )

    def _of_table(self, t: Table, cells: Mapping[CellKey, int | None]) -> list[tuple[CellKey, Sum]]:
        times, found, totals = self._b.parts_of_year(t.period), [], t.totals()
        for i, places in enumerate(t.tree.within()):
            for measure, parts in self._group.items():
                terms = self._terms(places, times, parts)
                if (i, measure) in cells and terms:
                    found.append(((i, measure), _told(terms, cells[i, measure], totals[i, measure], t.threshold)))
        return found

    def _terms(self, places: Iterable[Place], times: Iterable[str], parts: Iterable[str]) -> list[tuple[int, int]]:
        times, parts = list(times), list(parts)
        every = (self._at.get((place, time, part)) for place in places for time in times for part in parts)
        return [(i, 1) for i in every if i is not None]

    def _hidden(self, places: Iterable[Place], times: Iterable[str], threshold: int) -> list[tuple[str, Sum]]:
        """Numbers that no table has, to be guarded where they are small."""
        found, places, times = [], list(places), list(times)
        for measure, parts in self._group.items():
            terms = self._terms(places, times, parts)
            total = sum(self._values[i] for i, _ in terms)
            if terms and total < threshold:
                found.append((measure, Sum(terms, 0, INFINITE, True)))
        return found

    def _unplaced(self) -> list[tuple[str, Sum]]:
        """What is in an area and in none of those below it."""
        b, found = self._b, []
        inner = b.table.tree.with_below()
        for t in (*b.earlier, b.table):
            for place in t.tree.places:
                if place in inner:
                    found += self._hidden([place], b.parts_of_year(t.period), t.threshold)
        return found

    def _between(self) -> list[tuple[str, Sum]]:
        """What is in a year and in none of its quarters that were published."""
        b, found = self._b, []
        told = {place for t in b.earlier if not t.yearly for place in t.tree.places}
        for place, places in zip(b.table.tree.places, b.table.tree.within(), strict=True):
            if b.table.yearly and place in told:
                found += self._hidden(places, [REST], b.table.threshold)
        return found

    def _obvious(self) -> list[tuple[str, Sum]]:
        found = []
        kinds = measures.at_least_nothing({part for of in self._group.values() for part in of})
        for place, time in dict.fromkeys((place, time) for place, time, _ in self._at):
            for factors in kinds:
                every = ((self._at.get((place, time, part)), factor) for part, factor in factors.items())
                found.append(("", Sum([(i, factor) for i, factor in every if i is not None], 0, INFINITE)))
        return found


def _told(terms: list[tuple[int, int]], shown: int | None, exact: int, threshold: int) -> Sum:
    if shown is not None:
        return Sum(terms, *measures.window(shown, threshold))
    return Sum(terms, 0, threshold - 1, True) if exact < threshold else Sum(terms, threshold, INFINITE)
