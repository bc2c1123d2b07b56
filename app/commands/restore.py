"""`straatcontact restore`: a backup becomes the store. docs/operations.md, "Backup and restore"."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from app.platform.native_crypto import NativePrimitives
from sync.core.errors import BadInput
from sync.server import restoring

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
