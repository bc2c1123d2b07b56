"""Reports on screen: any period, any area. The threshold holds here too, and nothing of it is for publication."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from app.services.area_tree import Place
from app.services.reports import counting, guarding, measures
from app.services.reports.gathering import Areas, Counted, areas_of, count, wishes_of
from app.services.reports.models import Cell, Note, Period, Report, Row, Shown, Table, Topic
from app.services.reports.tables import tables
from app.services.session import Session
from sync.core.errors import BadInput

REST = "rest"
Parts = dict[Place | None, Counter[str]]
_PARTS = {m: parts for group in measures.GROUPS for m, parts in group.items()}


def report(session: Session, area: Place | None, period: Period, before: bool, today: date, threshold: int) -> Report:
    """See Reports.report."""
    if period.last < period.first:
        raise BadInput("report_period", "order")
    known = areas_of(session)
    if area is not None and area not in known.known:
        raise BadInput("report_area", "unknown")
    then = period.before if before else None
    counted = count(session, period, today, known.where)
    now, notes = counting.below(counted.counts, known.where, area)
    earlier = count(session, then, today, known.where) if then else None
    ago, old_notes = counting.below(earlier.counts, known.where, area) if earlier else ({}, set[str]())
    sums, sums_ago = _sum(now.values()), _sum(ago.values())
    wishes = wishes_of(session)
    hidden, hidden_ago = (guarding.of_whole(s, threshold, wishes) for s in (sums, sums_ago))
    listed = tables(
        wishes,
        lambda m: guarding.cell(_of(sums, m), m in hidden),
        (lambda m: guarding.cell(_of(sums_ago, m), m in hidden_ago)) if then else None,
    )
    if area is None:
        before_them = Shown(earlier.stories) if earlier else None
        listed.append(Table(Topic.STORIES, "stories", (Row("stories", "", Shown(counted.stories), before_them),)))
    listed += _by_area(known, area, now, ago if then else None, threshold)
    return Report(
        area=area,
        name=known.name(area) if area else "",
        period=period,
        before=then,
        tables=tuple(listed),
        notes=_notes(notes | old_notes, (counted, earlier), period, today, area),
        threshold=threshold,
    )


def _sum(some: Iterable[Counter[str]]) -> Counter[str]:
    whole: Counter[str] = Counter()
    for counts in some:
        whole.update(counts)
    return whole


def _of(counts: Counter[str], measure: str) -> int:
    return sum(counts[part] for part in _PARTS.get(measure, (measure,)))


def _by_area(known: Areas, area: Place | None, now: Parts, ago: Parts | None, threshold: int) -> list[Table]:
    listed: list[Place | None] = [*known.below.get(area, [])]
    listed += sorted(p for p in (*now, *(ago or ())) if p is not None and p not in listed)
    if len(listed) < 1:
        return []
    elsewhere = any(_of(parts.get(None, Counter()), measures.VISITS) for parts in (now, ago or {}))
    listed = [*dict.fromkeys(listed), *([None] if elsewhere else [])]
    cells = _cells(listed, now, threshold)
    older = _cells(listed, ago, threshold) if ago is not None else None
    found = []
    for topic in (Topic.AREAS, Topic.AREAS_REACHED):
        rows = []
        for place in listed:
            key, label = ("|".join(place), known.name(place)) if place else (REST, "")
            rows.append(Row(key, label, cells[topic, place], older[topic, place] if older else None))
        found.append(Table(topic, "visits", tuple(rows)))
    return found


def _cells(listed: Sequence[Place | None], parts: Parts, threshold: int) -> dict[tuple[Topic, Place | None], Cell]:
    visits = {place: _of(parts.get(place, Counter()), measures.VISITS) for place in listed}
    reached = {place: _of(parts.get(place, Counter()), measures.REACHED) for place in listed}
    whole = guarding.of_whole(_sum(parts.values()), threshold)
    few, met = guarding.of_areas(visits, reached, threshold, measures.REACHED not in whole)
    found = {(Topic.AREAS, place): guarding.cell(n, place in few) for place, n in visits.items()}
    return found | {(Topic.AREAS_REACHED, place): guarding.cell(n, place in met) for place, n in reached.items()}


def _notes(
    asked: set[str], counted: tuple[Counted, Counted | None], period: Period, today: date, area: Place | None
) -> tuple[Note, ...]:
    gone = any(c.gone for c in counted if c)
    given = {
        Note.SMALL: True,
        Note.NOT_FOR_PUBLICATION: True,
        Note.OLD_BORDERS: "old" in asked,
        Note.NO_PLACE: "nowhere" in asked,
        Note.WISHES_GONE: gone,
        Note.WISHES_SHARED: True,
        Note.NOT_OVER: period.last >= today,
        Note.STORIES_NO_PLACE: area is not None,
    }
    return tuple(note for note in Note if given.get(note))
