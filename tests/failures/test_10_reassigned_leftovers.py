"""10. What is given to another leaves orphans, leftovers that anyone can read, or edits that never arrive.

Reported: medic/cht-conf #197, medic/cht-core #5701 and #11306 (a contact moved elsewhere stays on the phone; what is noted
of it is refused without a word, month after month), #7659, google/ground-android #2859 (a deleted record's edits stay in
the queue), #6363 (the same thing twice).

Promised instead: after a move a phone keeps what its owner wrote and nothing that belongs to the team left behind, on
screen or on disk; what was noted before arrives where it belongs; every half-typed form is found again, and can be
saved; nothing stays in the queue; and of a member who left, what was unsent waits for a coordinator.
"""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from app.services.app import App
from app.services.models import Outcome, QueueFilter, Role, Stage
from app.services.visit_draft import draft_key
from sync.core.errors import StraatError
from sync.core.ports import LogState
from tests.support.native_app import synced
from tests.support.settled_team import FATMA, FORM, Team, hushed, session_of, team
from tests.unit.test_device_syncer import notes, read_by, status


async def _moved(t: Team, joke: App, fatma: App, role: Role = Role.CONTACT) -> bytes:
    """Fatma works in another team from now on; its id."""
    south = await joke.trust.make_team(session_of(joke).team, "Zuid", [])
    await joke.trust.move(session_of(fatma).member, role, south)
    return south


def nothing_stuck(*apps: App) -> None:
    """Nothing is unsent, nothing is set aside, nothing misses, for anyone."""
    for app in apps:
        assert (status(app).unsent, status(app).aside, status(app).withheld) == (0, 0, 0), app.my_name


def test_who_is_moved_keeps_their_own_and_nothing_of_the_others(settled: Path, tmp_path: Path) -> None:
    """The old team's new addresses are gone from screen and disk; one's own visits are there, and can be changed."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, fatma = await t.joke(), await t.fatma()
            welcome = await joke.welcomes.add("Zalmstraat 77", joke.today())
            await synced(joke, fatma)
            mine = await fatma.save_visit(replace(FORM, note="van voor de verhuizing"))
            await fatma.sync_once()
            assert [w.address for w in fatma.welcomes.all()] == ["Zalmstraat 77"]
            await _moved(t, joke, fatma)
            await synced(fatma, joke, fatma)
            fatma = await t.fatma()
            assert fatma.welcomes.all() == []
            assert welcome not in session_of(fatma).replica.records
            whole = [e for e in session_of(fatma).log.read() if e.state != LogState.STUB]
            left = {h.device for h, _ in session_of(fatma).replica.headers()} - {session_of(fatma).device}
            assert all(len(e.data) < 60_000 for e in whole)
            assert left  # the stubs, and what the new team gave
            await fatma.save_visit(replace(FORM, note="van erna"), mine)
            await synced(fatma, joke)
            assert read_by(joke) == {"van erna"}
            nothing_stuck(fatma, joke)

    asyncio.run(story())


def test_what_was_noted_offline_before_the_move_was_known_arrives(settled: Path, tmp_path: Path) -> None:
    """A visit, a visit to an address of the old team, one planned: written after the move, on a phone that had not heard."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, fatma = await t.joke(), await t.fatma()
            first = await joke.welcomes.add("Zalmstraat 77", joke.today())
            await joke.welcomes.add("Zalmstraat 79", joke.today())
            await synced(joke, fatma)
            t.nets["fatma"].offline = True
            await _moved(t, joke, fatma)
            made = await notes(fatma, 1)
            await fatma.save_visit(replace(FORM, address="Zalmstraat 77", note="bij de zalm", welcome=first))
            second = next(w.id for w in fatma.welcomes.all() if w.address == "Zalmstraat 79")
            await fatma.welcomes.plan(second, fatma.today())
            t.nets["fatma"].offline = False
            await synced(fatma, joke, fatma, joke)
            assert read_by(joke) == made | {"bij de zalm"}
            assert len(joke.queue(QueueFilter.ALL)) == 2
            for item in joke.trust.quarantine():  # what she says of the old team's addresses, a coordinator looks at
                await joke.trust.adopt(item.id)
            await synced(joke, fatma)
            assert [w.done for w in joke.welcomes.all() if w.id == first] == [True]
            nothing_stuck(joke, fatma)

    asyncio.run(story())


