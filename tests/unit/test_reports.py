"""Reports on real devices: what a coordinator sees, what is published, and what becomes of late and damaged things."""

import dataclasses
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.services import records
from app.services.app import App
from app.services.models import AreaCode, Outcome, VisitForm, Wish
from app.services.records import Group
from app.services.reports import models
from app.services.reports.models import HIDDEN, Note, Period, Report, Shown, Standing, Table, Topic, quarter, year
from app.view import reports as queries
from sync.core import ring
from sync.core.envelope import parse_any
from sync.core.errors import BadInput, Forbidden
from tests.support.native_app import joined, synced
from tests.support.settled_team import JOKE, Team, session_of

Tell = Callable[[Callable[[Team], Awaitable[None]]], None]
GM = ("gemeente", "GM0796", "2026")
BUURT, OTHER_BUURT = ("buurt", "BU07960101", "2026"), ("buurt", "BU07960102", "2026")
Q3, YEAR = quarter(2026, 3), year(2026)
DAY = date(2026, 8, 3)
RECORDS = (Path(__file__).parents[2] / "docs" / "records.md").read_text(encoding="utf-8")
FORM = VisitForm(shared=True, day=DAY, outcome=Outcome.MET, wishes=frozenset({Wish.COFFEE}))


async def at_work(t: Team) -> tuple[App, App]:
    """A gemeente of two buurten: thirteen visits in the one, three in the other, two where nobody was home."""
    joke, fatma = await t.joke(), await t.fatma()
    team = session_of(joke).team
    codes = [AreaCode(*GM, "Den Bosch"), AreaCode(*BUURT, "Muntel"), AreaCode(*OTHER_BUURT, "Vliert")]
    await joke.trust.put_team(team, "Bosch", codes)
    from app.services import areas

    await areas.put_streets(session_of(joke), team, BUURT, ["Tulpstraat"])
    await areas.put_streets(session_of(joke), team, OTHER_BUURT, ["Rozenlaan"])
    await synced(joke, fatma)
    for n in range(13):
        await fatma.save_visit(
            replace(FORM, address=f"Tulpstraat {n + 1}", outcome=Outcome.MET if n else Outcome.LATER)
        )
    for n in range(3):
        await fatma.save_visit(replace(FORM, address=f"Rozenlaan {n + 1}", wishes=frozenset()))
    await synced(fatma, joke)
    return joke, fatma


def cells(tables: tuple[Table, ...], topic: Topic) -> dict[str, object]:
    """The cells of one table, by key."""
    [table] = [t for t in tables if t.topic is topic]
    return {r.key: r.cell for r in table.rows}


def test_a_report_counts_by_area_and_small_numbers_are_hidden(tell: Tell) -> None:
    """On screen as well; with the quarter before beside it, and for one buurt alone."""

    async def story(t: Team) -> None:
        joke, _ = await at_work(t)
        whole = joke.reports.report(None, Q3, before=True)
        assert cells(whole.tables, Topic.VISITS) == {"visits": Shown(16), "reached": HIDDEN}, "one was not"
        assert cells(whole.tables, Topic.OUTCOMES)["later"] == HIDDEN
        assert cells(whole.tables, Topic.WISHES)["coffee"] == Shown(13)
        assert whole.tables[0].rows[0].before == HIDDEN
        assert whole.before == quarter(2026, 2)
        assert cells(joke.reports.report(GM, Q3).tables, Topic.AREAS) == {"wijk|WK079601|2026": Shown(16)}
        assert cells(joke.reports.report(BUURT, Q3).tables, Topic.VISITS)["visits"] == Shown(13)
        other = joke.reports.report(OTHER_BUURT, Q3)
        assert cells(other.tables, Topic.VISITS) == {"visits": HIDDEN, "reached": HIDDEN}
        assert Note.NOT_FOR_PUBLICATION in other.notes
        empty = joke.reports.report(None, Period(date(2020, 1, 1), date(2020, 1, 1)))
        assert set(cells(empty.tables, Topic.VISITS).values()) == {HIDDEN}

    tell(story)


def test_the_phone_says_where_a_count_belongs_and_the_street_is_asked_again(tell: Tell) -> None:
    """A street that is put elsewhere is counted there while the address is known; taking consent back keeps the place."""

    async def story(t: Team) -> None:
        joke, fatma = await at_work(t)
        from app.services import areas

        [visit] = [v for v in fatma.visits() if v.form.address == "Tulpstraat 5"]
        record = session_of(fatma).replica.records[visit.id]
        assert record.value("count.place") == list(BUURT)
        silent = await fatma.change_consent(visit.id, noted=False, shared=False)
        assert session_of(fatma).replica.records[silent].value("count.place") == list(BUURT)
        await areas.put_streets(session_of(joke), session_of(joke).team, BUURT, [])
        await areas.put_streets(session_of(joke), session_of(joke).team, OTHER_BUURT, ["Rozenlaan", "Tulpstraat"])
        await synced(fatma, joke)
        moved = joke.reports.report(OTHER_BUURT, Q3)
        assert cells(moved.tables, Topic.VISITS)["visits"] == Shown(15)
        assert cells(joke.reports.report(GM, Q3).tables, Topic.VISITS)["visits"] == Shown(16)

    tell(story)


