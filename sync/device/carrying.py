"""From phone to phone without a network: what to show another, taking in what it shows, and handing that on later.

What comes this way is taken in as what a server gives: only envelopes of a ring that this device reads, each verified by
its author's key on the roll, then judged by the replica as any other. It lies in the log as CARRIED until a server has
it, whoever brings it first; this device's own queue, numbers and cursors stay as they are. What can't be right is not
taken at all: unlike a server's, such bytes are nobody's note.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sync.core import bundle, envelope, wire
from sync.core.bundle import Bundle, tag
from sync.core.envelope import Envelope
from sync.core.errors import BadInput, Forbidden, NewerVersion, StaleEpoch, StraatError
from sync.core.formats import SENDER_KEY
from sync.core.frames import MAX_CONTENT_BYTES
from sync.core.ports import Clock, Log, LogEntry, LogState, Primitives
from sync.core.roll import Roll
from sync.device import doubt, meta, terms
from sync.device.keyring import Keyring
from sync.device.replica import Replica
from sync.device.restored import Ask

BLIND = 120  # envelopes that are shown to who did not say what they have
BATCH, BATCH_BYTES = 100, 1 << 20
AGAIN_MILLIS = 60 * 60_000  # what a server does not take yet (what comes before it is missing there) is tried so often
MAX_UNSURE = 100  # envelopes that wait for a part of the roll on which their author stands


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of taking in a bundle: envelopes that are new here, that were here, that wait for a part of the roll,
    that were refused, and that an update of the app is needed for. `behind`: the other has more than it showed.
    """

    new: int = 0
    known: int = 0
    waiting: int = 0
    refused: int = 0
    newer: int = 0
    behind: bool = False
    changed: frozenset[bytes] = frozenset()  # records


