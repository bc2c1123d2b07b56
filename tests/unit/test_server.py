"""What the server does for those who keep to the rules: the real app, asked over the wire."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from sync.core import directory, envelope, wire
from sync.core.envelope import id_of
from sync.core.errors import Unreachable
from sync.core.help_line import HelpLine, Number
from sync.core.ids import entry_hash
from sync.core.rights import Role
from sync.core.roll import Roll
from sync.server.app import make_app
from sync.server.store_memory import MemoryStore
from sync.server.store_sqlite import SqliteStore
from tests.support.native_app import ORIGIN, TestClock
from tests.support.organisation import Organisation, P, founded, new_organisation
from tests.support.server import Caller, serving

CLOCK = TestClock()


def served(work: Callable[[Organisation, Caller], Awaitable[None]]) -> None:
    """Run with a coordinator and a contact person on a fresh server."""

    async def whole() -> None:
        organisation = await founded(CLOCK)
        async with serving(MemoryStore(), CLOCK, organisation) as app:
            caller = Caller(app)
            await work(organisation, caller)
            await caller.close()

    asyncio.run(whole())


def test_health_is_ok_when_the_store_answers(tmp_path: Path) -> None:
    """200 and {"status": "ok"}; 503 once the store is closed."""

    async def whole() -> None:
        store = SqliteStore(tmp_path / "store.db")
        app = make_app(store, P, CLOCK, None)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
            good = await client.get("/v1/health")
            await store.close()
            bad = await client.get("/v1/health")
        assert (good.status_code, good.json()) == (200, {"status": "ok"})
        assert (bad.status_code, bad.json()) == (503, {"status": "busy"})

    asyncio.run(whole())


def test_signing_in_gives_a_token_and_the_servers_time() -> None:
    """The challenge tells the time; the token its end and the store's incarnation."""

    async def work(organisation: Organisation, caller: Caller) -> None:
        me = organisation.people[0]
        nonce, millis = await caller.ask("challenge", [organisation.id, me.device], wire.CHALLENGED)
        assert millis == CLOCK.millis()
        [proof] = await P.sign(me.keyring.signing, [wire.session_bytes(organisation.id, me.device, nonce)])
        token, until, incarnation = await caller.ask("token", [organisation.id, me.device, nonce, proof], wire.TOKENED)
        assert until > millis
        assert incarnation == bytes(16)
        assert await caller.ask("roll", 0, wire.ROLL, token) == tuple(organisation.roll.entries)
        assert await caller.ask("roll", 3, wire.ROLL, token) == tuple(organisation.roll.entries[3:])

    served(work)


def test_an_envelope_reaches_every_holder_of_its_ring_unaltered() -> None:
    """Pushed by one, pulled by another, the same bytes; the answer names each id; again is a duplicate."""

    async def work(organisation: Organisation, caller: Caller) -> None:
        joke, fatma = organisation.people
        [team] = joke.readable & fatma.readable
        made = [await fatma.key_envelope([team]), await fatma.envelope(b"hallo", [team])]
        token = await caller.signed_in(fatma)
        answer = await caller.ask("push", made, wire.PUSHED, token)
        assert answer == tuple((id_of(data), "stored") for data in made)
        assert await caller.push(token, made) == ["duplicate", "duplicate"]
        assert [data for _, data in await caller.pull(await caller.signed_in(joke), team)] == made

    served(work)


def test_a_cursor_gives_only_what_is_new() -> None:
    """Each ring has its own cursor, and an answer for each ring asked."""

    async def work(organisation: Organisation, caller: Caller) -> None:
        me = organisation.people[1]
        token = await caller.signed_in(me)
        await caller.push(token, [await me.envelope(b"1"), await me.envelope(b"2")])
        items = await caller.pull(token, me.own_ring)
        third = await me.envelope(b"3")
        await caller.push(token, [third])
        asked = [[ring, items[-1][0] if ring == me.own_ring else 0] for ring in sorted(me.readable)]
        pages = await caller.ask("pull", asked, wire.PULLED, token)
        assert [(ring, [data for _, data in page], more) for ring, page, more in pages] == [
            (ring, [third] if ring == me.own_ring else [], False) for ring in sorted(me.readable)
        ]

    served(work)


def test_large_rings_come_in_pages() -> None:
    """One answer holds at most MAX_PULL_BYTES for all rings together; the rest follows."""

    async def work(organisation: Organisation, caller: Caller) -> None:
        me = organisation.people[1]
        token = await caller.signed_in(me)
        made = [await me.envelope(bytes(900_000)) for _ in range(9)]
        for at in range(0, 9, 3):
            assert set(await caller.push(token, made[at : at + 3])) == {"stored"}
        reply = await caller.transport.send("POST", "/v1/pull", wire.encode([[me.own_ring, 0]]), token)
        [(_, page, more)] = wire.decode(wire.PULLED, reply.body)
        assert more
        assert len(reply.body) < wire.MAX_PULL_BYTES + 2_000_000
        assert [data for _, data in page] == made[: len(page)]
        assert [data for _, data in await caller.pull(token, me.own_ring)] == made

    served(work)


