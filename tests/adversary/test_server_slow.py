"""Clients that dawdle, by raw sockets: half a header, a drop of body, an answer that nobody reads, hundreds that only
connect. Whoever else asks meanwhile is answered, and each of these is let go in its time.
"""

import asyncio
import resource
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
import uvicorn

from app.commands.serve import UVICORN
from app.commands.stopping import StoppingServer
from sync.core import wire
from sync.server import answering, connections
from sync.server.store_memory import MemoryStore
from tests.support.native_app import TestClock
from tests.support.organisation import Organisation, founded
from tests.support.ports import free_port
from tests.support.server import Caller, serving

MOST = 40
Peer = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Air:
    """A server on the network, for one test."""

    def __init__(self, port: int, organisation: Organisation, server: StoppingServer) -> None:
        self.port, self.organisation, self.server = port, organisation, server
        self._peers: list[Peer] = []

    async def connect(self, first: bytes = b"") -> Peer:
        """A raw connection that has said this much."""
        peer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 16)
        peer[1].write(first)
        self._peers.append(peer)
        return peer

    async def close(self) -> None:
        """Hang up."""
        for _, writer in self._peers:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def healthy(self) -> bool:
        """Whether somebody else is answered, and soon."""
        async with httpx.AsyncClient(trust_env=False, timeout=3) as client:
            return (await client.get(f"http://127.0.0.1:{self.port}/v1/health")).status_code == 200


@asynccontextmanager
async def air(most: int = MOST) -> AsyncIterator[Air]:
    """The server as `serve` runs it, with room for so many connections."""
    organisation = await founded(TestClock())
    async with serving(MemoryStore(), organisation.clock, organisation) as app:
        port = free_port()
        config = uvicorn.Config(app, host="127.0.0.1", port=port, **UVICORN | {"limit_concurrency": most})
        config.lifespan = "off"  # `serving` has started it
        server = StoppingServer(config, app.state.service.wakeups, app.state.service.stop)
        task = asyncio.create_task(server._serve())
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            made = Air(port, organisation, server)
            yield made
            await made.close()
        finally:
            server.should_exit = True
            await task


def told(story: Callable[[Air], Awaitable[None]], most: int = MOST) -> None:
    """Run it."""

    async def whole() -> None:
        async with air(most) as a:
            await story(a)

    asyncio.run(whole())


async def ended(peer: Peer, within: float) -> float:
    """Seconds until the server has let go. Raises TimeoutError."""
    before = time.monotonic()
    async with asyncio.timeout(within):
        with suppress(ConnectionError):
            while await peer[0].read(1 << 16):
                pass
    peer[1].close()
    return time.monotonic() - before


@pytest.mark.parametrize("said", [b"", b"POST /v1/push HT", b"POST /v1/push HTTP/1.1\r\nHost: x\r\nX-A: b\r\n"])
def test_who_never_finishes_asking_is_let_go(monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    """Nothing, half a line, headers without their end: uvicorn itself would wait for ever."""
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.3)

    async def story(a: Air) -> None:
        assert 0.2 < await ended(await a.connect(said), 3) < 2

    told(story)


def test_headers_that_drip_do_not_buy_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then: the bound is for the whole, not for each; also for a second request on one connection."""
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.4)

    async def drip(peer: Peer) -> float:
        before = time.monotonic()
        with suppress(ConnectionError):
            peer[1].write(b"GET /v1/health HTTP/1.1\r\n")
            while time.monotonic() - before < 4 and not peer[0].at_eof():
                peer[1].write(b"X-Slow: drop\r\n")
                await peer[1].drain()
                await asyncio.sleep(0.05)
        return time.monotonic() - before

    async def story(a: Air) -> None:
        assert await drip(await a.connect()) < 2
        peer = await a.connect(b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b" 200 " in await peer[0].readuntil(b'{"status":"ok"}')
        assert await drip(peer) < 2

    told(story)


def test_a_body_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its time is for the whole; the answer says busy, and the connection ends."""
    monkeypatch.setattr(answering, "BODY_SECONDS", 0.4)

    async def story(a: Air) -> None:
        head = b"POST /v1/challenge HTTP/1.1\r\nHost: x\r\nContent-Type: %b\r\nContent-Length: 4000\r\n\r\n"
        peer = await a.connect(head % wire.MEDIA_TYPE.encode())
        before = time.monotonic()
        while not peer[0]._buffer and time.monotonic() - before < 3:  # type: ignore[attr-defined]
            peer[1].write(b"\x90")
            await asyncio.sleep(0.05)
        assert b"503" in await peer[0].readline()
        assert time.monotonic() - before < 2

    told(story)


def test_who_reads_nothing_of_an_answer_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Megabytes asked for and not taken: nothing stays in memory for it."""
    monkeypatch.setattr(connections, "STALLED_SECONDS", 0.3)

    async def story(a: Air) -> None:
        me = a.organisation.people[1]
        caller = Caller(base_url=f"http://127.0.0.1:{a.port}")
        token = await caller.signed_in(me)
        for _ in range(6):
            assert await caller.push(token, [await me.envelope(b"x" * (1 << 20))]) == ["stored"]
        await caller.close()
        body = wire.encode([[me.own_ring, 0]])
        head = b"POST /v1/pull HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %b\r\nContent-Type: %b\r\n"
        request = head % (token.encode(), wire.MEDIA_TYPE.encode()) + b"Content-Length: %d\r\n\r\n" % len(body) + body
        reader, writer = await a.connect(request * 4)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        for _ in range(60):
            await asyncio.sleep(0.1)
            if not a.server.server_state.connections:
                break
        assert not a.server.server_state.connections
        assert await a.healthy()
        assert not reader.at_eof()

    told(story)


def test_connections_that_say_nothing_shut_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than there is room for: those beyond are closed as they come, the rest in their time; then all is as before."""
    monkeypatch.setattr(connections, "HEADER_SECONDS", 1.0)

    async def story(a: Air) -> None:
        peers = [await a.connect() for _ in range(3 * MOST)]
        await asyncio.sleep(0.2)
        assert len(a.server.server_state.connections) <= MOST
        assert len([p for p in peers if p[0].at_eof() or p[0].exception()]) >= MOST
        await asyncio.gather(*(ended(p, 5) for p in peers))
        assert await a.healthy()

    told(story)


def test_dawdlers_below_the_bound_do_not_slow_who_asks() -> None:
    """Half of the room taken by half requests: an answer comes as quickly as ever."""

    async def story(a: Air) -> None:
        peers = [await a.connect(b"POST /v1/push HTTP/1.1\r\nX: ") for _ in range(MOST // 2)]
        before = time.monotonic()
        for _ in range(10):
            assert await a.healthy()
        assert time.monotonic() - before < 5
        assert len(peers) == MOST // 2

    told(story)


def test_headers_without_end_are_refused() -> None:
    """After 16 KiB."""

    async def story(a: Air) -> None:
        reader, writer = await a.connect(b"GET /v1/health HTTP/1.1\r\n" + b"X-Long: " + b"a" * (1 << 17))
        with suppress(ConnectionError):
            assert b"400" in await reader.readline()
        await ended((reader, writer), 3)

    told(story)


def test_there_is_room_for_no_more_connections_than_files_can_be_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is raised as far as it may, and what is left is what is promised."""
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, both: asked.append(both))
    for soft, hard, room in ((1024, 4096, 2000), (1024, 1024, 824), (65_536, 65_536, 2000), (150, 150, 1)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, both=(soft, hard): both)
        assert connections.room_for(2000) == room
    assert asked == [(2200, 4096), (1024, 1024), (150, 150)]
