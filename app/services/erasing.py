"""Erasing a record for good, everywhere: the law, or consent that was taken back.

The erasing change names every envelope of the record that is known here. Each device that merges it drops their bytes
and asks the server to do the same (sync.device.erasing); whoever never had them can tell by it why they are gone.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from sync.core.errors import DiskFull
from sync.core.merge import Record
from sync.device import erasing
from sync.device.writer import Part

if TYPE_CHECKING:
    from app.services.session import Session


async def erase(
    session: "Session", known: Record, also: Sequence[Part] = (), values: Mapping[str, bytes] | None = None
) -> None:
    """Erase a record that this member may erase, and write what else this act writes (`values` are named ones of the
    log), in one transaction.

    Raises DiskFull: nothing was written.
    """
    await session.writer.write([*also, await erasing.part(session, known)], values)
    await session.catch_up()
    session.syncer.wake()


async def follow_up(session: "Session") -> None:
    """After a round: name what came in after its record was erased, erase my words on visits that are erased, and give
    the coordinators a receipt for what went from this device.
    """
    parts = [await erasing.part(session, word) for word in _words_on_erased(session)]
    if parts:
        await session.writer.write(parts)
    named = await erasing.name_late(session)
    if await _law(session) or named or parts:
        await session.catch_up()
        session.syncer.wake()


async def _law(session: "Session") -> bool:
    """Say what went from here, and tell new teams how long things are kept; whether there was anything to say. On a full
    disk the next time.
    """
    from app.services.law import keeping, receipts  # late: they write records, as this does

    with suppress(DiskFull):
        return any([await receipts.pay(session), await keeping.spread(session)])
    return False


def _words_on_erased(session: "Session") -> list[Record]:
    """A word may repeat what the visit said, a follow-up its address; whoever wrote it takes it along."""
    query = (
        "SELECT r.id, r.visit FROM reviews r JOIN visits v ON v.id = r.visit WHERE r.creator = :me AND v.hidden UNION ALL"
        " SELECT f.id, f.visit FROM followups f JOIN visits v ON v.id = f.visit WHERE f.creator = :me AND v.hidden"
    )
    records = session.replica.records
    found = []
    for row in session.view.ask(query, me=session.member.hex()):
        visit, word = records.get(bytes.fromhex(row["visit"])), records.get(bytes.fromhex(row["id"]))
        if visit is not None and visit.erased and word is not None and not word.erased:
            found.append(word)
    return found
