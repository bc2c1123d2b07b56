"""What to write in the rings of a round."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.services.records import DETAIL_MONTHS, month_after
from app.services.session import Session
from sync.core import ring
from sync.core.change import Change, Patch
from sync.core.errors import BadInput
from sync.core.ids import record_id
from sync.device.writer import Part


def rings_of(round_: bytes) -> frozenset[bytes]:
    """Who reads what is written in a round: those on it, and its coordinators."""
    return frozenset({ring.round_ring(round_)})


def expiry(last: date) -> int:
    """The month in which everything of a round has to be gone, but its result."""
    return month_after(last, DETAIL_MONTHS)


def new(
    session: Session, kind: str, group: str, nonce: bytes, values: Mapping[str, Any], rings: frozenset[bytes], end: int
) -> tuple[bytes, Part]:
    """A record that did not exist, and its id."""
    record = record_id(session.member, kind, nonce)
    fields = {name: Patch(value) for name, value in values.items()}
    return record, Part(Change(kind, group, record, session.writer.stamp(), fields, nonce), rings, end)


def own(
    session: Session, kind: str, group: str, nonce: bytes, values: Mapping[str, Any], rings: frozenset[bytes], end: int
) -> list[Part]:
    """The one record that this member has under this nonce (a walk, a round): begun, or changed where it differs.

    Raises BadInput("round", "closed") for one that was erased: what is written to it would be gone.
    """
    known = session.replica.records.get(record_id(session.member, kind, nonce))
    if known is not None and known.erased:
        raise BadInput("round", "closed")
    if known is None or known.creator is None:
        return [new(session, kind, group, nonce, values, rings, end)[1]]
    conflicts = known.conflicts()
    fields = {
        name: Patch(value, known.replaces(f"{group}.{name}"))
        for name, value in values.items()
        if known.value(f"{group}.{name}") != value or f"{group}.{name}" in conflicts
    }
    carried = None if any(name.startswith(f"{group}.") for name in known.fields) else nonce
    change = Change(kind, group, known.id, session.writer.stamp(), fields, carried)
    return [Part(change, rings, end)] if fields else []
