"""A phone that lay in a drawer for a year: it still syncs, what it had unsent arrives, and what is over is gone.

The year begins with the files of an earlier release (tests/fixtures), so the server was updated meanwhile, and its store
migrated. The roll has grown by hundreds, rings are new again and again, another coordinates: all by the real app.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from app.platform.native_crypto import NativePrimitives
from app.services.app import App
from app.services.models import QueueFilter, Role, Stage
from sync.core import ring
from sync.core.errors import InvitationExpired, InvitationUsed, Revoked, RollUnconfirmed, UnknownHead
from sync.core.ports import LogState
from sync.server import backup, restoring
from tests.fixtures.release import LATEST, link, opened
from tests.support.settled_team import DAY, FORM, Team, hushed, session_of

MONTHS, INVITED_A_MONTH = 12, 11
PIN, PHRASE = "583016", "nog een lange zin"
Story = Callable[[Team], Awaitable[None]]


async def joined(t: Team, name: str, url: str, who: str, secret: str = PIN) -> App:
    """A new device that has come in by this link."""
    app = t.device(name)
    await app.start(url)
    await app.accept(who, secret)
    return await hushed(app)


async def invited_in_vain(app: App, count: int) -> None:
    """Invitations that are withdrawn again: two entries on the roll each."""
    for _ in range(count):
        await app.invite("Iemand", Role.CONTACT)
    for waiting in app.trust.waiting():
        await app.trust.withdraw(waiting.announced)


async def came_and_went(t: Team, app: App, name: str) -> None:
    """A contact person who joins and is signed off: every ring they held is new."""
    guest = await joined(t, name, (await app.invite(name, Role.CONTACT)).url, name)
    await guest.sync_once()
    await app.sync_once()
    await app.trust.revoke_member(session_of(guest).member)


async def a_year(t: Team) -> None:
    """Everybody but Fatma goes on. In summer Ali takes over from Joke, who is a contact person from then on."""
    joke = await t.joke()
    await joined(t, "sanne", link(LATEST), "Sanne")
    leads = joke
    for month in range(MONTHS):
        t.clock.now += 30 * DAY
        await leads.sync_once()
        await invited_in_vain(leads, INVITED_A_MONTH)
        if month % 3 == 1:
            await came_and_went(t, leads, f"gast {month}")
        if month == 5:
            ali = await joined(t, "ali", (await joke.invite("Ali", Role.COORDINATOR)).url, "Ali", PHRASE)
            await joke.sync_once()
            await joke.trust.confirm(session_of(ali).device)
            await ali.sync_once()
            team = session_of(joke).roll.state.device(session_of(joke).device).team
            await ali.trust.move(session_of(joke).member, Role.CONTACT, team)
            leads = ali
        await leads.sync_once()
        await t.asgi.state.service.drop_expired()


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """The folders a year on, and the moment; Fatma's as they were."""
    folder = tmp_path_factory.mktemp("year")

    async def whole() -> int:
        async with opened(LATEST, folder) as t:
            await a_year(t)
            return t.clock.now

    return folder, asyncio.run(whole())


@pytest.fixture
def tell(after: tuple[Path, int], tmp_path: Path) -> Callable[[Story], None]:
    """Run a story on a copy of it all."""

    def run(story: Story) -> None:
        async def whole() -> None:
            folder, now = after
            async with opened(folder, tmp_path) as t:
                t.clock.now = now
                await story(t)

        asyncio.run(whole())

    return run


def read_by(app: App) -> set[str]:
    """Notes that a coordinator reads."""
    return {v.form.note for v in app.queue(QueueFilter.ALL) if v.detail}


