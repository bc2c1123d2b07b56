"""A server that receives a new phone: with a roll of its own, an old one, an altered one, or with lies."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.services.app import App
from app.services.models import Role, Stage
from sync.core import roll_entry, wire
from sync.core.errors import StraatError
from sync.core.ids import entry_hash
from sync.core.invitation import Invitation
from sync.core.rights import Role as Code
from sync.core.roll_entry import Invite
from tests.adversary.evil_server import Answer, Honest, Request, Siege, besieged, ok, refusal, says
from tests.support.native_app import TestClock
from tests.support.organisation import RANDOM, founded, new_organisation
from tests.support.settled_team import DAY, FATMA, hushed, session_of

Entries = list[bytes]


@dataclass(slots=True)
class Lie:
    """What the server has to make a roll of: the real one, and one of its own."""

    real: Entries
    own: Entries


def flipped(data: bytes, place: int) -> bytes:
    """One bit the other way."""
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


def with_key(data: bytes) -> bytes:
    """The announcement with another agreement key: what is granted would be sealed to the server."""
    body = roll_entry.parse(data).body
    assert isinstance(body, Invite)
    return data.replace(body.agreement, RANDOM.bytes(31) + b"\x01")


def with_signing(data: bytes) -> bytes:
    """The announcement with another signing key: then the server could put devices on it."""
    body = roll_entry.parse(data).body
    assert isinstance(body, Invite)
    return data.replace(body.signing, RANDOM.bytes(32))


ROLLS: dict[str, Callable[[Lie], Entries]] = {
    "of its own": lambda x: x.own,
    "of its own, with the announcement behind it": lambda x: [*x.own, x.real[-1]],
    "of its own beginning": lambda x: [x.own[0], *x.real[1:]],
    "the announcement alone": lambda x: x.real[-1:],
    "without its first": lambda x: x.real[1:],
    "without the announcement": lambda x: x.real[:-1],
    "one left out": lambda x: [*x.real[:1], *x.real[2:]],
    "two the other way round": lambda x: [x.real[0], x.real[2], x.real[1], *x.real[3:]],
    "an entry twice": lambda x: [*x.real[:2], *x.real[1:]],
    "a bit in the beginning": lambda x: [flipped(x.real[0], 80), *x.real[1:]],
    "a bit in the announcement": lambda x: [*x.real[:-1], flipped(x.real[-1], -1)],
    "another agreement key in the announcement": lambda x: [*x.real[:-1], with_key(x.real[-1])],
    "another signing key in the announcement": lambda x: [*x.real[:-1], with_signing(x.real[-1])],
    "empty": lambda _: [],
    "rubbish": lambda _: [b"\x03\x01rubbish" * 20],
}


async def strange(s: Siege) -> App:
    """A phone that nobody has used."""
    return s.t.device(f"nieuw{len(s.t.apps)}")


@pytest.mark.parametrize("name", ROLLS)
def test_roll_for_a_new_phone(settled: Path, tmp_path: Path, name: str) -> None:
    """The screen says that the invitation can't be used; no PIN is asked, nothing is sealed, nobody joins. With an
    honest server the same link works.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            link = (await s.joke.invite("Bram", Role.CONTACT)).url
            own = (await founded(TestClock())).roll.entries
            lie = ROLLS[name](Lie(list(session_of(s.joke).roll.entries), own))

            async def trick(request: Request, _: Honest) -> Answer:
                return ok(lie[request.value(wire.ENROL_ROLL)[1] :])

            s.evil.on("enrol/roll", trick)
            bram = await strange(s)
            heard = len(s.evil.heard)
            await bram.start(link)
            assert bram.stage is Stage.INVITED
            assert bram.look is None
            assert bram.look_error
            assert {r.path for r in s.evil.heard[heard:]} == {"enrol/roll"}
            s.evil.calm()
            await bram.open_invitation(link)
            assert (bram.look_error, bram.look is not None) == ("", True)
            if name == "of its own":  # setting a PIN takes a second, so once
                await bram.accept("Bram", FATMA)
                await hushed(bram)
                await bram.sync_once()
            await s.peace()

    asyncio.run(story())


async def used_up(s: Siege) -> str:
    """A link that Fatma's colleague has used."""
    link = (await s.joke.invite("Bram", Role.CONTACT)).url
    first = await strange(s)
    await first.start(link)
    await first.accept("Bram", FATMA)
    await hushed(first)
    return link


async def expired(s: Siege) -> str:
    """A link of three weeks ago."""
    link = (await s.joke.invite("Bram", Role.CONTACT)).url
    s.t.clock.now += 21 * DAY
    return link


LATE: dict[str, tuple[Callable[[Siege], Awaitable[str]], str]] = {
    "used": (used_up, "invitation_used"),
    "expired": (expired, "invitation_expired"),
}


