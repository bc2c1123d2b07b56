"""Five phones and what lies between them: written, edited, removed, erased, dropped, locked and unlocked, in any order.

Each phone is the real writer, replica and log. Between them lies a box that gives anyone any part of what they may read,
in any order and again, whole or as the stub that is left. The model is the set of versions of each note, and who erased
it. In the end everybody has heard everything.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sync.core import envelope, ring
from sync.core.change import LIFE, REMOVED, Change, Patch
from sync.core.ids import record_id
from sync.core.merge import Record, Register
from sync.core.ports import LogState
from sync.core.rights import Role
from sync.device import erasing, meta, terms
from sync.device.keyring import Keyring
from sync.device.log import SqliteLog
from sync.device.memory import Memory
from sync.device.replica import Replica
from sync.device.writer import Part, Writer
from sync.server.store import left_of
from tests.machines.runs import Loop, long, short
from tests.property.histories import snapshot
from tests.support import roll_steps as steps
from tests.support.core_world import P, Person, World, founded, run
from tests.vectors.vector import fixed

MONTHS = (202610, 202611, 202612, 202701)
NOTE = "detail.note"
picks = st.integers(0, 1_000)
members = st.sampled_from((2, 3, 2, 3, 0, 4))  # of the phones: the contact person's two, most often


class Dice:
    """Bytes that are the same in each run."""

    def __init__(self, name: str) -> None:
        self._name, self._thrown = name, 0

    def bytes(self, count: int) -> bytes:
        """The next ones."""
        self._thrown += 1
        return fixed(f"{self._name} {self._thrown}", count)


@dataclass
class Hands:
    """A clock that somebody sets."""

    now: int = 1_790_000_000_000

    def millis(self) -> int:
        """What it shows."""
        return self.now


@dataclass
class Box:
    """What is between the phones: like a server, but that it gives out in any order."""

    data: dict[bytes, bytes] = field(default_factory=dict)
    ordered: set[bytes] = field(default_factory=set)
    over: set[bytes] = field(default_factory=set)
    month: int = 0

    def put(self, name: bytes, data: bytes) -> None:
        """A stub that was brought gives way to the whole, unless its time is over or it was ordered away."""
        if name not in self.data or (envelope.is_stub(self.data[name]) and name not in self.ordered | self.over):
            self.data[name] = left_of(data) if name in self.ordered else data

    def erase(self, names: Iterable[bytes]) -> None:
        """Now and whenever it comes."""
        for name in names:
            self.ordered.add(name)
            if name in self.data:
                self.data[name] = left_of(self.data[name])

    def pass_time(self, month: int) -> None:
        """What was to be kept until before this month goes."""
        self.month = max(month, self.month)
        for name, data in self.data.items():
            if 0 < envelope.parse_any(data).header.expiry < self.month:
                self.over.add(name)
                self.data[name] = left_of(data)


class Phone:
    """One device, with all that erasing needs of it."""

    def __init__(self, w: World, name: str, person: Person, rings: dict[bytes, bytes]) -> None:
        self.name, self.person, self.roll = name, person, w.roll
        self.halves = {(r, 1): run(P.agreement_key(private)) for r, private in rings.items()}
        self.log, self.clock, self.dice = SqliteLog(":memory:"), Hands(), Dice(name)
        self.month = 0
        self.early: set[bytes] = set()  # records of which this phone dropped something before its month
        self.start(None)

    def start(self, memory: Memory | None) -> None:
        """Unlocked, with what was put away or nothing."""
        p = self.person
        self.keyring = Keyring(p.device, p.member, p.signing, p.agreement, dict(self.halves))
        self.writer = Writer(P, self.dice, self.clock, self.log, self.roll, self.keyring)
        self.replica = self.replay(memory)

    def replay(self, memory: Memory | None = None, keyring: Keyring | None = None) -> Replica:
        """A replica of this log."""
        witness = lambda change: self.writer.witness(change.stamp)  # noqa: E731
        replica = Replica(P, self.log, self.roll, keyring or self.keyring, witness, memory=memory)
        replica.month = lambda: self.month
        if memory is not None:
            replica.recall(memory.fact("replica"))
        return replica

    @property
    def reads(self) -> set[bytes]:
        """The rings that it can open."""
        return {r for r, _ in self.halves}

    async def push(self, box: Box) -> None:
        """All that is unsent, and the orders after it."""
        for e in self.log.pending():
            box.put(e.id, e.data)
            self.log.mark([e.id], LogState.STORED)
        box.erase(meta.read_ids(self.log, meta.ORDERS))
        self.log.put({meta.ORDERS: None})

    async def take(self, items: Iterable[tuple[bytes, bytes]]) -> None:
        """Some come in."""
        state = {True: LogState.STUB, False: LogState.STORED}
        self.log.append([(name, data, state[envelope.is_stub(data)]) for name, data in items])
        await self.replica.catch_up()

    async def tidy(self, names: set[bytes] | None = None) -> None:
        """What is past its month goes, or these; and what came late to an erased record is named."""
        over = terms.expired(self.replica, self.log, self.month) if names is None else names
        if over:
            await self.replica.drop(over)
        await erasing.name_late(self)


@dataclass
class Note:
    """The model of one note: its versions, which of them each named, and whether it is erased."""

    id: bytes
    member: bytes
    expiry: int
    versions: dict[bytes, tuple[str, frozenset[bytes]]] = field(default_factory=dict)
    envelopes: set[bytes] = field(default_factory=set)  # of all its groups
    removed: bool = False  # by anyone, ever
    erased: bool = False

    def standing(self) -> dict[bytes, str]:
        """The versions that none names."""
        named = {n for _, names in self.versions.values() for n in names}
        return {name: text for name, (text, _) in self.versions.items() if name not in named}


def _world() -> tuple[World, Person, Person, Person]:
    w = run(founded())
    tablet, laptop = steps.laptop_of(w, w.coordinator, "tablet"), steps.laptop_of(w, w.contact, "laptop")
    other = steps.member_of(w, "other", w.team, Role.CONTACT)
    return w, tablet, laptop, other


WORLD, TABLET, LAPTOP, OTHER = _world()


class RecordsMachine(RuleBasedStateMachine):
    """A coordinator with two devices, a contact person with two, and another contact person."""

    @initialize(months=st.integers(0, 3), told=st.sets(st.integers(0, 4)))
    def begin(self, months: int, told: set[int]) -> None:
        """Two notes of the contact person, of which some have heard."""
        w = WORLD
        self.loop, self.box = Loop(), Box()
        team, own = {w.team_ring: w.privates[w.team_ring]}, w.contact.own
        both = {**team, w.coordinators_ring: w.privates[w.coordinators_ring], w.coordinator.own_ring: w.coordinator.own}
        mine = {**team, w.contact.own_ring: own}
        theirs = {**team, OTHER.own_ring: OTHER.own}
        self.phones = [
            Phone(w, "coordinator", w.coordinator, both),
            Phone(w, "tablet", TABLET, both),
            Phone(w, "contact", w.contact, mine),
            Phone(w, "laptop", LAPTOP, mine),
            Phone(w, "other", OTHER, theirs),
        ]
        self.notes: dict[bytes, Note] = {}
        self.count = 0
        self.note(2, months)
        self.note(2, 3)
        self.exchange({2})
        self.exchange(told)

    # -- what people do -----------------------------------------------------------------------------------

    def written(self, phone: Phone, *changes: tuple[Change, int]) -> list[bytes]:
        """On this phone, to the coordinators and to oneself, each until its month."""
        rings = frozenset({WORLD.coordinators_ring, ring.own_ring(phone.person.member)})
        ids = self.loop.run(phone.writer.write([Part(change, rings, expiry) for change, expiry in changes]))
        self.loop.run(phone.replica.catch_up())
        return ids

    def text(self) -> str:
        self.count += 1
        return f"text {self.count}"

    @precondition(lambda self: len(self.notes) < 4)
    @rule(who=st.integers(0, 4), months=st.integers(0, 3))
    def note(self, who: int, months: int) -> None:
        """A new one: its count for ever, its detail for a while or for ever."""
        phone, nonce, text = self.phones[who], fixed(f"nonce {self.count}", 16), self.text()
        expiry = MONTHS[months] if months < 3 and MONTHS[months] >= max(phone.month, self.box.month) else 0
        member = phone.person.member
        record = record_id(member, "visit", nonce)
        count = Change("visit", "count", record, phone.writer.stamp(), {"rang": Patch(1)}, nonce)
        said = Change("visit", "detail", record, phone.writer.stamp(), {"note": Patch(text)}, nonce)
        first, name = self.written(phone, (count, 0), (said, expiry))
        self.notes[record] = Note(record, member, expiry, {name: (text, frozenset())}, {first, name})

    def known(self, phone: Phone, pick: int, own: bool = True) -> tuple[Record, Note] | None:
        """One of the notes that this phone knows."""
        here = [r for r in sorted(phone.replica.records) if not phone.replica.records[r].erased and r in self.notes]
        here = [r for r in here if not own or self.notes[r].member == phone.person.member]
        here = [r for r in here if phone.replica.records[r].creator is not None and r not in phone.early]
        if not here:
            return None
        record = here[pick % len(here)]
        return phone.replica.records[record], self.notes[record]

    @rule(who=st.sets(members, min_size=1, max_size=2), pick=picks, days=st.integers(-3, 3))
    def edit(self, who: set[int], pick: int, days: int) -> None:
        """One note, on one phone or on two that do not hear of each other."""
        for one in sorted(who):
            self.edit_on(self.phones[one], pick, days)

    def edit_on(self, phone: Phone, pick: int, days: int) -> None:
        """What this phone shows of a note of one's own, with whatever clock."""
        found = self.known(phone, pick)
        if found:
            known, note = found
            phone.clock.now += days * terms.DAY_MILLIS
            text, names = self.text(), known.replaces(NOTE)
            said = Change("visit", "detail", known.id, phone.writer.stamp(), {"note": Patch(text, names)})
            [name] = self.written(phone, (said, note.expiry))
            note.versions[name] = text, frozenset(names)
            note.envelopes.add(name)
            assert phone.replica.records[known.id].value(NOTE) == text

    @rule(who=members, pick=picks, removed=st.booleans())
    def remove(self, who: int, pick: int, removed: bool) -> None:
        """Hide a note of one's own, or undo that."""
        phone = self.phones[who]
        found = self.known(phone, pick)
        if found:
            known, note = found
            patch = Patch(removed, known.replaces(f"{LIFE}.{REMOVED}"))
            seen = tuple(sorted(known.live_ids())) if removed else ()
            said = Change("visit", LIFE, known.id, phone.writer.stamp(), {REMOVED: patch}, seen=seen)
            note.envelopes |= {*self.written(phone, (said, 0))}
            note.removed = True
            assert phone.replica.records[known.id].hidden == removed

    @rule(who=st.integers(0, 4), pick=picks)
    def erase(self, who: int, pick: int) -> None:
        """For good: one's own, or as a coordinator anyone's of the team."""
        phone = self.phones[who]
        found = self.known(phone, pick, own=phone.name not in ("coordinator", "tablet"))
        if found:
            known, note = found
            self.loop.run(phone.writer.write([self.loop.run(erasing.part(phone, known))]))
            self.loop.run(phone.replica.catch_up())
            note.erased = True
            assert phone.replica.records[known.id].hidden

    # -- what happens to phones ---------------------------------------------------------------------------

    @rule(who=st.sets(st.integers(0, 4), min_size=1), back=st.booleans())
    def exchange(self, who: set[int], back: bool = True) -> None:
        """What is unsent is sent; and all comes in, or nothing."""
        for n in sorted(who):
            self.loop.run(self.phones[n].push(self.box))
            if back:
                self.loop.run(self.phones[n].take(self.there(self.phones[n])))

    def there(self, phone: Phone) -> list[tuple[bytes, bytes]]:
        """What the box would give to this phone."""
        items = [(name, data) for name, data in self.box.data.items() if data]
        return [x for x in items if {link.ring for link in envelope.parse_any(x[1]).header.links} & phone.reads]

    @precondition(lambda self: self.box.data)
    @rule(who=st.integers(0, 4), chosen=st.lists(picks, min_size=1, max_size=8))
    def receive(self, who: int, chosen: list[int]) -> None:
        """Some of what is there, in any order, also again: the latest most often."""
        phone = self.phones[who]
        there = self.there(phone)
        if there:
            self.loop.run(phone.take([there[-1 - (n % 6 if n % 3 else n) % len(there)] for n in chosen]))

    @rule(who=st.integers(0, 5), month=st.sampled_from(MONTHS))
    def time_passes(self, who: int, month: int) -> None:
        """On a phone, or in the box: not on all at once."""
        if who == 5:
            self.box.pass_time(month)
        else:
            self.phones[who].month = max(month, self.phones[who].month)
            self.loop.run(self.phones[who].tidy())

    @rule(who=st.sampled_from((2, 3, 3, 4)), pick=picks)
    def drop_early(self, who: int, pick: int) -> None:
        """A contact person's phone drops details that a coordinator holds as well."""
        phone = self.phones[who]
        found = self.known(phone, pick)
        if found:
            every = phone.replica.memory.of_records({found[0].id})
            names = {n for n in every if phone.replica.origins[n].what == "visit/detail"}
            sent = {e.id for e in phone.log.fetch(sorted(names)) if e.state not in (LogState.PENDING, LogState.STUB)}
            if sent:
                phone.early.add(found[0].id)
                self.loop.run(phone.tidy(sent))

    @rule(who=st.integers(0, 4), put_away=st.booleans())
    def unlock_again(self, who: int, put_away: bool) -> None:
        """Locked and unlocked, with what was put away or from the log alone."""
        phone = self.phones[who]
        if put_away:
            phone.replica.memory.put_facts({"replica": phone.replica.facts()})
            phone.start(Memory(phone.replica.memory.image()))
        else:
            phone.start(None)
        self.loop.run(phone.replica.catch_up())

    @rule(who=st.integers(0, 4))
    def look(self, who: int) -> None:
        """What a phone says is what a replay of its log gives."""
        phone = self.phones[who]
        p = phone.person
        again = phone.replay(None, Keyring(p.device, p.member, p.signing, p.agreement, dict(phone.halves)))
        self.loop.run(again.catch_up())
        assert _told(phone.replica) == _told(again)

    # -- the laws -----------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_set_aside(self) -> None:
        """All of it is honest."""
        for phone in getattr(self, "phones", ()):
            assert not phone.replica.aside, phone.name

    def teardown(self) -> None:
        """Everyone hears everything, as often as it takes."""
        if not hasattr(self, "phones"):
            return
        try:
            self.finish()
        finally:
            for phone in self.phones:
                phone.log.close()
            self.loop.close()

    def finish(self) -> None:
        """Then: nothing is missing, nothing is left of what was erased or is over, everyone shows the same."""
        month = max(self.box.month, *(phone.month for phone in self.phones))
        for _ in range(6):
            for phone in self.phones:
                self.loop.run(phone.push(self.box))
                self.loop.run(phone.take(self.there(phone)))
                self.loop.run(phone.tidy())
                self.loop.run(phone.push(self.box))
        self.box.pass_time(month)
        for _ in range(2):
            for phone in self.phones:
                phone.month = month
                self.loop.run(phone.take(self.there(phone)))
                self.loop.run(phone.tidy())
                self.loop.run(phone.push(self.box))
        for number in range(5):
            self.look(number)
        for phone in self.phones:
            assert not phone.log.pending(), phone.name
            assert not phone.replica.withheld, phone.name
            assert not phone.replica.waiting, phone.name
            self.nothing_is_left_of_what_is_gone(phone, month)
        for one, other in ((0, 1), (2, 3)):
            self.both_show_the_same(self.phones[one], self.phones[other])
        for note in self.notes.values():
            for phone in self.phones:
                if WORLD.coordinators_ring in phone.reads or note.member == phone.person.member:
                    self.it_is_shown(phone, note, month)

    def nothing_is_left_of_what_is_gone(self, phone: Phone, month: int) -> None:
        """No body of an erased note, nor of one that is over, is in this log or in the box."""
        for note in self.notes.values():
            over = set(note.versions) if 0 < note.expiry < month else set()
            gone = sorted(note.envelopes if note.erased else over)
            for e in phone.log.fetch(gone):
                assert envelope.is_stub(e.data), (phone.name, note)
            for name in gone:
                assert name not in self.box.data or envelope.is_stub(self.box.data[name]), note

    def both_show_the_same(self, one: Phone, other: Phone) -> None:
        """Two devices of the same member."""
        early = one.early | other.early
        first, second = (
            {
                name: snapshot(r)
                for name in p.replica.records
                if not (r := p.replica.records[name]).erased and name not in early
            }
            for p in (one, other)
        )
        assert first == second

    def it_is_shown(self, phone: Phone, note: Note, month: int) -> None:
        """Every version that nobody replaced, unless it was erased, is over, or was dropped here."""
        record = phone.replica.records.get(note.id)
        if note.erased:
            assert record is None or record.hidden
        elif not 0 < note.expiry < month and note.id not in phone.early:
            assert record is not None, phone.name
            assert {v.id: v.value for v in record.fields[NOTE].live()} == note.standing()
            assert note.removed or not record.hidden


