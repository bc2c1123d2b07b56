"""Erasing a record for good, everywhere: the law, or consent that was taken back.

The erasing change names every envelope of the record that is known here. Each device that merges it drops their bytes
and asks the server to do the same (sync.device.erasing); whoever never had them can tell by it why they are gone.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sync.core.merge import Record
from sync.device import erasing
from sync.device.writer import Part

if TYPE_CHECKING:
    from app.services.session import Session


async def erase(session: "Session", known: Record, also: Sequence[Part] = ()) -> None:
    """Erase a record that this member may erase, and write what else this act writes, in one transaction.

    Raises DiskFull: nothing was written.
    """
    await session.writer.write([*also, await erasing.part(session, known)])
    await session.catch_up()
    session.syncer.wake()


async def name_late(session: "Session") -> None:
    """Name what came in after its record was erased."""
    if await erasing.name_late(session):
        await session.catch_up()
        session.syncer.wake()
