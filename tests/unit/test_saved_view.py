"""The saved view over the whole app: what is taken up, what is not, and that neither costs a note."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from app.commands.native_shelf import NativeShelf
from app.services.app import App
from sync.core.errors import DiskFull
from sync.device.replica import Replica
from tests.support.settled_team import FATMA, FORM, Team, hushed, session_of, team
from tests.support.shelf import MemoryShelf

NOTE = "Zalmroze gordijnen en appeltaart"


async def opened(t: Team, shelf: object, secret: str = FATMA) -> App:
    """Fatma's phone with this shelf, unlocked."""
    app = t.device("fatma")
    app.live.world = replace(app.live.world, shelf=shelf)  # type: ignore[arg-type]
    await app.start()
    await app.unlock(secret)
    return await hushed(app)


async def noted(t: Team, shelf: object, count: int = 12) -> list[object]:
    """Some visits noted and the view put away by locking; what the list says then."""
    app = await opened(t, shelf)
    for number in range(count):
        await app.save_visit(replace(FORM, address=f"Tulpstraat {number}", note=NOTE))
    listed = list(app.visits())
    await app.lock()
    return listed


def replayed(app: App) -> bool:
    """Whether the whole log was judged again."""
    return len(session_of(app).replica._verified) > 1


def test_unlocking_takes_up_what_was_put_away_and_replays_only_the_rest(settled: Path, tmp_path: Path) -> None:
    """The same list, no signature checked again, and writing goes on in the same chains."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            shelf = MemoryShelf()
            listed = await noted(t, shelf)
            app = await opened(t, shelf)
            assert list(app.visits()) == listed
            assert not replayed(app)
            more = await app.save_visit(FORM)
            changed = await app.save_visit(replace(FORM, note="anders"), listed[0].id)  # type: ignore[attr-defined]
            await app.sync_once()
            assert app.sync_status().unsent == 0
            joke = await t.joke()
            await joke.sync_once()
            assert joke.visit(changed).form.note == "anders"
            assert joke.visit(more).form.note == FORM.note
            assert session_of(joke).replica.withheld == set()

    asyncio.run(story())


def test_nothing_readable_lies_on_the_shelf(settled: Path, tmp_path: Path) -> None:
    """Only sealed pieces, and no note in whatever spelling."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            shelf = MemoryShelf()
            await noted(t, shelf)
            assert shelf.data is not None
            for text in (NOTE, "Tulpstraat", "Fatma", "visits", "SQLite"):
                assert text.encode() not in shelf.data
                assert text.encode("utf-16-le") not in shelf.data

    asyncio.run(story())


