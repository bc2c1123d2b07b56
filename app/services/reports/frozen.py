"""What tables are counted from. What was published stays what it was counted from: a number that came in late, or was
erased since, is in no later table of that time either. So all tables of one time add up, and no difference between two
of them tells what came late. Pure.

Every number is a sum of *leaves*: what was counted at one place itself (not in the areas below it), in one part of the
year, of one part of what is counted. Tables of quarters, years and areas are all sums of the same leaves.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.services.area_tree import Place
from app.services.reports import measures
from app.services.reports.models import Period

REST = "rest"  # of a year: whatever is not in a quarter that was published
Leaf = tuple[Place, str, str]  # place, part of the year (a quarter's key, or REST), part of what is counted
Own = Mapping[Place, Mapping[str, int]]  # what was counted at each place itself, by part
CellKey = tuple[int, str]  # the place in the tree, and the measure


class Contradiction(Exception):
    """What was published before does not agree with itself: something of it was damaged."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Areas, each with the place in the list of the one that it lies in (-1: the first, that all is about), which stands
    before it.
    """

    nodes: tuple[tuple[Place, int], ...]

    @property
    def places(self) -> list[Place]:
        """Every area, in order."""
        return [place for place, _ in self.nodes]

    def within(self) -> list[list[Place]]:
        """For each node all places in it, its own first."""
        found: list[list[Place]] = [[place] for place, _ in self.nodes]
        for i in range(len(self.nodes) - 1, 0, -1):
            found[self.nodes[i][1]] += found[i]
        return found

    def with_below(self) -> set[Place]:
        """Those that other areas lie in."""
        return {self.nodes[parent][0] for _, parent in self.nodes if parent >= 0}

    def joined(self, other: "Tree") -> "Tree":
        """This tree, and what another one that lies in it has besides."""
        at = {place: i for i, place in enumerate(self.places)}
        nodes = list(self.nodes)
        for place, parent in other.nodes:
            over = other.nodes[parent][0] if parent >= 0 else None
            if place not in at:
                at[place] = len(nodes)
                nodes.append((place, at.get(over, 0) if over else 0))
        return Tree(tuple(nodes))


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was, or is to be, published. `own`: the exact counts that it was made of; `wishes`: those codes that it
    is about; `cells`: what was published of them (None: hidden).
    """

    period: Period
    tree: Tree
    threshold: int
    own: Own
    wishes: tuple[str, ...] = ()
    cells: Mapping[CellKey, int | None] = field(default_factory=dict)

    @property
    def yearly(self) -> bool:
        """Of a whole year; else of a quarter."""
        return len(self.period.key) == 4

    def totals(self) -> dict[CellKey, int]:
        """The exact number of each cell."""
        found = {}
        every = [(m, parts) for group in measures.groups(self.wishes) for m, parts in group.items()]
        for i, places in enumerate(self.tree.within()):
            summed: dict[str, int] = {}
            for place in places:
                for part, n in self.own.get(place, {}).items():
                    summed[part] = summed.get(part, 0) + n
            for measure, parts in every:
                found[i, measure] = sum(summed.get(part, 0) for part in parts)
        return found


@dataclass(frozen=True, slots=True)
class Basis:
    """A table that is to be published, without cells yet, and the leaves that it and all earlier ones are sums of. `told`:
    the quarters of which something was published, or is to be.
    """

    table: Table
    earlier: tuple[Table, ...]
    leaves: Mapping[Leaf, int]
    told: tuple[str, ...]

    def parts_of_year(self, period: Period) -> list[str]:
        """Of which parts of the year a period is made."""
        return [*self.told, REST] if len(period.key) == 4 else [period.key]


def quarters_of(period: Period) -> list[str]:
    """The keys of a year's quarters, or of a quarter its own."""
    return [f"{period.key}-Q{n}" for n in range(1, 5)] if len(period.key) == 4 else [period.key]


