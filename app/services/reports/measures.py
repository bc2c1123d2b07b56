"""What is counted, and of which parts each number is the sum. Pure.

A part is counted at one place in one period and never overlaps another: a visit has one outcome, a door was spoken at or
not. Wishes are counted each by itself: one visit may have several. `reached` is the number of visits where somebody was
met, so it is the same number as that outcome.
"""

from collections.abc import Iterable, Mapping

from app.services.activities_form import MAX_HEADS
from app.services.models import Outcome
from app.services.reports.models import ROUND_TO

OTHER = "other"  # an outcome of a newer version
OUTCOMES = (*(o.value for o in Outcome), OTHER)
VISITS, REACHED = "visits", Outcome.MET.value
WISH = "wish:"
ACTIVITIES, HEADS, ROUNDS, DOORS, SPOKEN, SILENT = "activities", "heads", "rounds", "doors", "spoken", "silent"
GROUPS: tuple[Mapping[str, tuple[str, ...]], ...] = (  # what tells of one another stands in one group
    {VISITS: OUTCOMES, **{o: (o,) for o in OUTCOMES}},
    {ACTIVITIES: (ACTIVITIES,), HEADS: (HEADS,)},
    {DOORS: (SPOKEN, SILENT), SPOKEN: (SPOKEN,), SILENT: (SILENT,)},
    {ROUNDS: (ROUNDS,)},
)
SUMS = (VISITS, DOORS)  # measures that others add up to
PARTS = tuple(dict.fromkeys(part for group in GROUPS for parts in group.values() for part in parts))
MOST = 1_000_000  # no number of a table is larger


def groups(wishes: Iterable[str]) -> tuple[Mapping[str, tuple[str, ...]], ...]:
    """The groups of measures, each measure with its parts; those of wishes stand with the visits."""
    visits, *others = GROUPS
    return ({**visits, **{WISH + code: (WISH + code,) for code in wishes}}, *others)


def at_least_nothing(parts: Iterable[str]) -> list[dict[str, int]]:
    """What everybody knows besides sums: factors of parts of one place and period that make at least nothing. No more
    visits had a wish than there were, and nobody came to no activity.
    """
    known = list(parts)
    found = [{**dict.fromkeys(OUTCOMES, 1), p: -1} for p in known if p.startswith(WISH)]
    return [*found, {ACTIVITIES: MAX_HEADS, HEADS: -1}] if HEADS in known else found


def image(n: int, threshold: int) -> int | None:
    """A number as it is published: rounded, or None for a small one. 2 is rounded down and 3 up, so no tie exists."""
    return (n + ROUND_TO // 2) // ROUND_TO * ROUND_TO if n >= threshold else None


def window(shown: int, threshold: int) -> tuple[int, int]:
    """The lowest and highest number that is published as this one. Two of them are below and two above at most."""
    lowest = max(threshold, shown - ROUND_TO // 2)
    return lowest, shown + ROUND_TO // 2
