"""What is due: the same for every address, whatever it came from; never pushed, never forgotten."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.services.addresses import key
from app.services.due import (
    LATER_DAYS,
    NOT_HOME_DAYS,
    NOT_HOME_TIMES,
    Due,
    Rang,
    Reason,
    Welcome,
    due,
    part_of,
)
from app.services.models import DayPart, Outcome
from app.services.welcomes import Origin, fields

DAY = date(2026, 11, 24)
ids = st.binary(min_size=16, max_size=16)
days = st.integers(-200, 200).map(lambda n: DAY + timedelta(days=n))
addresses = st.sampled_from(["Tulpstraat 1", "Tulpstraat 2", "tulpstr. 2", "Rozenlaan 3a", "De Hoef 87"])
welcomes = st.builds(Welcome, ids, addresses, days, st.booleans(), st.none() | days, st.text("ab", max_size=2))
rangs = st.builds(
    Rang,
    ids,
    addresses,
    days,
    st.sampled_from(Outcome),
    st.none() | days,
    st.none() | st.sampled_from(DayPart),
    st.text("ab", max_size=2),
)
some_welcomes = st.lists(welcomes, max_size=8, unique_by=lambda w: w.id)
some_rangs = st.lists(rangs, max_size=8, unique_by=lambda v: v.id)


def rang(n: int, outcome: Outcome, part: DayPart | None = None, come_back: date | None = None) -> Rang:
    """A visit to the same door, the n-th."""
    return Rang(bytes([n]) * 16, "Tulpstraat 1", DAY + timedelta(days=4 * n), outcome, come_back, part, str(n))


@given(st.text(min_size=1).filter(str.strip), days, st.sampled_from(Origin), st.sampled_from(Origin), ids, ids)
def test_every_new_address_gets_the_same_welcome_whoever_told_of_it_and_whoever_lives_there(
    address: str, since: date, one: Origin, other: Origin, whom: bytes, someone: bytes
) -> None:
    """Where it came from and who goes there are known, and change nothing of the task; there is no other field."""
    address = address[:200]
    a, b = fields(address, since, one, whom), fields(address, since, other, someone)
    assert set(a) == {"address", "bag", "since", "origin", "whom"}
    assert {n: v for n, v in a.items() if n not in ("origin", "whom")} == {
        n: v for n, v in b.items() if n not in ("origin", "whom")
    }


@given(some_welcomes, some_rangs, st.randoms(use_true_random=False))
def test_the_order_in_which_things_came_in_decides_nothing(ws: list[Welcome], vs: list[Rang], dice: object) -> None:
    """Any two devices that know the same list the same doors, in the same order, each door once."""
    shuffled_w, shuffled_v = list(ws), list(vs)
    dice.shuffle(shuffled_w)  # type: ignore[attr-defined]
    dice.shuffle(shuffled_v)  # type: ignore[attr-defined]
    found = due(ws, vs, ())
    assert [(d.on, key(d.address), d.reason) for d in found] == [
        (d.on, key(d.address), d.reason) for d in due(shuffled_w, shuffled_v, ())
    ]
    assert len({key(d.address) for d in found}) == len(found)
    assert [d.on for d in found] == sorted(d.on for d in found)


@given(some_welcomes, some_rangs, st.sets(addresses))
def test_where_nobody_must_ring_nothing_is_ever_due(ws: list[Welcome], vs: list[Rang], marked: set[str]) -> None:
    """Whatever was noted or planned there, in whatever spelling; other doors are as they were."""
    blocked = {key(a) for a in marked}
    found = due(ws, vs, blocked)
    assert not [d for d in found if key(d.address) in blocked]
    assert found == [d for d in due(ws, vs, ()) if key(d.address) not in blocked]


@given(st.integers(1, 9), st.lists(st.none() | st.sampled_from(DayPart), min_size=9, max_size=9))
def test_not_home_comes_back_by_itself_at_another_part_of_the_day_three_times_at_most(
    times: int, parts: list[DayPart | None]
) -> None:
    """After three days each time; after the fourth time nobody is bothered again by itself."""
    visits = [rang(n, Outcome.NOT_HOME, parts[n]) for n in range(times)]
    found = due([], visits, ())
    if times > NOT_HOME_TIMES:
        assert found == []
        return
    [d] = found
    assert (d.reason, d.tries) == (Reason.NOT_HOME, times)
    assert d.on == visits[-1].day + timedelta(days=NOT_HOME_DAYS)
    assert d.part is not None
    assert d.part is not visits[-1].part


@given(st.sampled_from((Outcome.NOT_HOME, Outcome.LATER, Outcome.MET)), days)
def test_a_day_that_was_promised_is_kept(outcome: Outcome, promised: date) -> None:
    """Whoever said when to come back is visited then."""
    [d] = due([], [rang(0, outcome, come_back=promised)], ())
    assert d.on == promised


def test_later_without_a_day_comes_back_after_three_weeks_and_an_end_is_an_end() -> None:
    """Met, moved, no contact: nothing is due. A planned day counts for a new address."""
    [d] = due([], [rang(0, Outcome.LATER)], ())
    assert (d.on, d.reason) == (DAY + timedelta(days=LATER_DAYS), Reason.LATER)
    for outcome in (Outcome.MET, Outcome.MOVED, Outcome.NO_CONTACT):
        assert due([], [rang(0, Outcome.NOT_HOME), rang(1, outcome)], ()) == []
    new = Welcome(b"w" * 16, "Tulpstraat 1", DAY)
    assert due([new], [], ()) == [Due("Tulpstraat 1", DAY, Reason.NEW, DAY, new.id)]
    planned = Welcome(b"w" * 16, "Tulpstraat 1", DAY, plan=DAY + timedelta(days=5))
    [d] = due([planned], [], ())
    assert (d.on, d.reason) == (DAY + timedelta(days=5), Reason.PLANNED)


def test_who_moves_in_after_someone_left_is_welcomed_like_anyone() -> None:
    """A new address later than the last visit is a new household; one that was welcomed since is not due again."""
    moved = rang(0, Outcome.MOVED)
    new = Welcome(b"w" * 16, "Tulpstraat 1", moved.day + timedelta(days=30))
    [d] = due([new], [moved], ())
    assert (d.reason, d.welcome) == (Reason.NEW, new.id)
    met = Rang(b"m" * 16, "tulpstr. 1", new.since + timedelta(days=1), Outcome.MET)
    assert due([new], [moved, met], ()) == []


def test_the_parts_of_a_day_are_three() -> None:
    """Morning to noon, afternoon to six, evening."""
    assert [part_of(h) for h in (0, 11, 12, 17, 18, 23)] == [
        DayPart.MORNING,
        DayPart.MORNING,
        DayPart.AFTERNOON,
        DayPart.AFTERNOON,
        DayPart.EVENING,
        DayPart.EVENING,
    ]
