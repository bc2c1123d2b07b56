"""Reports as the app has them: `app.reports`, for a coordinator."""

from datetime import date

from app.services import areas_names
from app.services.area_tree import Place
from app.services.law.trail import Act
from app.services.law.trail import part as trail_part
from app.services.live import Live
from app.services.records import COUNT_MONTHS, month_after
from app.services.records import write as write_parts
from app.services.reports import looking, publishing
from app.services.reports.gathering import Areas, areas_of
from app.services.reports.kept import Kept
from app.services.reports.models import (
    HIDDEN,
    AreaChoice,
    AreaTables,
    Cell,
    Damaged,
    Period,
    Published,
    Report,
    Shown,
    Standing,
    quarter,
    year,
)
from app.services.reports.settling import shelf_of
from app.services.reports.tables import tables


class Reports:
    """What a coordinator does with reports. Reading methods raise Locked while the app is."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def _today(self) -> date:
        return date.fromtimestamp(self._live.require_session().writer.now() / 1000)

    @property
    def threshold(self) -> int:
        """Below this a cell is hidden: 10, or what the organisation set higher."""
        return shelf_of(self._live.require_session()).threshold

    async def raise_threshold(self, to: int) -> None:
        """Set it higher for all to come. Raises BadInput("threshold", "lower" | "too_high"), Forbidden, DiskFull."""
        await publishing.raise_threshold(self._live.require_session(), to, self.threshold)
        self._live.tell()

    def areas(self) -> list[AreaChoice]:
        """Areas to choose from, from top to bottom."""
        return areas_of(self._live.require_session()).choices()

    def report(self, area: Place | None, period: Period, before: bool = False) -> Report:
        """Any period of any area (None: everything), on screen only. Small numbers are hidden here too.

        Raises BadInput("report_period", "order") or BadInput("report_area", "unknown").
        """
        session = self._live.require_session()
        return looking.report(session, area, period, before, self._today(), self.threshold)

    def closed_periods(self) -> list[Period]:
        """Years and quarters that are over and of which there are counts, newest first: what may be published."""
        session, today = self._live.require_session(), self._today()
        query = (
            "SELECT min(day) AS first FROM (SELECT day FROM visits UNION ALL SELECT day FROM activities) WHERE day > ''"
        )
        first = str(session.view.ask(query)[0]["first"] or today.isoformat())
        found: list[Period] = []
        for of in range(today.year, max(today.year - COUNT_MONTHS // 12, int(first[:4])) - 1, -1):
            found += [year(of), *(quarter(of, n) for n in (4, 3, 2, 1))]
        kept = (p for p in found if month_after(p.first, COUNT_MONTHS) > month_after(today, 0))
        return [p for p in kept if p.last < today and p.last.isoformat() >= first]

    def published(self) -> list[Published]:
        """Publications, newest period first; those that wait or were set aside too, without their numbers."""
        session = self._live.require_session()
        known = areas_of(session)
        found = [_published(k, known) for k in shelf_of(session).tables]
        return sorted(found, key=lambda p: (p.period.last, -len(p.area[1]), p.day, p.id), reverse=True)

    def damaged(self) -> list[Damaged]:
        """Publications that can't be read."""
        return list(shelf_of(self._live.require_session()).damaged)

    async def publish(self, period: Period, area: Place) -> bytes:
        """Publish a closed quarter or year; the id of a publication that is WAITING until a round of sync is done.

        Raises BadInput("report_period", "open" | "published" | "year_published" | "waiting" | "too_old" | "gives_away" |
        "damaged"), BadInput("report_area", "unknown" | "kind" | "year"), Forbidden or DiskFull: nothing was written.
        """
        session, today = self._live.require_session(), self._today()
        publishing.coordinating(session)
        table, before, notes = publishing.make(session, shelf_of(session), period, area, today)
        name = await publishing.write(session, table, before, notes, today)
        await write_parts(session, trail_part(session, Act.PUBLISHED, "report"))
        self._live.tell()
        return name

    async def set_aside(self, publication: bytes) -> None:
        """Draw back one that waits, or say of one that can't be read that it was never given out. Raises NotFound."""
        session = self._live.require_session()
        await publishing.set_aside(session, shelf_of(session), publication)
        self._live.tell()


def _published(k: Kept, known: Areas) -> Published:
    held = k.standing is Standing.HELD
    return Published(
        id=bytes.fromhex(k.id),
        period=k.table.period,
        area=k.area,
        name=known.name(k.area),
        day=k.day,
        threshold=k.table.threshold,
        standing=k.standing,
        areas=tuple(_areas(k, known)) if held else (),
        notes=k.notes,
    )


def _areas(k: Kept, known: Areas) -> list[AreaTables]:
    """The tables of every area, each followed by those that lie in it."""
    t = k.table
    below: dict[int, list[int]] = {}
    for i, (_, parent) in enumerate(t.tree.nodes):
        below.setdefault(parent, []).append(i)

    def cell(i: int, measure: str) -> Cell:
        shown = t.cells.get((i, measure))
        return HIDDEN if shown is None else Shown(shown)

    def listed(i: int, depth: int) -> list[AreaTables]:
        place = t.tree.nodes[i][0]
        name = known.names.get(place) or areas_names.name_of(*place[:2]) or place[1]
        made = AreaTables(place, name, depth, tuple(tables(t.wishes, lambda m: cell(i, m))))
        return [made, *(x for j in below.get(i, []) for x in listed(j, depth + 1))]

    return listed(0, 0)
