"""`straatcontact restore` and `confirm-rolls`: a backup becomes the store. docs/operations.md, "Backup and restore"."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from app.platform.native_crypto import NativePrimitives
from sync.core.errors import BadInput
from sync.server import restoring
from sync.server.store_sqlite import STORE, SqliteStore

Say = Callable[[str], None]


def restore(data: Path, source: Path, replace: bool, say: Say) -> None:
    """Do it, line by line. Raises what restoring.put_back raises, and then all is as it was."""
    if not source.is_file():
        raise BadInput("from", f"{source} is no file")
    now = datetime.now(UTC)
    aside = now.strftime("replaced-%Y%m%dT%H%M%SZ")
    millis = int(now.timestamp() * 1000)
    asyncio.run(restoring.put_back(source, data, replace, aside, millis, NativePrimitives(), say))
    say("done: start the server. Devices give back by themselves what the backup lacks.")
    say("Nobody joins or leaves until a coordinator's device has been here and everyone else's too, or for a day.")


def confirm(data: Path, say: Say) -> None:
    """Do by hand what coordinators' devices do after a restore: the rolls in this store end where they should.

    For when a device names for ever what nobody has. Raises BadInput without a store, Busy while a server runs.
    """
    store = data / STORE
    if not store.is_file():
        raise BadInput("data", f"{store} is not there")
    restoring.check_unused(store)
    say(
        f"{asyncio.run(_confirm(store))} rolls confirmed: whoever knew more of them than this store has now another one."
    )


async def _confirm(path: Path) -> int:
    store = SqliteStore(path)
    try:
        waiting = await store.unconfirmed()
        for organisation in waiting:
            await store.confirm(organisation)
        return len(waiting)
    finally:
        await store.close()
