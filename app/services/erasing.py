"""Erasing a record for good, everywhere: the law, or consent that was taken back.

The erasing change names every envelope of the record that is known here. Each device that merges it drops their bytes
and asks the server to do the same (sync.device.erasing); whoever never had them can tell by it why they are gone.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sync.core import envelope, ring
from sync.core.change import ERASE, MAX_SEEN, Change
from sync.core.envelope import MAX_RINGS, NEVER
from sync.core.errors import StraatError
from sync.core.merge import Record
from sync.device import erasing, meta
from sync.device.writer import Part

if TYPE_CHECKING:
    from app.services.session import Session


async def erase(session: "Session", known: Record, also: Sequence[Part] = ()) -> None:
    """Erase a record that this member may erase, and write what else this act writes, in one transaction.

    Raises DiskFull: nothing was written.
    """
    names = sorted(session.replica.memory.of_records({known.id}) - known.erased)
    nonce = None
    if known.creator == session.member:  # proves itself where nothing else of the record is left
        nonce = await session.replica.nonce_of(known.id, names)
    part = _part(session, known, names, nonce)
    await session.writer.write([*also, part])
    await session.catch_up()
    session.syncer.wake()


def _part(session: "Session", known: Record, names: Sequence[bytes], nonce: bytes | None) -> Part:
    """The erasing change: to everyone who may have read anything of the record, and for as long as any of it lasts."""
    headers = []
    for entry in session.log.fetch(names):
        try:
            headers.append(envelope.parse_any(entry.data).header)
        except StraatError:
            continue
    rings = {
        ring.own_ring(known.creator or session.member),
        ring.coordinators_ring(min(known.teams, default=session.team)),
    }
    rings |= set(sorted({link.ring for h in headers for link in h.links} - rings)[: MAX_RINGS - len(rings)])
    there = session.roll.state.rings
    months = [h.expiry for h in headers]
    expiry = NEVER if NEVER in months else max(months, default=NEVER)
    change = Change(known.kind, ERASE, known.id, session.writer.stamp(), nonce=nonce, seen=tuple(names[:MAX_SEEN]))
    return Part(change, frozenset(r for r in rings if r in there), expiry)


async def name_late(session: "Session") -> None:
    """Name what came in after its record was erased, and was dropped too: else its stub is explained to nobody."""
    late = erasing.read_unnamed(session.log)
    if not late or session.device not in session.roll.state.devices:
        return
    by_record: dict[bytes, list[bytes]] = {}
    for record, name, _ in late:
        by_record.setdefault(record, []).append(name)
    nonces = {record: nonce for record, _, nonce in late if nonce}
    parts = []
    for record, names in by_record.items():
        known = session.replica.records.get(record)
        if known is not None:
            parts.append(_part(session, known, sorted(names), nonces.get(record)))
    if parts:
        await session.writer.write(parts)
    session.log.put({meta.UNNAMED: None})
    await session.catch_up()
    session.syncer.wake()
