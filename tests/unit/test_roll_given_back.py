"""What a server that was put back lost of the roll comes back, whoever knows it and however they come: found by the
simulation's long run, each reduced to the promise that it broke.
"""

import asyncio
from contextlib import suppress

import pytest

from sync.core import ring, wire
from sync.core.change import Change
from sync.core.errors import InvitationExpired, RollUnconfirmed, StraatError, Unreachable
from sync.core.ids import ID_BYTES, record_id
from sync.core.ports import LogState, Reply
from sync.core.rights import Role
from sync.device.writer import Part
from sync.simulate import faults, joining
from sync.simulate.ages import NEW_KIND, OLD
from sync.simulate.device import Device
from sync.simulate.network import Link, Weather
from sync.simulate.run import Simulation
from sync.simulate.world import DAY, HOUR
from tests.support.simulated import rounds, told


def root(d: Device) -> bytes:
    """The top team."""
    return d.roll.state.device(d.keyring.device).team


def on_server(s: Simulation) -> list[bytes]:
    """The roll as the server has it."""
    [known] = s.server.service._organisations.values()
    return known.roll.entries


async def tried(*devices: Device) -> None:
    """A round each, whatever comes of it."""
    for d in devices:
        with suppress(StraatError):
            await d.syncer.once()


def test_what_two_phones_give_back_at_the_same_moment_comes_back_whole() -> None:
    """Each was told that the other had been quicker, believed that all was back, and never offered the rest again."""

    async def story(s: Simulation) -> None:
        joke, fatma = s.devices[:2]
        s.server.back_up()
        await joke.steward.found_team(root(joke))
        await rounds(fatma, times=1)
        for _ in range(3):
            await joke.steward.found_team(root(joke))
        await s.server.restore()
        await asyncio.gather(*(tried(d) for d in (fatma, joke)))
        for _ in range(2):
            await tried(*s.devices)
        assert on_server(s) == joke.roll.entries
        assert [d.syncer.state.trouble for d in s.devices] == ["", "", "", ""]

    told(story)


def test_what_is_not_taken_back_at_once_is_offered_again_in_the_next_round() -> None:
    """An entry stays owed until the server has it, also over a restart of the app."""

    async def story(s: Simulation) -> None:
        joke = s.devices[0]
        s.server.back_up()
        await joke.steward.found_team(root(joke))
        await s.server.restore()
        joke.link.shut = frozenset({"roll/offer"})
        await tried(joke)
        joke.disk.kill()
        await s.revive(joke)
        joke.link.shut = frozenset()
        await tried(joke)
        assert on_server(s) == joke.roll.entries

    told(story)


def test_a_roll_that_ends_elsewhere_is_looked_at_again_by_the_coordinators_phone() -> None:
    """To be told so while it confirms, and to do nothing about it, left a phone in trouble for good."""

    async def story(s: Simulation) -> None:
        joke = s.devices[0]
        s.server.back_up()
        await joke.steward.found_team(root(joke))
        await s.server.restore()
        await joke.syncer.line.sign_in()
        joke.syncer.rolls.lost = False  # as a phone of before had it, or after a backup that was put back by hand
        await tried(joke)
        assert len(on_server(s)) < len(joke.roll.entries)
        await tried(joke)
        assert on_server(s) == joke.roll.entries

    told(story)


def test_a_new_phone_brings_the_invitation_that_was_lost_with_whoever_made_it() -> None:
    """The server knew of neither, and whoever could have told it was gone: its notes stayed on it for good."""

    async def story(s: Simulation) -> None:
        joke, fatma = s.devices[:2]
        s.server.back_up()
        await faults.second(s, fatma)
        new = s.devices[-1]
        await s.people.act(new)
        await s.server.restore()
        fatma.evicted = True  # it burnt
        await rounds(new, times=1)
        assert not new.log.pending(1)
        await tried(joke)
        assert on_server(s) == new.roll.entries

    told(story)


def test_a_new_phone_goes_back_as_far_as_the_server_has_to_hear() -> None:
    """More entries than one offer holds were lost with it."""

    async def story(s: Simulation) -> None:
        joke, fatma = s.devices[:2]
        s.server.back_up()
        for _ in range(210):
            await joke.steward.found_team(root(joke))
        await tried(fatma)
        await faults.second(s, fatma)
        new = s.devices[-1]
        await s.server.restore()
        await rounds(new, times=1)
        assert on_server(s) == new.roll.entries

    told(story)


