"""`straatcontact doctor` where it can't work in the folder: it says why, and never that a store is damaged that isn't."""

import asyncio
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from app.commands import doctor as command
from app.commands.restore import restore
from sync.core.errors import Busy
from tests.unit.test_server_backup import filled
from tests.unit.test_server_doctor import found

NOBODY = 65_534


class Space(NamedTuple):
    """As shutil.disk_usage gives it."""

    total: int
    used: int
    free: int


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder, below one that every user may pass through."""
    above = Path(tempfile.mkdtemp(prefix="straatcontact-test-"))
    above.chmod(0o755)
    folder = above / "data"
    asyncio.run(filled(folder, 3))
    yield folder
    folder.chmod(0o700)
    shutil.rmtree(above)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Not as root, whom no mode stops."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def given_away(folder: Path) -> None:
    """To whom as_nobody is."""
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            os.chown(path, NOBODY, NOBODY)


def test_a_folder_that_may_not_be_entered_is_one_line(data: Path) -> None:
    """No trace; the rest is looked at, and the exit code is that of a failure (see `found`)."""
    data.chmod(0)
    with as_nobody():
        told = found(data)
    assert told["data folder"][0] == "FAIL"
    assert "not this user's" in told["data folder"][1]
    assert "store" not in told
    assert told["versions"][0] == "OK"


def test_a_read_only_folder_is_called_that(data: Path) -> None:
    """What is in it is looked at all the same, and is well."""
    given_away(data)
    data.chmod(0o500)
    with as_nobody():
        told = found(data)
    assert told["data folder"][0] == "FAIL"
    assert "read-only" in told["data folder"][1]
    assert told["store"][0] == "OK"
    assert "restore" not in "".join(do for _, _, do in told.values())


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a second user")
def test_a_folder_of_another_user_is_called_that(data: Path) -> None:
    """It may read there, and not write."""
    data.chmod(0o755)
    for path in data.iterdir():
        path.chmod(0o644)
    with as_nobody():
        told = found(data)
    assert told["data folder"][0] == "FAIL"
    assert "not this user's" in told["data folder"][1]
    assert "root's" in told["data folder"][1]
    assert told["store"][0] == "OK"


def test_a_full_disk_is_called_that(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the store is; the folder for the copy has room."""
    real = shutil.disk_usage
    monkeypatch.setattr(command.shutil, "disk_usage", lambda p: Space(1, 1, 0) if Path(p) == data else real(p))
    told = found(data)
    assert told["data folder"][0] == told["disk"][0] == "FAIL"
    assert "no room" in told["data folder"][1]
    assert told["store"][0] == "OK"


def test_a_full_disk_is_not_a_store_in_use(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`restore --replace` tells them apart."""
    shutil.copy(data / "store.db", data.parent / "backup.db")

    def full(*_: object, **__: object) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    with monkeypatch.context() as patched:
        patched.setattr("sync.server.restoring.sqlite3.connect", full)
        with pytest.raises(Busy, match="no room"):
            restore(data, data.parent / "backup.db", True, lambda _: None)
    with closing(sqlite3.connect(data / "store.db", isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy, match="in use"):
            restore(data, data.parent / "backup.db", True, lambda _: None)


def test_a_damaged_roll_is_called_that(data: Path) -> None:
    """And not what a phone would say of one that has moved on."""
    with closing(sqlite3.connect(data / "store.db")) as db, db:
        db.execute("DELETE FROM rolls WHERE number = 2")
    level, how, do = found(data)["store"]
    assert level == "FAIL"
    assert "the member roll in this store is damaged or was altered" in how
    assert "Look again" not in how
    assert "restore a backup" in do
