"""Proof by witness that hidden numbers can't be worked out: other tables that would have been published just the same.

Whoever reads published tables knows that they add up: a gemeente is its wijken, a year its quarters, visits their
outcomes. So a hidden cell may follow from shown ones. The range of values that a hidden cell may have, given all that is
shown, is its *feasibility interval*; that it is wide enough is what secondary suppression is for (Hundepool et al.,
Handbook on Statistical Disclosure Control, Eurostat/ESSnet 2010, ch. 4.2 and 5; CBS uses the same in tau-ARGUS). There
it is computed by linear programming over real numbers. Here there is no solver, and numbers are whole, so it is shown
from the other side: starting from the truth, numbers are shifted and the shift repaired elsewhere (an ejection chain)
until every sum that was published would look the same. Such a *world* is a proof by itself. A hidden cell that has
another value in enough worlds is safe; of one for which none is found more must be hidden, which errs on the safe side.

Pure, and the same on every device: what looks like chance comes from a fixed seed.
"""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from random import Random

INFINITE = 1 << 40
VALUES = 3  # so many values are left open for every hidden cell
_BUDGET = 60  # shifts tried to repair one, times the effort
_BREADTH = 4  # ways tried for each repair
EFFORTS = (1, 10)  # before more is hidden
LAST_EFFORT = 40  # before nothing is published
_LOOKED_AT = 24  # numbers of a large sum that a repair is looked for among


@dataclass(slots=True)
class Sum:
    """A published number, or one that could be worked out: `terms` [leaf, factor]; what readers know is that it lies in
    low…high. `guarded`: nobody may learn it.
    """

    terms: Sequence[tuple[int, int]]
    low: int
    high: int
    guarded: bool = False
    values: set[int] = field(default_factory=set)  # in the worlds found so far, VALUES at most


