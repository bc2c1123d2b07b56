"""Reviews: a coordinator's word on a visit, readable to its author and to the team's coordinators."""

from collections.abc import Sequence
from datetime import date

from app.services import records, visits
from app.services.models import QueueFilter, ReviewState, Visit
from app.services.records import DETAIL_MONTHS, Group, month_after
from app.services.session import Session
from sync.core import ring
from sync.core.errors import BadInput, Forbidden
from sync.core.merge import Record
from sync.core.rights import Role

KIND = "review"
MAX_REPLY = 2_000

_REVIEWED = "EXISTS (SELECT 1 FROM reviews WHERE visit = v.id)"
_WHERE = {QueueFilter.OPEN: f"NOT {_REVIEWED}", QueueFilter.DONE: _REVIEWED, QueueFilter.ALL: "1"}
_OLDEST = "v.day, v.made, v.id"


def queue(session: Session, which: QueueFilter) -> Sequence[Visit]:
    """The team's visits, unreviewed first, oldest day first."""
    order = f"{_REVIEWED}, {_OLDEST}" if which is QueueFilter.ALL else _OLDEST
    return visits.of_team(session, _WHERE[which], order)


async def write(session: Session, visit: bytes, state: ReviewState, reply: str, today: date) -> None:
    """Say a word on a visit; a later word replaces mine or another coordinator's.

    Raises BadInput("reply", why), NotFound, Forbidden (not a coordinator) or DiskFull.
    """
    reply = reply.strip()
    if session.roll.state.device(session.device).role is not Role.COORDINATOR:
        raise Forbidden("review")
    if len(reply) > MAX_REPLY:
        raise BadInput("reply", "too_long")
    if state is ReviewState.QUESTION and not reply:
        raise BadInput("reply", "missing")
    about = records.known(session, visits.KIND, visit)
    values = {"state": state.value, "reply": reply, "day": today.isoformat()}
    rings = frozenset({ring.own_ring(about.creator or b""), ring.coordinators_ring(records.team_of(session, about))})
    last = _last(session, visit)
    group = Group("word", values if last else {"visit": visit, **values}, rings, month_after(today, DETAIL_MONTHS))
    await records.write(session, records.parts(session, KIND, [group], last)[1])


def _last(session: Session, visit: bytes) -> Record | None:
    """The word that stands on a visit, if there is one."""
    query = "SELECT id FROM reviews WHERE visit = :visit ORDER BY stamp DESC, id DESC LIMIT 1"
    rows = session.view.ask(query, visit=visit.hex())
    return session.replica.records[bytes.fromhex(rows[0]["id"])] if rows else None
