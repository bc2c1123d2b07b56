"""Erasing a record for good, everywhere: the law, or consent that was taken back."""

from collections.abc import Sequence
from datetime import date

from app.services.records import COUNT_MONTHS, month_after, team_of
from app.services.session import Session
from sync.core import ring
from sync.core.change import ERASE, Change
from sync.core.merge import Record
from sync.device.writer import Part


async def erase(session: Session, known: Record, also: Sequence[Part] = ()) -> None:
    """Erase a record of mine, and write what else this act writes, in one transaction. Raises DiskFull."""
    today = date.fromtimestamp(session.writer.now() / 1000)
    rings = frozenset({session.own_ring(), ring.coordinators_ring(team_of(session, known))})
    change = Change(known.kind, ERASE, known.id, session.writer.stamp())
    await session.writer.write([*also, Part(change, rings, month_after(today, COUNT_MONTHS))])
    await session.catch_up()
    session.syncer.wake()
