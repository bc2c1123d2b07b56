"""One SQLite file with one thread that writes and one that reads, each with a connection of its own.

The writer commits whatever has come in meanwhile in one transaction (group commit), and answers each caller only
when that commit is on disk. A connection never meets another thread than its own (sqlite3 refuses that).
"""

import asyncio
import logging
import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from sqlite_utils import Database

from sync.core.errors import Busy

T = TypeVar("T")
Work = Callable[[Database], Any]
MAX_GROUP = 256
MAX_WAITING = 1000
PRAGMAS = (
    "busy_timeout = 10000",  # first: the next ones may have to wait for another process
    "journal_mode = WAL",
    "synchronous = FULL",
    "secure_delete = ON",
    "foreign_keys = ON",
)
logger = logging.getLogger("straatcontact")


class _Job(NamedTuple):
    """What to do, who waits for it, and whether old bytes must leave the write-ahead file too."""

    work: Work
    answer: "Future[Any]"
    wipes: bool


def _connect(path: Path) -> Database:
    db = Database(path)
    for pragma in PRAGMAS:
        db.execute(f"PRAGMA {pragma}").fetchall()
    return db


class GroupCommit:
    """The threads over one file. `prepare` makes or migrates the tables, once, before anything else."""

    def __init__(self, path: Path, prepare: Callable[[Database], None]) -> None:
        """Raises what `prepare` raises."""
        with suppress(FileExistsError):  # only this user's; the files that SQLite puts beside it follow it
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        self._path = path
        self._jobs: queue.Queue[_Job | None] = queue.Queue()
        self._closed = False
        ready: Future[None] = Future()
        self._writer = threading.Thread(target=self._run, args=(prepare, ready), name="store writer", daemon=True)
        self._writer.start()
        ready.result()
        self._local = threading.local()
        self._readers = ThreadPoolExecutor(1, "store reader", self._open_reader)

    # -- callers -----------------------------------------------------------------------------------------

    async def write(self, work: Callable[[Database], T], wipes: bool = False) -> T:
        """Do this in a transaction; gives its result once that is durable.

        Raises Busy when nothing can be written now (disk full, closing, too much waiting): then nothing of this
        job was, and nothing of a job that fails otherwise. `wipes`: bytes it overwrites are gone from every file.
        """
        if self._closed or self._jobs.qsize() >= MAX_WAITING:
            raise Busy("store")
        answer: Future[T] = Future()
        self._jobs.put(_Job(work, answer, wipes))
        return await asyncio.wrap_future(answer)

    async def read(self, work: Callable[[Database], T]) -> T:
        """Ask something. Sees every commit that was answered before. Raises Busy."""
        if self._closed:
            raise Busy("store")
        try:
            return await asyncio.get_running_loop().run_in_executor(self._readers, lambda: work(self._local.db))
        except sqlite3.OperationalError as e:
            raise Busy(type(e).__name__) from e

    async def close(self) -> None:
        """Commit what is waiting and let go of the file."""
        if self._closed:
            return
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._readers, lambda: self._local.db.close())
        self._closed = True
        self._jobs.put(None)
        await asyncio.to_thread(self._writer.join)
        self._readers.shutdown()

    # -- threads -----------------------------------------------------------------------------------------

    def _open_reader(self) -> None:
        self._local.db = _connect(self._path)

    def _run(self, prepare: Callable[[Database], None], ready: "Future[None]") -> None:
        try:
            db = _connect(self._path)
            try:
                prepare(db)
            except BaseException:
                db.close()
                raise
        except BaseException as e:
            ready.set_exception(e)
            return
        ready.set_result(None)
        going = True
        while going:
            group, going = self._next_group()
            self._commit(db, [job for job in group if job.answer.set_running_or_notify_cancel()])
        db.close()

    def _next_group(self) -> tuple[list[_Job], bool]:
        """Wait for a job, then take what else is there; False when it is the last group."""
        group: list[_Job] = []
        while len(group) < MAX_GROUP and not (group and self._jobs.empty()):
            job = self._jobs.get()
            if job is None:
                return group, False
            group.append(job)
        return group, True

    def _commit(self, db: Database, group: Sequence[_Job]) -> None:
        """All jobs in one transaction, each in a savepoint, so that one that fails takes only itself."""
        if not group:
            return
        try:
            results = _transaction(db, group)
        except Exception as e:
            logger.error("store: nothing of %d jobs written: %s", len(group), type(e).__name__)
            results = [Busy(type(e).__name__) for _ in group]
        if any(job.wipes for job in group):
            self._wipe(db)
        for job, result in zip(group, results, strict=True):
            if isinstance(result, Exception):
                job.answer.set_exception(result)
            else:
                job.answer.set_result(result)

    @staticmethod
    def _wipe(db: Database) -> None:
        """secure_delete overwrites in the database; older copies of its pages may stand in the -wal file."""
        try:
            busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error:
            busy = 1
        if busy:
            logger.warning("store: write-ahead file not emptied, the next round tries again")


def _transaction(db: Database, group: Sequence[_Job]) -> list[Any]:
    """The result or error of each job. Raises sqlite3.Error when the whole did not reach the disk."""
    results: list[Any] = []
    db.execute("BEGIN IMMEDIATE")  # not deferred: another process may hold the file for a moment
    try:
        for job in group:
            try:
                with db.atomic():
                    results.append(job.work(db))
            except sqlite3.OperationalError:
                raise  # full disk, input/output error: SQLite may have undone everything by now
            except Exception as e:
                results.append(e)
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise
    return results
