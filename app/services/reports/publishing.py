"""Making a table that may be published, and writing it. What may be said in it: hiding.py; which one holds: settling.py."""

from collections import Counter
from datetime import date

from app.services import records
from app.services.area_tree import CBS, Place
from app.services.records import COUNT_MONTHS, Group, month_after
from app.services.reports import kept as keeping
from app.services.reports.counting import Counts, Where
from app.services.reports.frozen import Contradiction, Own, Table, basis, quarters_of
from app.services.reports.gathering import areas_of, count, wishes_of
from app.services.reports.hiding import GivesAway, hide
from app.services.reports.kept import Kept, Shelf
from app.services.reports.models import MOST_THRESHOLD, Note, Period, Standing, from_key
from app.services.session import Session
from sync.core import envelope, ring
from sync.core.errors import BadInput, Forbidden, NotFound
from sync.core.rights import Role

KIND, GROUP = "report", "table"
_NOTED = (Note.SMALL, Note.ROUNDED, Note.WISHES_SHARED)


def related(area: Place, period: Period, other: Place, then: Period) -> bool:
    """Whether two tables can tell something of one another: one area lies in the other, in whatever year's borders, and
    one period in the other.
    """
    a, b = sorted((area[1][2:], other[1][2:]), key=len)
    return b.startswith(a) and (
        period == then or (period.key[:4] == then.key[:4] and 4 in (len(period.key), len(then.key)))
    )


def _same_year(area: Place, period: Period, k: Kept) -> bool:
    """Of one calendar year, about areas of which one lies in the other."""
    return related(area, from_key(period.key[:4]) or period, k.area, k.table.period)


def check(shelf: Shelf, area: Place, period: Period, today: date) -> list[Kept]:
    """What was published before and has to be looked at. Raises BadInput where nothing may be published."""
    if from_key(period.key) != period or period.last >= today:
        raise BadInput("report_period", "open")
    if month_after(period.first, COUNT_MONTHS) <= month_after(today, 0):
        raise BadInput("report_period", "too_old")
    if area[0] not in CBS:
        raise BadInput("report_area", "kind")
    if any(d.period is None or d.area is None or related(area, period, d.area, d.period) for d in shelf.damaged):
        raise BadInput("report_period", "damaged")
    near = [k for k in shelf.tables if k.standing is not Standing.ASIDE and _same_year(area, period, k)]
    for k in near:
        _check_beside(k, area, period)
    return [k for k in near if related(area, period, k.area, k.table.period)]


def _check_beside(k: Kept, area: Place, period: Period) -> None:
    if k.standing is Standing.WAITING:
        raise BadInput("report_period", "waiting")
    if k.area[2] != area[2]:
        raise BadInput("report_area", "year")
    larger = len(k.area[1]) <= len(area[1])
    if k.table.period == period and larger:
        raise BadInput("report_period", "published")
    if k.table.yearly and len(period.key) > 4:
        raise BadInput("report_period", "year_published")
    if related(area, period, k.area, k.table.period) and not k.exact:
        raise BadInput("report_period", "damaged")


def make(
    session: Session, shelf: Shelf, period: Period, area: Place, today: date
) -> tuple[Table, list[Kept], list[Note]]:
    """A table as it may be published, what it was made with, and its footnotes. Raises BadInput."""
    before = check(shelf, area, period, today)
    known = areas_of(session)
    if area not in known.known:
        raise BadInput("report_area", "unknown")
    tree = known.tree(area)
    fresh: dict[str, Own] = {}
    notes = set(_NOTED)
    wishes = wishes_of(session)
    for key in quarters_of(period):
        quarter = from_key(key)
        counted = count(session, quarter, today, known.where) if quarter else None
        if counted is not None:
            fresh[key], old = _at_nodes(counted.counts, known.where, set(tree.places), area)
            notes |= {Note.OLD_BORDERS} if old else set()
            notes |= {Note.NO_PLACE} if None in counted.counts else set()
            if counted.gone:
                wishes = ()
    if not wishes:
        notes = notes - {Note.WISHES_SHARED} | {Note.WISHES_GONE}
    try:
        b = basis(Table(period, tree, shelf.threshold, {}, wishes), fresh, [k.table for k in before])
        cells = hide(b)
    except Contradiction as error:
        raise BadInput("report_period", "damaged") from error
    except GivesAway as error:
        raise BadInput("report_period", "gives_away") from error
    t = b.table
    return Table(t.period, t.tree, t.threshold, t.own, t.wishes, cells), before, [n for n in Note if n in notes]


