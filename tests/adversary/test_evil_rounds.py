"""A server that wants to read along on a round, with the help of somebody who is not on it, or no longer."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from app.services.app import App
from sync.core import ring, roll_entry, wire
from sync.core.change import Change, Patch
from sync.core.ids import record_id
from sync.core.roll_entry import Round, parse
from sync.device.writer import Part
from tests.adversary.evil_server import Answer, Honest, Request, Siege, besieged, ok
from tests.support.organisation import RANDOM, P
from tests.support.settled_team import session_of


async def opened(s: Siege, *members: bytes) -> bytes:
    """A round of Joke's."""
    round_ = record_id(session_of(s.joke).member, "round", bytes(16))
    await session_of(s.joke).steward.open_round(round_, session_of(s.joke).team, members)
    return round_


async def ticked(app: App, round_: bytes, said: str) -> bytes:
    """A door; its record."""
    s, nonce = session_of(app), RANDOM.bytes(16)
    record = record_id(s.member, "door", nonce)
    change = Change("door", "state", record, s.writer.stamp(), {"a": Patch(said)}, nonce)
    await s.writer.write([Part(change, frozenset({ring.round_ring(round_)}))])
    await s.catch_up()
    return record


async def with_her(s: Siege, round_: bytes) -> Round:
    """What it takes for Fatma to be on it."""
    state = session_of(s.joke).roll.state
    return Round(round_, state.rounds[round_].team, (session_of(s.fatma).member,), False, (), ())


async def by_the_server(s: Siege, round_: bytes) -> bytes:
    """In Joke's name, by a key of the server's."""
    joke, key = session_of(s.joke), await P.signing_key(RANDOM.bytes(32))
    return await roll_entry.sign(P, key, joke.roll.state.head, joke.device, await with_her(s, round_))


async def by_herself(s: Siege, round_: bytes) -> bytes:
    """In her own name, as it should be signed."""
    fatma = session_of(s.fatma)
    body = await with_her(s, round_)
    return await roll_entry.sign(P, fatma.keyring.signing, session_of(s.joke).roll.state.head, fatma.device, body)


async def with_her_in_it(s: Siege, round_: bytes) -> bytes:
    """The entry that Joke signs next, with another member in it than she wrote."""
    joke = session_of(s.joke)
    body = replace(await with_her(s, round_), members=(bytes(16),))
    entry = await roll_entry.sign(P, joke.keyring.signing, joke.roll.state.head, joke.device, body)
    return entry.replace(bytes(16), session_of(s.fatma).member)


WAYS = {
    "in a coordinator's name": by_the_server,
    "by herself": by_herself,
    "by altering an entry": with_her_in_it,
}


@pytest.mark.parametrize("name", WAYS)
def test_puts_somebody_on_a_round(settled: Path, tmp_path: Path, name: str) -> None:
    """Nobody grants her its ring, and nothing that she writes there counts."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            round_ = await opened(s)
            assert await s.round(s.fatma) == ""
            forged = await WAYS[name](s, round_)
            assert isinstance(parse(forged).body, Round)
            length = len(session_of(s.joke).roll.entries)

            async def roll(request: Request, honest: Honest) -> Answer:
                answer = await honest(request)
                return ok([forged]) if request.value(wire.ROLL_AFTER) == length else answer

            s.evil.on("roll", roll)
            door = await ticked(s.joke, round_, "met")
            hers = await ticked(s.fatma, round_, "later")
            await s.note("gewoon door")
            for app in (s.fatma, s.joke):
                assert await s.round(app) in {"bad_signature", "roll_refused"}
                assert len(session_of(app).roll.entries) == length
            assert session_of(s.fatma).replica.records.get(door) is None
            assert session_of(s.joke).replica.records.get(hers) is None
            assert "forbidden" in {a.reason for a in session_of(s.joke).replica.aside.values()}
            s.evil.calm()
            assert [await s.round(app) for app in (s.fatma, s.joke, s.fatma)] == ["", "", ""]
            assert session_of(s.joke).roll.state.rounds[round_].members == frozenset()
            assert s.read() == s.said

    asyncio.run(story())


def test_goes_on_giving_a_round_to_who_has_left_it(settled: Path, tmp_path: Path) -> None:
    """Her phone does not hear that she left: she gets all that comes, and opens none of what was written since."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            round_ = await opened(s, session_of(s.fatma).member)
            name = ring.round_ring(round_)
            before = await ticked(s.joke, round_, "met")
            assert [await s.round(app) for app in (s.joke, s.fatma)] == ["", ""]
            await session_of(s.joke).steward.change_round(round_, [])
            after = await ticked(s.joke, round_, "later")
            assert await s.round(s.joke) == ""
            service, organisation = s.evil.state.service, session_of(s.joke).roll.state.organisation

            async def nothing_new(_: Request, __: Honest) -> Answer:
                return ok([])

            async def all_of_it(request: Request, honest: Honest) -> Answer:
                pages = []
                for asked, cursor in request.value(wire.PULL):
                    page = await service._store.page(organisation, asked, cursor, 500, 1 << 20)
                    pages.append([asked, [list(item) for item in page.items], False])
                return ok(pages)

            s.evil.on("roll", nothing_new)
            s.evil.on("pull", all_of_it)
            await s.round(s.fatma)
            hers = session_of(s.fatma)
            assert name in hers.roll.state.readable(hers.device)
            assert hers.replica.records[before].value("state.a") == "met"
            assert hers.replica.records.get(after) is None
            assert hers.replica.waiting > 0
            late = await ticked(s.fatma, round_, "empty")
            await s.round(s.fatma)
            assert await s.round(s.joke) == ""
            joke = session_of(s.joke)
            assert joke.replica.records.get(late) is None
            assert {h.change.record for h in joke.replica.quarantine.values()} == {late}
            s.evil.calm()
            await s.round(s.fatma)
            assert hers.replica.records.get(after) is None
            assert name not in hers.roll.state.readable(hers.device)

    asyncio.run(story())
