"""Two phones without a network: what one shows by QR codes, the other takes in as if a server had given it."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from sync.core import bundle, codec, envelope, formats, ring
from sync.core.bundle import Bundle
from sync.core.change import Change, Patch
from sync.core.errors import BadInput, Forbidden, Revoked
from sync.core.frames import Collector, Series, from_text, parse, to_text
from sync.core.ids import ID_BYTES, record_id
from sync.core.ports import LogState
from sync.device import meta
from sync.device.carrying import AGAIN_MILLIS, Taken
from sync.device.writer import Part
from sync.simulate.device import Device
from sync.simulate.run import Simulation
from tests.support.simulated import rounds, told


def team_ring(d: Device) -> bytes:
    """The ring that all of them read."""
    return ring.team_ring(d.roll.state.device(d.keyring.device).team)


async def say(d: Device, *words: str, to: bytes = b"") -> None:
    """Write a record for each word, to the team's ring (or another)."""
    for word in words:
        nonce = d.writer._random.bytes(ID_BYTES)
        record = record_id(d.member, "mark", nonce)
        change = Change("mark", "address", record, d.writer.stamp(), {"note": Patch(word)}, nonce)
        await d.writer.write([Part(change, frozenset({to or team_ring(d)}))])
        await d.replica.catch_up()


def words(d: Device) -> set[str]:
    """What this device shows."""
    return {str(r.value("address.note")) for r in d.replica.records.values() if r.kind == "mark"}


def through_the_air(content: bytes) -> bytes:
    """Shown as QR codes of which every third is missed, and all others are seen twice."""
    series, seen = Series(content, 300), Collector()
    for index in range(10_000):
        for _ in range(0 if index % 3 == 1 else 2):
            seen.add(parse(from_text(to_text(series.frame(index)))))
        if seen.content is not None:
            return seen.content
    raise AssertionError("never whole")


async def shown(a: Device, b: Device, *, blind: bool = False, most: int = 1 << 17) -> Taken:
    """`a` shows, `b` scans; `blind`: `a` does not know what `b` has."""
    at = team_ring(a)
    theirs = None if blind else b.syncer.carrying.have(at)
    content = bundle.encode(a.syncer.carrying.offer(at, theirs, most))
    return await b.syncer.carrying.take_in(at, through_the_air(content))


async def taken(b: Device, envelopes: Sequence[bytes]) -> Taken:
    """`b` scans a bundle of these."""
    return await b.syncer.carrying.take_in(team_ring(b), bundle.encode(Bundle(team_ring(b), {}, tuple(envelopes))))


def facts(d: Device) -> tuple[object, ...]:
    """What carrying must not touch: its numbers, its cursors, what it has to send and since when."""
    queue = [e.id for e in d.log.pending()]
    return d.log.get(meta.CHAINS), d.log.get(meta.CURSORS), d.log.get(meta.UNSENT_SINCE), queue


def written(d: Device) -> list[bytes]:
    """What a device has yet to send."""
    return [e.data for e in d.log.pending()]


async def settled(s: Simulation) -> tuple[Device, Device, Device]:
    """A coordinator and two others who have synced; then the network is gone."""
    await rounds(*s.devices)
    return s.devices[0], s.devices[1], s.devices[2]


def test_two_without_a_network_show_the_same_after_exchanging() -> None:
    """Each shows once; their own queues, numbers and cursors stay; a second time there is nothing left to show."""

    async def story(s: Simulation) -> None:
        _, fatma, bram = await settled(s)
        await say(fatma, "een", "twee")
        await say(bram, "drie")
        before = facts(fatma), facts(bram)
        first = await shown(fatma, bram, blind=True)
        second = await shown(bram, fatma)
        assert words(fatma) == words(bram) == {"een", "twee", "drie"}
        assert (first.new, second.new) == (len(written(fatma)), len(written(bram)))
        assert not any((first.refused, second.refused, first.behind, second.behind, first.waiting))
        assert (facts(fatma), facts(bram)) == before
        assert fatma.syncer.carrying.offer(team_ring(bram), bram.syncer.carrying.have(team_ring(bram))).envelopes == ()
        assert bram.log.count()[LogState.CARRIED] == bram.syncer.carrying.owed == first.new
        again = await shown(fatma, bram, blind=True)
        assert (again.new, again.known >= first.new) == (0, True)

    told(story)