def test_many_rings_share_one_bound() -> None:
    """However many rings are asked at once, one answer stays within it; following the cursors gives all."""

    async def work(organisation: Organisation, caller: Caller) -> None:
        me = organisation.people[1]
        token, rings = await caller.signed_in(me), sorted(me.readable)
        made = {ring: [await me.envelope(bytes(900_000), [ring]) for _ in range(4)] for ring in rings}
        for batch in made.values():
            assert set(await caller.push(token, batch)) == {"stored"}
        reply = await caller.transport.send("POST", "/v1/pull", wire.encode([[ring, 0] for ring in rings]), token)
        assert len(reply.body) < wire.MAX_PULL_BYTES + 2_000_000
        pages = wire.decode(wire.PULLED, reply.body)
        assert [ring for ring, _, _ in pages] == rings
        assert any(more for _, _, more in pages)
        for ring in rings:
            assert [data for _, data in await caller.pull(token, ring)] == made[ring]

    served(work)


def test_an_invited_device_enrols_and_signs_in() -> None:
    """The link's holder gets the roll, adds itself, and is a member from then on."""

    async def work(organisation: Organisation, caller: Caller) -> None:
        joke = organisation.people[0]
        token = await caller.signed_in(joke)
        entry, made = await organisation.invite_entry(joke, Role.CONTACT)
        head = organisation.roll.state.head
        assert await caller.ask("roll/append", [head, entry], wire.APPENDED, token) == (made.announced,)
        roll = Roll()
        await roll.extend(P, await caller.ask("enrol/roll", [made.announced, 0], wire.ROLL))
        assert roll.state.head == made.announced
        await organisation.roll.extend(P, [entry])
        joining, newcomer = await organisation.join_entry(made)
        answer = await caller.ask("enrol", [roll.state.head, joining], wire.APPENDED)
        assert answer == (entry_hash(joining),)
        await organisation.roll.extend(P, [joining])
        assert await caller.push(await caller.signed_in(newcomer), [await newcomer.envelope(b"hier")]) == ["stored"]

    served(work)


def test_a_coordinator_publishes_the_directory_for_everyone() -> None:
    """Nothing at first; then the signed bytes, without a token, and the next edition after it."""

    async def work(organisation: Organisation, caller: Caller) -> None:
        joke = organisation.people[0]
        assert await caller.ask("directory", [organisation.id, 0]) == b""
        last = None
        for name in ("Buurthuis", "Buurthuis De Linde"):
            line = HelpLine("1", name, "Koffie", numbers=(Number("0201234567"),))
            data = await directory.sign(
                P, joke.keyring.signing, organisation.roll, joke.device, last, [line], "2026-11-25"
            )
            assert await caller.send("directory/publish", data, None, await caller.signed_in(joke)) == b""
            assert await caller.ask("directory", [organisation.id, 0]) == data
            last = directory.parse(data)
            assert await caller.ask("directory", [organisation.id, last.number - 1]) == data
            assert await caller.ask("directory", [organisation.id, last.number]) == b""  # known already

    served(work)


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    """A new server over the same file knows roll, envelopes and places; tokens have to be fetched anew."""

    async def whole() -> None:
        organisation = await founded(CLOCK)
        me = organisation.people[1]
        first, second = await me.envelope(b"1"), await me.envelope(b"2")
        async with serving(SqliteStore(tmp_path / "s.db"), CLOCK, organisation) as app:
            caller = Caller(app)
            assert await caller.push(await caller.signed_in(me), [first]) == ["stored"]
        async with serving(SqliteStore(tmp_path / "s.db"), CLOCK) as app:
            caller = Caller(app)
            token = await caller.signed_in(me)
            assert await caller.push(token, [first, second]) == ["duplicate", "stored"]
            assert [data for _, data in await caller.pull(token, me.own_ring)] == [first, second]

    asyncio.run(whole())


def test_an_organisation_founded_beside_a_running_server_is_found(tmp_path: Path) -> None:
    """`init` in another process: its link works without a restart."""

    async def whole() -> None:
        async with serving(SqliteStore(tmp_path / "s.db"), CLOCK, await founded(CLOCK)) as app:
            organisation, first = await new_organisation(CLOCK)
            beside = SqliteStore(tmp_path / "s.db")
            assert await beside.append_roll(organisation.id, 0, organisation.roll.entries[0])
            await beside.close()
            entries = await Caller(app).ask("enrol/roll", [first.announced, 0], wire.ROLL)
            assert entries == tuple(organisation.roll.entries)

    asyncio.run(whole())


def test_what_expired_is_dropped_by_the_running_server() -> None:
    """Gone from the answers once its month is over; the device's next envelope still fits."""

    async def whole() -> None:
        organisation = await founded(CLOCK)
        me = organisation.people[1]
        async with serving(MemoryStore(), CLOCK, organisation) as app:
            caller = Caller(app)
            token = await caller.signed_in(me)
            old, new = await me.envelope(b"1", expiry=202605), await me.envelope(b"2", expiry=203001)
            assert await caller.push(token, [old]) == ["stored"]
            assert await app.state.service.drop_expired() == 1
            assert await caller.push(token, [old, new]) == ["duplicate", "stored"]
            assert [data for _, data in await caller.pull(token, me.own_ring)] == [envelope.stub(old), new]

    asyncio.run(whole())


def test_a_transport_without_an_answer_of_our_server_is_unreachable() -> None:
    """Nobody listening, and a page of somebody else's, such as a Wi-Fi sign-in page."""

    async def whole() -> None:
        nobody = Caller(base_url="http://127.0.0.1:9")
        with pytest.raises(Unreachable):
            await nobody.ask("directory", [bytes(32), 0])
        await nobody.close()
        caller = Caller(make_app(MemoryStore(), P, CLOCK, None))
        with pytest.raises(Unreachable):
            await caller.transport.send("GET", "/elsewhere")

    asyncio.run(whole())
