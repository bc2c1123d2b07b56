"""The organisation's own terms: never longer than the app's, never a note too early, the same for every team."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services import retention
from app.services.app import App
from app.services.law.terms import BOUNDS, OF, USUAL, Kept, Terms, read, sooner
from app.services.records import month_after
from sync.core.errors import BadInput, Forbidden
from sync.core.ports import LogState
from sync.core.rights import TABLE
from sync.device import meta
from tests.support.native_app import synced
from tests.support.settled_team import DAY, FORM, session_of, team
from tests.support.traces import bodies, lies_in
from tests.unit.test_records_docs import _note, documented

EPOCH = date(1970, 1, 1)
lengths = st.fixed_dictionaries({kept: st.integers(*BOUNDS[kept]) for kept in Kept})
months = st.integers(2020, 2040).flatmap(lambda y: st.integers(1, 12).map(lambda m: y * 100 + m))


# -- the rule ---------------------------------------------------------------------------------------------


@given(months, st.integers(0, 200), st.integers(0, 200))
def test_months_are_counted_back_as_on_a_calendar(month: int, a: int, b: int) -> None:
    """There and back again, in any steps."""
    assert sooner(sooner(month, a), -a) == month
    assert sooner(sooner(month, a), b) == sooner(month, a + b)
    assert 1 <= sooner(month, a) % 100 <= 12


@given(st.lists(st.tuples(st.integers(18_000, 20_000), lengths), max_size=4), st.integers(18_000, 20_000), st.data())
def test_nothing_goes_before_its_day_and_the_shortest_term_that_was_ever_set(
    settings: list[tuple[int, dict[Kept, int]]], written: int, data: st.DataObject
) -> None:
    """Whatever settings followed each other, and whether its author knew of the one of that time: a note stays as long
    as the term that holds now, and never longer than its author signed.
    """
    settings = sorted(settings, key=lambda s: s[0])
    what = data.draw(st.sampled_from(sorted(OF)))
    kept = OF[what]
    held = [USUAL[kept], *(length[kept] for day, length in settings if day <= written)]
    known = held[-1] if data.draw(st.booleans()) else held[max(len(held) - 2, 0)]
    base = EPOCH + timedelta(days=written)
    signed = month_after(base, known)
    now = settings[-1][1] if settings else USUAL
    since = sooner(month_after(EPOCH + timedelta(days=settings[-1][0]), 0), -1) if settings else 0
    goes = Terms(now, since, tuple(settings)).month_of(what, signed, written)
    assert goes <= signed
    assert goes >= min(signed, month_after(base, now[kept]), month_after(base, held[-1]))
    assert goes == signed or goes >= max(sooner(since, 1), month_after(EPOCH + timedelta(days=written), 1))


@given(
    st.one_of(st.text(), st.dictionaries(st.text(), st.integers()).map(str), st.just('{"detail": true, "count": 1}'))
)
def test_a_setting_of_another_version_never_breaks_the_bounds(said: str) -> None:
    """Whatever it holds: each class lies within its bounds, and what is no number changes nothing."""
    found = read(said)
    assert all(BOUNDS[kept][0] <= found[kept] <= BOUNDS[kept][1] for kept in Kept)
    assert read("[1]") == read("nonsense") == read('{"detail": true}') == USUAL


def test_every_kind_has_a_term_or_ends_in_another_way() -> None:
    """A new kind of record has to be thought of."""
    others = {
        "member",
        "area",
        "mark",
        "street",
        "round",
        "walk",
        "door",
        "adoption",
        "grant",
        "report",
        "setting",
        "offer",
    }
    ends_otherwise = {"story/publication"}  # on its day, or when it is withdrawn
    rows = {f"{kind}/{group}" for kind, group in TABLE if group not in ("life", "erase") and kind not in others}
    assert rows - ends_otherwise == set(OF) - {"round/result"}


# -- on real devices --------------------------------------------------------------------------------------


def notes(app: App) -> set[str]:
    """What the author reads."""
    return {v.form.note for v in app.visits() if v.detail}


def test_a_shorter_term_holds_for_new_notes_at_once_and_for_old_ones_from_the_next_month(
    settled: Path, tmp_path: Path
) -> None:
    """New ones are signed so, and the server drops them then; old ones stay until the setting holds, are told
    beforehand, and go from every phone; the count stays.
    """

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            old = replace(FORM, shared=False, note="van november, alleen van mij")
            visit = await fatma.save_visit(old)
            await synced(fatma, joke)
            sealed = list(bodies(fatma, visit, "detail").values())
            t.clock.now += 121 * DAY
            await synced(fatma, joke)
            today = joke.today()
            assert today == date(2027, 3, 19)
            three = {**USUAL, Kept.DETAIL: 3}
            assert joke.law.keeping.would_go(three, today) == {}, "hers alone can't be seen here"
            assert fatma.law.keeping.would_go(three, today) == {"visit/detail": 1}
            await joke.law.keeping.put(three, today)
            await synced(joke, fatma)
            assert fatma.law.keeping.terms().length == three
            new = await fatma.save_visit(replace(FORM, day=today, note="nieuw"))
            session = session_of(fatma)
            [detail] = bodies(fatma, new, "detail")
            [count] = bodies(fatma, new, "count")
            assert session.replica.origins[detail].expiry == month_after(today, 3)
            assert session.replica.origins[count].expiry == month_after(today, 84)
            assert notes(fatma) == {"van november, alleen van mij", "nieuw"}
            told = [g for g in fatma.retention.coming() if g.what == "visit/detail"]
            assert [(g.day, g.count) for g in told] == [(date(2027, 4, 1), 1)]
            await fatma.sync_once()
            t.clock.now += 13 * DAY
            await synced(fatma)
            assert notes(fatma) == {"nieuw"}
            assert {v.id for v in fatma.visits()} >= {visit, new}
            assert lies_in(tmp_path / "fatma", sealed) == []
            assert lies_in(tmp_path / "server", sealed), "sealed until the month that its author signed"
            again = await t.fatma()
            assert notes(again) == {"nieuw"}
            assert session_of(again).replica.withheld == set()
            t.clock.now += 120 * DAY
            await t.asgi.state.service.drop_expired()
            assert lies_in(tmp_path / "server", bodies(fatma, new, "detail").values()) == []

    asyncio.run(story())


def test_a_mistake_can_be_set_back_in_time(settled: Path, tmp_path: Path) -> None:
    """Before the next month: then nothing went."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            await fatma.save_visit(replace(FORM, shared=False, note="van november"))
            await synced(fatma, joke)
            t.clock.now += 121 * DAY
            await synced(fatma, joke)
            await joke.law.keeping.put({**USUAL, Kept.DETAIL: 3}, joke.today())
            await synced(joke, fatma)
            t.clock.now += DAY
            await joke.law.keeping.put(USUAL, joke.today())
            await synced(joke, fatma)
            t.clock.now += 20 * DAY
            await synced(joke, fatma)
            assert notes(fatma) == {"van november"}

    asyncio.run(story())


