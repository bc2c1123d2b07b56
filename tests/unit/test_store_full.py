"""No room at each single write of a person's first day: told, nothing half-written, and on it goes when there is room.

The log refuses one write, whichever it is, as SQLite does on a full disk: nothing of that transaction is there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection

import pytest

from app.commands.native_device import NativeStorage
from app.services.app import App
from app.services.models import QueueFilter, Role, Stage
from app.services.ports import Opened
from sync.core.errors import DiskFull
from sync.device.log import SqliteLog
from tests.support.native_app import synced
from tests.support.settled_team import FORM, Team, hushed, session_of, team

PIN, OTHER = "583016", "941627"


class _Disk:
    """Counts writes; the one with number `full` finds no room, and as long as `filled`, none does."""

    def __init__(self, full: int = -1) -> None:
        self.full, self.writes, self.met, self.filled = full, 0, False, False

    def write(self) -> None:
        self.writes += 1
        if self.filled or self.writes - 1 == self.full:
            self.met = True
            raise DiskFull("test")


class _FillingLog(SqliteLog):
    def __init__(self, path: str, disk: _Disk) -> None:
        self._disk = disk
        super().__init__(path)

    @contextmanager
    def _atomic(self) -> Iterator[Connection]:
        self._disk.write()
        with super()._atomic() as db:
            yield db


class _FillingStorage(NativeStorage):
    def __init__(self, folder: Path, disk: _Disk) -> None:
        super().__init__(folder)
        self._disk = disk

    async def open(self) -> Opened:
        """See Storage."""
        return Opened(_FillingLog(str(self._path()), self._disk), self.marker)


async def _after_room(doing: Callable[[], Awaitable[object]]) -> None:
    """What a person does: once more when it was said that there is no room."""
    with suppress(DiskFull):
        await doing()
        return
    await doing()


class _Nina:
    """Somebody new with a phone; `restarts` when the disk was full, else goes on as it is."""

    def __init__(self, t: Team, disk: _Disk, link: str, restarts: bool) -> None:
        self.team, self.disk, self.link, self.restarts = t, disk, link, restarts
        self.app = self._made()

    def _made(self) -> App:
        app = self.team.device("nina")
        app.live.storage = _FillingStorage(self.team.folder / "nina", self.disk)
        return app

    async def _restarted(self) -> None:
        await self.app.locking.stop()
        if self.app.live.log is not None:
            self.app.live.log.close()
        self.app = self._made()
        await self.app.start(self.link)

    async def joins(self) -> None:
        """However far it came, until she is in."""
        with suppress(DiskFull):
            await self.app.start(self.link)
            await self.app.accept("Nina", PIN)
        for _ in range(4):
            if self.disk.met and self.restarts and self.app.stage is not Stage.OPEN:
                await self._restarted()
            with suppress(DiskFull):
                await self._goes_on()
            if self.app.stage is Stage.OPEN:
                await hushed(self.app)
                return
        raise AssertionError(f"not in: {self.app.stage}")

    async def _goes_on(self) -> None:
        match self.app.stage:
            case Stage.STARTING:
                await self.app.start(self.link)
            case Stage.INVITED:
                await self.app.accept("Nina", PIN)
            case Stage.LOCKED:
                await self.app.unlock(PIN)
            case Stage.ENROLLING:
                await self.app.retry_enrolment()

    async def notes(self) -> bytes:
        """A draft, then the visit, saved once."""
        await _after_room(lambda: self.app.save_draft("new", replace(FORM, note="half")))
        saved: list[bytes] = []

        async def save() -> None:
            saved.append(await self.app.save_visit(FORM))

        await _after_room(save)
        return saved[0]


async def _day(settled: Path, folder: Path, full: int, restarts: bool) -> _Disk:
    async with team(settled, folder) as t:
        joke = await t.joke()
        link = (await joke.invite("Nina", Role.CONTACT)).url
        disk = _Disk(full)
        nina = _Nina(t, disk, link, restarts)
        await nina.joins()
        visit = await nina.notes()
        await _after_room(nina.app.sync_once)
        other = await joke.save_visit(replace(FORM, address="Rozenlaan 3"))
        for name in ("Piet", "Els"):
            await joke.invite(name, Role.CONTACT)  # the roll grows, twice: what a full disk kept out leaves no gap
            await joke.sync_once()
            await _after_room(nina.app.sync_once)
        await _after_room(lambda: nina.app.safety.change_secret(PIN, OTHER))
        await nina.app.lock()
        again = t.device("nina")
        await again.start()
        await again.unlock(OTHER)
        await hushed(again)
        assert [v.id for v in again.visits()] == [visit]
        assert session_of(again).roll.entries == session_of(joke).roll.entries
        await synced(again, joke)
        assert visit in {v.id for v in joke.queue(QueueFilter.OPEN)}
        assert other
        assert not session_of(joke).replica.withheld
        return disk


FEW = [1, 4, 17]  # the first vault, getting in, and a roll that grows: there a gap once locked the person out
BOTH = pytest.mark.parametrize("restarts", [False, True], ids=["goes on", "restarts"])


@BOTH
def test_no_room_at_one_write_loses_nothing_and_stops_nobody(settled: Path, tmp_path: Path, restarts: bool) -> None:
    """Joining, first vault, name, draft, note, sync, a grown roll, another PIN: each goes on once there is room."""
    for full in FEW:
        assert asyncio.run(_day(settled, tmp_path / str(full), full, restarts)).met


@pytest.mark.soak
@BOTH
def test_no_room_at_any_write_loses_nothing_and_stops_nobody(settled: Path, tmp_path: Path, restarts: bool) -> None:
    """The same at every single write of the day."""
    full = 0
    while asyncio.run(_day(settled, tmp_path / str(full), full, restarts)).met:
        full += 1
    assert full > 20
