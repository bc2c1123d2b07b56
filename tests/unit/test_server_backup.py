"""`straatcontact backup`: a copy is called one only when it was read back, and nobody waits for it."""

import asyncio
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.commands.backup import backup
from app.commands.serve import open_store
from sync.core.envelope import parse_any
from sync.core.errors import BadInput, LogDamaged, StraatError
from sync.server import backup as backups
from sync.server import erasures
from sync.server.store import NewEnvelope
from tests.support.native_app import TestClock
from tests.support.organisation import Organisation, P, Person, founded

CLI = [sys.executable, "-m", "app.cli"]


async def stored(person: Person, data: bytes) -> NewEnvelope:
    """An envelope as the service hands it to the store."""
    e = parse_any(data)
    return NewEnvelope(e.id, e.header.device, e.header.links, e.header.expiry, data)


async def filled(folder: Path, count: int = 60) -> tuple[Organisation, list[NewEnvelope]]:
    """A store in `folder` with an organisation and `count` envelopes."""
    organisation = await founded(TestClock())
    store = open_store(folder)
    for number, entry in enumerate(organisation.roll.entries):
        assert await store.append_roll(organisation.id, number, entry)
    me = organisation.people[1]
    made = [await stored(me, await me.envelope(b"note %d" % n)) for n in range(count)]
    assert await store.put(organisation.id, made) == ["stored"] * count
    await store.close()
    return organisation, made


def prepared(tmp_path: Path, count: int = 60) -> tuple[Path, Path]:
    """A data folder with a store, and a folder for backups."""
    asyncio.run(filled(tmp_path / "data", count))
    (tmp_path / "backups").mkdir()
    return tmp_path / "data", tmp_path / "backups"


def test_a_backup_is_one_private_file_that_is_whole_and_the_orders_to_erase_beside_it(tmp_path: Path) -> None:
    """As an administrator runs it: named by its moment, mode 0600, and nothing else is left behind."""
    data, place = prepared(tmp_path)
    command = [*CLI, "backup", "--data", str(data), "--to", str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    [made] = [p for p in place.iterdir() if p.suffix == ".db"]
    assert {p.name for p in place.iterdir()} <= {made.name, erasures.FILE}
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert "60 envelopes" in done.stdout
    assert done.stdout.splitlines()[-1].startswith(f"done: {made}")
    again = subprocess.run([*CLI, "backup", "--data", str(data), "--to", str(made)], capture_output=True, check=False)
    assert again.returncode == 1


def test_it_is_of_one_moment_while_envelopes_go_on_being_stored(tmp_path: Path) -> None:
    """A writer that never stops is not stopped, and makes the copy neither endless nor torn."""
    data, place = prepared(tmp_path, 2000)
    stop, longest, written = threading.Event(), 0.0, 0

    async def writing() -> None:
        nonlocal longest, written
        store = open_store(data)
        [organisation] = await store.organisations()
        other = await founded(TestClock())
        me = other.people[1]
        for number, entry in enumerate(other.roll.entries):
            await store.append_roll(other.id, number, entry)
        while not stop.is_set():
            e = await stored(me, await me.envelope(b"x" * 900))
            before = time.monotonic()
            assert await store.put(other.id, [e]) == ["stored"]
            longest = max(longest, time.monotonic() - before)
            written += 1
        assert organisation != other.id
        await store.close()

    thread = threading.Thread(target=lambda: asyncio.run(writing()))
    thread.start()
    try:
        time.sleep(0.3)
        backup(data, place, None, lambda _: None)
        at_the_end = written
    finally:
        stop.set()
        thread.join()
    assert at_the_end > 5
    assert longest < 2
    [made] = [p for p in place.iterdir() if p.suffix == ".db"]
    found, _ = asyncio.run(backups.read_back(made, None, P))
    assert 2000 <= found.envelopes < 2000 + written


def test_who_erases_while_a_backup_reads_waits_a_moment_only(tmp_path: Path) -> None:
    """The wish to empty the write-ahead file gives way to a reader; the order is carried out all the same."""

    async def whole() -> None:
        organisation, made = await filled(tmp_path, 3)
        store = open_store(tmp_path)
        with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as reader:
            await store.put(organisation.id, [])
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM facts").fetchone()
            before = time.monotonic()
            await store.erase(organisation.id, [made[0].id], bytes(16), 20_000)
            assert time.monotonic() - before < 3
        assert [name for name, _, _ in await store.orders(organisation.id)] == [made[0].id]
        await store.close()

    asyncio.run(whole())


def _flip(path: Path, needle: bytes) -> None:
    data = path.read_bytes()
    at = data.index(needle)
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])


