"""What a report on screen gives away of small numbers: nothing that its own other numbers tell."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from app.services.reports import guarding, measures

THRESHOLD = 10
FEW = st.integers(0, 30)
AREAS = st.dictionaries(st.sampled_from("abcdef"), st.tuples(FEW, FEW), min_size=1)


def _safe(values: dict[str, int], hidden: set[str]) -> None:
    """Every small one is hidden, and what is hidden is not a small number together, unless it is all there is."""
    assert {key for key, n in values.items() if n < THRESHOLD} <= hidden
    within = hidden & set(values)
    assert not within or within == set(values) or sum(values[key] for key in within) >= THRESHOLD


@given(st.dictionaries(st.sampled_from(measures.OUTCOMES), FEW))
def test_no_outcome_that_few_had_follows_from_the_others(outcomes: dict[str, int]) -> None:
    """Nor is the whole shown when that is a small number itself."""
    sums = Counter(outcomes)
    hidden = guarding.of_whole(sums, THRESHOLD)
    _safe({o: sums[o] for o in measures.OUTCOMES if o != measures.OTHER or sums[o]}, hidden)
    assert (measures.VISITS in hidden) == (sums.total() < THRESHOLD)


@given(FEW, FEW)
def test_doors_where_nobody_opened_do_not_follow_from_those_where_somebody_did(spoken: int, silent: int) -> None:
    """Rung less spoken is a number too."""
    hidden = guarding.of_whole(Counter({measures.SPOKEN: spoken, measures.SILENT: silent}), THRESHOLD)
    if {measures.DOORS, measures.SPOKEN}.isdisjoint(hidden):
        assert spoken >= THRESHOLD
        assert silent >= THRESHOLD


@given(AREAS)
def test_no_area_with_few_visits_follows_from_the_others_nor_how_few_were_not_met(
    areas: dict[str, tuple[int, int]],
) -> None:
    """Areas add up to the whole, and in each the visits are those where somebody was met and those where not."""
    visits = {a: met + other for a, (met, other) in areas.items()}
    reached = {a: met for a, (met, _other) in areas.items()}
    few, met = guarding.of_areas(visits, reached, THRESHOLD, reached_shown=True)
    _safe(visits, few)
    assert {a for a, n in reached.items() if n < THRESHOLD} <= met
    assert all(visits[a] - reached[a] >= THRESHOLD for a in visits if a not in few | met)
    assert not met or met == set(reached) or sum(reached[a] for a in met) >= THRESHOLD
    assert guarding.of_areas(visits, reached, THRESHOLD, reached_shown=False)[1] == set(reached)


def test_a_number_that_is_small_takes_the_next_smallest_with_it() -> None:
    """Of 291 visits 3 wanted no contact: were the other outcomes all shown, anybody could work that out."""
    sums = Counter({"met": 167, "not_home": 83, "later": 24, "no_contact": 3, "moved": 14})
    assert guarding.of_whole(sums, THRESHOLD) & set(measures.OUTCOMES) == {"no_contact", "moved"}
