"""A team that has settled in once, on disk: each test begins with a copy of its folders, as after a restart.

    async with team(settled, tmp_path) as t:
        fatma = await t.fatma()          # unlocked, its background sync stopped: tests say when it syncs

Joke is the coordinator; Fatma is a contact person with a phone and a laptop. All of it is real: the App, its
log file, the server app and its store.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from starlette.applications import Starlette

from app.commands.native_device import NativeStorage, QuietPage
from app.platform.native import FileDeviceKey, SystemRandom
from app.platform.native_crypto import NativePrimitives
from app.platform.native_transport import HttpTransport
from app.services.app import App
from app.services.models import Gift, Outcome, Role, VisitForm, Wish
from app.services.session import Session, World
from sync.server.app import make_app
from sync.server.store_sqlite import SqliteStore
from tests.support.faulty_transport import FaultyTransport
from tests.support.native_app import ORIGIN, TestClock, joined, server, synced

JOKE, FATMA = "een lange zin", "274915"
MINUTE, DAY = 60_000, 24 * 60 * 60_000
FORM = VisitForm(
    shared=True,
    address="Tulpstraat 12",
    day=date(2026, 11, 18),
    gift=Gift.PLANT,
    outcome=Outcome.MET,
    wishes=frozenset({Wish.COFFEE}),
    note="Heel hartelijk ontvangen.",
)


async def settle(folder: Path) -> None:
    """Found the organisation and let everyone join and sync."""
    clock = TestClock()
    async with server(folder / "server", clock) as (asgi, link):
        joke = await joined(folder / "joke", asgi, clock, link, "Joke", JOKE)
        invite = await joke.invite("Fatma", Role.CONTACT)
        fatma = await joined(folder / "fatma", asgi, clock, invite.url, "Fatma", FATMA)
        await synced(joke, fatma, joke)
        laptop = await joined(folder / "laptop", asgi, clock, (await fatma.second_device()).url, "", FATMA)
        await synced(laptop, joke, fatma)
        for app in (joke, fatma, laptop):
            await hushed(app)
            session_of(app).log.close()


def session_of(app: App) -> Session:
    """What lies behind the open app."""
    return app.live.require_session()


async def hushed(app: App) -> App:
    """Stop the sync that goes on by itself, so that a test decides when there is a round."""
    await app.locking.stop()
    return app


@dataclass(slots=True)
class Team:
    """A running server and the folders of the devices."""

    folder: Path
    asgi: Starlette
    clock: TestClock
    apps: list[App] = field(default_factory=list)
    nets: dict[str, FaultyTransport] = field(default_factory=dict)
    stores: list[SqliteStore] = field(default_factory=list)  # of servers that a test started itself

    def device(self, name: str, clock: TestClock | None = None, primitives: NativePrimitives | None = None) -> App:
        """The device whose log lies in the folder of that name, not yet started."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        net = self.nets[name] = FaultyTransport(HttpTransport(ORIGIN, self.asgi))
        key = FileDeviceKey(folder / "device.key")
        world = World(primitives or NativePrimitives(), key, SystemRandom(), clock or self.clock, net)
        app = App(world, NativeStorage(folder), QuietPage(ORIGIN))
        self.apps.append(app)
        return app

    async def unlocked(self, name: str, secret: str = FATMA, clock: TestClock | None = None) -> App:
        """A device started and opened, with nothing going on by itself."""
        app = self.device(name, clock)
        await app.start()
        await app.unlock(secret)
        return await hushed(app)

    async def joke(self) -> App:
        """The coordinator's laptop."""
        return await self.unlocked("joke", JOKE)

    async def fatma(self) -> App:
        """The contact person's phone."""
        return await self.unlocked("fatma")

    async def end(self) -> None:
        """Let go of files and connections."""
        for app in self.apps:
            await app.locking.stop()
            if app.live.log is not None:
                app.live.log.close()
        for net in self.nets.values():
            await net.close()
        for store in self.stores:
            await store.close()


@asynccontextmanager
async def team(settled: Path, folder: Path) -> AsyncIterator[Team]:
    """A copy of the settled team in `folder`, with its server running."""
    shutil.copytree(settled, folder, dirs_exist_ok=True)
    clock = TestClock()
    app = make_app(SqliteStore(folder / "server" / "store.db"), NativePrimitives(), clock, None)
    async with app.router.lifespan_context(app):
        made = Team(folder, app, clock)
        try:
            yield made
        finally:
            with suppress(asyncio.CancelledError):
                await made.end()
