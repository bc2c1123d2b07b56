"""5. The recovery key is lost, or a reset is half done.

Reported: element-hq/element-web #14874 (whoever lost the key resets everything, and old messages stay shut for ever),
#27806 (a reset that stops half-way leaves an account that trusts itself no longer).

Promised instead: what is possible is offered and what is not is said, before anything is done. A lost sheet is replaced,
and the old one opens nothing any more. Starting again with a forgotten PIN destroys nothing: what was unsent is sent, and
the old vault stays beside the new one. Stopped at any step, it goes on or begins again.
"""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from app.services.app import App
from app.services.models import Alert, Role, Stage
from sync.core.errors import BadInput, StraatError, WrongSecret
from tests.support.faulty_transport import Fault
from tests.support.native_app import synced
from tests.support.screens import Person
from tests.support.settled_team import JOKE, Team, hushed, team
from tests.unit.test_device_syncer import notes, read_by
from tests.unit.test_services_enrolment import Killed, dies_at_roll

PHRASE = "zachte landing samen"


async def _by_sheet(t: Team, name: str, words: str) -> App:
    app = t.device(name)
    await app.start()
    await app.open_invitation(words)
    return app


def test_a_lost_sheet_is_replaced_and_opens_nothing_any_more(settled: Path, tmp_path: Path) -> None:
    """The coordinator is told that there is none, makes another; who finds the first is told that it is used up."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke = await t.joke()
            await joke.sync_once()
            assert Alert.NO_SHEET in {n.alert for n in joke.trust.notices()}
            lost = await joke.trust.make_sheet()
            assert Alert.NO_SHEET not in {n.alert for n in joke.trust.notices()}
            await joke.trust.revoke_sheet(joke.trust.sheets()[0].id)
            assert Alert.NO_SHEET in {n.alert for n in joke.trust.notices()}
            found = await _by_sheet(t, "finder", " ".join(lost.words))
            assert (found.look, found.look_error) == (None, "invitation_unknown")
            fresh = await joke.trust.make_sheet()
            back = await _by_sheet(t, "back", " ".join(fresh.words))
            assert back.look is not None
            assert back.look.sheet

    asyncio.run(story())


@pytest.mark.parametrize("fault", [Fault.DROP, Fault.LOSE])
def test_coming_back_by_a_sheet_goes_on_wherever_it_stopped(settled: Path, tmp_path: Path, fault: Fault) -> None:
    """The answer is lost, the phone dies before it is written down: at the next unlock the same device is in, and reads
    all that was there; the sheet is used up, and says so to whoever comes with it again.
    """

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            made = await notes(fatma, 2)
            sheet = await joke.trust.make_sheet()
            await synced(fatma, joke)
            back = await _by_sheet(t, "back", " ".join(sheet.words))
            t.nets["back"].next("enrol", fault)
            with pytest.raises(StraatError):
                await back.accept("", PHRASE)
            assert back.stage is Stage.ENROLLING
            dies_at_roll(back, 1)
            with suppress(Killed):
                await back.retry_enrolment()
            back.live.require_log().close()
            back = t.device("back")
            await back.start()
            await back.unlock(PHRASE)
            await hushed(back)
            await synced(back, joke, back)
            assert (back.stage, back.role, read_by(back)) == (Stage.OPEN, Role.COORDINATOR, made)
            again = await _by_sheet(t, "again", " ".join(sheet.words))
            assert again.look is None
            assert again.look_error in ("invitation_used", "invitation_unknown")

    asyncio.run(story())


def test_a_wrong_word_is_told_where_it_stands_and_costs_nothing(settled: Path, tmp_path: Path) -> None:
    """One word misread: it is named, and with the right one it opens."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke = await t.joke()
            sheet = await joke.trust.make_sheet()
            wrong = list(sheet.words)
            wrong[4] = "xyzzy"
            back = t.device("back")
            await back.start()
            with pytest.raises(BadInput):
                await back.open_invitation(" ".join(wrong))
            await back.open_invitation(" ".join(sheet.words))
            assert back.look is not None

    asyncio.run(story())


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_starting_again_with_a_forgotten_pin_destroys_nothing_wherever_it_stops(
    settled: Path, tmp_path: Path, steps: int
) -> None:
    """Dead after each step (set aside, invited, let in): what was unsent arrives, and the old vault is still there."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, fatma = await t.joke(), await t.fatma()
            made = await notes(fatma, 2)
            fatma.live.require_log().close()
            link = (await (await t.unlocked("laptop")).second_device()).url
            phone = t.device("fatma")
            await phone.start()
            with pytest.raises(WrongSecret):
                await phone.unlock("000111")
            await phone.start_over()
            if steps == 1:
                phone.live.require_log().close()
                phone = t.device("fatma")
                await phone.start()
            assert phone.stage is Stage.WELCOME
            await phone.open_invitation(link)
            if steps == 2:
                phone.live.require_log().close()
                phone = t.device("fatma")
                await phone.start(link)
            if steps == 3:
                t.nets["fatma"].next("enrol", Fault.LOSE)
                with pytest.raises(StraatError):
                    await phone.accept("", "830261")
                phone.live.require_log().close()
                phone = t.device("fatma")
                await phone.start()
                await phone.unlock("830261")
            else:
                await phone.accept("", "830261")
            await hushed(phone)
            await synced(phone, joke)
            assert read_by(joke) == made
            assert {v.form.note for v in phone.visits()} == made
            assert phone.live.require_log().get("kept vault 1") is not None

    asyncio.run(story())


def test_the_last_coordinator_is_told_in_time_what_can_be_lost(settled: Path, tmp_path: Path) -> None:
    """Alone and without a sheet: both are said on the first screen, each with the way to mend it; and behind the lock it
    is said what a forgotten secret costs, before anything is done.
    """

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke = t.device("joke")
            person = Person(joke)
            await person.arrive()
            await joke.start()
            await person.breathe()
            await person.tap("Pincode vergeten")
            assert person.sees("Niemand kan je pincode terughalen")
            assert person.sees("gebruik je herstelblad")
            await joke.unlock(JOKE)
            await hushed(joke)
            assert {Alert.ALONE, Alert.NO_SHEET} <= {n.alert for n in joke.trust.notices()}

    asyncio.run(story())
