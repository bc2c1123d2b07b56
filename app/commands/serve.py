"""`straatcontact serve` and `init`: the server over a data folder, and an empty organisation in it."""

import asyncio
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.commands.stopping import StoppingServer
from app.platform.native import SystemClock, SystemRandom
from app.platform.native_crypto import NativePrimitives
from app.services.founding import found
from app.services.inviting import ROUTE
from sync.core.answers import ANSWERS
from sync.core.errors import Busy
from sync.server import erasures, figures, logs
from sync.server.app import make_app
from sync.server.erasures import Erasures
from sync.server.limits import Limits
from sync.server.metrics import Metrics
from sync.server.service import Service
from sync.server.store_sqlite import SqliteStore

STORE = "store.db"


def open_store(data: Path) -> SqliteStore:
    """The store in a data folder, which is made (mode 0700) if need be. Raises what SqliteStore raises."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as e:
        raise Busy(f"{data}: {e.strerror}") from e
    return SqliteStore(data / STORE, beside=Erasures(data / erasures.FILE))


@dataclass(frozen=True, slots=True)
class Options:
    """What an administrator may choose. `metrics_port` 0: none."""

    log_json: bool = False
    metrics_port: int = 0
    drain_seconds: float = 0
    limits: Limits = Limits()


def serve(data: Path, host: str, port: int, site: Path | None, options: Options = Options()) -> None:
    """Run until stopped by a signal: what has been asked is still answered, for at most 10 seconds."""
    logs.start(options.log_json)
    store, counted = open_store(data), Metrics(ROUTES) if options.metrics_port else None
    app = make_app(store, NativePrimitives(), SystemClock(), site, options.limits, counted)
    server = StoppingServer(app, host, port, options.drain_seconds, counted, options.metrics_port)
    if counted is not None:
        counted.more = figures.of(app, data / STORE, lambda: len(server.server_state.connections))
        store.watch(counted.commits.add)
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