def _told(replica: Replica) -> object:
    """Records that are not erased, what is aside, waits and is missing.

    Of an erased record a replay may know nothing but the change that erased it.
    """
    there = {name: replica.records[name] for name in replica.records}
    records = {name: snapshot(record) for name, record in there.items() if not record.erased}
    origins = {name: o for name in replica.origins if (o := replica.origins[name]).record in records}
    return records, origins, replica.aside, replica.withheld, replica.doubled


def test_nothing_is_lost_between_phones() -> None:
    """Any acts, in any order of arrival."""
    short(RecordsMachine, 20, 40)


@pytest.mark.soak
def test_phones_for_long() -> None:
    """Many more."""
    long(RecordsMachine, 20, 100)


# -- the machine can fail: each story ends well, and badly with its fault ---------------------------------


def by_clock(patch: pytest.MonkeyPatch) -> None:
    """Of several versions only the last by its stamp is kept."""
    right = Register.live
    patch.setattr(Register, "live", lambda self: right(self)[-1:])


def two_edit(m: RecordsMachine) -> None:
    """Neither hears of the other."""
    m.begin(months=3, told={3})
    m.edit(who={2, 3}, pick=0, days=0)


def forgets_the_rest(patch: pytest.MonkeyPatch) -> None:
    """When some of a record is dropped, all of it is."""
    right = Replica.drop

    async def wrong(self: Replica, names: set[bytes]) -> set[bytes]:
        touched = {self.origins[name].record for name in names if name in self.origins}
        return await right(self, names | self.memory.of_records(touched))

    patch.setattr(Replica, "drop", wrong)


