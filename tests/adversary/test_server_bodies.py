"""Bodies no device would send: too large, garbage, of another kind, never ending. Each a typed answer, soon."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.core import wire
from sync.core.errors import SlowDown, StraatError
from sync.server import answering
from sync.server.app import make_app
from sync.server.store_memory import MemoryStore
from tests.support.native_app import ORIGIN, TestClock
from tests.support.organisation import Organisation, P, founded
from tests.support.server import Caller, serving

CLOCK = TestClock()
OPEN = ("challenge", "token", "enrol/roll", "enrol", "directory")
CLOSED = ("roll", "roll/append", "push", "pull", "directory/publish")
MSGPACK = {"Content-Type": wire.MEDIA_TYPE}


def code(answer: httpx.Response) -> str:
    """The typed error in an answer, whose status must be that error's."""
    error = wire.decode_error(answer.content)
    assert answer.headers["content-type"] == wire.MEDIA_TYPE
    assert answer.status_code == error.status
    return error.code


def asked(work: Callable[[httpx.AsyncClient, dict[str, str]], Awaitable[None]], times: int = 1) -> None:
    """Run with a plain HTTP client and the headers of a device that is signed in."""

    async def whole() -> None:
        organisation = await founded(CLOCK)
        async with serving(MemoryStore(), CLOCK, organisation) as app:
            token = await Caller(app).signed_in(organisation.people[1])
            headers = {**MSGPACK, "Authorization": f"Bearer {token}"}
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
                for _ in range(times):
                    await work(client, headers)

    asyncio.run(whole())


class Endless:
    """A body without end or announced size, that counts how much of it was taken."""

    def __init__(self) -> None:
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.taken += 1 << 16
            yield bytes(1 << 16)


