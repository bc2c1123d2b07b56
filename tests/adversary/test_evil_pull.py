"""A server that alters, swaps, repeats, reorders, drops, brings back and makes up what others wrote."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgpack
import pytest

from app.services.models import QueueFilter
from sync.core import envelope, ring, wire
from sync.core.envelope import NO_PREVIOUS, Draft, Header, Link
from sync.core.ids import device_id, sender_key_id
from sync.core.ports import SIGNATURE_BYTES
from tests.adversary.evil_server import (
    Answer,
    Honest,
    Request,
    Siege,
    aside,
    besieged,
    each_envelope,
    each_page,
    packed,
    rewritten,
)
from tests.support.native_app import TestClock
from tests.support.organisation import RANDOM, P, founded
from tests.support.settled_team import DAY, FORM, session_of

Items = list[list[Any]]


def flipped(data: bytes, place: int) -> bytes:
    """One bit the other way."""
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


def parts(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Header, body and signature."""
    header, body = msgpack.unpackb(data[2:-SIGNATURE_BYTES])
    return header, body, data[-SIGNATURE_BYTES:]


def built(first: bytes, header: bytes, body: bytes, signature: bytes) -> bytes:
    """An envelope of these parts."""
    return first[:2] + packed([header, body]) + signature


def header_changed(data: bytes, place: int, value: Any) -> bytes:
    """Another value in one place of the header, and the old signature."""
    header, body, signature = parts(data)
    fields = msgpack.unpackb(header)
    fields[place] = value(fields[place]) if callable(value) else value
    return built(data, packed(fields), body, signature)


def first_link(change: Callable[[list[Any]], list[Any]]) -> Callable[[list[Any]], list[Any]]:
    """A change of the first link only."""
    return lambda links: [change(links[0]), *links[1:]]


