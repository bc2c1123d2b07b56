"""Two devices of one member that write at the same time: both texts are shown until a person has chosen."""

import asyncio
from dataclasses import replace
from pathlib import Path

from app.services.models import Gift, Outcome
from tests.support.native_app import synced
from tests.support.settled_team import FORM, team


def test_two_devices_that_edit_one_note_show_both_until_it_is_saved_again(settled: Path, tmp_path: Path) -> None:
    """Every reader sees both texts, the same one first; saving again, whichever text, ends it for all."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, laptop, joke = await t.fatma(), await t.unlocked("laptop"), await t.joke()
            visit = await fatma.save_visit(FORM)
            await synced(fatma, laptop, joke)
            await fatma.save_visit(replace(FORM, note="van de telefoon"), visit)
            t.clock.now += 1
            await laptop.save_visit(replace(FORM, note="van de laptop"), visit)
            assert fatma.visit(visit).other_notes == ()  # nobody knows of the other yet
            await synced(laptop, fatma, laptop, joke)
            for app in (fatma, laptop, joke):
                seen = app.visit(visit)
                assert seen.form.note == "van de laptop"
                assert seen.other_notes == (("Fatma", "van de telefoon"),)
            both = replace(FORM, note="van de laptop")
            await fatma.save_visit(both, visit)  # the same text chosen: that is a choice too
            await synced(fatma, laptop, joke)
            for app in (fatma, laptop, joke):
                assert app.visit(visit).other_notes == ()
                assert app.visit(visit).form == both

    asyncio.run(story())


def test_edits_of_different_fields_at_the_same_time_both_stay(settled: Path, tmp_path: Path) -> None:
    """Who changed the gift does not undo who changed the outcome."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, laptop, joke = await t.fatma(), await t.unlocked("laptop"), await t.joke()
            visit = await fatma.save_visit(FORM)
            await synced(fatma, laptop)
            await fatma.save_visit(replace(FORM, gift=Gift.CAKE), visit)
            await laptop.save_visit(replace(FORM, outcome=Outcome.LATER), visit)
            await synced(fatma, laptop, fatma, joke)
            wanted = replace(FORM, gift=Gift.CAKE, outcome=Outcome.LATER)
            for app in (fatma, laptop, joke):
                assert app.visit(visit).form == wanted
                assert app.visit(visit).other_notes == ()

    asyncio.run(story())


def test_an_edit_made_while_another_device_removed_the_visit_is_not_lost(settled: Path, tmp_path: Path) -> None:
    """What was written without knowing of the removal is shown again, on every device."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, laptop, joke = await t.fatma(), await t.unlocked("laptop"), await t.joke()
            visit = await fatma.save_visit(FORM)
            await synced(fatma, laptop)
            await fatma.remove_visit(visit)
            edited = replace(FORM, note="nog iets bij bedacht")
            await laptop.save_visit(edited, visit)
            await synced(fatma, laptop, fatma, joke)
            assert [v.form for v in fatma.visits()] == [edited]
            assert [v.form for v in laptop.visits()] == [edited]
            assert joke.visit(visit).form == edited

    asyncio.run(story())
