"""Laws of what counts at a door: however many walk, however late it comes in, everyone ends with the same."""

from datetime import date, timedelta
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.models import DayPart
from app.services.rounds import doors, kinds
from app.services.rounds.counting import plain_progress, read_progress
from app.services.rounds.kinds import Entry
from app.services.rounds.models import Answer, Door, DoorLook, DoorState, Interest, PassRule
from sync.core import codec

DAY = date(2026, 11, 16)
days = st.integers(0, 6).map(lambda n: DAY + timedelta(days=n))
entries = st.builds(
    Entry,
    st.sampled_from(DoorState),
    days,
    st.sampled_from(DayPart),
    st.booleans(),
    st.frozensets(st.sampled_from(Interest)),
)
saids = st.frozensets(entries, max_size=6)
rules = st.builds(PassRule, st.integers(1, 6), st.booleans())
# What members say one after the other, each on a phone of their own: (member, entry).
taps = st.lists(st.tuples(st.integers(0, 2), entries), max_size=10)


@given(saids, saids, saids)
def test_joining_is_commutative_associative_and_idempotent(a: doors.Said, b: doors.Said, c: doors.Said) -> None:
    """And what counts of it is the same in whatever order and however often it came in."""
    assert doors.join([a, b]) == doors.join([b, a])
    assert doors.join([doors.join([a, b]), c]) == doors.join([a, doors.join([b, c])])
    assert doors.join([a, a]) == a
    assert len({doors.counts(doors.join(order)) for order in permutations([a, b, c, a])}) == 1


@given(taps)
def test_nothing_that_anyone_said_is_lost_but_what_they_said_anew_on_that_part_of_the_day(
    said: list[tuple[int, Entry]],
) -> None:
    """Of each member the last word of each part of a day is in the history, whoever else was at the door."""
    tallies: dict[int, list[Entry]] = {}
    last: dict[tuple[int, date, DayPart], Entry] = {}
    for member, entry in said:
        tallies[member] = doors.with_entry(tallies.get(member, []), entry)
        last[member, entry.day, entry.part] = entry
    assert doors.join(frozenset(t) for t in tallies.values()) == frozenset(last.values())
    assert sum(map(len, tallies.values())) == len(last)


@given(saids)
def test_no_contact_beats_all_and_else_the_last_part_of_a_day(said: doors.Said) -> None:
    """Within one part of a day whoever spoke to somebody knows more; a flyer and wishes count whenever they were noted."""
    answer = doors.counts(said)
    if not said:
        assert answer is None
        return
    assert answer is not None
    states = {e.state for e in said}
    at = max((e.day, doors.PARTS.index(e.part)) for e in said)
    latest = {e.state for e in said if (e.day, doors.PARTS.index(e.part)) == at}
    if DoorState.NO_CONTACT in states:
        assert answer.state is DoorState.NO_CONTACT
    else:
        assert answer.state in latest
        if DoorState.MET in latest:
            assert answer.state is DoorState.MET
        if latest != {DoorState.NOT_HOME}:
            assert answer.state is not DoorState.NOT_HOME
    assert answer.flyer == any(e.flyer for e in said)
    assert set(answer.interests) == {i for e in said for i in e.interests}


walks = st.sets(st.tuples(st.integers(0, 9), st.sampled_from(range(3))), max_size=30).map(sorted)


@given(rules, walks | st.just([(day, part) for day in range(10) for part in range(3)]))
def test_a_door_where_nobody_is_ever_home_is_tried_as_often_as_the_rule_says_and_no_more(
    rule: PassRule, walked: list[tuple[int, int]]
) -> None:
    """Never twice on one part of a day; where the rule says so at another part each time, as long as there is one."""
    tried: list[Entry] = []
    for day, part in ((DAY + timedelta(days=n), doors.PARTS[p]) for n, p in walked):
        before = {e.part for e in tried}
        due = doors.due(frozenset(tried), rule, day, part)
        another = part not in before if len(before) < 3 else part is not tried[-1].part
        assert due == (len(tried) < rule.times and (another or not rule.other_part))
        if due:
            tried.append(Entry(DoorState.NOT_HOME, day, part))
            assert not doors.due(frozenset(tried), rule, day, part)
    if len(walked) == 30:
        assert len(tried) == rule.times


