"""A server put back from a backup: what it had acknowledged and lost comes back from the devices."""

import asyncio
import shutil
import sqlite3
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from app.platform.native_crypto import NativePrimitives
from app.services.app import App
from app.services.models import QueueFilter, ReviewState, Role, SyncStatus
from sync.core.errors import UnknownHead
from sync.core.ports import LogState
from sync.device import meta
from sync.server.app import make_app
from sync.server.store_sqlite import SqliteStore
from tests.support.native_app import synced
from tests.support.settled_team import FATMA, FORM, Team, hushed, session_of, team


async def notes(app: App, count: int, first: int = 0) -> set[str]:
    """Write visits; their notes."""
    made = {f"bezoek {first + n}" for n in range(count)}
    for note in sorted(made):
        await app.save_visit(replace(FORM, note=note))
    return made


def read_by(app: App) -> set[str]:
    """The notes that a coordinator reads."""
    return {v.form.note for v in app.queue(QueueFilter.ALL) if v.form.note}


def status(app: App) -> SyncStatus:
    """What the home screen is told."""
    return app.sync_status()


async def restored(t: Team, new_number: bool) -> None:
    """Put the backup of before back, as another server; every device talks to that from now on."""
    path = t.folder / "backup" / "store.db"
    if new_number:
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("UPDATE facts SET value = randomblob(16) WHERE name = 'incarnation'")
    store = SqliteStore(path)
    t.asgi = make_app(store, NativePrimitives(), t.clock, None)
    await t.asgi.state.service.start()
    t.stores.append(store)


@pytest.mark.parametrize("new_number", [True, False])
def test_a_server_restored_from_a_backup_is_offered_everything_again(
    settled: Path, tmp_path: Path, new_number: bool
) -> None:
    """What it had acknowledged and lost comes back from the devices, also when nobody gave it a new number."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            first = await fatma.save_visit(replace(FORM, note="voor"))
            await synced(fatma, joke)
            shutil.copytree(tmp_path / "server", tmp_path / "backup")
            await joke.review(first, ReviewState.SEEN, "Mooi")
            made = await notes(fatma, 3)
            await synced(joke, fatma)
            assert status(fatma).unsent == 0
            await restored(t, new_number)
            fatma, joke, laptop = await t.fatma(), await t.joke(), await t.unlocked("laptop")
            made |= {"voor"}
            if not new_number:  # then only something new can show that the server misses what was before it
                made |= await notes(fatma, 1, first=3)
                await joke.review(first, ReviewState.SEEN, "Heel mooi")
            await synced(fatma, joke, laptop, fatma)
            for app in (fatma, joke):
                assert (status(app).unsent, status(app).aside) == (0, 0)
            assert {v.form.note for v in laptop.visits()} == made == read_by(joke)
            word = laptop.visit(first).review
            assert word is not None
            assert word.reply == ("Mooi" if new_number else "Heel mooi")
            assert len(laptop.visits()) == len(made)
            counts = session_of(fatma).log.count()
            assert set(counts) == {LogState.STORED}
            assert meta.read_cursors(session_of(fatma).log)

    asyncio.run(story())


@pytest.mark.parametrize("new_number", [True, False])
def test_a_roll_that_was_lost_with_the_server_is_offered_again(settled: Path, tmp_path: Path, new_number: bool) -> None:
    """Who joined after the backup is back once anybody who saw it has synced; meanwhile nobody loses a word."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            first = await fatma.save_visit(replace(FORM, note="voor"))
            await synced(fatma, joke)
            shutil.copytree(tmp_path / "server", tmp_path / "backup")
            link = (await joke.invite("Bram", Role.CONTACT)).url
            bram = t.device("bram")
            await bram.start(link)
            await bram.accept("Bram", FATMA)
            await hushed(bram)
            await bram.save_visit(replace(FORM, note="van Bram"))
            await synced(bram, fatma, joke)
            made = await notes(fatma, 2) | {"voor", "van Bram"}
            await fatma.sync_once()
            await restored(t, new_number)
            fatma, joke, bram = await t.fatma(), await t.joke(), await t.unlocked("bram")
            await joke.review(first, ReviewState.SEEN, "Mooi")
            made |= await notes(fatma, 1, first=2)
            laptop = await t.unlocked("laptop")
            other = await laptop.save_visit(replace(FORM, note="van de laptop"))
            made |= {"van de laptop"}
            await laptop.sync_once()
            with nullcontext() if new_number else pytest.raises(UnknownHead):  # only then she hears of it
                await fatma.sync_once()
            if new_number:
                assert fatma.visit(other).form.note == "van de laptop"
            assert bool(status(fatma).unsent) != new_number
            assert status(fatma).aside == 0
            await synced(fatma, joke, bram, fatma, joke, fatma)
            assert read_by(joke) == made
            for app in (fatma, joke, bram):
                assert (status(app).unsent, status(app).aside, status(app).trouble) == (0, 0, "")
            word = fatma.visit(first).review
            assert word is not None
            assert word.reply == "Mooi"
            assert {m.name for m in joke.members()} == {"Joke", "Fatma", "Bram"}

    asyncio.run(story())


def test_what_was_refused_for_what_came_before_it_is_offered_to_the_next_server(settled: Path, tmp_path: Path) -> None:
    """A broken chain is no fault of the visit: with the server put right it is sent, and leaves the list."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            await synced(fatma, joke)
            shutil.copytree(tmp_path / "server", tmp_path / "backup")
            made = await notes(fatma, 1)
            log = session_of(fatma).log
            log.mark([e.id for e in log.pending()], LogState.REFUSED, "broken_chain")
            fatma = await t.fatma()
            assert (status(fatma).unsent, status(fatma).aside > 0) == (0, True)
            await restored(t, True)
            fatma, joke = await t.fatma(), await t.joke()
            await synced(fatma, joke)
            assert (status(fatma).unsent, status(fatma).aside, read_by(joke)) == (0, 0, made)
            assert {v.synced for v in fatma.visits()} == {True}

    asyncio.run(story())