class Carrying:
    """One device's."""

    def __init__(
        self, primitives: Primitives, clock: Clock, log: Log, roll: Roll, keyring: Keyring, replica: Replica
    ) -> None:
        self._primitives, self._clock, self._log = primitives, clock, log
        self._roll, self._keyring, self._replica = roll, keyring, replica
        self._tried: dict[bytes, int] = {}  # what a server would not take → when, in milliseconds

    # -- showing -----------------------------------------------------------------------------------------

    def have(self, ring: bytes) -> dict[bytes, int]:
        """Of each device's envelopes in a ring: up to which number all are here."""
        chains = self._replica.chains_in(ring)
        numbers = {tag(device): chain.number for device, chain in chains.items() if chain.number}
        return dict(sorted(numbers.items())[: bundle.MAX_DEVICES])

    def offer(self, ring: bytes, theirs: Mapping[bytes, int] | None, most: int = MAX_CONTENT_BYTES) -> Bundle:
        """What to show someone who has `theirs`; None: not known, then what no server has yet, and the last of the
        rest. At most `most` bytes: one's own first, and of each device the first, so that nothing is shown twice.
        """
        places = {
            name: (device != self._keyring.device, device, number)
            for device, chain in self._replica.chains_in(ring).items()
            for number, names in chain.places.items()
            for name in names
            if theirs is None or number > theirs.get(tag(device), 0)
        }
        entries = [e for e in self._log.fetch(sorted(places)) if 0 < len(e.data) <= bundle.MAX_ONE_BYTES]
        if theirs is None:
            entries = _latest(entries)
        entries.sort(key=lambda e: places[e.id])
        return bundle.fitting(ring, self.have(ring), [e.data for e in entries], most)

    # -- taking in ---------------------------------------------------------------------------------------

    async def take_in(self, ring: bytes, data: bytes) -> Taken:
        """Take in what another phone showed of this ring, and merge it.

        Raises BadFormat, TooLarge or NewerVersion for bytes that are no bundle, BadInput("exchange", "other_round") for
        one of another ring, Forbidden when this device does not read the ring, DiskFull: nothing was taken.
        """
        shown = bundle.parse(data)
        if shown.ring != ring:
            raise BadInput("exchange", "other_round")
        if ring not in self._roll.state.readable(self._keyring.device):
            raise Forbidden("ring")
        good, waiting, refused, newer = await self._sorted(ring, shown.envelopes)
        there = self._log.has([e.id for e in good])
        self._append([e for e in good if e.id not in there or not e.gone])
        changed = await self._replica.catch_up()
        self._tried.clear()
        mine = self.have(ring)
        return Taken(
            sum(e.id not in there for e in good) - len(waiting - there),
            len(there),
            len(waiting - there),
            refused,
            newer,
            any(number > mine.get(name, 0) for name, number in shown.have.items()),
            frozenset(changed),
        )

    async def _sorted(self, ring: bytes, items: Sequence[bytes]) -> tuple[list[Envelope], set[bytes], int, int]:
        """Those to take, the ids of those that wait, and how many are refused or newer than this app."""
        month = terms.expired_month(self._log, self._clock)
        sure: list[tuple[Envelope, bytes]] = []
        unsure: list[Envelope] = []
        waiting, refused, newer = set[bytes](), 0, 0
        for data in items:
            try:
                e = envelope.parse_any(data)
                public = self._author(ring, e, month)
            except NewerVersion:
                newer += 1
                continue
            except StraatError:
                refused += 1
                continue
            if not self._roll.knows(e.header.head):
                waiting.add(e.id)
            if public is None:
                unsure.append(e)
            else:
                sure.append((e, public))
        holds = await envelope.verify(self._primitives, sure)
        good = [e for (e, _), held in zip(sure, holds, strict=True) if held]
        room = 0 if doubt.too_much(self._replica) else max(0, MAX_UNSURE - len(self._replica.early))
        refused += holds.count(False) + len(unsure[room:])
        good += unsure[:room]
        return good, waiting & {e.id for e in good}, refused, newer

    def _author(self, ring: bytes, e: Envelope, month: int) -> bytes | None:
        """The public key that has to have signed; None: of a device that is not on the roll as it is known here. Raises
        what keeps an envelope out.
        """
        h = e.header
        if h.organisation != self._roll.state.organisation or ring not in [link.ring for link in h.links]:
            raise Forbidden("of something else")
        if 0 < h.expiry < month:
            raise Forbidden("its time is over")
        state = self._roll.state
        if self._roll.knows(h.head):
            then = self._roll.at(h.head)
            if any(link.ring not in then.rings or then.rings[link.ring].epoch != link.epoch for link in h.links):
                raise StaleEpoch()
            return then.device(h.device).signing
        author = state.devices.get(h.device) or state.left.get(h.device)
        return author.signing if author else None

    def _append(self, good: Sequence[Envelope]) -> None:
        """Into the log, with the list of what a server has yet to get, in one transaction. What this very device wrote
        and does not have any more (its disk forgot) goes into its queue, which mends its numbers (sync.device.rechain).
        """
        if not good:
            return
        mine = self._keyring.device
        states = [
            LogState.STUB if e.gone else LogState.PENDING if e.header.device == mine else LogState.CARRIED for e in good
        ]
        listed = [e.id for e, state in zip(good, states, strict=True) if state == LogState.CARRIED]
        values = {meta.CARRIED: meta.ids_bytes([*meta.read_ids(self._log, meta.CARRIED), *listed])}
        fresh = LogState.PENDING in states and not self._log.pending(1)
        if fresh and not self._log.has([e.id for e in good if e.header.device == mine]):
            values[meta.UNSENT_SINCE] = meta.int_bytes(self._clock.millis())
        self._log.append([(e.id, e.data, state) for e, state in zip(good, states, strict=True)], values)

    # -- handing on --------------------------------------------------------------------------------------

    @property
    def owed(self) -> int:
        """How many envelopes of others lie here of which no server is known to have them."""
        return len(self._owed())

    def _owed(self) -> list[LogEntry]:
        found = self._log.fetch(meta.read_ids(self._log, meta.CARRIED))
        return sorted((e for e in found if e.state == LogState.CARRIED), key=lambda e: e.position)

    async def hand_on(self, ask: Ask) -> None:
        """Give the server what others wrote and it may not have. What it does not take yet waits; that disturbs
        nothing. Raises what is to be tried again by a next round.
        """
        listed = meta.read_ids(self._log, meta.CARRIED)
        if not listed:
            return
        now = self._clock.millis()
        moved = True
        while moved and (due := [e for e in self._owed() if self._is_due(e.id, now)]):
            moved = False
            while due:
                batch = wire.fitting(due[:BATCH], BATCH_BYTES, lambda e: len(e.data))
                moved = await self._push(ask, batch, now) or moved
                due = due[len(batch) :]
            if moved:  # what follows on that may fit now
                self._tried.clear()
        left = {e.id for e in self._owed()}
        if left != set(listed):
            self._log.put({meta.CARRIED: meta.ids_bytes(name for name in listed if name in left) if left else None})

    def _is_due(self, name: bytes, now: int) -> bool:
        return name not in self._tried or abs(now - self._tried[name]) >= AGAIN_MILLIS

    async def _push(self, ask: Ask, batch: Sequence[LogEntry], now: int) -> bool:
        """Whether the server took any of these."""
        self._tried.update((e.id, now) for e in batch)
        try:
            answers = await ask("push", [e.data for e in batch], wire.PUSHED)
        except StraatError as error:
            if error.retryable:
                self._forget(e.id for e in batch)
                raise
            return False
        if [name for name, _ in answers] != [e.id for e in batch]:
            return False  # answers for other envelopes
        has = [name for name, outcome in answers if outcome in (wire.STORED, wire.DUPLICATE)]
        self._log.mark(has, LogState.STORED)
        return bool(has)

    def _forget(self, names: Iterable[bytes]) -> None:
        for name in names:
            self._tried.pop(name, None)


def _latest(entries: Sequence[LogEntry]) -> list[LogEntry]:
    """What no server is known to have, and the latest of the rest, with the sender keys that open them."""
    unsent = (LogState.PENDING, LogState.CARRIED)
    chosen = sorted(entries, key=lambda e: (e.state in unsent, e.position))[-BLIND:]
    there, needed = {e.id for e in chosen}, {envelope.parse_any(e.data).header.key for e in chosen}
    keys = [e for e in entries if e.data[0] == SENDER_KEY and e.id not in there]
    return [*chosen, *(e for e in keys if envelope.parse_any(e.data).header.key in needed)]
