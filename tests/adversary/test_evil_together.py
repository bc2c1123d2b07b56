"""A server together with somebody: a phone that was revoked, a member's device, a coordinator's."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.platform.native_crypto import NativePrimitives
from app.services.models import QueueFilter, Role
from sync.core import envelope, invitation, ring, roll_entry, wire
from sync.core.change import Change, Patch
from sync.core.envelope import NO_PREVIOUS, Draft, Header, Link
from sync.core.errors import StraatError
from sync.core.ids import ID_BYTES, record_id, sender_key_id
from sync.core.roll_entry import Invite
from sync.device.writer import Part
from sync.server.app import make_app
from sync.server.store import NewEnvelope
from sync.server.store_sqlite import SqliteStore
from tests.adversary.evil_server import (
    Answer,
    EvilServer,
    Honest,
    Request,
    Siege,
    aside,
    besieged,
    ok,
    rewritten,
    says,
)
from tests.support.organisation import RANDOM, P
from tests.support.settled_team import FATMA, FORM, JOKE, session_of

SECRET = "Dit gaat haar niets meer aan"


async def revoked(s: Siege) -> bytes:
    """Fatma's phone is revoked and does not hear of it; her laptop stays. Her device."""
    phone = session_of(s.fatma).device
    await session_of(s.joke).steward.revoke([phone])
    assert phone not in session_of(s.joke).roll.state.devices
    s.evil.on("roll", _old_roll(session_of(s.fatma).roll.entries, s))
    return phone


def _old_roll(entries: list[bytes], s: Siege) -> Callable[[Request, Honest], Awaitable[Answer]]:
    """The roll as it was, for her phone only."""
    known = list(entries)

    async def trick(request: Request, honest: Honest) -> Answer:
        hers = request.token == session_of(s.fatma).syncer.line.token
        return ok(known[request.value(wire.ROLL_AFTER) :]) if hers else await honest(request)

    return trick


async def hand_over(s: Siege) -> None:
    """Whatever the phone has, the server stores as it comes: it asks nobody."""
    service = s.evil.state.service
    pending = session_of(s.fatma).log.pending()
    organisation = session_of(s.joke).roll.state.organisation
    for e in pending:
        header = envelope.parse(e.data).header
        new = NewEnvelope(e.id, header.device, header.links, header.expiry, e.data)
        assert await service._store.put(organisation, [new]) == ["stored"]


def test_writes_on_after_being_revoked(settled: Path, tmp_path: Path) -> None:
    """It backdates with the head it had: beyond the cut, so kept aside as quarantined and shown nowhere. What it noted
    before stays readable.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            await revoked(s)
            await s.fatma.save_visit(replace(FORM, note="na de intrekking"))
            await hand_over(s)
            assert await s.round(s.joke) == ""
            assert s.read() == {"van vroeger"}
            assert set(aside(s.joke)) == {"quarantined"}
            joke = await s.opened("joke", JOKE)
            assert s.read(joke) == {"van vroeger"}
            assert set(aside(joke)) == {"quarantined"}

    asyncio.run(story())


def test_hides_the_revocation_from_the_phone(settled: Path, tmp_path: Path) -> None:
    """An honest phone that is kept from the news loses nothing: once it hears, it hands in what it has, and a
    coordinator can read it and decide.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            await revoked(s)
            await s.note("onwetend")
            await s.round(s.fatma)
            s.nothing_unsaid()
            s.evil.calm()
            assert await s.round(s.fatma) == "revoked"
            assert session_of(s.fatma).log.pending() == []
            assert await s.round(s.joke) == ""
            assert set(aside(s.joke)) == {"quarantined"}
            held = session_of(s.joke).replica.quarantine.values()
            assert "onwetend" in {p.value for h in held for n, p in h.change.fields.items() if n == "note"}

    asyncio.run(story())


async def by_hand(s: Siege, change: Change, rings: frozenset[bytes]) -> None:
    """A change that her app would never write, sealed like any other."""
    await session_of(s.fatma).writer.write([Part(change, rings)])


