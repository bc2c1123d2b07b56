"""What is hidden on screen: numbers of people below the threshold, and as much beside them that none can be worked out from the
other numbers of the same report. Pure.

Cells that add up to a number that is shown are hidden together: two at least, and together not below the threshold
("complementary suppression": Hundepool et al., Handbook on Statistical Disclosure Control, 2010, chapter 4.2). Numbers of
activities, rounds and stories are not numbers of people, and are shown. The difference of two periods or two screens is not
guarded: whoever has them may read the notes; what goes out is published, and guarded against all of that (hiding.py).
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

from app.services.reports import measures
from app.services.reports.models import HIDDEN, Cell, Shown

Key = TypeVar("Key", bound=Hashable)


def together(values: Mapping[Key, int], hidden: Iterable[Key], threshold: int) -> set[Key]:
    """Those that are hidden, and the smallest others until they are at least two and not below the threshold together.

    Nothing where nothing is hidden; everything where that can't be reached.
    """
    found = set(hidden)
    rest = sorted((n, str(key), key) for key, n in values.items() if key not in found)
    while found and rest and (len(found) < 2 or sum(values[key] for key in found) < threshold):
        found.add(rest.pop(0)[2])
    return found


def of_whole(sums: Mapping[str, int], threshold: int, wishes: Iterable[str] = ()) -> set[str]:
    """Which measures of one area are hidden, of `sums` by part (measures.py) and these wishes. A visit is counted in one
    outcome.
    """
    outcomes = {o: sums.get(o, 0) for o in measures.OUTCOMES if o != measures.OTHER or sums.get(o)}
    hidden = together(outcomes, {o for o, n in outcomes.items() if n < threshold}, threshold)
    if sum(outcomes.values()) < threshold:
        hidden |= {measures.VISITS}
    doors = {part: sums.get(part, 0) for part in (measures.SPOKEN, measures.SILENT)}
    hidden |= together(doors, {part for part, n in doors.items() if n < threshold}, threshold)
    if sum(doors.values()) < threshold:
        hidden |= {measures.DOORS}
    others = (measures.HEADS, *(measures.WISH + code for code in wishes))
    return hidden | {m for m in others if sums.get(m, 0) < threshold}


def of_areas(
    visits: Mapping[Key, int], reached: Mapping[Key, int], threshold: int, reached_shown: bool
) -> tuple[set[Key], set[Key]]:
    """Which areas' visits are hidden, and of which it is hidden where somebody was met. Areas add up to the whole."""
    few = together(visits, {a for a, n in visits.items() if n < threshold}, threshold)
    met = {a for a, n in reached.items() if n < threshold or visits[a] - n < threshold or a in few}
    return few, together(reached, met, threshold) if reached_shown else set(reached)


def cell(n: int, hidden: bool) -> Cell:
    """A number, or that it is hidden."""
    return HIDDEN if hidden else Shown(n)
