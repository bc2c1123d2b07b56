"""What every Log keeps. Runs on CPython (file and memory) and in the browser's worker on OPFS.

`FRESH` makes an empty log; `AGAIN` opens the same one once more (None where that can't be).
"""

from collections.abc import Callable

from sync.core import codec, envelope, formats
from sync.core.envelope import Header, Link, encode_header
from sync.core.errors import LogDamaged
from sync.core.ports import GIVEN, SIGNATURE_BYTES, TAG_BYTES, LogState
from sync.device.log import SqliteLog


def _in_memory() -> SqliteLog:
    return SqliteLog(":memory:")


FRESH: Callable[[], SqliteLog] = _in_memory
AGAIN: Callable[[], SqliteLog] | None = None


def _some(count: int, start: int = 0) -> list[tuple[bytes, bytes, int]]:
    return [(bytes([i]) * 32, b"envelope %d" % i, LogState.PENDING) for i in range(start, start + count)]


def test_entries_come_back_in_order_with_rising_positions() -> None:
    """What is appended is read in the same order, after any position."""
    log = FRESH()
    first, second, third = log.append(_some(3))
    assert first < second < third
    assert [e.data for e in log.read()] == [b"envelope 0", b"envelope 1", b"envelope 2"]
    assert [e.position for e in log.read(after=first)] == [second, third]
    assert [e.position for e in log.read(after=0, limit=1)] == [first]
    log.close()


def test_an_entry_twice_keeps_its_place_and_state() -> None:
    """Idempotent by id."""
    log = FRESH()
    [place] = log.append(_some(1))
    log.mark([_some(1)[0][0]], LogState.STORED)
    again, after = log.append(_some(2))
    assert again == place < after
    assert [e.state for e in log.read()] == [LogState.STORED, LogState.PENDING]
    log.close()


def test_pending_holds_only_what_is_not_acknowledged() -> None:
    """The queue shrinks as entries are marked, and counts tell."""
    log = FRESH()
    log.append(_some(3))
    log.mark([bytes([1]) * 32], LogState.STORED)
    log.mark([bytes([2]) * 32], LogState.ASIDE, "forbidden")
    assert [e.id[0] for e in log.pending()] == [0]
    assert log.count() == {LogState.PENDING: 1, LogState.STORED: 1, LogState.ASIDE: 1}
    assert log.read()[2].reason == "forbidden"
    log.close()


def test_envelopes_and_values_are_one_transaction() -> None:
    """A bad envelope takes its values along: all or nothing."""
    log = FRESH()
    refused = False
    try:
        log.append([*_some(1), (b"x" * 32, None, LogState.PENDING)], {"chain": b"moved"})  # type: ignore[list-item]
    except LogDamaged:
        refused = True
    assert refused
    assert (log.read(), log.get("chain")) == ([], None)
    log.close()


def _envelope(number: int, body: bytes = b"sealed") -> tuple[bytes, bytes]:
    """An envelope with nobody's signature: id and bytes."""
    link = Link(bytes(16), 1, number, bytes(32) if number == 1 else b"before".ljust(32))
    header = Header(bytes(32), bytes(16), bytes(32), bytes(32), (link,), 202811, bytes(12))
    padded = body.ljust(256 + TAG_BYTES, b".")
    data = formats.prefix(formats.CHANGE) + codec.pack([encode_header(header), padded]) + bytes(SIGNATURE_BYTES)
    return envelope.id_of(data), data


def test_a_dropped_entry_leaves_its_stub_only() -> None:
    """Place, id and header stay, nothing of the body; it is never taken again; bytes that are none leave nothing."""
    log = FRESH()
    name, data = _envelope(1)
    [place, other] = log.append([(name, data, LogState.STORED), (bytes(32), b"no envelope", LogState.STORED)])
    log.drop([name, bytes(32)], {"noted": b"with it"})
    [stub, nothing] = log.read()
    assert (stub.position, stub.id, stub.data, stub.state) == (place, name, envelope.stub(data), LogState.STUB)
    assert (nothing.data, nothing.state) == (b"", LogState.STUB)
    assert log.get("noted") == b"with it"
    assert log.append([(name, data, LogState.STORED)]) == [place]
    assert log.fetch([name, b"x" * 32]) == [stub]
    assert log.has([name, b"x" * 32]) == {name}
    [following] = log.append(_some(1, start=1))
    assert following > other
    log.close()


