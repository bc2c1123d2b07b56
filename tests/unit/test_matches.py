"""Bringing two residents together: only those who want it, within a team, by topic and street; nobody is ranked."""

from dataclasses import replace
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.matches import HELP, OFFER, Heard, Pair, State, pairs, undecided, willing
from app.services.models import Outcome, Topic

TEAM, OTHER = b"t" * 16, b"o" * 16
ASK = Heard(
    b"a" * 16, "Tulpstraat 12", TEAM, "Fatma", frozenset({HELP + Topic.JOBS}), True, True, order=("2026-11-01", "")
)
GIVE = Heard(
    b"b" * 16, "Rozenstraat 3", TEAM, "Ali", frozenset({OFFER + Topic.JOBS}), True, True, order=("2026-11-02", "")
)

codes = st.sampled_from([kind + topic for kind in (HELP, OFFER) for topic in Topic] + ["coffee", "help_wanted"])
heard = st.builds(
    Heard,
    visit=st.binary(min_size=16, max_size=16),
    address=st.sampled_from(["Tulpstraat 1", "tulpstr. 1", "Tulpstraat 2", "Rozenstraat 1", "Akkerweg 9", ""]),
    team=st.sampled_from([TEAM, OTHER]),
    by=st.just("Fatma"),
    wishes=st.frozensets(codes, max_size=4),
    introduce=st.booleans(),
    shared=st.booleans(),
    outcome=st.sampled_from([*Outcome, None]),
    order=st.tuples(st.sampled_from(["2026-01-01", "2026-02-01", "2026-03-01"]), st.sampled_from(["", "1"])),
)
all_heard = st.lists(heard, max_size=12, unique_by=lambda h: h.visit)


@settings(max_examples=300)
@given(all_heard, st.frozensets(st.sampled_from(["tulpstraat|1|", "akkerweg|9|"])))
def test_both_want_it_and_let_it_be_read_and_live_in_one_team_at_two_doors(
    found: list[Heard], blocked: frozenset[str]
) -> None:
    """Whatever was heard in whatever order; nobody from a door where nobody rings."""
    for pair in pairs(willing(found, blocked)):
        for one in (pair.asks, pair.offers):
            assert one.introduce
            assert one.shared
            assert one.door[1] not in blocked
            assert one.outcome in (Outcome.MET, Outcome.LATER)
            newer = [h for h in found if h.door == one.door and (h.order, h.visit) > (one.order, one.visit)]
            assert all(h.outcome in (Outcome.NOT_HOME, None) for h in newer), "what was said last counts"
        assert pair.asks.team == pair.offers.team
        assert pair.asks.door != pair.offers.door
        assert HELP + pair.topic in pair.asks.wishes
        assert OFFER + pair.topic in pair.offers.wishes


@settings(max_examples=50)
@given(st.lists(heard, max_size=4, unique_by=lambda h: h.visit))
def test_the_list_is_the_same_in_whatever_order_it_was_heard(found: list[Heard]) -> None:
    """By topic and street, and by nothing else: no count and no date moves anyone up."""
    lists = {
        tuple((p.topic, p.asks.visit, p.offers.visit) for p in pairs(willing(list(o)))) for o in permutations(found)
    }
    assert len(lists) == 1
    [one] = lists
    assert [p[0] for p in one] == sorted((p[0] for p in one), key=list(Topic).index)


def test_a_later_no_takes_someone_out_and_nobody_home_does_not() -> None:
    """Consent that was taken back, a move, or a mark ends it; a closed door says nothing."""
    later = replace(ASK, visit=b"z" * 16, order=("2026-11-09", ""))
    assert len(list(pairs(willing([ASK, GIVE])))) == 1
    assert not list(pairs(willing([ASK, GIVE, replace(later, introduce=False)])))
    assert not list(pairs(willing([ASK, GIVE, replace(later, outcome=Outcome.MOVED)])))
    assert not list(pairs(willing([ASK, GIVE], {"tulpstraat|12|"})))
    assert len(list(pairs(willing([ASK, GIVE, replace(later, outcome=Outcome.NOT_HOME, wishes=frozenset())])))) == 1


def test_a_pair_that_met_stays_away_and_one_put_off_comes_back_when_one_says_it_again() -> None:
    """By door for those who met, by visit for those who did not."""
    again = replace(ASK, visit=b"z" * 16, order=("2026-11-09", ""))
    [pair] = pairs(willing([ASK, GIVE]))
    fresh = list(pairs(willing([ASK, again, GIVE])))
    assert not list(undecided([pair], [replace(pair, state=State.DONE)]))
    assert not list(undecided(fresh, [replace(pair, state=State.DONE)]))
    assert not list(undecided([pair], [replace(pair, state=State.NOT_NOW)]))
    assert list(undecided(fresh, [replace(pair, state=State.NOT_NOW)])) == fresh
    assert list(undecided([pair], [replace(pair, state=State.OPEN)])) == [pair]
    assert Pair(Topic.JOBS, ASK, GIVE) == pair
