"""The rows that reports count, asked of the view: SQLite adds up what is alike, so that ten thousand visits take a moment."""

from collections.abc import Sequence
from datetime import date

from app.services import area_tree, areas
from app.services.addresses import key
from app.services.reports.counting import Facts, Held, Some, Where
from app.services.reports.models import Period
from app.services.rounds import counting as endings
from app.services.rounds.models import Progress
from app.services.session import Session

_VISITS = """
SELECT address, area, outcome, wishes, count(*) AS n FROM visits
WHERE NOT hidden AND day BETWEEN :first AND :last GROUP BY address, area, outcome, wishes
"""
_GONE = "SELECT 1 FROM visits WHERE NOT hidden AND shared AND NOT detail AND day BETWEEN :first AND :last LIMIT 1"
_HELD = """
SELECT area, count(*) AS n, sum(max(heads, 0)) AS heads FROM activities
WHERE NOT hidden AND day BETWEEN :first AND :last AND day <= :today GROUP BY area
"""


def where(session: Session) -> Where:
    """What this device knows of places: what teams say of streets, and the register's own word where they say nothing."""
    put = areas.puts(session)
    home, by_street = areas.homes_and_streets(session, put)
    return Where(by_street, home, frozenset(area_tree.years(put)))


def facts(session: Session, period: Period, today: date, stories: int) -> Facts:
    """The rows of one period. `stories`: how many of it were published."""
    days = {"first": period.first.isoformat(), "last": period.last.isoformat()}
    visits = [
        Some(key(row["address"]).partition("|")[0], row["area"], row["outcome"], row["wishes"], row["n"])
        for row in session.view.ask(_VISITS, **days)
    ]
    held = [
        Held(row["area"], row["n"], row["heads"] or 0)
        for row in session.view.ask(_HELD, **days, today=today.isoformat())
    ]
    gone = bool(session.view.ask(_GONE, **days))
    return Facts(visits, held, _rounds(session, days), stories, gone)


def _rounds(session: Session, days: dict[str, str]) -> list[Sequence[tuple[str, Progress]]]:
    """Those whose last day is in the period, by street; of two counts of one round the fuller (services.rounds)."""
    query = "SELECT * FROM rounds WHERE of <> '' AND NOT hidden AND last BETWEEN :first AND :last ORDER BY id"
    best: dict[str, endings.Ending] = {}
    for row in session.view.ask(query, **days):
        ending = endings.read_ending(row)
        before = best.get(row["of"])
        if before is None or endings.weight(ending.progress) > endings.weight(before.progress):
            best[row["of"]] = ending
    return [ending.streets for ending in best.values()]
