"""One SQLite file: whatever comes in while a commit is under way to the disk is the next one (group commit).

Each caller is answered only when its commit is on disk. The statements of quick jobs run on the event loop's own
thread, since handing each to another thread costs more than it takes; the commit, which waits for the disk, and
whatever may take long, run on a thread of their own (but the commit of one who is alone, while the disk is quick). The
connection that writes is always in one hand only: the loop's, or that thread's. docs/decisions/0022 says where the time
goes.
"""

import asyncio
import logging
import os
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from sync.core.errors import Busy
from sync.server.connection import Database

T = TypeVar("T")
Work = Callable[[Database], Any]
MAX_GROUP = 256
MAX_WAITING = 1000
QUICK_SECONDS = 0.002  # a commit that is thought to take less, of one who is alone, needs no thread
MAX_ROUNDS = 8  # of the loop, in which others may come along
WAIT_MILLIS = 10_000  # for another process that writes
WIPE_MILLIS = 500  # for another process that reads: all that is to be written waits meanwhile
PAGE_BYTES = 8192  # of a new file: an envelope of 1 KiB fills a page of 4,096 to three quarters only
PRAGMAS = (
    f"busy_timeout = {WAIT_MILLIS}",  # first: the next ones may have to wait for another process
    f"page_size = {PAGE_BYTES}",
    "journal_mode = WAL",
    "synchronous = FULL",
    "secure_delete = ON",
    "foreign_keys = ON",
    "temp_store = MEMORY",  # what it sorts and may have to undo within a transaction: no file for that
)
logger = logging.getLogger("straatcontact")


class _Job(NamedTuple):
    """What to do, who waits for it, and whether old bytes must leave the write-ahead file too."""

    work: Work
    answer: "asyncio.Future[Any]"
    wipes: bool


Outcome = tuple[_Job, Any]  # what it gave, or the exception that it ended in


def _connect(path: Path) -> Database:
    db = Database(path)
    for pragma in PRAGMAS:
        db.execute(f"PRAGMA {pragma}").fetchall()
    return db


def _wait(db: Database, millis: int) -> None:
    """How long a statement waits for another process."""
    db.conn.execute(f"PRAGMA busy_timeout = {millis}")


