"""The sync between real devices and a real server, over a wire that drops, loses and repeats."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from app.services.app import App
from app.services.models import QueueFilter, Role, SyncStatus
from sync.core.errors import RollUnconfirmed, Unreachable
from tests.support.faulty_transport import Fault, Hold
from tests.support.native_app import synced
from tests.support.settled_team import FORM, MINUTE, session_of, team


async def notes(app: App, count: int, first: int = 0) -> set[str]:
    """Write visits; their notes."""
    made = {f"bezoek {first + n}" for n in range(count)}
    for note in sorted(made):
        await app.save_visit(replace(FORM, note=note))
    return made


def read_by(app: App) -> set[str]:
    """The notes that a coordinator reads."""
    return {v.form.note for v in app.queue(QueueFilter.ALL) if v.form.note}


async def fails(app: App) -> None:
    """A round that stops for want of an answer."""
    with pytest.raises(Unreachable):
        await app.sync_once()


def status(app: App) -> SyncStatus:
    """What the home screen is told."""
    return app.sync_status()


def test_offline_it_counts_what_is_unsent_and_since_when_and_online_it_is_none(settled: Path, tmp_path: Path) -> None:
    """The count grows, the moment is that of the oldest; after a restart both are there; after a round none."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            assert (status(fatma).unsent, status(fatma).unsent_since) == (0, None)
            t.nets["fatma"].offline = True
            since = t.clock.millis()
            await notes(fatma, 1)
            t.clock.now += 90 * MINUTE
            await notes(fatma, 1, first=1)
            await fails(fatma)
            seen = status(fatma)
            assert (seen.unsent, seen.unsent_since, seen.online, seen.trouble) == (2, since, False, "")
            assert {v.synced for v in fatma.visits()} == {False}
            again = await t.fatma()
            assert (status(again).unsent, status(again).unsent_since) == (2, since)
            await again.sync_once()
            seen = status(again)
            assert (seen.unsent, seen.unsent_since, seen.online) == (0, None, True)
            assert seen.last_success == t.clock.millis()
            assert {v.synced for v in again.visits()} == {True}

    asyncio.run(story())


def test_it_syncs_by_itself_at_unlock_and_after_saving(settled: Path, tmp_path: Path) -> None:
    """Nobody asks for a round: what was saved reaches the server, also when a first try failed."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = t.device("fatma")
            t.nets["fatma"].next("challenge", Fault.DROP)
            await fatma.start()
            await fatma.unlock("274915")
            await notes(fatma, 1)
            async with asyncio.timeout(20):
                while status(fatma).unsent:
                    await asyncio.sleep(0.05)
            assert t.nets["fatma"].left("challenge") == 0
            joke = await t.joke()
            await joke.sync_once()
            assert read_by(joke) == {"bezoek 0"}

    asyncio.run(story())


def test_lost_push_answers_are_pushed_again_and_the_duplicates_do_no_harm(settled: Path, tmp_path: Path) -> None:
    """The server stored it, the phone did not hear, pushes again, is heard twice: each visit is there once."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke, net = await t.fatma(), await t.joke(), t.nets["fatma"]
            made = await notes(fatma, 2)
            net.next("push", Fault.LOSE, Fault.DROP, Fault.REPEAT)
            await fails(fatma)
            assert status(fatma).unsent == 2
            await joke.sync_once()
            assert read_by(joke) == made  # it did arrive
            await fails(fatma)
            await fatma.sync_once()
            assert (status(fatma).unsent, status(fatma).aside, net.left("push")) == (0, 0, 0)
            pushes = [body for path, body in net.sent if path == "/v1/push"]
            assert len(pushes) == 3
            assert len(set(pushes)) == 1
            made |= await notes(fatma, 1, first=2)
            await synced(fatma, joke)
            assert read_by(joke) == made
            assert len(joke.queue(QueueFilter.ALL)) == 3
            assert session_of(joke).replica.withheld == set()

    asyncio.run(story())


