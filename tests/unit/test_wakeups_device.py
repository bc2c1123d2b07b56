"""Devices that are woken: real apps, a real server on the network, event streams between them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from app.platform.native_transport import HttpTransport
from app.services.app import App
from app.services.models import QueueFilter
from app.services.trust import Trust
from sync.core.errors import RollUnconfirmed, Unreachable
from sync.device import editions, syncer
from sync.device.asking import Asking
from sync.device.patience import Pace
from sync.server.sessions import TOKEN_MILLIS
from tests.support.on_air import OnAir, on_air, until
from tests.support.settled_team import FORM, JOKE, Team, session_of, team

Story = Callable[[OnAir], Awaitable[None]]


def told(settled: Path, folder: Path, story: Story) -> None:
    """Run it."""

    async def whole() -> None:
        async with team(settled, folder) as t, on_air(t) as air:
            await story(air)
            for app in t.apps:
                await app.locking.stop()

    asyncio.run(whole())


def read_by(app: App) -> set[str]:
    """The notes that a coordinator reads."""
    return {v.form.note for v in app.queue(QueueFilter.ALL) if v.form.note}


def asked(air: OnAir, name: str) -> list[str]:
    """What a device has asked so far."""
    return [path for path, _ in air.net(name).sent]


def test_what_is_saved_on_one_phone_is_on_the_other_screen_at_once_and_nobody_asks_in_between(
    settled: Path, tmp_path: Path
) -> None:
    """No poll could have done it: the next one is a minute away. A phone that wrote is not woken by itself."""

    async def story(air: OnAir) -> None:
        assert syncer.IDLE_MILLIS == 60_000
        joke, fatma = await air.opened("joke"), await air.opened("fatma")
        await air.listening(2)
        before = len(asked(air, "fatma")), len(asked(air, "joke"))
        await fatma.save_visit(replace(FORM, note="meteen"))
        await until(lambda: "meteen" in read_by(joke))
        await air.quiet()
        assert asked(air, "fatma")[before[0] :] == ["/v1/roll", "/v1/push", "/v1/pull"]
        assert asked(air, "joke")[before[1] :] == ["/v1/roll", "/v1/pull"]

    told(settled, tmp_path, story)


def test_fifty_words_at_once_are_a_round_or_two(settled: Path, tmp_path: Path) -> None:
    """Whatever came in meanwhile is asked for together."""

    async def story(air: OnAir) -> None:
        joke, fatma = await air.opened("joke"), await air.opened("fatma")
        await air.listening(2)
        before = len(asked(air, "joke"))
        state = session_of(joke).roll.state
        for _ in range(50):
            air.hub.wake(state.organisation, None, session_of(fatma).device)
            await asyncio.sleep(0)
        await air.quiet()
        assert 1 <= asked(air, "joke")[before:].count("/v1/pull") <= 3

    told(settled, tmp_path, story)


def test_a_server_that_cries_all_the_time_does_not_keep_a_phone_busy(settled: Path, tmp_path: Path) -> None:
    """A few rounds in a row, and after that one each few seconds."""

    async def story(air: OnAir) -> None:
        joke = await air.opened("joke")
        await air.listening(1)
        session = session_of(joke)
        session.syncer._pace = Pace(3, syncer.WAKING_SECONDS)
        before = asked(air, "joke").count("/v1/pull")
        for _ in range(300):
            air.hub.wake(session.roll.state.organisation, None, b"")
            await asyncio.sleep(0.005)
        assert 2 <= asked(air, "joke").count("/v1/pull") - before <= 4

    told(settled, tmp_path, story)


def test_the_pace_of_words_is_so_many_at_once_and_then_one_each_so_often() -> None:
    """By the seconds that went by, never more than the burst saved up."""
    pace = Pace(3, 2.0)
    assert [pace.wait(100.0) for _ in range(4)] == [0.0, 0.0, 0.0, 2.0]
    assert pace.wait(104.0) == 0.0
    assert pace.wait(104.0) == 2.0
    assert [pace.wait(10_000.0) for _ in range(4)] == [0.0, 0.0, 0.0, 2.0]


def test_what_came_in_while_there_was_no_line_is_asked_for_when_it_is_back(settled: Path, tmp_path: Path) -> None:
    """Out of reach, somebody wrote, the network is back: on the screen without waiting for the minute."""

    async def story(air: OnAir) -> None:
        joke, fatma = await air.opened("joke"), await air.opened("fatma")
        await air.listening(2)
        air.net("joke").offline = True
        air.hub.wake(session_of(joke).roll.state.organisation, None, b"")  # a piece arrives: its wire is dead
        await until(lambda: len(air.hub) == 1)
        await fatma.save_visit(replace(FORM, note="toen zij weg was"))
        await until(lambda: not session_of(joke).syncer.state.online)
        assert read_by(joke) == set()
        air.net("joke").offline = False
        joke.sync_now()  # what the page does when the browser says that there is a network
        await until(lambda: "toen zij weg was" in read_by(joke))
        await air.listening(2)
        await fatma.save_visit(replace(FORM, note="en daarna"))
        await until(lambda: "en daarna" in read_by(joke))

    told(settled, tmp_path, story)


def test_what_came_in_between_the_first_round_and_the_line_is_asked_for(settled: Path, tmp_path: Path) -> None:
    """Nobody could be woken then: the opening of a line counts as a word."""

    async def story(air: OnAir) -> None:
        gate, joke = asyncio.Event(), air.team.device("joke")
        net = air.net("joke")
        net.inner, real = HttpTransport(air.url), net.listen

        async def later(path: str, token: str) -> AsyncIterator[bytes]:
            await gate.wait()
            async with aclosing(real(path, token)) as pieces:
                async for piece in pieces:
                    yield piece

        net.listen = later  # type: ignore[method-assign, assignment]
        await joke.start()
        await joke.unlock(JOKE)
        fatma = await air.opened("fatma")
        await air.listening(1)
        await fatma.save_visit(replace(FORM, note="ertussen"))
        await air.quiet()
        assert read_by(joke) == set()
        gate.set()
        await until(lambda: "ertussen" in read_by(joke))

    told(settled, tmp_path, story)


def test_a_line_ends_with_its_token_and_is_opened_again_with_a_new_one(settled: Path, tmp_path: Path) -> None:
    """An hour later: signed in anew by itself, and woken as before."""

    async def story(air: OnAir) -> None:
        air.hub.beat_seconds = 0.05
        joke = await air.opened("joke")
        await air.listening(1)
        first = session_of(joke).syncer.line.token
        air.team.clock.now += TOKEN_MILLIS + 1
        joke.touch()  # an hour in which somebody used it
        await until(lambda: session_of(joke).syncer.line.token != first)
        await until(lambda: len(air.hub) == 1)

    told(settled, tmp_path, story)


def test_a_device_that_is_signed_off_hears_nothing_more_and_that_it_has_left(settled: Path, tmp_path: Path) -> None:
    """Its line ends at once; it looks why, hands in what it has and is empty, all within seconds."""

    async def story(air: OnAir) -> None:
        joke, fatma = await air.opened("joke"), await air.opened("fatma")
        await air.listening(2)
        gone = session_of(fatma)
        trust: Trust = joke.trust
        await trust.revoke_device(gone.device)
        await until(lambda: len(air.hub) == 1)
        await until(lambda: gone.syncer.state.handed_in)

    told(settled, tmp_path, story)


def test_another_list_of_help_lines_is_on_every_screen_at_once(settled: Path, tmp_path: Path) -> None:
    """A phone that has asked for it within the last minute asks when that is over."""

    async def story(air: OnAir) -> None:
        joke, fatma = await air.opened("joke"), await air.opened("fatma")
        await air.listening(2)
        air.team.clock.now += editions.ASK_SOON_MILLIS
        assert await joke.directory.publish([]) == 1
        await until(lambda: fatma.directory.verified)
        asks = asked(air, "fatma").count("/v1/directory")
        assert await joke.directory.publish([]) == 2
        await air.quiet()
        assert asked(air, "fatma").count("/v1/directory") == asks
        air.team.clock.now += editions.ASK_SOON_MILLIS
        fatma.sync_now()  # the next minute's round
        await until(lambda: asked(air, "fatma").count("/v1/directory") == asks + 1)

    told(settled, tmp_path, story)


def test_other_trouble_does_not_stop_the_ears(settled: Path, tmp_path: Path) -> None:
    """A roll that may not grow yet, say: what others note comes in at once all the same."""

    async def unconfirmed() -> None:
        raise RollUnconfirmed()

    async def story(air: OnAir) -> None:
        joke = air.team.device("joke")
        air.net("joke").inner = HttpTransport(air.url)
        await joke.start()
        await joke.unlock(JOKE)
        session_of(joke).syncer.upkeep = unconfirmed
        fatma = await air.opened("fatma")
        await air.listening(2)
        await until(lambda: joke.sync_status().trouble == "roll_unconfirmed")
        await fatma.save_visit(replace(FORM, note="toch"))
        await until(lambda: "toch" in read_by(joke), 5)

    told(settled, tmp_path, story)


def test_locking_ends_the_line(settled: Path, tmp_path: Path) -> None:
    """Nothing of a locked phone listens on."""

    async def story(air: OnAir) -> None:
        joke = await air.opened("joke")
        await air.listening(1)
        await joke.lock()
        await until(lambda: len(air.hub) == 0)

    told(settled, tmp_path, story)


def test_without_a_line_all_goes_on_by_the_minute(settled: Path, tmp_path: Path) -> None:
    """A proxy that lets none through: no round more than there would be, and what is saved is sent at once."""

    async def refused(path: str, token: str) -> AsyncIterator[bytes]:
        tries.append(path)
        raise Unreachable("a proxy")
        yield b""

    tries: list[str] = []

    async def story(air: OnAir) -> None:
        fatma = air.team.device("fatma")
        air.net("fatma").listen = refused  # type: ignore[method-assign, assignment]
        await fatma.start()
        await fatma.unlock("274915")
        await until(lambda: len(tries) >= 2)
        await air.quiet()
        assert asked(air, "fatma").count("/v1/pull") == 1
        assert session_of(fatma).syncer.wait_millis() == 60_000
        await fatma.save_visit(FORM)
        await until(lambda: fatma.sync_status().unsent == 0)

    told(settled, tmp_path, story)


def test_a_new_list_is_asked_for_within_twenty_seconds_of_the_server_s_word() -> None:
    """Also where the word comes right after a question: the next round does not wait its whole minute for it."""
    asking = Asking()
    assert asking.due(1_000, woken=False)
    assert not asking.due(2_000, woken=True)  # just asked: owed, and soon
    assert asking.wait_millis(2_000) == editions.ASK_SOON_MILLIS - 1_000
    assert not asking.due(20_000, woken=False)
    assert asking.due(21_000, woken=False)
    assert asking.wait_millis(21_000) is None
    assert not asking.due(22_000 + editions.ASK_SOON_MILLIS, woken=False)
    assert asking.due(21_000 + editions.ASK_AGAIN_MILLIS, woken=False)


def test_what_is_owed_shortens_the_rest_between_two_rounds(
    tell: Callable[[Callable[[Team], Awaitable[None]]], None],
) -> None:
    """The help lines and the stories are public lists: their turn comes with the round."""

    async def story(t: Team) -> None:
        session = session_of(await t.fatma())
        await session.syncer.once()
        assert session.syncer.wait_millis() == syncer.IDLE_MILLIS
        session.editions.asking.due(t.clock.now + 1_000, woken=True)
        assert session.syncer.wait_millis() <= editions.ASK_SOON_MILLIS + syncer.JITTER_MILLIS

    tell(story)
