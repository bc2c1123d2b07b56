"""The event stream as it goes over the wire: to whom, what, and when it ends."""

import asyncio
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from sync.core import events, wire
from sync.core.errors import Busy, NotAuthorized, Revoked, SlowDown, StraatError
from sync.server.sessions import TOKEN_MILLIS
from sync.server.store_memory import MemoryStore
from sync.server.wakeups import Wakeups
from tests.support.native_app import TestClock
from tests.support.on_air import OnAir, on_air, until
from tests.support.organisation import Organisation, Person, founded
from tests.support.process import prepared, running
from tests.support.server import Caller, serving
from tests.support.settled_team import FORM, Team, session_of, team

Story = Callable[[OnAir, str], Awaitable[None]]
EVENTS = "/v1/events"


def told(settled: Path, folder: Path, story: Story) -> None:
    """With a server on the network and a coordinator's token."""

    async def whole() -> None:
        async with team(settled, folder) as t, on_air(t) as air:
            await story(air, await token_of(t, "joke"))

    asyncio.run(whole())


async def token_of(t: Team, name: str) -> str:
    """Of a device that has done a round, and says nothing by itself."""
    app = await (t.joke() if name == "joke" else t.unlocked(name))
    await app.sync_once()
    return session_of(app).syncer.line.token


@asynccontextmanager
async def stream(url: str, token: str) -> AsyncIterator[AsyncIterator[bytes]]:
    """The pieces of an event stream. Raises what it is refused with."""
    async with (
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=10) as client,
        client.stream("GET", EVENTS, headers={"Authorization": f"Bearer {token}"}) as answer,
    ):
        if answer.status_code != 200:
            error = wire.decode_error(await answer.aread())
            assert error.status == answer.status_code
            raise error
        yield answer.aiter_raw()


async def refusal(url: str, token: str) -> type[StraatError]:
    """Why a stream is refused."""
    with pytest.raises(StraatError) as caught:
        async with stream(url, token):
            pass
    return type(caught.value)


def test_it_says_that_there_is_something_and_nothing_else(settled: Path, tmp_path: Path) -> None:
    """Nine bytes, as many as a beat has; nobody on the way may keep, hold back or compress them."""

    async def story(air: OnAir, token: str) -> None:
        async with httpx.AsyncClient(base_url=air.url, trust_env=False) as client:
            head = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip, br"}
            async with client.stream("GET", EVENTS, headers=head) as answer:
                told = answer.headers
                assert told["content-type"] == "text/event-stream"
                assert told["cache-control"] == "no-store, no-transform"
                assert told["x-accel-buffering"] == "no"
                assert "content-encoding" not in told
                pieces = answer.aiter_raw()
                assert await anext(pieces) == events.BEAT
                fatma = await air.team.fatma()
                await fatma.save_visit(FORM)
                await fatma.sync_once()
                assert await anext(pieces) == events.SOMETHING

    told(settled, tmp_path, story)


def test_without_a_token_or_after_leaving_nobody_listens(settled: Path, tmp_path: Path) -> None:
    """not_authorized, revoked; asking for the head alone opens nothing."""

    async def story(air: OnAir, token: str) -> None:
        assert await refusal(air.url, "no-token") is NotAuthorized
        fatmas = await token_of(air.team, "fatma")
        joke = air.team.apps[0]
        await joke.trust.revoke_device(session_of(air.team.apps[1]).device)
        assert await refusal(air.url, fatmas) is Revoked
        async with httpx.AsyncClient(base_url=air.url, trust_env=False) as client:
            head = await client.head(EVENTS, headers={"Authorization": f"Bearer {token}"})
            assert (head.status_code, head.content, len(air.hub)) == (200, b"", 0)

    told(settled, tmp_path, story)


def test_a_second_stream_of_a_device_ends_its_first(settled: Path, tmp_path: Path) -> None:
    """However often it comes: one place is taken."""

    async def story(air: OnAir, token: str) -> None:
        async with stream(air.url, token) as first:
            assert await anext(first) == events.BEAT
            async with stream(air.url, token) as second:
                assert await anext(second) == events.BEAT
                assert [piece async for piece in first] == []
                assert len(air.hub) == 1
        await until(lambda: len(air.hub) == 0)

    told(settled, tmp_path, story)


def test_it_ends_with_its_token(settled: Path, tmp_path: Path) -> None:
    """Whoever has an old token hears nothing, whatever comes in."""

    async def story(air: OnAir, token: str) -> None:
        async with stream(air.url, token) as pieces:
            assert await anext(pieces) == events.BEAT
            air.team.clock.now += TOKEN_MILLIS + 1
            air.hub.wake(session_of(air.team.apps[0]).roll.state.organisation, None, b"")
            assert [piece async for piece in pieces] == []
        assert await refusal(air.url, token) is NotAuthorized

    told(settled, tmp_path, story)