def test_every_answer_of_a_round_may_be_lost_once(settled: Path, tmp_path: Path) -> None:
    """Whichever request has no answer, the next round goes on from there."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke, net = await t.fatma(), await t.joke(), t.nets["fatma"]
            made = await notes(fatma, 1)
            for path in ("challenge", "token", "roll", "push", "pull"):
                for fault in (Fault.DROP, Fault.LOSE):
                    net.next(path, fault)
                    await fails(fatma)
            await synced(fatma, joke)
            assert (status(fatma).unsent, read_by(joke)) == (0, made)

    asyncio.run(story())


def test_a_pull_stopped_after_each_page_resumes_with_nothing_skipped(settled: Path, tmp_path: Path) -> None:
    """The wire fails after every page, and the device dies now and then: all of it arrives, each once."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            big = "x" * 9_000
            for n in range(6):
                await fatma.save_visit(replace(FORM, note=f"{n} {big}"))
            await fatma.sync_once()
            joke = await t.joke()
            rounds = 0
            stopped = True
            while stopped:
                rounds += 1
                before = sum(session_of(joke).log.count().values())
                t.nets["joke"].next("pull", Fault.NONE, Fault.DROP)
                try:
                    await joke.sync_once()
                    stopped = False  # the last page needed no further request
                except Unreachable:
                    assert sum(session_of(joke).log.count().values()) > before
                if rounds == 2:
                    joke = await t.joke()
            assert rounds > 2
            assert {n.split()[0] for n in read_by(joke)} == {str(n) for n in range(6)}
            assert session_of(joke).replica.withheld == set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sync.server.service.PAGE_ITEMS", 3)
        asyncio.run(story())


def test_a_visit_saved_while_a_push_is_on_its_way_is_sent_after_it(settled: Path, tmp_path: Path) -> None:
    """Writing never waits for the wire; what came in between goes with the next request of the same round."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke, hold = await t.fatma(), await t.joke(), Hold()
            made = await notes(fatma, 1)
            t.nets["fatma"].next("push", hold)
            going = asyncio.create_task(fatma.sync_once())
            await hold.arrived.wait()
            assert status(fatma).busy
            made |= await notes(fatma, 1, first=1)
            assert status(fatma).unsent == 2
            hold.release.set()
            await going
            assert (status(fatma).unsent, status(fatma).busy) == (0, False)
            await joke.sync_once()
            assert read_by(joke) == made

    asyncio.run(story())


def test_a_server_that_forgot_who_is_signed_in_is_told_again(settled: Path, tmp_path: Path) -> None:
    """Tokens gone in the middle: the round and an invitation each sign in once more by themselves."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke = await t.joke()
            await joke.sync_once()
            session_of(joke).syncer.line.token = "an old one"
            await joke.sync_once()
            session_of(joke).syncer.line.token = "an old one"
            link = await joke.invite("Bram", Role.CONTACT)
            assert link.name == "Bram"
            bram = t.device("bram")
            await bram.start(link.url)
            assert bram.look is not None

    asyncio.run(story())


def test_an_invitation_made_during_a_round_and_one_made_elsewhere_all_stand(settled: Path, tmp_path: Path) -> None:
    """Inviting while the roll is being pulled, twice at once, and after another device did: the roll stays one."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke, hold = await t.fatma(), await t.joke(), Hold()
            await fatma.second_device()  # the roll has moved since joke's last round
            t.nets["joke"].next("roll", hold)
            going = asyncio.create_task(joke.sync_once())
            await hold.arrived.wait()
            inviting = [asyncio.create_task(joke.invite(name, Role.CONTACT)) for name in ("Bram", "Anne")]
            await asyncio.sleep(0)
            hold.release.set()
            links = [await made for made in inviting]
            await going
            assert len({link.url for link in links}) == 2
            again = await t.joke()
            await again.sync_once()
            assert session_of(again).roll.entries == session_of(joke).roll.entries
            for number, link in enumerate(links):
                other = t.device(f"other{number}")
                await other.start(link.url)
                assert other.look is not None

    asyncio.run(story())


def test_a_line_that_drops_is_tried_again_soon_however_long_the_server_was_in_trouble(
    settled: Path, tmp_path: Path
) -> None:
    """An administrator waited five minutes for a laptop after a restart: its roll had been unconfirmed for an hour."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            syncer = session_of(fatma).syncer
            keep = syncer.upkeep

            async def unconfirmed() -> None:
                raise RollUnconfirmed()

            syncer.upkeep = unconfirmed  # as the last step of a round says it, for an hour
            for _ in range(12):
                with pytest.raises(RollUnconfirmed):
                    await syncer.once()
            assert syncer.state.online
            assert syncer.wait_millis() > MINUTE
            t.nets["fatma"].offline = True
            with pytest.raises(Unreachable):
                await syncer.once()
            assert syncer.wait_millis() <= 1000
            for _ in range(12):
                with pytest.raises(Unreachable):
                    await syncer.once()
            assert syncer.wait_millis() > MINUTE  # a server that stays away is asked ever more seldom
            t.nets["fatma"].offline, syncer.upkeep = False, keep
            await syncer.once()
            assert syncer.wait_millis() == 60_000

    asyncio.run(story())
