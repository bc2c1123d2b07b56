"""Whoever has every table that was ever published can't work out a number that was hidden; and a planted fault shows."""

import os
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.services.reports import measures
from app.services.reports.frozen import Contradiction, Own, Table, Tree
from app.services.reports.hiding import GivesAway, hide, small_hidden
from tests.support.published import GM, attack, buurt, counts, part_of, publish, tree, wijk

# Numbers at the edges of what a rounded number may have been, and around the threshold.
EDGES = st.sampled_from([0, 0, 0, 1, 2, 9, 9, 10, 12, 12, 13, 17])
MANY = settings(
    max_examples=int(os.environ.get("ATTACKS", "6")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Tree, dict[str, Own], Sequence[tuple[str, Tree]]]:
    """Areas, what was counted in each quarter, and what is published one after the other: smaller areas, quarters, years."""
    of = tree(*draw(st.sampled_from([(0, 0), (0, 0, 0), (2,), (0, 2), (1,)])))
    inner = of.with_below()
    fresh: dict[str, Own] = {}
    for n in (1, 2, 3):
        numbers = st.lists(EDGES, min_size=10, max_size=12)
        own = {p: counts(*draw(numbers)) for p in of.places if p not in inner or draw(st.booleans())}
        fresh[f"2026-Q{n}"] = own
    w = part_of(of, wijk(0))
    plans = [
        [("2026-Q1", of)],
        [("2026-Q1", w), ("2026-Q1", of)],
        [("2026-Q1", w), ("2026", w), ("2026", of)],
        [("2026-Q1", of), ("2026-Q2", w), ("2026", of)],
        [("2026-Q1", of), ("2026-Q2", of), ("2026", of)],
    ]
    return of, fresh, draw(st.sampled_from(plans))


@MANY
@given(histories())
def test_nobody_with_all_tables_pins_a_hidden_number(
    history: tuple[Tree, dict[str, Own], list[tuple[str, Tree]]],
) -> None:
    """Quarters, year, all levels of the tree, one after the other; solved exactly."""
    _, fresh, plan = history
    given_out: list[Table] = []
    for key, of in plan:
        try:
            given_out.append(publish(key, of, fresh, given_out))
        except GivesAway:
            break
    assume(given_out)
    assert attack(given_out) == []


@pytest.mark.soak
@settings(MANY, max_examples=200)
@given(histories())
def test_nobody_with_all_tables_pins_a_hidden_number_long(
    history: tuple[Tree, dict[str, Own], list[tuple[str, Tree]]],
) -> None:
    """The same, longer."""
    _, fresh, plan = history
    given_out: list[Table] = []
    for key, of in plan:
        given_out.append(publish(key, of, fresh, given_out))
    assert attack(given_out) == []


def visits(*met: int) -> dict[str, Own]:
    """One wijk each, so many visits where somebody was met."""
    return {"2026-Q1": {wijk(i): counts(n) for i, n in enumerate(met)}}


def test_hiding_only_the_small_number_is_broken() -> None:
    """12 and 12 are published as 10, and 33 as 35: then the third is 9 and nothing else. The attacker sees it, so that its
    silence about our tables says something.
    """
    of, fresh = tree(0, 0, 0), visits(12, 12, 9)
    found = attack([publish("2026-Q1", of, fresh, how=small_hidden)])
    assert f"2026-Q1 {wijk(2)} visits: 9…9" in found
    ours = publish("2026-Q1", of, fresh)
    assert attack([ours]) == []
    assert [ours.cells[0, "visits"], ours.cells[3, "visits"]] == [35, None]
    assert [ours.cells[i, "visits"] for i in (1, 2)].count(None) == 1, "one other number is hidden, no more"


def test_quarters_that_are_each_safe_give_one_another_away_by_the_year() -> None:
    """Quarters of 9, 9, 9 and 12 are each published in peace. The year, 39, as 40 says that it was 38 at least: each small
    one is 8 or 9 then.
    """
    of = tree(0)
    fresh = {f"2026-Q{n}": {wijk(0): counts(met)} for n, met in ((1, 9), (2, 9), (3, 9), (4, 12))}
    for how, broken in ((small_hidden, True), (hide, False)):
        given_out: list[Table] = []
        for key in ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"):
            given_out.append(publish(key, of, fresh, given_out))
        assert attack(given_out) == []
        given_out.append(publish("2026", of, fresh, given_out, how=how))
        assert bool(attack(given_out)) == broken


def test_a_year_counts_a_quarter_also_where_only_some_areas_published_it() -> None:
    """One wijk published its quarter, the rest of the gemeente did not: their visits of that quarter are in the year."""
    of = tree(0, 0)
    fresh = {"2026-Q1": {wijk(0): counts(20), wijk(1): counts(30)}, "2026-Q2": {wijk(1): counts(40)}}
    first = publish("2026-Q1", part_of(of, wijk(0)), fresh)
    year = publish("2026", of, fresh, [first])
    assert year.own == {wijk(0): {"met": 20}, wijk(1): {"met": 70}}
    assert attack([first, year]) == []


def test_what_came_late_changes_no_later_table_of_that_time() -> None:
    """The gemeente and the year are made of the quarter as it was published, so they add up and tell nothing of it."""
    of = tree(0, 0)
    first = publish("2026-Q1", part_of(of, wijk(0)), visits(30))
    late = {"2026-Q1": {wijk(0): counts(36), wijk(1): counts(20)}, "2026-Q2": {wijk(0): counts(50)}}
    whole = publish("2026-Q1", of, late, [first])
    assert whole.cells[1, "visits"] == first.cells[0, "visits"] == 30
    assert whole.own[wijk(0)] == {"met": 30}
    year = publish("2026", of, late, [first, whole])
    assert year.own[wijk(0)] == {"met": 80}
    assert attack([first, whole, year]) == []


def test_an_area_that_a_table_did_not_know_has_nothing_of_that_time() -> None:
    """A buurt that was added since: whatever is counted there now was in the wijk's number, or came late."""
    before = publish("2026-Q1", part_of(tree(1), wijk(0)), {"2026-Q1": {buurt(0, 0): counts(20)}})
    after = publish("2026-Q1", tree(2), {"2026-Q1": {buurt(0, 0): counts(14), buurt(0, 1): counts(16)}}, [before])
    assert after.own == {buurt(0, 0): {"met": 20}}
    assert after.cells[0, "visits"] == 20


def test_an_area_without_visits_and_a_table_of_nothing_tell_nothing() -> None:
    """Nothing looks the same as nine."""
    nothing = publish("2026-Q1", tree(0, 2), {})
    nine = publish("2026-Q1", tree(0, 2), {"2026-Q1": {buurt(1, 0): counts(9)}})
    assert set(nothing.cells.values()) == {None}
    assert nothing.cells == nine.cells
    assert attack([nothing]) == []


def test_tables_that_contradict_each_other_stop_everything() -> None:
    """Of two tables of one time with other counts one was damaged: no third is made of them."""
    of = tree(0, 0)
    a, b = (publish("2026-Q1", part_of(of, wijk(0)), visits(n)) for n in (30, 40))
    with pytest.raises(Contradiction):
        publish("2026-Q1", of, visits(30, 20), [a, b])


def test_numbers_are_rounded_and_small_ones_are_hidden() -> None:
    """Whatever the threshold; a number and its image are never more than two apart."""
    for threshold in (10, 11, 13, 40):
        for n in range(120):
            shown = measures.image(n, threshold)
            assert (shown is None) == (n < threshold)
            if shown is not None:
                low, high = measures.window(shown, threshold)
                assert shown % 5 == 0
                assert low <= n <= high
                assert abs(shown - n) <= 2


def test_a_higher_threshold_hides_more_and_what_was_published_stays() -> None:
    """The organisation sets it higher between two tables."""
    of = tree(0, 0)
    first = publish("2026-Q1", part_of(of, wijk(0)), visits(20))
    later = publish("2026-Q1", of, visits(20, 20), [first], threshold=30)
    assert later.cells[later.tree.places.index(wijk(0)), "visits"] == 20
    assert later.cells[later.tree.places.index(wijk(1)), "visits"] is None
    assert later.cells[later.tree.places.index(GM), "visits"] == 40
    assert attack([first, later]) == []