def test_too_many_are_told_to_come_back(settled: Path, tmp_path: Path) -> None:
    """Busy, with a moment to wait; what they ask otherwise is answered as ever."""

    async def story(air: OnAir, token: str) -> None:
        air.team.asgi.state.service.wakeups = Wakeups(most=1)
        fatmas = await token_of(air.team, "fatma")
        async with stream(air.url, token) as pieces:
            assert await anext(pieces) == events.BEAT
            assert await refusal(air.url, fatmas) is Busy
            await air.team.apps[1].sync_once()

    told(settled, tmp_path, story)


def test_opening_streams_counts_as_asking(settled: Path, tmp_path: Path) -> None:
    """A device that does nothing else is told to slow down."""

    async def story(air: OnAir, token: str) -> None:
        here = httpx.ASGITransport(air.team.asgi)
        async with httpx.AsyncClient(transport=here, base_url="http://server") as client:
            for _ in range(700):
                answer = await client.head(EVENTS, headers={"Authorization": f"Bearer {token}"})
                if answer.status_code == SlowDown.status:
                    return
        raise AssertionError("never told")

    told(settled, tmp_path, story)


def test_whoever_never_reads_fills_no_memory_and_is_let_go(
    settled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eighty thousand words to a phone that takes none in: a few are written, the others are one. After a while its place is free."""
    monkeypatch.setattr("sync.server.events.SEND_SECONDS", 0.5)

    async def story(air: OnAir, token: str) -> None:
        organisation = session_of(air.team.apps[0]).roll.state.organisation
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        deaf.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(deaf, ("127.0.0.1", int(air.url.rpartition(":")[2])))
        lines = [f"GET {EVENTS} HTTP/1.1", "Host: x", f"Authorization: Bearer {token}", "", ""]
        await loop.sock_sendall(deaf, "\r\n".join(lines).encode())
        await until(lambda: len(air.hub) == 1)
        [line] = [c.transport for c in air.server.server_state.connections]
        line.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        for n in range(80_000):
            air.hub.wake(organisation, None, b"")
            if n % 4 == 0:
                await asyncio.sleep(0)
        assert 0 < line.get_write_buffer_size() <= 66 << 10  # uvicorn's own high water, where it waits for the reader
        await asyncio.wait_for(air.team.apps[0].sync_once(), 5)
        await until(lambda: len(air.hub) == 0)
        deaf.close()

    told(settled, tmp_path, story)


def test_only_who_can_read_a_ring_is_woken() -> None:
    """What somebody keeps to themselves wakes nobody; what the coordinators may read wakes no contact person."""
    asyncio.run(_rings())


async def _rings() -> None:
    clock = TestClock()
    organisation = await founded(clock, contacts=2)
    joke, fatma, bram = organisation.people
    coordinators = next(r for r in joke.readable - fatma.readable if r != joke.own_ring)
    [shared] = fatma.readable & bram.readable
    rings: list[tuple[Person, set[bytes], list[Person]]] = [
        (fatma, {fatma.own_ring}, []),
        (fatma, {fatma.own_ring, coordinators}, [joke]),
        (joke, {shared}, [fatma, bram]),
        (joke, {bram.own_ring, coordinators}, [bram]),
    ]
    async with serving(MemoryStore(), clock, organisation) as app:
        caller, hub = Caller(app), app.state.service.wakeups
        tokens = {p.device: await caller.signed_in(p) for p in organisation.people}
        for by, to, woken in rings:
            with (
                hub.listen(organisation.id, joke.device) as a,
                hub.listen(organisation.id, fatma.device) as b,
                hub.listen(organisation.id, bram.device) as c,
            ):
                data = await by.envelope(b"x", to)
                assert await caller.push(tokens[by.device], [data]) == ["stored"]
                heard = {p.device for p, x in zip(organisation.people, (a, b, c), strict=True) if x._something}
                assert heard == {p.device for p in woken}
                for listener in (a, b, c):
                    listener._something = False
                assert await caller.push(tokens[by.device], [data]) == ["duplicate"]
                assert not any(x._something for x in (a, b, c))
        await caller.close()


def test_a_server_that_is_stopped_ends_its_streams_at_once(tmp_path: Path) -> None:
    """And is gone within seconds, as if nobody had listened."""

    async def whole() -> None:
        organisation: Organisation = await founded(TestClock(round(time.time() * 1000)))
        await prepared(tmp_path, organisation)
        async with running(tmp_path) as server:
            caller = Caller(base_url=server.url)
            tokens = [await caller.signed_in(person) for person in organisation.people]
            await caller.close()
            async with stream(server.url, tokens[0]) as one, stream(server.url, tokens[1]) as two:
                assert [await anext(one), await anext(two)] == [events.BEAT] * 2
                began = time.monotonic()
                ending = asyncio.create_task(server.end(signal.SIGTERM))
                assert [piece async for piece in one] == [piece async for piece in two] == []
                assert await ending in (0, -signal.SIGTERM)
                assert time.monotonic() - began < 5

    asyncio.run(whole())
