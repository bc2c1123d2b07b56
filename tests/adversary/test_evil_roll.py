"""A server that lies about the member roll to devices that stand on it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.services.models import Role
from sync.core import invitation, ring, roll_entry, wire
from sync.core.errors import StraatError
from sync.core.ids import entry_hash, invitation_author
from sync.core.roll_entry import AddDevice, Invite, Revoke, proof_bytes
from tests.adversary.evil_server import (
    Answer,
    Honest,
    Request,
    Siege,
    besieged,
    ok,
    refusal,
    rewritten,
    says,
)
from tests.support.native_app import TestClock
from tests.support.organisation import RANDOM, P, new_organisation
from tests.support.settled_team import session_of

Entries = list[bytes]


def flipped(data: bytes, place: int) -> bytes:
    """One bit the other way."""
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


def entry_altered(data: bytes) -> bytes:
    """Another role in an invitation, spelled as it should be, with the old signature."""
    body = roll_entry.parse(data).body
    assert isinstance(body, Invite)
    lower, higher = (body.member + bytes((int(role),)) for role in (body.role, Role.COORDINATOR))
    assert data.count(lower) == 1
    return data.replace(lower, higher)


def unlimited(data: bytes) -> bytes:
    """An invitation that never expires, with the old signature."""
    body = roll_entry.parse(data).body
    assert isinstance(body, Invite)
    old = b"\xcf" + body.expires_millis.to_bytes(8, "big")
    assert old in data
    return data.replace(old, b"\xcf" + (2**48).to_bytes(8, "big"))


def other_key(data: bytes) -> bytes:
    """The invitation's agreement key changed for one of the server's: what is granted would be sealed to it."""
    body = roll_entry.parse(data).body
    assert isinstance(body, Invite)
    return data.replace(body.agreement, RANDOM.bytes(31) + b"\x01")


ALTERED: dict[str, Callable[[Entries], Entries]] = {
    "a bit of a signature": lambda e: [flipped(e[0], -1), *e[1:]],
    "a bit inside": lambda e: [flipped(e[0], 60), *e[1:]],
    "a higher role": lambda e: [entry_altered(e[0]), *e[1:]],
    "the expiry stripped": lambda e: [unlimited(e[0]), *e[1:]],
    "another public key in an invitation": lambda e: [other_key(e[0]), *e[1:]],
    "the first left out": lambda e: e[1:],
    "the other way round": lambda e: e[::-1],
    "one twice": lambda e: [e[0], *e],
    "cut off": lambda e: [e[0][:-1], *e[1:]],
    "an entry over the bound": lambda e: [bytes(70_000), *e],
    "a thousand and one entries": lambda e: e * 600,
    "no entries but envelopes": lambda _: [b"\x01\x01" + bytes(100)],
    "an entry of tomorrow's version": lambda e: [e[0][:1] + b"\x02" + e[0][2:], *e[1:]],
    "everything from the first again": lambda e: KNOWN + e,
}
KNOWN: Entries = []


@pytest.mark.parametrize("name", ALTERED)
def test_new_entries_altered(settled: Path, tmp_path: Path, name: str) -> None:
    """Nothing of it is taken, the home screen says so, notes go on both ways; an honest server's roll fits at once."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            await s.joke.invite("Bram", Role.CONTACT)
            await s.joke.invite("Sevda", Role.COLLECTOR)
            before = list(session_of(s.fatma).roll.entries)
            KNOWN[:] = before

            async def news(request: Request, honest: Honest) -> Answer:
                answer = await honest(request)
                entries = list(wire.decode(wire.ROLL, answer.body))
                fresh = entries and request.value(wire.ROLL_AFTER) >= len(before)
                return ok(ALTERED[name](entries)) if fresh else answer

            s.evil.on("roll", news)
            await s.note("gewoon door")
            assert await s.round(s.fatma) in {
                *("bad_format", "bad_signature", "roll_moved", "too_large", "newer_version", "roll_refused"),
            }
            assert session_of(s.fatma).roll.entries == before == session_of(s.fatma).log.roll()
            assert s.fatma.sync_status().unsent == 0
            assert await s.round(s.joke) == ""
            assert s.read() == s.said
            await s.peace()
            assert session_of(s.fatma).roll.entries == session_of(s.joke).roll.entries

    asyncio.run(story())