def test_only_what_the_other_misses_is_shown_whoever_wrote_it() -> None:
    """Of each device what lies behind the number that the other has; a third one's too."""

    async def story(s: Simulation) -> None:
        joke, fatma, bram = await settled(s)
        await say(fatma, "een")
        await shown(fatma, bram)
        await say(fatma, "twee")
        await say(bram, "drie")
        last = written(fatma)[-1]
        offered = fatma.syncer.carrying.offer(team_ring(bram), bram.syncer.carrying.have(team_ring(bram))).envelopes
        assert offered == (last,)
        await shown(bram, joke)
        assert words(joke) == {"een", "drie"}

    told(story)


def test_who_has_not_seen_all_hears_that_and_gets_the_rest() -> None:
    """With room for a part only: the first come first, so that all of it counts at once."""

    async def story(s: Simulation) -> None:
        _, fatma, bram = await settled(s)
        await say(fatma, *"abcdefgh")
        took = await shown(fatma, bram, most=2_000)
        assert took.behind
        assert words(bram) == set("abcdefgh"[: len(words(bram))]) < set("abcdefgh")
        for _ in range(9):
            took = await shown(fatma, bram, most=2_000)
        assert not took.behind
        assert words(bram) == set("abcdefgh")

    told(story)


def test_to_who_did_not_say_what_they_have_the_last_is_shown_with_what_opens_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The key was written long before; the other opens the last ones, and hears that there is more."""
    monkeypatch.setattr("sync.device.carrying.BLIND", 2)

    async def story(s: Simulation) -> None:
        _, fatma, bram = await settled(s)
        await say(fatma, *"abcde")
        took = await shown(fatma, bram, blind=True)
        assert (words(bram), took.behind) == (set("de"), True)
        took = await shown(fatma, bram)
        assert (words(bram), took.behind) == (set("abcde"), False)

    told(story)


def test_whoever_is_online_first_hands_it_on_and_the_author_hears_that_it_is_there() -> None:
    """The coordinator reads it before the author had a line; the author's own push comes to nothing new, for anyone."""

    async def story(s: Simulation) -> None:
        joke, fatma, bram = await settled(s)
        await say(fatma, "van fatma")
        await say(bram, "van bram")
        await shown(fatma, bram)
        await rounds(bram, joke, times=1)
        assert words(joke) == {"van fatma", "van bram"}
        assert (bram.syncer.carrying.owed, bram.log.get(meta.CARRIED)) == (0, None)
        assert LogState.CARRIED not in bram.log.count()
        assert len(written(fatma)) > 0
        await rounds(fatma, times=1)
        assert written(fatma) == []
        await say(fatma, "daarna")
        await rounds(fatma, joke, bram, times=2)
        assert words(joke) == words(fatma) == words(bram) == {"van fatma", "van bram", "daarna"}
        for d in (joke, fatma, bram):
            assert (d.replica.aside, d.replica.withheld, d.replica.doubled) == ({}, set(), set())

    told(story)


def test_what_a_server_can_not_take_yet_waits_and_disturbs_nothing() -> None:
    """What comes before it is missing there: own notes arrive, it is tried again an hour later, not each round."""

    async def story(s: Simulation) -> None:
        _, fatma, bram = await settled(s)
        await say(fatma, "een", "twee")
        await taken(bram, written(fatma)[-1:])
        await say(bram, "drie")
        pushed: list[int] = []
        asked = bram.syncer.line.ask

        async def ask(path, value, shape):  # type: ignore[no-untyped-def]
            if path == "push":
                pushed.append(len(value))
            return await asked(path, value, shape)

        bram.syncer.line.ask = ask  # type: ignore[method-assign]
        await rounds(bram)
        assert pushed == [2, 1]  # its own two (a key and a note), and one try
        assert (written(bram), bram.replica.aside, bram.syncer.carrying.owed) == ([], {}, 1)
        await rounds(fatma, times=1)
        await asyncio.sleep(AGAIN_MILLIS / 1000)
        await rounds(bram, times=1)
        assert (bram.syncer.carrying.owed, words(bram)) == (0, {"een", "twee", "drie"})

    told(story)


