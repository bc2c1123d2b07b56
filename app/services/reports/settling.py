"""Which of two publications holds. Only that one's numbers are ever given out.

Two tables of one time, counted from a note more or less, give away that note whatever is hidden in each. So nobody gets to
see a publication before it is certain that no other can come: it waits until the server has it and this device has then
taken in all that the server had. If two coordinators publish at the same time, each device sees the other's by then, or
the other device sees its own (the server takes one after the other). So:

- whoever sees one that holds and was not part of what theirs was made with, sets their own aside;
- of two that wait the later one (by its stamp, then its id) is set aside by whoever wrote it, who can then do it anew;
- the earlier one, seeing a later one, waits for its writer's word: it may have held already, unseen.

Never do two hold that did not know of one another, as long as the server shows everyone the same (docs/threat-model.md).
"""

from app.services.reports import kept as keeping
from app.services.reports import publishing
from app.services.reports.kept import Kept, Shelf
from app.services.reports.models import Standing
from app.services.session import Session
from app.services.visits import refused_records, unsent_records
from app.view import reports as queries
from sync.core.rights import Role


def verdict(mine: Kept, shelf: Shelf) -> Standing:
    """What to say of a publication of this device that the server has, once all is here that the server had then. Pure."""
    others = [k for k in shelf.tables if k.id != mine.id and _meets(mine, k)]
    held = {k.id for k in others if k.standing is Standing.HELD}
    if held != mine.base & {k.id for k in others} or mine.base - {k.id for k in shelf.tables}:
        return Standing.ASIDE
    waiting = [k.rank for k in others if k.standing is Standing.WAITING]
    if any(rank < mine.rank for rank in waiting):
        return Standing.ASIDE
    return Standing.WAITING if waiting else Standing.HELD


def _meets(a: Kept, b: Kept) -> bool:
    return publishing.related(a.area, a.table.period, b.area, b.table.period)


def shelf_of(session: Session) -> Shelf:
    """All that was published, as far as this device may read it."""
    return keeping.read(session.view.ask(queries.PUBLISHED))


async def follow_up(session: Session) -> None:
    """After a whole round of sync: settle what this device published."""
    if session.device not in session.roll.state.devices:
        return
    if session.roll.state.device(session.device).role is not Role.COORDINATOR:
        return
    unsent: set[bytes] | None = None
    for mine in shelf_of(session).tables:
        name = bytes.fromhex(mine.id)
        if mine.standing is not Standing.WAITING or not _written_here(session, name):
            continue
        unsent = unsent_records(session) | refused_records(session) if unsent is None else unsent
        if name not in unsent:
            found = verdict(mine, shelf_of(session))
            if found is not Standing.WAITING:
                await publishing.say(session, name, found.value)


def _written_here(session: Session, name: bytes) -> bool:
    register = session.replica.records[name].fields.get("table.period")
    first = min(register.versions.values()) if register and register.versions else None
    origin = session.replica.origins.get(first.id) if first else None
    return origin is not None and origin.device == session.device
