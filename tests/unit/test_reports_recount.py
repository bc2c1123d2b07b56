"""Reports against a recount in plain Python (tests/support/recount.py) of what the same device exports.

Two roads to each number: the services over the view's tables, and loops over the lines of an export. One large demo of some
visits is both. `STRAATCONTACT_DEMO` names a folder with another (bench: 10,000 visits).
"""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from app.commands import demo_large
from app.services.app import App
from app.services.area_tree import Place
from app.services.reports.models import Hidden, Note, Period, Report, Shown, Table, Topic, quarter, year
from tests.support.large_demo import large_demo, woken
from tests.support.recount import Recount

SHOWN = (
    Topic.VISITS,
    Topic.OUTCOMES,
    Topic.AREAS,
    Topic.ACTIVITIES,
    Topic.ROUNDS,
)  # of so few visits no wish is heard ten times

RELATED = (Topic.VISITS, Topic.OUTCOMES, Topic.AREAS, Topic.AREAS_REACHED)


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """An organisation of some visits, in teams, with complexes."""
    if "STRAATCONTACT_DEMO" in os.environ:
        return Path(os.environ["STRAATCONTACT_DEMO"])
    return large_demo(tmp_path_factory, tmp_path)[0]


def periods(today: date) -> list[Period]:
    """Whole years and quarters, a month, odd days."""
    this = quarter(today.year, (today.month + 2) // 3)
    return [
        year(today.year),
        year(today.year - 1),
        year(today.year - 2),
        this,
        this.before,
        this.before.before,
        Period(date(today.year, 8, 1), date(today.year, 8, 31)),
        Period(date(today.year - 1, 6, 17), date(today.year, 6, 16)),
        Period(date(2020, 1, 1), today),
    ]


def test_every_number_of_a_report_is_what_an_independent_recount_gives(folder: Path) -> None:
    """Of every area and many periods, with the time before; what is hidden is small, or hides something small."""
    seen = asyncio.run(_recounted(folder))
    assert min(seen[topic.value] for topic in SHOWN) > 5, "something was held against something"
    assert seen["hidden"] > 20


@pytest.mark.soak
def test_of_ten_thousand_visits_too(tmp_path: Path) -> None:
    """There wishes are many enough to be shown."""
    demo_large.make(tmp_path / "data", "http://localhost:8550", 10_000, 1, lambda _: None)
    seen = asyncio.run(_recounted(tmp_path / "data"))
    assert min(seen[topic.value] for topic in (*SHOWN, Topic.WISHES)) > 50


async def _recounted(folder: Path) -> Counter[str]:
    """Every cell of many reports held against the recount; how many of each topic were shown, or hidden."""
    app, seen = await woken(folder, "joke"), Counter[str]()
    again = Recount(await app.leaving.everything({}), app.today())
    areas: list[Place | None] = [None, *(choice.place for choice in app.reports.areas())]
    assert len(areas) > 9, "gemeente, wijken, buurten and complexes"
    for period in periods(app.today()):
        for area in areas:
            _held_against(again, app, app.reports.report(area, period, before=True), seen)
    await app.lock()
    return seen


def _held_against(again: Recount, app: App, report: Report, seen: Counter[str]) -> None:
    for table in report.tables:
        count = _counting(again, app, report, table)
        for before, period in ((False, report.period), (True, report.before)):
            assert period is not None
            truth = count(period.first, period.last)
            cells = {row.key: row.before if before else row.cell for row in table.rows}
            small = [
                key for key, cell in cells.items() if isinstance(cell, Hidden) and truth.get(key, 0) < report.threshold
            ]
            for key, cell in cells.items():
                where = f"{table.topic.value} {key} of {report.name} in {period.key}"
                if isinstance(cell, Shown):
                    assert cell.n == truth.get(key, 0), where
                    seen[table.topic.value] += 1
                else:
                    assert truth.get(key, 0) < report.threshold or small or _beside(report, table), where
                    seen["hidden"] += 1
            if not before:
                missing = {k for k, n in truth.items() if n >= report.threshold} - set(cells)
                assert not missing, f"{table.topic.value}: {missing} of {report.name} in {period.key}"


def _beside(report: Report, table: Table) -> bool:
    """Whether another table of the report has something hidden that this one could give away: parts of the same visits."""
    return table.topic in RELATED and any(
        isinstance(row.cell, Hidden) for t in report.tables if t is not table and t.topic in RELATED for row in t.rows
    )


def _counting(again: Recount, app: App, report: Report, table: Table) -> Callable[[date, date], Mapping[str, int]]:
    area = report.area
    if table.topic is Topic.VISITS:
        return lambda first, last: again.totals(first, last, area)
    if table.topic is Topic.OUTCOMES:
        return lambda first, last: again.outcomes(first, last, area)
    if table.topic is Topic.WISHES:
        return lambda first, last: again.wishes(first, last, area)
    if table.topic is Topic.ACTIVITIES:
        return lambda first, last: again.activities(first, last, area)
    if table.topic in (Topic.AREAS, Topic.AREAS_REACHED):
        met = table.topic is Topic.AREAS_REACHED
        below = [tuple(row.key.split("|")) for row in table.rows if row.key != "rest"]

        def by_area(first: date, last: date) -> Mapping[str, int]:
            found = again.areas(first, last, area, below, met)  # type: ignore[arg-type]
            total = again.totals(first, last, area)["reached" if met else "visits"]
            return {"|".join(place): n for place, n in found.items()} | {"rest": total - sum(found.values())}

        return by_area
    if table.topic is Topic.ROUNDS and area is None:
        return again.rounds
    own = {row.key: row for row in table.rows}  # stories, rounds of an area: not recounted here
    return lambda first, last: {
        key: cell.n
        for key, row in own.items()
        if isinstance(cell := row.cell if first == report.period.first else row.before, Shown)
    }


def test_what_can_not_be_told_is_said(folder: Path) -> None:
    """Over two years the wishes of the older one are gone, and the footnote says so; nothing here is for publication."""

    async def story() -> None:
        app = await woken(folder, "joke")
        report = app.reports.report(None, Period(date(2020, 1, 1), app.today()))
        assert {Note.WISHES_GONE, Note.NOT_FOR_PUBLICATION} <= set(report.notes)
        await app.lock()

    asyncio.run(story())