@pytest.mark.parametrize("what", ["a roll entry", "an envelope", "a page", "no database"])
def test_a_store_that_is_not_whole_gives_no_backup(tmp_path: Path, what: str) -> None:
    """What a copy of it would be good for is found out now, not on the day that it is needed."""
    organisation, made = asyncio.run(filled(tmp_path / "data", 20))
    store, place = tmp_path / "data" / "store.db", tmp_path / "backups"
    place.mkdir()
    if what == "a roll entry":
        _flip(store, organisation.roll.entries[1][-40:])
    elif what == "an envelope":
        _flip(store, made[3].data[-40:])
    elif what == "a page":
        with store.open("r+b") as file:
            file.seek(store.stat().st_size - 8192)
            file.write(b"\xff" * 8192)
    else:
        store.write_bytes(b"somebody's text " * 1000)
    with pytest.raises(StraatError):
        backup(tmp_path / "data", place, None, lambda _: None)
    assert [p.name for p in place.iterdir() if p.name != erasures.FILE] == []


def test_a_copy_that_lost_something_on_the_way_is_found_out(tmp_path: Path) -> None:
    """Whole by itself, but with fewer rows than the store had: no backup."""
    data, place = prepared(tmp_path)
    part = place / "part.db"
    counts = backups.copy(data / "store.db", part, lambda _: None)
    asyncio.run(backups.read_back(part, counts, P))
    with closing(sqlite3.connect(part)) as db, db:
        db.execute("DELETE FROM facts WHERE name = 'incarnation'")
    with pytest.raises(LogDamaged):
        asyncio.run(backups.read_back(part, counts, P))


def test_places_that_are_no_place_for_a_backup(tmp_path: Path) -> None:
    """Beside the store, in a folder that is not there, of a folder without a store."""
    data, place = prepared(tmp_path, 1)
    for source, to in ((data, data), (data, tmp_path / "nowhere" / "x.db"), (place, place)):
        with pytest.raises(BadInput):
            backup(source, to, None, lambda _: None)


def test_a_folder_that_is_not_there_is_made_and_is_no_file(tmp_path: Path) -> None:
    """As the manual's line is typed, and with a slash at the end; for this user only."""
    data, _ = prepared(tmp_path, 1)
    for to, more in ((f"{tmp_path}/new", ["--keep-days", "35"]), (f"{tmp_path}/other/", [])):
        command = [*CLI, "backup", "--data", str(data), "--to", to, *more]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert stat.S_IMODE(Path(to).stat().st_mode) == 0o700
        assert len(backups.dated(Path(to))) == 1
    backup(data, tmp_path / "file.db", 35, lambda _: None)
    assert (tmp_path / "file.db").is_file()


def test_a_damaged_roll_is_called_that(tmp_path: Path) -> None:
    """And not what a phone would say of one that has moved on."""
    asyncio.run(filled(tmp_path / "data", 1))
    with closing(sqlite3.connect(tmp_path / "data" / "store.db")) as db, db:
        db.execute("DELETE FROM rolls WHERE number = 2")
    with pytest.raises(
        LogDamaged, match=r"the member roll in this store is damaged or was altered \(roll_moved.*restore"
    ):
        backup(tmp_path / "data", tmp_path / "new.db", None, lambda _: None)


def test_old_backups_are_told_and_go_only_when_asked(tmp_path: Path) -> None:
    """35 days: what was erased has to leave the backups too. Other files in that folder are nobody's business."""
    data, place = prepared(tmp_path, 1)
    now = datetime.now(UTC)
    old = place / backups.name_of(now - timedelta(days=36))
    young, other = place / backups.name_of(now - timedelta(days=34)), place / "photos.db"
    for path in (old, young, other):
        path.write_bytes(b"x")
    lines: list[str] = []
    backup(data, place, None, lines.append)
    assert [line for line in lines if "WARNING" in line and old.name in line]
    assert old.exists()
    backup(data, place / "second.db", 35, lines.append)
    assert not old.exists()
    assert young.exists()
    assert other.exists()


def test_the_orders_to_erase_are_a_file_that_outlives_a_dead_battery(tmp_path: Path) -> None:
    """A line that was cut off is passed over, and the next one stands on a line of its own."""
    path = tmp_path / erasures.FILE
    orders = [erasures.Order(20_000 + n, bytes([1]) * 32, bytes([n]) * 32, bytes([3]) * 16) for n in range(3)]
    beside = erasures.Erasures(path)
    beside.append(orders[:2])
    whole = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for cut in range(1, len(whole) // 2 + 1):
        path.write_bytes(whole[:-cut])
        beside.append(orders[2:])
        kept = {orders[0], orders[2]} if cut > 1 else set(orders)
        assert erasures.read(path) == kept
    assert erasures.read(tmp_path / "none") == set()
    assert erasures.merge(path, orders) == 1
