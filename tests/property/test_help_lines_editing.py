"""Editing the help lines: nobody's change is lost, whoever publishes in between; what is told to change is what changes."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.services.directory import editing
from app.services.directory.editing import NOTHING, Kind, Work
from app.services.drafts import from_bytes, to_bytes
from sync.core.help_line import HelpLine, Number

NAMES = ("a", "b", "c", "d", "e")
lines = st.builds(
    HelpLine,
    id=st.sampled_from(NAMES),
    name=st.sampled_from(("Een", "Twee", "Drie")),
    about=st.sampled_from(("", "Iets")),
    numbers=st.just((Number("0736128888"),)),
)
bases = st.lists(lines, unique_by=lambda line: line.id, max_size=5).map(tuple)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("put"), lines),
        st.tuples(st.just("removed"), st.sampled_from(NAMES)),
        st.tuples(st.just("moved"), st.sampled_from(NAMES), st.integers(-3, 3)),
        st.tuples(st.just("undone"), st.sampled_from(NAMES)),
    ),
    max_size=6,
)


def done(base: tuple[HelpLine, ...], steps: list[tuple], work: Work = NOTHING) -> Work:
    """What a person did, one after another; what can't be done is left out as the desk does."""
    for what, name, *more in steps:
        there = {line.id for line in editing.applied(base, work)}
        if what == "put":
            work = editing.put(base, work, name)
        elif what == "undone":
            work = editing.undone(work, name)
        elif name in there:
            work = editing.moved(base, work, name, *more) if what == "moved" else editing.removed(base, work, name)
    return work


@given(bases)
def test_without_work_the_list_is_as_it_is(base: tuple[HelpLine, ...]) -> None:
    """Nothing typed, nothing told."""

    assert editing.applied(base, NOTHING) == base
    assert editing.differences(base, base) == []


@given(bases, acts)
def test_no_line_comes_twice_and_each_change_is_there(base: tuple[HelpLine, ...], steps: list[tuple]) -> None:
    """And what nobody touched is as it was."""

    work = done(base, steps)
    made = editing.applied(base, work)
    there = {line.id: line for line in made}
    assert len(there) == len(made)
    for name, change in work.changes.items():
        assert there.get(name) == change.now
    assert all(there[line.id] == line for line in base if line.id not in work.changes)


@given(bases, acts)
def test_a_draft_is_read_as_it_was_written(base: tuple[HelpLine, ...], steps: list[tuple]) -> None:
    """Through the bytes that are sealed."""

    work = done(base, steps)
    assert editing.from_plain(from_bytes(to_bytes(editing.to_plain(work)))) == work


@given(bases, acts)
def test_what_is_told_to_change_is_what_changes(base: tuple[HelpLine, ...], steps: list[tuple]) -> None:
    """The differences, done to the old list, make the new one's lines; no moved line where none was."""
    made = editing.applied(base, done(base, steps))
    told = editing.differences(base, made)
    result = {line.id: line for line in base}
    for difference in told:
        if difference.kind is Kind.REMOVED:
            del result[difference.line.id]
        else:
            result[difference.line.id] = difference.line
    assert result == {line.id: line for line in made}
    assert bool(told) == (made != base)
    moved = {d.line.id for d in told if d.kind is Kind.MOVED}
    changed = {d.line.id for d in told if d.kind is not Kind.MOVED}
    stayed = [n for n in (x.id for x in base) if n not in moved | changed and n in result]
    assert stayed == [x.id for x in made if x.id in stayed]


@given(bases, acts, acts)
def test_what_another_published_meanwhile_stays_and_so_does_mine(
    base: tuple[HelpLine, ...], mine: list[tuple], theirs: list[tuple]
) -> None:
    """On the new edition, mine is as I made it, theirs is as they made it, and where both are one, it is told."""
    work = done(base, mine)
    new = editing.applied(base, done(base, theirs))
    there = {line.id: line for line in editing.applied(new, work)}
    for name in NAMES:
        now = next((x for x in new if x.id == name), None)
        was = next((x for x in base if x.id == name), None)
        if name not in work.changes:
            assert there.get(name) == now
            continue
        assert there.get(name) == work.changes[name].now
        assert (name in editing.contested(new, work)) == (now not in (was, work.changes[name].now))
    settled = work
    for name in editing.contested(new, work):
        settled = editing.settled(new, settled, name)
    assert editing.contested(new, settled) == ()
    assert {x.id: x for x in editing.applied(new, settled)} == there


@given(bases, bases)
def test_going_back_makes_the_lines_of_then_in_their_order(
    now: tuple[HelpLine, ...], then: tuple[HelpLine, ...]
) -> None:
    """Whatever stands there now."""

    assert editing.applied(now, editing.instead(now, then)) == then


@given(bases, acts, st.sampled_from(NAMES))
def test_undoing_one_line_leaves_the_others(base: tuple[HelpLine, ...], steps: list[tuple], name: str) -> None:
    """It is as in the list in force."""

    work = done(base, steps)
    after = {x.id: x for x in editing.applied(base, editing.undone(work, name))}
    before = {x.id: x for x in editing.applied(base, work)}
    was = {x.id: x for x in base}
    assert after.get(name) == was.get(name)
    assert {n: x for n, x in after.items() if n != name} == {n: x for n, x in before.items() if n != name}


def test_a_line_with_a_fixed_number_is_no_part_of_the_work() -> None:
    """Nobody would see it: 112 and its kin stand first, whatever a list says."""
    line = HelpLine("x", "Bel ons", numbers=(Number("+31 800 1205".replace(" ", "")),))
    assert editing.editable([line, replace(line, id="112", numbers=())]) == ()