ALTERED: dict[str, Callable[[bytes], bytes]] = {
    "a bit of the signature": lambda e: flipped(e, -1),
    "a bit of the sealed text": lambda e: flipped(e, -SIGNATURE_BYTES - 1),
    "a bit of the header": lambda e: flipped(e, 40),
    "the format": lambda e: bytes((3 - e[0],)) + e[1:],
    "the version": lambda e: e[:1] + b"\0" + e[2:],
    "cut off": lambda e: e[:-1],
    "cut in half": lambda e: e[: len(e) // 2],
    "something behind it": lambda e: e + b"\0",
    "no signature": lambda e: e[:-SIGNATURE_BYTES] + bytes(SIGNATURE_BYTES),
    "expiry stripped": lambda e: header_changed(e, 5, lambda month: 0 if month else 209901),
    "an older head": lambda e: header_changed(e, 2, lambda _: GENESIS[0]),
    "another number": lambda e: header_changed(e, 4, first_link(lambda x: [x[0], x[1], x[2] + 7, bytes(31) + b"\1"])),
    "another previous": lambda e: header_changed(e, 4, first_link(lambda x: [x[0], x[1], x[2] + 1, bytes(31) + b"\1"])),
    "another ring": lambda e: header_changed(e, 4, lambda links: [[RANDOM.bytes(16), *links[0][1:]]]),
    "an epoch too high": lambda e: header_changed(e, 4, first_link(lambda x: [x[0], x[1] + 1, *x[2:]])),
    "one ring less": lambda e: header_changed(e, 4, lambda links: links[-1:] if len(links) > 1 else [*links, links[0]]),
    "another organisation": lambda e: header_changed(e, 0, bytes(32)),
    "another device": lambda e: header_changed(e, 1, OTHER[0]),
    "another sender key": lambda e: header_changed(e, 3, bytes(32)),
    "another nonce": lambda e: header_changed(e, 6, lambda n: flipped(n, 0) if n else bytes(12)),
    "rubbish": lambda e: b"\x93 this was never an envelope",
    "nothing": lambda e: b"",
    "nested a thousand deep": lambda e: e[:2] + b"\x91" * 1000 + b"\x90" + e[-SIGNATURE_BYTES:],
    "an HTML page": lambda e: b"<!doctype html><title>Welkom</title>",
}
GENESIS: list[bytes] = []  # the first head of the roll, and Joke's device: known once a team stands
OTHER: list[bytes] = []


def learn(s: Siege) -> None:
    """What a server knows of this team."""
    roll = session_of(s.joke).roll
    GENESIS[:] = [next(head for head, place in roll._places.items() if place == 1)]
    OTHER[:] = [session_of(s.joke).device]


@pytest.mark.parametrize("name", ALTERED)
def test_alters(settled: Path, tmp_path: Path, name: str) -> None:
    """Whatever is altered is set aside and listed with its reason, not one letter of it is shown; what was altered
    on the way comes in whole from an honest server.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            learn(s)
            s.evil.on("pull", each_envelope(ALTERED[name]))
            await s.note("veranderd")
            assert await s.round(s.fatma) == ""
            assert await s.round(s.joke) == ""
            assert s.read() == {"van vroeger"}
            assert set(aside(s.joke)) <= {"bad_signature", "bad_format", "roll_refused", "stale_epoch"}
            assert aside(s.joke)
            assert s.joke.sync_status().aside == len(aside(s.joke))
            await s.peace()

    asyncio.run(story())


def swapped(swap: Callable[[bytes, bytes], list[bytes]]) -> Callable[[Items], Items]:
    """The first two envelopes of a page with something changed over."""

    def change(items: Items) -> Items:
        if len(items) < 2:
            return items
        (one, a), (two, b), *rest = items
        a, b = swap(a, b)
        return [[one, a], [two, b], *rest]

    return change


def swap_part(index: int) -> Callable[[bytes, bytes], list[bytes]]:
    """Change the header (0), body (1) or signature (2) over."""

    def swap(a: bytes, b: bytes) -> list[bytes]:
        mine, theirs = list(parts(a)), list(parts(b))
        mine[index], theirs[index] = theirs[index], mine[index]
        return [built(a, *mine), built(b, *theirs)]

    return swap


@pytest.mark.parametrize(("name", "index"), [("headers", 0), ("bodies", 1), ("signatures", 2)])
def test_swaps(settled: Path, tmp_path: Path, name: str, index: int) -> None:
    """Both are set aside as bad_signature; neither text turns up under the other's date, ring or name."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            s.evil.on("pull", each_page(swapped(swap_part(index))))
            await s.note("deze")
            assert await s.round(s.fatma) == ""
            assert await s.round(s.joke) == ""
            assert s.read() == {"van vroeger"}
            assert aside(s.joke) == ["bad_signature"] * 2
            await s.peace()

    asyncio.run(story())


@pytest.mark.parametrize("index", [0, 1, 2], ids=["headers", "bodies", "signatures"])
def test_swaps_between_two_devices(settled: Path, tmp_path: Path, index: int) -> None:
    """What Joke wrote stays Joke's, what Fatma wrote Fatma's: no word changes its speaker."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            await s.note("van Fatma")
            assert await s.round(s.fatma) == ""
            mine = await s.joke.save_visit(replace(FORM, note="van Joke"))
            s.said.add("van Joke")
            first = session_of(s.joke).log.pending()[-1].data

            def change(items: Items) -> Items:
                out = []
                for number, data in items:
                    a, b = list(parts(data)), list(parts(first))
                    a[index] = b[index]
                    out.append([number, built(data, *a)])
                return out

            s.evil.on("pull", each_page(change))
            assert await s.round(s.joke) == ""
            assert s.read() == {"van vroeger", "van Joke"}
            assert s.joke.visit(mine).by == "Joke"
            assert "bad_signature" in aside(s.joke)
            s.evil.calm()

    asyncio.run(story())


REPEATED: dict[str, Callable[[Items], Items]] = {
    "each one three times": lambda items: [[n * 3 + k, e] for n, e in items for k in range(3)],
    "the page backwards": lambda items: [[n, e] for (n, _), (_, e) in zip(items, items[::-1], strict=True)],
}


@pytest.mark.parametrize("name", REPEATED)
def test_repeats_and_reorders(settled: Path, tmp_path: Path, name: str) -> None:
    """Every visit is there once, with its last text, and nothing is set aside."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            visit = await s.note("eerst")
            s.said.discard("eerst")
            await s.fatma.save_visit(replace(FORM, note="daarna"), visit)
            s.said.add("daarna")
            s.evil.on("pull", each_page(REPEATED[name]))
            for app in (s.fatma, s.joke):
                assert await s.round(app) == ""
            assert s.read() == s.said
            assert [v.id for v in s.joke.queue(QueueFilter.ALL)].count(visit) == 1
            assert aside(s.joke) == []
            await s.peace()

    asyncio.run(story())


def test_plays_all_of_it_again_every_time(settled: Path, tmp_path: Path) -> None:
    """A page from long ago on top of each answer: what was removed stays removed, what was changed stays changed."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            gone, kept = await s.note("weg ermee"), await s.note("oud")
            assert await s.round(s.fatma) == ""
            assert await s.round(s.joke) == ""
            await s.fatma.remove_visit(gone)
            await s.fatma.save_visit(replace(FORM, note="nieuw"), kept)
            s.said.difference_update({"weg ermee", "oud"})
            s.said.add("nieuw")

            async def from_the_start(request: Request, honest: Honest) -> Answer:
                asked = [[ring_, 0] for ring_, _ in request.value(wire.PULL)]
                answer = await honest(replace(request, body=wire.encode(asked)))
                pages = wire.decode(wire.PULLED, answer.body)
                again = [
                    [r, [[n + 1000 + len(s.evil.heard) * 50, e] for n, e in items], False] for r, items, _ in pages
                ]
                return replace(answer, body=packed(again))

            s.evil.on("pull", from_the_start)
            for _ in range(3):
                assert await s.round(s.fatma) == ""
                assert await s.round(s.joke) == ""
                assert s.read() == s.said
            s.nothing_unsaid()
            await s.peace(after=2 * DAY, rounds=3)

    asyncio.run(story())


def test_drops_one(settled: Path, tmp_path: Path) -> None:
    """The next one shows the gap on the home screen, also after a restart; an honest server closes it."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            s.evil.on("pull", each_page(lambda items: items[1:]))
            await s.note("verdwenen")
            await s.note("gebleven")
            assert await s.round(s.fatma) == ""
            assert await s.round(s.joke) == ""
            assert s.read() <= {"van vroeger", "gebleven", "verdwenen"}
            assert s.joke.sync_status().withheld == 1
            await s.restarted()
            assert s.joke.sync_status().withheld == 1
            await s.peace()

    asyncio.run(story())


def test_brings_in_everything_late(settled: Path, tmp_path: Path) -> None:
    """Silence shows nothing wrong, and costs nothing: it can't be told from nobody writing."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            s.evil.on("pull", each_page(lambda _: []))
            await s.note("later")
            for _ in range(3):
                assert await s.round(s.fatma) == ""
                assert await s.round(s.joke) == ""
            assert s.read() == {"van vroeger"}
            assert s.joke.sync_status().withheld == 0
            await s.peace()

    asyncio.run(story())


async def forged(s: Siege, device: bytes, signing: Any) -> bytes:
    """An envelope that the server makes: sealed as it should be to the coordinators' ring, in some device's name."""
    state = session_of(s.joke).roll.state
    r = ring.coordinators_ring(session_of(s.joke).team)
    key = RANDOM.bytes(32)
    name = sender_key_id(key, device, [(r, state.rings[r].epoch)])
    link = Link(r, state.rings[r].epoch, 1, NO_PREVIOUS)
    header = Header(state.organisation, device, state.head, name, (link,), 0, RANDOM.bytes(12))
    return await envelope.seal(P, signing, Draft(header, b"een woord dat niemand zei", key))


def slipped_in(data: bytes) -> Callable[[Items], Items]:
    """One more envelope at the end of each page."""
    return lambda items: [*items, [(items[-1][0] if items else 1 << 40) + 1, data]]


def in_front(data: bytes) -> Callable[[Items], Items]:
    """One more envelope before the others of each page, under a number that no other has."""
    return lambda items: [[(items[0][0] if items else 1 << 40) - 1, data], *items]


@pytest.mark.parametrize("whose", ["Fatma's", "Joke's own", "of no device", "of a device of its own"])
def test_makes_one_up(settled: Path, tmp_path: Path, whose: str) -> None:
    """Sealed as it should be (rings' public halves are public) and signed by a key of the server's: set aside, with
    whose name it bore; nothing of it is shown, and the real chain of that device goes on.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            signing, agreement = await P.signing_key(RANDOM.bytes(32)), await P.agreement_key(RANDOM.bytes(32))
            device = {
                "Fatma's": session_of(s.fatma).device,
                "Joke's own": session_of(s.joke).device,
                "of no device": RANDOM.bytes(16),
                "of a device of its own": device_id(signing.public, agreement.public),
            }[whose]
            data = await forged(s, device, signing)
            s.evil.on("pull", each_page(slipped_in(data)))
            await s.note("echt")
            assert await s.round(s.fatma) == ""
            assert await s.round(s.joke) == ""
            on_the_roll = device in session_of(s.joke).roll.state.devices
            assert aside(s.joke) == ["bad_signature" if on_the_roll else "roll_refused"]
            assert s.read() == s.said
            await s.peace(restart=True, rounds=3)

    asyncio.run(story())


def test_forges_in_my_name_and_is_put_back(settled: Path, tmp_path: Path) -> None:
    """What the server signed as mine is not offered to the next server among my own, where it would take my place."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            me = session_of(s.fatma)
            chain = envelope.parse(me.log.read()[-1].data).header
            signing = await P.signing_key(RANDOM.bytes(32))
            own = next(x for x in chain.links if x.ring == me.own_ring())
            last = me.log.read()[-1].id
            links = (Link(own.ring, own.epoch, own.number + 1, last),)
            key = RANDOM.bytes(32)
            name = sender_key_id(key, me.device, [(own.ring, own.epoch)])
            header = Header(chain.organisation, me.device, chain.head, name, links, 0, RANDOM.bytes(12))
            data = await envelope.seal(P, signing, Draft(header, b"mijn plaats", key))
            s.evil.on("pull", each_page(slipped_in(data)))
            assert await s.round(s.fatma) == ""
            assert aside(s.fatma) == ["bad_signature"]
            s.evil.on("token", rewritten(wire.TOKENED, lambda t: [t[0], t[1], RANDOM.bytes(16)]), 1)
            me.syncer.line.token = ""
            n = len(s.evil.heard)
            assert await s.round(s.fatma) == ""
            sent = [e for r in s.evil.heard[n:] if r.path == "push" for e in r.value(wire.PUSH)]
            assert sent
            assert data not in sent
            await s.peace(restart=True, rounds=3)

    asyncio.run(story())


def test_gives_what_another_organisation_wrote(settled: Path, tmp_path: Path) -> None:
    """Genuine in its own house; here it waits or is set aside, and nobody sees it."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            other = await founded(TestClock())
            fatma = other.people[1]
            key, change = await fatma.key_envelope(), await fatma.envelope(b"van elders")
            s.evil.on("pull", each_page(lambda items: in_front(change)(in_front(key)(items))))
            await s.note("van hier")
            assert await s.round(s.fatma) == ""
            assert await s.round(s.joke) == ""
            assert s.read() == s.said
            await s.peace()

    asyncio.run(story())


def test_gives_what_was_not_for_me(settled: Path, tmp_path: Path) -> None:
    """What Fatma kept to herself, served to the coordinator under the coordinators' ring: it can't be opened."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            private = await s.fatma.save_visit(replace(FORM, shared=False, address="Rozenlaan 3", note="onder ons"))
            s.said.add("onder ons")
            mine = [e.data for e in session_of(s.fatma).log.pending()]
            assert await s.round(s.fatma) == ""
            s.evil.on("pull", each_page(lambda items: [*items, *([(1 << 41) + n, e] for n, e in enumerate(mine))]))
            assert await s.round(s.joke) == ""
            shown = s.joke.visit(private)
            assert (shown.detail, shown.form.note, shown.form.address) == (False, "", "")
            assert s.read() == {"van vroeger"}

    asyncio.run(story())
