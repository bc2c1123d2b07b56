"""Activities: planned, held, told about afterwards, repeated weekly; numbers only, kept by their own terms."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.services.activities import NEW
from app.services.activities_form import MAX_PLACE, ActivityForm, ActivityKind, check, from_plain, to_plain
from app.services.models import MAX_NOTE
from sync.core import envelope
from sync.core.errors import BadInput, Forbidden, NotFound
from tests.support.native_app import synced
from tests.support.settled_team import DAY, Team, session_of

Tell = Callable[[Callable[[Team], Awaitable[None]]], None]
TODAY = date(2026, 11, 18)  # that of the team's clock
COFFEE = ActivityForm(
    kind=ActivityKind.COFFEE, day=TODAY + timedelta(days=1), time="10:00", minutes=120, place="Huiskamer De Hoef"
)


def test_the_days_of_these_tests_are_those_of_the_team_s_clock(tell: Tell) -> None:
    """Or none of them would mean anything."""

    async def story(t: Team) -> None:
        assert (await t.fatma()).activities.now().date() == TODAY

    tell(story)


def test_a_planned_activity_is_held_and_its_head_count_told_afterwards(tell: Tell) -> None:
    """Ahead: upcoming. Over: past, and asked about until told. The coordinator reads it; nobody's name is in it."""

    async def story(t: Team) -> None:
        fatma, joke = await t.fatma(), await t.joke()
        mine = await fatma.activities.save(COFFEE)
        assert [a.id for a in fatma.activities.upcoming()] == [mine]
        assert (fatma.activities.past(), fatma.activities.to_finish()) == ([], [])
        t.clock.now += 2 * DAY
        assert fatma.activities.upcoming() == []
        assert [a.id for a in fatma.activities.to_finish()] == [mine]
        told = replace(COFFEE, heads=14, helpers=2, how="Volle bak.", wishes=frozenset({"garden"}))
        await fatma.activities.save(told, mine)
        assert fatma.activities.to_finish() == []
        await synced(fatma, joke)
        [seen] = joke.activities.past()
        assert (seen.form, seen.by, seen.mine, seen.synced) == (told, "Fatma", False, True)
        assert joke.activities.to_finish() == []
        with pytest.raises(Forbidden):
            await joke.activities.save(told, mine)

    tell(story)


def test_count_and_detail_go_by_their_own_terms_in_one_transaction(tell: Tell) -> None:
    """Seven years and twelve months after the day; written together or not at all."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        log = session_of(fatma).log
        before = log.read(0, 10_000)[-1].position
        await fatma.activities.save(COFFEE)
        written = [envelope.parse(e.data) for e in log.read(before, 100)]
        changes = [e.header for e in written if e.header.nonce]
        assert sorted(h.expiry for h in changes) == [202711, 203311]
        assert {len(h.links) for h in changes} == {2}

    tell(story)


def test_nobody_is_asked_for_ever_how_it_was(tell: Tell) -> None:
    """After four weeks the question goes; what did not go ahead is taken away, and can be brought back."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        mine = await fatma.activities.save(COFFEE)
        t.clock.now += 3 * DAY
        await fatma.activities.set_removed(mine, True)
        assert fatma.activities.past() == []
        await fatma.activities.set_removed(mine, False)
        assert len(fatma.activities.to_finish()) == 1
        t.clock.now += 28 * DAY
        assert fatma.activities.to_finish() == []
        assert len(fatma.activities.past()) == 1

    tell(story)


def test_the_next_of_a_weekly_row_is_one_tap_away(tell: Tell) -> None:
    """Proposed once the last is over and nothing is planned, without what was told of it; not after its last day."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        first = await fatma.activities.save(replace(COFFEE, weekly=True, until=TODAY + timedelta(days=15)))
        assert fatma.activities.proposals() == []
        t.clock.now += 2 * DAY
        told = fatma.activities.one(first).form
        await fatma.activities.save(replace(told, heads=9, how="Fijn.", offers=frozenset({"jobs"})), first)
        [proposed] = fatma.activities.proposals()
        assert (proposed.last.id, proposed.day) == (first, TODAY + timedelta(days=8))
        second = await fatma.activities.repeat(first)
        made = fatma.activities.one(second).form
        assert made == replace(told, day=TODAY + timedelta(days=8), series=first)
        assert fatma.activities.proposals() == []
        with pytest.raises(NotFound):
            await fatma.activities.repeat(first)
        t.clock.now += 7 * DAY
        await fatma.activities.set_removed(second, True)  # did not go ahead: the week after is proposed
        [proposed] = fatma.activities.proposals()
        assert (proposed.last.id, proposed.day) == (first, TODAY + timedelta(days=15))
        third = await fatma.activities.repeat(first)
        t.clock.now += 7 * DAY
        assert fatma.activities.one(third).form.series == first
        assert fatma.activities.proposals() == [], "its last day has been"

    tell(story)


def test_a_row_that_stopped_is_not_proposed_for_ever(tell: Tell) -> None:
    """Five weeks after the last one the proposal goes: nobody is pushed."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        await fatma.activities.save(replace(COFFEE, day=TODAY - timedelta(days=1), weekly=True))
        t.clock.now += 30 * DAY
        assert len(fatma.activities.proposals()) == 1
        t.clock.now += 7 * DAY
        assert fatma.activities.proposals() == []

    tell(story)


