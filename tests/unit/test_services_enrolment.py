"""Joining: invitations that can't be used, and enrolments stopped at every point on the way."""

import asyncio
from pathlib import Path

import pytest

from app.services.app import App
from app.services.founding import found
from app.services.models import QueueFilter, Role, Stage
from sync.core.errors import BadInput, InvitationExpired, InvitationUsed, Unreachable
from tests.support.faulty_transport import Fault
from tests.support.native_app import synced
from tests.support.organisation import RANDOM, P
from tests.support.settled_team import DAY, FORM, Team, hushed, session_of, team

PIN = "583016"


class Killed(BaseException):
    """The phone dies here."""


def dies_at_roll(app: App, call: int) -> None:
    """The phone dies when it wants to write the roll for the n-th time."""
    log, calls = app.live.log, iter(range(1, 10))
    assert log is not None
    real = log.append_roll

    def append_roll(entries: list[bytes]) -> None:
        if next(calls) == call:
            raise Killed
        real(entries)

    log.append_roll = append_roll  # type: ignore[method-assign, assignment]


async def invited(t: Team) -> tuple[App, str]:
    """The coordinator's app and a new link."""
    joke = await t.joke()
    return joke, (await joke.invite("Bram", Role.CONTACT)).url


async def in_use(app: App, joke: App) -> None:
    """The device is a whole member: named, able to write, read by the coordinator."""
    assert app.stage is Stage.OPEN
    await hushed(app)
    assert app.my_name == "Bram"
    visit = await app.save_visit(FORM)
    await synced(app, joke)
    assert joke.visit(visit).by == "Bram"
    assert [m.devices for m in joke.members() if m.name == "Bram"] == [1]


async def nobody_else(t: Team, link: str) -> None:
    """The link is of no use to another device."""
    other = t.device("other")
    await other.start(link)
    assert (other.stage, other.look, other.look_error) == (Stage.INVITED, None, "invitation_used")


async def resumed(t: Team) -> App:
    """The device after a restart, opened with the PIN that was set."""
    again = t.device("bram")
    await again.start()
    assert again.stage is Stage.LOCKED
    await again.unlock(PIN)
    return again


@pytest.mark.parametrize(
    "link", ["", "hallo", "http://test/#/uitnodiging/", "http://test/#/uitnodiging/AAAA", "é" * 500]
)
def test_a_garbage_invitation_is_told_and_another_can_be_tried(settled: Path, tmp_path: Path, link: str) -> None:
    """Whatever is pasted: a clear code, and nothing is stored."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            bram = t.device("bram")
            await bram.start()
            assert bram.stage is Stage.WELCOME
            await bram.open_invitation(link)
            assert (bram.stage, bram.look, bram.look_error) == (Stage.INVITED, None, "invitation_unknown")
            assert not bram.live.require_vault().exists

    asyncio.run(story())


def test_an_expired_or_altered_invitation_is_told(settled: Path, tmp_path: Path) -> None:
    """After fourteen days it is expired; with a changed letter it is unknown; offline it says so."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            _, link = await invited(t)
            bram = t.device("bram")
            await bram.start()
            t.nets["bram"].offline = True
            await bram.open_invitation(link)
            assert bram.look_error == "unreachable"
            t.nets["bram"].offline = False
            altered = link[:-8] + ("A" if link[-8] != "A" else "B") + link[-7:]
            await bram.open_invitation(altered)
            assert bram.look_error == "invitation_unknown"
            await bram.open_invitation(link)
            assert bram.look is not None
            assert (bram.look.role, bram.look.second_device, bram.look_error) == (Role.CONTACT, False, "")
            t.clock.now += 15 * DAY
            await bram.open_invitation(link)
            assert (bram.look, bram.look_error) == (None, "invitation_expired")

    asyncio.run(story())


def test_a_weak_secret_or_no_name_stops_before_anything_is_used(settled: Path, tmp_path: Path) -> None:
    """Each field's error; afterwards the same invitation still works, spaces around the name left out."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, link = await invited(t)
            bram = t.device("bram")
            await bram.start(link)
            given = [("", PIN, "name", "missing"), ("  ", PIN, "name", "missing"), ("B" * 81, PIN, "name", "too_long")]
            for name, secret, field, why in [*given, ("Bram", "123456", "secret", "too_simple")]:
                with pytest.raises(BadInput) as raised:
                    await bram.accept(name, secret)
                assert (raised.value.field, raised.value.why) == (field, why)
            assert not bram.live.require_vault().exists
            await bram.accept(" Bram ", PIN)
            await in_use(bram, joke)

    asyncio.run(story())


def test_an_invitation_used_meanwhile_by_another_is_told_and_the_next_one_works(settled: Path, tmp_path: Path) -> None:
    """Two look at one link: the first is in, the second is told and joins with an invitation of their own."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, link = await invited(t)
            first, second = t.device("first"), t.device("bram")
            await first.start(link)
            await second.start(link)
            await first.accept("Anne", PIN)
            await hushed(first)
            with pytest.raises(InvitationUsed):
                await second.accept("Bram", PIN)
            assert (second.stage, second.look_error) == (Stage.INVITED, "invitation_used")
            again = t.device("bram")
            await again.start()
            assert again.stage is Stage.WELCOME
            await again.open_invitation((await joke.invite("Bram", Role.CONTACT)).url)
            await again.accept("Bram", PIN)
            await in_use(again, joke)

    asyncio.run(story())