def test_a_publication_waits_for_the_server_then_holds_and_late_visits_change_nothing(tell: Tell) -> None:
    """Nobody sees its numbers before that; they are rounded, and stay what they were."""

    async def story(t: Team) -> None:
        joke, fatma = await at_work(t)
        assert joke.reports.closed_periods() == [Q3]
        name = await joke.reports.publish(Q3, GM)
        [waiting] = joke.reports.published()
        assert (waiting.standing, waiting.areas) == (Standing.WAITING, ())
        with pytest.raises(BadInput, match="waiting"):
            await joke.reports.publish(Q3, GM)
        await synced(joke)
        [held] = joke.reports.published()
        assert (held.id, held.standing) == (name, Standing.HELD)
        assert [a.place for a in held.areas] == [GM, ("wijk", "WK079601", "2026"), BUURT, OTHER_BUURT]
        assert cells(held.areas[0].tables, Topic.VISITS) == {"visits": Shown(15), "reached": Shown(15)}
        assert cells(held.areas[3].tables, Topic.VISITS)["visits"] == HIDDEN
        for n in range(20):
            await fatma.save_visit(replace(FORM, address=f"Tulpstraat {n + 50}"))
        await synced(fatma, joke)
        assert joke.reports.published() == [held]
        assert cells(joke.reports.report(GM, Q3).tables, Topic.VISITS)["visits"] == Shown(36)
        for period, area, why in [(Q3, GM, "published"), (Q3, BUURT, "published"), (YEAR, GM, "open")]:
            with pytest.raises(BadInput, match=why):
                await joke.reports.publish(period, area)

    tell(story)


def test_what_can_not_be_published_is_refused_and_nothing_is_written(tell: Tell) -> None:
    """A free choice of days, a complex, an area that nobody knows, a phone of no coordinator, days the wrong way round."""

    async def story(t: Team) -> None:
        joke, fatma = await at_work(t)
        some = Period(date(2026, 8, 1), date(2026, 8, 14))
        for period, area, why in [
            (some, GM, "open"),
            (quarter(2026, 4), GM, "open"),
            (quarter(2019, 1), GM, "too_old"),
            (Q3, ("complex", "Lindeflat", ""), "kind"),
            (Q3, ("gemeente", "GM0001", "2026"), "unknown"),
        ]:
            with pytest.raises(BadInput, match=why):
                await joke.reports.publish(period, area)
        with pytest.raises(BadInput, match="order"):
            joke.reports.report(None, Period(date(2026, 8, 2), date(2026, 8, 1)))
        with pytest.raises(BadInput, match="unknown"):
            joke.reports.report(("buurt", "BU99999999", "2026"), Q3)
        with pytest.raises(Forbidden):
            await fatma.reports.publish(Q3, GM)
        assert joke.reports.published() == []

    tell(story)


def test_of_two_that_publish_at_once_one_holds_on_every_device(tell: Tell) -> None:
    """The second had a visit more: its numbers are given out nowhere, and it is shown as set aside."""

    async def story(t: Team) -> None:
        joke, fatma = await at_work(t)
        link = (await joke.second_device()).url
        desk = await joined(t.folder / "desk", t.asgi, t.clock, link, "", JOKE)
        await desk.locking.stop()
        t.apps.append(desk)
        await synced(desk, joke, desk)
        await fatma.save_visit(replace(FORM, address="Tulpstraat 99"))
        await synced(fatma, desk)
        first = await joke.reports.publish(Q3, GM)
        t.clock.now += 60_000
        second = await desk.reports.publish(Q3, GM)
        await synced(desk)  # later by its clock, and first at the server: nothing else was there, so it holds
        await synced(joke, desk, joke, joke, desk)
        for app in (joke, desk):
            standing = {p.id: (p.standing, bool(p.areas)) for p in app.reports.published()}
            assert standing == {first: (Standing.ASIDE, False), second: (Standing.HELD, True)}

    tell(story)


async def _write(app: App, values: dict[str, object]) -> bytes:
    session = session_of(app)
    rings = frozenset({ring.coordinators_ring(session.team)})
    name, parts = records.parts(session, "report", [Group("table", values, rings)])
    await records.write(session, parts)
    return name