def test_what_is_not_sent_stays_whatever_the_setting(settled: Path, tmp_path: Path) -> None:
    """No note is lost because a coordinator tidied up."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            old = await fatma.save_visit(replace(FORM, shared=False, note="nooit aangekomen"))
            await synced(fatma, joke)
            t.clock.now += 121 * DAY
            await joke.law.keeping.put({**USUAL, Kept.DETAIL: 3}, joke.today())
            await synced(joke, fatma)
            session = session_of(fatma)
            late = await fatma.save_visit(replace(FORM, day=date(2026, 7, 3), note="laat genoteerd"))
            [detail] = bodies(fatma, late, "detail")
            assert session.replica.origins[detail].expiry == 202704, "noted late: a month at least"
            session.log.mark(sorted(bodies(fatma, old)), LogState.PENDING)
            t.clock.now += 20 * DAY
            session.log.put({meta.SERVER_TIME: meta.int_bytes(t.clock.now)})
            await retention.tidy(session)
            assert notes(fatma) == {"nooit aangekomen", "laat genoteerd"}
            await fatma.sync_once()
            await retention.tidy(session)
            assert notes(fatma) == {"laat genoteerd"}, "once the server has it"

    asyncio.run(story())


def test_only_the_top_team_sets_terms_within_bounds_and_new_teams_hear_of_them(settled: Path, tmp_path: Path) -> None:
    """A contact person can't; nothing outside of the bounds; a team that is founded later gets them too."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            with pytest.raises(Forbidden):
                await fatma.law.keeping.put(USUAL, fatma.today())
            for kept, (least, most) in BOUNDS.items():
                for wrong in (least - 1, most + 1):
                    with pytest.raises(BadInput) as error:
                        await joke.law.keeping.put({**USUAL, kept: wrong}, joke.today())
                    assert error.value.field == "terms"
            await joke.law.keeping.put({**USUAL, Kept.DRAFT: 7}, joke.today())
            below = await joke.trust.make_team(session_of(joke).team, "Muntel", ())
            await synced(joke, joke)
            told = {t for r in session_of(joke).view.ask("SELECT teams FROM terms") for t in r["teams"].split(",")}
            assert below.hex() in told
            assert len(session_of(joke).view.ask("SELECT 1 FROM terms")) == 2
            await synced(joke, fatma)
            assert retention.draft_days(session_of(fatma)) == 7
            assert [e.what for e in joke.trail.events(10)] == ["decided"]
            written: dict[tuple[str, str], set[str]] = {}
            _note(joke, written)
            assert written["setting", "keeping"] == documented()["setting", "keeping"]

    asyncio.run(story())