def test_what_is_not_acknowledged_is_sent_as_its_stub() -> None:
    """Else its number would be missing for ever; what leaves no stub stays whole until it is acknowledged."""
    log = FRESH()
    name, data = _envelope(1)
    log.append([(name, data, LogState.PENDING), (bytes(32), b"no envelope", LogState.PENDING)])
    log.drop([name, bytes(32)])
    assert [e.data for e in log.pending()] == [envelope.stub(data), b"no envelope"]
    log.mark([name], LogState.STORED)
    assert [e.state for e in log.read()] == [LogState.STUB, LogState.PENDING]
    log.close()


def test_a_stub_that_came_as_one_gives_way_to_the_whole() -> None:
    """In a new place, so that it is read; and once this device has dropped it, never again."""
    log = FRESH()
    name, data = _envelope(2)
    stub = envelope.stub(data)
    [place] = log.append([(name, stub, LogState.STUB)])
    assert [(e.data, e.state, e.reason) for e in log.read()] == [(stub, LogState.STUB, GIVEN)]
    assert log.append([(name, stub, LogState.STUB)]) == [place]
    [later] = log.append([(name, data, LogState.STORED)])
    assert later > place
    assert [(e.data, e.state, e.reason) for e in log.read()] == [(data, LogState.STORED, "")]
    log.append([(name, stub, LogState.STUB)])
    assert log.read()[0].data == data
    other, both = _envelope(3)
    log.append([(other, envelope.stub(both), LogState.STUB), (other, both, LogState.STORED)])
    assert log.fetch([other])[0].data == both
    log.drop([name])
    log.append([(name, data, LogState.STORED)])
    assert log.read()[0].data == stub
    log.close()


def test_what_is_dropped_for_a_time_comes_in_again() -> None:
    """Whoever moved away drops what is not theirs, and comes back: the whole takes the stub's place, a key that left
    none its own.
    """
    log = FRESH()
    name, data = _envelope(4)
    log.append([(name, data, LogState.STORED), (bytes(32), b"a key", LogState.STORED)])
    log.drop([name, bytes(32)], {"noted": b"with it"}, again=True)
    assert [(e.data, e.state, e.reason) for e in log.read()] == [
        (envelope.stub(data), LogState.STUB, GIVEN),
        (b"", LogState.STUB, GIVEN),
    ]
    assert log.get("noted") == b"with it"
    log.append([(name, data, LogState.STORED), (bytes(32), b"a key", LogState.STORED)])
    assert [(e.data, e.state) for e in log.read()] == [(data, LogState.STORED), (b"a key", LogState.STORED)]
    log.close()


def test_the_day_of_a_draft_is_kept() -> None:
    """The last one; drafts of before have none until they get one."""
    log = FRESH()
    log.put_draft("new", b"x", 20_000)
    log.put_draft("old", b"y")
    assert log.draft_days() == {"new": 20_000, "old": 0}
    log.date_drafts(20_005)
    log.put_draft("new", b"z", 20_003)
    assert log.draft_days() == {"new": 20_003, "old": 20_005}
    log.close()


def test_values_drafts_and_roll_are_kept() -> None:
    """Named values and drafts are overwritten or removed; the roll grows."""
    log = FRESH()
    log.put({"a": b"1", "b": b"2"})
    log.put({"a": b"3", "b": None})
    assert (log.get("a"), log.get("b")) == (b"3", None)
    log.put_draft("new", b"x")
    log.put_draft("new", b"y")
    assert log.drafts() == {"new": b"y"}
    log.put_draft("new", None)
    log.append_roll([b"one"])
    log.append_roll([b"two", b"three"])
    assert (log.drafts(), log.roll()) == ({}, [b"one", b"two", b"three"])
    log.close()


def test_the_end_of_the_roll_is_replaced_in_one_go() -> None:
    """What stands before it stays; named values go with it."""
    log = FRESH()
    log.put({"owed": b"1"})
    log.append_roll([b"one", b"two", b"three"])
    log.replace_roll(1, [b"other", b"more"], {"dropped": b"two", "owed": None})
    assert log.roll() == [b"one", b"other", b"more"]
    assert (log.get("dropped"), log.get("owed")) == (b"two", None)
    log.append_roll([b"next"])
    assert log.roll()[-1] == b"next"
    log.close()


def test_all_is_there_when_it_is_opened_again() -> None:
    """A log that was closed tells the same when it is opened again."""
    log = FRESH()
    log.append(_some(2), {"k": b"v"})
    log.close()
    if AGAIN is not None:
        again = AGAIN()
        assert [e.data for e in again.read()] == [b"envelope 0", b"envelope 1"]
        assert again.get("k") == b"v"
        again.close()
