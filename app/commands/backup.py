"""`straatcontact backup`: a verified copy of a store that goes on being used. docs/operations.md, "Backup and restore"."""

import asyncio
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from app.platform.native_crypto import NativePrimitives
from sync.core.errors import BadInput, Busy, LogDamaged
from sync.server import backup as backups
from sync.server.store_sqlite import STORE

Say = Callable[[str], None]


def backup(data: Path, to: Path, keep_days: int | None, say: Say, folder: bool = False) -> None:
    """Make one; the last line names it. `to` is made a folder when it is said to be one, or when older ones are to go
    from it and it is not called `….db`. Raises BadInput, Busy or LogDamaged, and then there is no new backup."""
    store, now = data / STORE, datetime.now(UTC)
    if not store.is_file():
        raise BadInput("data", f"{store} is not there")
    if not to.exists() and (folder or (keep_days is not None and to.suffix != ".db")):
        try:
            to.mkdir(parents=True, mode=0o700)
        except OSError as e:
            raise Busy(f"{to}: {e.strerror}") from e
        say(f"made the folder {to}")
    target = to / backups.name_of(now) if to.is_dir() else to
    if target.exists() or not target.parent.is_dir():
        raise BadInput("to", f"{target} is there already" if target.exists() else f"{target.parent} is no folder")
    if target.parent.resolve() == data.resolve():
        raise BadInput("to", "a backup beside the store is lost with it: give another folder")
    _room(store, target.parent)
    say(f"copying {store} ({store.stat().st_size >> 20} MiB)")
    try:
        asyncio.run(backups.make(store, target, NativePrimitives(), say))
    except LogDamaged as e:
        raise LogDamaged(f"{e.detail or store}: no backup was made; stop the server and restore an earlier one") from e
    _old_ones(target.parent, now, keep_days, say)
    say(f"done: {target} ({target.stat().st_size >> 20} MiB)")


def _room(store: Path, folder: Path) -> None:
    """Two copies have to fit for a while: the backup, and the one that it is read back as."""
    wal = store.with_name(store.name + "-wal")
    needed = 2 * (store.stat().st_size + (wal.stat().st_size if wal.exists() else 0)) + (8 << 20)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Busy(f"{folder}: {free >> 20} MiB free, {needed >> 20} MiB needed")


def _old_ones(folder: Path, now: datetime, keep_days: int | None, say: Say) -> None:
    """What expired or was erased has to be gone from backups too."""
    for path in backups.outdated(folder, now, backups.KEEP_DAYS if keep_days is None else keep_days):
        if keep_days is None:
            say(f"WARNING: {path.name} is older than {backups.KEEP_DAYS} days: remove it, or use --keep-days")
        else:
            path.unlink()
            say(f"removed {path.name}, older than {keep_days} days")