def test_what_fills_the_gap_lets_all_behind_it_through_at_once() -> None:
    """Carried in two goes, the last first: one round brings all of it to the server."""

    async def story(s: Simulation) -> None:
        joke, fatma, bram = await settled(s)
        await say(fatma, *"abc")
        await taken(bram, written(fatma)[2:])
        await rounds(bram, times=1)
        await taken(bram, written(fatma)[:2])
        await rounds(bram, joke, times=1)
        assert (bram.syncer.carrying.owed, words(joke)) == (0, set("abc"))

    told(story)


def test_a_device_that_left_hands_on_what_it_carries_and_takes_no_more() -> None:
    """The other's note arrives all the same."""

    async def story(s: Simulation) -> None:
        joke, fatma, bram = await settled(s)
        await say(fatma, "nog snel")
        await shown(fatma, bram)
        await joke.steward.revoke([bram.keyring.device])
        with pytest.raises(Revoked):
            await bram.syncer.once()
        await rounds(joke, times=1)
        assert words(joke) == {"nog snel"}
        with pytest.raises(Forbidden):
            await shown(fatma, bram)

    told(story)


def test_what_a_device_wrote_beyond_its_end_is_quarantined_also_when_carried() -> None:
    """Revoked meanwhile: as from the server, a coordinator decides."""

    async def story(s: Simulation) -> None:
        joke, fatma, bram = await settled(s)
        await joke.steward.revoke([fatma.keyring.device])
        await say(fatma, "te laat")
        await rounds(bram, times=1)
        await taken(bram, written(fatma))
        assert words(bram) == set()
        assert len(bram.replica.quarantine) == 1

    told(story)


def test_a_hostile_screen_puts_nothing_in_the_log() -> None:
    """Cut off, forged, altered, of another ring: refused and counted, nothing aside; what is right beside it comes in."""

    async def story(s: Simulation) -> None:
        _, fatma, bram = await settled(s)
        await say(fatma, "een")
        await say(fatma, "geheim", to=ring.own_ring(fatma.member))
        other = [e for e in written(fatma) if team_ring(bram) not in rings(e)]
        good = [e for e in written(fatma) if e not in other]
        one = good[-1]
        h = envelope.parse(one).header
        elsewhere = envelope.encode_header(replace(h, organisation=bytes(32)))
        over = envelope.encode_header(replace(h, expiry=202001))
        epoch = envelope.encode_header(replace(h, links=(replace(h.links[0], epoch=7),)))
        nobody = envelope.encode_header(replace(h, device=bytes(16)))
        forged = [await signed(fatma, one, header) for header in (elsewhere, over, epoch, nobody)]
        flipped = one[:-1] + bytes((one[-1] ^ 1,))
        altered = one[:300] + bytes((one[300] ^ 1,)) + one[301:]
        stub = envelope.stub(flipped)
        junk = [b"", b"\x01\x02nothing", bytes(600), flipped, altered, one[:-70], stub, *other, *forged]
        before = bram.log.read(0, 10_000)
        took = await taken(bram, junk)
        assert (took.refused, took.new, took.known, took.waiting) == (len(junk), 0, 0, 0)
        assert (bram.log.read(0, 10_000), bram.replica.aside) == (before, {})
        took = await taken(bram, [*junk, *good])
        assert (words(bram), took.new) == ({"een"}, len(good))
        with pytest.raises(BadInput):
            await bram.syncer.carrying.take_in(bytes(16), bundle.encode(Bundle(team_ring(bram), {})))
        own = ring.own_ring(fatma.member)
        with pytest.raises(Forbidden):
            await bram.syncer.carrying.take_in(own, bundle.encode(Bundle(own, {}, tuple(other))))

    told(story)


def rings(data: bytes) -> set[bytes]:
    """Those to which an envelope is sealed."""
    return {link.ring for link in envelope.parse_any(data).header.links}


async def signed(d: Device, data: bytes, header: bytes) -> bytes:
    """The same envelope with another header, signed by its author."""
    body = envelope.parse(data).body
    unsigned = formats.prefix(formats.CHANGE) + codec.pack([header, body])
    [signature] = await d.writer._primitives.sign(d.keyring.signing, [envelope.to_sign(unsigned)])
    return unsigned + signature


