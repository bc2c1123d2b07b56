"""Killed in the middle of a decision about trust: the old state or the new one stands, for everyone, never neither.

A decision is one roll entry. It can be cut off before the server hears of it, after the server has it and the answer
is lost, and after the answer, before this device has written it down.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.services.app import App
from app.services.models import QueueFilter, Role
from sync.core.errors import StraatError
from tests.support.faulty_transport import Fault
from tests.support.native_app import synced
from tests.support.settled_team import FORM, Team, hushed, session_of, team
from tests.unit.test_services_enrolment import Killed, dies_at_roll

Act = Callable[[App, App], Awaitable[object]]


def _laptop(app: App, phone: App) -> bytes:
    fatma = session_of(phone)
    devices = session_of(app).roll.state.members()[fatma.member]
    return next(d.id for d in devices if d.id != fatma.device)


ACTS: dict[str, Act] = {
    "a device is revoked": lambda joke, fatma: joke.trust.revoke_device(_laptop(joke, fatma)),
    "a member is moved": lambda joke, fatma: joke.trust.move(
        session_of(fatma).member, Role.COLLECTOR, session_of(joke).team
    ),
    "a team is made": lambda joke, fatma: joke.trust.make_team(session_of(joke).team, "Hintham", []),
    "a sheet is made": lambda joke, fatma: joke.trust.make_sheet(),
    "someone is invited": lambda joke, fatma: joke.invite("Bram", Role.CONTACT),
}
MOMENTS = ("before the server hears of it", "the answer is lost", "before it is written down")


async def _cut_off(t: Team, joke: App, fatma: App, act: Act, moment: str) -> None:
    """Do it, and die at this moment."""
    if moment == "before it is written down":
        dies_at_roll(joke, 1)
        with pytest.raises(Killed):
            await act(joke, fatma)
    else:
        fault = Fault.DROP if moment == MOMENTS[0] else Fault.LOSE
        t.nets["joke"].next("roll/append", fault)
        with pytest.raises(StraatError):
            await act(joke, fatma)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_a_decision_stands_whole_or_not_at_all(settled: Path, tmp_path: Path, act: Act, moment: str) -> None:
    """After a restart both devices know the same roll, every note is readable, new ones arrive, and it can be done."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, fatma = await t.joke(), await t.fatma()
            await fatma.save_visit(replace(FORM, note="van tevoren"))
            await synced(fatma, joke)
            await fatma.save_visit(replace(FORM, note="nog niet verstuurd"))
            before = session_of(joke).roll.state.length
            await _cut_off(t, joke, fatma, act, moment)
            joke.live.require_log().close()
            joke = await t.joke()
            await synced(joke, fatma, joke, fatma)
            roll = session_of(joke).roll
            assert session_of(fatma).roll.entries == roll.entries
            assert (roll.state.length > before) == (moment != MOMENTS[0])
            await fatma.save_visit(replace(FORM, note="daarna"))
            await synced(fatma, joke)
            notes = {v.form.note for v in joke.queue(QueueFilter.ALL)}
            assert notes >= {"van tevoren", "nog niet verstuurd"}
            if session_of(fatma).roll.state.device(session_of(fatma).device).role is Role.CONTACT:
                assert "daarna" in notes
            assert (roll.state.exposed, joke.trust.quarantine()) == (frozenset(), [])

    asyncio.run(story())


def test_a_renewal_cut_off_in_the_middle_of_a_round_is_made_up_for(settled: Path, tmp_path: Path) -> None:
    """The own ring of whose phone was lost is renewed at the next round, if not in this one."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, fatma = await t.joke(), await t.fatma()
            await synced(fatma, joke)
            await joke.trust.revoke_device(session_of(fatma).device)
            laptop = await t.unlocked("laptop")
            t.nets["laptop"].next("roll/append", Fault.LOSE)
            with pytest.raises(StraatError):
                await laptop.sync_once()
            laptop.live.require_log().close()
            laptop = await hushed(await t.unlocked("laptop"))
            await synced(laptop, joke)
            state = session_of(joke).roll.state
            assert state.exposed == frozenset()
            assert [r.epoch for r in state.rings.values() if r.owner == session_of(laptop).member] == [2]

    asyncio.run(story())