class GroupCommit:
    """The connections over one file. `prepare` makes or migrates the tables, once, before anything else."""

    def __init__(self, path: Path, prepare: Callable[[Database], None]) -> None:
        """Raises what `prepare` raises."""
        with suppress(FileExistsError):  # only this user's; the files that SQLite puts beside it follow it
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        self._writer = _connect(path)
        try:
            prepare(self._writer)
            _wait(self._writer, 0)
            self._reader = _connect(path)
        except BaseException:
            self._writer.close()
            raise
        self._path = path
        self._apart: Database | None = None  # the connection of whatever takes long
        self._waiting: deque[_Job] = deque()
        self._busy = False  # a group is under way, or about to be
        self.on_group: Callable[[int], None] = lambda _: None  # hears how many jobs go into each
        self._closed = False
        self._idle: asyncio.Event | None = None
        self._committer = ThreadPoolExecutor(1, "store writer")
        self._slow = ThreadPoolExecutor(1, "store reader")

    _commit_seconds = 0.0  # how long commits took lately

    # -- callers -----------------------------------------------------------------------------------------

    async def write(self, work: Callable[[Database], T], wipes: bool = False) -> T:
        """Do this in a transaction; gives its result once that is durable.

        Raises Busy when nothing can be written now (disk full, closing, too much waiting): then nothing of this
        job was, and nothing of a job that fails otherwise. `wipes`: bytes it overwrites are gone from every file.
        """
        if self._closed or len(self._waiting) >= MAX_WAITING:
            raise Busy("store")
        loop = asyncio.get_running_loop()
        job = _Job(work, loop.create_future(), wipes)
        self._waiting.append(job)
        if not self._busy:
            self._busy = True
            loop.call_soon(self._gather, loop, 0, 0)
        result: T = await job.answer
        return result

    async def read(self, work: Callable[[Database], T]) -> T:
        """Ask something short. Sees every commit that was answered before. Raises Busy."""
        return self._asked(work)

    async def read_long(self, work: Callable[[Database], T]) -> T:
        """Ask something that may take a while: the loop goes on meanwhile."""
        if self._closed:
            return self._asked(work)
        return await asyncio.get_running_loop().run_in_executor(self._slow, self._asked_apart, work)

    def _asked_apart(self, work: Callable[[Database], T]) -> T:
        if self._apart is None:
            self._apart = _connect(self._path)
        return self._asked(work, self._apart)

    def _asked(self, work: Callable[[Database], T], db: Database | None = None) -> T:
        if self._closed:
            raise Busy("store")
        try:
            return work(db or self._reader)
        except sqlite3.OperationalError as e:
            raise Busy(type(e).__name__) from e

    async def close(self) -> None:
        """Commit what is waiting and let go of the file."""
        if self._closed:
            return
        self._closed = True
        if self._busy:
            self._idle = asyncio.Event()
            await self._idle.wait()
        for threads in (self._slow, self._committer):
            threads.shutdown()
        for db in (self._apart, self._reader, self._writer):
            if db is not None:
                db.close()

    # -- groups: on the loop ---------------------------------------------------------------------------------

    def _gather(self, loop: asyncio.AbstractEventLoop, before: int, rounds: int) -> None:
        """Begin when a round of the loop brought nothing more: what is coming in anyway goes along."""
        if len(self._waiting) > before and rounds < MAX_ROUNDS:
            loop.call_soon(self._gather, loop, len(self._waiting), rounds + 1)
        else:
            self._next(loop)

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take what waits; run it here if that is quick, and let the thread commit."""
        group: list[_Job] = []
        while self._waiting and len(group) < MAX_GROUP:
            job = self._waiting.popleft()
            if not job.answer.done():  # whoever gave up is left out
                group.append(job)
        if not group:
            self._busy = False
            if self._idle is not None:
                self._idle.set()
            return
        self.on_group(len(group))
        run: Callable[[], list[Outcome]]
        if any(job.wipes for job in group) or not self._begun_at_once():
            run = lambda: self._whole(group)  # noqa: E731
        else:
            try:
                outcomes = self._done(group)
            except Exception as e:
                self._finish(loop, self._undone(group, e))
                return
            if len(group) == 1 and not self._waiting and self._commit_seconds < QUICK_SECONDS:
                self._finish(loop, self._committed(outcomes))
                return
            run = lambda: self._committed(outcomes)  # noqa: E731
        self._committer.submit(self._on_thread, loop, run)

    def _begun_at_once(self) -> bool:
        """Whether a transaction is open now; not when another process writes: nobody waits for that on the loop."""
        try:
            self._writer.conn.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True

    def _finish(self, loop: asyncio.AbstractEventLoop, outcomes: Sequence[Outcome]) -> None:
        _tell(outcomes)
        self._gather(loop, 0, 0)

    def _on_thread(self, loop: asyncio.AbstractEventLoop, run: Callable[[], list[Outcome]]) -> None:
        outcomes = run()
        with suppress(RuntimeError):  # the loop is no more, and nobody waits
            loop.call_soon_threadsafe(self._finish, loop, outcomes)

    # -- groups: wherever the connection is --------------------------------------------------------------------

    def _whole(self, group: Sequence[_Job]) -> list[Outcome]:
        """From the beginning to the end."""
        try:
            _wait(self._writer, WAIT_MILLIS)
            self._writer.conn.execute("BEGIN IMMEDIATE")  # not deferred: another process may hold the file for a while
            outcomes = self._done(group)
        except Exception as e:
            return self._undone(group, e)
        finally:
            _wait(self._writer, 0)
        outcomes = self._committed(outcomes)
        if any(job.wipes for job in group):
            self._wipe()
        return outcomes

    def _done(self, group: Sequence[_Job]) -> list[Outcome]:
        """All jobs in the open transaction, each in a savepoint, so that one that fails takes only itself (what one does
        alone is undone as a whole).

        Raises sqlite3.OperationalError (full disk, input/output error): SQLite may have undone everything by then.
        """
        execute = self._writer.conn.execute
        outcomes: list[Outcome] = []
        if len(group) == 1:
            try:
                return [(group[0], group[0].work(self._writer))]
            except sqlite3.OperationalError:
                raise
            except Exception as e:
                execute("ROLLBACK")
                execute("BEGIN")
                return [(group[0], e)]
        for job in group:
            execute("SAVEPOINT job")
            try:
                outcomes.append((job, job.work(self._writer)))
            except sqlite3.OperationalError:
                raise
            except Exception as e:
                execute("ROLLBACK TO job")
                outcomes.append((job, e))
            execute("RELEASE job")
        return outcomes

    def _committed(self, outcomes: list[Outcome]) -> list[Outcome]:
        """On disk, or nothing of it."""
        began = time.monotonic()
        try:
            self._writer.conn.execute("COMMIT")
        except Exception as e:
            return self._undone([job for job, _ in outcomes], e)
        finally:
            self._commit_seconds += (time.monotonic() - began - self._commit_seconds) / 4
        return outcomes

    def _undone(self, group: Sequence[_Job], error: Exception) -> list[Outcome]:
        logger.error("store: nothing of %d jobs written: %s", len(group), type(error).__name__)
        with suppress(sqlite3.Error):
            self._writer.rollback()
        return [(job, Busy(type(error).__name__)) for job in group]

    def _wipe(self) -> None:
        """secure_delete overwrites in the database; older copies of its pages may stand in the -wal file."""
        try:
            _wait(self._writer, WIPE_MILLIS)  # a backup under way reads for longer
            busy, _, _ = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error:
            busy = 1
        finally:
            _wait(self._writer, 0)
        if busy:
            logger.warning("store: write-ahead file not emptied, the next round tries again")


def _tell(outcomes: Sequence[Outcome]) -> None:
    """Each caller that still waits hears how its own job went."""
    for job, outcome in outcomes:
        if job.answer.done():
            continue
        if isinstance(outcome, Exception):
            job.answer.set_exception(outcome)
        else:
            job.answer.set_result(outcome)
