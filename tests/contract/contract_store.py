"""What every Store promises. A new rule of storage is written here first, and must hold for all of them.

Each case is an async function of one fresh store; the bytes are invented, but where one is overwritten.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from sync.core import codec, envelope, formats
from sync.core.envelope import NO_PREVIOUS, Header, Link, encode_header
from sync.core.ports import SIGNATURE_BYTES, TAG_BYTES
from sync.server.following import Onward
from sync.server.store import NewEnvelope, Page, Store, Usage

Case = Callable[[Store], Awaitable[None]]
CASES: list[Case] = []
HERE, THERE = b"\1" * 32, b"\2" * 32
RING, OTHER = b"\3" * 16, b"\4" * 16


def case(function: Case) -> Case:
    """Make this function part of the suite."""
    CASES.append(function)
    return function


class Author:
    """A device that makes well-formed chains."""

    def __init__(self, name: int = 1) -> None:
        self.device = bytes([name]) * 16
        self._made = 0
        self._chains: dict[bytes, tuple[int, bytes]] = {}

    def next(self, *rings: bytes, expiry: int = 0, size: int = 100) -> NewEnvelope:
        """The next envelope in these rings (RING when none is named)."""
        self._made += 1
        name = self.device + self._made.to_bytes(16, "big")
        links = []
        for ring in rings or (RING,):
            number, previous = self._chains.get(ring, (0, NO_PREVIOUS))
            links.append(Link(ring, 1, number + 1, previous))
            self._chains[ring] = (number + 1, name)
        return NewEnvelope(name, self.device, tuple(links), expiry, name + bytes(size))

    def sealed(self, *rings: bytes, expiry: int = 0, kind: int = formats.CHANGE) -> NewEnvelope:
        """The next one as it would travel, with nobody's signature."""
        links = []
        for ring in sorted(rings or (RING,)):
            number, previous = self._chains.get(ring, (0, NO_PREVIOUS))
            links.append(Link(ring, 1, number + 1, previous))
        self._made += 1
        nonce = self._made.to_bytes(12, "big") if kind == formats.CHANGE else b""
        header = Header(HERE, self.device, bytes(32), bytes(32), tuple(links), expiry, nonce)
        parts = [encode_header(header), bytes(256 + TAG_BYTES)]
        data = formats.prefix(kind) + codec.pack(parts) + bytes(SIGNATURE_BYTES)
        e = envelope.parse(data)
        self._chains |= {link.ring: (link.number, e.id) for link in links}
        return NewEnvelope(e.id, self.device, e.header.links, expiry, data)

    def many(self, count: int, **how: int) -> list[NewEnvelope]:
        return [self.next(**how) for _ in range(count)]


def _as_stub(e: NewEnvelope) -> NewEnvelope:
    """What is left of it, brought in its place."""
    return replace(e, data=envelope.stub(e.data))


def _placed(e: NewEnvelope, number: int, previous: bytes) -> NewEnvelope:
    """The same envelope, claiming another place in its chain."""
    return NewEnvelope(e.id, e.device, (Link(RING, 1, number, previous),), e.expiry, e.data)


def in_short(envelopes: Sequence[NewEnvelope]) -> list[NewEnvelope]:
    """The same, where one that goes on right behind the one before says only that, as those of a push do."""
    told = list(envelopes[:1])
    for before, e in pairwise(envelopes):
        links = told[-1].links
        base, step = (links.base, links.step) if isinstance(links, Onward) else (links, 0)
        onward = Onward(base, step + 1, before.id)
        told.append(replace(e, links=onward) if e.device == before.device and tuple(onward) == tuple(e.links) else e)
    return told


async def _everything(store: Store, ring: bytes = RING, organisation: bytes = HERE) -> list[bytes]:
    return [data for _, data in (await store.page(organisation, ring, 0, 10_000, 1 << 30)).items]


def _data(envelopes: Sequence[NewEnvelope]) -> list[bytes]:
    return [e.data for e in envelopes]


