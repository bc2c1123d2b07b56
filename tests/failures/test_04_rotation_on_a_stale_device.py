"""4. A rotation of keys, or another secret, on a device that is behind destroys data.

Reported: bitwarden/clients #7709 (the list had not come in; whoever then renewed the key lost everything that was sealed
under the old one) and dani-garcia/vaultwarden #3152 (one note was too large for the new form; what came after it was left
under a key that was gone).

Promised instead: renewing never seals an old note anew, and no old key is ever given up. Who decides about another's
device takes in first what is on the server, so that nothing falls beyond the line that is drawn. A phone that was off for
months sends what it had, under the keys of then, and everyone can read it.
"""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from app.services.models import QueueFilter, Role
from sync.core.errors import Unreachable
from tests.support.faulty_transport import Fault
from tests.support.native_app import synced
from tests.support.settled_team import DAY, FATMA, FORM, Team, hushed, session_of, team
from tests.unit.test_device_syncer import notes, read_by


async def _months_of_change(t: Team) -> None:
    """While a phone is off: someone joins and is signed off again, a laptop too, and a team is made."""
    joke = await t.joke()
    bram = t.device("bram")
    await bram.start((await joke.invite("Bram", Role.CONTACT)).url)
    await bram.accept("Bram", FATMA)
    await hushed(bram)
    await joke.sync_once()
    await joke.trust.revoke_member(session_of(bram).member)
    laptop = await t.unlocked("laptop")
    await joke.sync_once()
    await joke.trust.revoke_device(session_of(laptop).device)
    await joke.trust.make_team(session_of(joke).team, "Zuid", [])
    await joke.sync_once()


def test_a_phone_that_was_off_for_months_sends_what_it_had_and_all_of_it_is_read(settled: Path, tmp_path: Path) -> None:
    """Four renewals later, and with another PIN: what it noted before and after is read by everyone, none twice."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            made = await notes(fatma, 1)
            await fatma.sync_once()
            t.nets["fatma"].offline = True
            made |= await notes(fatma, 2, first=1)
            t.clock.now += 100 * DAY
            await _months_of_change(t)
            await fatma.safety.change_secret(FATMA, "830261")
            made |= await notes(fatma, 1, first=3)
            fatma.live.require_log().close()
            fatma = await t.unlocked("fatma", "830261")
            epochs = {r.epoch for r in session_of(await t.joke()).roll.state.rings.values()}
            assert max(epochs) >= 3
            joke = await t.joke()
            await synced(fatma, joke, fatma)
            made |= await notes(fatma, 1, first=4)
            await synced(fatma, joke)
            assert read_by(joke) == made
            assert len(joke.queue(QueueFilter.ALL)) == len(made)
            for app in (fatma, joke):
                assert (app.sync_status().unsent, app.sync_status().aside, app.sync_status().withheld) == (0, 0, 0)

    asyncio.run(story())


@pytest.mark.parametrize("act", ["revoke", "move"])
def test_a_coordinator_who_is_behind_puts_nobodys_notes_in_doubt(settled: Path, tmp_path: Path, act: str) -> None:
    """A laptop that has seen nothing of a phone signs it off, or moves its owner: all that was sent stays where it is."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            made = await notes(fatma, 5)
            await fatma.sync_once()
            if act == "revoke":
                await joke.trust.revoke_device(session_of(fatma).device)
            else:
                await joke.trust.move(session_of(fatma).member, Role.COLLECTOR, session_of(joke).team)
            await joke.sync_once()
            assert (read_by(joke), joke.trust.quarantine()) == (made, [])

    asyncio.run(story())


@pytest.mark.parametrize("stopped", [1, 2, 3])
def test_a_laptop_whose_first_sync_was_cut_off_takes_the_rest_in_before_it_decides(
    settled: Path, tmp_path: Path, stopped: int
) -> None:
    """Where that can't be, nothing is decided: the roll is as it was. Once it can, no note is quarantined."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            made = await notes(fatma, 6)
            await synced(fatma)
            link = (await joke.second_device()).url
            second = t.device("second")
            await second.start(link)
            t.nets["second"].next("pull", *[Fault.NONE] * stopped, *[Fault.DROP] * 20)
            await second.accept("", "een lange zin")
            await hushed(second)
            await synced(joke)
            with pytest.raises(Unreachable):
                await second.sync_once()
            before = session_of(second).roll.state.length
            with pytest.raises(Unreachable):
                await second.trust.revoke_device(session_of(fatma).device)
            t.nets["second"]._faults.clear()
            await joke.sync_once()
            assert session_of(joke).roll.state.length == before
            await second.trust.revoke_device(session_of(fatma).device)
            await synced(second, joke)
            for app in (second, joke):
                assert (read_by(app), app.trust.quarantine()) == (made, [])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sync.server.service.PAGE_ITEMS", 3)
        asyncio.run(story())


def test_a_coordinator_of_many_teams_can_be_signed_off(settled: Path, tmp_path: Path) -> None:
    """Every ring of 33 teams is renewed in one entry, and a phone that reads more than 64 rings still syncs."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, fatma = await t.joke(), await t.fatma()
            for number in range(33):
                await joke.trust.make_team(session_of(joke).team, f"Wijk {number}", [])
            second = t.device("second")
            await second.start((await joke.second_device()).url)
            await second.accept("", "een lange zin")
            await hushed(second)
            await synced(joke, second, joke, second)
            made = await notes(fatma, 1)
            await synced(fatma, joke)
            assert read_by(joke) == made
            lost = session_of(second).device
            assert len(session_of(joke).roll.state.readable(lost)) > 64
            await joke.trust.revoke_device(lost)
            assert lost in session_of(joke).roll.state.left
            await fatma.save_visit(replace(FORM, note="daarna"))
            await synced(fatma, joke)
            assert read_by(joke) == made | {"daarna"}

    asyncio.run(story())
