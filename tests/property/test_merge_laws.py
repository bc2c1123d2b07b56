"""The laws of merging, for any history: whatever order, loss, repetition and clocks."""

from functools import reduce

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core.merge import Record, merge
from tests.property.histories import FIELDS, LIFE, NOTE, Step, acts, empty, erasure, play, snapshot, write

common = settings(max_examples=150, deadline=None)
picks = st.lists(st.integers(0, 11), max_size=12)


def together(made: list[Record], chosen: list[int]) -> Record:
    """Some of the changes, in that order."""
    return reduce(merge, (made[i % len(made)] for i in chosen), empty())


@common
@given(acts, picks, picks, st.booleans())
def test_commutative(history: list[Step], a: list[int], b: list[int], erase: bool) -> None:
    """It does not matter which of two parts came first."""
    made = play(history)
    one, two = together(made, a), together(made, b)
    if erase:
        one = merge(one, erasure())
    assert snapshot(merge(one, two)) == snapshot(merge(two, one))


@common
@given(acts, picks, picks, picks, st.integers(0, 3))
def test_associative(history: list[Step], a: list[int], b: list[int], c: list[int], erase: int) -> None:
    """It does not matter what was merged on the way."""
    made = play(history)
    parts = [together(made, chosen) for chosen in (a, b, c)]
    if erase < 3:
        parts[erase] = merge(parts[erase], erasure())
    one, two, three = parts
    assert snapshot(merge(merge(one, two), three)) == snapshot(merge(one, merge(two, three)))


@common
@given(acts, picks)
def test_idempotent(history: list[Step], a: list[int]) -> None:
    """Nothing happens by receiving again what is known, whole or in part."""
    made = play(history)
    record = together(made, a)
    assert snapshot(merge(record, record)) == snapshot(record)
    for i in a:
        assert snapshot(merge(record, made[i % len(made)])) == snapshot(record)


@common
@given(acts, st.data())
def test_every_delivery_ends_the_same(history: list[Step], data: st.DataObject) -> None:
    """Any two devices with the same changes show the same, in any order and with any repetition."""
    made = play(history)
    whole = together(made, list(range(len(made))))
    order = data.draw(st.permutations(range(len(made))))
    again = data.draw(st.lists(st.sampled_from(order), max_size=10))
    mixed = data.draw(st.permutations([*order, *again]))
    assert snapshot(together(made, list(mixed))) == snapshot(whole)


@common
@given(acts, st.integers(0, 2**48 - 1))
def test_a_wrong_clock_never_wins_for_ever(history: list[Step], millis: int) -> None:
    """Whoever has seen everything and writes is shown, without a conflict, whatever anyone's clock said."""
    made = play(history)
    whole = together(made, list(range(len(made))))
    last = write(whole, Step(1, millis, "note", 99, frozenset()), 50)
    for both in (merge(whole, last), merge(last, whole)):
        assert both.value(NOTE) == 99
        assert NOTE not in both.conflicts()


@common
@given(acts)
def test_no_text_is_lost_unseen(history: list[Step]) -> None:
    """What no one replaced knowingly is still there to choose from."""
    made = play(history)
    whole = together(made, list(range(len(made))))
    for name in FIELDS:
        registers = [r.fields[name] for r in made if name in r.fields]
        replaced = frozenset().union(*(r.replaced for r in registers))
        unreplaced = {i for r in registers for i in r.versions} - replaced
        assert set(whole.replaces(name)) == unreplaced
        assert bool(unreplaced) == bool(registers)


@common
@given(acts, st.integers(0, 2**48 - 1))
def test_removed_by_one_who_saw_all_is_hidden_and_undone_is_back(history: list[Step], millis: int) -> None:
    """A removal hides what it knew of; its undoing shows the record again, without a notice."""
    made = play(history)
    whole = together(made, list(range(len(made))))
    removal = write(whole, Step(1, millis, "remove", 0, frozenset()), 50)
    gone = merge(whole, removal)
    assert gone.hidden
    back = merge(gone, write(gone, Step(2, 0, "undo", 0, frozenset()), 51))
    assert not back.hidden
    assert not back.brought_back


@common
@given(acts, st.integers(0, 2**48 - 1), st.integers(0, 2**48 - 1))
def test_an_edit_that_did_not_know_brings_back(history: list[Step], removing: int, editing: int) -> None:
    """A removal and an edit that did not know each other end in a shown record with a notice."""
    made = play(history)
    whole = together(made, list(range(len(made))))
    removal = write(whole, Step(1, removing, "remove", 0, frozenset()), 50)
    edit = write(whole, Step(2, editing, "note", 7, frozenset()), 51)
    both = merge(merge(whole, edit), removal)
    assert not both.hidden
    assert both.brought_back
    again = merge(both, write(both, Step(1, 0, "remove", 0, frozenset()), 52))
    assert again.hidden


@common
@given(acts, st.integers(0, 2**48 - 1), picks)
def test_another_removal_never_shows_what_was_hidden(history: list[Step], millis: int, known: list[int]) -> None:
    """However little the second one knew, and whatever its stamp."""
    made = play(history)
    whole = together(made, list(range(len(made))))
    gone = merge(whole, write(whole, Step(1, 5, "remove", 0, frozenset()), 50))
    part = together(made, known)
    careless = write(part, Step(2, millis, "remove", 0, frozenset()), 51)
    replaced = careless.fields[LIFE].replaced
    assert not replaced & {gone.removal.id if gone.removal else b""}
    assert merge(gone, careless).hidden


@common
@given(acts, st.data())
def test_erasure_wins_in_any_order(history: list[Step], data: st.DataObject) -> None:
    """Nothing brings back what was erased, and no field of it stays."""
    parts = [*play(history), erasure(), erasure("another")]
    record = reduce(merge, data.draw(st.permutations(parts)), empty())
    assert record.hidden
    assert not record.brought_back
    assert record.fields == {}
    assert len(record.erased) == 2