def drops_what_is_sent(m: RecordsMachine) -> None:
    """And keeps what is not."""
    m.begin(months=3, told=set())
    m.edit(who={2}, pick=0, days=0)
    m.drop_early(who=2, pick=0)


def keeps_bodies(patch: pytest.MonkeyPatch) -> None:
    """Orders to erase are not followed."""
    patch.setattr(Box, "erase", lambda self, names: None)


def erases(m: RecordsMachine) -> None:
    """A coordinator does, of what somebody else wrote."""
    m.begin(months=3, told={0})
    m.erase(who=0, pick=0)


def names_nothing_late(patch: pytest.MonkeyPatch) -> None:
    """What came in after its record was erased is named to nobody."""

    async def wrong(device: erasing.Hand) -> bool:
        return False

    patch.setattr(erasing, "name_late", wrong)


def writes_meanwhile(m: RecordsMachine) -> None:
    """An edit of a note that is erased elsewhere."""
    m.begin(months=3, told={0, 3})
    m.edit(who={3}, pick=0, days=0)
    m.erase(who=0, pick=0)
    m.exchange(who={3}, back=False)
    m.exchange(who={0}, back=True)


def loses_what_waits(patch: pytest.MonkeyPatch) -> None:
    """What waits is not put away."""
    right = Replica.facts

    def wrong(self: Replica) -> list[Any]:
        facts = right(self)
        facts[4] = {}
        return facts

    patch.setattr(Replica, "facts", wrong)


def hears_the_edit_first(m: RecordsMachine) -> None:
    """And is locked before the rest comes."""
    m.begin(months=3, told=set())
    m.edit(who={2}, pick=0, days=0)
    m.exchange(who={2}, back=False)
    m.receive(who=0, chosen=[0, 2])
    m.unlock_again(who=0, put_away=True)


FAULTS = [
    (by_clock, two_edit),
    (forgets_the_rest, drops_what_is_sent),
    (keeps_bodies, erases),
    (names_nothing_late, writes_meanwhile),
    (loses_what_waits, hears_the_edit_first),
]


@pytest.mark.parametrize(("fault", "story"), FAULTS)
def test_a_fault_between_phones_is_caught(
    fault: Callable[[pytest.MonkeyPatch], None], story: Callable[[RecordsMachine], None]
) -> None:
    """The control of the machine: told by hand, since chance takes long to come by it."""
    right = RecordsMachine()
    story(right)
    right.nothing_is_set_aside()
    right.teardown()
    with pytest.MonkeyPatch.context() as patch:
        fault(patch)
        wrong = RecordsMachine()
        story(wrong)
        with pytest.raises(AssertionError):
            wrong.teardown()
