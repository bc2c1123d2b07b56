"""The log's contract on CPython, and what only files can show."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.core.errors import DiskFull, LogDamaged, NewerVersion
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
