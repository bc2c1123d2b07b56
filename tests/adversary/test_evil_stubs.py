"""A server that gives stubs for what is not gone, whole envelopes for what is, and false answers to an erasing."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgpack
import pytest

from app.services import erasing, retention
from app.services.app import App
from sync.core import envelope, formats, ring, wire
from sync.core.change import ERASE, Change
from sync.core.envelope import Draft
from sync.core.ids import ID_BYTES, record_id, sender_key_id
from sync.core.ports import SIGNATURE_BYTES
from sync.device import meta
from sync.device.writer import Part
from tests.adversary.evil_server import (
    Answer,
    Honest,
    Request,
    aside,
    besieged,
    each_envelope,
    each_page,
    ok,
    packed,
    rewritten,
    says,
)
from tests.support.organisation import RANDOM, P
from tests.support.settled_team import DAY, FORM, session_of
from tests.support.traces import bodies, lies_in


def stub_of(data: bytes) -> bytes:
    """What is left of a change; a sender key stays."""
    return envelope.stub(data) if data[0] == formats.CHANGE else data


def changed(place: int, value: Callable[[Any], Any]) -> Callable[[bytes], bytes]:
    """The stub with another value in one place of its header, and the old signature."""

    def change(data: bytes) -> bytes:
        if data[0] != formats.CHANGE:
            return data
        stub = envelope.stub(data)
        header, body = msgpack.unpackb(stub[2:-SIGNATURE_BYTES])
        fields = msgpack.unpackb(header)
        fields[place] = value(fields[place])
        return stub[:2] + packed([packed(fields), body]) + stub[-SIGNATURE_BYTES:]

    return change


def flipped(place: int) -> Callable[[bytes], bytes]:
    """A bit of the stub the other way."""

    def change(data: bytes) -> bytes:
        made = bytearray(stub_of(data))
        made[place] ^= data[0] == formats.CHANGE
        return bytes(made)

    return change


ALTERED: dict[str, Callable[[bytes], bytes]] = {
    "a month that is over": changed(5, lambda _: 202001),
    "no month": changed(5, lambda _: 0),
    "another number": changed(4, lambda links: [[x[0], x[1], x[2] + 1, bytes(31) + b"\1"] for x in links]),
    "another device": changed(1, lambda _: bytes(16)),
    "a bit of the signature": flipped(-1),
    "the hash of another body": flipped(-SIGNATURE_BYTES - 1),
    "with its body behind it": lambda e: bytes((formats.STUB, 1)) + e[2:] if e[0] == formats.CHANGE else e,
    "cut off": lambda e: stub_of(e)[:-1] if e[0] == formats.CHANGE else e,
}


@pytest.mark.parametrize("name", ALTERED)
def test_stub_that_is_none(settled: Path, tmp_path: Path, name: str) -> None:
    """What nobody signed explains nothing: it is listed with its reason, and the note itself comes in later."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            s.evil.on("pull", each_envelope(ALTERED[name]))
            await s.note("veranderd")
            assert await s.round(s.fatma) == ""
            assert await s.round(s.joke) == ""
            assert set(aside(s.joke)) <= {"bad_signature", "bad_format", "roll_refused"}
            assert aside(s.joke)
            assert session_of(s.joke).replica.gone.left == {}
            await s.peace(restart=True, rounds=3)

    asyncio.run(story())


def test_hides_a_note_behind_its_stub(settled: Path, tmp_path: Path) -> None:
    """Its month is not over and nobody erased it: the home screen says that something is missing, also after a restart;
    the whole note takes its place once it comes.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            s.evil.on("pull", each_envelope(stub_of))
            await s.note("verstopt")
            assert await s.round(s.fatma) == ""
            assert await s.round(s.joke) == ""
            assert "verstopt" not in s.read()
            assert s.joke.sync_status().withheld == 1
            await s.restarted()
            assert s.joke.sync_status().withheld == 1
            await s.peace(rounds=3)

    asyncio.run(story())


def test_says_that_it_is_ten_years_later(settled: Path, tmp_path: Path) -> None:
    """Then every month would be over: but the phone's own clock says otherwise, so nothing goes, and stubs explain
    nothing.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            later = s.t.clock.now + 3650 * DAY
            s.evil.on("challenge", rewritten(wire.CHALLENGED, lambda c: [c[0], later]))
            s.evil.on("pull", each_envelope(stub_of))
            await s.note("niet voorbij")
            for app in (s.fatma, s.joke):
                session_of(app).syncer.line.token = ""
                assert await s.round(app) == ""
                assert meta.read_int(session_of(app).log, meta.SERVER_TIME) == later
                assert await retention.tidy(session_of(app)) == 0
            s.nothing_unsaid()
            assert s.joke.sync_status().withheld == 1
            await s.peace(rounds=3)

    asyncio.run(story())


