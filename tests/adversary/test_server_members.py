"""Who may sign in, what crosses between organisations (nothing), and who publishes the directory."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from sync.core import directory, wire
from sync.core.errors import (
    Forbidden,
    NotAuthorized,
    RollMoved,
    StraatError,
    UnknownDevice,
    UnknownOrganisation,
)
from sync.core.rights import Role
from sync.server.service import Service
from sync.server.sessions import CHALLENGE_MILLIS, TOKEN_MILLIS
from sync.server.store_memory import MemoryStore
from tests.support.native_app import TestClock
from tests.support.organisation import RANDOM, Organisation, P, Person, founded, new_organisation
from tests.support.server import Caller, serving

Work = Callable[[Organisation, Caller, TestClock], Awaitable[None]]


def served(work: Work) -> None:
    """Run with a coordinator and a contact person."""

    async def whole() -> None:
        clock = TestClock()
        organisation = await founded(clock)
        async with serving(MemoryStore(), clock, organisation) as app:
            await work(organisation, Caller(app), clock)

    asyncio.run(whole())


# -- signing in ------------------------------------------------------------------------------------------


def test_only_the_device_itself_signs_in() -> None:
    """Another's key, a nonce of another or used before, a signature for another organisation: not_authorized."""

    async def work(organisation: Organisation, caller: Caller, clock: TestClock) -> None:
        joke, fatma = organisation.people

        async def nonce(person: Person) -> bytes:
            made, _ = await caller.ask("challenge", [organisation.id, person.device], wire.CHALLENGED)
            assert isinstance(made, bytes)
            return made

        async def attempt(person: Person, used: bytes, signer: Person, organisation_id: bytes = b"") -> None:
            message = wire.session_bytes(organisation_id or organisation.id, person.device, used)
            [proof] = await P.sign(signer.keyring.signing, [message])
            await caller.ask("token", [organisation.id, person.device, used, proof], wire.TOKENED)

        theirs, mine = await nonce(fatma), await nonce(joke)
        for wrong in (
            attempt(joke, await nonce(joke), fatma),
            attempt(joke, theirs, joke),
            attempt(joke, await nonce(joke), joke, RANDOM.bytes(32)),
            attempt(joke, RANDOM.bytes(32), joke),
        ):
            with pytest.raises(NotAuthorized):
                await wrong
        await attempt(joke, mine, joke)
        with pytest.raises(NotAuthorized):
            await attempt(joke, mine, joke)  # replayed

    served(work)


def test_a_challenge_and_a_token_end() -> None:
    """A nonce after its minute and a token after its hour are refused; signing in again helps."""

    async def work(organisation: Organisation, caller: Caller, clock: TestClock) -> None:
        joke = organisation.people[0]
        nonce, _ = await caller.ask("challenge", [organisation.id, joke.device], wire.CHALLENGED)
        [proof] = await P.sign(joke.keyring.signing, [wire.session_bytes(organisation.id, joke.device, nonce)])
        clock.now += CHALLENGE_MILLIS + 1
        with pytest.raises(NotAuthorized):
            await caller.ask("token", [organisation.id, joke.device, nonce, proof], wire.TOKENED)
        token = await caller.signed_in(joke)
        clock.now += TOKEN_MILLIS
        await caller.ask("roll", 0, wire.ROLL, token)
        clock.now += 1
        with pytest.raises(NotAuthorized):
            await caller.ask("roll", 0, wire.ROLL, token)
        await caller.ask("roll", 0, wire.ROLL, await caller.signed_in(joke))

    served(work)


def test_unknown_devices_and_organisations_are_told_so() -> None:
    """A device that is not on the roll, and an organisation that is not held here."""

    async def work(organisation: Organisation, caller: Caller, clock: TestClock) -> None:
        with pytest.raises(UnknownDevice):
            await caller.ask("challenge", [organisation.id, RANDOM.bytes(16)])
        for ask in (
            ("challenge", [RANDOM.bytes(32), organisation.people[0].device]),
            ("directory", [RANDOM.bytes(32), 0]),
        ):
            with pytest.raises(UnknownOrganisation):
                await caller.ask(*ask)

    served(work)


