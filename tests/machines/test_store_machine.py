"""Both stores driven side by side: the same answers always, and whoever follows the cursors meets everything once.

The model knows of each envelope whether it is here and in what state; where it stands in a page the stores say, and
the pullers hold them to it.
"""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sync.core import envelope, formats
from sync.core.envelope import NO_PREVIOUS, Link
from sync.core.errors import Busy
from sync.server.store import NewEnvelope, Page, Store, left_of
from sync.server.store_memory import MemoryStore
from sync.server.store_sqlite import SqliteStore
from tests.contract.contract_store import HERE, THERE, Author, in_short
from tests.machines.runs import Loop, catches, folder, long, short

ORGANISATIONS = (HERE, THERE)
RINGS = tuple(bytes([n]) * 16 for n in (3, 4, 5))
MONTHS = (0, 202610, 202611, 202612)
WHOLE, BROUGHT, GONE = "whole", "brought as a stub", "gone"

organisations = st.sampled_from((HERE, HERE, HERE, THERE))
rings = st.sampled_from(RINGS)
picks = st.integers(0, 1_000)


@dataclass
class Model:
    """What one organisation's store has to hold."""

    ends: dict[tuple[bytes, bytes], tuple[int, bytes]] = field(default_factory=dict)  # (device, ring) → last
    made: dict[bytes, NewEnvelope] = field(default_factory=dict)  # those that are here
    state: dict[bytes, str] = field(default_factory=dict)
    ordered: dict[bytes, tuple[bytes, int]] = field(default_factory=dict)
    replaced: set[bytes] = field(default_factory=set)  # stubs that gave way to the whole

    def put(self, e: NewEnvelope) -> str:
        """The outcome of putting this one."""
        stub = envelope.is_stub(e.data)
        if e.id in self.state:
            if self.state[e.id] != BROUGHT or stub or e.id in self.ordered:
                return "duplicate"
            self.made[e.id], self.state[e.id] = e, WHOLE
            self.replaced.add(e.id)
            return "stored"
        for link in e.links:
            number, previous = self.ends.get((e.device, link.ring), (0, NO_PREVIOUS))
            if (link.number, link.previous) != (number + 1, previous):
                return "broken_chain"
        self.ends.update({(e.device, link.ring): (link.number, e.id) for link in e.links})
        self.made[e.id], self.state[e.id] = e, GONE if e.id in self.ordered else BROUGHT if stub else WHOLE
        return "stored"

    def expire(self, month: int) -> int:
        """How many bodies go."""
        over = [name for name, e in self.made.items() if 0 < e.expiry < month]
        return sum(self._go(name) for name in over)

    def erase(self, ids: Sequence[bytes], device: bytes, day: int) -> None:
        """Now or when it comes; the first order counts."""
        for name in ids:
            self.ordered.setdefault(name, (device, day))
            if name in self.state:
                self._go(name)

    def _go(self, name: bytes) -> bool:
        was, self.state[name] = self.state[name], GONE
        return was == WHOLE

    def data(self, name: bytes) -> bytes:
        """The bytes of one that is here, as they are now."""
        e = self.made[name]
        return left_of(e.data) if self.state[name] == GONE else e.data

    def ring(self, ring: bytes) -> set[bytes]:
        """Ids in a ring of which anything is left to page."""
        return {name for name, e in self.made.items() if ring in {x.ring for x in e.links} and self.data(name)}


@dataclass
class Puller:
    """Whoever follows the cursor of one ring of one store."""

    store: Store
    organisation: bytes
    ring: bytes
    after: int = 0
    met: list[bytes] = field(default_factory=list)

    async def pull(self, limit: int, max_bytes: int) -> Page:
        """The next page."""
        page = await self.store.page(self.organisation, self.ring, self.after, limit, max_bytes)
        numbers = [self.after, *(number for number, _ in page.items)]
        assert numbers == sorted(set(numbers)), "numbers rise, above the cursor"
        assert page.items or not page.more, "more, and nothing"
        assert len(page.items) <= limit
        assert len(page.items) <= 1 or sum(len(data) for _, data in page.items) <= max_bytes
        self.after = numbers[-1]
        self.met += [data for _, data in page.items]
        return page

    async def three_pages(self, limit: int) -> None:
        """One after the other, whatever is written meanwhile."""
        for _ in range(3):
            await self.pull(limit, 10_000)

    async def to_the_end(self) -> None:
        """All that is left."""
        while (await self.pull(3, 900)).more:
            pass


