"""Writing: changes become envelopes in this device's chains, all of one act in one transaction.

Guarantees: when `write` returns, everything is durable; when it raises, nothing was written and the chain,
the clock and the keys are as before.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sync.core import change, envelope, hlc, sender_key
from sync.core.change import MAX_REPLACED, MAX_SEEN, Change
from sync.core.envelope import Header, Link
from sync.core.errors import Revoked
from sync.core.ports import KEY_BYTES, NONCE_BYTES, SEED_BYTES, Clock, Log, LogState, Primitives, Random
from sync.core.roll import Roll
from sync.core.sender_key import RingSet, SenderKey
from sync.device import meta
from sync.device.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Part:
    """One change, the rings it is sealed to, and the month after which it goes (0: never)."""

    change: Change
    rings: frozenset[bytes]
    expiry: int = envelope.NEVER


@dataclass(slots=True)
class _Batch:
    """What one act has made so far, on copies: taken over only after the commit."""

    chains: meta.Chains
    made: list[tuple[bytes, bytes, int]]
    keys: dict[RingSet, SenderKey]


class Writer:
    """The one way in which this device makes envelopes."""

    def __init__(
        self,
        primitives: Primitives,
        random: Random,
        clock: Clock,
        log: Log,
        roll: Roll,
        keyring: Keyring,
    ) -> None:
        self._primitives, self._random, self._clock = primitives, random, clock
        self._log, self._roll, self._keyring = log, roll, keyring
        self._chains = meta.read_chains(log)
        self._stamp = meta.read_clock(log)
        self._one_at_a_time = asyncio.Lock()
        self.offset_millis = 0  # what the server's clock says more than ours, once that is worth correcting

    def now(self) -> int:
        """Milliseconds since 1970, corrected when this device's clock is known to be off."""
        return self._clock.millis() + self.offset_millis

    def stamp(self) -> hlc.Stamp:
        """A stamp for a change about to be written."""
        self._stamp = hlc.tick(self._stamp, self.now())
        return self._stamp

    def seen(self) -> hlc.Stamp:
        """The last stamp given or followed."""
        return self._stamp

    def witness(self, seen: hlc.Stamp) -> None:
        """Follow a stamp of another device, within reason."""
        self._stamp = hlc.witness(self._stamp, seen, self.now())

    async def write(self, parts: Sequence[Part], also: Mapping[str, bytes] | None = None) -> list[bytes]:
        """Seal, sign and append, with the named values in `also`; gives the envelope id of each part. Raises DiskFull,
        or Revoked when this device knows that it has left (nobody would take what it writes then): nothing was written.
        """
        async with self._one_at_a_time:
            if self._keyring.device in self._roll.state.left:
                raise Revoked()
            batch = _Batch(dict(self._chains), [], {})
            ids = [await self._add(batch, part) for part in parts]
            since = {} if self._log.pending(1) else {meta.UNSENT_SINCE: meta.int_bytes(self._clock.millis())}
            self._commit(batch, {**since, **(also or {})})
            return ids

    async def rewrite(
        self, old: Callable[[], Awaitable[tuple[meta.Chains, Sequence[tuple[bytes, Part]]]]]
    ) -> dict[bytes, bytes]:
        """Seal again what `old` gives (with its present ids, in order), behind the places that it gives; old id → new id.

        Nothing is written meanwhile. What they name of one another is named by both ids. Raises DiskFull: nothing was
        written.
        """
        async with self._one_at_a_time:
            self._keyring.sending.clear()  # those keys were granted where they can't follow either
            places, items = await old()
            batch, new = _Batch({**self._chains, **places}, [], {}), dict[bytes, bytes]()
            for name, part in items:
                new[name] = await self._add(batch, replace(part, change=_naming(part.change, new)))
            self._commit(batch, {})
            return new

    def _commit(self, batch: _Batch, also: Mapping[str, bytes]) -> None:
        values = {meta.CHAINS: meta.chains_bytes(batch.chains), meta.CLOCK: self._stamp.to_bytes()}
        self._log.append(batch.made, {**values, **also})
        self._chains = batch.chains
        for key in batch.keys.values():
            self._keyring.use(key)

    async def _add(self, batch: _Batch, part: Part) -> bytes:
        state = self._roll.state
        rings: RingSet = tuple((r, state.rings[r].epoch) for r in sorted(self._open_to_someone(part.rings)))
        key = batch.keys.get(rings) or self._keyring.sender_key(rings, self.now())
        if key is None:
            key = SenderKey(self._random.bytes(KEY_BYTES), self._keyring.device, rings, self.now())
            await self._add_sender_key(batch, key)
        batch.keys[rings] = replace(key, uses=key.uses + 1)
        nonce = self._random.bytes(NONCE_BYTES)
        return await self._seal(batch, key, change.encode(part.change), part.expiry, nonce, key.key)

    def _open_to_someone(self, rings: frozenset[bytes]) -> frozenset[bytes]:
        """Rings that somebody present can open: one whose holders have all left could only be read by those."""
        held = frozenset(r for r in rings if self._roll.state.rings[r].holders)
        return held or rings

    async def _add_sender_key(self, batch: _Batch, key: SenderKey) -> None:
        state = self._roll.state
        targets = [(ring, epoch, state.rings[ring].public) for ring, epoch in key.rings]
        seeds = [self._random.bytes(SEED_BYTES) for _ in targets]
        body = await sender_key.grant(
            self._primitives, key.key, state.organisation, self._keyring.device, targets, seeds
        )
        # A sender key may serve changes of several retention classes, so it has no end of its own.
        await self._seal(batch, key, body, envelope.NEVER, b"", None)

    async def _seal(
        self, batch: _Batch, key: SenderKey, body: bytes, expiry: int, nonce: bytes, content: bytes | None
    ) -> bytes:
        state = self._roll.state
        links = []
        for ring, epoch in key.rings:
            number, previous = batch.chains.get(ring, (0, envelope.NO_PREVIOUS))
            links.append(Link(ring, epoch, number + 1, previous))
        header = Header(state.organisation, self._keyring.device, state.head, key.id, tuple(links), expiry, nonce)
        made = await envelope.sealed(self._primitives, self._keyring.signing, envelope.Draft(header, body, content))
        for link in links:
            batch.chains[link.ring] = (link.number, made.id)
        batch.made.append((made.id, made.data, LogState.PENDING))
        return made.id


def _naming(c: Change, new: dict[bytes, bytes]) -> Change:
    """The same change, which names what it replaces by both ids."""
    fields = {n: replace(p, replaces=_both(p.replaces, new, MAX_REPLACED)) for n, p in c.fields.items()}
    return replace(c, fields=fields, seen=_both(c.seen, new, MAX_SEEN))


def _both(names: tuple[bytes, ...], new: dict[bytes, bytes], most: int) -> tuple[bytes, ...]:
    both = tuple(dict.fromkeys([*names, *(new[n] for n in names if n in new)]))
    return both if len(both) <= most else tuple(new.get(n, n) for n in names)