@pytest.mark.parametrize("name", LATE)
def test_lets_an_invitation_through(settled: Path, tmp_path: Path, name: str) -> None:
    """The phone reads the roll and the clock itself, and says so before a PIN is chosen."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            make, code = LATE[name]
            link = await make(s)
            await s.round(s.joke)

            async def all_of_it(request: Request, _: Honest) -> Answer:
                return ok(session_of(s.joke).roll.entries[request.value(wire.ENROL_ROLL)[1] :])

            s.evil.on("enrol/roll", all_of_it)
            late = await strange(s)
            await late.start(link)
            assert (late.stage, late.look, late.look_error) == (Stage.INVITED, None, code)
            await s.peace(rounds=3)

    asyncio.run(story())


def test_says_used_and_signs_in_all_the_same(settled: Path, tmp_path: Path) -> None:
    """A phone that is told "used" and then let in, without standing on the roll, does not open; the next invitation
    works on the same phone.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            link = (await s.joke.invite("Bram", Role.CONTACT)).url
            s.evil.on("enrol", says(refusal("invitation_used")))
            s.evil.on("challenge", says(ok([bytes(32), s.t.clock.millis()])))
            s.evil.on("token", says(ok(["token", s.t.clock.millis(), bytes(16)])))
            s.evil.on("roll", says(ok([])))
            bram = await strange(s)
            await bram.start(link)
            with pytest.raises(StraatError) as told:
                await bram.accept("Bram", FATMA)
            assert told.value.code == "invitation_used"
            assert (bram.stage, bram.look_error) == (Stage.INVITED, "invitation_used")
            s.evil.calm()
            await bram.open_invitation((await s.joke.invite("Bram", Role.CONTACT)).url)
            await bram.accept("Bram", FATMA)
            await hushed(bram)
            await bram.sync_once()
            assert bram.stage is Stage.OPEN
            await s.peace()

    asyncio.run(story())


@pytest.mark.parametrize("code", ["busy", "roll_moved", "roll_refused", "internal", "bad_signature", "a new code"])
def test_never_lets_in(settled: Path, tmp_path: Path, code: str) -> None:
    """The phone waits before the door with its PIN set, through a restart too; with an honest server it goes in."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            link = (await s.joke.invite("Bram", Role.CONTACT)).url
            s.evil.on("enrol", says(Answer(500, wire.encode([code, ""]))))
            bram = await strange(s)
            await bram.start(link)
            with pytest.raises(StraatError):
                await bram.accept("Bram", FATMA)
            assert bram.stage is Stage.ENROLLING
            s.evil.calm()
            await bram.retry_enrolment()
            await hushed(bram)
            await bram.sync_once()
            assert bram.stage is Stage.OPEN
            await s.round(s.joke)
            assert "Bram" in {m.name for m in s.joke.members()}
            await s.peace()

    asyncio.run(story())


@pytest.mark.parametrize("moved", [False, True], ids=["and nobody else acts", "and the roll goes on without it"])
def test_lets_in_and_forgets(settled: Path, tmp_path: Path, moved: bool) -> None:
    """Told that it joined when the roll hasn't it: it gives its entry again. Where that fits no more, what is noted
    stays on that phone, the home screen says that it is not on the member list, and nobody else is troubled.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            link = (await s.joke.invite("Bram", Role.CONTACT)).url

            async def swallow(request: Request, _: Honest) -> Answer:
                return ok([entry_hash(request.value(wire.APPEND)[1])])

            s.evil.on("enrol", swallow)
            bram = await strange(s)
            await bram.start(link)
            await bram.accept("Bram", FATMA)
            await hushed(bram)
            s.evil.calm()
            if moved:
                await s.joke.invite("Anna", Role.CONTACT)
            form = s.fatma.visits()[0].form
            mine = await bram.save_visit(form)
            session_of(bram).syncer.line.token = ""
            assert await s.round(bram) == ("unknown_device" if moved else "")
            assert bram.sync_status().unsent == (2 if moved else 0)
            assert bram.visit(mine).form == form
            await s.peace()

    asyncio.run(story())


def test_another_organisations_link(settled: Path, tmp_path: Path) -> None:
    """A link that the server made itself, to an organisation of its own: it opens there, and nothing of this one
    comes near it. Such a link looks no different: people compare who gave it.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            other, first = await new_organisation(TestClock(s.t.clock.millis()))
            joke = await other.joined(first)
            made = await other.invited(joke, Code.CONTACT)
            text = Invitation(made.seed, made.announced).to_text()

            async def its_own(request: Request, honest: Honest) -> Answer:
                announced, after = request.value(wire.ENROL_ROLL)
                mine = announced == made.announced
                return ok(other.roll.entries[after:]) if mine else await honest(request)

            s.evil.on("enrol/roll", its_own)
            phone = await strange(s)
            await phone.start(f"/uitnodiging/{text}")
            assert phone.look is not None
            assert phone.look_error == ""
            await s.peace()

    asyncio.run(story())
