"""3. Too many records for one user; one user slows everybody.

Reported: medic/cht-core #10408 (a user with tens of thousands of documents can't replicate any more), #6246 (while one such
user syncs, the server answers nobody in time).

Promised instead: a page is bounded in items and in bytes whatever lies behind it, what a device asks costs the server one
page at a time, and somebody else's question is answered between two of them. A full ring holds up no other ring. Counted
in work done, not in seconds.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.platform.native import SystemClock
from app.platform.native_crypto import NativePrimitives
from sync.core import ring, wire
from sync.server.app import make_app
from sync.server.service import PAGE_ITEMS, Service
from sync.server.sessions import Carrier
from sync.server.store_sqlite import SqliteStore
from tests.support.large_team import LargeTeam
from tests.support.native_app import synced
from tests.support.settled_team import FORM, session_of, team
from tests.unit.test_device_syncer import read_by


async def _counted(folder: Path, visits: int, measure: Callable[[LargeTeam, Service], Awaitable[None]]) -> None:
    made = await LargeTeam.make(folder, contacts=3)
    await made.add_visits(visits)
    await made.let_go()
    asgi = make_app(SqliteStore(folder / "store.db"), NativePrimitives(), SystemClock(), None)
    async with asgi.router.lifespan_context(asgi):
        await asgi.state.service.start()
        await measure(made, asgi.state.service)


async def _others_are_answered(made: LargeTeam, service: Service) -> None:
    """One pulls all there is as fast as it can; another, who has nothing new, asks all the time."""
    organisation = made.organisation
    heavy, light = organisation.people[0], organisation.people[1]
    team_id = organisation.roll.state.device(heavy.device).team
    full = ring.coordinators_ring(team_id)
    carrier = Carrier(organisation.id, heavy.device)
    pages, waited, after, more = 0, list[int](), 0, True

    async def pull() -> None:
        nonlocal pages, after, more
        while more:
            [[_, items, more]] = await service.pull(carrier, [(full, after)])
            assert len(items) <= PAGE_ITEMS
            assert sum(len(data) for _, data in items) <= wire.MAX_PULL_BYTES
            assert items
            after = items[-1][0]
            pages += 1
            await asyncio.sleep(0)  # the next question comes in over the wire

    async def poll() -> None:
        mine = [(light.own_ring, 2**40)]
        while more:
            before = pages
            await service.pull(Carrier(organisation.id, light.device), mine)
            await asyncio.sleep(0)
            waited.append(pages - before)

    await asyncio.gather(pull(), poll())
    assert pages >= made.visits * 2 // PAGE_ITEMS
    assert waited
    assert max(waited) <= 3, "somebody's question waits for more than what was under way"
    assert len(waited) >= pages // 3


def test_one_who_pulls_thousands_keeps_nobody_waiting(tmp_path: Path) -> None:
    """2,000 visits (4,000 envelopes in one ring): between two of its pages everybody else has a turn."""
    asyncio.run(_counted(tmp_path, 2_000, _others_are_answered))


@pytest.mark.soak
@pytest.mark.parametrize("visits", [20_000, 50_000])
def test_one_who_pulls_tens_of_thousands_keeps_nobody_waiting(tmp_path: Path, visits: int) -> None:
    """The same with as many as a large organisation writes in years."""
    asyncio.run(_counted(tmp_path, visits, _others_are_answered))


def test_a_full_ring_holds_up_no_other(settled: Path, tmp_path: Path) -> None:
    """One ring with far more than a page, of which only a little comes in at a time: what is new in the others is there
    after the second page at the latest, and each page is asked for once.
    """

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, fatma = await t.joke(), await t.fatma()
            for number in range(30):
                await fatma.save_visit(replace(FORM, note=f"{number} " + "x" * 3_000))
            await joke.welcomes.add("Zalmstraat 77", joke.today())  # for the team: another ring
            await synced(fatma)
            await joke.sync_once()
            laptop = t.device("second")
            await laptop.start((await joke.second_device()).url)
            seen: list[int] = []
            await laptop.accept("", "een lange zin")
            await laptop.locking.stop()
            net = t.nets["second"]
            net.sent.clear()
            session = session_of(laptop)
            session.syncer._on_change = lambda _: seen.append(len(laptop.welcomes.all()))
            await laptop.sync_once()
            asked = [body for path, body in net.sent if path == "/v1/pull"]
            assert len(asked) == len(set(asked)), "the same page twice"
            assert laptop.welcomes.all()
            assert len(read_by(laptop)) == 30

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sync.core.wire.MAX_PULL_BYTES", 40_000)
        asyncio.run(story())
