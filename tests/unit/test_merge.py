"""Merging by hand-made examples: who wins, what conflicts, what is hidden. The laws are in tests/property."""

from sync.core.change import Change, Patch, decode, encode
from sync.core.hlc import Stamp
from sync.core.merge import Record, from_change, merge, merge_all
from tests.vectors.vector import fixed

RECORD, ANNA, BEN = fixed("record", 16), fixed("anna", 16), fixed("ben", 16)
YEAR = 365 * 24 * 3600 * 1000


def vid(name: str) -> bytes:
    """The envelope id of a version."""
    return fixed(f"version {name}")


def wrote(
    name: str, value: object, *replaces: str, millis: int = 1000, device: bytes = ANNA, creates: bool = False
) -> Record:
    """A record as one change of its note tells it."""
    patch = Patch(value, tuple(vid(r) for r in replaces))
    c = Change("visit", "detail", RECORD, Stamp(millis, 0), {"note": patch}, bytes(16) if creates else None)
    return from_change(c, vid(name), device, device)


def removed(name: str, value: bool, *replaces: str, seen: tuple[str, ...] = (), millis: int = 2000) -> Record:
    """A removal (True) or its undoing (False)."""
    patch = Patch(value, tuple(vid(r) for r in replaces))
    seen_ids = tuple(vid(s) for s in seen)
    c = Change("visit", "life", RECORD, Stamp(millis, 0), {"removed": patch}, None, seen_ids)
    return from_change(c, vid(name), ANNA, ANNA)


def erased(name: str = "erase") -> Record:
    """An erasure."""
    return from_change(Change("visit", "erase", RECORD, Stamp(1, 0)), vid(name), ANNA, ANNA)


def test_a_change_beats_what_it_names_whatever_the_clocks_say() -> None:
    """A version from a clock ten years ahead loses to the change that replaces it."""
    wrong = wrote("wrong clock", "old", millis=10 * YEAR)
    right = wrote("right clock", "new", "wrong clock", millis=5)
    for both in (merge(wrong, right), merge(right, wrong)):
        assert both.value("detail.note") == "new"
        assert both.conflicts() == {}


def test_two_that_did_not_know_each_other_are_both_kept() -> None:
    """The later stamp shows, both stand until a person chooses, and the choice replaces both."""
    a, b = wrote("a", "tea", millis=1), wrote("b", "coffee", millis=2, device=BEN)
    both = merge(a, b)
    assert both.value("detail.note") == "coffee"
    assert [v.value for v in both.conflicts()["detail.note"]] == ["tea", "coffee"]
    assert both.replaces("detail.note") == tuple(sorted((vid("a"), vid("b"))))
    chosen = merge(both, wrote("c", "tea", "a", "b", millis=0))
    assert chosen.value("detail.note") == "tea"
    assert chosen.conflicts() == {}


def test_the_same_text_twice_is_no_conflict() -> None:
    """Two devices that wrote the same have nothing to choose, but 1 and True are not the same."""
    assert merge(wrote("a", "tea"), wrote("b", "tea", device=BEN)).conflicts() == {}
    assert merge(wrote("a", 1), wrote("b", True, device=BEN)).conflicts() != {}


def test_equal_stamps_are_ordered_by_device_then_envelope() -> None:
    """Everyone shows the same one of two changes of one moment."""
    low, high = sorted((ANNA, BEN))
    a, b = wrote("a", "low", device=low), wrote("b", "high", device=high)
    assert merge(a, b).value("detail.note") == merge(b, a).value("detail.note") == "high"


def test_a_replacement_may_come_in_before_what_it_replaces() -> None:
    """The replaced version never shows, not even when it arrives last."""
    late = merge(wrote("new", "new", "old", millis=1), wrote("old", "old", millis=YEAR))
    assert late.value("detail.note") == "new"
    assert late.conflicts() == {}


def test_a_right_to_one_group_is_no_way_into_another() -> None:
    """A change of group `answer` that names a version of group `word` replaces nothing there."""
    word = Change("review", "word", RECORD, Stamp(1, 0), {"text": Patch("thanks")})
    answer = Change("review", "answer", RECORD, Stamp(2, 0), {"text": Patch("mine", (vid("word"),))})
    both = merge(from_change(word, vid("word"), ANNA, ANNA), from_change(answer, vid("answer"), BEN, BEN))
    assert both.values() == {"word.text": "thanks", "answer.text": "mine"}


