"""Invitations: where their secret stands until they are used."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path

from app.commands.native_device import QuietPage
from app.services.app import App
from app.services.models import Role, Stage
from tests.support.settled_team import Team, hushed, team


def page_of(app: App) -> QuietPage:
    """The page around a device of these tests."""
    assert isinstance(app.live.page, QuietPage)
    return app.live.page


def secret_of(link: str) -> str:
    """The part that must stay secret."""
    return link.rsplit("/", 1)[-1]


def told(settled: Path, folder: Path, story: Callable[[Team], Coroutine[None, None, None]]) -> None:
    """Run a story with a copy of the settled team."""

    async def run() -> None:
        async with team(settled, folder) as t:
            await story(t)

    asyncio.run(run())


def test_a_looked_at_invitation_survives_a_reload_until_the_pin_is_set(settled: Path, tmp_path: Path) -> None:
    """The page keeps it outside the address; once it is in the vault the page forgets it."""

    async def story(t: Team) -> None:
        link = (await (await t.joke()).invite("Bram", Role.CONTACT)).url
        bram = t.device("bram")
        await bram.start(link)
        assert page_of(bram).kept_invitation == secret_of(link) == secret_of(bram.invitation_link)
        again = t.device("bram")
        page_of(again).kept_invitation = secret_of(link)
        await again.start("/")
        assert (again.stage, again.invitation_link) == (Stage.INVITED, link)
        await again.accept("Bram", "583016")
        await hushed(again)
        assert (again.stage, page_of(again).kept_invitation) == (Stage.OPEN, "")

    told(settled, tmp_path, story)


def test_an_invitation_that_is_of_no_use_is_not_kept(settled: Path, tmp_path: Path) -> None:
    """Used, or left by the person; one that could not be looked at for want of a connection stays where it is."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        used, fresh = (await joke.invite("Bram", Role.CONTACT)).url, (await joke.invite("Bea", Role.CONTACT)).url
        bram = t.device("bram")
        await bram.start(used)
        await bram.accept("Bram", "583016")
        await hushed(bram)
        other = t.device("other")
        page_of(other).kept_invitation = secret_of(used)
        await other.start("/")
        assert (other.look_error, page_of(other).kept_invitation) == ("invitation_used", "")
        page_of(other).kept_invitation = secret_of(fresh)
        t.nets["other"].offline = True
        await other.open_invitation(fresh)
        assert (other.look_error, page_of(other).kept_invitation) == ("unreachable", secret_of(fresh))
        t.nets["other"].offline = False
        await other.open_invitation(other.invitation_link)
        assert other.look is not None
        assert page_of(other).kept_invitation == secret_of(fresh)
        other.leave_invitation()
        assert (other.stage, page_of(other).kept_invitation, other.invitation_link) == (Stage.WELCOME, "", "")

    told(settled, tmp_path, story)