@given(saids, rules, days, st.sampled_from(DayPart))
def test_whoever_was_spoken_to_or_moved_is_not_tried_again(
    said: doors.Said, rule: PassRule, day: date, part: DayPart
) -> None:
    """Later is on another day, at their own word; a shut porch is left."""
    answer = doors.counts(said)
    due = doors.due(said, rule, day, part)
    if answer is None:
        assert due
    elif answer.state is DoorState.LATER:
        assert due == all(day > e.day for e in said if e.state is DoorState.LATER)
    elif answer.state is not DoorState.NOT_HOME:
        assert not due
    elif due:
        assert (day, part) not in {(e.day, e.part) for e in said if e.state is DoorState.NOT_HOME}


looks = st.lists(
    st.tuples(st.booleans(), st.none() | saids.map(doors.counts)).map(
        lambda x: DoorLook(Door("k", "Tulpstraat", 1), x[1], x[0], False)
    ),
    max_size=20,
)


@given(looks, looks)
def test_counts_add_up_and_come_back_from_a_record(a: list[DoorLook], b: list[DoorLook]) -> None:
    """Every door is done, left alone or open; a street's counts are the sum of its parts'."""
    whole, parts = doors.progress([*a, *b]), [doors.progress(a), doors.progress(b)]
    assert doors.together(parts) == whole
    assert whole.doors == whole.done + whole.blocked + sum(x.answer is None and not x.blocked for x in [*a, *b])
    assert read_progress(codec.unpack(codec.pack(plain_progress(whole)), 10_000)) == whole


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30), st.integers(0, 29))
def test_every_door_that_is_due_comes_once_and_one_that_is_left_alone_never(
    flags: list[tuple[bool, bool]], start: int
) -> None:
    """From wherever one begins, around the end, until none is left."""
    row = [DoorLook(Door(str(i), "Tulpstraat", i), None, blocked, due) for i, (blocked, due) in enumerate(flags)]
    at: str | None = row[start % len(row)].door.key
    rung: list[str] = []
    while (at := doors.next_door(row, at)) is not None and len(rung) <= len(row):
        rung.append(at)
        row[int(at)] = DoorLook(row[int(at)].door, Answer(DoorState.MET), row[int(at)].blocked, False)
    assert sorted(rung, key=int) == [str(i) for i, (blocked, due) in enumerate(flags) if due and not blocked]
    after = [i for i in map(int, rung) if i > start % len(row)]
    assert list(map(int, rung)) == [*after, *(i for i in map(int, rung) if i <= start % len(row))]


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
some_doors = st.lists(
    st.builds(
        Door,
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80) | st.sampled_from(["walk", "round"]),
        st.sampled_from(["Tulpstraat", "2e Dwarsstraat", "Laan van 't Zand"]),
        st.integers(0, 99_999),
        texts,
        texts,
        texts,
        st.sampled_from(["", "Muntel", "Vught"]),
        texts,
        st.none() | st.integers(-9, 199),
    ),
    max_size=12,
    unique_by=lambda d: d.key,
)


@given(some_doors)
def test_doors_come_back_from_a_record_as_they_were(some: list[Door]) -> None:
    """Of a walk with all their streets, of a street with its own; in their order."""
    packed = codec.unpack(codec.pack(kinds.walk_doors(some)), 1 << 20)
    assert kinds.read_walk_doors(packed) == tuple(some)
    of_one = [d for d in some if (d.street, d.place) == ("Tulpstraat", "Muntel")]
    packed = codec.unpack(codec.pack(kinds.street_doors(of_one)), 1 << 20)
    assert kinds.read_street_doors(packed, "Tulpstraat", "Muntel") == tuple(of_one)
    fields = [kinds.field_of(d.key) for d in some]
    assert len({*fields, *kinds.OTHER_FIELDS}) == len(some) + 2, "each door has a field of its own"
    assert all(len(f.encode()) <= 60 for f in fields)


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | texts | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=25,
)


@settings(max_examples=300)
@given(plain, st.lists(entries, max_size=4), st.integers(0, 4))
def test_whatever_stands_in_a_record_is_read_without_harm_and_costs_nobody_else_s_words(
    hostile: object, some: list[Entry], at: int
) -> None:
    """A value of another version or another's malice is left out; what stands beside it stays."""
    for read in (kinds.read_walk_doors, kinds.read_said, kinds.read_keys, read_progress):
        read(hostile)
    kinds.read_street_doors(hostile, "Tulpstraat", "")
    rows = kinds.said(some)
    mixed = [*rows[:at], hostile, *rows[at:]]
    read_back = kinds.read_said(mixed)
    assert set(some) <= set(read_back)
    assert len(read_back) <= len(some) + 1
