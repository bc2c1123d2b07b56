"""The server's log tells what happened and how often; not who, and not what."""

import asyncio
import logging
import signal
from base64 import b64encode, urlsafe_b64encode
from contextlib import suppress
from pathlib import Path

import pytest

from sync.core import wire
from sync.core.envelope import parse
from sync.core.errors import StraatError
from sync.core.rights import Role
from sync.server.store_memory import MemoryStore
from tests.support.native_app import TestClock
from tests.support.organisation import RANDOM, Organisation, P, founded
from tests.support.process import prepared, running
from tests.support.server import Caller, serving


async def session(organisation: Organisation, caller: Caller) -> list[bytes]:
    """Everything a server meets, allowed and not; gives what must never be in a log."""
    joke, fatma = organisation.people
    token = await caller.signed_in(fatma)
    made = [await fatma.key_envelope(), await fatma.envelope(b"Tulpstraat 12", fatma.readable)]
    garbage = b"a readable note by mistake " * 3
    odd = await fatma.envelope(b"x", head=RANDOM.bytes(32))
    await caller.push(token, [*made, garbage, odd, await joke.envelope(b"x")])
    for ring in fatma.readable:
        await caller.pull(token, ring)
    entry, invitation = await organisation.invite_entry(joke, Role.CONTACT)
    await caller.ask("roll/append", [organisation.roll.state.head, entry], None, await caller.signed_in(joke))
    await organisation.roll.extend(P, [entry])
    await caller.ask("enrol/roll", [invitation.announced, 0], wire.ROLL)
    joining, newcomer = await organisation.join_entry(invitation)
    for path, body, bearer in (
        ("push", garbage, token),
        ("enrol", [RANDOM.bytes(32), joining], ""),
        ("enrol/roll", [invitation.announced, 0], ""),
        ("challenge", [organisation.id, RANDOM.bytes(16)], ""),
        ("pull", [[sorted(joke.readable - fatma.readable)[0], 0]], token),
        (f"elsewhere/{token}", 0, token),
        (f"push?token={token}", 0, token),
    ):
        with suppress(StraatError):
            await caller.ask(path, body, None, bearer)
    ids = [organisation.id, fatma.device, joke.device, newcomer.device, invitation.announced, invitation.seed]
    ids += [parse(data).id for data in made]
    ids += [ring for p in organisation.people for ring in p.readable]
    return [*ids, *made, odd, entry, joining, garbage, token.encode(), b"Tulpstraat"]


def found_in(log: str, secret: bytes) -> bool:
    """Whether a log has it, or its beginning, as text, hex, base64 or as Python writes bytes."""
    start = secret[:12]
    spellings = {start.hex(), repr(start)[2:-1], b64encode(start).decode(), urlsafe_b64encode(start).decode()}
    with suppress(UnicodeDecodeError):
        spellings.add(start.decode())
    return any(s in log or s.upper() in log for s in spellings)


def test_the_search_finds_what_is_there() -> None:
    """The control: each spelling of a secret in a log is found."""
    secret = bytes(range(200, 230))
    for line in (secret.hex(), secret.hex().upper(), repr(secret), b64encode(secret).decode()):
        assert found_in(f"push {line} ok", secret)
    assert not found_in("push refused: bad_format", secret)


def test_at_the_most_talkative_level_nothing_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """Every logger of this process at DEBUG, but the HTTP client's own."""
    caplog.set_level(logging.DEBUG)

    async def whole() -> list[bytes]:
        organisation = await founded(TestClock())
        async with serving(MemoryStore(), organisation.clock, organisation) as app:
            return await session(organisation, Caller(app))

    secrets = asyncio.run(whole())
    lines = [f"{r.getMessage()} {r.__dict__}" for r in caplog.records if not r.name.startswith("http")]
    log = "\n".join(lines)
    assert "enrol refused: roll_moved" in log
    assert [s for s in secrets if found_in(log, s)] == []


def test_an_error_of_our_own_is_told_by_kind_and_place_only(caplog: pytest.LogCaptureFixture) -> None:
    """Not by what it says, which may quote what it choked on; no trace with values either."""
    caplog.set_level(logging.DEBUG)

    class Broken(MemoryStore):
        async def edition(self, organisation: bytes) -> bytes | None:
            raise LookupError(f"choked on {organisation.hex()}")

    async def whole() -> bytes:
        organisation = await founded(TestClock())
        async with serving(Broken(), organisation.clock, organisation) as app:
            with suppress(StraatError):
                await Caller(app).ask("directory", [organisation.id, 0])
        return organisation.id

    organisation = asyncio.run(whole())
    [record] = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert record.getMessage().startswith("directory failed: LookupError in edition, line ")
    assert record.exc_info is None
    assert not found_in(caplog.text, organisation)


def test_the_running_servers_output_tells_nothing(tmp_path: Path) -> None:
    """All that the real process writes, start to stop: events there, nobody's ids, bytes, tokens or address."""

    async def whole() -> list[bytes]:
        organisation = await founded(TestClock(1_900_000_000_000))
        await prepared(tmp_path, organisation)
        async with running(tmp_path) as server:
            caller = Caller(base_url=server.url)
            secrets = await session(organisation, caller)
            await caller.close()
            await server.end(signal.SIGTERM)
        return secrets

    secrets = asyncio.run(whole())
    log = (tmp_path / "server.log").read_text()
    assert "refused: bad_format" in log
    assert [s for s in secrets if found_in(log, s)] == []
    assert "127.0.0.1:" not in log