async def strangers_entry(s: Siege) -> bytes:
    """A device of the server's own, put on by an invitation that nobody made."""
    roll, seed = session_of(s.joke).roll, RANDOM.bytes(32)
    inviting = await invitation.signing_key(P, seed)
    signing, agreement = await P.signing_key(RANDOM.bytes(32)), await P.agreement_key(RANDOM.bytes(32))
    announced = RANDOM.bytes(32)
    proof = proof_bytes(announced, signing.public, agreement.public, agreement.public)
    [signature] = await P.sign(signing, [proof])
    body = AddDevice(announced, signing.public, agreement.public, agreement.public, signature)
    return await roll_entry.sign(P, inviting, roll.state.head, invitation_author(inviting.public), body)


async def used_again(s: Siege) -> bytes:
    """A second device by an invitation that was used: its secret never reached the server."""
    roll = session_of(s.joke).roll
    announced = next(iter(roll.state.used))
    thief, agreement = await P.signing_key(RANDOM.bytes(32)), await P.agreement_key(RANDOM.bytes(32))
    [signature] = await P.sign(thief, [proof_bytes(announced, thief.public, agreement.public, None)])
    body = AddDevice(announced, thief.public, agreement.public, None, signature)
    author = invitation_author(roll.state.invites[announced].signing)
    return await roll_entry.sign(P, thief, roll.state.head, author, body)


async def invite_entry(s: Siege, author: bytes, key: bytes) -> bytes:
    """An invitation to the coordinators, in a device's name, signed by a key of the server's."""
    roll, seed = session_of(s.joke).roll, RANDOM.bytes(32)
    signing, agreement = await invitation.signing_key(P, seed), await invitation.agreement_key(P, seed)
    team = session_of(s.joke).team
    body = Invite(signing.public, agreement.public, RANDOM.bytes(16), Role.COORDINATOR, team, 2**48, ())
    return await roll_entry.sign(P, await P.signing_key(key), roll.state.head, author, body)


async def in_jokes_name(s: Siege) -> bytes:
    """As if Joke had invited."""
    return await invite_entry(s, session_of(s.joke).device, RANDOM.bytes(32))


async def in_nobodys_name(s: Siege) -> bytes:
    """By a device that is not there."""
    return await invite_entry(s, RANDOM.bytes(16), RANDOM.bytes(32))


async def second_genesis(s: Siege) -> bytes:
    """Another beginning on top."""
    return (await new_organisation(TestClock()))[0].roll.entries[0]


async def grant_to_itself(s: Siege) -> bytes:
    """The coordinators' ring renewed to a key of the server's, in Joke's name."""
    state = session_of(s.joke).roll.state
    r = ring.coordinators_ring(session_of(s.joke).team)
    public = (await P.agreement_key(RANDOM.bytes(32))).public
    sealed = RANDOM.bytes(80)
    epochs = [[r, state.rings[r].epoch + 1, public, [[session_of(s.joke).device, sealed]]]]
    unsigned = b"\x03\x01" + wire.encode([state.head, session_of(s.joke).device, [4, epochs, []]])
    [signature] = await P.sign(await P.signing_key(RANDOM.bytes(32)), [unsigned])
    return unsigned + signature


async def revokes_fatma(s: Siege) -> bytes:
    """Fatma's phone thrown out, in Joke's name: it would hand in and wipe itself."""
    state = session_of(s.joke).roll.state
    cut = [session_of(s.fatma).device, []]
    unsigned = b"\x03\x01" + wire.encode([state.head, session_of(s.joke).device, [5, [cut], []]])
    [signature] = await P.sign(await P.signing_key(RANDOM.bytes(32)), [unsigned])
    return unsigned + signature


async def recovers(s: Siege) -> bytes:
    """A coordinator's device put back by a recovery sheet that was never made."""
    state = session_of(s.joke).roll.state
    signing, agreement = await P.signing_key(RANDOM.bytes(32)), await P.agreement_key(RANDOM.bytes(32))
    sheet = RANDOM.bytes(16)
    body = [10, sheet, signing.public, agreement.public, None, bytes(64)]
    unsigned = b"\x03\x01" + wire.encode([state.head, sheet, body])
    [signature] = await P.sign(signing, [unsigned])
    return unsigned + signature


