"""What the log says now: every envelope that this device can read and the rights table lets pass, merged.

Guarantees: the result depends only on which envelopes are in the log, not on their order; one that is bad or
forbidden is set aside with its reason and the next goes on; one that names a roll head or sender key not yet
seen waits and is tried again. Nothing is dropped, but what was erased by someone who may, and what its owner asks
to drop because its time is over (docs/decisions/0016).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from sync.core import change, codec, envelope, merge, rights, ring, sealing, sender_key
from sync.core.change import ERASE as ERASING
from sync.core.change import Change
from sync.core.envelope import Envelope, Header
from sync.core.errors import (
    BadFormat,
    BadSignature,
    DiskFull,
    Forbidden,
    ForeignRecord,
    NewerVersion,
    NotForThisKey,
    Quarantined,
    RollRefused,
    StaleEpoch,
    StraatError,
    UnknownHead,
)
from sync.core.formats import SENDER_KEY
from sync.core.ids import HASH_BYTES
from sync.core.ports import GIVEN, KEY_BYTES, REWRITTEN, Log, LogEntry, LogState, Primitives
from sync.core.rights import Author, Relation, Role, Standing
from sync.core.roll import Device, Roll
from sync.core.roll_state import Mark
from sync.device import erasing
from sync.device.chains import Chain, Chains, Place
from sync.device.gone import Gone, Left, Word
from sync.device.keyring import Keyring
from sync.device.memory import BREATH, Memory, Origin

DAY_MILLIS = 24 * 60 * 60 * 1000
BATCH = 50  # in one go; then whoever taps meanwhile has a turn
SIGNED_REASONS = (Forbidden.code, ForeignRecord.code, BadFormat.code, NotForThisKey.code)


@dataclass(frozen=True, slots=True)
class Aside:
    """One envelope kept aside: why, whose (if its header could be read), and how large it is."""

    id: bytes
    reason: str
    device: bytes | None
    size: int


@dataclass(frozen=True, slots=True)
class Held:
    """A quarantined envelope that can be read: what it would change, and whose it is."""

    envelope: Envelope
    change: Change
    device: Device


@dataclass(frozen=True, slots=True)
class _Verdict:
    """A decision about a quarantined envelope, and for which teams, or of whose own, its author may decide."""

    adopted: bool
    teams: frozenset[bytes]
    member: bytes

    def counts_for(self, teams: frozenset[bytes], member: bytes) -> bool:
        """Whether its author may decide about what this member sealed to these teams."""
        return teams <= self.teams if teams else member == self.member


ADOPTION, VERDICT = "adoption", "verdict"
ADOPT, ERASE = "adopt", "erase"
KEYS, GRANT = "keys", "grant"
_SUBJECTS = ("visit",)  # what other records are about
_granted_keys = codec.items(codec.row(codec.blob(HASH_BYTES), codec.blob(KEY_BYTES)), 10_000)


class Replica:
    """The records of one device's log, in `memory`. `on_stamp` hears each merged change's stamp (for the clock).

    `on_merged` hears the ids of records that changed, before anything else has a turn; `on_forget` that all are gone.
    """

    def __init__(
        self,
        primitives: Primitives,
        log: Log,
        roll: Roll,
        keyring: Keyring,
        on_stamp: Callable[[Change], None] = lambda _: None,
        memory: Memory | None = None,
    ) -> None:
        self._primitives, self._log, self._roll, self._keyring = primitives, log, roll, keyring
        self._on_stamp = on_stamp
        self.memory = memory or Memory()
        self.records = self.memory.records
        self.origins = self.memory.origins  # envelope id → origin, for every merged change
        self.on_merged: Callable[[set[bytes]], None] = lambda _: None
        self.on_forget: Callable[[], None] = lambda: None
        self.on_gone: Callable[[set[bytes]], None] = lambda _: None  # hears the records that are about to be made anew
        self.before_drop: Callable[[], Awaitable[None]] = _nothing  # done before bytes go from the log
        self.month: Callable[[], int] = lambda: 0  # what was to be kept until before this month may be gone elsewhere
        self.gone = Gone()
        self._dropped: set[bytes] = set()  # stubs whose body this device dropped itself
        self._hollow: set[bytes] = set()  # erased records of which something is merged, and so still in the log
        self._orphans: dict[bytes, dict[bytes, bytes]] = {}  # record not known → the erasing changes of it, by id
        self.aside: dict[bytes, Aside] = {}
        self.quarantine: dict[bytes, Held] = {}
        self.handed_on: dict[
            bytes, set[bytes]
        ] = {}  # device that came back → ids of the keys and verdicts it was given
        self.position = 0
        self.rebuilt = 0  # how often everything was judged anew
        self._waiting: dict[bytes, bytes] = {}
        self._heads: dict[bytes, bytes] = {}  # envelope id → the head that it names, where that was not known
        self._early: set[bytes] = set()  # those of `_waiting` that name a roll head not known here
        self._chains = Chains()
        self._verified: set[bytes] = set()
        self._verdicts: dict[bytes, dict[bytes, _Verdict]] = {}  # envelope id → the envelope that gave it → verdict
        self._erased: set[bytes] = set()  # what a verdict that stands has erased, until it is dropped from the log
        self._shut: dict[bytes, bytes] = {}  # sender keys that none of our rings open
        self._opened_with: frozenset[tuple[bytes, int]] = frozenset()
        self._to_mark: dict[str, list[bytes]] = {}  # reason → ids, to be marked as aside in the log
        self._marks: Mapping[bytes, tuple[Mark, ...]] | None = None
        self._again = False
        self._one_at_a_time = asyncio.Lock()

    @property
    def withheld(self) -> set[Place]:
        """(device, ring) with a gap in its numbers, or with a body missing and no reason for that; of rings that are this
        device's now: of one that it lost it has dropped what leaves no stub.
        """
        held = self._roll.state.readable(self._keyring.device)
        return {place for place in self._chains.withheld | self.gone.unexplained(self.month()) if place[1] in held}

    def short_of_cuts(self) -> set[Place]:
        """(device, ring) where a cut names the last envelope and that did not come in, though everything was asked for:
        no gap in the numbers shows it, as nothing follows.
        """
        return self._chains.short_of(self._roll.state.marks, self._roll.state.readable(self._keyring.device))

    @property
    def doubled(self) -> set[Place]:
        """(device, ring) with two envelopes of one number."""
        return self._chains.doubled

    @property
    def early(self) -> dict[bytes, bytes]:
        """Those that name a roll head not known here: envelope id → bytes."""
        return {name: self._waiting[name] for name in self._early if name in self._waiting}

    @property
    def orphans(self) -> dict[bytes, bytes]:
        """Erasing changes of records of which nothing is known here (any more): envelope id → bytes."""
        return {name: data for some in self._orphans.values() for name, data in some.items()}

    def seen(self, device: bytes) -> dict[bytes, tuple[int, bytes]]:
        """The last number and envelope id that came in of this device, by ring."""
        return self._chains.seen(device)

    def chains_in(self, ring_id: bytes) -> dict[bytes, Chain]:
        """Each device's numbered envelopes in a ring, as far as they came in."""
        return self._chains.in_ring(ring_id)

    def headers(self, position: int = 0) -> Iterator[tuple[Header, int]]:
        """Header and format of every envelope in the log after a position that can be parsed, in order."""
        while entries := self._log.read(position, BATCH):
            position = entries[-1].position
            for entry in entries:
                with suppress(StraatError):
                    e = envelope.parse(entry.data)
                    yield e.header, e.format

    async def catch_up(self, progress: Callable[[int], None] = lambda _: None) -> set[bytes]:
        """Take in everything after `position`, and what waited. Gives the ids of records that changed.

        When the roll has cut someone off since, or a cut is better known, everything is judged anew: then what
        is no longer there is among the changed as well.
        """
        async with self._one_at_a_time:
            changed: set[bytes] = set()
            while True:
                self._look_at_rings()
                if self._again or self._cuts_matter():
                    changed |= self._forget()
                changed |= await self._follow(progress)
                self._forget_verdicts()
                if not self._again and self._marks is self._roll.state.marks:
                    await self._drop_erased()
                    return changed

    async def _drop_erased(self) -> None:
        """The bytes of what is erased go from the log; what this device may have overwritten elsewhere is noted. On a
        full disk they go the next time: what was written stands all the same.
        """
        names = self.memory.of_records(self._hollow) if self._hollow else set()
        names -= {by for record in self._hollow for by in self.records[record].erased}
        if names or self._erased:
            await self.before_drop()
            merged = {name: self.records[self.origins[name].record] for name in names}
            mine = [r for r in self._hollow if self.records[r].creator == self._keyring.member]
            nonces = {record: await self.nonce_of(record, sorted(names)) for record in mine}
            going = erasing.Dropped(merged, frozenset(self._erased), self.gone.named, nonces)
            values = erasing.noted(self._log, self._roll.state, self._keyring, going)
            try:
                self._log.drop(sorted(names | self._erased), values)
            except DiskFull:
                return
        for name in names:
            del self.origins[name]
            self.aside.pop(name, None)
        self._hollow, self._erased = set(), set()

    async def drop(self, names: set[bytes]) -> set[bytes]:
        """Drop the bytes of these envelopes, whose time is over, and make the records that they were of anew.

        Gives the ids of records that changed; some may be there no more. Raises DiskFull: nothing was dropped.
        """
        async with self._one_at_a_time:
            await self.before_drop()
            self._log.drop(sorted(names))
            touched = {self.origins[name].record for name in names if name in self.origins}
            kinds = {record: self.records[record].kind for record in touched}
            again = bool({ADOPTION, GRANT} & set(kinds.values()))
            rest = self.memory.of_records(touched) - names
            mine = [a.id for a in self.aside.values() if a.device == self._keyring.device]
            rest |= {e.id for e in self._log.fetch(mine) if e.state in (LogState.PENDING, LogState.STORED)} - names
            places = names & self._waiting.keys()  # their stubs wait on, for their place in the chains
            self._dropped |= names
            for name in names | rest:
                for held in (self.aside, self.quarantine, self._waiting, self._shut, self.origins):
                    held.pop(name, None)
                self._early.discard(name)
                for some in self._orphans.values():
                    some.pop(name, None)
            for record in touched:
                del self.records[record]
            self._waiting.update((e.id, e.data) for e in self._log.fetch(sorted(rest | places)) if e.data)
            self._again = self._again or again
            self.on_gone(touched)
        changed = touched | await self.catch_up()
        if any(kind in _SUBJECTS and record not in self.records for record, kind in kinds.items()):
            await self.start_again()  # what is about it has to wait for it again
            changed |= await self.catch_up()
        return changed

    async def start_again(self) -> None:
        """Judge everything anew at the next catching up: something went from the log."""
        async with self._one_at_a_time:
            self._again = True

    async def without(self, names: Iterable[bytes]) -> None:
        """These count no more, not even for their places: everything is judged anew from the log without them."""
        async with self._one_at_a_time:
            for name in names:
                self.aside.pop(name, None)
            self._chains, self._again = Chains(), True

    def held_back(self) -> set[bytes]:
        """The ids of what is aside, quarantined, waits, or is shut to us: in the log, and not merged."""
        orphans = {name for some in self._orphans.values() for name in some}
        return {*self.aside, *self.quarantine, *self._waiting, *self._shut, *orphans}

    async def nonce_of(self, record: bytes, names: Sequence[bytes]) -> bytes | None:
        """The nonce that made a record, if one of these envelopes carries it and its bytes are still here."""
        content = self._keyring.content
        whole = [e for entry in self._log.fetch(names) if entry.data and not (e := envelope.parse_any(entry.data)).gone]
        ready = [(e, content[e.header.key]) for e in whole if e.header.key in content]
        for plain in await envelope.open_many(self._primitives, ready):
            if isinstance(plain, bytes):
                with suppress(StraatError):
                    c = change.decode(plain)
                    if c.record == record and c.nonce is not None:
                        return c.nonce
        return None

    def _look_at_rings(self) -> None:
        """Rings came in since: sender keys of theirs open, and the numbers in a new ring are noted."""
        rings = frozenset(self._keyring.rings)
        if rings != self._opened_with:
            new = {ring_id for ring_id, _ in rings} - {ring_id for ring_id, _ in self._opened_with}
            self._again |= bool(new) and self.position > 0
            self._waiting.update(self._shut)
            self._opened_with, self._shut = rings, {}

    def _cuts_matter(self) -> bool:
        """Whether what is cut since may change what is merged here. That somebody left a round, or that it is over, does
        not as long as nothing of theirs lies beyond it: nearly always, and then nobody has to judge all notes anew.
        """
        before, state = self._marks, self._roll.state
        if before is state.marks:
            return False
        if before is None:
            return True
        for device, marks in state.marks.items():
            known = before.get(device, ())
            if marks[: len(known)] != known:
                return True
            for mark in marks[len(known) :]:
                if not mark.round or not self._chains.within(device, mark) or self._left_since(mark.round):
                    return True
        self._marks = state.marks
        return False

    def _left_since(self, round_: bytes) -> bool:
        """Whether somebody who was cut in a round has left altogether: at its end that cut counts anew."""
        state = self._roll.state
        gone = (state.marks.get(device, ()) for device in state.left)
        return state.rounds[round_].closed and any(m.round == round_ for marks in gone for m in marks)

    def _forget_verdicts(self) -> None:
        """A verdict counts as long as the change that gave it is merged: it may turn out to be quarantined."""
        for name, given in list(self._verdicts.items()):
            standing = {by: verdict for by, verdict in given.items() if by in self.origins}
            if len(standing) < len(given):
                self._verdicts[name] = standing
                self._again = True

    def _forget(self) -> set[bytes]:
        """Start again from the log, keeping what is known of signatures, numbers and verdicts."""
        fresh = self._marks is None and not self.position
        self._again, self._marks = False, self._roll.state.marks
        if fresh:
            return set()
        gone = set(self.records)
        self.records.clear()
        self.origins.clear()
        self.aside, self.quarantine = {}, {}
        self._waiting, self._early, self._shut, self.position = {}, set(), {}, 0
        self._erased, self._hollow, self._orphans, self.gone = set(), set(), {}, Gone()
        self.rebuilt += 1
        self.on_forget()
        return gone

    async def _follow(self, progress: Callable[[int], None]) -> set[bytes]:
        changed: set[bytes] = set()
        while entries := self._log.read(self.position, BATCH):
            changed |= self._told(await self._take_in(self._fresh(entries)))
            await self._note_aside(entries)
            self.position = entries[-1].position
            progress(self.position)
            await asyncio.sleep(BREATH if len(entries) == BATCH else 0)
        while self._waiting:
            before, self._waiting = self._waiting, {}
            again = [(name, data) for name, data in before.items() if not self._still_early(name)]
            self._waiting.update({name: data for name, data in before.items() if self._still_early(name)})
            for start in range(0, len(again), BATCH):
                changed |= self._told(await self._take_in(again[start : start + BATCH]))
                await asyncio.sleep(BREATH if start + BATCH < len(again) else 0)
            if self._waiting.keys() == before.keys():
                break
        return changed

    def _told(self, changed: set[bytes]) -> set[bytes]:
        if changed:
            self.on_merged(changed)
        return changed

    def _fresh(self, entries: Sequence[LogEntry]) -> list[tuple[bytes, bytes]]:
        for e in entries:
            kept_aside = e.state in (LogState.ASIDE, LogState.REFUSED)  # a refused one of ours is merged all the same
            if kept_aside and e.reason != REWRITTEN:
                self.aside[e.id] = Aside(e.id, e.reason, _sender(e.data), len(e.data))
        self._dropped |= {e.id for e in entries if envelope.is_stub(e.data) and e.reason != GIVEN}
        empty = [e.id for e in entries if e.state == LogState.STUB and not e.data]  # left no stub
        return [(e.id, e.data) for e in entries if e.state != LogState.ASIDE and e.id not in empty]

    async def _note_aside(self, entries: Sequence[LogEntry]) -> None:
        """What was set aside after its signature had held keeps its place in the chains: else a server would seem to
        withhold what lies here.
        """
        parsed = []
        for entry in entries:
            if entry.state == LogState.ASIDE and entry.reason in SIGNED_REASONS:
                with suppress(StraatError):
                    e = envelope.parse(entry.data)
                    parsed.append((e, self._roll.at(e.header.head).device(e.header.device)))
        results = await envelope.verify(self._primitives, [(e, d.signing) for e, d in parsed])
        for (e, _), holds in zip(parsed, results, strict=True):
            if holds:
                self._note_chain(e)

    async def _take_in(self, items: Iterable[tuple[bytes, bytes]]) -> set[bytes]:
        parsed = [p for item in items if (p := self._parse(*item))]
        good = []
        for e, d in await self._verify(parsed):
            if e.gone:
                if e.id not in self._dropped:
                    self._note_gone(e, d)
            else:
                self.gone.forget(e.id)
                good.append((e, d))
        await self._open_sender_keys([(e, d) for e, d in good if e.format == SENDER_KEY])
        changed = await self._open_changes([(e, d) for e, d in good if e.format != SENDER_KEY])
        while self._to_mark:  # one transaction a reason: a thousand would hold up the rest
            reason, names = self._to_mark.popitem()
            self._log.mark(names, LogState.ASIDE, reason)
        return changed

    def _note_gone(self, e: Envelope, device: Device) -> None:
        """A stub: all that it tells is whose it was and where it stood."""
        team = self._roll.at(e.header.head).device(device.id).team
        mine = {ring_id for ring_id, _ in self._keyring.rings}
        rings = tuple(link.ring for link in e.header.links if link.ring in mine)
        self.gone.note(e.id, Left(device.id, device.member, team, e.header.expiry, rings))

    def _still_early(self, name: bytes) -> bool:
        """Whether it is known to name a head that is not here yet: then there is no need to look into it again."""
        head = self._heads.get(name)
        return head is not None and not self._roll.knows(head)

    def _parse(self, name: bytes, data: bytes) -> tuple[Envelope, Device] | None:
        """The envelope and its author's device at the head it names; else it waits or goes aside."""
        device = None
        self._early.discard(name)  # its head may be known by now, and something else be wanting
        try:
            e = envelope.parse_any(data)
            device = e.header.device
            state = self._roll.at(e.header.head)
            author = state.device(e.header.device)
            if e.header.organisation != self._roll.state.organisation:
                raise BadFormat("another organisation")
            for link in e.header.links:
                if link.ring not in state.rings or state.rings[link.ring].epoch != link.epoch:
                    raise StaleEpoch()
        except (UnknownHead, NewerVersion) as error:
            self._waiting[name] = data
            if isinstance(error, UnknownHead):
                self._early.add(name)
                self._heads[name] = e.header.head
            return None
        except (BadFormat, RollRefused, StaleEpoch, StraatError) as error:
            self._set_aside(name, error, device, len(data))
            return None
        return e, author

    async def _verify(self, parsed: list[tuple[Envelope, Device]]) -> list[tuple[Envelope, Device]]:
        unknown = [(e, d.signing) for e, d in parsed if e.id not in self._verified]
        results = await envelope.verify(self._primitives, unknown)
        self._verified |= {e.id for (e, _), holds in zip(unknown, results, strict=True) if holds}
        good = []
        for e, d in parsed:
            if e.id in self._verified:
                self._note_chain(e)
                good.append((e, d))
            else:
                self._set_aside(e.id, BadSignature(), d.id, len(e.data))
        return good

    def _note_chain(self, e: Envelope) -> None:
        """Remember the envelope's places. One that does not fit the others may undo what a cut let pass."""
        doubtful = self._chains.note(e, {ring_id for ring_id, _ in self._keyring.rings})
        if doubtful and not self._again:
            cuts = [m.numbers for m in self._roll.state.marks.get(e.header.device, ())]
            self._again = any(x.ring in cut and x.number <= cut[x.ring][0] for x in e.header.links for cut in cuts)

    async def _open_sender_keys(self, items: list[tuple[Envelope, Device]]) -> None:
        for e, d in items:
            ring = next((k for k in ((x.ring, x.epoch) for x in e.header.links) if k in self._keyring.rings), None)
            if e.header.key in self._keyring.content:
                continue
            if ring is None:
                self._shut[e.id] = e.data
                continue
            try:
                content = await sender_key.accept(self._primitives, e, ring[0], self._keyring.rings[ring])
                self._keyring.content[e.header.key] = content
            except (BadFormat, NotForThisKey) as error:
                self._set_aside(e.id, error, d.id, len(e.data))

    async def _open_changes(self, items: list[tuple[Envelope, Device]]) -> set[bytes]:
        for e, _ in items:
            self._keyring.take_granted(e.header)
        ready = [(e, d) for e, d in items if e.header.key in self._keyring.content]
        for e, _ in items:
            if e.header.key not in self._keyring.content:
                self._waiting[e.id] = e.data
        keys = self._keyring.content
        opened = await envelope.open_many(self._primitives, [(e, keys[e.header.key]) for e, _ in ready])
        changed = set()
        for (e, d), plain in zip(ready, opened, strict=True):
            try:
                if isinstance(plain, StraatError):
                    raise plain
                changed.add(self._merge(e, d, change.decode(plain)))
            except (NewerVersion, _Early):
                self._waiting[e.id] = e.data
            except _Erased:
                self.aside.pop(e.id, None)
                self.quarantine.pop(e.id, None)
            except _Orphan as orphan:
                self._orphans.setdefault(orphan.record, {})[e.id] = e.data
            except Quarantined as error:  # judged again at each start: a coordinator may adopt it
                self.aside[e.id] = Aside(e.id, error.code, d.id, len(e.data))
            except StraatError as error:
                self._set_aside(e.id, error, d.id, len(e.data))
        return changed

    def _merge(self, e: Envelope, device: Device, c: Change) -> bytes:
        known = self.records.get(c.record)
        if c.nonce is None and (known is None or known.creator is None):
            self._erase_unknown(e, device, c)
            raise _Early()
        if known and known.kind != c.kind:
            raise ForeignRecord(c.kind)
        subject = self._subject(c, known)
        if subject is None and rights.needs_subject(c):
            raise _Early()
        standing = Standing(
            known.creator if known else None,
            known.teams if known else frozenset(),
            subject.creator if subject else None,
            subject.teams if subject else frozenset(),
        )
        author, sealed = self._sealed(e, device, c)
        teams = sealed.teams
        rights.check(c, author, teams, standing)
        if sealing.elsewhere(c, sealed, known.rounds if known else frozenset()):
            raise _Early()
        counts_as = self._judge_cuts(e, device, c, author, teams, standing)
        made_in = teams or frozenset({author.team})
        record = merge.from_change(c, e.id, device.id, device.member, made_in, sealed.rounds)
        self.records[c.record] = merge.merge(known, record) if known else record
        day, what = c.stamp.millis // DAY_MILLIS, f"{c.kind}/{c.group}"
        self.origins[e.id] = Origin(c.record, device.id, device.member, e.header.expiry, day, what)
        if self.quarantine.pop(e.id, None):
            self.aside.pop(e.id, None)
        if known is None:
            self._waiting.update(self._orphans.pop(c.record, {}))
        if record.erased:
            self._hollow.add(c.record)
        if c.group == ERASING:
            self.gone.name(c.seen, e.id, Word.of(counts_as))
        self._obey(e, c, counts_as)
        self._on_stamp(c)
        return c.record

    def _sealed(self, e: Envelope, device: Device, c: Change) -> tuple[Author, sealing.Sealed]:
        """Whose it is and where it is sealed to, at the head that it names. Raises Forbidden for what does not belong
        there.
        """
        state = self._roll.at(e.header.head)
        sealed = sealing.of(state, [link.ring for link in e.header.links])
        sealing.check(c, sealed)
        return state.author(device.id, sealed.round), sealed

    def _erase_unknown(self, e: Envelope, device: Device, c: Change) -> None:
        """A coordinator's erasing of a record of which nothing is known: all of it may be gone. It explains stubs, and
        waits apart. Raises _Orphan for one, Quarantined for one beyond a cut.
        """
        author, sealed = self._sealed(e, device, c)
        teams = sealed.teams
        if c.group != ERASING or author.role is not Role.COORDINATOR:
            return
        with suppress(Forbidden, ForeignRecord, NewerVersion):
            rights.check(c, author, teams, Standing())
            counts_as = self._judge_cuts(e, device, c, author, teams, Standing())
            self.gone.name(c.seen, e.id, Word.of(counts_as))
            raise _Orphan(c.record)

    def _judge_cuts(
        self, e: Envelope, device: Device, c: Change, author: Author, teams: frozenset[bytes], standing: Standing
    ) -> Author:
        """What lies beyond a cut is quarantined, unless a coordinator has adopted it. Gives the author as what they
        wrote counts: beyond the cut of another role, with no more than that role.
        """
        counts_as = author
        place = self._roll.place(e.header.head)
        for mark in self._roll.state.marks.get(device.id, ()):
            if place >= mark.place or not self._beyond(e, device, mark):
                continue
            if not _held_back(mark, c, author):
                continue
            given = self._verdicts.get(e.id, {}).values()
            verdicts = [v for v in given if v.counts_for(teams, device.member)]
            if not all(v.adopted for v in verdicts):
                self._erased.add(e.id)
                raise _Erased()
            if verdicts:
                return author
            try:
                if mark.role is None or mark.round:
                    raise Quarantined()
                counts_as = replace(author, role=mark.role, teams=mark.teams)
                rights.check(c, counts_as, teams, standing)
            except StraatError as error:
                self.quarantine[e.id] = Held(e, c, device)
                raise Quarantined(error.code) from error
        return counts_as

    def _beyond(self, e: Envelope, device: Device, mark: Mark) -> bool:
        """Whether an envelope lies beyond a cut. In a team's ring where a device that left was never cut, all of it
        does, until whoever holds that ring has cut it; and so does what stands in no ring but another's own, where
        nobody could cut it.
        """
        if self._chains.beyond(e, mark) or mark.round:
            return self._chains.beyond(e, mark)
        state, names = self._roll.state, [link.ring for link in e.header.links]
        cut = set(mark.numbers) if mark.role is not None else state.cut_in(device.id)
        if mark.role is None and any(state.rings[r].kind != ring.OWN and r not in cut for r in names):
            return True
        return not cut & set(names) and names != [ring.own_ring(device.member)]

    def _obey(self, e: Envelope, c: Change, author: Author) -> None:
        """What was decided about quarantined envelopes, and keys that were handed on."""
        if (c.kind, c.group) == (ADOPTION, VERDICT) and {"envelope", "verdict"} <= set(c.fields):
            name, verdict = c.fields["envelope"].value, c.fields["verdict"].value
            if isinstance(name, bytes) and verdict in (ADOPT, ERASE):
                teams = author.teams if author.role is Role.COORDINATOR else frozenset()
                given = self._verdicts.setdefault(name, {})
                late = e.id not in given and verdict == ERASE and name in self.origins  # what another had adopted
                self._again |= late and self.origins[name].device in self._roll.state.marks
                given[e.id] = _Verdict(verdict == ADOPT, teams, author.member)
                if verdict == ERASE:
                    self.gone.name([name], e.id, Word.of(author))
                if held := self.quarantine.get(name):
                    self._waiting[name] = held.envelope.data
                self._note_handed_on(c, {name})
        elif (c.kind, c.group) == (GRANT, KEYS) and "keys" in c.fields:
            try:
                keys = _granted_keys(c.fields["keys"].value)
            except StraatError:
                return
            for name, key in keys:
                self._keyring.granted.setdefault(name, set()).add(key)
            self._note_handed_on(c, {name for name, _ in keys})

    def _note_handed_on(self, c: Change, names: set[bytes]) -> None:
        to = c.fields["device"].value if "device" in c.fields else None
        if isinstance(to, bytes):
            self.handed_on.setdefault(to, set()).update(names)

    def adopted_of(self, member: bytes) -> set[bytes]:
        """Ids of this member's envelopes that were merged because someone adopted them."""
        merged = {name for name in self._verdicts if name in self.origins}
        return {name for name in merged if self.origins[name].member == member}

    def _subject(self, c: Change, known: merge.Record | None) -> merge.Record | None:
        """The record that a review is about, as the one who made it named it; an answer can't choose."""
        patch = c.fields.get("visit") if c.nonce is not None and c.group == "word" else None
        about = patch.value if patch else known.value("word.visit") if known else None
        return self.records.get(about) if isinstance(about, bytes) else None

    def _set_aside(self, name: bytes, error: StraatError, device: bytes | None, size: int) -> None:
        if name in self._dropped:
            return
        self.aside[name] = Aside(name, error.code, device, size)
        if device != self._keyring.device:  # our own stays in the queue: it may only look wrong from here
            self._to_mark.setdefault(error.code, []).append(name)

    def note_refused(self, name: bytes, error: StraatError, size: int) -> None:
        """One of our own that the server refused for good: it stays merged here, and is shown."""
        self.aside[name] = Aside(name, error.code, self._keyring.device, size)

    # -- kept between two unlockings (sync.device.saved) -------------------------------------------------

    def still(self) -> asyncio.Lock:
        """Held while nothing changes: what is remembered then stands for `position`."""
        return self._one_at_a_time

    def facts(self) -> list[Any]:
        """What `recall` needs, besides the records and origins: plain values. Only while `still` is held."""
        held = {name: h.envelope.data for name, h in self.quarantine.items()}  # to be judged again
        return [
            self.position,
            self._roll.state.head,
            self._again,
            [[a.id, a.reason, a.device, a.size] for a in self.aside.values() if a.id not in held],
            {**self._waiting, **held},
            list(self._early),
            self._shut,
            [list(r) for r in self._opened_with],
            self._chains.facts(),
            [
                [name, by, v.adopted, list(v.teams), v.member]
                for name, given in self._verdicts.items()
                for by, v in given.items()
            ],
            self._keyring.content,
            {name: list(keys) for name, keys in self._keyring.granted.items()},
            {device: list(names) for device, names in self.handed_on.items()},
            self.gone.facts(),
            {record: dict(waiting) for record, waiting in self._orphans.items()},
        ]

    def recall(self, facts: list[Any]) -> None:
        """Go on where another replica on the same memory and log left off. Before the first `catch_up`.

        Raises UnknownHead when that one knew more of the roll.
        """
        position, head, again, aside, waiting, early, shut, rings, chains, verdicts, content, granted, *rest = facts
        handed, gone, self._orphans = rest
        self.gone = Gone.recalled(*gone)
        marks = self._roll.at(head).marks
        self._marks = self._roll.state.marks if marks == self._roll.state.marks else marks  # else all is judged anew
        self.position, self._again, self._waiting, self._early = position, again, waiting, set(early)
        self.aside = {a[0]: Aside(*a) for a in aside}
        self._shut, self._opened_with = shut, frozenset((r, epoch) for r, epoch in rings)
        self._chains = Chains.recalled(*chains)
        for name, by, adopted, teams, member in verdicts:
            self._verdicts.setdefault(name, {})[by] = _Verdict(adopted, frozenset(teams), member)
        self._keyring.content.update(content)
        for name, keys in granted.items():
            self._keyring.granted.setdefault(name, set()).update(keys)
        self.handed_on = {device: set(names) for device, names in handed.items()}

    @property
    def waiting(self) -> int:
        """How many envelopes wait for a roll head, a sender key or an update."""
        return len(self._waiting)

    @property
    def waiting_bytes(self) -> int:
        """How large they are together."""
        return sum(map(len, self._waiting.values()))


def _held_back(mark: Mark, c: Change, author: Author) -> bool:
    """Whether what lies beyond this cut has to be looked into. Of who left all of it; of a round that was left or is over
    all but what takes away; after a move what needs a right of the place before: one's own notes arrive.
    """
    if mark.round:
        return c.group != ERASING
    if mark.role is None:
        return True
    return rights.relation(c, author) in (Relation.TEAM, Relation.ROUND)


def _sender(data: bytes) -> bytes | None:
    """Whose an envelope says to be, if its header can be read."""
    try:
        return envelope.parse_any(data).header.device
    except StraatError:
        return None


async def _nothing() -> None:
    """What is done by nobody in particular."""


class _Orphan(Exception):
    """An erasing of a record of which nothing is known here."""

    def __init__(self, record: bytes) -> None:
        self.record = record


class _Early(Exception):
    """A change of a record whose creation has not come in yet."""


class _Erased(Exception):
    """A quarantined envelope that a coordinator decided to erase."""
