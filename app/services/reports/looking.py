"""Reports on screen: any period, any area. The threshold holds here too, and nothing of it is for publication."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from app.services.area_tree import Place
from app.services.reports import counting, measures
from app.services.reports.gathering import Areas, Counted, areas_of, count, wishes_of
from app.services.reports.models import Note, Period, Report, Row, Table, Topic
from app.services.reports.tables import small, tables
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
    listed = tables(
        wishes,
        lambda m: small(_of(sums, m), threshold),
        (lambda m: small(_of(sums_ago, m), threshold)) if then else None,
    )
    if area is None:
        stories = small(counted.stories, threshold)
        ago_stories = small(earlier.stories, threshold) if earlier else None
        listed.append(Table(Topic.STORIES, "stories", (Row("stories", "", stories, ago_stories),)))
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
    listed = [*dict.fromkeys(listed), None]
    found = []
    for topic, measure in ((Topic.AREAS, measures.VISITS), (Topic.AREAS_REACHED, measures.REACHED)):
        rows = []
        for place in listed:
            cell = small(_of(now.get(place, Counter()), measure), threshold)
            then = small(_of(ago.get(place, Counter()), measure), threshold) if ago is not None else None
            key, label = ("|".join(place), known.name(place)) if place else (REST, "")
            rows.append(Row(key, label, cell, then))
        found.append(Table(topic, "visits", tuple(rows)))
    return found


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
