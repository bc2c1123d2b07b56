"""Real devices on CPython against a real server app: the same App as on the phone, over native ports."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette

from app.commands.native_device import NativeStorage, QuietPage
from app.platform.native import FileDeviceKey, SystemRandom
from app.platform.native_crypto import NativePrimitives
from app.platform.native_transport import HttpTransport
from app.services.app import App
from app.services.founding import found
from app.services.inviting import ROUTE
from app.services.session import World
from sync.server.app import make_app
from sync.server.store_sqlite import SqliteStore

ORIGIN = "http://test"


class TestClock:
    """A clock that a test sets."""

    __test__ = False

    def __init__(self, millis: int = 1_795_000_000_000) -> None:
        self.now = millis

    def millis(self) -> int:
        """See the port."""
        return self.now


@asynccontextmanager
async def server(folder: Path, clock: TestClock) -> AsyncIterator[tuple[Starlette, str]]:
    """A real server with one new organisation; gives the app and the first coordinator's link."""
    folder.mkdir(parents=True, exist_ok=True)
    app = make_app(SqliteStore(folder / "store.db"), NativePrimitives(), clock, None)
    async with app.router.lifespan_context(app):
        founding = await found(NativePrimitives(), SystemRandom(), clock)
        await app.state.service.found(founding.genesis)
        yield app, f"{ORIGIN}/#/{ROUTE}/{founding.invitation.to_text()}"


def device(folder: Path, asgi: Starlette, clock: TestClock) -> App:
    """A device whose log lies in `folder`; made again, it is the same device after a restart."""
    folder.mkdir(parents=True, exist_ok=True)
    world = World(
        NativePrimitives(),
        FileDeviceKey(folder / "device.key"),
        SystemRandom(),
        clock,
        HttpTransport(ORIGIN, asgi),
    )
    return App(world, NativeStorage(folder), QuietPage(ORIGIN))


async def joined(folder: Path, asgi: Starlette, clock: TestClock, link: str, name: str, secret: str) -> App:
    """A device that has accepted an invitation."""
    app = device(folder, asgi, clock)
    await app.start(link)
    await app.accept(name, secret)
    return app


async def synced(*apps: App) -> None:
    """One round of sync for each."""
    for app in apps:
        await app.sync_once()
        await asyncio.sleep(0)
