"""Searching in 10,000 notes on CPython, as a coordinator's laptop has them. Floors: the bare FTS5 table of their words.

The same in the browser's worker: tests/bench/trust.py.
"""

import asyncio
import sqlite3
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from app.services.app import App
from app.services.finder import Filters
from app.services.models import Outcome, Stage
from sync.server.app import make_app
from tests.bench.metric import metric
from tests.support.large_team import NOTES, STREETS, LargeTeam
from tests.support.native_app import ORIGIN, device
from tests.support.organisation import P

VISITS, ROUNDS = 10_000, 5
CODES = {"coffee": "koffie drinken", "met": "kennisgemaakt", "not_home": "niet thuis"}
MET = Filters(outcome=Outcome.MET.value, days=92)
QUERIES = (
    [(typed, Filters()) for typed in ("w", "wi", "wilgen", "koffie", "moestuin woensdag", "de hoef 2001", "kind terug")]
    + [
        (typed, Filters())
        for typed in ("Wilgenstaat 4005", "krokusenhof 3008", "Van Berkelstraat 4", "xyz 9", "plantje")
    ]
    + [("", MET), ("koffie", MET), ("tulp", Filters(street="Tulpstraat")), ("", Filters(street="De Hoef", days=31))]
)


def measure() -> dict[str, Any]:
    """desk.search_p95_ms and desk.search_fill_ms."""
    return asyncio.run(_measure())


async def _measure() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        team = await LargeTeam.make(Path(folder))
        await team.add_visits(VISITS)
        link = await team.laptop_link(ORIGIN)
        server = make_app(team.store, P, team.organisation.clock, None)
        async with server.router.lifespan_context(server):
            app = device(Path(folder) / "laptop", server, team.organisation.clock)
            await app.start(link)
            await app.accept("Bench", "een lange zin")
            await app.sync_once()
            assert app.stage is Stage.OPEN
            fills = await _fill(app)
            times = [_query(app, *query) for _ in range(ROUNDS) for query in QUERIES]
            await app.lock()
        bare_fill, bare_query = bare_words()
    p95 = statistics.quantiles(times, n=20)[-1]
    return {
        "desk.search_p95_ms": metric([p95], "ms", bare_query),
        "desk.search_fill_ms": metric(fills, "ms", bare_fill),
    }


async def _fill(app: App) -> list[float]:
    view, fills = app.live.require_session().view, []
    for _ in range(ROUNDS):
        view.index = None
        began = time.perf_counter()
        await app.finder.prepare()
        fills.append((time.perf_counter() - began) * 1000)
        assert view.index is not None
        assert len(view.index) == VISITS
    return fills


def _query(app: App, typed: str, filters: Filters) -> float:
    began = time.perf_counter()
    app.finder.find(typed, filters, CODES, date.today())
    return (time.perf_counter() - began) * 1000


def bare_words() -> tuple[float, float]:
    """Milliseconds for the same words put into FTS5 in one transaction, and for the newest 26 of a common one."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.execute("CREATE VIRTUAL TABLE words USING fts5(title, body)")
    rows = [(f"{STREETS[n % len(STREETS)]} {n}", NOTES[n % len(NOTES)]) for n in range(VISITS)]
    began = time.perf_counter()
    db.execute("BEGIN")
    db.executemany("INSERT INTO words VALUES (?, ?)", rows)
    db.execute("COMMIT")
    fill = (time.perf_counter() - began) * 1000
    began = time.perf_counter()
    db.execute("SELECT * FROM words WHERE words MATCH 'koffie*' ORDER BY rowid DESC LIMIT 26").fetchall()
    db.execute("SELECT * FROM words WHERE words MATCH 'wi*' ORDER BY rowid DESC LIMIT 26").fetchall()
    return fill, (time.perf_counter() - began) * 1000 / 2
