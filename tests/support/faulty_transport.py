"""A wire that fails on request, around a real one: nothing on either side is pretended."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from enum import Enum, auto

from sync.core.errors import Unreachable
from sync.core.ports import Reply, Transport


class Fault(Enum):
    """What happens to one request."""

    NONE = auto()
    DROP = auto()  # it never arrives
    LOSE = auto()  # it arrives and is done, and the answer is lost
    REPEAT = auto()  # it arrives twice; the second answer comes back


@dataclass(slots=True)
class Hold:
    """A request kept on its way: `arrived` once it is there, `release` to let it go on."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)


class FaultyTransport:
    """See sync.core.ports.Transport. Faults are named by the path they are for ("push", "enrol")."""

    def __init__(self, inner: Transport) -> None:
        self.inner = inner
        self.offline = False
        self.sent: list[tuple[str, bytes]] = []  # what reached the server: (path, body), repeats twice
        self._faults: dict[str, deque[Fault | Hold]] = {}

    def next(self, path: str, *faults: Fault | Hold) -> None:
        """The next requests for this path meet these, one each; those after them pass."""
        self._faults.setdefault(f"/v1/{path}", deque()).extend(faults)

    def left(self, path: str) -> int:
        """How many faults for a path have not yet been met."""
        return len(self._faults.get(f"/v1/{path}", ()))

    async def send(self, method: str, path: str, body: bytes = b"", token: str = "") -> Reply:
        """See the port. Raises Unreachable where the fault says so."""
        if self.offline:
            raise Unreachable("offline")
        waiting = self._faults.get(path)
        fault = waiting.popleft() if waiting else Fault.NONE
        if isinstance(fault, Hold):
            fault.arrived.set()
            await fault.release.wait()
        if fault is Fault.DROP:
            raise Unreachable("dropped")
        reply = await self._reach(method, path, body, token)
        if fault is Fault.REPEAT:
            reply = await self._reach(method, path, body, token)
        if fault is Fault.LOSE:
            raise Unreachable("answer lost")
        return reply

    async def listen(self, path: str, token: str) -> AsyncGenerator[bytes, None]:
        """See the port Wakeable. Offline nothing more comes."""
        if self.offline:
            raise Unreachable("offline")
        async with aclosing(self.inner.listen(path, token)) as pieces:  # type: ignore[attr-defined]
            async for piece in pieces:
                if self.offline:
                    raise Unreachable("offline")
                yield piece

    async def _reach(self, method: str, path: str, body: bytes, token: str) -> Reply:
        self.sent.append((path, body))
        return await self.inner.send(method, path, body, token)

    async def close(self) -> None:
        """Let go of the real one."""
        await self.inner.close()  # type: ignore[attr-defined]
