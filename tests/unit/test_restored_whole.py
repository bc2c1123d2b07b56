"""A night's backup, a day's work after it, the server lost: with `restore` nothing of that day is lost, undone or split."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.commands.backup import backup
from app.commands.restore import restore
from app.commands.serve import open_store
from app.platform.native_crypto import NativePrimitives
from app.services.models import Alert, Role
from app.services.wording import sentence_of
from app.views.common.notices import said
from sync.core.errors import RollUnconfirmed
from sync.server import erasures
from sync.server.app import make_app
from tests.support.native_app import synced
from tests.support.settled_team import FATMA, FORM, Team, hushed, session_of, team
from tests.support.traces import bodies, lies_in
from tests.unit.test_device_restored import notes, read_by, status
from tests.unit.test_erasing import erased, shown


@asynccontextmanager
async def server(t: Team, data: Path) -> AsyncIterator[None]:
    """The server that every device made from now on talks to, over this folder."""
    t.asgi = make_app(open_store(data), NativePrimitives(), t.clock, None)
    async with t.asgi.router.lifespan_context(t.asgi):
        yield


def quiet(_: str) -> None:
    """Say nothing."""


def lost(data: Path, also_the_file_beside: bool) -> None:
    """The disk gave up."""
    for path in data.glob("store.db*"):
        path.unlink()
    if also_the_file_beside:
        (data / erasures.FILE).unlink()


@pytest.mark.parametrize("all_lost", [False, True])
def test_a_day_after_the_backup_comes_back_and_stays_one(settled: Path, tmp_path: Path, all_lost: bool) -> None:
    """Notes, an invitation and a new member, an erasing: as they were the evening before the disk broke."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            data, night = tmp_path / "live", tmp_path / "backups" / "night.db"
            shutil.copytree(tmp_path / "server", data)
            night.parent.mkdir()
            async with server(t, data):
                fatma, joke, laptop = await t.fatma(), await t.joke(), await t.unlocked("laptop")
                made = await notes(fatma, 2)
                gone = await fatma.save_visit(replace(FORM, note="weg ermee"))
                await synced(fatma, joke, laptop)
                sealed = bodies(fatma, gone).values()
                await asyncio.to_thread(backup, data, night, None, quiet)
                assert lies_in(night.parent, sealed)
                bram = t.device("bram")
                await bram.start((await joke.invite("Bram", Role.CONTACT)).url)
                await bram.accept("Bram", FATMA)
                await hushed(bram)
                await bram.save_visit(replace(FORM, note="van Bram"))
                made |= await notes(fatma, 3, first=2) | {"van Bram"}
                await erased(fatma, gone)
                await synced(bram, fatma, joke, laptop, joke)
                before = list(session_of(joke).roll.entries)
                assert read_by(joke) == made
            lost(data, all_lost)
            await asyncio.to_thread(restore, data, night, False, quiet)
            assert bool(lies_in(data, sealed)) == all_lost  # then whoever erased asks again
            async with server(t, data):
                fatma, joke = await t.fatma(), await t.joke()
                bram, laptop = await t.unlocked("bram"), await t.unlocked("laptop")
                made |= await notes(fatma, 1, first=9)
                await bram.sync_once()  # nobody has told the server of Bram yet: he brings Joke's invitation along
                assert session_of(bram).syncer.state.trouble == ""
                with pytest.raises(RollUnconfirmed):
                    await joke.invite("Iemand", Role.CONTACT)
                with pytest.raises(RollUnconfirmed):
                    await joke.sync_once()
                assert status(joke).trouble == "roll_unconfirmed"
                assert "draait op een oude kopie" in sentence_of(status(joke).trouble)
                [notice] = [n for n in joke.trust.notices() if n.alert is Alert.RESTORED]
                assert said(notice).endswith(
                    "Op 2 apparaten is de app nog niet open geweest. Vraag iedereen om dat even te doen."
                )
                assert session_of(joke).roll.entries == before
                await synced(fatma, bram, laptop, joke, fatma, laptop, bram)
                assert Alert.RESTORED not in {n.alert for n in joke.trust.notices()}
                assert {status(a).trouble for a in (fatma, joke, bram, laptop)} == {""}
                assert {status(a).unsent + status(a).aside for a in (fatma, joke, bram, laptop)} == {0}
                assert read_by(joke) == made
                assert shown(fatma) == shown(laptop) == made - {"van Bram"}
                assert lies_in(data, sealed) == []
                await joke.invite("Iemand", Role.CONTACT)
                await synced(joke, fatma, bram, laptop)
                rolls = [session_of(a).roll.entries for a in (fatma, joke, bram, laptop)]
                assert all(roll == rolls[0] for roll in rolls)
                assert rolls[0][: len(before)] == before
                assert {m.name for m in joke.members()} >= {"Joke", "Fatma", "Bram"}
                assert not any(session_of(a).syncer.state.forked for a in (fatma, joke, bram, laptop))

    asyncio.run(story())


def test_a_coordinators_lost_laptop_takes_no_part_of_the_roll_along(settled: Path, tmp_path: Path) -> None:
    """What only she signed after the backup comes back from whoever saw it, though she never comes back herself."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            data, night = tmp_path / "live", tmp_path / "night.db"
            shutil.copytree(tmp_path / "server", data)
            async with server(t, data):
                fatma, joke = await t.fatma(), await t.joke()
                await synced(fatma, joke)
                await asyncio.to_thread(backup, data, night, None, quiet)
                await joke.invite("Iemand", Role.CONTACT)
                await synced(joke, fatma)
                before = list(session_of(fatma).roll.entries)
            lost(data, also_the_file_beside=False)
            await asyncio.to_thread(restore, data, night, False, quiet)
            async with server(t, data):
                fatma = await t.fatma()
                made = await notes(fatma, 1)
                await synced(fatma)
                laptop = await t.unlocked("laptop")
                await synced(laptop)
                assert shown(laptop) >= made
                [organisation] = await t.asgi.state.service._store.organisations()
                assert await t.asgi.state.service._store.roll(organisation) == before

    asyncio.run(story())
