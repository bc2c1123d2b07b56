"""Somebody who wants a hidden number: every table that was ever published as one system of whole numbers, solved exactly.

Written apart from app/services/reports/hiding.py and knowing nothing of it: only that areas, quarters and outcomes add up,
how numbers are rounded, and what is said there that readers are taken to know.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import highspy

Place = tuple[str, str, str]
OUTCOMES = ("met", "not_home", "later", "no_contact", "moved", "other")
SUMS = {"visits": OUTCOMES, "doors": ("spoken", "silent")}
MOST_HEADS = 5_000
MANY = 100_000


@dataclass(frozen=True)
class Printed:
    """A table as it was given out, and which of its hidden cells are small (an attacker may know even that)."""

    key: str
    nodes: tuple[tuple[Place, int], ...]
    threshold: int
    cells: Mapping[tuple[int, str], int | None]
    small: frozenset[tuple[int, str]]


def quarters(key: str) -> list[str]:
    """The quarters that a table is about."""
    return [f"{key}-Q{n}" for n in (1, 2, 3, 4)] if len(key) == 4 else [key]


def below(nodes: tuple[tuple[Place, int], ...], i: int) -> list[Place]:
    """An area and all in it."""
    found = [nodes[i][0]]
    for j, (_, parent) in enumerate(nodes):
        if parent == i:
            found += below(nodes, j)
    return found


class Attacker:
    """All tables, and what is known to be nothing: (place, quarter, part)."""

    def __init__(self, tables: Iterable[Printed], nothing: Iterable[tuple[Place, str, str]]) -> None:
        self.tables = list(tables)
        self.solver = highspy.Highs()
        self.solver.silent()
        self.at: dict[tuple[Place, str, str], int] = {}
        self.rows: list[tuple[list[int], str]] = []
        nothing = set(nothing)
        parts = sorted({p for t in self.tables for _, m in t.cells for p in SUMS.get(m, (m,))})
        for t in self.tables:
            for place, _ in t.nodes:
                for q in quarters(t.key):
                    for part in parts:
                        if (place, q, part) not in nothing and (place, q, part) not in self.at:
                            self.at[place, q, part] = len(self.at)
        n = len(self.at)
        self.solver.addVars(n, [0.0] * n, [float(MANY)] * n)
        self.solver.changeColsIntegrality(n, list(range(n)), [highspy.HighsVarType.kInteger] * n)
        known = set()
        for t in self.tables:
            for (i, measure), shown in t.cells.items():
                if (
                    t.key,
                    t.nodes[i][0],
                    measure,
                ) not in known:  # else it stands in an earlier table, and says no more here
                    self._add(t, i, measure, shown)
                known.add((t.key, t.nodes[i][0], measure))
        self._add_obvious()
        self.seen = [set[int]() for _ in self.rows]

    def _terms(self, t: Printed, i: int, measure: str) -> list[int]:
        every = (
            self.at.get((place, q, part))
            for place in below(t.nodes, i)
            for q in quarters(t.key)
            for part in SUMS.get(measure, (measure,))
        )
        return [x for x in every if x is not None]

    def _add(self, t: Printed, i: int, measure: str, shown: int | None) -> None:
        terms = self._terms(t, i, measure)
        if not terms:
            return
        if shown is not None:
            low, high = max(t.threshold, shown - 2), shown + 2
        elif (i, measure) in t.small:
            low, high = 0, t.threshold - 1
            self.rows.append((terms, f"{t.key} {t.nodes[i][0]} {measure}"))
        else:
            low, high = t.threshold, MANY
        self._row(terms, [1.0] * len(terms), low, high)

    def _row(self, terms: list[int], factors: list[float], low: float, high: float) -> None:
        self.solver.addRow(float(low), float(high), len(terms), terms, factors)

    def _add_obvious(self) -> None:
        for place, q, part in self.at:
            here = [self.at[place, q, o] for o in OUTCOMES if (place, q, o) in self.at]
            if part.startswith("wish:"):
                self._row([*here, self.at[place, q, part]], [1.0] * len(here) + [-1.0], 0, MANY)
            if part == "heads" and (place, q, "activities") in self.at:
                self._row([self.at[place, q, "activities"], self.at[place, q, part]], [MOST_HEADS, -1.0], 0, 1e9)

    def _solve(self, terms: list[int], up: bool) -> int:
        n = len(self.at)
        cost = [0.0] * n
        for x in terms:
            cost[x] += 1.0
        self.solver.changeColsCost(n, list(range(n)), cost)
        sense = highspy.ObjSense.kMaximize if up else highspy.ObjSense.kMinimize
        self.solver.changeObjectiveSense(sense)
        self.solver.run()
        assert self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal, (
            "no world agrees with what was printed"
        )
        values = [round(v) for v in self.solver.getSolution().col_value]
        for (row, _), seen in zip(self.rows, self.seen, strict=True):
            seen.add(sum(values[x] for x in row))
        return sum(values[x] for x in terms)

    def pinned(self, values: int = 3) -> list[str]:
        """The hidden cells for which fewer than so many values are left, with what is left of them."""
        found = []
        for (terms, name), seen in zip(self.rows, self.seen, strict=True):
            if len(seen) >= values:
                continue
            low, high = self._solve(terms, False), self._solve(terms, True)
            if len(seen) < values and high - low + 1 < values:
                found.append(f"{name}: {low}…{high}")
        return found