@pytest.mark.parametrize("restarts", [False, True])
def test_a_form_half_typed_for_an_address_of_the_old_team_is_found_and_saved(
    settled: Path, tmp_path: Path, restarts: bool
) -> None:
    """The address went with the team; what was typed did not."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, fatma = await t.joke(), await t.fatma()
            welcome = await joke.welcomes.add("Zalmstraat 77", joke.today())
            await synced(joke, fatma)
            key = draft_key(None, welcome)
            typed = replace(FORM, address="Zalmstraat 77", note="half getypt", welcome=welcome, outcome=Outcome.MET)
            await fatma.save_draft(key, typed)
            await _moved(t, joke, fatma)
            await synced(fatma, joke, fatma)
            if restarts:
                fatma = await t.fatma()
                await fatma.sync_once()
                fatma = await t.fatma()
            assert (fatma.visit_drafts(), fatma.draft(key)) == ([key], typed)
            await fatma.save_visit(typed, None, key)
            await synced(fatma, joke)
            assert (fatma.visit_drafts(), read_by(joke)) == ([], {"half getypt"})
            nothing_stuck(joke, fatma)

    asyncio.run(story())


def test_a_form_of_what_was_erased_is_gone_with_it(settled: Path, tmp_path: Path) -> None:
    """Consent taken back on the laptop: also the half-typed change on the phone leaves nothing that can be read."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, laptop = await t.fatma(), await t.unlocked("laptop")
            visit = await fatma.save_visit(FORM)
            await synced(fatma, laptop)
            await fatma.save_draft(visit.hex(), replace(FORM, note="nog iets"))
            await laptop.change_consent(visit, noted=False, shared=False)
            await synced(laptop, fatma)
            fatma = await t.fatma()
            assert fatma.visit_drafts() == []
            assert session_of(fatma).log.drafts() == {}

    asyncio.run(story())


def test_consent_that_changes_takes_the_half_typed_change_along(settled: Path, tmp_path: Path) -> None:
    """No longer shared: the visit stands anew, and so does what was typed of it."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            visit = await fatma.save_visit(FORM)
            await fatma.save_draft(visit.hex(), replace(FORM, note="nog iets"))
            fresh = await fatma.change_consent(visit, noted=True, shared=False)
            assert fatma.visit_drafts() == [fresh.hex()]
            fatma = await t.fatma()
            draft = fatma.draft(fresh.hex())
            assert draft is not None
            assert (draft.note, draft.shared) == ("nog iets", False)

    asyncio.run(story())


def test_another_role_leaves_no_edit_that_never_arrives(settled: Path, tmp_path: Path) -> None:
    """A contact person becomes a collector, offline meanwhile: what was noted before arrives, what may not be said later
    is told as such on the phone, and the rest goes on.
    """

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, fatma = await t.joke(), await t.fatma()
            made = await notes(fatma, 1)
            await synced(fatma, joke)
            t.nets["fatma"].offline = True
            made |= await notes(fatma, 1, first=1)
            await joke.trust.move(session_of(fatma).member, Role.COLLECTOR, session_of(joke).team)
            t.nets["fatma"].offline = False
            await synced(fatma, joke, fatma)
            assert read_by(joke) == made
            assert {v.form.note for v in fatma.visits()} == made
            nothing_stuck(joke, fatma)
            assert session_of(joke).replica.quarantine == {}

    asyncio.run(story())


def test_of_a_member_who_left_what_was_unsent_waits_for_a_coordinator(settled: Path, tmp_path: Path) -> None:
    """The phone hands in and wipes itself; nothing of it is left on it; the coordinator adopts, and it is there once."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, fatma = await t.joke(), await t.fatma()
            made = await notes(fatma, 1)
            await synced(fatma, joke)
            made |= await notes(fatma, 2, first=1)
            await fatma.save_draft("new", FORM)
            await joke.trust.revoke_member(session_of(fatma).member)
            with pytest.raises(StraatError, match="revoked"):
                await fatma.sync_once()
            await fatma.signing_off.leave(session_of(fatma))
            assert fatma.stage is Stage.SIGNED_OFF
            assert fatma.live.require_log().drafts() == {}
            assert fatma.live.require_log().read() == []
            await joke.sync_once()
            waiting = joke.trust.quarantine()
            assert len(waiting) == 4
            for item in waiting:
                await joke.trust.adopt(item.id)
            await joke.sync_once()
            assert (read_by(joke), joke.trust.quarantine()) == (made, [])
            assert len(joke.queue(QueueFilter.ALL)) == 3
            back = t.device("back")
            await back.start((await joke.invite_back(session_of(joke).roll.state.left[
                next(iter(session_of(joke).roll.state.left))].member)).url)  # fmt: skip
            await back.accept("", FATMA)
            await hushed(back)
            await synced(back, joke, joke, back)
            assert {v.form.note for v in back.visits()} == made

    asyncio.run(story())
