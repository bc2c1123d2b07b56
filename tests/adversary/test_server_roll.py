"""The roll under people who race, repeat, come too late or lie. The server verifies it as every device does."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from sync.core import wire
from sync.core.errors import (
    BadSignature,
    InvitationExpired,
    InvitationUnknown,
    InvitationUsed,
    RollMoved,
    RollRefused,
    StraatError,
)
from sync.core.ids import entry_hash
from sync.core.invitation import Invitation
from sync.core.rights import Role
from sync.core.roll_entry import NO_PREVIOUS
from sync.server.service import Service
from sync.server.sessions import Carrier
from sync.server.store_memory import MemoryStore
from sync.server.store_sqlite import SqliteStore
from tests.support.native_app import TestClock
from tests.support.organisation import RANDOM, Organisation, P, Person, founded
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


async def announced(organisation: Organisation, caller: Caller, expires_millis: int = 0) -> Invitation:
    """An invitation that the server has."""
    joke = organisation.people[0]
    head = organisation.roll.state.head
    entry, made = await organisation.invite_entry(joke, Role.CONTACT, expires_millis)
    await caller.ask("roll/append", [head, entry], wire.APPENDED, await caller.signed_in(joke))
    await organisation.roll.extend(P, [entry])
    return made


# -- appending -------------------------------------------------------------------------------------------


def test_of_two_entries_on_one_head_one_wins() -> None:
    """Compare and swap: the other hears roll_moved, signs anew on the new head, and gets in."""

    async def work(organisation: Organisation, caller: Caller, clock: TestClock) -> None:
        joke = organisation.people[0]
        token, head = await caller.signed_in(joke), organisation.roll.state.head
        entries = [(await organisation.invite_entry(joke, Role.CONTACT))[0] for _ in range(5)]
        answers = await asyncio.gather(
            *(caller.ask("roll/append", [head, e], wire.APPENDED, token) for e in entries), return_exceptions=True
        )
        assert sorted(type(a).__name__ for a in answers) == ["RollMoved"] * 4 + ["tuple"]
        [winner] = [e for e, a in zip(entries, answers, strict=True) if isinstance(a, tuple)]
        await organisation.roll.extend(P, await caller.ask("roll", len(organisation.roll.entries), wire.ROLL, token))
        assert organisation.roll.state.head == entry_hash(winner)
        again, _ = await organisation.invite_entry(joke, Role.CONTACT)
        await caller.ask("roll/append", [organisation.roll.state.head, again], wire.APPENDED, token)

    served(work)


def test_the_same_entry_twice_is_there_once() -> None:
    """Whoever lost the answer hears roll_moved, and finds its entry on the roll."""

    async def work(organisation: Organisation, caller: Caller, clock: TestClock) -> None:
        joke = organisation.people[0]
        token, head = await caller.signed_in(joke), organisation.roll.state.head
        entry, _ = await organisation.invite_entry(joke, Role.CONTACT)
        await caller.ask("roll/append", [head, entry], wire.APPENDED, token)
        for expected in (head, entry_hash(entry)):
            with pytest.raises(RollMoved):
                await caller.ask("roll/append", [expected, entry], wire.APPENDED, token)
        assert (await caller.ask("roll", 0, wire.ROLL, token))[len(organisation.roll.entries) :] == (entry,)

    served(work)


def test_two_processes_over_one_file_never_make_two_rolls(tmp_path: Path) -> None:
    """The one that lost reads what the other appended, and goes on from there."""

    async def whole() -> None:
        organisation = await founded(TestClock())
        joke = organisation.people[0]
        stores = [SqliteStore(tmp_path / "s.db") for _ in range(2)]
        for number, entry in enumerate(organisation.roll.entries):
            assert await stores[0].append_roll(organisation.id, number, entry)
        first, second = [Service(store, P, organisation.clock) for store in stores]
        await first.start()
        await second.start()
        carrier, head = Carrier(organisation.id, joke.device), organisation.roll.state.head
        mine, _ = await organisation.invite_entry(joke, Role.CONTACT)
        theirs, _ = await organisation.invite_entry(joke, Role.CONTACT)
        assert await first.append(carrier, head, mine) == [entry_hash(mine)]
        with pytest.raises(RollMoved):
            await second.append(carrier, head, theirs)
        assert await second.roll(carrier, len(organisation.roll.entries)) == [mine]
        await organisation.roll.extend(P, [mine])
        after, _ = await organisation.invite_entry(joke, Role.CONTACT)
        assert await second.append(carrier, entry_hash(mine), after) == [entry_hash(after)]
        for store in stores:
            await store.close()

    asyncio.run(whole())


def test_what_the_roll_forbids_the_server_refuses() -> None:
    """A contact person invites nobody; nobody hands in another's entry, an altered one or a second genesis."""

    async def work(organisation: Organisation, caller: Caller, clock: TestClock) -> None:
        joke, fatma = organisation.people
        head = organisation.roll.state.head
        good, _ = await organisation.invite_entry(joke, Role.CONTACT)
        by_contact, _ = await organisation.invite_entry(fatma, Role.CONTACT)
        altered = good[:-1] + bytes((good[-1] ^ 1,))
        tries: list[tuple[Person, bytes, type[StraatError]]] = [
            (fatma, by_contact, RollRefused),
            (fatma, good, RollRefused),
            (joke, altered, BadSignature),
            (joke, organisation.roll.entries[0], RollRefused),
        ]
        for by, entry, error in tries:
            with pytest.raises(error):
                await caller.ask("roll/append", [head, entry], wire.APPENDED, await caller.signed_in(by))
        for entry, error in ((good, RollRefused), (by_contact, RollRefused)):
            with pytest.raises(error):
                await caller.ask("enrol", [head, entry], wire.APPENDED)
        roll = await caller.ask("roll", 0, wire.ROLL, await caller.signed_in(joke))
        assert roll == tuple(organisation.roll.entries)

    served(work)


