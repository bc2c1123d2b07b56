"""A server that serves another help directory. What a phone shows is what it last verified, and 112 always."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.services.app import App
from app.services.directory.built_in import built_in
from sync.core import directory, wire
from sync.core.errors import BadFormat, BadSignature, Forbidden, TooLarge
from sync.core.help_line import HelpLine, Number
from sync.device import editions
from tests.adversary.evil_server import Answer, Siege, besieged, says
from tests.support.organisation import P
from tests.support.settled_team import FORM, MINUTE, session_of

WRONG = HelpLine("112", "Bel ons, niet 112", "Duur", numbers=(Number("0900123456"),))
EXTRA = HelpLine("buurt", "Buurtkamer", "Open inloop", numbers=(Number("0736128888"),))
OTHER = replace(EXTRA, name="Andere buurtkamer")
MADE = "2026-11-25"
SOON = 11 * MINUTE  # a phone asks again after ten


async def signed(s: Siege, number: int, line: HelpLine, by_fatma: bool = False) -> bytes:
    """One that a real device signed, to follow what that device last saw published."""
    who = session_of(s.fatma if by_fatma else s.joke)
    last = editions.kept(session_of(s.joke).log)
    if number == 2 and last:  # as if the first were the last
        last = replace(last, number=1)
    return await directory.sign(P, who.keyring.signing, who.roll, who.device, last, [line], MADE)


async def by_a_contact_person(s: Siege) -> bytes:
    """Signed by Fatma's phone."""
    return await signed(s, 3, OTHER, by_fatma=True)


async def altered(s: Siege) -> bytes:
    """Another number in a line, with the old signature."""
    return (await signed(s, 3, OTHER)).replace(b"0736128888", b"0900123456")


async def old(s: Siege) -> bytes:
    """The first, whose number is below what is known."""
    who = session_of(s.joke)
    return await directory.sign(P, who.keyring.signing, who.roll, who.device, None, [OTHER], MADE)


async def the_same_number(s: Siege) -> bytes:
    """Another with the number that is known."""
    return await signed(s, 2, OTHER)


async def cut(s: Siege) -> bytes:
    """Without its end."""
    return (await signed(s, 3, OTHER))[:-1]


async def endless(_: Siege) -> bytes:
    """Over the bound."""
    return b"\x04\x02" + bytes(directory.MAX_DIRECTORY_BYTES + 100)


SERVED: dict[str, tuple[Callable[[Siege], Awaitable[bytes]], str]] = {
    "an old one": (old, Forbidden.code),
    "another of the same number": (the_same_number, Forbidden.code),
    "one altered": (altered, BadSignature.code),
    "one by a contact person": (by_a_contact_person, Forbidden.code),
    "one cut off": (cut, BadFormat.code),
    "one without end": (endless, TooLarge.code),
}


def shown(app: App) -> list[str]:
    """The names on the screen."""
    return [x.line.name for x in app.directory.shown()]


@pytest.mark.parametrize("name", SERVED)
def test_another_directory(settled: Path, tmp_path: Path, name: str) -> None:
    """After edition 2 none of these is taken: the round goes on, its trouble is told, and edition 2 stays on show."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            await s.joke.directory.publish([OTHER])
            await s.joke.directory.publish([EXTRA])
            s.t.clock.now += SOON
            assert await s.round(s.fatma) == ""
            assert shown(s.fatma)[4:] == ["Buurtkamer"]
            make, code = SERVED[name]
            s.evil.on("directory", says(Answer(200, await make(s), wire.MEDIA_TYPE)))
            s.t.clock.now += SOON
            assert await s.round(s.fatma) == ""
            assert (s.fatma.directory.trouble, shown(s.fatma)[4:]) == (code, ["Buurtkamer"])
            await s.fatma.save_visit(replace(FORM, note="van vroeger"))
            s.evil.calm()
            s.t.clock.now += SOON
            assert await s.round(s.fatma) == ""
            assert s.fatma.directory.trouble == ""

    asyncio.run(story())


def test_an_edition_that_hides_112(settled: Path, tmp_path: Path) -> None:
    """Also a real coordinator's edition leaves 112, 113, 0800-1205 and Veilig Thuis as they were built."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            who = session_of(s.joke)
            data = await directory.sign(P, who.keyring.signing, who.roll, who.device, None, [WRONG, EXTRA], MADE)
            s.evil.on("directory", says(Answer(200, data, wire.MEDIA_TYPE)))
            s.t.clock.now += SOON
            assert await s.round(s.fatma) == ""
            assert [x.line for x in s.fatma.directory.shown()] == [*built_in()[:4], EXTRA]
            assert "0900123456" not in session_of(s.fatma).syncer.state.trouble + repr(s.fatma.help_lines())

    asyncio.run(story())


def test_no_directory_at_all(settled: Path, tmp_path: Path) -> None:
    """Held back for ever, the last good list stays, through a restart and before unlocking; nothing else waits for it."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            await s.joke.directory.publish([EXTRA])
            s.t.clock.now += SOON
            assert await s.round(s.fatma) == ""
            s.evil.on("directory", says(Answer(503, b"", "text/html")))
            s.t.clock.now += SOON
            assert await s.round(s.fatma) == ""
            await s.restarted()
            assert await s.round(s.fatma) == ""
            assert shown(s.fatma)[4:] == ["Buurtkamer"]
            await s.peace(rounds=1)

    asyncio.run(story())