def test_what_names_an_unknown_head_waits_and_counts_once_the_roll_is_there() -> None:
    """The roll grew while one of them had no line: also of a device that joined in that time."""

    async def story(s: Simulation) -> None:
        joke, fatma, bram = await settled(s)
        await joke.steward.found_team(joke.roll.state.device(joke.keyring.device).team)
        await rounds(fatma, times=1)
        await say(fatma, "nieuw hoofd")
        took = await shown(fatma, bram)
        assert (took.waiting > 0, took.refused, words(bram)) == (True, 0, set())
        await bram.syncer.refresh_roll()
        await bram.replica.catch_up()
        assert words(bram) == {"nieuw hoofd"}

    told(story)


def test_what_waits_for_an_unknown_author_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can tell whether it is anyone's: a phone takes a few, and no more."""
    monkeypatch.setattr("sync.device.carrying.MAX_UNSURE", 2)

    async def story(s: Simulation) -> None:
        _, fatma, bram = await settled(s)
        await say(fatma, "een")
        h = envelope.parse(written(fatma)[-1]).header
        heads = [replace(h, device=bytes([n]) * 16, head=bytes([n]) * 32) for n in range(1, 6)]
        made = [await signed(fatma, written(fatma)[-1], envelope.encode_header(head)) for head in heads]
        assert [(t.waiting, t.refused) for t in [await taken(bram, made[:4]), await taken(bram, made[4:])]] == [
            (2, 2),
            (0, 1),
        ]

    told(story)


def test_what_its_own_disk_forgot_comes_back_and_arrives() -> None:
    """Put back from a copy of before, and written on since, with the same numbers: what another carried of it and what
    is new both arrive.
    """

    async def story(s: Simulation) -> None:
        joke, fatma, bram = await settled(s)
        chains = fatma.log.get(meta.CHAINS)
        await say(fatma, "vergeten")
        await shown(fatma, bram)
        with fatma.log._atomic() as db:
            db.execute(f"DELETE FROM envelopes WHERE state = {LogState.PENDING}")
        fatma.log.put({meta.CHAINS: chains, meta.UNSENT_SINCE: None})
        await fatma.shelf.remove()
        await fatma.start()
        assert words(fatma) == set()
        await say(fatma, "nieuw")
        await shown(bram, fatma, blind=True)
        assert words(fatma) == {"vergeten", "nieuw"}
        for _ in range(4):
            await rounds(fatma, bram, joke)
            await asyncio.sleep(11 * 60)
        assert (words(joke), words(bram), written(fatma)) == ({"vergeten", "nieuw"}, {"vergeten", "nieuw"}, [])

    told(story)


@pytest.mark.parametrize("seed", range(6))
def test_whoever_met_whom_in_whatever_order_all_show_the_same_in_the_end(seed: int) -> None:
    """Pairs meet at random, with room for a part only, some with a line now and then; nobody's own queue is ever another's
    to lose. Once all have met, and again once all had a line, everyone shows every word, and nothing is aside.
    """
    luck = random.Random(seed)

    async def story(s: Simulation) -> None:
        await settled(s)
        crew, said = s.devices[:4], set[str]()
        for step in range(14):
            a, b = luck.sample(crew, 2)
            if luck.random() < 0.6:
                said.add(f"{step}")
                await say(a, f"{step}")
            if luck.random() < 0.2:
                await rounds(luck.choice(crew), times=1)
            await shown(a, b, blind=luck.random() < 0.4, most=luck.choice((1_500, 4_000, 60_000)))
        for _ in range(2):
            for a, b in ((0, 1), (1, 2), (2, 3), (3, 2), (2, 1), (1, 0)):
                await shown(crew[a], crew[b])
        assert [words(d) for d in crew] == [said] * len(crew)
        for _ in range(2):
            await rounds(*crew, times=1)
            await asyncio.sleep(AGAIN_MILLIS / 1000)
        assert [words(d) for d in crew] == [said] * len(crew)
        for d in crew:
            assert (d.replica.aside, d.replica.withheld, d.replica.doubled) == ({}, set(), set())
            assert (written(d), d.syncer.carrying.owed) == ([], 0)

    told(story)