class StoreMachine(RuleBasedStateMachine):
    """Two stores, one model for each organisation."""

    def stores(self) -> list[Store]:
        """Those that have to give the same answers."""
        return [MemoryStore(), SqliteStore(self.path)]

    @initialize()
    def begin(self) -> None:
        """Both empty, and three devices in each organisation that have made nothing yet."""
        self.loop = Loop()
        self.folder = folder()
        self.path = self.folder / "store.db"
        self.both = self.stores()
        self.models = {o: Model() for o in ORGANISATIONS}
        self.authors = {o: [Author(n) for n in (1, 2, 3)] for o in ORGANISATIONS}
        self.made: dict[bytes, list[NewEnvelope]] = {o: [] for o in ORGANISATIONS}
        self.rolls: dict[bytes, list[bytes]] = {o: [] for o in ORGANISATIONS}
        self.editions: dict[bytes, tuple[int, bytes]] = {}
        self.seen: dict[tuple[bytes, bytes], int] = {}
        self.pullers: list[list[Puller]] = []  # one of each store
        self.count = 0
        self.begin_to_pull(HERE, RINGS[0])

    def teardown(self) -> None:
        """Everyone pulls to the end, and nothing is missing."""
        if not hasattr(self, "both"):
            return
        try:
            for organisation in ORGANISATIONS:
                for ring in RINGS:
                    self.begin_to_pull(organisation, ring)
                    self.from_the_beginning(organisation, ring)
            for pair in self.pullers:
                self.finish(pair)
        finally:
            for store in self.both:
                self.loop.run(store.close())
            self.loop.close()
            shutil.rmtree(self.folder)

    def same(self, *answers: Any) -> Any:
        """What both said."""
        first = answers[0]
        assert all(other == first for other in answers), answers
        return first

    def each(self, name: str, *values: Any) -> Any:
        """The one answer of both stores."""
        return self.same(*(self.loop.run(getattr(store, name)(*values)) for store in self.both))

    # -- writing ------------------------------------------------------------------------------------------

    @rule(
        o=organisations,
        who=st.integers(0, 2),
        where=st.sets(rings, min_size=1),
        expiry=st.sampled_from(MONTHS),
        key=st.sampled_from((False, False, True)),
        count=st.integers(1, 4),
        then=st.sampled_from(("wait", "put", "put", "as stubs", "erased first")),
    )
    def write(self, o: bytes, who: int, where: set[bytes], expiry: int, key: bool, count: int, then: str) -> None:
        """Somebody writes, in order; it comes at once, or who knows when."""
        kind = formats.SENDER_KEY if key else formats.CHANGE
        self.made[o] += [self.authors[o][who].sealed(*where, expiry=expiry, kind=kind) for _ in range(count)]
        if then == "erased first":
            self.erase(o, {0, count - 1}, True, count)
        if then != "wait":
            self.put_in_order(o, 20, then == "as stubs")

    def some(self, o: bytes, which: Sequence[tuple[int, bool]]) -> list[NewEnvelope]:
        """Of what was made, the latest ones named first; as stubs where there are any."""
        found = []
        for pick, as_stub in which:
            if pick < len(self.made[o]):
                e = self.made[o][-1 - pick]
                found.append(replace(e, data=left_of(e.data) or e.data) if as_stub else e)
        return found

    @rule(o=organisations, which=st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=1, max_size=8))
    def put(self, o: bytes, which: list[tuple[int, bool]]) -> None:
        """Anything, in any order, again, whole or as its stub."""
        some = self.some(o, which)
        assert self.each("put", o, in_short(some)) == [self.models[o].put(e) for e in some]

    @rule(o=organisations, count=st.integers(1, 20), stubs=st.booleans())
    def put_in_order(self, o: bytes, count: int, stubs: bool) -> None:
        """What a device does: the next that are missing."""
        missing = [e for e in self.made[o] if e.id not in self.models[o].state][:count]
        some = [replace(e, data=left_of(e.data) or e.data) if stubs else e for e in missing]
        outcomes = self.each("put", o, in_short(some))
        assert outcomes == [self.models[o].put(e) for e in some] == ["stored"] * len(some)

    @rule(o=organisations)
    def bring_whole(self, o: bytes) -> None:
        """What a device does that still has the whole of stubs."""
        model = self.models[o]
        some = [e for e in self.made[o] if model.state.get(e.id) == BROUGHT]
        assert self.each("put", o, in_short(some)) == [model.put(e) for e in some]

    @precondition(lambda self: any(self.made.values()))
    @rule(o=organisations, pick=picks, number=st.integers(1, 4), previous=picks, ring=rings)
    def put_elsewhere(self, o: bytes, pick: int, number: int, previous: int, ring: bytes) -> None:
        """An envelope that claims another place than its own, under a name of its own."""
        if self.made[o]:
            e, before = (self.made[o][p % len(self.made[o])] for p in (pick, previous))
            link = Link(ring, 1, number, NO_PREVIOUS if number == 1 else before.id)
            self.count += 1
            odd = NewEnvelope(bytes([255]) + self.count.to_bytes(31, "big"), e.device, (link,), 0, e.data)
            fits = self.models[o].ends.get((e.device, ring), (0, NO_PREVIOUS)) == (number - 1, link.previous)
            if not fits:
                assert self.each("put", o, [odd]) == ["broken_chain"]

    @rule(o=organisations, order=st.permutations(range(3)), limit=st.integers(1, 4))
    def all_at_once(self, o: bytes, order: list[int], limit: int) -> None:
        """Three devices write while everyone pulls: each store in its own time."""
        missing = [e for e in self.made[o] if e.id not in self.models[o].state]
        batches = [[e for e in missing if e.device == self.authors[o][n].device] for n in order]

        async def one(number: int, store: Store) -> list[list[str]]:
            pulling = [asyncio.create_task(pair[number].three_pages(limit)) for pair in self.pullers]
            outcomes = await asyncio.gather(*(store.put(o, in_short(batch)) for batch in batches))
            await asyncio.gather(*pulling)
            return outcomes

        answers = self.same(*(self.loop.run(one(n, store)) for n, store in enumerate(self.both)))
        assert answers == [[self.models[o].put(e) for e in batch] for batch in batches]

    @rule(month=st.sampled_from((*MONTHS, 209901)))
    def expire(self, month: int) -> None:
        """The months before this one are over, in every organisation."""
        assert self.each("drop_expired", month) == sum(m.expire(month) for m in self.models.values())

    @rule(
        o=organisations,
        which=st.sets(st.integers(0, 6), min_size=1, max_size=3),
        later=st.booleans(),
        day=st.integers(1, 9),
    )
    def erase(self, o: bytes, which: set[int], later: bool, day: int) -> None:
        """An order, for what is here or has yet to come."""
        there = [e.id for e in self.made[o] if (e.id not in self.models[o].state) == later]
        ids = [there[-1 - pick] for pick in sorted(which) if pick < len(there)]
        by = self.authors[o][day % 3].device
        self.each("erase", o, ids, by, day)
        self.models[o].erase(ids, by, day)

    @rule(o=organisations, number=st.integers(1, 6), length=st.integers(-1, 1), data=st.binary(min_size=1, max_size=4))
    def the_rest(self, o: bytes, number: int, length: int, data: bytes) -> None:
        """The roll with the right length or another, an edition that is higher or not, a device that was here."""
        roll = self.rolls[o]
        assert self.each("append_roll", o, len(roll) + length, data) == (length == 0)
        if length == 0:
            roll.append(data)
        newer = number > self.editions.get(o, (0, b""))[0]
        assert self.each("put_edition", o, number, data) == newer
        if newer:
            self.editions[o] = number, data
        device = self.authors[o][number % 3].device
        self.each("note_seen", o, device, number)
        self.seen[o, device] = max(number, self.seen.get((o, device), 0))

    @rule()
    def open_again(self) -> None:
        """The file is closed and opened: the same store."""
        for number, store in enumerate(self.both):
            if isinstance(store, SqliteStore):
                before = self.loop.run(store.incarnation())
                self.loop.run(store.close())
                self.both[number] = SqliteStore(self.path)
                assert self.loop.run(self.both[number].incarnation()) == before
                for pair in self.pullers:
                    pair[number].store = self.both[number]

    @rule(o=organisations, size=st.integers(20_000, 60_000))
    def no_room(self, o: bytes, size: int) -> None:
        """A full disk stores nothing of it, and leaves all that was there."""
        large = Author(9).next(*RINGS, size=size)
        for store in self.both:
            if isinstance(store, SqliteStore):
                count = self.loop.run(store._file.write(lambda db: db.execute("PRAGMA page_count").fetchone()[0]))
                self.room(store, count)
                busy = False
                try:
                    self.loop.run(store.put(o, [*self.some(o, [(0, False), (1, False)]), large]))
                except Busy:
                    busy = True
                assert busy
                self.room(store, 1_000_000)

    def room(self, store: SqliteStore, pages: int) -> None:
        """How large the file may become."""
        self.loop.run(store._file.write(lambda db: db.execute(f"PRAGMA max_page_count = {pages}").fetchall()))

    # -- reading ------------------------------------------------------------------------------------------

    @rule(o=organisations, ring=rings)
    def begin_to_pull(self, o: bytes, ring: bytes) -> None:
        """A device that knows nothing yet."""
        self.pullers.append([Puller(store, o, ring) for store in self.both])

    @precondition(lambda self: bool(self.pullers))
    @rule(pick=picks, limit=st.integers(1, 5), max_bytes=st.integers(0, 2_000), to_the_end=st.booleans())
    def pull(self, pick: int, limit: int, max_bytes: int, to_the_end: bool) -> None:
        """One page, of whatever size; alone, both stores give the same if their pullers met the same before."""
        pair = self.pullers[pick % len(self.pullers)]
        if to_the_end:
            self.finish(pair)
        alike = pair[0].met == pair[1].met
        pages = [self.loop.run(p.pull(limit, max_bytes)) for p in pair]
        if alike:
            self.same(*([data for _, data in page.items] for page in pages))
            self.same(*(page.more for page in pages))

    def finish(self, pair: list[Puller]) -> None:
        """Everything that is here was met once; more than once only what was a stub first, and whole later."""
        for puller in pair:
            self.loop.run(puller.to_the_end())
            model, met = self.models[puller.organisation], set(puller.met)
            for name in model.ring(puller.ring):
                now = model.data(name)
                assert now in met or (envelope.is_stub(now) and model.made[name].data in met), "skipped"
            names = [envelope.id_of(data) for data in puller.met]
            for name in set(names):
                assert name in model.made, "never stored"
                assert names.count(name) <= 1 + (name in model.replaced), "met again"
                assert puller.ring in {x.ring for x in model.made[name].links}

    @rule(o=organisations, ring=rings)
    def from_the_beginning(self, o: bytes, ring: bytes) -> None:
        """All that is here, as it is now, each device's in its order but for what came whole later."""
        model = self.models[o]
        pages = [self.loop.run(store.page(o, ring, 0, 10_000, 1 << 30)) for store in self.both]
        data = self.same(*([data for _, data in page.items] for page in pages))
        names = [envelope.id_of(one) for one in data]
        assert data == [model.data(name) for name in names]
        assert len(names) == len(set(names))
        assert set(names) == model.ring(ring)
        for author in self.authors[o]:
            own = [model.made[n] for n in names if n not in model.replaced and model.made[n].device == author.device]
            numbers = [link.number for e in own for link in e.links if link.ring == ring]
            assert numbers == sorted(numbers), "a chain out of order"
        self.ask_the_rest(o)
        beyond = [self.loop.run(store.page(o, ring, 2**62, 10_000, 1 << 30)) for store in self.both]
        assert beyond == pages, "a cursor of another numbering starts again"

    def ask_the_rest(self, o: bytes) -> None:
        """Authors, rolls, editions and days, as they were put in."""
        model = self.models[o]
        changes = {e.id: e.device for e in self.made[o] if left_of(e.data) and e.id in model.state}
        assert self.each("authors", o, [*(e.id for e in self.made[o]), bytes(32)]) == changes
        assert self.each("roll", o) == self.rolls[o]
        assert self.each("roll", o, 1) == self.rolls[o][1:]
        assert self.each("edition", o) == self.editions.get(o, (0, None))[1]
        assert self.each("orders", o) == sorted((name, *by) for name, by in model.ordered.items())
        assert self.each("seen_days", o) == sorted((d, day) for (where, d), day in self.seen.items() if where == o)
        held = self.same(*(set(self.loop.run(store.organisations())) for store in self.both))
        assert held == {where for where, roll in self.rolls.items() if roll}

    @invariant()
    def nothing_is_counted_twice(self) -> None:
        """Of every envelope that is here the model knows the state: a check of the model itself."""
        for model in getattr(self, "models", {}).values():
            assert model.made.keys() == model.state.keys()


