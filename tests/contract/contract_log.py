"""What every Log keeps. Runs on CPython (file and memory) and in the browser's worker on OPFS.

`FRESH` makes an empty log; `AGAIN` opens the same one once more (None where that can't be).
"""

from collections.abc import Callable

from sync.core.errors import LogDamaged
from sync.core.ports import LogState
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


def test_a_dropped_entry_leaves_its_name_only() -> None:
    """A stub keeps the id, and the position is never used again."""
    log = FRESH()
    [place] = log.append(_some(1))
    log.drop([bytes(32)])
    [stub] = log.read()
    assert (stub.id, stub.data, stub.state) == (bytes(32), b"", LogState.STUB)
    assert log.has([bytes(32), b"x" * 32]) == {bytes(32)}
    assert log.append(_some(1, start=1)) == [place + 1]
    log.close()


def test_values_drafts_and_roll_are_kept() -> None:
    """Named values and drafts are overwritten or removed; the roll only grows."""
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