def basis(table: Table, fresh: Mapping[str, Own], earlier: Iterable[Table]) -> Basis:
    """All that `table` (its `own` is not looked at) is to be made of. `fresh`: what is counted now, by quarter; `earlier`:
    what was published of these areas and this year. Raises Contradiction.
    """
    of = (t for t in earlier if table.yearly or t.period == table.period)  # quarters tell nothing of one another
    before = sorted(of, key=lambda t: (t.yearly, len(t.tree.nodes), t.period))
    tree = table.tree
    for t in before:
        tree = tree.joined(t.tree)
    told = {q for t in before if not t.yearly for q in quarters_of(t.period)}
    told |= set() if table.yearly else {table.period.key}
    about = _about(tree, before)
    if not table.yearly:
        about[table.period.key] = set(tree.places)
    leaves = _counted(tree, table.period, about, fresh)
    _freeze(leaves, before, sorted(told), tree)
    made = Table(table.period, tree, table.threshold, {}, table.wishes)
    found = Basis(made, tuple(before), leaves, tuple(sorted(told)))
    for t in before:
        if _own(found, t) != _kept(t):
            raise Contradiction(t.period.key)
    return Basis(
        Table(table.period, tree, table.threshold, _own(found, made), table.wishes), found.earlier, leaves, found.told
    )


def _about(tree: Tree, tables: Iterable[Table]) -> dict[str, set[Place]]:
    """Of each quarter that was published the places that it was about, also those that it did not know yet."""
    inside = dict(zip(tree.places, tree.within(), strict=True))
    found: dict[str, set[Place]] = {}
    for t in tables:
        if not t.yearly:
            found.setdefault(t.period.key, set()).update(t.tree.places, inside[t.tree.places[0]])
    return found


def _counted(tree: Tree, period: Period, about: Mapping[str, set[Place]], fresh: Mapping[str, Own]) -> dict[Leaf, int]:
    leaves: dict[Leaf, int] = {}
    for q in quarters_of(period):
        for place in tree.places:
            for part, n in fresh.get(q, {}).get(place, {}).items():
                at = (place, q if place in about.get(q, ()) else REST, part)
                leaves[at] = leaves.get(at, 0) + n
    return leaves


def _freeze(leaves: dict[Leaf, int], before: Sequence[Table], told: Sequence[str], tree: Tree) -> None:
    """What an earlier table was counted from takes the place of what is counted now, in all that it is about; also in
    areas that it did not know yet.
    """
    inside = dict(zip(tree.places, tree.within(), strict=True))
    covered: set[Leaf] = set()
    for t in before:  # quarters first
        places = dict.fromkeys([*t.tree.places, *inside[t.tree.places[0]]])
        for part in parts_of(t):
            for place in places:
                exact = t.own.get(place, {}).get(part, 0)
                if not t.yearly:
                    leaves[place, t.period.key, part] = exact
                    covered.add((place, t.period.key, part))
                    continue
                for q in told:
                    if (place, q, part) in covered:
                        exact -= leaves[place, q, part]
                    else:
                        leaves.pop((place, q, part), None)  # nobody was told of it apart from the year
                if exact < 0:
                    raise Contradiction(t.period.key)
                leaves[place, REST, part] = exact


def parts_of(t: Table) -> list[str]:
    """The parts that a table's measures are made of."""
    return list(dict.fromkeys(p for group in measures.groups(t.wishes) for parts in group.values() for p in parts))


def _own(b: Basis, t: Table) -> dict[Place, dict[str, int]]:
    """The counts of a table as they follow from the leaves, without what is nothing."""
    found: dict[Place, dict[str, int]] = {}
    times, parts = b.parts_of_year(t.period), parts_of(t)
    for place in t.tree.places:
        summed = {part: sum(b.leaves.get((place, time, part), 0) for time in times) for part in parts}
        found[place] = {part: n for part, n in summed.items() if n}
    return {place: some for place, some in found.items() if some}


def _kept(t: Table) -> dict[Place, dict[str, int]]:
    wanted = set(parts_of(t))
    rows = {p: {part: n for part, n in some.items() if n and part in wanted} for p, some in t.own.items()}
    return {p: some for p, some in rows.items() if some and p in set(t.tree.places)}