def test_adopts_itself(settled: Path, tmp_path: Path) -> None:
    """A verdict by the phone that was revoked, over its own envelope: not a coordinator's, so it decides nothing."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            await revoked(s)
            her = session_of(s.fatma)
            await s.fatma.save_visit(replace(FORM, note="na de intrekking"))
            mine = [e.id for e in her.log.pending()]
            rings = frozenset({her.own_ring(), ring.coordinators_ring(her.team)})
            for name in mine:
                nonce = RANDOM.bytes(ID_BYTES)
                record = record_id(her.member, "adoption", nonce)
                fields = {"envelope": Patch(name), "verdict": Patch("adopt")}
                await by_hand(s, Change("adoption", "verdict", record, her.writer.stamp(), fields, nonce), rings)
            await hand_over(s)
            assert await s.round(s.joke) == ""
            assert s.read() == {"van vroeger"}
            assert set(aside(s.joke)) <= {"quarantined", "forbidden"}
            assert len(aside(s.joke)) >= len(mine) * 2 - 1

    asyncio.run(story())


def test_rewrites_its_past(settled: Path, tmp_path: Path) -> None:
    """Another envelope with a number from before the cut: the one that the cut leads back to stands, the other is
    kept aside, and the device is known to say two things.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            her = session_of(s.fatma)
            shutil.copytree(tmp_path / "fatma", tmp_path / "fatma2")
            await s.note("het echte")
            await s.round(s.fatma)
            await s.round(s.joke)
            assert s.read() == s.said
            await revoked(s)
            s.fatma = await s.opened("fatma2", FATMA)
            other = session_of(s.fatma)
            assert other.device == her.device
            await s.fatma.save_visit(replace(FORM, note="iets anders"))
            doubles = [e.data for e in other.log.pending()]
            s.evil.on("pull", _and(doubles))
            assert await s.round(s.joke) == ""
            assert s.read() == s.said
            assert session_of(s.joke).replica.doubled
            assert set(aside(s.joke)) == {"quarantined"}
            joke = await s.opened("joke", JOKE)
            assert s.read(joke) == s.said

    asyncio.run(story())


def _and(extra: list[bytes]) -> Callable[[Request, Honest], Awaitable[Answer]]:
    """A pull with these at the end of every page."""

    def pages(value: Any) -> Any:
        return [[r, [*items, *([(1 << 41) + n, e] for n, e in enumerate(extra))], more] for r, items, more in value]

    return rewritten(wire.PULLED, pages)


def test_says_two_things(settled: Path, tmp_path: Path) -> None:
    """A device that is still there signs two envelopes with one number: both are kept and both can be read by who
    may, and it is known. Neither is lost, and neither is another's word.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            shutil.copytree(tmp_path / "fatma", tmp_path / "fatma2")
            await s.note("het ene")
            await s.round(s.fatma)
            twin = await s.opened("fatma2", FATMA)
            await twin.save_visit(replace(FORM, note="het andere"))
            s.evil.on("pull", _and([e.data for e in session_of(twin).log.pending()]))
            assert await s.round(s.joke) == ""
            assert s.read() == {"van vroeger", "het ene", "het andere"}
            assert session_of(s.joke).replica.doubled
            assert aside(s.joke) == []

    asyncio.run(story())


def test_names_the_new_head(settled: Path, tmp_path: Path) -> None:
    """It was shown the roll without itself and signs on that: not a device there, so roll_refused."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            await revoked(s)
            her = session_of(s.fatma)
            state, key = session_of(s.joke).roll.state, RANDOM.bytes(32)
            r = ring.coordinators_ring(session_of(s.joke).team)
            links = (Link(r, state.rings[r].epoch, 1, NO_PREVIOUS),)
            name = sender_key_id(key, her.device, [(r, state.rings[r].epoch)])
            header = Header(state.organisation, her.device, state.head, name, links, 0, RANDOM.bytes(12))
            data = await envelope.seal(P, her.keyring.signing, Draft(header, b"nog steeds hier", key))
            s.evil.on("pull", _and([data]))
            assert await s.round(s.joke) == ""
            assert s.read() == {"van vroeger"}
            assert set(aside(s.joke)) == {"roll_refused"}

    asyncio.run(story())