MADE_UP: dict[str, Callable[[Siege], Awaitable[bytes]]] = {
    "a device by an invitation that nobody made": strangers_entry,
    "a device by an invitation that was used": used_again,
    "an invitation in a coordinator's name": in_jokes_name,
    "an invitation in nobody's name": in_nobodys_name,
    "a second beginning": second_genesis,
    "a ring renewed to its own key": grant_to_itself,
    "a phone revoked": revokes_fatma,
    "a recovery by no sheet": recovers,
}


@pytest.mark.parametrize("name", MADE_UP)
def test_entry_of_its_own(settled: Path, tmp_path: Path, name: str) -> None:
    """No member, device or key is added and none is taken away, on either device; the home screen says so."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            entry = await MADE_UP[name](s)
            before = session_of(s.joke).roll.state
            s.evil.on("roll", rewritten(wire.ROLL, lambda entries: entries or [entry]))
            await s.note("gewoon door")
            for app in (s.fatma, s.joke):
                assert await s.round(app) in ("roll_refused", "bad_signature", "invitation_unknown", "invitation_used")
                assert session_of(app).roll.state.head == before.head
                assert session_of(app).roll.state.devices.keys() == before.devices.keys()
                assert not session_of(app).syncer.state.forked
            assert s.read() == s.said
            await s.peace()

    asyncio.run(story())


def test_older_roll(settled: Path, tmp_path: Path) -> None:
    """A roll cut back to its beginning: a device keeps its own, gives back what it may, and notes go on."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            before = list(session_of(s.joke).roll.entries)

            async def only_two(request: Request, _: Honest) -> Answer:
                return ok(before[:2][request.value(wire.ROLL_AFTER) :])

            s.evil.on("roll", only_two)
            s.evil.on("token", rewritten(wire.TOKENED, lambda t: [t[0], t[1], RANDOM.bytes(16)]))
            session_of(s.fatma).syncer.line.token = ""
            await s.note("gewoon door")
            for app in (s.fatma, s.joke):
                assert await s.round(app) == ""
                assert session_of(app).roll.entries == before
            assert s.read() == s.said
            await s.peace()

    asyncio.run(story())


def test_endless_roll_for_a_device_that_offers_its_own(settled: Path, tmp_path: Path) -> None:
    """Page upon page when asked what it has: the comparing ends where ours ends."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            entries, asked = list(session_of(s.joke).roll.entries), 0

            async def for_ever(request: Request, _: Honest) -> Answer:
                nonlocal asked
                asked += 1
                place = request.value(wire.ROLL_AFTER)
                return ok([entries[place % len(entries)]] * 3)

            s.evil.on("roll", for_ever)
            s.evil.on("token", rewritten(wire.TOKENED, lambda t: [t[0], t[1], RANDOM.bytes(16)]))
            session_of(s.fatma).syncer.line.token = ""
            await s.note("gewoon door")
            assert await s.round(s.fatma) == "roll_moved"
            assert asked < 3 * len(entries)
            assert s.fatma.sync_status().unsent == 0
            await s.peace()

    asyncio.run(story())


def test_moved_for_ever(settled: Path, tmp_path: Path) -> None:
    """An invitation is tried five times and then refused with roll_moved; nothing was announced, and later it is."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            s.evil.on("roll/append", says(refusal("roll_moved")))
            with pytest.raises(StraatError) as told:
                await s.joke.invite("Bram", Role.CONTACT)
            assert told.value.code == "roll_moved"
            assert len([r for r in s.evil.heard if r.path == "roll/append"]) == 5
            before = list(session_of(s.joke).roll.entries)
            s.evil.calm()
            await s.joke.invite("Bram", Role.CONTACT)
            assert session_of(s.joke).roll.entries[:-1] == before
            await s.peace()

    asyncio.run(story())


