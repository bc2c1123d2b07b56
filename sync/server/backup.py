"""A consistent copy of a store that goes on being used, and what one has to hold to be called a backup.

SQLite's own online backup, in steps, inside one read transaction: so the copy is of one moment however much is written
meanwhile, and no writer waits for it (write-ahead log). It is read back as a store before it gets its name.
"""

import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sync.core.errors import Busy, LogDamaged
from sync.core.ports import Primitives
from sync.server import erasures
from sync.server.checking import Whole, check_content, check_file
from sync.server.erasures import Order, sync_folder
from sync.server.store_sqlite import STORE, SqliteStore

KEEP_DAYS = 35
STEP_PAGES = 2048
_NAME = "straatcontact-%Y%m%dT%H%M%SZ.db"
_NAMED = re.compile(r"straatcontact-\d{8}T\d{6}Z\.db")
PART = ".part"
Say = Callable[[str], None]


def name_of(moment: datetime) -> str:
    """What a backup of this moment is called in a folder."""
    return moment.astimezone(UTC).strftime(_NAME)


def dated(folder: Path) -> list[tuple[Path, datetime]]:
    """The backups in a folder by the moment in their names, oldest first."""
    found = sorted(p for p in folder.iterdir() if _NAMED.fullmatch(p.name) and p.is_file())
    return [(p, datetime.strptime(p.name, _NAME).replace(tzinfo=UTC)) for p in found]


def is_store(path: Path) -> bool:
    """Whether this is a store at all, cheaply: a database with a member roll in it. Not whether it is whole."""
    try:
        with path.open("rb") as file:
            if file.read(16) != b"SQLite format 3\0":
                return False
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"  # and so with no file beside it
        with closing(sqlite3.connect(address, uri=True)) as db:
            return db.execute("SELECT 1 FROM rolls LIMIT 1").fetchone() is not None
    except (OSError, sqlite3.Error):
        return False


def outdated(folder: Path, now: datetime, keep_days: int) -> list[Path]:
    """Those that are older than that."""
    return [path for path, made in dated(folder) if made < now - timedelta(days=keep_days)]


async def make(store: Path, target: Path, primitives: Primitives, say: Say) -> Whole:
    """Copy the store to `target`, which must not be there, and put every order to erase into `erasures` beside it.

    Nothing has that name unless it was read back as a store. Raises LogDamaged for a store that is not whole, Busy
    where there is no room or no permission.
    """
    part = target.with_name(target.name + PART)
    try:
        part.unlink(missing_ok=True)
        private_file(part)
        counts = copy(store, part, say)
        found, orders = await read_back(part, counts, primitives)
        added = erasures.merge(target.with_name(erasures.FILE), orders | erasures.read(store.with_name(erasures.FILE)))
        say(f"read back: {_told(found)}; {added} orders to erase added to {target.with_name(erasures.FILE).name}")
        os.link(part, target)  # not a rename, which would take the place of a file that is there
        sync_folder(target.parent)
    except OSError as e:
        raise Busy(f"{e.filename or target}: {e.strerror}") from e
    finally:
        part.unlink(missing_ok=True)
    return found


def copy(store: Path, part: Path, say: Say) -> dict[str, int]:
    """The bytes; gives how many rows each table had at that moment. Raises LogDamaged or Busy."""
    told = 0

    def progress(_: int, remaining: int, total: int) -> None:
        nonlocal told
        done = 100 * (total - remaining) // max(total, 1)
        if total > 20 * STEP_PAGES and done >= told + 10:
            told = done - done % 10
            say(f"copied {told} %")

    try:
        with closing(_opened(store)) as source, closing(sqlite3.connect(part, isolation_level=None)) as out:
            source.execute("BEGIN")
            counts = rows(source)  # from here on the same moment, whatever is written
            source.backup(out, pages=STEP_PAGES, progress=progress)
            source.execute("COMMIT")
            out.execute("PRAGMA journal_mode = DELETE")  # one file, whole by itself
    except sqlite3.OperationalError as e:
        raise Busy(f"{store}: {e}") from e
    except sqlite3.DatabaseError as e:
        raise LogDamaged(f"{store}: {e}") from e
    return counts


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=10)


def rows(db: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table has."""
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    names = [name for (name,) in db.execute(query)]
    return {name: db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608


async def read_back(part: Path, counts: dict[str, int] | None, primitives: Primitives) -> tuple[Whole, set[Order]]:
    """Open a copy of the copy as a store, in a scratch folder, and look at all of it. Raises as `make` does."""
    with tempfile.TemporaryDirectory(prefix=".read-back-", dir=part.parent) as scratch:
        path = Path(scratch, STORE)
        private_copy(part, path)
        check_file(path)
        with closing(_opened(path)) as db:
            if counts is not None and rows(db) != counts:
                raise LogDamaged("the copy holds other numbers of rows than the store")
        store = SqliteStore(path)
        try:
            found = await check_content(store, primitives)
            if not found.rolls:
                raise LogDamaged("no organisation in it")
            return found, await erasures.in_store(store)
        finally:
            await store.close()


def private_file(path: Path) -> None:
    """An empty one, for this user only, which must not be there. Raises OSError."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def private_copy(source: Path, target: Path) -> None:
    """The same bytes, for this user only. Raises OSError."""
    shutil.copyfile(source, target)
    target.chmod(0o600)


def _told(found: Whole) -> str:
    return (
        f"{len(found.rolls)} organisations, {found.entries} roll entries, {found.envelopes} envelopes"
        f" ({found.sampled} looked at), {found.orders} orders to erase"
    )
