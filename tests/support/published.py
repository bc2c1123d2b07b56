"""Tables for tests of publishing: areas, counts made of few numbers, and what an attacker gets to see of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from app.services.area_tree import Place
from app.services.reports import measures
from app.services.reports.frozen import Basis, Own, Table, Tree, basis
from app.services.reports.hiding import Cells, hide
from app.services.reports.models import from_key
from tests.support.attacker import Attacker, Printed, quarters

GM: Place = ("gemeente", "GM0001", "2026")
WISHES = ("coffee",)
KEYS = [p for p in measures.PARTS if p != measures.OTHER]


def wijk(n: int) -> Place:
    """The how many-th wijk."""
    return ("wijk", f"WK0001{n:02}", "2026")


def buurt(w: int, n: int) -> Place:
    """A buurt of a wijk."""
    return ("buurt", f"BU0001{w:02}{n:02}", "2026")


def tree(*buurten: int) -> Tree:
    """A gemeente with so many wijken, each with so many buurten."""
    nodes = [(GM, -1)]
    for w, count in enumerate(buurten):
        at = len(nodes)
        nodes += [(wijk(w), 0), *((buurt(w, b), at) for b in range(count))]
    return Tree(tuple(nodes))


def part_of(whole: Tree, area: Place) -> Tree:
    """One area of it and all below."""
    at = whole.places.index(area)
    places = whole.within()[at]
    nodes = [(p, parent) for p, parent in whole.nodes if p in places]
    index = {p: i for i, (p, _) in enumerate(nodes)}
    return Tree(tuple((p, -1 if p == area else index[whole.nodes[parent][0]]) for p, parent in nodes))


def counts(*numbers: int) -> dict[str, int]:
    """Counts of one place and time: outcomes, activities, heads, spoken, silent, rounds, wish; what can't be is made so."""
    found = dict(zip([*KEYS, measures.WISH + WISHES[0]], numbers, strict=False))
    visits = sum(found.get(o, 0) for o in measures.OUTCOMES)
    wish = measures.WISH + WISHES[0]
    found[wish] = min(found.get(wish, 0), visits)
    if not found.get(measures.ACTIVITIES):
        found[measures.HEADS] = 0
    return {part: n for part, n in found.items() if n}


def publish(
    key: str,
    of: Tree,
    fresh: Mapping[str, Own],
    earlier: Sequence[Table] = (),
    how: Callable[[Basis], Cells] = hide,
    threshold: int = 10,
) -> Table:
    """A table as it is published after others."""
    period = from_key(key)
    assert period is not None
    b = basis(Table(period, of, threshold, {}, WISHES), fresh, earlier)
    t = b.table
    return Table(t.period, t.tree, t.threshold, t.own, t.wishes, how(b))


def printed(t: Table) -> Printed:
    """What is given out, and which hidden cells are small."""
    totals = t.totals()
    small = frozenset(k for k, cell in t.cells.items() if cell is None and totals[k] < t.threshold)
    return Printed(t.period.key, t.tree.nodes, t.threshold, t.cells, small)


def attack(tables: Iterable[Table]) -> list[str]:
    """Hidden numbers that can be worked out by whoever also knows where there was nothing at all. What has nothing to do
    with one another is solved apart: that is quicker, and finds the same.
    """
    given = list(tables)
    found = []
    for group in measures.groups(WISHES):
        parts = {part for of in group.values() for part in of}
        about = [_only(printed(t), set(group)) for t in given]
        found += Attacker(about, [row for row in _nothing(given) if row[2] in parts]).pinned()
    return found


def _only(t: Printed, wanted: set[str]) -> Printed:
    cells = {key: cell for key, cell in t.cells.items() if key[1] in wanted}
    return Printed(t.key, t.nodes, t.threshold, cells, t.small)


def _nothing(tables: list[Table]) -> list[tuple[Place, str, str]]:
    """Where nothing lies in an area but in those below it, and no outcome is one of a newer version."""
    inner = set().union(*(t.tree.with_below() for t in tables))
    parts = [*measures.PARTS, measures.WISH + WISHES[0]]
    of: dict[Place, dict[str, Mapping[str, int]]] = {}
    for t in sorted(tables, key=lambda t: t.yearly):
        for place in t.tree.places:
            known = of.setdefault(place, {})
            if not t.yearly:
                known[t.period.key] = t.own.get(place, {})
            else:
                own = t.own.get(place, {})
                rest = {p: own.get(p, 0) - sum(known[q].get(p, 0) for q in known) for p in parts}
                known.update({q: rest for q in quarters(t.period.key) if q not in known})
    return [
        (place, q, p)
        for place, times in of.items()
        for q, own in times.items()
        for p in parts
        if (p == measures.OTHER and not own.get(p)) or (place in inner and not any(own.values()))
    ]