def test_reads_on_after_being_revoked(settled: Path, tmp_path: Path) -> None:
    """Given all that the server has and the whole roll: what was sealed after it left stays shut, its keys open no
    new epoch.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            await revoked(s)
            joke = session_of(s.joke)
            nonce = RANDOM.bytes(ID_BYTES)
            record = record_id(joke.member, "mark", nonce)
            fields = {"address": Patch(SECRET)}
            change = Change("mark", "address", record, joke.writer.stamp(), fields, nonce)
            await joke.writer.write([Part(change, frozenset({ring.team_ring(joke.team)}))])
            await joke.catch_up()
            assert await s.round(s.joke) == ""
            laptop = await s.opened("laptop", FATMA)
            assert await s.round(laptop) == ""
            assert record in session_of(laptop).replica.records  # who stays reads it
            her = session_of(s.fatma)
            await her.roll.extend(P, joke.roll.entries[len(her.roll.entries) :])
            await her.keyring.absorb(P, her.roll.state.organisation, joke.roll.entries)
            everything = [(e.id, e.data, 1) for e in (*joke.log.read(), *session_of(laptop).log.read())]
            her.log.append(everything)
            await her.catch_up()
            assert record not in her.replica.records
            assert all(SECRET.encode() not in k for k in her.keyring.content.values())
            assert not {key for key in her.keyring.rings if key[1] > 1}

    asyncio.run(story())


async def invite_by(s: Siege, who: Any, head: bytes, role: Role, member: bytes) -> bytes:
    """An invitation signed by this session's device on some head."""
    seed = RANDOM.bytes(32)
    signing, agreement = await invitation.signing_key(P, seed), await invitation.agreement_key(P, seed)
    body = Invite(signing.public, agreement.public, member, role, who.team, 2**47, ())
    return await roll_entry.sign(P, who.keyring.signing, head, who.device, body)


@pytest.mark.parametrize("on", ["the new head", "the head it had"])
def test_re_enrols(settled: Path, tmp_path: Path, on: str) -> None:
    """A revoked phone invites a second one of "itself": refused on the new roll, and on the old head it proves no
    fork, since whoever has left can sign there for ever.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            her = session_of(s.fatma)
            old = her.roll.state.head
            team, member = her.team, her.member
            await revoked(s)
            head = session_of(s.joke).roll.state.head if on == "the new head" else old
            seed = RANDOM.bytes(32)
            signing, agreement = await invitation.signing_key(P, seed), await invitation.agreement_key(P, seed)
            body = Invite(signing.public, agreement.public, member, Role.CONTACT, team, 2**47, ())
            entry = await roll_entry.sign(P, her.keyring.signing, head, her.device, body)
            before = list(session_of(s.joke).roll.entries)
            s.evil.on("roll", rewritten(wire.ROLL, lambda entries: entries or [entry]))
            assert await s.round(s.joke) == ("roll_refused" if on == "the new head" else "roll_moved")
            assert session_of(s.joke).roll.entries == before
            assert not session_of(s.joke).syncer.state.forked
            s.evil.calm()
            await s.joke.invite("Bram", Role.CONTACT)

    asyncio.run(story())


def test_a_member_raises_its_own_role(settled: Path, tmp_path: Path) -> None:
    """Fatma's device and the server put an entry on the roll that makes her a coordinator: nobody takes it."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            her = session_of(s.fatma)
            unsigned = b"\x03\x01" + wire.encode(
                [her.roll.state.head, her.device, [6, her.member, int(Role.COORDINATOR), her.team, [], []]]
            )
            [signature] = await P.sign(her.keyring.signing, [unsigned])
            s.evil.on("roll", rewritten(wire.ROLL, lambda entries: entries or [unsigned + signature]))
            assert await s.round(s.joke) == "roll_refused"
            assert await s.round(s.fatma) == "roll_refused"
            assert s.fatma.role is Role.CONTACT
            await s.peace()

    asyncio.run(story())


def test_a_member_invites_a_stranger(settled: Path, tmp_path: Path) -> None:
    """A contact person's device signs an invitation for somebody new: roll_refused on every device."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            her = session_of(s.fatma)
            entry = await invite_by(s, her, her.roll.state.head, Role.CONTACT, RANDOM.bytes(16))
            s.evil.on("roll", rewritten(wire.ROLL, lambda entries: entries or [entry]))
            assert await s.round(s.joke) == "roll_refused"
            await s.peace()

    asyncio.run(story())


def test_a_stolen_token(settled: Path, tmp_path: Path) -> None:
    """Whoever has a token of Joke's and no key can fetch sealed bytes, and put nothing in anybody else's name."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            token = session_of(s.joke).syncer.line.token
            hers = [e.data for e in session_of(s.fatma).log.read()]
            forged = [e[:-1] + bytes((e[-1] ^ 1,)) for e in hers]
            reply = await s.evil.ask(Request("push", wire.encode(forged), token))
            outcomes = {outcome for _, outcome in wire.decode(wire.PUSHED, reply.body)}
            assert outcomes <= {"bad_signature", "forbidden", "broken_chain"}
            assert await s.round(s.joke) == ""
            await s.peace()

    asyncio.run(story())


