"""A log that can't be read: it is told, the file is kept as it was, and one can begin anew."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.services.app import App
from app.services.models import Role, Stage
from sync.core import codec
from sync.core.errors import LogDamaged
from sync.device.log import SqliteLog
from tests.support.settled_team import FATMA, FORM, Team, hushed, session_of, team


def _page_of(path: Path, table: str) -> tuple[int, int]:
    with closing(sqlite3.connect(path)) as db:
        [root] = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        [size] = db.execute("PRAGMA page_size").fetchone()
    return (root - 1) * size, size


def _overwrite(path: Path, start: int, size: int) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xa5" * size)


def header(path: Path) -> None:
    """Not a database any more."""
    _overwrite(path, 0, 100)


def named_values(path: Path) -> None:
    """The table with the vault is gone."""
    _overwrite(path, *_page_of(path, "meta"))


def envelopes(path: Path) -> None:
    """The lock screen can be shown; what lies behind it can't be read."""
    _overwrite(path, *_page_of(path, "envelopes"))


def tail(path: Path) -> None:
    """The last half of the file was never written."""
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


async def _damaged(t: Team, path: Path) -> App:
    """The device finds out at the start or when it is unlocked, and says so."""
    before = path.read_bytes()
    fatma = t.device("fatma")
    await fatma.start()
    assert path.read_bytes() == before
    if fatma.stage is Stage.LOCKED:
        with pytest.raises(LogDamaged):
            await fatma.unlock(FATMA)
    assert fatma.stage is Stage.DAMAGED
    return fatma


@pytest.mark.parametrize("damage", [header, named_values, envelopes, tail])
def test_a_damaged_log_is_told_and_kept_and_one_can_begin_anew(
    settled: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    """The stage says so, not a byte of the file changes, and a new invitation works on the same device."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            path = tmp_path / "fatma" / "log-0001.db"
            damage(path)
            fatma = await _damaged(t, path)
            before = path.read_bytes()
            await fatma.start_over()
            assert fatma.stage is Stage.WELCOME
            assert path.read_bytes() == before
            joke = await t.joke()
            await fatma.open_invitation((await joke.invite("Fatma", Role.CONTACT)).url)
            await fatma.accept("Fatma", "583016")
            await hushed(fatma)
            visit = await fatma.save_visit(FORM)
            again = await t.unlocked("fatma", "583016")
            assert [v.id for v in again.visits()] == [visit]
            assert path.read_bytes() == before

    asyncio.run(story())


def test_starting_over_keeps_what_was_there_openable_by_its_pin(settled: Path, tmp_path: Path) -> None:
    """Begun anew because the PIN was forgotten, and remembered later: the kept vault opens with it as before."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            visit = await fatma.save_visit(FORM)
            await fatma.lock()
            await fatma.start_over()
            assert fatma.stage is Stage.WELCOME
            joke = await t.joke()
            await fatma.open_invitation((await joke.invite("Fatma", Role.CONTACT)).url)
            await fatma.accept("Fatma", "583016")
            await hushed(fatma)
            assert fatma.visits() == []
            kept = tmp_path / "kept"
            kept.mkdir()
            shutil.copy(tmp_path / "fatma" / "log-0001.db", kept)
            shutil.copy(tmp_path / "fatma" / "device.key", kept)
            log = SqliteLog(str(kept / "log-0001.db"))
            _, vault, secrets, names = codec.unpack(log.get("kept vault 1") or b"", 1 << 20)
            log.put({"vault": vault, "secrets": secrets, "local names": names})
            log.close()
            old = await t.unlocked("kept", FATMA)
            assert [v.id for v in old.visits()] == [visit]
            assert session_of(old).member != session_of(fatma).member
            assert session_of(fatma).log.pending(1)[0].id in {e.id for e in session_of(old).log.read()}

    asyncio.run(story())
