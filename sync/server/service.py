"""The server's rules, apart from HTTP: what each message of sync.core.wire does.

The server can read nothing. It checks the carrier, the header, the numbers and the size; signatures of
envelopes are for readers. The roll it verifies in full, as every device does.
"""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

from sync.core import directory, envelope, wire
from sync.core.errors import (
    BadFormat,
    BadSignature,
    BrokenChain,
    Busy,
    Forbidden,
    InvitationExpired,
    InvitationUnknown,
    InvitationUsed,
    NotAuthorized,
    NotFound,
    QuotaFull,
    Revoked,
    RollMoved,
    RollRefused,
    SlowDown,
    StaleEpoch,
    StraatError,
    UnknownDevice,
    UnknownOrganisation,
)
from sync.core.ids import entry_hash
from sync.core.ports import Clock, Primitives, Signed
from sync.core.roll import Device, Roll, State
from sync.core.roll_entry import NO_PREVIOUS, AddDevice, Recover, parse
from sync.server.following import Following, alike
from sync.server.limits import Limits
from sync.server.quick import quick
from sync.server.quotas import Quotas
from sync.server.sessions import Carrier, Rates, Sessions
from sync.server.store import NewEnvelope, Store
from sync.server.stories import Shelf, Told
from sync.server.unconfirmed import Unconfirmed
from sync.server.wakeups import Listener, Wakeups

LIMITS = Limits()
PAGE_ITEMS = 500
ROLL_PAGE_ITEMS, ROLL_PAGE_BYTES = 500, 4 << 20
MAX_JUDGED = 100  # standings of one device that are remembered
MAX_HANDED_IN = 5_000  # envelopes that are still stored of what a device brings after it has left,
MAX_HANDED_IN_BYTES = 64 << 20  # and their size; for each run of the server
ROLL_ENTRIES_A_DAY = 500  # that one member's devices try to append: every phone keeps the roll, and for ever
DAY_MILLIS = 24 * 60 * 60 * 1000


Judged = set[tuple[bytes, bytes, bytes, tuple[tuple[bytes, int], ...]]]


@dataclass(slots=True)
class _Organisation:
    """A verified roll, and the lock under which it grows."""

    roll: Roll
    growing: asyncio.Lock


