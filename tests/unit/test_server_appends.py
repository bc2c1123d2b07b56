"""How much of the roll one member may write in a day: every phone has to keep all of it."""

import asyncio

import pytest

from sync.core.errors import SlowDown, StraatError
from sync.core.rights import Role
from sync.server import service
from sync.server.store_memory import MemoryStore
from tests.support.native_app import TestClock
from tests.support.organisation import P, Person, founded
from tests.support.server import Caller, serving

DAY = 86_400_000


def test_a_member_appends_so_many_entries_a_day_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is told to slow down; another one goes on; a day later there is room again."""
    monkeypatch.setattr(service, "ROLL_ENTRIES_A_DAY", 5)

    async def whole() -> None:
        clock = TestClock()
        organisation = await founded(clock, contacts=0)
        [joke] = organisation.people
        ali = await organisation.joined(await organisation.invited(joke, Role.COORDINATOR))
        async with serving(MemoryStore(), clock, organisation) as app:
            caller = Caller(app)

            async def invite(by: Person, role: Role = Role.CONTACT) -> None:
                entry, _ = await organisation.invite_entry(by, role)
                await caller.ask("roll/append", [organisation.roll.state.head, entry], None, tokens[by.device])
                await organisation.roll.extend(P, [entry])

            tokens = {p.device: await caller.signed_in(p) for p in (joke, ali)}
            for _ in range(5):
                await invite(joke)
            with pytest.raises(SlowDown):
                await invite(joke)
            with pytest.raises(StraatError) as refused:
                await invite(ali)  # not confirmed yet, so not allowed, but not for the rate
            assert not isinstance(refused.value, SlowDown)
            clock.now += DAY
            tokens = {joke.device: await caller.signed_in(joke)}
            await invite(joke)
            await caller.close()

    asyncio.run(whole())
