"""What the simulation found in sync/, each reduced to the promise that it broke."""

import asyncio
from pathlib import Path

from sync.core import ring
from sync.core.rights import Role
from sync.core.roll import Roll
from sync.server.store_sqlite import SqliteStore
from sync.server.unconfirmed import Told, Unconfirmed
from sync.simulate import faults
from sync.simulate.run import Simulation
from tests.support.simulated import rounds, told

ORGANISATION = bytes(32)


def test_two_coordinators_may_confirm_a_roll_in_the_same_moment(tmp_path: Path) -> None:
    """Both are told that it is confirmed: the second used to be told that the server had failed."""

    async def both() -> list[Told]:
        store = SqliteStore(tmp_path / "store.db")
        await store.append_roll(ORGANISATION, 0, b"entry")
        await store.restored(0)
        unconfirmed = Unconfirmed(store, lambda: 1)
        await unconfirmed.load()
        told = await asyncio.gather(*(unconfirmed.confirm(ORGANISATION, Roll()) for _ in range(2)))
        await store.close()
        return told

    assert [t.confirmed for t in asyncio.run(both())] == [True, True]


def test_keys_are_handed_on_only_by_who_may_so_that_nobody_sends_them_for_ever() -> None:
    """Someone came back in another team than the one in which a coordinator had read them: that coordinator used to
    send them keys that nobody took, again in every round.
    """

    async def story(s: Simulation) -> None:
        joke, fatma, bram = s.devices[0], s.devices[1], s.devices[3]
        root = joke.roll.state.device(joke.keyring.device).team
        here, there = [await joke.steward.found_team(root) for _ in range(2)]
        await joke.steward.place(bram.member, Role.COORDINATOR, here)
        await joke.steward.confirm(bram.keyring.device)
        await joke.steward.place(fatma.member, Role.CONTACT, here)
        await rounds(fatma, bram)
        for _ in range(8):
            await s.people.act(fatma)
        await rounds(fatma, bram, joke)
        await joke.steward.place(fatma.member, Role.CONTACT, there)
        await rounds(fatma, bram)
        await faults.play(s, "evict", fatma)
        again = s.devices[-1]
        await rounds(joke, again, bram)
        before = len(bram.log.read(0, 10_000))
        await rounds(bram, times=5)
        assert again.member == fatma.member
        assert ring.own_ring(again.member) in bram.roll.state.rings
        assert len(bram.log.read(0, 10_000)) == before
        assert not bram.replica.aside

    told(story)
