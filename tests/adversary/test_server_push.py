"""Envelopes that ought not to be taken: each gets its own answer, and none holds up the next."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from sync.core import envelope, formats, wire
from sync.core.envelope import id_of
from sync.core.errors import Forbidden, NotAuthorized, TooLarge, UnknownDevice
from sync.core.ids import entry_hash
from sync.core.rights import Role
from sync.server.store_memory import MemoryStore
from tests.support.native_app import TestClock
from tests.support.organisation import RANDOM, Organisation, P, Person, founded
from tests.support.server import Caller, serving

CLOCK = TestClock()
Work = Callable[[Organisation, Person, Caller, str], Awaitable[None]]


def served(work: Work) -> None:
    """Run with the contact person's device signed in."""

    async def whole() -> None:
        organisation = await founded(CLOCK)
        async with serving(MemoryStore(), CLOCK, organisation) as app:
            caller = Caller(app)
            me = organisation.people[1]
            await work(organisation, me, caller, await caller.signed_in(me))

    asyncio.run(whole())


def test_gaps_forks_and_second_beginnings_are_refused_and_the_right_one_still_fits() -> None:
    """Out of order, a number taken by another envelope, a wrong previous: broken_chain; nothing of them stays."""

    async def work(organisation: Organisation, me: Person, caller: Caller, token: str) -> None:
        one, two, three = [await me.envelope(text) for text in (b"1", b"2", b"3")]
        assert await caller.push(token, [two, three]) == ["broken_chain", "broken_chain"]
        assert await caller.push(token, [one, three, two]) == ["stored", "broken_chain", "stored"]
        [link] = envelope.parse(two).header.links
        fork = await me.envelope(b"fork", links=(link,))
        beginning = await me.envelope(b"again", links=(replace(link, number=1, previous=envelope.NO_PREVIOUS),))
        elsewhere = await me.envelope(b"else", links=(replace(link, number=3, previous=RANDOM.bytes(32)),))
        assert await caller.push(token, [fork, beginning, elsewhere]) == ["broken_chain"] * 3
        assert await caller.push(token, [three, one, two]) == ["stored", "duplicate", "duplicate"]
        assert [data for _, data in await caller.pull(token, me.own_ring)] == [one, two, three]

    served(work)


def test_each_bad_envelope_has_its_own_answer_and_the_good_ones_go_on() -> None:
    """Garbage, an unknown head, an old epoch, no such ring, too large, cut off, of a newer version."""

    async def work(organisation: Organisation, me: Person, caller: Caller, token: str) -> None:
        header = me.header()
        [link] = header.links
        good, better = await me.envelope(b"good"), await me.envelope(b"better")
        batch = {
            "stored": good,
            "bad_format": b"garbage",
            "unknown_head": await me.envelope(b"x", head=RANDOM.bytes(32)),
            "stale_epoch": await me.envelope(b"x", links=(replace(link, epoch=2),)),
            "broken_chain": await me.envelope(b"x", links=(replace(link, ring=RANDOM.bytes(16)),)),
            "too_large": good[:2] + bytes(envelope.MAX_ENVELOPE_BYTES + 100),
            "newer_version": bytes((formats.CHANGE, formats.version_of(formats.CHANGE) + 1)) + good[2:],
        }
        assert await caller.push(token, list(batch.values())) == list(batch)
        odd = [b"", good[:-1], good[:60], good + b"\0", bytes(2)]
        assert await caller.push(token, [*odd, better]) == ["bad_format"] * 5 + ["stored"]
        assert [data for _, data in await caller.pull(token, me.own_ring)] == [good, better]

    served(work)


def test_answers_name_the_bytes_as_they_came() -> None:
    """Also for what can't be read, so that a device knows which one is meant."""

    async def work(organisation: Organisation, me: Person, caller: Caller, token: str) -> None:
        made = [b"garbage", await me.envelope(b"x")]
        answer = await caller.ask("push", made, wire.PUSHED, token)
        assert [name for name, _ in answer] == [id_of(data) for data in made]

    served(work)


def test_nobody_pushes_in_anothers_name() -> None:
    """What is not signed by the device that it names is refused, and leaves that device's chain untouched."""

    async def work(organisation: Organisation, me: Person, caller: Caller, token: str) -> None:
        joke = organisation.people[0]
        forged = await me.envelope(b"mine in their name", device=joke.device, links=joke.header().links)
        assert await caller.push(token, [forged]) == ["bad_signature"]
        theirs = await joke.envelope(b"theirs")
        assert await caller.push(await caller.signed_in(joke), [theirs]) == ["stored"]

    served(work)