def test_it_syncs_its_unsent_notes_arrive_and_what_is_over_is_gone(tell: Callable[[Story], None]) -> None:
    """Read by a coordinator who did not coordinate when they were written."""

    async def story(t: Team) -> None:
        fatma, ali = await t.fatma(), await t.unlocked("ali", PHRASE)
        assert {v.form.note for v in fatma.visits()} >= {"niet verstuurd", "niet verstuurd, eigen"}
        known = len(session_of(fatma).roll.entries)
        for _ in range(2):
            await fatma.sync_once()
            await ali.sync_once()
        state = session_of(fatma).roll.state
        assert len(session_of(fatma).roll.entries) > known + 250
        team = state.device(session_of(fatma).device).team
        assert state.rings[ring.team_ring(team)].epoch > 4
        assert state.rings[ring.coordinators_ring(team)].epoch > 1
        for app in (fatma, ali):
            status = app.sync_status()
            assert (status.unsent, status.trouble, status.aside, status.withheld) == (0, "", 0, 0)
        assert read_by(ali) == {"gedeeld in november", "niet verstuurd"}
        mine = {v.form.note for v in fatma.visits() if v.detail}
        assert mine >= {"eigen in november", "niet verstuurd, eigen"}
        assert not mine & {"eigen in september", "gedeeld in september"}
        log = session_of(fatma).log
        assert not {e.state for e in log.read()} & {
            LogState.PENDING,
            LogState.REFUSED,
            LogState.WAITING,
            LogState.ASIDE,
        }
        await fatma.save_visit(replace(FORM, day=fatma.today(), address="Rozenstraat 1", note="weer terug"))
        await fatma.sync_once()
        await ali.sync_once()
        assert "weer terug" in read_by(ali)

    tell(story)


def test_revoked_meanwhile_it_hands_in_what_it_has_and_a_coordinator_decides(tell: Callable[[Story], None]) -> None:
    """The phone says what happened; its notes are still on it until then, and can be adopted."""

    async def story(t: Team) -> None:
        fatma, ali = await t.fatma(), await t.unlocked("ali", PHRASE)
        await ali.sync_once()
        await ali.trust.revoke_member(session_of(fatma).member)
        with pytest.raises(Revoked):
            await fatma.sync_once()
        assert session_of(fatma).syncer.state.handed_in
        assert session_of(fatma).log.pending(1) == []
        await ali.sync_once()
        assert "niet verstuurd" not in read_by(ali)
        for item in ali.trust.quarantine():
            await ali.trust.adopt(item.id)
        assert "niet verstuurd" in read_by(ali)
        assert ali.aside() == []

    tell(story)


def test_an_invitation_used_meanwhile_is_told_so_on_the_phone_that_had_opened_it(tell: Callable[[Story], None]) -> None:
    """And one that nobody used has expired; neither phone shows anybody's notes."""

    async def story(t: Team) -> None:
        late = t.device("late")
        await late.start(link(LATEST))
        assert (late.stage, late.look, late.look_error) == (Stage.INVITED, None, InvitationUsed.code)
        ali = await t.unlocked("ali", PHRASE)
        await ali.sync_once()
        url = (await ali.invite("Bram", Role.CONTACT)).url
        t.clock.now += 30 * DAY
        later = t.device("later")
        await later.start(url)
        assert (later.stage, later.look, later.look_error) == (Stage.INVITED, None, InvitationExpired.code)

    tell(story)


def test_the_server_restored_meanwhile_still_gets_all_that_it_had_and_had_not(
    after: tuple[Path, int], tmp_path: Path
) -> None:
    """A backup of a month ago is put back: the others give back what they know, then the phone comes out of its drawer."""
    folder, now = after

    async def before() -> None:
        async with opened(folder, tmp_path) as t:
            t.clock.now = now
            ali = await t.unlocked("ali", PHRASE)
            await backup.make(tmp_path / "server" / "store.db", tmp_path / "copy.db", NativePrimitives(), print)
            await invited_in_vain(ali, 3)
            await ali.save_visit(replace(FORM, day=ali.today(), address="Kerkplein 1", note="na de reservekopie"))
            await ali.sync_once()
        await restoring.put_back(
            tmp_path / "copy.db", tmp_path / "server", True, "oud", now + DAY, NativePrimitives(), lambda _: None
        )

    async def afterwards() -> None:
        async with opened(tmp_path, tmp_path / "again") as t:
            t.clock.now = now + 2 * DAY
            fatma, ali = await t.fatma(), await t.unlocked("ali", PHRASE)
            for _ in range(3):
                for app in (fatma, ali):
                    with suppress(RollUnconfirmed, UnknownHead):
                        await app.sync_once()
                t.clock.now += DAY
            assert session_of(fatma).roll.state.head == session_of(ali).roll.state.head
            for app in (fatma, ali):
                status = app.sync_status()
                assert (status.unsent, status.trouble, status.aside, status.withheld) == (0, "", 0, 0)
            assert read_by(ali) >= {"niet verstuurd", "na de reservekopie"}

    asyncio.run(before())
    asyncio.run(afterwards())