class Worlds:
    """Worlds around one truth. `leaves`: whole numbers from 0 on, of which all else is a sum."""

    def __init__(self, leaves: Sequence[int], sums: Sequence[Sum], seed: int = 1) -> None:
        self._truth, self.sums = list(leaves), list(sums)
        self._of: list[list[tuple[int, int]]] = [[] for _ in leaves]
        for i, s in enumerate(self.sums):
            for leaf, factor in s.terms:
                self._of[leaf].append((i, factor))
        self._left = self._budget = _BUDGET
        self._random = Random(seed)  # noqa: S311 a search, no secret
        self._sums_of_truth = [sum(self._truth[leaf] * f for leaf, f in s.terms) for s in self.sums]
        if any(not s.low <= total <= s.high for s, total in zip(self.sums, self._sums_of_truth, strict=True)):
            raise ValueError("the truth is none of its own worlds")
        self._back_to_truth()
        for i, s in enumerate(self.sums):
            if s.guarded:
                s.values.add(self._totals[i])

    def _back_to_truth(self) -> None:
        self._leaves, self._totals = list(self._truth), list(self._sums_of_truth)
        self._bad: set[int] = set()

    def open(self) -> list[int]:
        """Guarded sums that have too few values as yet."""
        return [i for i, s in enumerate(self.sums) if s.guarded and len(s.values) < VALUES]

    def widen(self, i: int, low: int, high: int) -> None:
        """A sum tells less from now on. What was found stays true."""
        self.sums[i].low, self.sums[i].high = low, high

    def search(self, effort: int = 1, breathe: Callable[[], None] = lambda: None) -> list[int]:
        """Look for worlds; the guarded sums for which there were too few."""
        self._budget = _BUDGET * effort
        for up in (True, False, True, False):  # each from the truth, shift upon shift
            left = self.open()
            if not left:
                break
            self._back_to_truth()
            self._random.shuffle(left)
            for i in left:
                self._find(i, up)
        for i in self.open():  # and one by one
            for up in (True, False) * 2:
                self._back_to_truth()
                self._find(i, up)
                self._find(i, up)
            breathe()
        return self.open()

    def _find(self, i: int, up: bool) -> None:
        """Shift one guarded sum until it has a value that is new, or can't be shifted; then the other way."""
        for step in (1, -1) if up else (-1, 1):
            while len(self.sums[i].values) < VALUES:
                before = len(self.sums[i].values)
                if not self._shift(i, step):
                    break
                if len(self.sums[i].values) > before:
                    return

    def _shift(self, i: int, step: int) -> bool:
        """One world further in which this sum is one more or less. Nothing is changed where none is found."""
        at = self._totals[i] + step
        s = self.sums[i]
        if not s.low <= at <= s.high:
            return False
        low, high = s.low, s.high
        s.low = s.high = at
        self._bad.add(i)
        moved: dict[int, int] = {}
        self._left = self._budget
        found = self._repair(moved)
        s.low, s.high = low, high
        if not found:
            self._bad.discard(i)
            return False
        for leaf in moved:
            for j, _ in self._of[leaf]:
                other = self.sums[j]
                if other.guarded and len(other.values) < VALUES:
                    other.values.add(self._totals[j])
        return True

    def _repair(self, moved: dict[int, int]) -> bool:
        if not self._bad:
            return True
        if self._left <= 0:
            return False
        worst = min(self._bad, key=lambda j: (len(self.sums[j].terms), j))
        for leaf, step in self._ways(worst, moved):
            self._left -= 1
            self._move(leaf, step)
            moved[leaf] = moved.get(leaf, 0) + step
            if self._repair(moved):
                return True
            moved[leaf] -= step
            if not moved[leaf]:
                del moved[leaf]
            self._move(leaf, -step)
            if self._left <= 0:
                return False
        return False

    def _ways(self, i: int, moved: dict[int, int]) -> list[tuple[int, int]]:
        """The leaves of a sum, and how to move each, by which it may be put right: the most promising ones."""
        s = self.sums[i]
        need = 1 if self._totals[i] < s.low else -1
        terms = s.terms
        if len(terms) > _LOOKED_AT:  # those of what else is wrong come first
            wrong = {leaf for j in self._bad if j != i for leaf, _ in self.sums[j].terms}
            near = [t for t in terms if t[0] in wrong][:_LOOKED_AT]
            terms = near + self._random.sample(list(terms), _LOOKED_AT)
        rated = []
        for leaf, factor in terms:
            step = need if factor > 0 else -need
            if self._leaves[leaf] + step >= 0 and moved.get(leaf, 0) * step >= 0:
                rated.append((self._harm(leaf, step), leaf, step))
        rated.sort()
        return [(leaf, step) for _, leaf, step in rated[:_BREADTH]]

    def _harm(self, leaf: int, step: int) -> int:
        """How much more is wrong afterwards than before."""
        harm = 0
        for j, factor in self._of[leaf]:
            s, total = self.sums[j], self._totals[j]
            after = total + factor * step
            harm += max(s.low - after, after - s.high, 0) - max(s.low - total, total - s.high, 0)
        return harm

    def _move(self, leaf: int, step: int) -> None:
        self._leaves[leaf] += step
        for j, factor in self._of[leaf]:
            total = self._totals[j] = self._totals[j] + factor * step
            s = self.sums[j]
            if s.low <= total <= s.high:
                self._bad.discard(j)
            else:
                self._bad.add(j)


class Lines:
    """Of which sums others follow."""

    def __init__(self, sums: Sequence[Sum]) -> None:
        self._members = [frozenset(leaf for leaf, _ in s.terms) for s in sums]
        self._of: dict[int, set[int]] = {}
        for i, members in enumerate(self._members):
            for leaf in members:
                self._of.setdefault(leaf, set()).add(i)

    def of(self, i: int, among: Set[int]) -> Iterator[int]:
        """Those among some that may give this one away, the least told by first: the other parts of the smallest sum that
        it is part of, that sum itself, then the next larger one. For a table that reads as columns of areas, quarters and
        outcomes: what stands beside it, then what stands above.
        """
        mine = self._members[i]
        over = set.intersection(*(self._of[leaf] for leaf in mine)) - {i}
        for k in sorted(over, key=self._size):
            inner = set().union(*(self._of[leaf] for leaf in self._members[k] - mine)) & among
            beside = (
                j for j in inner if j != k and self._members[j] <= self._members[k] and not self._members[j] & mine
            )
            yield from sorted(beside, key=self._size)
            if k in among:
                yield k

    def _size(self, i: int) -> tuple[int, int]:
        return (len(self._members[i]), i)