@pytest.mark.parametrize(
    ("form", "refusal"),
    [
        (replace(COFFEE, kind=None), ("kind", "missing")),
        (replace(COFFEE, day=None), ("day", "when")),
        (replace(COFFEE, day=date(2019, 12, 31)), ("day", "far")),
        (replace(COFFEE, day=date(2029, 1, 1)), ("day", "far")),
        (replace(COFFEE, time="25:00"), ("time", "unknown")),
        (replace(COFFEE, time="9.30"), ("time", "unknown")),
        (replace(COFFEE, minutes=0), ("minutes", "unknown")),
        (replace(COFFEE, place="x" * (MAX_PLACE + 1)), ("place", "too_long")),
        (replace(COFFEE, weekly=True, until=TODAY), ("until", "before_day")),
        (replace(COFFEE, day=TODAY + timedelta(days=2), heads=3), ("heads", "future")),
        (replace(COFFEE, heads=-1), ("heads", "unknown")),
        (replace(COFFEE, helpers=501), ("helpers", "unknown")),
        (replace(COFFEE, how="x" * (MAX_NOTE + 1)), ("how", "too_long")),
        (replace(COFFEE, wishes=frozenset(map(str, range(21)))), ("wishes", "too_many")),
    ],
)
def test_a_form_that_can_t_be_saved_is_refused_at_its_field(form: ActivityForm, refusal: tuple[str, str]) -> None:
    """What is right about the others is right about this one."""
    check(COFFEE, TODAY)
    with pytest.raises(BadInput) as refused:
        check(form, TODAY)
    assert (refused.value.field, refused.value.why) == refusal


def test_what_is_refused_is_not_written(tell: Tell) -> None:
    """Neither a new one nor a change."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        mine = await fatma.activities.save(COFFEE)
        for known in (None, mine):
            with pytest.raises(BadInput):
                await fatma.activities.save(replace(COFFEE, place="Elders", heads=-1), known)
        assert [a.form for a in fatma.activities.upcoming()] == [COFFEE]

    tell(story)


def test_a_half_typed_activity_is_there_after_a_restart(tell: Tell) -> None:
    """Every field of it, of a new one and of a known one; saving drops it."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        mine = await fatma.activities.save(COFFEE)
        full = replace(
            COFFEE, heads=3, helpers=1, how="Fijn. ", place=" De Hoef ", weekly=True, until=TODAY, series=bytes(16)
        )
        await fatma.activities.keep_draft(NEW, full)
        await fatma.activities.keep_draft(mine.hex(), replace(full, heads=4))
        again = await t.fatma()
        assert again.activities.draft(NEW) == full
        assert again.activities.draft(mine.hex()) == replace(full, heads=4)
        await again.activities.save(COFFEE, mine)
        assert again.activities.draft(mine.hex()) is None
        assert again.activities.draft(NEW) == full

    tell(story)


def test_a_draft_of_another_version_is_read_as_far_as_it_goes() -> None:
    """What is of another type is left empty, never a reason to lose the rest."""
    raw = {**to_plain(COFFEE), "heads": "veel", "wishes": 3, "kind": "dans", "series": 1, "new": 5, "weekly": "ja"}
    assert from_plain(raw) == replace(COFFEE, kind=None)


def test_two_devices_that_tell_differently_how_it_was_show_both(tell: Tell) -> None:
    """Until a person chooses."""

    async def story(t: Team) -> None:
        fatma, laptop = await t.fatma(), await t.unlocked("laptop")
        mine = await fatma.activities.save(replace(COFFEE, day=TODAY - timedelta(days=1)))
        await synced(fatma, laptop)
        before = fatma.activities.one(mine).form
        await fatma.activities.save(replace(before, how="Druk."), mine)
        await asyncio.sleep(0.002)
        t.clock.now += 1000
        await laptop.activities.save(replace(before, how="Rustig."), mine)
        await synced(fatma, laptop, fatma)
        seen = fatma.activities.one(mine)
        assert {seen.form.how, *seen.other_notes} == {"Druk.", "Rustig."}
        await fatma.activities.save(replace(seen.form, how="Druk, toen rustig."), mine)
        assert fatma.activities.one(mine).other_notes == ()

    tell(story)
