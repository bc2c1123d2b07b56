"""A device whose clock is a day off: it is told, its stamps are corrected, and nothing of it is lost."""

import asyncio
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.services.app import App
from app.services.models import QueueFilter, ReviewState
from sync.core.errors import BadInput
from tests.support.native_app import TestClock, synced
from tests.support.settled_team import DAY, FATMA, FORM, MINUTE, hushed, session_of, team

OFF = DAY + 60 * MINUTE


def stamped(app: App, visit: bytes) -> int:
    """When the visit was written, by its stamp."""
    [version] = session_of(app).replica.records[visit].fields["count.day"].live()
    return version.stamp.millis


@pytest.mark.parametrize("off", [OFF, -OFF])
def test_a_clock_a_day_off_is_told_and_the_stamps_are_corrected(settled: Path, tmp_path: Path, off: int) -> None:
    """After a first round the status says how far; what is written then bears the server's time and merges."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke = await t.joke()
            fatma = await t.unlocked("fatma", clock=TestClock(t.clock.millis() + off))
            assert fatma.sync_status().clock_off_minutes == 0
            await fatma.sync_once()
            assert fatma.sync_status().clock_off_minutes == -off // MINUTE
            t.clock.now += MINUTE
            fatma.live.world.clock.now += MINUTE  # type: ignore[attr-defined]
            visit = await fatma.save_visit(FORM)
            assert stamped(fatma, visit) == t.clock.millis()
            await synced(fatma, joke)
            assert [v.form for v in joke.queue(QueueFilter.OPEN)] == [FORM]
            await joke.review(visit, ReviewState.SEEN, "Mooi")
            await synced(joke, fatma)
            word = fatma.visit(visit).review
            assert word is not None
            assert word.reply == "Mooi"

    asyncio.run(story())


@pytest.mark.parametrize("off", [OFF, -OFF])
def test_what_was_written_offline_by_a_wrong_clock_syncs_and_does_not_win_for_ever(
    settled: Path, tmp_path: Path, off: int
) -> None:
    """The visit is there with its odd stamp; a later change by a right clock is what everyone shows."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, laptop = await t.joke(), await t.unlocked("laptop")
            fatma = await t.unlocked("fatma", clock=TestClock(t.clock.millis() + off))
            t.nets["fatma"].offline = True
            visit = await fatma.save_visit(FORM)
            assert (stamped(fatma, visit) > t.clock.millis()) == (off > 0)
            t.nets["fatma"].offline = False
            await synced(fatma, joke, laptop)
            assert joke.visit(visit).form == FORM
            t.clock.now += MINUTE
            later = replace(FORM, note="later, met een goede klok")
            await laptop.save_visit(later, visit)
            await synced(laptop, joke, fatma)
            assert joke.visit(visit).form == laptop.visit(visit).form == fatma.visit(visit).form == later
            assert joke.visit(visit).other_notes == ()
            assert session_of(joke).writer.stamp().millis <= t.clock.millis() + 1  # it did not follow the wrong clock

    asyncio.run(story())


def test_a_clock_days_behind_does_not_call_today_the_future(settled: Path, tmp_path: Path) -> None:
    """Once the server has told the time, today's visit can be saved; the day after tomorrow still can't."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.unlocked("fatma", clock=TestClock(t.clock.millis() - 5 * DAY))
            with pytest.raises(BadInput):
                await fatma.save_visit(FORM)
            await fatma.sync_once()
            await fatma.save_visit(FORM)
            with pytest.raises(BadInput):
                await fatma.save_visit(replace(FORM, day=date(2026, 11, 21)))

    asyncio.run(story())


def test_a_few_minutes_are_not_worth_a_word(settled: Path, tmp_path: Path) -> None:
    """Below ten minutes nothing is said and nothing is corrected."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = t.device("fatma", TestClock(t.clock.millis() + 9 * MINUTE))
            await fatma.start()
            await fatma.unlock(FATMA)
            await hushed(fatma)
            await fatma.sync_once()
            assert fatma.sync_status().clock_off_minutes == 0
            assert session_of(fatma).writer.now() == t.clock.millis() + 9 * MINUTE

    asyncio.run(story())