class _Kept(Link):
    """Keeps what would enrol, and sends it not."""

    kept = b""

    async def send(self, method: str, path: str, body: bytes = b"", token: str = "") -> Reply:
        """See the port."""
        if path == "/v1/enrol":
            self.kept = wire.decode(wire.APPEND, body)[1]
            raise Unreachable()
        return await super().send(method, path, body, token)


async def link_for_an_hour(s: Simulation, monkeypatch: pytest.MonkeyPatch) -> joining.Invited:
    """An invitation by the coordinator."""
    monkeypatch.setattr(joining, "FAR", s.server.clock.millis() + 3_600_000)
    joke = s.devices[0]
    return await joining.invite(s.common, joke, Role.CONTACT, root(joke))


def test_an_invitation_that_was_over_lets_nobody_in_by_giving_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the way back for phones whose joining was lost would be a way in for everyone with an old link."""

    async def story(s: Simulation) -> None:
        invited = await link_for_an_hour(s, monkeypatch)
        link = _Kept(s.server, s.luck, s.story, Weather())
        with suppress(Unreachable):
            await joining.join(s.common, link, invited)
        s.server.back_up()
        await asyncio.sleep(HOUR + 1)
        with pytest.raises(InvitationExpired):
            await s.server.service.enrol_offer([link.kept])
        await s.server.restore()
        with pytest.raises(InvitationExpired):
            await s.server.service.enrol_offer([link.kept])

    told(story)


def test_whoever_came_in_before_the_server_was_lost_is_back_though_the_invitation_is_over_by_now(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was used in time."""

    async def story(s: Simulation) -> None:
        s.server.back_up()
        new = await s.admit(*await joining.join(s.common, s.devices[0].link, await link_for_an_hour(s, monkeypatch)))
        await s.server.restore()
        await asyncio.sleep(HOUR + 1)
        await rounds(new, times=1)
        assert on_server(s) == new.roll.entries

    told(story)


def test_whoever_was_here_only_after_the_backup_is_waited_for() -> None:
    """Just they know what was lost: with the others back a coordinator could begin a second roll."""

    async def story(s: Simulation) -> None:
        joke, bram = s.devices[0], s.devices[3]
        await joke.steward.place(bram.member, Role.COORDINATOR, root(joke))
        await joke.steward.confirm(bram.keyring.device)
        await asyncio.sleep(DAY)
        await rounds(*s.devices[:3])
        s.server.back_up()  # in which Bram has never been here
        await rounds(bram)
        await bram.steward.found_team(root(joke))
        await asyncio.sleep(DAY)
        await s.server.restore()
        for _ in range(2):
            await tried(*s.devices[:3])
        assert joke.syncer.state.trouble == RollUnconfirmed.code
        await tried(bram, *s.devices)
        assert joke.syncer.state.trouble == ""
        assert on_server(s) == bram.roll.entries == joke.roll.entries

    told(story)


def test_what_waits_for_an_update_is_no_sign_of_another_roll() -> None:
    """A note that came before its roll entry, and then was found to be of a newer app, left its reader in trouble."""

    async def story(s: Simulation) -> None:
        joke, fatma = s.devices[:2]
        fatma.replica.age = OLD
        fatma.link.shut = frozenset({"roll"})
        await joke.steward.found_team(root(joke))
        nonce = s.luck.bytes(ID_BYTES)
        change = Change(NEW_KIND, "detail", record_id(joke.member, NEW_KIND, nonce), joke.writer.stamp(), {}, nonce)
        await joke.writer.write([Part(change, frozenset({ring.team_ring(root(joke))}))])
        await rounds(joke)
        entries = joke.log.pending(10) or joke.log.read(0, 10)
        fatma.log.append([(e.id, e.data, LogState.STORED) for e in entries])
        await fatma.replica.catch_up()
        assert fatma.replica.early
        fatma.link.shut = frozenset()
        await rounds(fatma)
        assert fatma.replica.waiting
        assert fatma.syncer.state.trouble == ""

    told(story)