def test_both_stores_give_the_same_answers_and_pullers_miss_nothing() -> None:
    """Any steps, in any order."""
    short(StoreMachine, 30, 40)


@pytest.mark.soak
def test_both_stores_for_long() -> None:
    """Many more."""
    long(StoreMachine, 30, 100)


# -- the machine can fail ---------------------------------------------------------------------------------


class SkipsOne(MemoryStore):
    """A cursor that is off by one."""

    async def page(self, organisation: bytes, ring: bytes, after: int, limit: int, max_bytes: int) -> Page:
        return await super().page(organisation, ring, after + 1 if after else 0, limit, max_bytes)


class GivesTwice(MemoryStore):
    """A cursor that is off by one, the other way."""

    async def page(self, organisation: bytes, ring: bytes, after: int, limit: int, max_bytes: int) -> Page:
        return await super().page(organisation, ring, max(after - 1, 0), limit, max_bytes)


class KeepsThePlace(MemoryStore):
    """The whole of a stub under the stub's number: behind the cursor of whoever has pulled already."""

    def _put(self, organisation: bytes, e: NewEnvelope) -> str:
        before = {place: list(items) for place, items in self._rings.items()}
        was_here = (organisation, e.id) in self._envelopes
        outcome = super()._put(organisation, e)
        if was_here:
            self._rings.clear()
            self._rings.update(before)
        return outcome