# -- rolls -----------------------------------------------------------------------------------------------


@case
async def a_new_store_holds_nothing(store: Store) -> None:
    """No organisation, no roll, no envelope, no edition."""
    assert await store.organisations() == []
    assert await store.roll(HERE) == []
    assert await store.page(HERE, RING, 0, 10, 1000) == Page((), False)
    assert await store.edition(HERE) is None


@case
async def a_roll_grows_only_from_the_length_one_knew(store: Store) -> None:
    """Compare and swap: an append on another length changes nothing; what was appended comes back in order."""
    assert await store.append_roll(HERE, 0, b"one")
    assert await store.append_roll(HERE, 1, b"two")
    for wrong in (0, 1, 3):
        assert not await store.append_roll(HERE, wrong, b"other")
    assert not await store.append_roll(THERE, 1, b"other")
    assert await store.roll(HERE) == [b"one", b"two"]
    assert (await store.roll(HERE, 1), await store.roll(HERE, 2), await store.roll(HERE, 9)) == ([b"two"], [], [])
    assert await store.organisations() == [HERE]


@case
async def of_two_appends_at_once_one_wins(store: Store) -> None:
    """However many try for the same place, exactly one gets it."""
    won = await asyncio.gather(*(store.append_roll(HERE, 0, bytes([n])) for n in range(20)))
    assert won.count(True) == 1
    assert await store.roll(HERE) == [bytes([won.index(True)])]


# -- envelopes -------------------------------------------------------------------------------------------


@case
async def what_was_stored_comes_back_as_it_was(store: Store) -> None:
    """The same bytes, in order, with rising numbers."""
    made = Author().many(3)
    assert await store.put(HERE, made) == ["stored"] * 3
    page = await store.page(HERE, RING, 0, 10, 10_000)
    assert [data for _, data in page.items] == _data(made)
    numbers = [sequence for sequence, _ in page.items]
    assert numbers == sorted(set(numbers))
    assert not page.more


@case
async def the_same_again_is_a_duplicate(store: Store) -> None:
    """In a later call and within one call: stored once."""
    [one] = Author().many(1)
    assert await store.put(HERE, [one, one]) == ["stored", "duplicate"]
    assert await store.put(HERE, [one]) == ["duplicate"]
    assert await _everything(store) == [one.data]


@case
async def a_chain_has_no_gap_no_fork_and_no_second_beginning(store: Store) -> None:
    """What does not follow its device's last envelope is not stored; what does, still is."""
    one, two, three, odd = Author().many(4)
    assert await store.put(HERE, [two, one, three, two]) == ["broken_chain", "stored", "broken_chain", "stored"]
    assert await store.put(HERE, [_placed(odd, 2, one.id)]) == ["broken_chain"]  # a place taken by another
    assert await store.put(HERE, [_placed(odd, 1, NO_PREVIOUS)]) == ["broken_chain"]
    assert await store.put(HERE, [_placed(odd, 3, one.id)]) == ["broken_chain"]  # follows another than the last
    assert await store.put(HERE, [_placed(odd, 4, two.id)]) == ["broken_chain"]
    assert await store.put(HERE, [three, odd]) == ["stored", "stored"]
    assert await _everything(store) == _data([one, two, three, odd])


@case
async def an_envelope_for_two_rings_is_in_both_or_in_neither(store: Store) -> None:
    """One broken chain of two keeps it out of the other as well."""
    author = Author()
    first = author.next(OTHER)
    both = author.next(RING, OTHER)
    assert await store.put(HERE, [both]) == ["broken_chain"]
    assert await _everything(store, RING) == await _everything(store, OTHER) == []
    assert await store.put(HERE, [first, both]) == ["stored", "stored"]
    assert await _everything(store, RING) == [both.data]
    assert await _everything(store, OTHER) == [first.data, both.data]