def _at_nodes(counts: Counts, where: Where, nodes: set[Place], area: Place) -> tuple[Own, bool]:
    """Counts at the areas of a tree: each at the smallest that it lies in. What stands in the borders of another year can't
    be laid in those of this one: it is counted for the gemeente as a whole, and for no smaller area.
    """
    found: dict[Place, Counter[str]] = {}
    old = False
    for place, counted in counts.items():
        over = where.chain(place) if place else []
        at = next((p for p in over if p in nodes), None)
        if at is None and area[0] == "gemeente" and any(p[:2] == area[:2] for p in over):
            at, old = area, True
        if at is not None:
            found.setdefault(at, Counter()).update(counted)
    return found, old


# -- writing --------------------------------------------------------------------------------------------------------------


def coordinating(session: Session) -> None:
    """Raises Forbidden on anybody else's device."""
    if session.roll.state.device(session.device).role is not Role.COORDINATOR:
        raise Forbidden(KIND)


def _rings(session: Session) -> frozenset[bytes]:
    """Coordinators of this team and of all below it: who could publish some of the same has to know of it."""
    teams, found = session.roll.state.teams, {session.team}
    while more := {t for t, parent in teams.items() if parent in found} - found:
        found |= more
    return frozenset(ring.coordinators_ring(team) for team in found)


async def write(session: Session, table: Table, before: list[Kept], notes: list[Note], today: date) -> bytes:
    """Keep a table. What may be published is kept for good; its exact counts as long as those of visits, and for the
    coordinators alone of whoever could count them.
    """
    base = [bytes.fromhex(k.id) for k in before]
    fields = keeping.to_fields(table, today, base, tuple(notes))
    end = month_after(table.period.last, COUNT_MONTHS)
    mine = frozenset({ring.coordinators_ring(session.team)})
    groups = [
        Group(GROUP, fields, _rings(session), envelope.NEVER),
        Group(GROUP, {"exact": keeping.exact_counts(table)}, mine, end),
    ]
    name, parts = records.parts(session, KIND, groups)
    await records.write(session, parts)
    return name


async def raise_threshold(session: Session, to: int, now: int) -> None:
    """See Reports."""
    coordinating(session)
    if to < now:
        raise BadInput("threshold", "lower")
    if to > MOST_THRESHOLD:
        raise BadInput("threshold", "too_high", str(MOST_THRESHOLD))
    if to > now:
        groups = [Group(GROUP, {"version": keeping.VERSION, "threshold": to}, _rings(session))]
        await records.write(session, records.parts(session, KIND, groups)[1])


async def set_aside(session: Session, shelf: Shelf, name: bytes) -> None:
    """See Reports."""
    coordinating(session)
    if any(d.id == name and d.why == "unreadable" for d in shelf.damaged):
        groups = [Group(GROUP, {"version": keeping.VERSION, "about": name}, _rings(session))]
        await records.write(session, records.parts(session, KIND, groups)[1])
        return
    if not any(k.id == name.hex() and k.standing is Standing.WAITING for k in shelf.tables):
        raise NotFound(KIND)
    await say(session, name, "aside")


async def say(session: Session, name: bytes, state: str) -> None:
    """Write what became of a publication: "held" or "aside"."""
    known = records.known(session, KIND, name)
    groups = [Group(GROUP, {"state": state}, _rings(session))]
    await records.write(session, records.parts(session, KIND, groups, known)[1])