async def second_server(s: Siege, name: str) -> EvilServer:
    """Another server over a copy of the store: from here on it goes its own way."""
    shutil.copytree(s.t.folder / "server", s.t.folder / name)
    store = SqliteStore(s.t.folder / name / "store.db")
    app = make_app(store, NativePrimitives(), s.t.clock, None)
    await app.state.service.start()
    s.t.stores.append(store)
    return EvilServer(app)


def test_two_rolls_with_a_coordinators_help(settled: Path, tmp_path: Path) -> None:
    """Joke's own key signs two entries on one head, Fatma is shown the one and her laptop the other. What names the
    other roll waits unseen; an entry of it with one built upon it proves the fork: said on the home screen from then on,
    also after a restart, enrolling stops, notes go on.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            shutil.copytree(tmp_path / "joke", tmp_path / "joke2")
            other = await second_server(s, "elders")
            await s.joke.invite("Bram", Role.CONTACT)
            await s.joke.invite("Anna", Role.CONTACT)
            one, upon_it = session_of(s.joke).roll.entries[-2:]
            s.t.asgi = other  # type: ignore[assignment]
            twin = await s.opened("joke2", JOKE)
            await twin.invite("Sevda", Role.COLLECTOR)
            two = session_of(twin).roll.entries[-1]
            laptop = await s.opened("laptop", FATMA)
            assert await s.round(laptop) == ""
            assert session_of(laptop).roll.entries[-1] == two
            assert await s.round(s.fatma) == ""
            assert session_of(s.fatma).roll.entries[-1] == upon_it
            await s.note("op de ene rol")
            assert await s.round(s.fatma) == ""
            hers = [e.data for e in session_of(s.fatma).log.read()]
            other.on("pull", _and(hers))
            assert await s.round(laptop) == "unknown_head"
            assert {v.form.note for v in laptop.visits()} == {"van vroeger"}
            assert laptop.sync_status().trouble == "unknown_head"
            other.on("roll", rewritten(wire.ROLL, lambda entries: entries or [one]))
            assert await s.round(laptop) == "roll_moved"  # alone it might be a try that was given up
            other.on("roll", rewritten(wire.ROLL, lambda entries: entries or [one, upon_it]))
            assert await s.round(laptop) == "roll_forked"
            other.calm()
            for _ in range(2):
                await laptop.save_visit(replace(FORM, note="op de laptop"))
                assert await s.round(laptop) == "roll_forked"
                assert laptop.sync_status().trouble == "roll_forked"
                assert laptop.sync_status().unsent == 0
                with pytest.raises(StraatError) as told:
                    await laptop.second_device()
                assert told.value.code == "roll_forked"
                laptop = await s.opened("laptop", FATMA)
            assert {v.form.note for v in laptop.visits()} >= {"van vroeger", "op de laptop"}

    asyncio.run(story())


def test_a_coordinator_and_a_ring_of_other_people(settled: Path, tmp_path: Path) -> None:
    """Joke's own device seals a word to a ring that is not hers to write in, in another's name or record: it counts
    for what it is, hers, and a visit of Fatma's does not change by it.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            visit = s.joke.queue(QueueFilter.ALL)[0].id
            joke, her = session_of(s.joke), session_of(s.fatma)
            known = joke.replica.records[visit]
            patch = {"note": Patch("iets heel anders", known.replaces("detail.note"))}
            change = Change("visit", "detail", visit, joke.writer.stamp(), patch)
            rings = frozenset({her.own_ring(), ring.coordinators_ring(joke.team)})
            await joke.writer.write([Part(change, rings)])
            await joke.catch_up()
            s.evil.on("pull", _and([e.data for e in joke.log.pending()]))
            assert await s.round(s.joke) == ""
            assert await s.round(s.fatma) == ""
            assert aside(s.fatma) == ["forbidden"]
            s.nothing_unsaid()

    asyncio.run(story())


def test_claims_that_it_was_revoked(settled: Path, tmp_path: Path) -> None:
    """The word "revoked" in an answer wipes nothing and locks nobody out: only the roll can say that."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            for path in ("challenge", "token", "roll", "push", "pull"):
                s.evil.calm()
                await s.note(path)
                session_of(s.fatma).syncer.line.token = ""
                s.evil.on(path, says(Answer(403, wire.encode(["revoked", ""]))))
                assert await s.round(s.fatma) == "revoked"
                assert not session_of(s.fatma).syncer.state.handed_in
                s.nothing_unsaid()
            await s.peace(restart=True)

    asyncio.run(story())
