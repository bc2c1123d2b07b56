"""A phone that alone knew more of the roll than the backup, and came back when the roll had been begun again without it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from app.services.models import Alert
from app.views.common.notices import said
from sync.core.errors import RollForked, StraatError, UnknownHead
from sync.core.rights import Role
from sync.device import meta
from sync.device.writer import Writer
from sync.simulate.device import Device
from sync.simulate.run import Simulation
from sync.simulate.world import DAY
from tests.support.settled_team import session_of, team
from tests.support.simulated import rounds, told
from tests.unit.test_roll_given_back import on_server, root, tried


async def begun_again(s: Simulation, *knowing: Device) -> tuple[Device, Device]:
    """Joke's phone (and those of `knowing`) were away while Bram's, also a coordinator's, confirmed the head and went on."""
    joke, bram = s.devices[0], s.devices[3]
    there = [d for d in s.devices if d not in (joke, *knowing)]
    await s.server.restore()
    await asyncio.sleep(DAY)
    for _ in range(2):
        await tried(*there)
    await bram.steward.found_team(root(bram))
    await rounds(*there)
    return joke, bram


async def two_coordinators(s: Simulation) -> tuple[Device, Device]:
    """Joke and Bram; everyone has been there, and it is backed up."""
    joke, bram = s.devices[0], s.devices[3]
    await joke.steward.place(bram.member, Role.COORDINATOR, root(joke))
    await joke.steward.confirm(bram.keyring.device)
    await rounds(*s.devices)
    s.server.back_up()
    return joke, bram


async def noted(s: Simulation, d: Device, times: int = 4) -> None:
    """Notes of this device's owner."""
    for _ in range(times):
        await s.people.act(d)


def everything_arrived(s: Simulation, d: Device, reader: Device) -> None:
    """All that was noted on a device is on the server, and what its reader may see is shown there."""
    assert not d.log.pending(1)
    shown = {
        str(v.value) for r in reader.replica.records.values() for f in r.fields.values() for v in f.versions.values()
    }
    theirs = {n.text for n in s.truth.by_device(d.keyring.device) if n.field in ("count.note", "address.note")}
    assert theirs
    assert theirs <= shown


def test_a_phone_that_was_away_goes_on_with_the_others_and_its_notes_arrive() -> None:
    """It used to say that there are two rolls, and its notes stayed on it for good."""

    async def story(s: Simulation) -> None:
        joke, bram = await two_coordinators(s)
        await noted(s, joke)
        await joke.steward.found_team(root(joke))
        head = joke.roll.state.head
        await noted(s, joke, 12)
        await begun_again(s)
        await noted(s, joke)
        for _ in range(3):
            await tried(joke, bram)
        assert joke.roll.entries == bram.roll.entries == on_server(s)
        assert joke.syncer.state.trouble == ""
        assert not joke.syncer.state.forked
        everything_arrived(s, joke, bram)
        kept, dropped = meta.read_dropped(joke.log)
        assert joke.roll.entries[kept - 1] in on_server(s)
        assert len(dropped) == 1
        assert not joke.roll.knows(head)
        assert joke.log.get(meta.BEGUN_AGAIN) is not None
        joke.disk.kill()
        await s.revive(joke)
        await s.invariants.after_start(joke)
        assert not joke.replica.aside
        assert not bram.replica.doubled

    told(story)


def test_an_app_that_stops_between_taking_the_roll_and_sealing_anew_does_it_at_its_next_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whether it stops before the new envelopes are there or right behind them: nothing is lost, and nothing twice."""

    class Stopped(Exception):
        pass

    rewrite = Writer.rewrite

    async def before(self: Writer, old: Any) -> dict[bytes, bytes]:
        raise Stopped

    async def behind(self: Writer, old: Any) -> dict[bytes, bytes]:
        await rewrite(self, old)
        raise Stopped

    async def story(s: Simulation) -> None:
        joke, bram = await two_coordinators(s)
        await joke.steward.found_team(root(joke))
        await noted(s, joke, 12)
        await begun_again(s)
        for stop in (before, behind):
            monkeypatch.setattr(Writer, "rewrite", stop)
            with pytest.raises(Stopped):
                await joke.syncer.once()
            monkeypatch.setattr(Writer, "rewrite", rewrite)
            joke.disk.kill()
            joke.disk.restart()
            await joke.start()
        for _ in range(3):
            await tried(joke, bram)
        everything_arrived(s, joke, bram)
        assert not joke.replica.aside
        values = [
            v.value for r in bram.replica.records.values() for f in r.fields.values() for v in f.versions.values()
        ]
        texts = [v for v in values if isinstance(v, str)]
        assert len(texts) == len(set(texts))

    told(story)


def test_a_roll_that_takes_back_whom_ours_had_sent_away_is_not_followed() -> None:
    """A lost phone's owner could be let in again by losing a server. Two rolls: a person has to look into it."""

    async def story(s: Simulation) -> None:
        joke, bram = await two_coordinators(s)
        await joke.steward.revoke([s.devices[1].keyring.device])
        mine = list(joke.roll.entries)
        await begun_again(s)
        with pytest.raises(RollForked):
            await joke.syncer.once()
        assert joke.syncer.state.forked
        assert joke.roll.entries == mine
        assert bram.roll.entries == on_server(s) != mine

    told(story)