def _flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "one byte": lambda data: data[:1],
    "cut off": lambda data: data[:-1],
    "half": lambda data: data[: len(data) // 2],
    "longer": lambda data: data + b"\0",
    "header altered": lambda data: _flipped(data, 5),
    "body altered": lambda data: _flipped(data, len(data) // 2),
    "tag altered": lambda data: _flipped(data, len(data) - 1),
    "zeros": lambda data: bytes(len(data)),
    "a length that is not there": lambda data: b"\xff" + data[1:],
}


@pytest.mark.parametrize("how", list(DAMAGE))
def test_a_damaged_view_is_made_anew_from_the_log(settled: Path, tmp_path: Path, how: str) -> None:
    """Told to nobody; nothing is missing, and the next locking puts a whole one away."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            shelf = MemoryShelf()
            listed = await noted(t, shelf)
            shelf.data = DAMAGE[how](shelf.data or b"")
            app = await opened(t, shelf)
            assert list(app.visits()) == listed
            assert replayed(app)
            assert app.aside() == []
            assert shelf.data is None
            await app.lock()
            assert not replayed(await opened(t, shelf))

    asyncio.run(story())


def test_a_view_of_another_app_another_log_or_before_a_judgement_is_not_taken_up(settled: Path, tmp_path: Path) -> None:
    """Each alone is enough: another build, another device's, an older one after envelopes went or were refused."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            shelf = MemoryShelf()
            listed = await noted(t, shelf)
            app = await opened(t, MemoryShelf("another app", shelf.data))
            assert replayed(app)
            assert list(app.visits()) == listed
            last = app.live.require_log().read(limit=10_000)[-1]
            app.live.require_log().mark([last.id], 5, "forbidden")
            app = await opened(t, MemoryShelf(data=shelf.data))
            assert replayed(app)
            assert len(app.aside()) == 1
            laptop = t.device("laptop")
            laptop.live.world = replace(laptop.live.world, shelf=MemoryShelf(data=shelf.data))
            await laptop.start()
            await laptop.unlock(FATMA)
            assert laptop.visits() == []

    asyncio.run(story())


def test_an_older_view_is_taken_up_and_the_rest_replayed(settled: Path, tmp_path: Path) -> None:
    """Killed after more was noted: what was put away stands for its own place in the log."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            shelf = MemoryShelf()
            await noted(t, shelf)
            app = await opened(t, shelf)
            await app.save_visit(FORM)
            listed = list(app.visits())
            again = await opened(t, shelf)
            assert list(again.visits()) == listed
            assert 0 < len(session_of(again).replica._verified) <= 3

    asyncio.run(story())


class Full(MemoryShelf):
    """No room."""

    async def write(self, pieces: Sequence[bytes]) -> None:
        raise DiskFull("view")


def test_without_room_for_the_view_everything_else_goes_on(settled: Path, tmp_path: Path) -> None:
    """Locking is locking; the next unlocking takes longer, and that is all."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            listed = await noted(t, Full())
            app = await opened(t, Full())
            assert list(app.visits()) == listed

    asyncio.run(story())


def test_a_revocation_that_came_in_after_the_saving_is_judged_all_the_same(settled: Path, tmp_path: Path) -> None:
    """The roll cut a device off between two unlockings: everything is judged anew, from the log."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            shelf = MemoryShelf()
            await noted(t, shelf)
            app = await opened(t, shelf)
            await app.sync_once()
            joke = await t.joke()
            laptop = await t.unlocked("laptop")
            await joke.sync_once()
            await session_of(joke).steward.revoke([session_of(laptop).device])
            await session_of(app).syncer.rolls.pull()  # and killed before anything was judged by it
            again = await opened(t, shelf)
            assert session_of(again).replica.rebuilt == 1
            assert list(again.visits()) == list(app.visits())

    asyncio.run(story())


def test_the_file_beside_the_log_is_whole_or_the_one_before(tmp_path: Path) -> None:
    """Killed while it is written: the one before stands; and only this user may read it."""

    async def story() -> None:
        shelf = NativeShelf(tmp_path)
        assert await shelf.read() is None
        await shelf.write([b"one ", b"whole"])
        (tmp_path / "view.new").write_bytes(b"half of another, and longer")
        (tmp_path / "view.new").chmod(0o600)
        assert await shelf.read() == b"one whole"
        await shelf.write([b"another"])
        assert await NativeShelf(tmp_path).read() == b"another"
        assert (tmp_path / "view").stat().st_mode & 0o77 == 0
        await shelf.remove()
        assert await shelf.read() is None

    asyncio.run(story())


def test_a_replica_never_tells_of_a_state_that_is_still_changing(settled: Path, tmp_path: Path) -> None:
    """What is put away while much comes in stands for the position it names."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            shelf = MemoryShelf()
            app = await opened(t, shelf)
            for number in range(40):
                await app.save_visit(replace(FORM, address=f"Tulpstraat {number}"))
            session = session_of(app)
            joke = await t.joke()
            await app.sync_once()
            keeping = session_of(joke).keeping
            keeping._beside = replace(keeping._beside, shelf=shelf)
            syncing = asyncio.create_task(joke.sync_once())
            while not syncing.done():
                await keeping._keep()
                await asyncio.sleep(0)
            await syncing
            replica: Replica = session_of(joke).replica
            assert len(replica.records) >= len(session.replica.records) - 1
            other = t.device("joke")
            other.live.world = replace(other.live.world, shelf=shelf)
            await other.start()
            await other.unlock("een lange zin")
            await hushed(other)
            assert {v.id for v in other.visits()} == {v.id for v in joke.visits()}
            theirs = session_of(other).replica
            assert set(theirs.records) == set(replica.records)
            assert theirs.withheld == set()

    asyncio.run(story())
