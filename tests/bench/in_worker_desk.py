"""Runs inside the phone app's own worker (its source is handed over): reports of the open app, timed in milliseconds."""

import gc
import json
import time

from app.services.app import App
from app.services.reports.models import Period, quarter, year

[APP] = [x for x in gc.get_objects() if isinstance(x, App)]


def visits() -> int:
    """How many are here."""
    session = APP.live.session
    return session.view.ask("SELECT count(*) AS n FROM visits")[0]["n"] if session else 0


def settled() -> bool:
    """Whether a whole round of sync is done."""
    return APP.live.session is not None and not APP.sync_status().busy and bool(APP.sync_status().last_success)


def _millis(area, period, before: bool) -> float:
    began = time.perf_counter()
    APP.reports.report(area, period, before)
    return (time.perf_counter() - began) * 1000


def reports() -> str:
    """The slowest report with what it was of, all of them, and reports of a year in which nothing was."""
    now = APP.today()
    this = quarter(now.year, (now.month + 2) // 3)
    periods = [year(now.year), year(now.year - 1), this, this.before, Period(now.replace(day=1), now)]
    areas = [None, *(choice.place for choice in APP.reports.areas())]
    empty = [_millis(None, year(now.year - 6), True) for _ in range(5)]
    times = [(_millis(area, period, True), f"{area and area[1]} {period.key}") for area in areas for period in periods]
    slowest, what = max(times)
    return json.dumps([slowest, what, sorted(t for t, _ in times), empty])
