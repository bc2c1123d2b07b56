"""`straatcontact serve` and `init`: the server over a data folder, and an empty organisation in it."""

import asyncio
import logging
import sys
from contextlib import suppress
from pathlib import Path

import uvicorn

from app.commands.stopping import StoppingServer
from app.platform.native import SystemClock, SystemRandom
from app.platform.native_crypto import NativePrimitives
from app.services.founding import found
from app.services.inviting import ROUTE
from sync.core.errors import Busy
from sync.server import erasures
from sync.server.app import make_app
from sync.server.erasures import Erasures
from sync.server.service import Service
from sync.server.store_sqlite import SqliteStore

STORE = "store.db"
MAX_CONNECTIONS = 2000


def open_store(data: Path) -> SqliteStore:
    """The store in a data folder, which is made (mode 0700) if need be. Raises what SqliteStore raises."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as e:
        raise Busy(f"{data}: {e.strerror}") from e
    return SqliteStore(data / STORE, beside=Erasures(data / erasures.FILE))


def serve(data: Path, host: str, port: int, site: Path | None) -> None:
    """Run until stopped by a signal: what has been asked is still answered, for at most 10 seconds."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    app = make_app(open_store(data), NativePrimitives(), SystemClock(), site)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_graceful_shutdown=10,
    )
    server = StoppingServer(config, app.state.service.wakeups)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(3)


def init(data: Path, origin: str) -> str:
    """Make an empty organisation; gives the link for its first coordinator."""
    return asyncio.run(_init(data, origin))


async def _init(data: Path, origin: str) -> str:
    store = open_store(data)
    try:
        founding = await found(NativePrimitives(), SystemRandom(), SystemClock())
        await Service(store, NativePrimitives(), SystemClock()).found(founding.genesis)
    finally:
        await store.close()
    return f"{origin.rstrip('/')}/#/{ROUTE}/{founding.invitation.to_text()}"
