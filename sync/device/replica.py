"""What the log says now: every envelope that this device can read and the rights table lets pass, merged.

Guarantees: the result depends only on which envelopes are in the log, not on their order; one that is bad or
forbidden is set aside with its reason and the next goes on; one that names a roll head or sender key not yet
seen waits and is tried again. Nothing is dropped.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sync.core import change, envelope, merge, rights, sender_key
from sync.core.change import Change
from sync.core.envelope import Envelope
from sync.core.errors import (
    BadFormat,
    BadSignature,
    ForeignRecord,
    NewerVersion,
    NotForThisKey,
    RollRefused,
    StaleEpoch,
    StraatError,
    UnknownHead,
)
from sync.core.formats import SENDER_KEY
from sync.core.ports import Log, LogEntry, LogState, Primitives
from sync.core.roll import Device, Roll
from sync.device.keyring import Keyring

BATCH = 500


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a merged change came from."""

    record: bytes
    device: bytes
    member: bytes


@dataclass(frozen=True, slots=True)
class Aside:
    """One envelope kept aside: why, whose (if its header could be read), and how large it is."""

    id: bytes
    reason: str
    device: bytes | None
    size: int


class Replica:
    """The records of one device's log. `on_stamp` hears each merged change's stamp (for the clock)."""

    def __init__(
        self,
        primitives: Primitives,
        log: Log,
        roll: Roll,
        keyring: Keyring,
        on_stamp: Callable[[Change], None] = lambda _: None,
    ) -> None:
        self._primitives, self._log, self._roll, self._keyring = primitives, log, roll, keyring
        self._on_stamp = on_stamp
        self.records: dict[bytes, merge.Record] = {}
        self.origins: dict[bytes, Origin] = {}  # envelope id → origin, for every merged change
        self.aside: dict[bytes, Aside] = {}
        self.withheld: set[tuple[bytes, bytes]] = set()  # (device, ring) with a gap in its numbers
        self.position = 0
        self._waiting: dict[bytes, bytes] = {}
        self._chains: dict[tuple[bytes, bytes], _Chain] = {}
        self._one_at_a_time = asyncio.Lock()

    async def catch_up(self, progress: Callable[[int], None] = lambda _: None) -> set[bytes]:
        """Take in everything after `position`, and what waited. Gives the ids of records that changed."""
        async with self._one_at_a_time:
            changed: set[bytes] = set()
            while entries := self._log.read(self.position, BATCH):
                changed |= await self._take_in(self._fresh(entries))
                self.position = entries[-1].position
                progress(self.position)
            while self._waiting:
                before = len(self._waiting)
                again, self._waiting = list(self._waiting.items()), {}
                changed |= await self._take_in(again)
                if len(self._waiting) >= before:
                    break
            return changed

    def _fresh(self, entries: Sequence[LogEntry]) -> list[tuple[bytes, bytes]]:
        for e in entries:
            if e.state in (LogState.ASIDE, LogState.REFUSED):  # a refused one of ours is merged all the same
                self.aside[e.id] = Aside(e.id, e.reason, _sender(e.data), len(e.data))
        return [(e.id, e.data) for e in entries if e.state not in (LogState.ASIDE, LogState.STUB)]

    async def _take_in(self, items: Iterable[tuple[bytes, bytes]]) -> set[bytes]:
        parsed = [p for item in items if (p := self._parse(*item))]
        good = await self._verified(parsed)
        await self._open_sender_keys([(e, d) for e, d in good if e.format == SENDER_KEY])
        return await self._open_changes([(e, d) for e, d in good if e.format != SENDER_KEY])

    def _parse(self, name: bytes, data: bytes) -> tuple[Envelope, Device] | None:
        """The envelope and its author's device at the head it names; else it waits or goes aside."""
        device = None
        try:
            e = envelope.parse(data)
            device = e.header.device
            state = self._roll.at(e.header.head)
            author = state.device(e.header.device)
            if e.header.organisation != self._roll.state.organisation:
                raise BadFormat("another organisation")
            for link in e.header.links:
                if link.ring not in state.rings or state.rings[link.ring].epoch != link.epoch:
                    raise StaleEpoch()
        except (UnknownHead, NewerVersion):
            self._waiting[name] = data
            return None
        except (BadFormat, RollRefused, StaleEpoch, StraatError) as error:
            self._set_aside(name, error, device, len(data))
            return None
        return e, author

    async def _verified(self, parsed: list[tuple[Envelope, Device]]) -> list[tuple[Envelope, Device]]:
        results = await envelope.verify(self._primitives, [(e, d.signing) for e, d in parsed])
        good = []
        for (e, d), holds in zip(parsed, results, strict=True):
            if holds:
                self._note_chain(e)
                good.append((e, d))
            else:
                self._set_aside(e.id, BadSignature(), d.id, len(e.data))
        return good

    def _note_chain(self, e: Envelope) -> None:
        """Remember the envelope's place; a gap or a mismatch before it means something is withheld."""
        readable = {ring for ring, _ in self._keyring.rings}
        for link in e.header.links:
            if link.ring in readable:
                place = (e.header.device, link.ring)
                chain = self._chains.setdefault(place, _Chain())
                chain.add(link, e.id)
                (self.withheld.add if chain.ahead else self.withheld.discard)(place)

    async def _open_sender_keys(self, items: list[tuple[Envelope, Device]]) -> None:
        for e, d in items:
            ring = next((k for k in ((x.ring, x.epoch) for x in e.header.links) if k in self._keyring.rings), None)
            if ring is None or e.header.key in self._keyring.content:
                continue
            try:
                content = await sender_key.accept(self._primitives, e, ring[0], self._keyring.rings[ring])
                self._keyring.content[e.header.key] = content
            except (BadFormat, NotForThisKey) as error:
                self._set_aside(e.id, error, d.id, len(e.data))

    async def _open_changes(self, items: list[tuple[Envelope, Device]]) -> set[bytes]:
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
            except StraatError as error:
                self._set_aside(e.id, error, d.id, len(e.data))
        return changed

    def _merge(self, e: Envelope, device: Device, c: Change) -> bytes:
        known = self.records.get(c.record)
        creator = known.creator if known else None
        if c.nonce is None and creator is None:
            raise _Early()
        if known and known.kind != c.kind:
            raise ForeignRecord(c.kind)
        subject = self._subject(c, known)
        if subject is None and rights.needs_subject(c):
            raise _Early()
        rights.check(c, self._roll.at(e.header.head).author(device.id), creator, subject)
        record = merge.from_change(c, e.id, device.id, device.member)
        self.records[c.record] = merge.merge(known, record) if known else record
        self.origins[e.id] = Origin(c.record, device.id, device.member)
        self._on_stamp(c)
        return c.record

    def _subject(self, c: Change, known: merge.Record | None) -> bytes | None:
        """The creator of the record that this one is about (a review's visit)."""
        patch = c.fields.get("visit") if c.group == "word" else None  # an answer can't choose its own visit
        about = patch.value if patch else known.value("word.visit") if known else None
        record = self.records.get(about) if isinstance(about, bytes) else None
        return record.creator if record else None

    def _set_aside(self, name: bytes, error: StraatError, device: bytes | None, size: int) -> None:
        self.aside[name] = Aside(name, error.code, device, size)
        if device != self._keyring.device:  # our own stays in the queue: it may only look wrong from here
            self._log.mark([name], LogState.ASIDE, error.code)

    def note_refused(self, name: bytes, error: StraatError, size: int) -> None:
        """One of our own that the server refused for good: it stays merged here, and is shown."""
        self.aside[name] = Aside(name, error.code, self._keyring.device, size)

    @property
    def waiting(self) -> int:
        """How many envelopes wait for a roll head, a sender key or an update."""
        return len(self._waiting)


def _sender(data: bytes) -> bytes | None:
    """Whose an envelope says to be, if its header can be read."""
    try:
        return envelope.parse(data).header.device
    except StraatError:
        return None


class _Early(Exception):
    """A change of a record whose creation has not come in yet."""


@dataclass(slots=True)
class _Chain:
    """One device's envelopes in one ring: the unbroken part by its tip, and what came in ahead of it."""

    number: int = 0
    tip: bytes = envelope.NO_PREVIOUS
    ahead: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)

    def add(self, link: envelope.Link, name: bytes) -> None:
        """Note an envelope, and move the tip over all that now follow it."""
        if link.number > self.number:
            self.ahead[link.number] = (link.previous, name)
        while (following := self.ahead.get(self.number + 1)) and following[0] == self.tip:
            self.number += 1
            self.tip = self.ahead.pop(self.number)[1]
