"""Erasing, beyond one's own log: what the server is asked to overwrite, and what no erasing change has named yet.

Every device that drops something because its record was erased asks the server to overwrite it too, as far as it may:
what its own member wrote, for a coordinator all of the team. So it happens though the one who erased it lost their
phone; it is idempotent. The list lies in the log, written together with the drop, until the server has answered.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sync.core import codec, envelope, ring, wire
from sync.core.change import ERASE, MAX_SEEN, Change
from sync.core.errors import BadFormat, NotFound, StraatError, from_code
from sync.core.ids import HASH_BYTES, ID_BYTES
from sync.core.merge import Record
from sync.core.ports import Log
from sync.core.roll import Roll, State
from sync.device import meta
from sync.device.gone import Word
from sync.device.keyring import Keyring
from sync.device.memory import Origin
from sync.device.writer import Part, Writer

if TYPE_CHECKING:
    from sync.device.replica import Replica

_unnamed = codec.items(
    codec.row(codec.blob(ID_BYTES), codec.blob(HASH_BYTES), codec.maybe(codec.blob(ID_BYTES))),
    100_000,
)
Unnamed = list[tuple[bytes, bytes, bytes | None]]  # (record, envelope, the nonce that made the record, if ours)


@dataclass(frozen=True, slots=True)
class Dropped:
    """What is about to be dropped: the record of each envelope that was merged, and the quarantined ones."""

    merged: Mapping[bytes, Record]
    quarantined: frozenset[bytes]
    named: Mapping[bytes, Mapping[bytes, Word]]  # what erasing changes name already, and who says so in each
    nonces: Mapping[bytes, bytes | None]  # what made the records of our own, where that is still here


def noted(log: Log, state: State, keyring: Keyring, going: Dropped) -> dict[str, bytes]:
    """What to write into the log with a drop: what to ask of the server, and what has to be named yet: also what others
    wrote in a record that its maker erased, as the maker's word counts for their own alone. A coordinator names that.
    """
    orders, unnamed = set[bytes](), read_unnamed(log)
    for entry in log.fetch(sorted({*going.merged, *going.quarantined})):
        name = entry.id
        try:
            e = envelope.parse_any(entry.data)
        except StraatError:
            continue
        author = state.devices.get(e.header.device) or state.left.get(e.header.device)
        if author is None:
            continue
        coordinates = keyring.device in state.devices and state.coordinates(keyring.device, author.team)
        if author.member == keyring.member or coordinates:
            orders.add(name)
        record = going.merged.get(name)
        ours = coordinates or (record is not None and author.member == record.creator == keyring.member)
        words = going.named.get(name, {}).values()
        if record is not None and ours and not any(w.counts_for(author.member, author.team) for w in words):
            unnamed.append((record.id, name, going.nonces.get(record.id)))
    values: dict[str, bytes] = {}
    if orders:
        values[meta.ORDERS] = meta.ids_bytes([*meta.read_ids(log, meta.ORDERS), *sorted(orders)])
    if unnamed:
        values[meta.UNNAMED] = codec.pack([list(one) for one in unnamed])
    return values


def read_unnamed(log: Log) -> Unnamed:
    """What was dropped and is named by no erasing change yet."""
    data = log.get(meta.UNNAMED)
    return [(r, n, nonce) for r, n, nonce in codec.checked(_unnamed, data, 64 << 20)] if data else []


async def send(ask: Callable[[str, Any, codec.Shape | None], Awaitable[Any]], log: Log) -> None:
    """Ask the server to overwrite what is on the list, once all else has been sent. Raises what stops it for now."""
    while not log.pending(1) and (orders := meta.read_ids(log, meta.ORDERS)):
        some = orders[: wire.MAX_ERASE]
        try:
            answers = await ask("erase", some, wire.ERASED)
        except NotFound:
            return  # a server of before: it is asked again
        if [name for name, _ in answers] != some:
            raise BadFormat("answers about other envelopes")
        later = {name for name, outcome in answers if outcome != wire.OVERWRITTEN and from_code(outcome).retryable}
        left = [name for name in orders if name not in set(some) or name in later]
        log.put({meta.ORDERS: meta.ids_bytes(left) if left else None})
        if later:
            return


class Hand(Protocol):
    """What erasing needs of an open device."""

    @property
    def log(self) -> Log:
        """Its log."""

    @property
    def roll(self) -> Roll:
        """The roll as it knows it."""

    @property
    def keyring(self) -> Keyring:
        """Its keys."""

    @property
    def replica(self) -> "Replica":
        """Its records."""

    @property
    def writer(self) -> Writer:
        """Its way to write."""


async def part(device: Hand, known: Record) -> Part:
    """What to write to erase a record."""
    names = sorted(device.replica.memory.of_records({known.id}) - known.erased)
    nonce = None
    if known.creator == device.keyring.member:  # proves itself where nothing else of the record is left
        nonce = await device.replica.nonce_of(known.id, names)
    return _part(device, known, names, nonce)


def _part(device: Hand, known: Record, names: Sequence[bytes], nonce: bytes | None) -> Part:
    """The erasing change: to everyone who may have read anything of the record, and for as long as any of it lasts."""
    headers, state = [], device.roll.state
    for entry in device.log.fetch(names):
        try:
            headers.append(envelope.parse_any(entry.data).header)
        except StraatError:
            continue
    team = min(known.teams, default=state.device(device.keyring.device).team)
    rings = {ring.own_ring(known.creator or device.keyring.member), ring.coordinators_ring(team)}
    rings |= set(sorted({link.ring for h in headers for link in h.links} - rings)[: envelope.MAX_RINGS - len(rings)])
    months = [h.expiry for h in headers]
    expiry = envelope.NEVER if envelope.NEVER in months else max(months, default=envelope.NEVER)
    said = Change(known.kind, ERASE, known.id, device.writer.stamp(), nonce=nonce, seen=tuple(names[:MAX_SEEN]))
    return Part(said, frozenset(r for r in rings if r in state.rings), expiry)


async def name_late(device: Hand) -> bool:
    """Name what came in after its record was erased, and was dropped too: else its stub is explained to nobody. Whether
    there was anything. Raises DiskFull.
    """
    late = read_unnamed(device.log)
    if not late or device.keyring.device not in device.roll.state.devices:
        return False
    by_record: dict[bytes, list[bytes]] = {}
    for record, name, _ in late:
        by_record.setdefault(record, []).append(name)
    nonces = {record: nonce for record, _, nonce in late if nonce}
    known = {record: device.replica.records.get(record) for record in by_record}
    parts = [_part(device, k, sorted(by_record[r]), nonces.get(r)) for r, k in known.items() if k is not None]
    if parts:
        await device.writer.write(parts)
    device.log.put({meta.UNNAMED: None})
    await device.replica.catch_up()
    return True


def again(log: Log, named: Mapping[bytes, Mapping[bytes, Any]], origins: Mapping[bytes, Origin], device: bytes) -> None:
    """A server was put back: what this device erased is asked for once more, as far as its changes tell. `named`:
    envelope → the changes that erase it.
    """

    def mine(by: bytes) -> bool:
        origin = origins.get(by)
        return origin is not None and origin.device == device

    if names := [name for name, words in named.items() if any(mine(by) for by in words)]:
        log.put({meta.ORDERS: meta.ids_bytes([*meta.read_ids(log, meta.ORDERS), *sorted(names)])})