def test_an_enrolment_whose_answer_is_lost_is_in_when_it_asks_again(settled: Path, tmp_path: Path) -> None:
    """The server did it, the device did not hear: the same device asks again and is in; nobody else can."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, link = await invited(t)
            bram = t.device("bram")
            await bram.start(link)
            t.nets["bram"].next("enrol", Fault.LOSE)
            with pytest.raises(Unreachable):
                await bram.accept("Bram", PIN)
            assert bram.stage is Stage.ENROLLING
            await nobody_else(t, link)
            t.nets["bram"].next("challenge", Fault.DROP)  # used, and no way yet to hear by whom
            with pytest.raises(Unreachable):
                await bram.retry_enrolment()
            assert bram.stage is Stage.ENROLLING
            await bram.retry_enrolment()
            await in_use(bram, joke)

    asyncio.run(story())


def test_an_answer_lost_for_longer_than_the_invitation_lasts_costs_nothing(settled: Path, tmp_path: Path) -> None:
    """Killed after the lost answer, back three weeks later, the roll grown meanwhile: the device is in."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, link = await invited(t)
            bram = t.device("bram")
            await bram.start(link)
            t.nets["bram"].next("enrol", Fault.LOSE)
            with pytest.raises(Unreachable):
                await bram.accept("Bram", PIN)
            await joke.invite("Nog iemand", Role.CONTACT)
            t.clock.now += 21 * DAY
            again = await resumed(t)
            await in_use(again, joke)

    asyncio.run(story())


def test_an_enrolment_that_never_arrived_goes_on_at_the_next_unlock(settled: Path, tmp_path: Path) -> None:
    """Offline in the middle and killed: still offline it says so and keeps waiting, online it is in."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, link = await invited(t)
            bram = t.device("bram")
            await bram.start(link)
            t.nets["bram"].next("enrol", Fault.DROP)
            with pytest.raises(Unreachable):
                await bram.accept("Bram", PIN)
            again = t.device("bram")
            await again.start()
            t.nets["bram"].offline = True
            with pytest.raises(Unreachable):
                await again.unlock(PIN)
            assert again.stage is Stage.ENROLLING
            t.nets["bram"].offline = False
            await again.retry_enrolment()
            await in_use(again, joke)
            await nobody_else(t, link)

    asyncio.run(story())


@pytest.mark.parametrize("call", [1, 2])
def test_an_enrolment_killed_between_two_writes_is_resumed(settled: Path, tmp_path: Path, call: int) -> None:
    """1: the vault is made and the roll is not yet written. 2: the server knows, the phone has not noted it."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, link = await invited(t)
            bram = t.device("bram")
            await bram.start(link)
            dies_at_roll(bram, call)
            with pytest.raises(Killed):
                await bram.accept("Bram", PIN)
            again = await resumed(t)
            await in_use(again, joke)
            await nobody_else(t, link)

    asyncio.run(story())


def test_killed_before_there_was_a_vault_nothing_has_happened(settled: Path, tmp_path: Path) -> None:
    """Looking uses nothing up: after a restart the same link starts from the beginning."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, link = await invited(t)
            bram = t.device("bram")
            await bram.start(link)
            again = t.device("bram")
            await again.start(link)
            assert again.stage is Stage.INVITED
            await again.accept("Bram", PIN)
            await in_use(again, joke)

    asyncio.run(story())


def test_enrolling_twice_at_the_same_moment_leaves_one_device_and_one_name(settled: Path, tmp_path: Path) -> None:
    """A repeated request is harmless: one device, one name."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, link = await invited(t)
            bram = t.device("bram")
            await bram.start(link)
            t.nets["bram"].next("enrol", Fault.REPEAT)
            await bram.accept("Bram", PIN)
            await in_use(bram, joke)
            assert len(session_of(joke).view.ask("SELECT * FROM members WHERE name = 'Bram'")) == 1
            assert len(joke.queue(QueueFilter.OPEN)) == 1

    asyncio.run(story())


def test_an_enrolment_that_comes_too_late_is_told_and_the_next_invitation_works(settled: Path, tmp_path: Path) -> None:
    """It never arrived before the invitation expired: told at the unlock, and nothing is left in the way.

    The next invitation is from another organisation, which has a roll of its own.
    """

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            _, link = await invited(t)
            bram = t.device("bram")
            await bram.start(link)
            t.nets["bram"].next("enrol", Fault.DROP)
            with pytest.raises(Unreachable):
                await bram.accept("Bram", PIN)
            t.clock.now += 21 * DAY
            again = t.device("bram")
            await again.start()
            with pytest.raises(InvitationExpired):
                await again.unlock(PIN)
            assert (again.stage, again.look_error) == (Stage.INVITED, "invitation_expired")
            founding = await found(P, RANDOM, t.clock)
            await t.asgi.state.service.found(founding.genesis)
            again = t.device("bram")
            await again.start(f"http://test/#/uitnodiging/{founding.invitation.to_text()}")
            await again.accept("Bram", "een eigen zin")
            await hushed(again)
            await again.sync_once()
            assert (again.stage, again.role, again.my_name) == (Stage.OPEN, Role.COORDINATOR, "Bram")
            once_more = await t.unlocked("bram", "een eigen zin")
            assert [m.name for m in once_more.members()] == ["Bram"]

    asyncio.run(story())
