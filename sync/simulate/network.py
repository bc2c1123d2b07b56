"""A device's line to the server: it loses, repeats (also much later, so that old requests come after new ones), is
slow, cuts answers off, and is sometimes not there at all.
"""

import asyncio
from dataclasses import dataclass

from sync.core.errors import Unreachable
from sync.core.ports import Reply
from sync.simulate.server import Server
from sync.simulate.story import Story
from sync.simulate.world import HOUR, Luck

TIMEOUT = 30.0  # seconds, as the port says
MARK = b"geheim"  # stands in all that is written: nothing that travels may show it


@dataclass(slots=True)
class Weather:
    """How bad a line is: chances from 0 to 1 for each request."""

    loss: float = 0.0
    repeats: float = 0.0
    late: float = 0.0  # repeated again, up to an hour later
    slow: float = 0.0  # the answer takes up to two minutes
    torn: float = 0.0  # the answer is cut off, or a proxy's


class Link:
    """A Transport into the server."""

    def __init__(self, server: Server, luck: Luck, story: Story, weather: Weather) -> None:
        self._server, self._luck, self._story, self.weather = server, luck, story, weather
        self.cut = False  # no line at all
        self.shut: frozenset[str] = frozenset()  # routes that do not answer: a round stops there
        self.late: set[asyncio.Task[None]] = set()

    async def send(self, method: str, path: str, body: bytes = b"", token: str = "") -> Reply:
        """See the port."""
        w, chance = self.weather, self._luck.chance
        if self.cut or path.removeprefix("/v1/") in self.shut:
            raise Unreachable("cut off")
        if MARK in body:
            raise self._story.broken(f"{path} shows what was written")
        await asyncio.sleep(0.01)
        if chance(w.loss):
            raise Unreachable("request lost")
        reply = await self._server.answer(path, body, token)
        if MARK in reply.body:
            raise self._story.broken(f"the answer to {path} shows what was written")
        if chance(w.repeats):
            reply = await self._server.answer(path, body, token)
        if chance(w.late):
            self._repeat_later(path, body, token)
        if chance(w.slow):
            wait = self._luck.seeded.uniform(1, 120)
            await asyncio.sleep(min(wait, TIMEOUT))
            if wait > TIMEOUT:
                raise Unreachable("no answer in time")
        if self.cut or chance(w.loss):
            raise Unreachable("answer lost")
        return self._garbled(reply) if chance(w.torn) else reply

    def _garbled(self, reply: Reply) -> Reply:
        if self._luck.chance(0.3):
            return Reply(502, b"<html>Bad Gateway</html>")
        return Reply(reply.status, reply.body[: self._luck.seeded.randrange(len(reply.body) or 1)])

    def _repeat_later(self, path: str, body: bytes, token: str) -> None:
        async def again() -> None:
            await asyncio.sleep(self._luck.seeded.uniform(1, HOUR))
            try:
                await self._server.answer(path, body, token)
            except Unreachable:
                return

        task = asyncio.get_running_loop().create_task(again())
        self.late.add(task)
        task.add_done_callback(self.late.discard)
