"""The one server: real rules, real store on a real SQLite file; it stops, comes back, and is put back from a backup."""

import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sync.core import wire
from sync.core.errors import NotFound, StraatError, Unreachable
from sync.core.ports import Primitives, Reply
from sync.server import erasures
from sync.server.routes import Routes
from sync.server.service import Service
from sync.server.store_sqlite import STORE, SqliteStore
from sync.simulate.disk import Disk
from sync.simulate.inline import Down, Inline
from sync.simulate.story import Story
from sync.simulate.torn import put_back
from sync.simulate.world import Luck, Time

MakeStore = Callable[[Path, Disk], SqliteStore]
_fresh: dict[Path, bytes] = {}  # an empty store, made once a process: the tables are the same each time


def open_store(path: Path, disk: Disk) -> SqliteStore:
    """The server's own store over a disk that fails."""
    return SqliteStore(path, partial(Inline, disk=disk))


class Server:
    """`folder` is where its file lies. `make_store`: a test may plant a fault there."""

    def __init__(
        self, primitives: Primitives, luck: Luck, story: Story, folder: Path, make_store: MakeStore = open_store
    ) -> None:
        self._primitives, self._luck, self._story, self._make_store = primitives, luck, story, make_store
        self.path = folder / STORE
        self.disk = Disk(luck, self.path)
        self.clock = Time()
        self.down = True
        self.restored = 0  # how often it was put back from a backup
        self.stored: set[bytes] = set()  # ids of the envelopes that it has acknowledged, and holds or owes
        self._backup: bytes | None = None
        self._backed_up: set[bytes] = set()
        self.store: SqliteStore
        self.service: Service

    async def start(self) -> None:
        """Open the store and verify every roll, as at each start."""
        self.store = self._make_store(self.path, self.disk)
        self.service = Service(self.store, self._primitives, self.clock)
        await self.service.start()
        open_, closed = Routes(self.service, self.clock.millis)._messages()
        self._open, self._closed = {m.path: m for m in open_}, {m.path: m for m in closed}
        self.down = False

    async def restart(self) -> None:
        """It stopped (or is stopped now), and is on again."""
        self.down = True
        await self.store.close()
        self.disk.kill()
        self.disk.restart()
        await self.start()

    # -- backups -----------------------------------------------------------------------------------------

    def back_up(self) -> None:
        """Last night's backup: a consistent copy."""
        source = sqlite3.connect(self.path)
        try:
            self._backup, self._backed_up = source.serialize(), set(self.stored)
        finally:
            source.close()

    async def restore(self) -> bool:
        """The disk is lost, last night's backup put back: a new incarnation, and the erasures since replayed."""
        if self._backup is None or self.disk.dead or self.disk.full:
            return False
        self.down = True  # until it is back: nobody asks it, and nobody looks into its store
        orders = await erasures.in_store(self.store)
        await self.store.close()
        self.disk.kill()
        self.disk.restart()
        put_back(self.path, {"": self._backup})
        store = self._make_store(self.path, self.disk)
        await store.restored(self.clock.millis())
        await erasures.replay(store, orders)
        await store.close()
        self.stored = set(self._backed_up)
        self.restored += 1
        self.disk.kill()
        self.disk.restart()
        await self.start()
        return True

    async def tidy(self) -> None:
        """As it does each hour: overwrite what is over."""
        try:
            await self.service.drop_expired()
        except Down:
            self.down = True
        except StraatError as error:
            self._story.tell(f"the server could not drop what is over: {error.code}")

    # -- requests ----------------------------------------------------------------------------------------

    async def answer(self, path: str, body: bytes, token: str) -> Reply:
        """What the routes do with a request, less HTTP. Raises Unreachable when it stops over it."""
        if self.down or self.disk.dead:
            self.down = True
            raise Unreachable("the server is down")
        try:
            value = await self._act(path.removeprefix("/v1/"), body, token)
        except StraatError as error:
            return Reply(error.status, wire.encode_error(error))
        except Down:
            self.down = True
            raise Unreachable("the server stopped") from None
        return Reply(200, value if isinstance(value, bytes) else wire.encode(value))

    async def _act(self, path: str, body: bytes, token: str) -> object:
        """The routes' own table: who may ask what, and which shape it has."""
        message = self._open.get(path)
        if message is not None:
            return await message.act(body if message.shape is None else wire.decode(message.shape, body))
        message = self._closed.get(path)
        if message is None:
            raise NotFound()
        carrier = self.service.sessions.carrier(token)
        value = await message.act(carrier, body if message.shape is None else wire.decode(message.shape, body))
        if path == "push":
            self.stored.update(name for name, outcome in value if outcome in (wire.STORED, wire.DUPLICATE))
        return value