def test_an_envelope_may_be_carried_by_another_device() -> None:
    """Signed by its own device it is taken from whoever brings it: a saved file, a forgotten PIN, a neighbour."""

    async def work(organisation: Organisation, me: Person, caller: Caller, token: str) -> None:
        joke = organisation.people[0]
        first, second = await joke.envelope(b"one"), await joke.envelope(b"two")
        assert await caller.push(token, [first, second, first]) == ["stored", "stored", "duplicate"]
        assert await caller.push(await caller.signed_in(joke), [first, await joke.envelope(b"three")]) == [
            "duplicate",
            "stored",
        ]

    served(work)


def test_an_envelope_from_before_its_device_joined_is_refused() -> None:
    """A device can't name a head at which it was not on the roll."""

    async def work(organisation: Organisation, me: Person, caller: Caller, token: str) -> None:
        [team] = me.readable - {me.own_ring}
        genesis = entry_hash(organisation.roll.entries[0])
        odd = await me.envelope(b"x", [team], head=genesis)
        assert await caller.push(token, [odd]) == ["unknown_device"]

    served(work)


def test_only_readable_rings_are_given() -> None:
    """The coordinators' ring, another member's own ring and an unknown one are forbidden to a contact person."""

    async def work(organisation: Organisation, me: Person, caller: Caller, token: str) -> None:
        joke = organisation.people[0]
        for ring in (*(joke.readable - me.readable), RANDOM.bytes(16)):
            with pytest.raises(Forbidden):
                await caller.pull(token, ring)
        assert len(joke.readable - me.readable) == 2

    served(work)


def test_a_newcomer_reads_a_ring_from_its_beginning_but_not_before_joining() -> None:
    """The server learns of the new device with its roll entry: before, no challenge; after, the whole ring."""

    async def work(organisation: Organisation, me: Person, caller: Caller, token: str) -> None:
        joke = organisation.people[0]
        [team] = me.readable & joke.readable
        old = await me.envelope(b"old", [team])
        assert await caller.push(token, [old]) == ["stored"]
        entry, made = await organisation.invite_entry(joke, Role.CONTACT)
        head = organisation.roll.state.head
        await caller.ask("roll/append", [head, entry], None, await caller.signed_in(joke))
        await organisation.roll.extend(P, [entry])
        joining, newcomer = await organisation.join_entry(made)
        with pytest.raises(UnknownDevice):
            await caller.signed_in(newcomer)
        await caller.ask("enrol", [made.announced, joining])
        assert [data for _, data in await caller.pull(await caller.signed_in(newcomer), team)] == [old]

    served(work)


def test_what_was_written_offline_on_an_older_head_is_taken() -> None:
    """The roll moved meanwhile; the envelope names the head that its author knew."""

    async def work(organisation: Organisation, me: Person, caller: Caller, token: str) -> None:
        joke = organisation.people[0]
        written = await me.envelope(b"offline")
        entry, _ = await organisation.invite_entry(joke, Role.CONTACT)
        await caller.ask("roll/append", [organisation.roll.state.head, entry], None, await caller.signed_in(joke))
        assert await caller.push(token, [written]) == ["stored"]

    served(work)


def test_too_many_envelopes_at_once_are_refused_whole() -> None:
    """201 in one push: too_large, nothing stored; the device sends less and all is well."""

    async def work(organisation: Organisation, me: Person, caller: Caller, token: str) -> None:
        good = await me.envelope(b"good")
        with pytest.raises(TooLarge):
            await caller.push(token, [good] * (wire.MAX_PUSH + 1))
        assert await caller.push(token, [good] * wire.MAX_PUSH) == ["stored"] + ["duplicate"] * (wire.MAX_PUSH - 1)

    served(work)


def test_the_same_push_sent_ten_times_at_once_is_stored_once() -> None:
    """A device that lost the answer and asks again, in any overlap: one is stored, the others duplicates."""

    async def work(organisation: Organisation, me: Person, caller: Caller, token: str) -> None:
        made = [await me.envelope(bytes([n])) for n in range(20)]
        answers = await asyncio.gather(*(caller.push(token, made) for _ in range(10)))
        for place in range(20):
            assert sorted(a[place] for a in answers) == ["duplicate"] * 9 + ["stored"]
        assert [data for _, data in await caller.pull(token, me.own_ring)] == made

    served(work)


def test_without_a_token_nothing_is_taken_or_given() -> None:
    """No token, a made-up one, another scheme: not_authorized on every path that needs one."""

    async def work(organisation: Organisation, me: Person, caller: Caller, token: str) -> None:
        good = await me.envelope(b"good")
        for path in ("push", "pull", "roll", "roll/append", "directory/publish"):
            for wrong in ("", "x" * 43, token[:-1], token.swapcase()):
                with pytest.raises(NotAuthorized):
                    await caller.ask(path, [good], None, wrong)

    served(work)