def test_a_damaged_table_is_shown_and_stops_what_it_may_be_about(tell: Tell) -> None:
    """It is never trusted: a lower threshold, numbers that were written again, or what says nothing readable."""

    async def story(t: Team) -> None:
        joke, _ = await at_work(t)
        name = await joke.reports.publish(Q3, BUURT)
        await synced(joke)
        session = session_of(joke)
        record = session.replica.records[name]
        good = {f: record.value(f"table.{f}") for f in queries.FIELDS}
        q2 = {**good, "period": "2026-Q2"}
        broken = [
            await _write(joke, {**q2, "threshold": 1}),
            await _write(joke, {**q2, "cells": {**good["cells"], "visits": [3]}}),
            await _write(joke, {**q2, "version": 2}),
            await _write(joke, {"version": 1, "cells": 5}),
        ]
        assert [d.why for d in sorted(joke.reports.damaged(), key=lambda d: broken.index(d.id))] == [
            "damaged",
            "damaged",
            "newer",
            "unreadable",
        ]
        assert joke.reports.threshold == 10
        with pytest.raises(BadInput, match="damaged"):
            await joke.reports.publish(Q3, GM)
        await joke.reports.set_aside(broken[3])
        assert len(joke.reports.damaged()) == 3
        await joke.reports.publish(Q3, GM)
        rings = frozenset({ring.coordinators_ring(session.team)})
        groups = [Group("table", {"day": "2026-01-01"}, rings)]  # harmless, and still: written again
        await records.write(session, records.parts(session, "report", groups, record)[1])
        assert name in {d.id for d in joke.reports.damaged()}, "what was published does not change"

    tell(story)


def test_who_works_below_knows_what_was_published_but_not_its_exact_counts(tell: Tell) -> None:
    """So nobody publishes a part of it anew; and what stands in the record is what docs/records.md says."""

    async def story(t: Team) -> None:
        joke, _ = await at_work(t)
        session = session_of(joke)
        below = await joke.trust.make_team(session.team, "Muntel", [AreaCode(*BUURT, "Muntel")])
        name = await joke.reports.publish(Q3, GM)
        await synced(joke)
        [held] = joke.reports.published()
        assert (held.id, held.standing) == (name, Standing.HELD)
        assert not joke.aside()
        fields = session.replica.records[name].fields
        rings = {}
        for entry in session.log.read(0, 10_000):
            envelope_ = parse_any(entry.data)
            for field in ("cells", "exact"):
                if envelope_.id in fields[f"table.{field}"].versions:
                    rings[field] = {link.ring for link in envelope_.header.links}
        top, lower = ring.coordinators_ring(session.team), ring.coordinators_ring(below)
        assert rings == {"cells": {top, lower}, "exact": {top}}
        [row] = [line for line in RECORDS.splitlines() if line.startswith("| report | table |")]
        named = set(re.findall(r"`(\w+)`", row.split("|")[3]))
        assert {f.removeprefix("table.") for f in fields} == named - {"about"}

    tell(story)


def test_the_threshold_only_rises(tell: Tell) -> None:
    """For every coordinator's device; a record that says less, or far too much, is not listened to."""

    async def story(t: Team) -> None:
        joke, _ = await at_work(t)
        await joke.reports.raise_threshold(15)
        for to, why in ((12, "lower"), (101, "too_high")):
            with pytest.raises(BadInput, match=why):
                await joke.reports.raise_threshold(to)
        await _write(joke, {"version": 1, "threshold": 3})
        await _write(joke, {"version": 1, "threshold": 5_000})
        assert joke.reports.threshold == 15
        assert cells(joke.reports.report(BUURT, Q3).tables, Topic.VISITS)["visits"] == HIDDEN

    tell(story)


def test_no_report_is_about_a_person() -> None:
    """No field and no question of a report knows a member: nobody's visits are counted apart."""
    named = [c for c in vars(models).values() if dataclasses.is_dataclass(c)]
    assert Report in named
    fields = {f.name for c in named for f in dataclasses.fields(c)}
    persons = re.compile(r"member|creator|author|person|\bby\b|who|device")
    assert not [f for f in fields if persons.search(f)]
    asked = [v for k, v in vars(queries).items() if isinstance(v, str) and "SELECT" in v]
    assert len(asked) == 5
    assert not [sql for sql in asked if persons.search(sql.replace("GROUP BY", "").replace("ORDER BY", ""))]
    assert persons.search("SELECT creator, count(*) FROM visits"), "the rule would see one"


@pytest.mark.parametrize(
    ("period", "key", "before"),
    [
        (year(2026), "2026", "2025"),
        (quarter(2026, 1), "2026-Q1", "2025-Q4"),
        (quarter(2024, 3), "2024-Q3", "2024-Q2"),
        (Period(date(2024, 2, 1), date(2024, 2, 29)), "2024-02", "2024-01"),
        (Period(date(2026, 3, 2), date(2026, 3, 8)), "2026-03-02/2026-03-08", "2026-02-23/2026-03-01"),
    ],
)
def test_a_period_knows_its_name_and_the_one_before(period: Period, key: str, before: str) -> None:
    """Whole years, quarters and months have such a one before them, others as many days."""
    assert (period.key, period.before.key) == (key, before)
    assert models.from_key(key) == (period if len(key) == 4 or "Q" in key else None)