@case
async def what_is_told_in_short_is_kept_as_what_is_told_in_full(store: Store) -> None:
    """Whether the first of them is new, here, a gap, or comes whole after its stub; with stubs and months between."""
    author, other = Author(), Author(2)
    made = [author.sealed(RING, OTHER, expiry=203001 + n // 3) for n in range(9)]
    strange = other.sealed(RING)
    assert sum(type(e.links) is Onward for e in in_short(made)) == 8
    assert await store.put(HERE, in_short(made[1:3])) == ["broken_chain"] * 2
    assert await store.put(HERE, in_short([*made[:2], strange, made[2]])) == ["stored"] * 4
    assert await store.put(HERE, in_short(made[1:4])) == ["duplicate", "duplicate", "stored"]
    assert await store.put(HERE, in_short([_as_stub(made[4]), _as_stub(made[5]), made[6]])) == ["stored"] * 3
    assert await store.put(HERE, in_short(made[3:6])) == ["duplicate", "stored", "stored"]  # whole, after the stubs
    assert await store.put(HERE, in_short(made[4:8])) == ["duplicate"] * 3 + ["stored"]
    await store.erase(HERE, [made[8].id], b"d" * 16, 20_000)
    assert await store.put(HERE, in_short(made[7:9])) == ["duplicate", "stored"]
    whole = [*_data(made[:8]), envelope.stub(made[8].data)]
    assert sorted(await _everything(store, OTHER)) == sorted(whole)
    assert sorted(await _everything(store, RING)) == sorted([*whole, strange.data])
    assert [u.envelopes for u in await store.usage(HERE)] == [9, 1]
    assert [u.bytes for u in await store.usage(HERE)] == [sum(map(len, whole)), len(strange.data)]
    assert await store.authors(HERE, [e.id for e in made]) == dict.fromkeys([e.id for e in made], author.device)
    assert await store.drop_expired(203002) == 3
    third = Author(3)  # elsewhere: where there is an order, each is looked at
    months = [third.sealed(RING, expiry=month) for month in (203003, 203003, 203004, 203004)]
    assert await store.put(THERE, in_short(months)) == ["stored"] * 4
    last, lost = third.sealed(RING), third.sealed(RING)
    astray = replace(lost, links=Onward(last.links, 1, b"q" * 32))
    assert await store.put(THERE, [last, astray]) == ["stored", "broken_chain"]
    assert await store.drop_expired(203004) == 5 + 2  # one of the last three went with its order


@case
async def each_device_has_its_own_chain_in_a_ring(store: Store) -> None:
    """Two devices both begin at one."""
    a, b = Author(1).many(2), Author(2).many(2)
    assert await store.put(HERE, [a[0], b[0], a[1], b[1]]) == ["stored"] * 4


@case
async def nothing_crosses_between_organisations(store: Store) -> None:
    """The same ring, device, numbers and ids in two organisations are strangers to each other."""
    here, there = Author().many(2), Author().many(1)
    assert await store.put(HERE, here) == ["stored"] * 2
    assert await store.put(THERE, there) == ["stored"]
    assert await _everything(store, organisation=HERE) == _data(here)
    assert await _everything(store, organisation=THERE) == _data(there)
    assert await store.put_edition(HERE, 3, b"here")
    assert await store.edition(THERE) is None


@case
async def pages_give_everything_once(store: Store) -> None:
    """By count or by size, a cursor meets every envelope once and then the end."""
    made = Author().many(7, size=1000)
    await store.put(HERE, made)
    for limit, size in ((3, 1 << 20), (100, 2100), (1, 1 << 20)):
        after, seen, more = 0, list[bytes](), True
        while more:
            page = await store.page(HERE, RING, after, limit, size)
            assert 0 < len(page.items) <= limit
            seen += [data for _, data in page.items]
            after, more = page.items[-1][0], page.more
        assert seen == _data(made)


@case
async def a_cursor_of_another_numbering_starts_again(store: Store) -> None:
    """A device whose server was put back, or lied, must not wait for numbers that may never come."""
    made = Author().many(3)
    await store.put(HERE, made)
    last = (await store.page(HERE, RING, 0, 10, 1 << 20)).items[-1][0]
    assert (await store.page(HERE, RING, last, 10, 1 << 20)).items == ()
    for beyond in (last + 1, 2**63 - 1):
        page = await store.page(HERE, RING, beyond, 10, 1 << 20)
        assert [data for _, data in page.items] == _data(made)


@case
async def a_page_has_one_envelope_however_large(store: Store) -> None:
    """The bound on bytes never makes a page that goes nowhere."""
    made = Author().many(2, size=5000)
    await store.put(HERE, made)
    page = await store.page(HERE, RING, 0, 10, 10)
    assert [data for _, data in page.items] == [made[0].data]
    assert page.more


@case
async def a_cursor_never_skips_while_others_push(store: Store) -> None:
    """A reader that follows its cursor while ten devices write meets every envelope, once, in chain order."""
    authors = [Author(n) for n in range(1, 11)]
    made = [[a.many(2) for _ in range(10)] for a in authors]
    writing = [asyncio.create_task(_write(store, batches)) for batches in made]
    seen: list[bytes] = []
    after, finished = 0, False
    while not finished:
        finished = all(task.done() for task in writing)  # asked before the page: the last page sees everything
        more = True
        while more:
            page = await store.page(HERE, RING, after, 7, 1 << 20)
            seen += [data for _, data in page.items]
            after, more = page.items[-1][0] if page.items else after, page.more
        await asyncio.sleep(0)
    await asyncio.gather(*writing)
    for batches in made:
        own = [e.data for batch in batches for e in batch]
        assert [data for data in seen if data in set(own)] == own
    assert len(seen) == 200


async def _write(store: Store, batches: list[list[NewEnvelope]]) -> None:
    for batch in batches:
        assert set(await store.put(HERE, batch)) == {"stored"}
        await asyncio.sleep(0)


# -- time ------------------------------------------------------------------------------------------------


@case
async def what_expired_goes_and_leaves_its_place(store: Store) -> None:
    """Kept through its month; then the bytes go, it stays a duplicate, and its chain goes on."""
    author = Author()
    old, month, never = author.next(expiry=202610), author.next(expiry=202611), author.next()
    await store.put(HERE, [old, month, never])
    assert await store.drop_expired(202610) == 0
    assert await store.drop_expired(202611) == 1
    assert await store.drop_expired(202611) == 0
    assert await _everything(store) == _data([month, never])
    following = author.next()
    assert await store.put(HERE, [old, following]) == ["duplicate", "stored"]
    assert await store.drop_expired(209901) == 1
    assert await _everything(store) == _data([never, following])


@case
async def what_goes_leaves_its_stub_in_every_page(store: Store) -> None:
    """At the same place in the same rings, also for a cursor that starts anew; no letter of its body."""
    author = Author()
    old, new = author.sealed(RING, OTHER, expiry=202610), author.sealed(RING, expiry=202812)
    await store.put(HERE, [old, new])
    before = await store.page(HERE, RING, 0, 10, 1 << 20)
    assert await store.drop_expired(202701) == 1
    after = await store.page(HERE, RING, 0, 10, 1 << 20)
    assert [sequence for sequence, _ in after.items] == [sequence for sequence, _ in before.items]
    assert await _everything(store) == [envelope.stub(old.data), new.data]
    assert await _everything(store, OTHER) == [envelope.stub(old.data)]
    assert await store.put(HERE, [old]) == ["duplicate"]
    assert await _everything(store, OTHER) == [envelope.stub(old.data)]


@case
async def an_order_overwrites_now_and_whatever_comes(store: Store) -> None:
    """Kept, idempotent, in its organisation only; whoever still has a copy can't put it back."""
    author = Author()
    here, later, other = author.sealed(), author.sealed(), author.sealed()
    await store.put(HERE, [here])
    await store.put(THERE, [here])
    for day in (20_000, 20_001):
        await store.erase(HERE, [here.id, later.id], b"d" * 16, day)
    assert await store.orders(HERE) == sorted((e.id, b"d" * 16, 20_000) for e in (here, later))
    assert await store.orders(THERE) == []
    assert await store.put(HERE, [here, later, other]) == ["duplicate", "stored", "stored"]
    assert await _everything(store) == [envelope.stub(here.data), envelope.stub(later.data), other.data]
    assert await store.put(HERE, [later]) == ["duplicate"]
    assert await _everything(store, organisation=THERE) == [here.data]


@case
async def authors_are_told_of_changes_only(store: Store) -> None:
    """Whole or as a stub; not of what is not here, nor of a sender key, which opens all the rest."""
    author, other = Author(), Author(2)
    change, gone, key = author.sealed(), other.sealed(expiry=202610), author.sealed(kind=formats.SENDER_KEY)
    await store.put(HERE, [change, gone, key])
    await store.drop_expired(202701)
    asked = [change.id, gone.id, key.id, b"x" * 32]
    assert await store.authors(HERE, asked) == {change.id: author.device, gone.id: other.device}
    assert await store.authors(THERE, asked) == {}


@case
async def a_stub_that_was_brought_gives_way_to_the_whole(store: Store) -> None:
    """Under a number that whoever has pulled already meets; not once its time was over here or an order names it."""
    author = Author()
    one, two, three = author.sealed(), author.sealed(expiry=202610), author.sealed()
    stubs = [_as_stub(e) for e in (one, two, three)]
    assert await store.put(HERE, stubs) == ["stored"] * 3
    cursor = (await store.page(HERE, RING, 0, 10, 1 << 20)).items[-1][0]
    await store.drop_expired(202701)
    await store.erase(HERE, [three.id], b"d" * 16, 1)
    assert await store.put(HERE, [*stubs, one, two, three]) == ["duplicate"] * 3 + ["stored"] + ["duplicate"] * 2
    assert [data for _, data in (await store.page(HERE, RING, cursor, 10, 1 << 20)).items] == [one.data]
    assert await _everything(store) == [stubs[1].data, stubs[2].data, one.data]
    assert await store.put(HERE, [stubs[0], author.sealed()]) == ["duplicate", "stored"]


@case
async def what_each_device_takes_up_is_counted_as_it_lies(store: Store) -> None:
    """With each put; less when a body goes; more when a stub gives way; what was refused or came twice counts not."""
    a, b = Author(1), Author(2)
    first, old, key = a.sealed(RING, OTHER), a.sealed(expiry=202610), b.sealed(kind=formats.SENDER_KEY)
    brought = b.sealed()
    assert await store.usage(HERE) == []
    await store.put(HERE, [first, old, old, key, _as_stub(brought), _placed(first, 9, NO_PREVIOUS)])
    await store.put(HERE, [first, replace(b.next(), links=(Link(RING, 1, 9, NO_PREVIOUS),))])
    await store.put(THERE, [first])

    async def counted(*kept: bytes) -> None:
        of_a, of_b = [*kept[:2]], [*kept[2:]]
        wanted = [Usage(d.device, len(of), sum(map(len, of))) for d, of in ((a, of_a), (b, of_b))]
        assert await store.usage(HERE) == wanted
        assert await store.usage(THERE) == [Usage(a.device, 1, len(first.data))]

    await counted(first.data, old.data, key.data, _as_stub(brought).data)
    assert await store.put(HERE, [brought]) == ["stored"]
    await counted(first.data, old.data, key.data, brought.data)
    await store.drop_expired(202611)
    await counted(first.data, _as_stub(old).data, key.data, brought.data)
    for _ in range(2):
        await store.erase(HERE, [first.id], a.device, 1)
        await counted(_as_stub(first).data, _as_stub(old).data, key.data, brought.data)


# -- the rest --------------------------------------------------------------------------------------------


@case
async def the_directory_never_goes_back(store: Store) -> None:
    """Only a higher number replaces an edition."""
    assert await store.put_edition(HERE, 2, b"two")
    assert not await store.put_edition(HERE, 2, b"other")
    assert not await store.put_edition(HERE, 1, b"one")
    assert await store.edition(HERE) == b"two"
    assert await store.put_edition(HERE, 5, b"five")
    assert await store.edition(HERE) == b"five"
    assert [await store.earlier_edition(HERE, n) for n in (1, 2, 3, 5)] == [None, b"two", None, b"five"]


@case
async def the_list_of_stories_never_goes_back(store: Store) -> None:
    """Only a higher number takes its place, and the one before is gone."""
    assert await store.story_list(HERE) is None
    assert await store.put_story_list(HERE, 2, b"two")
    assert not await store.put_story_list(HERE, 2, b"other")
    assert not await store.put_story_list(HERE, 1, b"one")
    assert await store.put_story_list(HERE, 5, b"five")
    assert (await store.story_list(HERE), await store.story_list(THERE)) == (b"five", None)


@case
async def parts_of_stories_come_and_go_and_a_stop_stays(store: Store) -> None:
    """Each organisation has its own; putting and dropping twice changes nothing."""
    one, two, secret = bytes(32), b"2" * 32, b"s" * 16
    for _ in range(2):
        await store.put_story_part(HERE, one, b"sheet")
        await store.put_story_part(HERE, two, b"photo")
        await store.put_story_part(THERE, one, b"sheet")
    assert await store.story_parts(HERE) == {one, two}
    assert await store.drop_story_parts(HERE, [one, one, b"3" * 32]) == 1
    assert await store.drop_story_parts(HERE, []) == 0
    assert (await store.story_part(HERE, one), await store.story_part(HERE, two)) == (None, b"photo")
    assert await store.story_part(THERE, one) == b"sheet"
    for _ in range(2):
        await store.stop_story(HERE, secret)
    assert (await store.stopped_stories(HERE), await store.stopped_stories(THERE)) == ({secret}, set())


@case
async def the_incarnation_stays(store: Store) -> None:
    """16 bytes, the same for the life of the store."""
    first = await store.incarnation()
    assert len(first) == 16
    await store.put(HERE, Author().many(1))
    assert await store.incarnation() == first


@case
async def closing_finishes_what_was_asked(store: Store) -> None:
    """Writes that were under way when the store was closed are answered."""
    writing = [asyncio.create_task(store.put(HERE, Author(n).many(1))) for n in range(1, 21)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*writing) == [["stored"]] * 20


@case
async def a_backup_put_back_is_another_incarnation_and_unconfirmed(store: Store) -> None:
    """Every organisation in it, until each is confirmed; what devices said of an earlier restore counts no more."""
    for organisation in (HERE, THERE):
        await store.append_roll(organisation, 0, b"genesis")
    before = await store.incarnation()
    assert await store.unconfirmed() == {}
    await store.restored(1_795_000_000_123)
    assert await store.incarnation() != before
    assert len(await store.incarnation()) == 16
    assert await store.unconfirmed() == dict.fromkeys((HERE, THERE), 1_795_000_000_123)
    for _ in range(2):
        await store.note_heard(HERE, RING)
    await store.note_heard(THERE, OTHER)
    assert (await store.heard(HERE), await store.heard(THERE)) == ({RING}, {OTHER})
    for _ in range(2):
        await store.confirm(HERE)
    assert await store.unconfirmed() == {THERE: 1_795_000_000_123}
    assert (await store.heard(HERE), await store.heard(THERE)) == (set(), {OTHER})
    await store.restored(1_795_000_000_456)
    assert await store.unconfirmed() == dict.fromkeys((HERE, THERE), 1_795_000_000_456)
    assert await store.heard(THERE) == set()