def test_brings_back_what_was_erased(settled: Path, tmp_path: Path) -> None:
    """The bytes that it kept are shown nowhere again: not by those who dropped them, nor by a phone that knew neither."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            visit = await s.note("gewist")
            assert await s.round(s.fatma) == await s.round(s.joke) == ""
            kept = {e.id: e.data for e in session_of(s.fatma).log.read(0, 1000)}
            sealed = list(bodies(s.fatma, visit).values())
            await erased(s.fatma, visit)
            s.said.discard("gewist")
            s.evil.on("pull", each_envelope(lambda e: kept.get(envelope.id_of(e), e)))
            s.evil.on("erase", rewritten(wire.ERASED, lambda answers: answers))
            assert await s.round(s.fatma) == await s.round(s.joke) == ""
            laptop = await s.t.unlocked("laptop")
            for app in (s.fatma, s.joke, laptop):
                session_of(app).log.put({meta.CURSORS: None})
                for _ in range(2):
                    assert await s.round(app) == ""
            assert "gewist" not in s.read() | {v.form.note for v in laptop.visits()}
            assert [lies_in(tmp_path / name, sealed) for name in ("fatma", "joke", "laptop")] == [[], [], []]
            await s.peace(restart=True)

    asyncio.run(story())


def test_forges_a_stub_in_my_name_and_is_put_back(settled: Path, tmp_path: Path) -> None:
    """What it signed under my next number is not offered among my own, where it would take my place."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            me = session_of(s.fatma)
            last = me.log.read(0, 1000)[-1]
            header = envelope.parse(last.data).header
            links = tuple(replace(x, number=x.number + 1, previous=last.id) for x in header.links)
            name = sender_key_id(bytes(32), me.device, [(x.ring, x.epoch) for x in links])
            forged = replace(header, links=links, key=name, expiry=202001, nonce=RANDOM.bytes(12))
            signing = await P.signing_key(RANDOM.bytes(32))
            stub = envelope.stub(await envelope.seal(P, signing, Draft(forged, b"mijn plaats", bytes(32))))
            s.evil.on("pull", each_page(lambda items: [*items, [items[-1][0] + 1 if items else 10**6, stub]]))
            assert await s.round(s.fatma) == ""
            assert aside(s.fatma) == ["bad_signature"]
            s.evil.on("token", rewritten(wire.TOKENED, lambda t: [t[0], t[1], RANDOM.bytes(16)]), 1)
            me.syncer.line.token = ""
            heard = len(s.evil.heard)
            assert await s.round(s.fatma) == ""
            sent = [e for r in s.evil.heard[heard:] if r.path == "push" for e in r.value(wire.PUSH)]
            assert sent
            assert stub not in sent
            await s.peace(restart=True, rounds=3)

    asyncio.run(story())


async def erased(app: App, visit: bytes) -> None:
    """As a service does."""
    await erasing.erase(session_of(app), session_of(app).replica.records[visit])


