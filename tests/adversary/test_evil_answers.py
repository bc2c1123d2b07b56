"""A server that answers anything at all: other shapes, other times, other pages, without end or never."""

import asyncio
import gzip
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.platform.native_transport import HttpTransport
from app.services.app import App
from sync.core import wire
from tests.adversary.evil_server import Answer, Honest, Request, Siege, besieged, ok, packed, refusal, rewritten, says
from tests.support.native_app import ORIGIN
from tests.support.organisation import RANDOM
from tests.support.settled_team import DAY, session_of

STEPS = ("challenge", "token", "roll", "push", "pull")
DEEP = b"\x91" * 3000 + b"\xc0"
MALFORMED: dict[str, bytes] = {
    "no bytes": b"",
    "a map": packed({"a": 1}),
    "a number": packed(7),
    "nothing": packed(None),
    "text": packed("ja hoor"),
    "a list too short": packed([b"x"]),
    "a list too long": packed([b"x"] * 100_000),
    "lists in lists in lists": DEEP,
    "numbers with a fraction": packed([1.5, [2.5]]),
    "an extension": b"\xc7\x01\x05x",
    "a moment as an extension": b"\xd6\xff\x00\x00\x00\x00",
    "a length of four gigabytes": b"\xc6\xff\xff\xff\xff" + bytes(100),
    "bytes behind it": packed([]) + b"\0",
    "a longer spelling": b"\xdc\x00\x00",
    "text that is no text": b"\xa2\xff\xfe",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed(settled: Path, tmp_path: Path, name: str) -> None:
    """On every step of a round it ends with bad_format (or too_large) on the home screen, and nothing is changed."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            for path in STEPS:
                await s.note(path)
                s.evil.calm()
                s.evil.on(path, says(Answer(200, MALFORMED[name])))
                session_of(s.fatma).syncer.line.token = ""
                assert await s.round(s.fatma) in ("bad_format", "too_large")
                s.nothing_unsaid()
            s.evil.calm()
            for status in (400, 418, 500):
                s.evil.on("pull", says(Answer(status, MALFORMED[name])))
                assert await s.round(s.fatma) == "bad_format"
            await s.peace()

    asyncio.run(story())


FOREIGN: dict[str, Answer] = {
    "a page": Answer(200, b"<!doctype html><h1>Log in op de wifi</h1>", "text/html"),
    "a page that says it is ours": Answer(200, b"<!doctype html><h1>Log in op de wifi</h1>"),
    "a way to elsewhere": Answer(302, b"", "text/html", ((b"location", b"http://elders.example/v1/push"),)),
    "a way to elsewhere, of ours": Answer(307, b"", wire.MEDIA_TYPE, ((b"location", b"http://elders.example/"),)),
    "over the bound": Answer(200, bytes(wire.MAX_BODY_BYTES + 1)),
    "a gigabyte in a small parcel": Answer(
        200, gzip.compress(bytes(64 << 20)), wire.MEDIA_TYPE, ((b"content-encoding", b"gzip"),)
    ),
    "a broken parcel": Answer(200, b"geen gzip", wire.MEDIA_TYPE, ((b"content-encoding", b"gzip"),)),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_not_our_server(settled: Path, tmp_path: Path, name: str) -> None:
    """It counts as no answer, or as bad_format: never as sent. No other host is asked."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            for path in STEPS:
                await s.note(path)
                s.evil.calm()
                s.evil.on(path, says(FOREIGN[name]))
                session_of(s.fatma).syncer.line.token = ""
                heard = await s.round(s.fatma)
                assert heard in ("unreachable", "bad_format")
                assert s.fatma.sync_status().online == (heard != "unreachable")
            s.nothing_unsaid()
            await s.peace()

    asyncio.run(story())


def slow(app: App, s: Siege) -> None:
    """The device's own transport with a short patience."""
    net = s.t.nets["fatma"]
    net.inner = HttpTransport(ORIGIN, s.evil, timeout_seconds=0.2)


@pytest.mark.parametrize("path", STEPS)
def test_never_answers(settled: Path, tmp_path: Path, path: str) -> None:
    """The round ends without an answer; while it waits, a visit is saved and shown at once."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            slow(s.fatma, s)

            async def never(_: Request, __: Honest) -> Answer:
                await asyncio.Event().wait()
                raise AssertionError

            s.evil.on(path, never)
            session_of(s.fatma).syncer.line.token = ""
            await s.note("een")
            waiting = asyncio.create_task(s.round(s.fatma))
            await asyncio.sleep(0.05)
            assert not waiting.done()
            await s.note("ondertussen")
            s.nothing_unsaid()
            assert await waiting == "unreachable"
            await s.peace()

    asyncio.run(story())


TIMES = {"0": 0, "2021": 1_623_000_000_000, "2019": 1_546_300_800_000, "2090": 3_786_912_000_000, "10889": 2**48}


@pytest.mark.parametrize("year", TIMES)
def test_wrong_time(settled: Path, tmp_path: Path, year: str) -> None:
    """The home screen says that the clocks differ; today's visit is saved and sent all the same, with its own day,
    and an honest server's time puts it right.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            s.evil.on("challenge", rewritten(wire.CHALLENGED, lambda c: [c[0], TIMES[year]]))
            for app in (s.fatma, s.joke):
                session_of(app).syncer.line.token = ""
                assert await s.round(app) == ""
                assert abs(app.sync_status().clock_off_minutes) > 60 * 24 * 365
                assert 2019 < app.today().year < 2100
            visit = await s.note("vandaag", day=date(2026, 11, 18))
            other = await s.note("op de dag die het formulier voorstelt", day=s.fatma.today())
            assert await s.round(s.fatma) == ""
            assert await s.round(s.joke) == ""
            assert s.joke.visit(visit).form.day == date(2026, 11, 18)
            assert s.joke.visit(other).form.note == "op de dag die het formulier voorstelt"
            await s.peace(after=2 * DAY, restart=True)

    asyncio.run(story())


TOKENS: dict[str, Any] = {
    "not of this alphabet": "sleutel→🗝",
    "with a line end": "a\r\nX-Ander: ja",
    "of control characters": "\x00\x01",
    "too long": "a" * 65,
    "bytes": b"token",
}


@pytest.mark.parametrize("name", TOKENS)
def test_token_that_is_none(settled: Path, tmp_path: Path, name: str) -> None:
    """bad_format on the home screen, before it comes near a header; an honest token works."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            s.evil.on("token", rewritten(wire.TOKENED, lambda t: [TOKENS[name], *t[1:]]))
            session_of(s.fatma).syncer.line.token = ""
            await s.note("een")
            assert await s.round(s.fatma) in ("bad_format", "too_large")
            await s.peace()

    asyncio.run(story())


def test_tokens_that_never_hold(settled: Path, tmp_path: Path) -> None:
    """Asked once more with a new one, then not_authorized on the home screen: no endless signing in."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            for path in ("roll", "push", "pull"):
                s.evil.calm()
                s.evil.on(path, says(refusal("not_authorized")))
                await s.note(path)
                before = len(s.evil.heard)
                assert await s.round(s.fatma) == "not_authorized"
                assert len(s.evil.heard) - before < 12
            await s.peace()

    asyncio.run(story())


def test_another_incarnation_each_time(settled: Path, tmp_path: Path) -> None:
    """Everything of one's own is offered again each time, which costs traffic and nothing else."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            s.evil.on("token", rewritten(wire.TOKENED, lambda t: [t[0], t[1], RANDOM.bytes(16)]))
            for n in range(3):
                await s.note(f"bezoek {n}")
                for app in (s.fatma, s.joke):
                    session_of(app).syncer.line.token = ""
                    assert await s.round(app) == ""
                    assert app.sync_status().unsent == 0
                assert s.read() == s.said
            await s.peace()

    asyncio.run(story())


def test_never_confirmed(settled: Path, tmp_path: Path) -> None:
    """A restore that never was, or never ends: coordinators are told so, nobody's notes wait for it."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            s.evil.on("token", rewritten(wire.TOKENED, lambda t: [t[0], t[1], bytes(16)]))
            s.evil.on("roll/confirm", rewritten(wire.CONFIRMED, lambda c: [False, 0, 9, 9]))
            for app in (s.fatma, s.joke):
                session_of(app).syncer.line.token = ""
            for n in range(2):
                await s.note(f"bezoek {n}")
                assert await s.round(s.fatma) == ""
                assert await s.round(s.joke) == "roll_unconfirmed"
                assert {app.sync_status().unsent for app in (s.fatma, s.joke)} == {0}
                assert s.read() == s.said
            await s.peace()

    asyncio.run(story())


def test_a_nonce_of_its_choosing(settled: Path, tmp_path: Path) -> None:
    """What a device signs to sign in is of a format of its own: it passes for no envelope, entry or proof, and for
    no other organisation's or device's session.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            head = session_of(s.fatma).roll.state.head
            s.evil.on("challenge", rewritten(wire.CHALLENGED, lambda c: [head, c[1]]))
            session_of(s.fatma).syncer.line.token = ""
            await s.note("een")
            assert await s.round(s.fatma) == "not_authorized"
            [asked] = [r for r in s.evil.heard if r.path == "token"][-1:]
            organisation, device, nonce, signature = asked.value(wire.TOKEN)
            signed = wire.session_bytes(organisation, device, nonce)
            assert nonce == head
            s.evil.calm()
            entry, envelope_ = b"\x03" + signed[1:] + signature, b"\x01" + signed[1:] + signature
            session_of(s.fatma).syncer.line.token = ""
            assert await s.round(s.fatma) == ""
            token = session_of(s.fatma).syncer.line.token
            push = await s.evil.ask(Request("push", wire.encode([envelope_]), token))
            assert wire.decode(wire.PUSHED, push.body)[0][1] == "bad_format"
            append = await s.evil.ask(Request("roll/append", wire.encode([head, entry]), token))
            assert wire.decode_error(append.body).code == "bad_format"
            await s.peace()

    asyncio.run(story())


def test_too_many_answers_at_once(settled: Path, tmp_path: Path) -> None:
    """The same refusal for ever: the device waits longer each time, up to five minutes, instead of asking on."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            s.evil.on("pull", says(refusal("slow_down")))
            syncer = session_of(s.fatma).syncer
            for _ in range(20):
                assert await s.round(s.fatma) == "slow_down"
            assert 150_000 <= syncer.wait_millis() <= 300_000
            s.evil.on("pull", says(ok([])))
            await s.peace()

    asyncio.run(story())
