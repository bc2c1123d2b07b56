"""The log's contract on CPython, and what only files can show."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.core.errors import DiskFull, LogDamaged, NewerVersion
from sync.core.ports import LogState
from sync.device.log import SqliteLog
from tests.contract import contract_log

CONTRACT = [f for name, f in vars(contract_log).items() if name.startswith("test_")]


@pytest.mark.parametrize("promise", CONTRACT, ids=lambda f: f.__name__)
@pytest.mark.parametrize("where", ["memory", "file"])
def test_contract(promise: Callable[[], None], where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every promise of the contract holds in memory and in a file."""
    if where == "file":
        make = lambda: SqliteLog(str(tmp_path / "log.db"))  # noqa: E731
        monkeypatch.setattr(contract_log, "FRESH", make)
        monkeypatch.setattr(contract_log, "AGAIN", make)
    promise()


@pytest.mark.parametrize("journal", ["TRUNCATE", "WAL"])
def test_a_log_of_a_newer_version_is_left_untouched(tmp_path: Path, journal: str) -> None:
    """An old app never writes into a newer app's log, whatever journal that one chose."""
    path = tmp_path / "log.db"
    SqliteLog(str(path)).close()
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA journal_mode = {journal}")
    db.execute("PRAGMA user_version = 999")
    db.close()
    before = path.read_bytes()
    with pytest.raises(NewerVersion):
        SqliteLog(str(path))
    assert path.read_bytes() == before


@pytest.mark.parametrize("garbage", [b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_garbage_is_told_and_kept(tmp_path: Path, garbage: bytes) -> None:
    """A file that can't be read is an error with a name, and stays as it is."""
    path = tmp_path / "log.db"
    path.write_bytes(garbage)
    with pytest.raises(LogDamaged):
        SqliteLog(str(path))
    assert path.read_bytes() == garbage


def test_a_torn_journal_is_rolled_back(tmp_path: Path) -> None:
    """A crash in the middle of a transaction leaves the log as before it."""
    log = SqliteLog(str(tmp_path / "log.db"))
    log.append([(b"a" * 32, b"kept", 0)])
    log.close()
    db = sqlite3.connect(tmp_path / "log.db", isolation_level=None)
    db.execute("PRAGMA journal_mode = TRUNCATE")
    db.execute("PRAGMA cache_spill = 1")
    db.execute("PRAGMA cache_size = 1")
    db.execute("BEGIN IMMEDIATE")
    for i in range(200):  # more than the cache: pages reach the file before the commit
        db.execute(
            "INSERT INTO envelopes (id, data, state, reason) VALUES (?, ?, 0, '')", (bytes([i]) * 31, b"x" * 4000)
        )
    copy = tmp_path / "dead"
    copy.mkdir()
    for name in ("log.db", "log.db-journal"):
        (copy / name).write_bytes((tmp_path / name).read_bytes())
    db.close()
    revived = SqliteLog(str(copy / "log.db"))
    assert [e.data for e in revived.read()] == [b"kept"]
    revived.close()


def test_a_full_disk_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    """DiskFull, the database whole, and on it goes when there is room."""
    log = SqliteLog(str(tmp_path / "log.db"))
    log.append([(b"a" * 32, b"before", 0)])
    log._db.execute("PRAGMA max_page_count = 20")
    with pytest.raises(DiskFull):
        log.append([(b"b" * 32, b"x" * 200_000, 0)], {"chain": b"moved"})
    assert ([e.data for e in log.read()], log.get("chain")) == ([b"before"], None)
    log._db.execute("PRAGMA max_page_count = 1000000")
    log.append([(b"b" * 32, b"after", 0)])
    assert [e.data for e in log.read()] == [b"before", b"after"]
    log.close()


def _secrets(log: SqliteLog) -> list[tuple[bytes, bytes, int]]:
    """Small entries, each to be found again in a file, and a few pages that are free since a large one was dropped."""
    small = [(bytes([i]) * 32, b"<secret %d>" % i * 50, LogState.STORED) for i in range(4)]
    large = (b"large".ljust(32), b"large" * 2548, LogState.STORED)
    log._db.execute("PRAGMA cache_size = 1")  # what a large transaction does: pages reach the file before its end
    log.append([*small, large])
    log.drop([large[0]])
    return small


class _Stopped(Exception):
    """In the middle of a transaction."""


def _stop() -> None:
    raise _Stopped


class _Late(dict[str, bytes]):
    """Named values; something happens once they are written, before the commit."""

    def __init__(self, then: Callable[[], None]) -> None:
        super().__init__(one=b"1")
        self._then = then

    def items(self) -> Iterator[tuple[str, bytes]]:  # type: ignore[override]
        yield from super().items()
        self._then()


MORE = [(bytes([i]) * 32, b"more" * 120, LogState.STORED) for i in range(100, 104)]


def test_what_is_dropped_is_in_no_page_that_a_kill_left_free(tmp_path: Path) -> None:
    """SQLite does not put back a free page that a broken-off transaction wrote on: it may hold a copy of any other."""
    log = SqliteLog(str(tmp_path / "log.db"))
    small = _secrets(log)
    dead = tmp_path / "dead"

    def die() -> None:
        shutil.copytree(tmp_path, dead, ignore=shutil.ignore_patterns("dead"))

    log.append(MORE, _Late(die))
    log.close()
    revived = SqliteLog(str(dead / "log.db"))
    assert len(revived.read()) == len(small) + 1
    revived.drop([name for name, _, _ in small])
    held = b"".join(file.read_bytes() for file in dead.iterdir())
    assert [i for i in range(4) if b"<secret %d>" % i in held] == []
    revived.close()


def test_what_is_dropped_is_in_no_page_that_an_undone_write_left_free(tmp_path: Path) -> None:
    """Likewise when it was a full disk that broke it off, or an error, and the app goes on."""
    log = SqliteLog(str(tmp_path / "log.db"))
    small = _secrets(log)
    with pytest.raises(_Stopped):
        log.append(MORE, _Late(_stop))
    log.drop([name for name, _, _ in small])
    held = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert [i for i in range(4) if b"<secret %d>" % i in held] == []
    log.close()
