"""Putting a backup back: read back as a store, what was erased since erased again, another incarnation, roll unconfirmed.

Everything is made ready beside the store and takes its place in one step; what was there is kept aside, never removed.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sync.core.errors import BadInput, Busy, NewerVersion, StraatError
from sync.core.ports import Primitives
from sync.server import backup, erasures
from sync.server.checking import Whole
from sync.server.erasures import Order, sync_folder
from sync.server.store_sqlite import STORE, SqliteStore

LEAST_FREE = 1 << 20
_BESIDE = ("-wal", "-shm", "-journal")
Say = Callable[[str], None]


async def put_back(
    source: Path, data: Path, replace: bool, aside: str, millis: int, primitives: Primitives, say: Say
) -> Whole:
    """Put the backup `source` into the folder `data`. `aside` is what the folder for the old store is called.

    Raises BadInput where there is a store and `replace` is not said, Busy where one is in use or nothing can be written,
    LogDamaged for a backup that is not whole, NewerVersion for one of a newer server; then all is as it was.
    """
    store = data / STORE
    present = [p for p in (store, *(data / (STORE + end) for end in _BESIDE)) if p.exists()]
    if present and not replace:
        raise BadInput("data", f"{present[0]} is there; --replace moves it aside")
    if store.exists():
        check_unused(store)
    old = await _old_orders(store, say) if store.exists() else set()
    try:
        orders = old | erasures.read(data / erasures.FILE) | erasures.read(source.parent / erasures.FILE)
        os.makedirs(data, mode=0o700, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restoring-", dir=data) as scratch:
            fresh = Path(scratch, STORE)
            backup.private_copy(source, fresh)
            found, held = await backup.read_back(fresh, None, primitives)
            say(f"the backup holds {found.entries} roll entries and {found.envelopes} envelopes, all whole")
            replayed = await _renewed(fresh, orders, millis)
            say(f"{replayed} of {len(orders | held)} orders to erase were newer than the backup: carried out again")
            erasures.merge(data / erasures.FILE, orders | held)
            if present:
                kept = _moved_aside(data, aside)
                say(f"what was there is now in {kept}; it holds what was erased since: remove it within 35 days")
            os.replace(fresh, store)
            for path in (store, data / erasures.FILE):
                as_the_folder(path)
            sync_folder(data)
    except OSError as e:
        raise Busy(f"{e.filename or data}: {e.strerror}") from e
    return found


def check_unused(store: Path) -> None:
    """Raises Busy when any process has this store open, or there is no room; a store that nobody has open is one whole file afterwards."""
    try:
        with closing(sqlite3.connect(f"{store.absolute().as_uri()}?mode=rw", uri=True, timeout=0)) as db:
            db.execute("PRAGMA journal_mode = DELETE").fetchone()  # refused while anybody else has it open
    except sqlite3.OperationalError as e:
        if e.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise Busy(f"{store} is in use: stop the server first") from e
        if e.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL or shutil.disk_usage(store.parent).free < LEAST_FREE:
            raise Busy(f"{store.parent}: no room on the disk; make some first") from e
        raise Busy(f"{store} can't be written ({e}): look whose it is, and at the disk") from e
    except sqlite3.DatabaseError:
        return  # no database, or a damaged one: no server runs on that


def as_the_folder(path: Path) -> None:
    """For whom the folder is: a server that runs as a user of its own could not open what root put there."""
    if os.geteuid() == 0 and path.exists():
        owner = path.parent.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


async def _old_orders(path: Path, say: Say) -> set[Order]:
    """What the store that is there knows was erased, if it can still be read."""
    try:
        store = SqliteStore(path)
        try:
            return await erasures.in_store(store)
        finally:
            await store.close()
    except NewerVersion:
        raise
    except (StraatError, sqlite3.Error) as error:
        say(f"the old store can't be read ({type(error).__name__}): its orders to erase are taken from {erasures.FILE}")
        return set()


async def _renewed(fresh: Path, orders: set[Order], millis: int) -> int:
    store = SqliteStore(fresh)
    try:
        replayed = await erasures.replay(store, orders)
        await store.restored(millis)
        return replayed
    finally:
        await store.close()


def _moved_aside(data: Path, aside: str) -> Path:
    """The old store stays in its place until the new one takes it; the files beside it go first."""
    kept = data / aside
    kept.mkdir(mode=0o700)
    for end in _BESIDE:
        if (data / (STORE + end)).exists():
            (data / (STORE + end)).rename(kept / (STORE + end))
    if (data / STORE).exists():
        os.link(data / STORE, kept / STORE)
    sync_folder(kept)
    return kept
