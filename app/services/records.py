"""Making and changing records: what every kind of note shares, from its fields to one durable write."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.services.law import terms
from app.services.session import Session
from sync.core import envelope
from sync.core.change import LIFE, REMOVED, Change, Patch
from sync.core.errors import DiskFull, Forbidden, NotFound
from sync.core.ids import ID_BYTES, record_id
from sync.core.merge import Record
from sync.device.writer import Part

DETAIL_MONTHS, COUNT_MONTHS = 12, 7 * 12


@dataclass(frozen=True, slots=True)
class Group:
    """The fields of one group, the rings they are sealed to, and the month after which they go (0: never)."""

    name: str
    values: Mapping[str, Any]
    rings: frozenset[bytes]
    expiry: int = envelope.NEVER


def parts(
    session: Session, kind: str, groups: Sequence[Group], known: Record | None = None, everything: bool = False
) -> tuple[bytes, list[Part]]:
    """A record's id and what to write of it: all fields of a new one, of a known one those that differ, or
    `everything` (for other readers).
    """
    nonce = None if known else session.world.random.bytes(ID_BYTES)
    record = known.id if known else record_id(session.member, kind, nonce or b"")
    made = []
    for group in groups:
        fields = _patches(group, known, everything)
        if fields:
            change = Change(kind, group.name, record, session.writer.stamp(), fields, nonce)
            made.append(Part(change, group.rings, terms.shorter(session, kind, group.name, group.expiry)))
    return record, made


def _patches(group: Group, known: Record | None, everything: bool) -> dict[str, Patch]:
    """Fields to write, each naming what it replaces."""
    if known is None:
        return {name: Patch(value) for name, value in group.values.items()}
    conflicts = known.conflicts()
    return {
        name: Patch(value, known.replaces(f"{group.name}.{name}"))
        for name, value in group.values.items()
        if everything or known.value(f"{group.name}.{name}") != value or f"{group.name}.{name}" in conflicts
    }


async def write(
    session: Session, made: Sequence[Part], also: Mapping[str, bytes] | None = None, at_once: bool = True
) -> None:
    """Write in one transaction, with the named values in `also`; show it, and ask for a round of sync, `at_once` or when
    the screen has moved on.

    Raises DiskFull: nothing was written.
    """
    if made:
        await session.writer.write(made, also)
        with suppress(DiskFull):  # it is written: to say otherwise would make someone write it twice
            await session.catch_up()
        if at_once:
            session.syncer.wake()
        else:
            session.syncer.wake_soon()
    elif also:
        session.log.put(also)


def removal(session: Session, known: Record, removed: bool, rings: frozenset[bytes], expiry: int) -> Part:
    """Hide a record, or undo that."""
    patch = Patch(removed, known.replaces(f"{LIFE}.{REMOVED}"))
    seen = tuple(sorted(known.live_ids())) if removed else ()
    change = Change(known.kind, LIFE, known.id, session.writer.stamp(), {REMOVED: patch}, seen=seen)
    return Part(change, rings, expiry)


def known(session: Session, kind: str, record: bytes) -> Record:
    """A record of this kind that is there. Raises NotFound."""
    found = session.replica.records.get(record)
    if found is None or found.kind != kind or found.creator is None or found.erased:
        raise NotFound(kind)
    return found


def mine(session: Session, kind: str, record: bytes) -> Record:
    """A record of this member, to change. Raises NotFound or Forbidden."""
    found = known(session, kind, record)
    if found.creator != session.member:
        raise Forbidden(f"another's {kind}")
    return found


def team_of(session: Session, record: Record | None) -> bytes:
    """The team that a record was made in, or for a new one the team that this device works for."""
    return min(record.teams, default=session.team) if record else session.team


def month_after(day: date, months: int) -> int:
    """The month, as YYYYMM, that lies so many months after a day."""
    total = day.year * 12 + day.month - 1 + months
    return total // 12 * 100 + total % 12 + 1


def iso(text: str | None) -> date | None:
    """A day from its ISO text, or None for anything else."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
