"""A server that serves another help directory. The phone's own lines stand whatever it says."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.services import helplines
from sync.core import directory, wire
from sync.core.directory import HelpLine
from sync.core.errors import StraatError
from tests.adversary.evil_server import Answer, Siege, besieged, says
from tests.support.organisation import P
from tests.support.settled_team import FORM, session_of

WRONG = HelpLine("112", "Bel ons, niet 112", "0900123456", "Duur")
EXTRA = HelpLine("buurt", "Buurtkamer", "0736128888", "Open inloop")


async def edition(s: Siege, number: int, lines: list[HelpLine], by_fatma: bool = False) -> bytes:
    """One that a real device signed."""
    who, last = session_of(s.fatma if by_fatma else s.joke), None
    for _ in range(number):
        data = await directory.sign(P, who.keyring.signing, who.roll, who.device, last, lines)
        last = directory.parse(data)
    return data


async def by_a_contact_person(s: Siege) -> bytes:
    """Signed by Fatma's phone."""
    return await edition(s, 3, [EXTRA], by_fatma=True)


async def altered(s: Siege) -> bytes:
    """Another number in a line, with the old signature."""
    return (await edition(s, 3, [EXTRA])).replace(b"0736128888", b"0900123456")


async def old(s: Siege) -> bytes:
    """The one before the last."""
    return await edition(s, 1, [EXTRA])


async def the_same_number(s: Siege) -> bytes:
    """Another with the number that is known."""
    return await edition(s, 2, [EXTRA, replace(EXTRA, id="nog een")])


async def cut(s: Siege) -> bytes:
    """Without its end."""
    return (await edition(s, 3, [EXTRA]))[:-1]


async def endless(_: Siege) -> bytes:
    """Over the bound."""
    return b"\x04\x01" + bytes(directory.MAX_DIRECTORY_BYTES + 100)


SERVED: dict[str, Callable[[Siege], Awaitable[bytes]]] = {
    "an old one": old,
    "another of the same number": the_same_number,
    "one altered": altered,
    "one by a contact person": by_a_contact_person,
    "one cut off": cut,
    "one without end": endless,
}


@pytest.mark.parametrize("name", SERVED)
def test_another_directory(settled: Path, tmp_path: Path, name: str) -> None:
    """After edition 2 none of these is taken; and what a phone shows is built in: it asks no server for it."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            roll, last = session_of(s.fatma).roll, directory.parse(await edition(s, 2, [EXTRA]))
            data = await SERVED[name](s)
            with pytest.raises(StraatError):
                await directory.check(P, roll, last, directory.parse(data))
            s.evil.on("directory", says(Answer(200, data, wire.MEDIA_TYPE)))
            assert await s.round(s.fatma) == ""
            assert tuple(s.fatma.help_lines()) == helplines.built_in()
            assert "directory" not in {r.path for r in s.evil.heard}
            await s.fatma.save_visit(replace(FORM, note="van vroeger"))

    asyncio.run(story())


def test_an_edition_that_hides_112(settled: Path, tmp_path: Path) -> None:
    """Also a real coordinator's edition can only add: the built-in lines come first and unchanged."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            made = directory.parse(await edition(s, 1, [WRONG, EXTRA]))
            await directory.check(P, session_of(s.fatma).roll, None, made)
            shown = directory.combine(helplines.built_in(), made)
            assert tuple(shown[: len(helplines.built_in())]) == helplines.built_in()
            assert WRONG not in shown

    asyncio.run(story())