def test_no_other_roll_is_followed_where_the_server_did_not_say_that_it_was_put_back() -> None:
    """Else a server could show anyone another roll at any time."""

    async def story(s: Simulation) -> None:
        joke, _ = await two_coordinators(s)
        await joke.steward.found_team(root(joke))
        mine, incarnation = list(joke.roll.entries), joke.log.get(meta.INCARNATION)
        await begun_again(s)
        joke.log.put({meta.INCARNATION: await s.server.store.incarnation()})  # as if it had always been this one
        assert incarnation != joke.log.get(meta.INCARNATION)
        joke.syncer.line.token, joke.syncer.rolls.lost = "", True
        with pytest.raises(RollForked):
            await joke.syncer.once()
        assert joke.roll.entries == mine

    told(story)


def test_what_others_wrote_on_a_dropped_roll_is_kept_and_shown_until_they_seal_it_again() -> None:
    """Fatma's phone was away as well, and knew as much: both end with the others, and nothing of theirs is lost."""

    async def story(s: Simulation) -> None:
        joke, bram = await two_coordinators(s)
        fatma = s.devices[1]
        await joke.steward.found_team(root(joke))
        await rounds(fatma)
        await noted(s, fatma, 8)
        await rounds(fatma, joke)
        texts = {n.text for n in s.truth.by_device(fatma.keyring.device)}
        await begun_again(s, fatma)
        for _ in range(2):
            await tried(joke, bram)
        assert joke.roll.entries == bram.roll.entries
        assert {a.reason for a in joke.replica.aside.values()} == {UnknownHead.code}
        assert joke.syncer.state.trouble == ""
        for _ in range(3):
            await tried(fatma, joke, bram)
        assert fatma.roll.entries == on_server(s)
        everything_arrived(s, fatma, joke)
        everything_arrived(s, fatma, bram)
        assert not fatma.replica.aside
        assert not joke.replica.doubled | bram.replica.doubled
        assert texts

    told(story)


def test_two_rolls_become_one_again_once_a_coordinator_has_done_again_what_was_lost() -> None:
    """Whoever was sent away by the phone that was gone is sent away on the other roll too: then that phone goes on by itself."""

    async def story(s: Simulation) -> None:
        joke, bram = await two_coordinators(s)
        fatma = s.devices[1].keyring.device
        await joke.steward.revoke([fatma])
        await noted(s, joke)
        await begun_again(s)
        await tried(joke)
        assert joke.syncer.state.forked
        joke.disk.kill()
        await s.revive(joke)
        assert joke.syncer.state.forked
        await bram.steward.revoke([fatma])
        for _ in range(3):
            await tried(joke, bram)
        assert not joke.syncer.state.forked
        assert joke.roll.entries == bram.roll.entries == on_server(s)
        everything_arrived(s, joke, bram)

    told(story)


@pytest.mark.parametrize("knew_first", [True, False])
def test_who_has_another_place_on_the_other_roll_does_not_follow_it(knew_first: bool) -> None:
    """What it wrote in the one place is not to be sealed in the other."""

    async def story(s: Simulation) -> None:
        joke, bram = await two_coordinators(s)
        if knew_first:
            await joke.steward.place(s.devices[2].member, Role.CONTACT, root(joke))
            await rounds(s.devices[2])
        await joke.steward.found_team(root(joke))
        away = s.devices[2]
        await rounds(away)
        await begun_again(s, away)
        if not knew_first:
            await bram.steward.place(away.member, Role.CONTACT, root(bram))
        with pytest.raises(StraatError):
            await away.syncer.once()
        assert away.syncer.state.forked

    told(story)


def test_it_is_said_until_somebody_has_read_it(settled: Path, tmp_path: Path) -> None:
    """In plain words, to whoever it is about, contact persons too."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            assert Alert.BEGUN_AGAIN not in {n.alert for n in fatma.trust.notices()}
            session_of(fatma).log.put({meta.BEGUN_AGAIN: b"\1"})
            [told] = [n for n in fatma.trust.notices() if n.alert is Alert.BEGUN_AGAIN]
            assert "Doe dat dan opnieuw" in said(told)
            fatma.trust.dismiss(Alert.BEGUN_AGAIN)
            assert Alert.BEGUN_AGAIN not in {n.alert for n in fatma.trust.notices()}

    asyncio.run(story())