# -- invitations -----------------------------------------------------------------------------------------


def test_an_invitation_is_used_once() -> None:
    """A second device on the same link hears invitation_used, also in a race; one device has joined."""

    async def work(organisation: Organisation, caller: Caller, clock: TestClock) -> None:
        made = await announced(organisation, caller)
        joining = [(await organisation.join_entry(made))[0] for _ in range(3)]
        head = organisation.roll.state.head
        answers = await asyncio.gather(
            *(caller.ask("enrol", [head, e], wire.APPENDED) for e in joining), return_exceptions=True
        )
        kinds = sorted(type(a).__name__ for a in answers)
        assert kinds.count("tuple") == 1
        assert set(kinds) <= {"tuple", "RollMoved", "InvitationUsed"}
        with pytest.raises(InvitationUsed):
            await caller.ask("enrol", [head, joining[1]], wire.APPENDED)
        with pytest.raises(InvitationUsed):
            await caller.ask("enrol/roll", [made.announced, 0], wire.ROLL)
        token = await caller.signed_in(organisation.people[0])
        assert len(await caller.ask("roll", len(organisation.roll.entries), wire.ROLL, token)) == 1

    served(work)


def test_an_invitation_ends_by_the_servers_clock() -> None:
    """Usable in its last millisecond; after it, expired, and nothing joins."""

    async def work(organisation: Organisation, caller: Caller, clock: TestClock) -> None:
        made = await announced(organisation, caller, clock.now + 1000)
        entry, _ = await organisation.join_entry(made)
        head = organisation.roll.state.head
        clock.now += 1000
        assert await caller.ask("enrol/roll", [made.announced, 0], wire.ROLL) == tuple(organisation.roll.entries)
        clock.now += 1
        with pytest.raises(InvitationExpired):
            await caller.ask("enrol/roll", [made.announced, 0], wire.ROLL)
        with pytest.raises(InvitationExpired):
            await caller.ask("enrol", [head, entry], wire.APPENDED)
        token = await caller.signed_in(organisation.people[0])
        assert await caller.ask("roll", 0, wire.ROLL, token) == tuple(organisation.roll.entries)

    served(work)


def test_an_unknown_invitation_gets_nothing() -> None:
    """A made-up hash, a roll entry that announces none, an announcement that was never appended."""

    async def work(organisation: Organisation, caller: Caller, clock: TestClock) -> None:
        _, never = await organisation.invite_entry(organisation.people[0], Role.CONTACT)
        for name in (RANDOM.bytes(32), NO_PREVIOUS, organisation.roll.state.head, never.announced):
            with pytest.raises(InvitationUnknown):
                await caller.ask("enrol/roll", [name, 0], wire.ROLL)

    served(work)


def test_whoever_knows_the_announcement_but_not_the_secret_enrols_nobody() -> None:
    """Another member can read the announcement on the roll: without the seed no entry holds."""

    async def work(organisation: Organisation, caller: Caller, clock: TestClock) -> None:
        made = await announced(organisation, caller)
        entry, thief = await organisation.join_entry(made)
        head = organisation.roll.state.head
        forged = entry[:-64] + (await P.sign(thief.keyring.signing, [entry[:-64]]))[0]
        for wrong in (forged, entry[:-64] + bytes(64)):
            with pytest.raises(BadSignature):
                await caller.ask("enrol", [head, wrong], wire.APPENDED)
        await caller.ask("enrol", [head, entry], wire.APPENDED)

    served(work)
