"""Reviews: a coordinator's word on a visit, readable to its author and to the team's coordinators."""

from collections.abc import Sequence
from datetime import date

from app.services import visits
from app.services.models import QueueFilter, ReviewState, Visit
from app.services.session import Session
from sync.core import ring
from sync.core.change import Change, Patch
from sync.core.errors import BadInput, Forbidden, NotFound
from sync.core.ids import ID_BYTES, record_id
from sync.core.rights import Role
from sync.device.writer import Part

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
    about = session.replica.records.get(visit)
    if about is None or about.creator is None:
        raise NotFound("visit")
    change = _change(session, visit, {"state": state.value, "reply": reply, "day": today.isoformat()})
    team = visits.team_of(session, about)
    rings = frozenset({ring.own_ring(about.creator), ring.coordinators_ring(team)})
    await session.writer.write([Part(change, rings, visits.month_after(today, visits.DETAIL_MONTHS))])
    await session.catch_up()
    session.syncer.wake()


def _change(session: Session, visit: bytes, values: dict[str, str]) -> Change:
    known = session.view.ask(
        "SELECT id FROM reviews WHERE visit = :visit ORDER BY stamp DESC, id DESC LIMIT 1", visit=visit.hex()
    )
    stamp = session.writer.stamp()
    if known:
        record = session.replica.records[bytes.fromhex(known[0]["id"])]
        patches = {n: Patch(v, record.replaces(f"word.{n}")) for n, v in values.items()}
        return Change(KIND, "word", record.id, stamp, patches)
    nonce = session.world.random.bytes(ID_BYTES)
    patches = {"visit": Patch(visit), **{n: Patch(v) for n, v in values.items()}}
    return Change(KIND, "word", record_id(session.member, KIND, nonce), stamp, patches, nonce)
