"""`straatcontact serve` and `init`: the server over a data folder, and an empty organisation in it."""

import asyncio
import gc
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from app.commands.stopping import StoppingServer
from app.platform.native import SystemClock, SystemRandom
from app.platform.native_crypto import NativePrimitives
from sync.core.answers import ANSWERS
from sync.core.errors import Busy
from sync.server import erasures, figures, logs
from sync.server.app import make_app
from sync.server.connections import MAX_HEADER_BYTES, PatientProtocol, room_for
from sync.server.erasures import Erasures
from sync.server.limits import Limits
from sync.server.metrics import Metrics
from sync.server.service import LIMITS, Service
from sync.server.store_sqlite import STORE, SqliteStore

MAX_CONNECTIONS = 2000
ROUTES = ("health", "openapi.json", "events", *ANSWERS)
UVICORN: dict[str, Any] = {
    "http": PatientProtocol,
    "ws": "none",
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "limit_concurrency": MAX_CONNECTIONS,
    "timeout_graceful_shutdown": 10,
    "h11_max_incomplete_event_size": MAX_HEADER_BYTES,
}


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
    limits: Limits = LIMITS


DEFAULTS = Options()


def serve(data: Path, host: str, port: int, site: Path | None, options: Options = DEFAULTS) -> None:
    """Run until stopped by a signal: what has been asked is still answered, for at most 10 seconds."""
    logs.start(options.log_json)
    store, counted = open_store(data), Metrics(ROUTES) if options.metrics_port else None
    app = make_app(store, NativePrimitives(), SystemClock(), site, options.limits, counted)
    most = room_for(MAX_CONNECTIONS)
    config = uvicorn.Config(app, host=host, port=port, **UVICORN | {"limit_concurrency": most})
    service = app.state.service
    server = StoppingServer(config, service.wakeups, service.stop, options.drain_seconds, counted, options.metrics_port)
    if counted is not None:
        counted.more = figures.of(app, data / STORE, lambda: len(server.server_state.connections))
        store.watch(counted.commits.add)
    gc.collect()
    gc.freeze()  # what is there from the start to the end need not be looked through again and again
    with suppress(KeyboardInterrupt):
        server.run()
    if server.failed or not server.started:
        sys.exit(3)


def init(data: Path, origin: str) -> str:
    """Make an empty organisation; gives the link for its first coordinator."""
    return asyncio.run(_init(data, origin))


async def _init(data: Path, origin: str) -> str:
    from app.services.founding import found  # late: a server that only serves knows nothing of an app's services
    from app.services.inviting import ROUTE

    store = open_store(data)
    try:
        founding = await found(NativePrimitives(), SystemRandom(), SystemClock())
        await Service(store, NativePrimitives(), SystemClock()).found(founding.genesis)
    finally:
        await store.close()
    return f"{origin.rstrip('/')}/#/{ROUTE}/{founding.invitation.to_text()}"
