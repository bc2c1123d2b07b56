"""A settled team whose server is on the network of this machine: event streams need a real one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass

import uvicorn

from app.commands.stopping import StoppingServer
from app.platform.native_transport import HttpTransport
from app.services.app import App
from sync.server.wakeups import Wakeups
from tests.support.faulty_transport import FaultyTransport
from tests.support.ports import free_port
from tests.support.settled_team import FATMA, JOKE, Team


@dataclass(slots=True)
class OnAir:
    """The team, and where its server listens."""

    team: Team
    url: str
    server: uvicorn.Server

    @property
    def hub(self) -> Wakeups:
        """Of the server."""
        hub: Wakeups = self.team.asgi.state.service.wakeups
        return hub

    async def opened(self, name: str) -> App:
        """A device unlocked and in sync by itself, as people have it."""
        app = self.team.device(name)
        net = self.net(name)
        await net.close()
        net.inner = HttpTransport(self.url)
        await app.start()
        await app.unlock(JOKE if name == "joke" else FATMA)
        return app

    def net(self, name: str) -> FaultyTransport:
        """Its wire."""
        return self.team.nets[name]

    async def listening(self, count: int) -> None:
        """Wait until so many devices listen, and all that they asked at the opening is answered."""
        await until(lambda: len(self.hub) == count)
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until nobody has asked anything for a while."""
        asked = -1
        while asked != (asked := sum(len(net.sent) for net in self.team.nets.values())):
            await asyncio.sleep(0.35)


async def until(reached: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something that happens by itself."""
    async with asyncio.timeout(seconds):
        while not reached():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def on_air(team: Team) -> AsyncIterator[OnAir]:
    """Serve this team's app on the loopback, and stop as `serve` does."""
    port = free_port()
    config = uvicorn.Config(
        team.asgi,
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=5,
    )
    server = StoppingServer(config, team.asgi.state.service.wakeups)
    server.capture_signals = nullcontext  # type: ignore[method-assign]
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    try:
        yield OnAir(team, f"http://127.0.0.1:{port}", server)
    finally:
        server.should_exit = True
        await serving
