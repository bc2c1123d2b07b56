"""From numbers to tables: which rows stand in which table. Pure."""

from collections.abc import Callable, Iterable

from app.services.reports import measures
from app.services.reports.models import Cell, Row, Shown, Table, Topic

REACHED = "reached"
Given = Callable[[str], Cell]  # the cell of a measure
_ROWS: tuple[tuple[Topic, str, tuple[tuple[str, str], ...]], ...] = (  # topic, unit, rows: key and measure
    (Topic.VISITS, "visits", ((measures.VISITS, measures.VISITS), (REACHED, measures.REACHED))),
    (Topic.OUTCOMES, "visits", tuple((o, o) for o in measures.OUTCOMES)),
    (Topic.ACTIVITIES, "activities", tuple((m, m) for m in (measures.ACTIVITIES, measures.HEADS))),
    (Topic.ROUNDS, "rounds", tuple((m, m) for m in (measures.ROUNDS, measures.DOORS, measures.SPOKEN))),
)


def tables(wishes: Iterable[str], now: Given, before: Given | None = None) -> list[Table]:
    """Every table of one area, but those of stories and of areas."""
    wished = tuple((code, measures.WISH + code) for code in wishes)
    listed = [*_ROWS[:2], (Topic.WISHES, "visits", wished), *_ROWS[2:]]
    found = []
    for topic, unit, rows in listed:
        made = [Row(key, "", now(m), before(m) if before else None) for key, m in rows]
        kept = tuple(r for r in made if r.key != measures.OTHER or isinstance(r.cell, Shown))
        if kept:
            found.append(Table(topic, unit, kept))
    return found
