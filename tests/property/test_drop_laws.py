"""Dropping, for any history and any moment: what is left is what a replay of the log gives; stubs change nothing."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core import envelope, formats
from sync.core.ports import LogState
from sync.device.gone import Word
from sync.device.log import SqliteLog
from sync.device.memory import Memory
from tests.property.test_convergence import NAMES, WHOLE, WORLD, _id, told
from tests.property.test_saved_view import Reader
from tests.support.core_world import P, run
from tests.vectors.vector import fixed

common = settings(max_examples=40, deadline=None)
CHANGES = [n for n in NAMES if WORLD.sent[n][:2] == formats.prefix(formats.CHANGE)]


def entry(name: str, as_stub: bool = False) -> tuple[bytes, bytes, int]:
    """As it comes into the log."""
    data = WORLD.sent[name]
    if as_stub and name in CHANGES:
        return _id(name), envelope.stub(data), LogState.STUB
    return (fixed(name) if name == "garbage" else _id(name)), data, LogState.STORED


async def _dropped(deliveries: list[list[str]], drops: dict[int, frozenset[str]]) -> tuple[object, object]:
    """What a device says that dropped some after some of the deliveries, and what a replay of its log gives."""
    key = await P.agreement_key(WORLD.w.privates[WORLD.w.coordinators_ring])
    log = SqliteLog(":memory:")
    reader = Reader(log, key, None)
    reader.replica.on_gone = reader.view.remove
    for number, names in enumerate(deliveries):
        log.append([entry(n) for n in names])
        await reader.replica.catch_up()
        there = {_id(n) for n in drops.get(number, frozenset())}
        kept = log.has(sorted(there)) & {e.id for e in log.read(0, 1000) if e.state != LogState.STUB}
        if kept:
            await reader.replica.drop(kept)
            assert all(e.state == LogState.STUB for e in log.fetch(sorted(kept)))
    again = Reader(log, key, None)
    await again.replica.catch_up()
    log.close()
    return reader.says(), again.says()


@common
@given(
    st.permutations(NAMES),
    st.lists(st.integers(0, len(NAMES)), max_size=4),
    st.dictionaries(st.integers(0, 4), st.frozensets(st.sampled_from(CHANGES), min_size=1, max_size=4), min_size=1),
)
def test_what_is_left_is_what_a_replay_gives(
    order: list[str], cuts: list[int], drops: dict[int, frozenset[str]]
) -> None:
    """Whatever was dropped, merged or not, and whatever came in after it: records, rows, refusals, gaps."""
    places = [0, *sorted(cuts), len(order)]
    lived, replayed = run(_dropped([order[i:j] for i, j in pairwise(places)], drops))
    assert lived == replayed


async def _with_stubs(deliveries: list[list[tuple[str, bool]]], put_away: frozenset[int]) -> tuple[object, object]:
    key = await P.agreement_key(WORLD.w.privates[WORLD.w.coordinators_ring])
    log = SqliteLog(":memory:")
    reader = Reader(log, key, None)
    for number, some in enumerate(deliveries):
        log.append([entry(n, as_stub) for n, as_stub in some])
        await reader.replica.catch_up()
        if number in put_away:
            reader = Reader(log, key, Memory(reader.image()))
    left = reader.replica.gone.left
    log.close()
    return told(reader.replica), left


@common
@given(
    st.permutations([(n, s) for n in NAMES for s in ((False, True) if n in CHANGES else (False,))]),
    st.lists(st.integers(0, 2 * len(NAMES)), max_size=4),
    st.frozensets(st.integers(0, 4)),
)
def test_stubs_given_before_or_after_the_whole_change_nothing(
    order: list[tuple[str, bool]], cuts: list[int], put_away: frozenset[int]
) -> None:
    """Any order of stubs and envelopes, locked and unlocked between: what is shown is what came whole, none missing."""
    places = [0, *sorted(cuts), len(order)]
    assert run(_with_stubs([order[i:j] for i, j in pairwise(places)], put_away)) == (told(WHOLE), {})


@common
@given(
    st.permutations(NAMES),
    st.frozensets(st.sampled_from(CHANGES), min_size=1),
    st.lists(st.integers(0, len(NAMES)), max_size=3),
    st.frozensets(st.integers(0, 3)),
)
def test_what_came_only_as_a_stub_is_a_gap_until_it_is_explained(
    order: list[str], stubs: frozenset[str], cuts: list[int], put_away: frozenset[int]
) -> None:
    """Each of them, in whatever order, after unlocking too; and the replay of the log says the same."""

    async def lived() -> None:
        key = await P.agreement_key(WORLD.w.privates[WORLD.w.coordinators_ring])
        log = SqliteLog(":memory:")
        reader = Reader(log, key, None)
        places = [0, *sorted(cuts), len(order)]
        for number, (i, j) in enumerate(pairwise(places)):
            log.append([entry(n, n in stubs) for n in order[i:j]])
            await reader.replica.catch_up()
            if number in put_away:
                reader = Reader(log, key, Memory(reader.image()))
        again = Reader(log, key, None)
        await again.replica.catch_up()
        true = {_id(n) for n in stubs if n != "altered"}
        for one in (reader.replica, again.replica):
            assert set(one.gone.left) == true
            assert bool(one.withheld) == bool(true)
            word = Word(WORLD.w.contact.member, frozenset({WORLD.w.state.device(WORLD.w.contact.device).team}))
            one.gone.name(true, b"by", word)
            assert one.withheld == set()
        log.close()

    run(lived())