def test_moved_and_another_roll_of_the_same_length(settled: Path, tmp_path: Path) -> None:
    """An append refused for ever, over another entry where ours has one: that is looked for from the first, and the
    made-up one proves nothing.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            entries = list(session_of(s.joke).roll.entries)
            entries[-1] = flipped(entries[-1], -1)

            async def theirs(request: Request, _: Honest) -> Answer:
                return ok(entries[request.value(wire.ROLL_AFTER) :])

            s.evil.on("roll/append", says(refusal("roll_moved")))
            s.evil.on("roll", theirs)
            with pytest.raises(StraatError) as told:
                await s.joke.invite("Bram", Role.CONTACT)
            assert told.value.code == "roll_moved"
            assert not session_of(s.joke).syncer.state.forked
            s.evil.calm()
            await s.joke.invite("Bram", Role.CONTACT)
            await s.peace()

    asyncio.run(story())


@pytest.mark.parametrize("path", ["roll", "roll/append", "pull"])
def test_claims_a_fork(settled: Path, tmp_path: Path, path: str) -> None:
    """The word is shown and not believed: without another signed entry enrolling goes on with an honest server."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            s.evil.on(path, says(refusal("roll_forked")))
            if path == "roll/append":
                with pytest.raises(StraatError) as told:
                    await s.joke.invite("Bram", Role.CONTACT)
                assert told.value.code == "roll_forked"
            else:
                assert await s.round(s.joke) == "roll_forked"
            s.evil.calm()
            await s.joke.invite("Bram", Role.CONTACT)
            await s.peace()

    asyncio.run(story())


def test_takes_an_invitation_and_loses_it(settled: Path, tmp_path: Path) -> None:
    """Told that it was announced: the device's roll has it, the server's hasn't; at the next note it is given again."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:

            async def swallow(request: Request, _: Honest) -> Answer:
                return ok([entry_hash(request.value(wire.APPEND)[1])])

            s.evil.on("roll/append", swallow)
            await s.joke.invite("Bram", Role.CONTACT)
            s.evil.calm()
            mine = await s.joke.save_visit(replace(s.fatma.visits()[0].form, note="van Joke"))
            s.said.add("van Joke")
            assert await s.round(s.joke) == "unknown_head"
            assert s.joke.sync_status().unsent == 1
            assert await s.round(s.joke) == ""
            assert s.joke.visit(mine).synced
            assert await s.round(s.fatma) == ""
            assert session_of(s.fatma).roll.entries == session_of(s.joke).roll.entries

    asyncio.run(story())


def test_substitutes_a_rings_public_key(settled: Path, tmp_path: Path) -> None:
    """A ring is renewed and the server puts a key of its own in the entry: nobody takes it, nothing is sealed to it."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            laptop = next(d.id for d in session_of(s.joke).roll.state.devices.values() if d.id not in _two(s))
            await session_of(s.joke).steward.revoke([laptop])
            body = roll_entry.parse(session_of(s.joke).roll.entries[-1]).body
            assert isinstance(body, Revoke)
            public, mine = body.epochs[0].public, RANDOM.bytes(31) + b"\x01"
            s.evil.on("roll", rewritten(wire.ROLL, lambda entries: [e.replace(public, mine) for e in entries]))
            assert await s.round(s.fatma) == "bad_signature"
            assert all(mine not in r.publics for r in session_of(s.fatma).roll.state.rings.values())
            await s.peace()
            assert session_of(s.fatma).roll.state.rings[body.epochs[0].ring].epoch == 2

    asyncio.run(story())


def _two(s: Siege) -> set[bytes]:
    return {session_of(s.joke).device, session_of(s.fatma).device}


def test_shows_a_try_that_was_signed_anew(settled: Path, tmp_path: Path) -> None:
    """An entry refused with roll_moved and signed anew stays in the server's hands. Shown later it is no proof of a
    second roll: its author went on in this one.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:

            async def another_first(request: Request, honest: Honest) -> Answer:
                s.evil.calm()
                await s.fatma.second_device()
                return refusal("roll_moved")

            s.evil.on("roll/append", another_first, 1)
            await s.joke.invite("Bram", Role.CONTACT)
            tries = [r.value(wire.APPEND)[1] for r in s.evil.heard if r.path == "roll/append"]
            assert len(tries) == 3
            s.evil.on("roll", rewritten(wire.ROLL, lambda entries: entries or [tries[0]]))
            assert await s.round(s.fatma) == "roll_moved"
            s.evil.calm()
            await s.note("gewoon door")
            assert await s.round(s.fatma) == ""
            assert await s.round(s.joke) == ""
            assert s.read() == s.said

    asyncio.run(story())