# -- two organisations -----------------------------------------------------------------------------------


def test_nothing_crosses_between_organisations() -> None:
    """A member of one can't sign in, push, pull, append or publish in the other on the same server."""

    async def whole() -> None:
        clock = TestClock()
        ours, theirs = await founded(clock), await founded(clock)
        async with serving(MemoryStore(), clock, ours, theirs) as app:
            caller = Caller(app)
            me, stranger = ours.people[0], theirs.people[0]
            token, foreign = await caller.signed_in(me), await caller.signed_in(stranger)
            with pytest.raises(UnknownDevice):
                await caller.ask("challenge", [theirs.id, me.device])
            there = await stranger.envelope(b"x")
            claimed = await me.envelope(b"x", organisation=theirs.id)
            relabelled = await stranger.envelope(b"x", organisation=ours.id)
            assert await caller.push(token, [there, claimed, relabelled]) == ["forbidden", "forbidden", "unknown_head"]
            assert await caller.push(foreign, [there]) == ["stored"]
            for ring in stranger.readable:
                with pytest.raises(Forbidden):
                    await caller.pull(token, ring)
            entry, _ = await theirs.invite_entry(stranger, Role.CONTACT)
            with pytest.raises(StraatError):
                await caller.ask("roll/append", [theirs.roll.state.head, entry], None, token)
            edition = await directory.sign(
                P, stranger.keyring.signing, theirs.roll, stranger.device, None, [], "2026-11-25"
            )
            with pytest.raises(StraatError):
                await caller.send("directory/publish", edition, None, token)
            assert await caller.ask("directory", [theirs.id, 0]) == await caller.ask("directory", [ours.id, 0]) == b""

    asyncio.run(whole())


def test_an_organisation_can_be_taken_in_once() -> None:
    """The same genesis again is refused; a roll can't begin in its middle."""

    async def whole() -> None:
        organisation, first = await new_organisation(TestClock())
        service = Service(MemoryStore(), P, organisation.clock)
        await service.found(organisation.roll.entries[0])
        with pytest.raises(RollMoved):
            await service.found(organisation.roll.entries[0])
        joining, _ = await organisation.join_entry(first)
        with pytest.raises(StraatError):
            await service.found(joining)

    asyncio.run(whole())


def test_a_damaged_roll_stops_the_server_from_starting() -> None:
    """Better no server than one with a roll that does not verify."""

    async def whole() -> None:
        organisation = await founded(TestClock())
        store = MemoryStore()
        for number, entry in enumerate(organisation.roll.entries):
            damaged = entry[:-1] + bytes((entry[-1] ^ 1,))
            await store.append_roll(organisation.id, number, damaged if number == 2 else entry)
        with pytest.raises(StraatError):
            await Service(store, P, organisation.clock).start()

    asyncio.run(whole())


# -- the directory ---------------------------------------------------------------------------------------


def test_only_a_coordinator_publishes_and_never_backwards() -> None:
    """A contact person, an altered edition, an old number, one that does not follow the last: refused."""

    async def work(organisation: Organisation, caller: Caller, clock: TestClock) -> None:
        joke, fatma = organisation.people
        token = await caller.signed_in(joke)

        async def edition(by: Person, last: directory.Edition | None) -> bytes:
            return await directory.sign(P, by.keyring.signing, organisation.roll, by.device, last, [], "2026-11-25")

        first = await edition(joke, None)
        last = directory.parse(first)
        second = await edition(joke, last)
        elsewhere = await edition(joke, replace(last, data=b"another first edition"))
        await caller.send("directory/publish", first, None, token)
        for wrong in (await edition(fatma, last), second[:-1] + bytes((second[-1] ^ 1,)), first, elsewhere, b"", b"x"):
            with pytest.raises(StraatError):
                await caller.send("directory/publish", wrong, None, token)
            assert await caller.ask("directory", [organisation.id, 0]) == first
        await caller.send("directory/publish", second, None, token)
        assert await caller.ask("directory", [organisation.id, 0]) == second

    served(work)