def test_a_body_without_end_is_cut_off_at_the_bound() -> None:
    """413 as soon as the bound is passed, without reading on."""

    async def work(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        for path in (*OPEN, *CLOSED):
            body = Endless()
            answer = await client.post(f"/v1/{path}", content=body, headers=headers)
            assert code(answer) == "too_large"
            assert body.taken <= wire.MAX_BODY_BYTES + (2 << 16)
            assert path == "push" or body.taken < 1 << 20

    asked(work)


def test_an_announced_size_over_the_bound_is_refused_unread() -> None:
    """Not one byte of it is taken."""

    async def work(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        for path in (*OPEN, *CLOSED):
            body = Endless()
            size = {"Content-Length": str(wire.MAX_BODY_BYTES + 1)}
            assert code(await client.post(f"/v1/{path}", content=body, headers={**headers, **size})) == "too_large"
            assert body.taken == 0

    asked(work)


def test_a_body_that_never_arrives_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time the server answers busy and lets go."""
    monkeypatch.setattr(answering, "BODY_SECONDS", 0.05)

    async def dripping() -> AsyncIterator[bytes]:
        yield b"\x92"
        await asyncio.sleep(60)

    async def work(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        answer = await client.post("/v1/pull", content=dripping(), headers=headers)
        assert code(answer) == "busy"
        assert answer.headers["retry-after"]

    asked(work)


def test_another_content_type_is_refused() -> None:
    """A form or JSON from a web page is no message of ours, whatever it holds."""

    async def work(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        for path in (*OPEN, *CLOSED):
            for kind in ("application/x-www-form-urlencoded", "text/plain", "application/json", ""):
                answer = await client.post(f"/v1/{path}", content=b"\x90", headers={**headers, "Content-Type": kind})
                assert code(answer) == "bad_format"

    asked(work)


def test_a_wrong_path_or_method_is_a_typed_answer() -> None:
    """Nothing under /v1 falls through to the site, or answers with a page."""

    async def work(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        for path in ("/v1", "/v1/", "/v1/pushy", "/v1/push/", "/v1/../v1/x"):
            for method in ("POST", "GET", "OPTIONS", "TRACE", "QUERY"):
                assert code(await client.request(method, path, headers=headers)) == "not_found"
        for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "QUERY"):
            answer = await client.request(method, "/v1/push", headers=headers)
            assert code(answer) == "wrong_method"
            assert answer.headers["allow"] == "POST"
        answer = await client.post("/v1/health", content=b"", headers=headers)
        assert (code(answer), answer.headers["allow"]) == ("wrong_method", "GET, HEAD")

    asked(work)


def test_no_answer_may_be_kept_by_a_cache() -> None:
    """Answers and refusals alike say so, and forbid guessing at their type."""

    async def work(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        answers = [
            await client.get("/v1/health"),
            await client.post("/v1/roll", content=b"\0", headers=headers),
            await client.post("/v1/roll", content=b"garbage", headers=headers),
        ]
        assert [a.status_code for a in answers] == [200, 200, 400]
        for answer in answers:
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-content-type-options"] == "nosniff"

    asked(work)


NESTED = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.binary(max_size=40) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.binary(max_size=200) | NESTED.map(wire.encode), min_size=4, max_size=4))
def test_garbage_never_breaks_anything(bodies: list[bytes]) -> None:
    """Any bytes, on any path: the answer or a typed refusal, never 'internal'."""

    async def work(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        for path in (*OPEN, *CLOSED):
            for body in bodies:
                answer = await client.post(f"/v1/{path}", content=body, headers=headers)
                assert answer.status_code == 200 or code(answer) != "internal"
                assert answer.status_code < 500

    asked(work)


@pytest.mark.parametrize(
    "deep", [b"\x91" * 600 + b"\x90", b"\x91" * 2_000_000, b"\x81" * 100_000, b"\xdd\xff\xff\xff\xff"]
)
def test_bombs_of_nesting_and_length_are_refused(deep: bytes) -> None:
    """Lists in lists without end, and a list that claims four thousand million items."""

    async def work(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        assert code(await client.post("/v1/push", content=deep, headers=headers)) == "bad_format"

    asked(work)


def test_what_fails_inside_tells_nothing() -> None:
    """An error of our own answers 'internal', without its text."""

    class Broken(MemoryStore):
        async def edition(self, organisation: bytes) -> bytes | None:
            raise LookupError("secret words")

    async def whole() -> None:
        organisation = await founded(CLOCK)
        async with serving(Broken(), CLOCK, organisation) as app:
            reply = await Caller(app).transport.send("POST", "/v1/directory", wire.encode([organisation.id, 0]))
            error = wire.decode_error(reply.body)
            assert (reply.status, error.detail.strip()) == (500, "internal")
            assert b"secret" not in reply.body

    asyncio.run(whole())


async def _slowed(organisation: Organisation, caller: Caller, path: str, body: object, token: str = "") -> int:
    """How many were answered before the first slow_down."""
    for count in range(2000):
        try:
            await caller.ask(path, body, None, token)
        except SlowDown:
            return count
        except StraatError:
            continue
    return 2000


def test_strangers_and_devices_are_slowed_down_apart() -> None:
    """Each has a rate; a stranger who uses theirs up does not slow a device that is signed in, nor another device."""

    async def whole() -> None:
        clock = TestClock()
        organisation = await founded(clock)
        async with serving(MemoryStore(), clock, organisation) as app:
            caller = Caller(app)
            tokens = [await caller.signed_in(p) for p in organisation.people]
            assert 100 < await _slowed(organisation, caller, "challenge", [bytes(32), bytes(16)]) < 1000
            reply = await caller.transport.send("POST", "/v1/challenge", wire.encode([bytes(32), bytes(16)]))
            assert reply.status == 429
            assert 400 < await _slowed(organisation, caller, "roll", 0, tokens[0]) < 1000
            assert await caller.ask("roll", 0, wire.ROLL, tokens[1]) == tuple(organisation.roll.entries)
            clock.now += 60_000
            await caller.ask("roll", 0, wire.ROLL, tokens[0])
            await caller.signed_in(organisation.people[0])

    asyncio.run(whole())


def test_neighbours_on_ipv6_count_as_one() -> None:
    """A subscriber has 2^64 addresses: they share one rate. IPv4, also written as IPv6, counts by address."""

    async def refused(app: object, address: str) -> int:
        inner = httpx.ASGITransport(app, client=(address, 1))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=inner, base_url=ORIGIN) as client:
            answers = [
                (await client.post("/v1/directory", content=wire.encode([bytes(32), 0]), headers=MSGPACK)).status_code
                for _ in range(301)
            ]
        return answers.count(429)

    async def whole() -> None:
        app = make_app(MemoryStore(), P, CLOCK, None)
        assert await refused(app, "2001:db8::1") == 1
        assert await refused(app, "2001:db8::2") == 301
        assert await refused(app, "2001:db8:0:1::1") == 1
        assert await refused(app, "::ffff:192.0.2.1") == 1
        assert await refused(app, "::ffff:192.0.2.2") == 1

    asyncio.run(whole())