ANSWERS: dict[str, Callable[[list[bytes]], Answer]] = {
    "for nothing": lambda ids: ok([]),
    "for others": lambda ids: ok([[bytes(32), "overwritten"] for _ in ids]),
    "in another order": lambda ids: ok([[one, "overwritten"] for one in ids[::-1]]),
    "one twice": lambda ids: ok([[ids[0], "overwritten"], *([one, "overwritten"] for one in ids)]),
    "no list": lambda ids: ok({"all": "overwritten"}),
    "busy for ever": lambda ids: ok([[one, "busy"] for one in ids]),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_an_erasing_falsely(settled: Path, tmp_path: Path, name: str) -> None:
    """The phone asks again until each is answered; nothing else waits for that."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            visit = await s.note("gewist")
            assert await s.round(s.fatma) == await s.round(s.joke) == ""
            sealed = list(bodies(s.fatma, visit).values())
            await erased(s.fatma, visit)
            s.said.discard("gewist")

            async def trick(request: Request, _: Honest) -> Answer:
                return ANSWERS[name](list(request.value(wire.ERASE)))

            s.evil.on("erase", trick)
            await s.note("intussen")
            assert await s.round(s.fatma) == ("" if name == "busy for ever" else "bad_format")
            assert len(meta.read_ids(session_of(s.fatma).log, meta.ORDERS)) == 2
            assert await s.round(s.joke) in {"", "bad_format"}
            assert s.read() == s.said
            await s.peace(restart=True)
            assert lies_in(tmp_path, sealed) == []

    asyncio.run(story())


def test_says_overwritten_and_keeps_it(settled: Path, tmp_path: Path) -> None:
    """What it keeps it can't read; the phones go by the signed change, and show nothing of it."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            visit = await s.note("gewist")
            assert await s.round(s.fatma) == await s.round(s.joke) == ""
            sealed = list(bodies(s.fatma, visit).values())
            await erased(s.fatma, visit)
            s.said.discard("gewist")

            async def trick(request: Request, _: Honest) -> Answer:
                return ok([[one, wire.OVERWRITTEN] for one in request.value(wire.ERASE)])

            s.evil.on("erase", trick)
            assert await s.round(s.fatma) == await s.round(s.joke) == ""
            assert "gewist" not in s.read()
            assert lies_in(tmp_path / "server", sealed)
            assert b"gewist" not in b"".join(p.read_bytes() for p in (tmp_path / "server").iterdir())
            await s.peace(restart=True)

    asyncio.run(story())


def test_knows_of_no_erasing(settled: Path, tmp_path: Path) -> None:
    """As a server of before: no trouble, and it is asked again."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            visit = await s.note("gewist")
            assert await s.round(s.fatma) == await s.round(s.joke) == ""
            await erased(s.fatma, visit)
            s.said.discard("gewist")
            s.evil.on("erase", says(Answer(404, packed(["not_found", ""]))))
            assert await s.round(s.fatma) == await s.round(s.joke) == ""
            assert meta.read_ids(session_of(s.fatma).log, meta.ORDERS)
            await s.peace()
            assert session_of(s.fatma).log.get(meta.ORDERS) is None

    asyncio.run(story())


def test_a_member_explains_away_what_others_wrote(settled: Path, tmp_path: Path) -> None:
    """A contact person erases a record of her own and names the coordinator's envelopes: her word counts for her own
    only, so their stubs stay a gap, and nobody drops them.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            joke, fatma = session_of(s.joke), session_of(s.fatma)
            visit = await s.joke.save_visit(replace(FORM, note="van Joke"))
            s.said.add("van Joke")
            assert await s.round(s.joke) == ""
            theirs = tuple(sorted(bodies(s.joke, visit)))
            nonce = RANDOM.bytes(ID_BYTES)
            mine = record_id(fatma.member, "visit", nonce)
            change = Change("visit", ERASE, mine, fatma.writer.stamp(), nonce=nonce, seen=theirs)
            rings = frozenset({fatma.own_ring(), ring.coordinators_ring(fatma.team), ring.own_ring(joke.member)})
            await fatma.writer.write([Part(change, rings)])
            assert await s.round(s.fatma) == await s.round(s.joke) == ""
            assert s.joke.visit(visit).form.note == "van Joke"
            assert joke.replica.withheld == set()
            second = s.t.device("second")
            await second.start((await s.joke.second_device()).url)
            await second.accept("", "een andere lange zin")
            await second.locking.stop()
            s.evil.on("pull", each_envelope(lambda e: stub_of(e) if envelope.id_of(e) in theirs else e))
            assert await s.round(second) == ""
            assert second.sync_status().withheld == 1
            s.evil.calm()
            s.t.clock.now += DAY
            for _ in range(3):
                assert await s.round(second) == ""
            assert second.visit(visit).form.note == "van Joke"
            assert second.sync_status().withheld == 0

    asyncio.run(story())
