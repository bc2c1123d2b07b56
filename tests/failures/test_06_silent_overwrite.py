"""6. One edit silently overwrites another, or nothing was changed and everything is in conflict.

Reported: getodk/central #698 (two people change one entity offline; the later upload won and nobody was told),
laurent22/joplin #12375 (hundreds of conflicts about notes that nobody had touched), pubkey/rxdb #5843 (what was changed
while a pull was under way is lost).

Promised instead: of two edits that did not know of each other both are kept and shown, whatever the clocks say, until a
person chooses. Saving without a change writes nothing, so it contradicts nobody. What is typed while things come in stays.
"""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from app.services.activities_form import ActivityForm, ActivityKind
from app.services.app import App
from app.services.models import QueueFilter
from app.services.stories_form import StoryForm
from tests.support.faulty_transport import Hold
from tests.support.native_app import TestClock, synced
from tests.support.settled_team import DAY, FORM, session_of, team


def notes_of(app: App, visit: bytes) -> set[str]:
    """Every version of a visit's note that is on screen."""
    v = app.visit(visit)
    return {v.form.note, *(words for _who, words in v.other_notes)}


@pytest.mark.parametrize("off", [-400 * DAY, -3 * DAY, 0, 3 * DAY, 400 * DAY])
def test_two_offline_edits_are_both_kept_and_shown_whatever_the_clock(settled: Path, tmp_path: Path, off: int) -> None:
    """The laptop's clock is days off, or more than a year: neither edit wins, on no device; a choice ends it."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            visit = await fatma.save_visit(FORM)
            laptop = await t.unlocked("laptop", clock=TestClock(t.clock.now + off))
            await synced(fatma, laptop, joke)
            for name in ("fatma", "laptop"):
                t.nets[name].offline = True
            await fatma.save_visit(replace(fatma.visit(visit).form, note="van de telefoon"), visit)
            await laptop.save_visit(replace(laptop.visit(visit).form, note="van de laptop"), visit)
            for name in ("fatma", "laptop"):
                t.nets[name].offline = False
            await synced(laptop, fatma, laptop, joke)
            for app in (fatma, laptop, joke):
                assert notes_of(app, visit) == {"van de telefoon", "van de laptop"}
            await fatma.save_visit(replace(fatma.visit(visit).form, note="allebei waar"), visit)
            await synced(fatma, laptop, joke)
            for app in (fatma, laptop, joke):
                assert notes_of(app, visit) == {"allebei waar"}

    asyncio.run(story())


def test_saving_without_a_change_contradicts_nobody(settled: Path, tmp_path: Path) -> None:
    """A visit, an activity and a story, opened and saved on the laptop while the phone changes them: the change stands,
    alone, and the laptop has written nothing.
    """

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, laptop = await t.fatma(), await t.unlocked("laptop")
            visit = await fatma.save_visit(FORM)
            coffee = ActivityForm(
                ActivityKind.COFFEE, fatma.today(), "10:00", 120, "De Slinger", 12, 2, how="Gezellig."
            )
            activity = await fatma.activities.save(coffee)
            bench = StoryForm(True, "De bank", "Er staat een bank.")
            told = await fatma.stories.save(bench, b"", offer=True)
            await synced(fatma, laptop)
            before = sum(session_of(laptop).log.count().values())
            await laptop.save_visit(laptop.visit(visit).form, visit)
            await laptop.activities.save(laptop.activities.one(activity).form, activity)
            await laptop.stories.save(laptop.stories.one(told).form, b"", told)
            assert sum(session_of(laptop).log.count().values()) == before
            await fatma.save_visit(replace(FORM, note="Toch een taart."), visit)
            await fatma.activities.save(replace(coffee, how="Vol."), activity)
            await fatma.stories.save(replace(bench, text="Nu met rugleuning."), b"", told)
            await synced(fatma, laptop, fatma)
            for app in (fatma, laptop):
                assert notes_of(app, visit) == {"Toch een taart."}
                assert (app.activities.one(activity).form.how, app.activities.one(activity).other_notes) == ("Vol.", ())
                assert app.stories.one(told).form.text == "Nu met rugleuning."
                assert app.stories.one(told).other_texts == ()

    asyncio.run(story())


def test_what_is_written_while_a_page_comes_in_stays(settled: Path, tmp_path: Path) -> None:
    """The pull is under way, another version of the same visit in it: both are there afterwards."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, laptop, hold = await t.fatma(), await t.unlocked("laptop"), Hold()
            visit = await fatma.save_visit(FORM)
            await synced(fatma, laptop)
            await laptop.save_visit(replace(FORM, note="van de laptop"), visit)
            await laptop.sync_once()
            t.nets["fatma"].next("pull", hold)
            going = asyncio.create_task(fatma.sync_once())
            await hold.arrived.wait()
            await fatma.save_visit(replace(FORM, note="onderweg getypt"), visit)
            hold.release.set()
            await going
            await synced(fatma, laptop)
            for app in (fatma, laptop):
                assert notes_of(app, visit) == {"van de laptop", "onderweg getypt"}

    asyncio.run(story())


def test_every_field_that_was_changed_in_two_places_is_shown_and_chosen(settled: Path, tmp_path: Path) -> None:
    """Not the note alone: another address, another day to come back. Until then the other one is on screen as well."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, laptop, joke = await t.fatma(), await t.unlocked("laptop"), await t.joke()
            visit = await fatma.save_visit(FORM)
            await synced(fatma, laptop)
            await fatma.save_visit(replace(FORM, address="Tulpstraat 14"), visit)
            await laptop.save_visit(replace(FORM, address="Tulpstraat 16"), visit)
            await synced(fatma, laptop, fatma, joke)
            for app in (fatma, laptop, joke):
                v = app.visit(visit)
                [other] = v.others
                assert (other.field, {v.form.address, other.form.address}) == (
                    "address",
                    {"Tulpstraat 14", "Tulpstraat 16"},
                )
            v = fatma.visit(visit)
            await fatma.choose_version(visit, "address", v.others[0].form)
            await synced(fatma, laptop, joke)
            for app in (fatma, laptop, joke):
                assert (app.visit(visit).form.address, app.visit(visit).others) == (v.others[0].form.address, ())
            assert len(joke.queue(QueueFilter.ALL)) == 1

    asyncio.run(story())