class Service:
    """One server's rules over one store."""

    def __init__(self, store: Store, primitives: Primitives, clock: Clock, limits: Limits = LIMITS) -> None:
        self._store, self._primitives, self._clock = store, primitives, clock
        self.sessions = Sessions(clock.millis)
        self.wakeups = Wakeups()
        self.stories = Shelf(store, primitives, clock)
        self._appends = Rates(clock.millis, burst=ROLL_ENTRIES_A_DAY, per_second=ROLL_ENTRIES_A_DAY / 86_400)
        self.unconfirmed = Unconfirmed(store, clock.millis)
        self.quotas = Quotas(store, limits)
        self._stopping = False
        self._organisations: dict[bytes, _Organisation] = {}
        self._announced: dict[bytes, bytes] = {}
        self._handed_in: dict[bytes, tuple[int, int]] = {}  # device → envelopes and bytes stored since it left
        self._seen: dict[bytes, int] = {}
        self._rings: dict[bytes, tuple[State | None, dict[bytes, set[bytes]]]] = {}  # who reads what, at the last head
        self._judged: dict[bytes, tuple[State | None, dict[bytes, Judged]]] = {}
        self._loading = asyncio.Lock()

    async def start(self) -> None:
        """Read and verify every roll not yet known.

        Raises what a damaged one raises: better no server than a wrong one.
        """
        for organisation in await self._store.organisations():
            await self._organisation(organisation)

    async def ready(self) -> None:
        """Return when the store answers. Raises Busy, also when the server is about to stop."""
        if self._stopping:
            raise Busy("stopping")
        await self._store.incarnation()

    def stop(self) -> None:
        """From now on this server is not ready, and nobody listens; what is asked is still answered."""
        self._stopping = True
        self.wakeups.close()

    async def totals(self) -> tuple[int, int, int]:
        """Organisations, members' devices, and envelopes, of all together."""
        envelopes = 0
        for organisation in await self._store.organisations():
            envelopes += sum(u.envelopes for u in await self._store.usage(organisation))
        devices = sum(len(known.roll.state.devices) for known in self._organisations.values())
        return len(self._organisations), devices, envelopes

    async def found(self, genesis: bytes) -> None:
        """Take in a new organisation by its genesis entry."""
        roll = Roll()
        await roll.extend(self._primitives, [genesis])
        if not await self._store.append_roll(roll.state.organisation, 0, genesis):
            raise RollMoved("exists")
        await self._organisation(roll.state.organisation)

    async def _organisation(self, organisation: bytes) -> _Organisation:
        if organisation in self._organisations:
            return self._organisations[organisation]
        async with self._loading:
            if organisation not in self._organisations:
                await self.unconfirmed.load()
                entries = await self._store.roll(organisation)
                if not entries:
                    raise UnknownOrganisation()
                roll = Roll()
                await roll.extend(self._primitives, entries)
                if roll.state.organisation != organisation:
                    raise BadFormat("roll of another organisation")
                self._organisations[organisation] = _Organisation(roll, asyncio.Lock())
                self._note_announced(roll.state)
            return self._organisations[organisation]

    def _note_announced(self, state: State) -> None:
        """Invitations and recovery sheets that somebody may come with."""
        sheets = [s.announced for s in state.sheets.values()]
        self._announced.update(dict.fromkeys([*state.invites, *sheets], state.organisation))

    # -- signing in --------------------------------------------------------------------------------------

    async def challenge(self, organisation: bytes, device: bytes) -> list[object]:
        """A nonce to sign, and the server's time."""
        _known(await self._organisation(organisation), device)
        return [self.sessions.challenge(Carrier(organisation, device)), self._clock.millis()]

    async def token(self, organisation: bytes, device: bytes, nonce: bytes, signature: bytes) -> list[object]:
        """A token for a signed nonce, its last moment, and the store's incarnation.

        A device that has left gets one too: to hear that it has left, and to hand in what it still has.
        """
        known = await self._organisation(organisation)
        self.sessions.redeem(nonce, Carrier(organisation, device))
        public = _known(known, device).signing
        message = wire.session_bytes(organisation, device, nonce)
        if not (await self._primitives.verify([Signed(public, signature, message)]))[0]:
            raise NotAuthorized("signature")
        await self._note_seen(organisation, device)
        token, until = self.sessions.token(Carrier(organisation, device))
        return [token, until, await self._store.incarnation()]

    # -- the roll ----------------------------------------------------------------------------------------

    async def _note_seen(self, organisation: bytes, device: bytes) -> None:
        """Remember the day, and nothing finer: enough to see a phone that no longer syncs, no trail of anyone."""
        day = self._clock.millis() // DAY_MILLIS
        if self._seen.get(device) != day:
            await self._store.note_seen(organisation, device, day)
            self._seen[device] = day

    async def devices(self, carrier: Carrier) -> list[list[object]]:
        """[device, day it was last here] for coordinators; days since 1970."""
        await self._coordinating(carrier)
        return [[device, day] for device, day in await self._store.seen_days(carrier.organisation)]

    async def _present(self, carrier: Carrier) -> _Organisation:
        """The organisation of a device that is on the roll. Raises Revoked."""
        known = await self._organisation(carrier.organisation)
        if carrier.device not in known.roll.state.devices:
            raise Revoked()
        return known

    async def _coordinating(self, carrier: Carrier) -> _Organisation:
        """The organisation of a coordinator's device. Raises Revoked or Forbidden."""
        known = await self._present(carrier)
        state = known.roll.state
        if not state.coordinates(carrier.device, state.device(carrier.device).team):
            raise Forbidden("for coordinators")
        return known

    async def roll(self, carrier: Carrier, after: int) -> Sequence[bytes]:
        """Entries after the first `after`, a page at a time. Whoever has left gets them up to that entry."""
        roll = (await self._organisation(carrier.organisation)).roll
        last = len(roll.entries)
        if carrier.device in roll.state.left:
            last = min(
                m.place for m in roll.state.marks[carrier.device] if m.role is None
            )  # later ones cut its own ring
        return _page(roll.entries[after : min(after + ROLL_PAGE_ITEMS, last)])

    async def append(self, carrier: Carrier, expected: bytes, entry: bytes) -> Sequence[bytes]:
        """Append an entry that this device signed, if the head is still the expected one."""
        if parse(entry).author != carrier.device:
            raise RollRefused("signed by another device")
        known = await self._present(carrier)
        self._appends.take(known.roll.state.device(carrier.device).member.hex())
        self.unconfirmed.check(carrier.organisation)
        return await self._append(carrier.organisation, expected, entry)

    async def offer(self, carrier: Carrier, entries: Sequence[bytes]) -> list[int]:
        """Take back entries that stood on the roll before a backup was put back, whoever signed them: they prove
        themselves. Those that are here are passed over; one that does not follow ends it. An empty offer says that this
        device knows no more. Gives how many there are now.
        """
        known = await self._present(carrier)
        if not entries:
            await self.unconfirmed.heard(carrier.organisation, carrier.device)
        await self._take_back(carrier.organisation, known, entries)
        return [len(known.roll.entries)]

    async def enrol_offer(self, entries: Sequence[bytes]) -> list[int]:
        """The same from a device whose joining was lost, and with it perhaps its invitation: it has no token. Gives how
        many of these, from the first on, are here now; none where it is not known what they follow.
        """
        for organisation, known in self._organisations.items():
            firsts = [hash_ for data in entries[:1] for hash_ in (parse(data).previous, entry_hash(data))]
            if any(known.roll.knows(hash_) for hash_ in firsts if hash_ != NO_PREVIOUS):
                return [await self._take_back(organisation, known, entries, stranger=True)]
        return [0]

    async def _take_back(
        self, organisation: bytes, known: _Organisation, entries: Sequence[bytes], stranger: bool = False
    ) -> int:
        """Append what follows; how many of these, from the first on, are here then. Who gives back how they came in
        themselves, by an invitation that was over before the server was lost, never was in: InvitationExpired.
        """
        for count, entry in enumerate(entries):
            if known.roll.knows(entry_hash(entry)):
                continue
            body = parse(entry).body
            if stranger and isinstance(body, AddDevice) and (invite := known.roll.state.invites.get(body.announced)):
                lost = self.unconfirmed.since(organisation)
                if invite.expires_millis < (self._clock.millis() if lost is None else lost):
                    raise InvitationExpired()
            try:
                await self._append(organisation, parse(entry).previous, entry)
            except RollMoved:
                if not known.roll.knows(entry_hash(entry)):  # else another gave it back at the same moment
                    return count
        return len(entries)

    async def confirm(self, carrier: Carrier, head: bytes) -> list[object]:
        """A coordinator's device has this head. Raises RollMoved when it is not the one here."""
        roll = (await self._coordinating(carrier)).roll
        if roll.state.head != head:
            raise RollMoved()
        await self.unconfirmed.heard(carrier.organisation, carrier.device)
        told = await self.unconfirmed.confirm(carrier.organisation, roll)
        return list(told)

    async def enrol_roll(self, announced: bytes, after: int) -> Sequence[bytes]:
        """The roll, for whoever knows the hash of an announced invitation that can still be used."""
        known = await self._usable(announced)
        return _page(known.roll.entries[after : after + ROLL_PAGE_ITEMS])

    async def recover_roll(self, sheet: bytes, after: int) -> Sequence[bytes]:
        """The roll, for whoever holds a recovery sheet that can still be used."""
        await self.start()
        known = await self._usable(await self._sheet(sheet))
        return _page(known.roll.entries[after : after + ROLL_PAGE_ITEMS])

    async def enrol(self, expected: bytes, entry: bytes, again: bool = False) -> Sequence[bytes]:
        """Append the entry with which an invitation or a recovery sheet adds its device. `again`: it stood on the roll
        before a backup was put back.
        """
        body = parse(entry).body
        if isinstance(body, AddDevice):
            announced = body.announced
        elif isinstance(body, Recover):
            announced = await self._sheet(body.sheet)
        else:
            raise RollRefused("only a new device enrols")
        await self._usable(announced)
        if not again:
            self.unconfirmed.check(self._announced[announced])
        return await self._append(self._announced[announced], expected, entry)

    async def _sheet(self, sheet: bytes) -> bytes:
        """The entry that announced a sheet."""
        for known in self._organisations.values():
            if sheet in known.roll.state.sheets:
                return known.roll.state.sheets[sheet].announced
        raise InvitationUnknown("sheet")

    async def _usable(self, announced: bytes) -> _Organisation:
        if announced not in self._announced:
            await self.start()  # `init` may have founded one meanwhile, in a process of its own
        if announced not in self._announced:
            raise InvitationUnknown()
        known = await self._organisation(self._announced[announced])
        state = known.roll.state
        if announced in state.used:
            raise InvitationUsed()
        invite = state.invites.get(announced)
        if invite is None and announced not in {s.announced for s in state.sheets.values()}:
            raise InvitationUsed("or withdrawn")
        if invite is not None and invite.expires_millis < self._clock.millis():
            raise InvitationExpired()
        return known

    async def _append(self, organisation: bytes, expected: bytes, entry: bytes) -> Sequence[bytes]:
        known = await self._organisation(organisation)
        async with known.growing:
            if known.roll.state.head != expected or parse(entry).previous != expected:
                raise RollMoved()
            trial = Roll()
            trial.take_over(known.roll)
            await trial.extend(self._primitives, [entry])
            if not await self._store.append_roll(organisation, len(known.roll.entries), entry):
                await self._catch_up(organisation, known)
                raise RollMoved("another server process")
            known.roll = trial
            self._note_announced(trial.state)
            self.wakeups.wake(organisation, None, parse(entry).author)
            return [trial.state.head]

    async def _catch_up(self, organisation: bytes, known: _Organisation) -> None:
        """Take in what another process appended to the same store."""
        entries = await self._store.roll(organisation, len(known.roll.entries))
        await known.roll.extend(self._primitives, entries)
        self._note_announced(known.roll.state)

    # -- envelopes ---------------------------------------------------------------------------------------

    async def push(self, carrier: Carrier, envelopes: Sequence[bytes]) -> list[tuple[bytes, str]]:
        """Store what can be stored; an answer for each, in order: one bad one never blocks the next."""
        known = await self._organisation(carrier.organisation)
        handing_in = carrier.device in known.roll.state.left
        count, size = self._handed_in.get(carrier.device, (0, 0))
        if handing_in and (count >= MAX_HANDED_IN or size >= MAX_HANDED_IN_BYTES):
            raise SlowDown("handed in enough")  # a phone that was lost may be a thief's
        good, refused = await self._looked_at(known.roll, carrier, envelopes)
        fits = await self.quotas.fitting(carrier.organisation, good)
        if not all(fits):
            places = (place for place in range(len(envelopes)) if place not in refused)
            over = [(place, e.id) for place, e, fit in zip(list(places), good, fits, strict=True) if not fit]
            refused |= {place: (name, QuotaFull.code) for place, name in over}
            good = [e for e, fit in zip(good, fits, strict=True) if fit]
        stored = ["busy"] * len(good)
        try:
            stored = await self._store.put(carrier.organisation, good)
        finally:
            self.quotas.settle(carrier.organisation, good, stored)
        new = [e for e, outcome in zip(good, stored, strict=True) if outcome == wire.STORED]
        if handing_in:  # what comes again is not counted again
            count, size = self._handed_in.get(carrier.device, (0, 0))
            self._handed_in[carrier.device] = (count + len(new), size + sum(len(e.data) for e in new))
        if self.wakeups:
            self._wake_readers(known.roll.state, carrier, {link.ring for e in new for link in e.links})
        told = zip([e.id for e in good], stored, strict=True)
        return [refused.get(place) or next(told) for place in range(len(envelopes))] if refused else list(told)

    async def _looked_at(
        self, roll: Roll, carrier: Carrier, envelopes: Sequence[bytes]
    ) -> tuple[list[NewEnvelope], dict[int, tuple[bytes, str]]]:
        """Those that may be stored, in order; and by their place the id of each other, and what is wrong with it."""
        good: list[NewEnvelope] = []
        refused: dict[int, tuple[bytes, str]] = {}
        judged, place = self._judged_at(roll.state, carrier.device), 0
        while place < len(envelopes):
            data = envelopes[place]
            try:
                e = _as_judged(judged, carrier, data) or await self._checked(roll, carrier, data, judged)
                good.append(e)
            except StraatError as error:
                refused[place] = (envelope.id_of(data), error.code)
                place += 1
                continue
            place += 1
            if e.device == carrier.device and place < len(envelopes) and alike(data, envelopes[place]):
                good += Following(e).taken(envelopes, place)
                place = len(good) + len(refused)
        return good, refused

    def _judged_at(self, state: State, device: bytes) -> Judged:
        """What this device's own envelopes were found to stand on rightly, at the last head of the roll."""
        of, judged = self._judged.get(state.organisation, (None, dict[bytes, Judged]()))
        if of is not state:
            of, judged = self._judged[state.organisation] = (state, {})
        found = judged.setdefault(device, set())
        if len(found) >= MAX_JUDGED:
            found.clear()
        return found

    def _wake_readers(self, state: State, carrier: Carrier, rings: Collection[bytes]) -> None:
        """There is something new in these rings."""
        readers: set[bytes] = set()
        readers.update(*(state.rings[ring].holders for ring in rings if ring in state.rings))
        self.wakeups.wake(carrier.organisation, readers, carrier.device)

    async def _checked(self, roll: Roll, carrier: Carrier, data: bytes, judged: Judged) -> NewEnvelope:
        """An envelope as far as its header tells; its place in the chains is the store's to judge.

        One that this device carries for another has to be signed by that other: else anyone could take up the
        numbers of someone else's envelopes. Raises what stands in its way. The carrier's own that may be here are noted
        in `judged`: whatever else of it stands on the same rings, epochs and head needs no second look.
        """
        e = envelope.parse_any(data)
        if e.header.organisation != carrier.organisation:
            raise Forbidden("another organisation's envelope")
        if carrier.device in roll.state.devices and e.header.device == carrier.device and not roll.knows(e.header.head):
            self.unconfirmed.named(carrier.organisation, e.header.head)
        state = roll.at(e.header.head)
        author = state.devices.get(e.header.device)
        if author is None:
            raise UnknownDevice("at that head")
        for link in e.header.links:
            if link.ring not in state.rings:
                raise BrokenChain("unknown ring")
            if state.rings[link.ring].epoch != link.epoch:
                raise StaleEpoch()
        if author.id != carrier.device and not (await envelope.verify(self._primitives, [(e, author.signing)]))[0]:
            raise BadSignature("carried for another device")
        if author.id == carrier.device:
            judged.add((carrier.organisation, author.id, e.header.head, e.header.rings))
        return NewEnvelope(e.id, e.header.device, e.header.links, e.header.expiry, data)

    async def pull_small(self, carrier: Carrier, asked: Sequence[tuple[bytes, int]]) -> list[list[object]]:
        """As `pull`, in pages that come through a line that breaks off all the time."""
        return await self.pull(carrier, asked, wire.SMALL_PULL_BYTES)

    async def pull(
        self, carrier: Carrier, asked: Sequence[tuple[bytes, int]], most: int = wire.MAX_PULL_BYTES
    ) -> list[list[object]]:
        """A page of each ring after its cursor, within one bound for all. Only rings this device can read."""
        known = await self._present(carrier)
        readable = self._readable(known.roll.state, carrier.device)
        left = most
        pages: list[list[object]] = []
        for ring, after in asked:
            if ring not in readable:
                raise Forbidden("ring")
            if left <= 0:
                pages.append([ring, [], True])
                continue
            page = await self._store.page(carrier.organisation, ring, after, PAGE_ITEMS, left)
            left -= sum(len(data) for _, data in page.items)
            pages.append([ring, page.items, page.more])
        return pages

    def _readable(self, state: State, device: bytes) -> Collection[bytes]:
        """Its rings, worked out once for each head of the roll."""
        of, rings = self._rings.get(state.organisation, (None, dict[bytes, set[bytes]]()))
        if of is not state:
            of, rings = self._rings[state.organisation] = (state, {})
        if device not in rings:
            rings[device] = state.readable(device)
        return rings[device]

    async def erase(self, carrier: Carrier, ids: Sequence[bytes]) -> list[list[object]]:
        """Overwrite these envelopes, and whatever comes with their ids; an answer for each, in order. Allowed is what
        the carrier's own member wrote, and to a coordinator what anyone of their teams did.

        What they are about stands inside the seal: whether it is right is for readers, who go by the signed change.
        """
        state = (await self._present(carrier)).roll.state
        me = state.device(carrier.device)
        authors = await self._store.authors(carrier.organisation, ids)
        outcomes, allowed = list[list[object]](), list[bytes]()
        for name in ids:
            author = state.devices.get(authors.get(name, b"")) or state.left.get(authors.get(name, b""))
            if author is None:
                outcomes.append([name, NotFound.code])
            elif author.member == me.member or state.coordinates(me.id, author.team):
                outcomes.append([name, wire.OVERWRITTEN])
                allowed.append(name)
            else:
                outcomes.append([name, Forbidden.code])
        if allowed:
            await self._store.erase(carrier.organisation, allowed, me.id, self._clock.millis() // DAY_MILLIS)
            await self.quotas.refresh(carrier.organisation)
        return outcomes

    async def drop_expired(self) -> int:
        """Overwrite what is past its month."""
        now = datetime.fromtimestamp(self._clock.millis() / 1000, UTC)
        count = await self._store.drop_expired(now.year * 100 + now.month)
        for organisation in await self._store.organisations():
            count += await self.stories.tidy(organisation)
        await self.quotas.refresh()
        return count

    # -- the directory -----------------------------------------------------------------------------------

    async def edition(self, organisation: bytes, known: int) -> bytes:
        """The newest signed edition, or b"" when its number is not above the one known."""
        await self._organisation(organisation)
        data = await self._store.edition(organisation) or b""
        return data if data and directory.parse(data).number > known else b""

    async def earlier_edition(self, organisation: bytes, number: int) -> bytes:
        """The signed edition of this number, b"" where there is none: public as the newest is."""
        await self._organisation(organisation)
        return await self._store.earlier_edition(organisation, number) or b""

    async def publish(self, carrier: Carrier, data: bytes) -> bytes:
        """Keep a newer edition, signed by a coordinator."""
        known = await self._present(carrier)
        newest = await self._store.edition(carrier.organisation)
        edition = directory.parse(data)
        last = directory.parse(newest) if newest else None
        await directory.check(self._primitives, known.roll, last, edition)
        if not await self._store.put_edition(carrier.organisation, edition.number, data):
            raise RollMoved("a newer edition exists")
        self.wakeups.wake(carrier.organisation, None, carrier.device)
        return b""

    # -- stories -----------------------------------------------------------------------------------------

    async def story_list(self, organisation: bytes, known: int) -> list[object]:
        """See Shelf.newest."""
        await self._organisation(organisation)
        return await self.stories.newest(organisation, known)

    async def story_part(self, organisation: bytes, name: bytes) -> bytes:
        """See Shelf.part."""
        await self._organisation(organisation)
        return await self.stories.part(organisation, name)

    async def stop_story(self, organisation: bytes, secret: bytes) -> bytes:
        """See Shelf.stop."""
        await self._organisation(organisation)
        answer = await self.stories.stop(organisation, secret)
        self.wakeups.wake(organisation, None, b"")
        return answer

    async def publish_stories(self, carrier: Carrier, data: bytes) -> Sequence[bytes]:
        """See Shelf.publish: whoever brings it, it counts by whose signatures it carries."""
        known = await self._present(carrier)
        lacking = await self.stories.publish(carrier.organisation, known.roll, data)
        self.wakeups.wake(carrier.organisation, None, carrier.device)
        return lacking

    async def deliver_story(self, carrier: Carrier, data: bytes) -> bytes:
        """See Shelf.deliver."""
        await self._present(carrier)
        return await self.stories.deliver(carrier.organisation, data)

    async def public_stories(self) -> list[tuple[bytes, list[Told]]]:
        """What the pages show today, of every organisation that has something to show."""
        shown = []
        for organisation in await self._store.organisations():
            roll = (await self._organisation(organisation)).roll
            if told := await self.stories.told(organisation, roll):
                shown.append((organisation, told))
        return shown

    # -- waking ------------------------------------------------------------------------------------------

    async def listen(self, carrier: Carrier) -> AbstractContextManager[Listener]:
        """For a device that is on the roll. Raises Revoked, or Busy when too many listen."""
        await self._present(carrier)
        return self.wakeups.listen(carrier.organisation, carrier.device)

    def may_listen(self, carrier: Carrier) -> None:
        """Raises Revoked when the device has left since."""
        if carrier.device not in self._organisations[carrier.organisation].roll.state.devices:
            raise Revoked()


def _as_judged(judged: Judged, carrier: Carrier, data: bytes) -> NewEnvelope | None:
    """An ordinary envelope of the carrier's own that stands on what was judged before."""
    e = quick(data) if judged else None
    if e is None or e.standing not in judged:
        return None
    return NewEnvelope(e.id, carrier.device, e.links, e.expiry, data)


def _known(organisation: _Organisation, device: bytes) -> Device:
    """A device that is on the roll, or was. Raises UnknownDevice."""
    state = organisation.roll.state
    found = state.devices.get(device) or state.left.get(device)
    if found is None:
        raise UnknownDevice()
    return found


def _page(entries: Sequence[bytes]) -> Sequence[bytes]:
    """As many of these entries as fit in one answer, at least one."""
    return wire.fitting(entries, ROLL_PAGE_BYTES, len)
