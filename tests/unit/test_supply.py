"""Wishes against offers: what the picture says, and what it never tells."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.area_tree import Place, above, within
from app.services.offers_form import OfferForm, answers, check, from_row, tidied, to_fields
from app.services.supply import Match, Offered, Wished, picture
from app.view import offers
from sync.core.errors import BadInput
from sync.core.merge import Record

FEW = settings(max_examples=60, deadline=None)
A: Place = ("buurt", "BU07960401", "2025")
B: Place = ("buurt", "BU07960402", "2025")
HOEF: Place = ("complex", "De Hoef", "")
WIJK: Place = ("wijk", "WK079604", "2025")
HOME = {HOEF: A}
WISHES = st.sampled_from(["coffee", "eating", "help_wanted:jobs", "help_wanted", "own:muziek maken"])
WHERE = st.sampled_from([A, B, HOEF, WIJK, None])
WISHED = st.lists(st.builds(Wished, WHERE, WISHES, st.integers(1, 12)), max_size=12)
OFFERED = st.lists(st.builds(Offered, WHERE, WISHES, st.sampled_from(["Koffie", "Muziek"])), max_size=4)
TODAY = date(2026, 11, 25)


@FEW
@given(WISHED, OFFERED)
def test_numbers_are_right_or_hidden_and_never_in_two_rows(wished: list[Wished], offered: list[Offered]) -> None:
    """A wish counts in the smallest row that it lies in, what it is about left out; few is no number."""
    row = {A: A, B: B, HOEF: HOEF, WIJK: None, None: None}
    seen = picture([A, B, HOEF], ["coffee"], wished, offered, HOME, 10)
    times: dict[object, int] = {}
    for w in wished:
        at = (row[w.place], "help_wanted" if w.wish.startswith("help") else w.wish)
        times[at] = times.get(at, 0) + w.times
    shown = {at: cell.wished for at, cell in seen.cells.items() if cell.wished is not None}
    assert shown == {at: n for at, n in times.items() if n >= 10}


@FEW
@given(WISHED, OFFERED)
def test_one_wish_more_below_the_threshold_changes_nothing_on_show(
    wished: list[Wished], offered: list[Offered]
) -> None:
    """No row, column or number tells whether somebody wished something, as long as it is a few."""
    few = [w for w in wished if w.times <= 3][:2]
    rare = [Wished(w.place, f"own:{w.wish.partition(':')[2] or w.wish} apart", w.times) for w in few]
    assert picture([A, B], ["coffee"], wished, offered, HOME) == picture(
        [A, B], ["coffee"], [*wished, *rare[:1]], offered, HOME
    )
    assert picture([A, B], ["coffee"], few, offered, HOME) == picture([A, B], ["coffee"], [], offered, HOME)


@FEW
@given(WISHED, OFFERED)
def test_what_is_wished_and_not_there_stands_out_and_only_that(wished: list[Wished], offered: list[Offered]) -> None:
    """An offer counts for every row that it is put in, around or inside."""
    seen = picture([A, B, HOEF], [], wished, offered, HOME)
    for (area, wish), cell in seen.cells.items():
        there = any(
            answers(o.wish.partition(":")[0] if not o.wish.startswith("own:") else o.wish, wish)
            and (o.place is None or (area is not None and (within(area, o.place, HOME) or within(o.place, area, HOME))))
            for o in offered
        )
        assert bool(cell.offers) == there
        assert (cell.match is Match.MISSING) == (cell.wished is not None and not there)
    assert seen.missing() == sum(c.match is Match.MISSING for c in seen.cells.values())


def test_coffee_for_the_whole_wijk_answers_coffee_in_each_of_its_buurten() -> None:
    """And a shortage in one of them stands out beside it."""
    wished = [Wished(A, "coffee", 12), Wished(B, "coffee", 30), Wished(B, "repair", 11), Wished(A, "repair", 4)]
    seen = picture([A, B], ["coffee", "repair"], wished, [Offered(WIJK, "coffee", "Koffie in De Slinger")], {})
    assert seen.cells[B, "coffee"].match is Match.MET
    assert seen.cells[B, "repair"].match is Match.MISSING
    assert seen.cells[A, "repair"].match is Match.NOTHING
    assert (seen.most, seen.missing(), seen.areas) == (30, 1, (A, B))


def test_an_area_around_others_says_that_it_is_the_rest() -> None:
    """A wijk shows no fewer wishes than its own buurt: what is counted in the buurt is said to be left out of it."""
    around = above(A)
    assert around is not None
    wished = [Wished(HOEF, "garden", 14), Wished(A, "garden", 12), Wished(around, "garden", 11)]
    seen = picture([around, A, HOEF, B], ["garden"], wished, [], HOME)
    assert [seen.cells[at, "garden"].wished for at in (around, A, HOEF)] == [11, 12, 14]
    assert seen.rest == {around, A}
    assert picture([A, B], ["garden"], wished, [], HOME).rest == frozenset()


def test_a_round_that_asks_for_an_activity_is_answered_by_any() -> None:
    """At a door nobody says which."""
    seen = picture([A], [], [Wished(A, "activity", 20)], [Offered(A, "repair", "Repair café")], {})
    assert seen.cells[A, "activity"].match is Match.MET


def test_no_areas_and_no_wishes_give_an_empty_picture() -> None:
    """Before anything is put in."""
    assert picture([], [], [], [], {}).cells == {}
    assert picture([], ["coffee"], [Wished(A, "coffee", 50)], [], {}).areas == (None,)


# -- the form ------------------------------------------------------------------------------------------------

GOOD = OfferForm("coffee", "Koffie op dinsdag", A, "De Slinger", "elke dinsdag om 10:00", "Joke", TODAY)


@pytest.mark.parametrize(
    ("form", "field", "why"),
    [
        (OfferForm(name="Koffie"), "offer_wish", "missing"),
        (OfferForm("coffee", "  "), "offer_name", "missing"),
        (OfferForm("coffee", "x" * 81), "offer_name", "too_long"),
        (OfferForm("coffee", "K", place="x" * 121), "offer_place", "too_long"),
        (OfferForm("coffee", "K", when="x" * 81), "offer_when", "too_long"),
        (OfferForm("coffee", "K", ask="x" * 121), "offer_ask", "too_long"),
        (OfferForm("coffee", "K", until=TODAY - timedelta(1)), "offer_until", "past"),
        (OfferForm("coffee", "K", until=TODAY.replace(year=2040)), "offer_until", "far"),
        (OfferForm("own:" + "x" * 41, "K"), "wishes", "too_long"),
    ],
)
def test_an_offer_that_nobody_could_use_is_refused_at_its_field(form: OfferForm, field: str, why: str) -> None:
    """Nothing of it is kept."""
    with pytest.raises(BadInput) as refused:
        check(tidied(form), TODAY)
    assert (refused.value.field, refused.value.why) == (field, why)


def test_what_is_kept_of_an_offer_is_what_comes_back() -> None:
    """Also through the readable table; a part of another version is left out and the rest stays."""
    fields = to_fields(tidied(GOOD))

    class Kept(Record):
        """A record with just these fields."""

        def value(self, name: str) -> object:
            return fields.get(name.partition(".")[2])

    row = offers.TABLE.row(Kept(bytes(16), "offer", bytes(16)))
    assert from_row(row) == GOOD
    fields["area"] = {"from": "the future"}
    assert from_row(offers.TABLE.row(Kept(bytes(16), "offer", bytes(16)))).area is None
