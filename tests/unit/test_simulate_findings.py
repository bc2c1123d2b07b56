"""What the simulation found in sync/, each reduced to the promise that it broke."""

import asyncio
from contextlib import suppress
from pathlib import Path

from sync.core import ring
from sync.core.errors import StraatError
from sync.core.rights import Role
from sync.core.roll import Roll
from sync.device import meta
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


async def _put_back_after_a_new_team(s: Simulation) -> bytes:
    """Fatma's and Joke's devices know an entry that the server has lost; another coordinator's does not."""
    joke, fatma, bram = s.devices[0], s.devices[1], s.devices[3]
    root = joke.roll.state.device(joke.keyring.device).team
    await joke.steward.place(bram.member, Role.COORDINATOR, root)
    await joke.steward.confirm(bram.keyring.device)
    await rounds(*s.devices)
    s.server.back_up()
    await joke.steward.found_team(root)
    await rounds(joke, fatma)
    await s.server.restore()
    return joke.roll.state.head


async def _broken_off(s: Simulation, number: int) -> None:
    """A round of which the line breaks after the signing in."""
    d = s.devices[number]
    d.syncer.line.token = ""  # the server has forgotten it too
    d.link.shut = frozenset({"roll", "roll/offer"})
    with suppress(StraatError):
        await d.syncer.once()
    d.link.shut = frozenset()


def test_a_roll_is_not_confirmed_before_those_who_signed_in_have_given_back_what_they_know() -> None:
    """Signing in used to be enough: with the line broken after it, another coordinator could begin a second roll."""

    async def story(s: Simulation) -> None:
        head = await _put_back_after_a_new_team(s)
        for number in (0, 1, 2):
            await _broken_off(s, number)
        bram = s.devices[3]
        with suppress(StraatError):
            await bram.syncer.once()
        assert bram.log.get(meta.UNCONFIRMED) is not None
        assert len(s.server.service.unconfirmed) == 1
        for d in (*s.devices, bram):
            with suppress(StraatError):
                await d.syncer.once()
        assert bram.log.get(meta.UNCONFIRMED) is None
        assert bram.roll.state.head == head

    told(story)


def test_a_phone_that_stops_between_signing_in_and_giving_back_the_roll_gives_it_back_at_its_next_start() -> None:
    """That the server was put back used to be forgotten with the phone's memory, and the roll's end was lost."""

    async def story(s: Simulation) -> None:
        head = await _put_back_after_a_new_team(s)
        joke, bram = s.devices[0], s.devices[3]
        await _broken_off(s, 0)
        joke.disk.kill()
        await s.revive(joke)
        with suppress(StraatError):
            await joke.syncer.once()
        with suppress(StraatError):
            await bram.syncer.once()
        assert bram.roll.state.head == head

    told(story)


def test_whoever_moved_sees_no_gap_in_what_is_no_longer_theirs() -> None:
    """At the next start a phone used to say that the server withholds notes of the team that it had left."""

    async def story(s: Simulation) -> None:
        joke, fatma, bram = s.devices[0], s.devices[1], s.devices[3]
        root = joke.roll.state.device(joke.keyring.device).team
        await joke.steward.place(bram.member, Role.COORDINATOR, root)
        await joke.steward.confirm(bram.keyring.device)
        await rounds(*s.devices)
        for _ in range(8):
            await s.people.act(fatma)
        await rounds(fatma, bram)
        await joke.steward.place(bram.member, Role.CONTACT, await joke.steward.found_team(root))
        await rounds(joke, bram)
        bram.disk.kill()
        await s.revive(bram)
        assert not bram.replica.withheld

    told(story)


def test_whoever_comes_back_to_a_team_sees_its_notes_again() -> None:
    """What went from the phone with the move was never taken in again: not the notes, nor the keys of later ones."""

    async def story(s: Simulation) -> None:
        joke, collector, bram = s.devices[0], s.devices[2], s.devices[3]
        root = joke.roll.state.device(joke.keyring.device).team
        for _ in range(3):
            await s.people.act(collector)
        await rounds(collector, bram, joke)
        of_team = [n for n in s.truth.notes.values() if n.field == "address.note"]
        assert of_team
        assert all(n.id in bram.replica.origins for n in of_team)
        await joke.steward.place(bram.member, Role.CONTACT, await joke.steward.found_team(root))
        await rounds(bram, joke)
        assert not any(n.id in bram.replica.origins for n in of_team)
        assert not any(n.body in e.data for n in of_team for e in bram.log.fetch([n.id]))
        await joke.steward.place(bram.member, Role.CONTACT, root)
        await rounds(joke, bram)
        assert all(n.id in bram.replica.origins for n in of_team)
        assert not bram.replica.withheld

    told(story)