def test_seen_counts_only_in_a_removal() -> None:
    """A plain change that carries `seen` hides nothing."""
    c = Change("visit", "detail", RECORD, Stamp(1, 0), {"removed": Patch(True)}, None, (vid("a"),))
    assert not merge(wrote("a", "tea"), from_change(c, vid("x"), BEN, BEN)).hidden


def test_removed_is_hidden_and_undone_is_back() -> None:
    """An undo that names the removal brings the record back, without a notice."""
    note, gone = wrote("a", "tea", creates=True), removed("r", True, seen=("a",))
    assert merge(note, gone).hidden
    back = merge_all(note, gone, removed("u", False, "r", millis=1))
    assert not back.hidden
    assert not back.brought_back
    assert back.value("detail.note") == "tea"


def test_an_edit_that_did_not_know_of_the_removal_brings_the_record_back() -> None:
    """With a notice; and whatever the stamps say."""
    for millis in (1, 10 * YEAR):
        record = merge_all(
            wrote("a", "tea"), removed("r", True, seen=("a",)), wrote("b", "with cake", "a", millis=millis)
        )
        assert not record.hidden
        assert record.brought_back


def test_a_removal_after_seeing_the_edit_hides_it_again() -> None:
    """The notice ends by an undo or by another removal that knows of the edit."""
    record = merge_all(wrote("a", "tea"), removed("r", True, seen=("a",)), wrote("b", "cake", "a"))
    assert merge(record, removed("r2", True, "r", seen=("b",))).hidden
    assert not merge(record, removed("u", False, "r")).brought_back


def test_a_second_removal_never_brings_a_record_back() -> None:
    """Two removals that did not know each other hide what either of them knew."""
    notes = merge(wrote("a", "tea"), wrote("b", "coffee", device=BEN))
    hidden = merge(notes, removed("r1", True, seen=("a", "b"), millis=1))
    assert hidden.hidden
    assert merge(hidden, removed("r2", True, seen=("a",), millis=YEAR)).hidden
    halves = merge_all(notes, removed("r3", True, seen=("a",)), removed("r4", True, seen=("b",)))
    assert halves.hidden


def test_an_undo_undoes_only_the_removal_it_knew() -> None:
    """A removal that the undo did not name stays in force, however early its stamp."""
    both = merge_all(
        wrote("a", "tea"),
        removed("r1", True, seen=("a",)),
        removed("r2", True, seen=("a",), millis=0),
        removed("u", False, "r1", millis=YEAR),
    )
    assert both.hidden
    assert not merge(both, removed("u2", False, "r2", "u")).hidden


def test_erasure_wins_always_and_leaves_nothing() -> None:
    """Before, after or between edits, undone or not: no field stays behind."""
    parts = [wrote("a", "tea"), removed("r", True, seen=("a",)), removed("u", False, "r"), wrote("b", "x", millis=YEAR)]
    for place in range(len(parts) + 1):
        record = merge_all(*parts[:place], erased(), *parts[place:])
        assert record.hidden
        assert record.fields == {}
        assert record.values() == {}
        assert not record.brought_back
    assert merge(erased(), erased("again")).erased == {vid("erase"), vid("again")}


def test_the_creator_is_known_by_the_creating_change_alone() -> None:
    """An edit tells nothing of who made the record."""
    edit, created = wrote("b", "x", device=BEN), wrote("a", "tea", creates=True)
    assert edit.creator is None
    assert merge(edit, created).creator == merge(created, edit).creator == ANNA


def test_however_many_versions_stand_one_more_can_be_written() -> None:
    """Someone who floods a field can't make it impossible to write: two changes clear 300 versions."""
    flood = merge_all(*(wrote(f"v{i}", i, millis=i) for i in range(300)))
    once = merge(flood, from_change(_choice(flood), vid("one"), ANNA, ANNA))
    twice = merge(once, from_change(_choice(once), vid("two"), ANNA, ANNA))
    assert twice.value("detail.note") == "chosen"
    assert twice.conflicts() == {}


def _choice(record: Record) -> Change:
    patch = Patch("chosen", record.replaces("detail.note"))
    c = Change("visit", "detail", RECORD, Stamp(9999, 0), {"note": patch})
    assert decode(encode(c)) == c
    return c


def test_an_absent_field_is_none() -> None:
    """Asking for what nobody wrote gives nothing, not an error."""
    record = wrote("a", "tea")
    assert record.value("detail.gift") is None
    assert record.replaces("detail.gift") == ()