class TakesGaps(MemoryStore):
    """An envelope whose number is not the next one."""

    def _put(self, organisation: bytes, e: NewEnvelope) -> str:
        for link in e.links:
            self._chains[organisation, e.device, link.ring] = (link.number - 1, link.previous)
        return super()._put(organisation, e)


class ForgetsOrders(MemoryStore):
    """An order that counts for what is here only."""

    async def erase(self, organisation: bytes, ids: Sequence[bytes], device: bytes, day: int) -> None:
        here = [name for name in ids if (organisation, name) in self._envelopes]
        await super().erase(organisation, here, device, day)


class LosesTheLast(MemoryStore):
    """The last of a batch is acknowledged and not stored."""

    async def put(self, organisation: bytes, envelopes: Sequence[NewEnvelope]) -> list[str]:
        outcomes = await super().put(organisation, envelopes[:-1] if len(envelopes) > 1 else envelopes)
        return [*outcomes, *["stored"] * (len(envelopes) - len(outcomes))]


FAULTS = (SkipsOne, GivesTwice, KeepsThePlace, TakesGaps, ForgetsOrders)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_both_stores_have_is_caught(fault: type[MemoryStore]) -> None:
    """The control of the model and the pullers: no other store differs."""

    class Faulty(StoreMachine):
        def stores(self) -> list[Store]:
            return [fault(), fault()]

    catches(Faulty)


def test_a_store_that_loses_what_it_acknowledged_is_caught() -> None:
    """The control of driving them side by side."""

    class Faulty(StoreMachine):
        def stores(self) -> list[Store]:
            return [MemoryStore(), LosesTheLast()]

    catches(Faulty)
