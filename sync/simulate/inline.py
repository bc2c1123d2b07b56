"""The server's group commit without its threads: the same statements, errors and answers, done within the loop, so that
a simulation repeats itself. What asks to write in one turn of the loop is one group.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sync.core.errors import Busy
from sync.server.connection import Database
from sync.server.group_commit import PRAGMAS, GroupCommit, _Job, _tell
from sync.simulate.disk import Crash, Disk

T = TypeVar("T")


class Down(Exception):
    """The server's machine stopped while it worked on this."""


class Inline(GroupCommit):
    """See GroupCommit."""

    def __init__(self, path: Path, prepare: Callable[[Database], None], disk: Disk) -> None:
        """Raises what `prepare` raises."""
        self._disk, self._closed = disk, False
        self._writer = self._connection()
        prepare(self._writer)
        self._reader = self._connection()
        self._waiting: deque[_Job] = deque()

    def _connection(self) -> Database:
        db = Database(self._disk.connect())
        for pragma in PRAGMAS:
            db.execute(f"PRAGMA {pragma}").fetchall()
        return db

    async def write(self, work: Callable[[Database], T], wipes: bool = False) -> T:
        """See GroupCommit."""
        if self._closed or self._disk.dead:
            raise Busy("store")
        loop = asyncio.get_running_loop()
        job = _Job(work, loop.create_future(), wipes)
        if not self._waiting:
            loop.call_soon(self._flush)
        self._waiting.append(job)
        result: T = await job.answer
        return result

    def _flush(self) -> None:
        group = list(self._waiting)
        self._waiting.clear()
        try:
            if self._closed:
                raise Crash()  # the machine stopped meanwhile
            _tell(self._whole(group))
        except Crash:
            _tell([(job, Down()) for job in group])

    async def read(self, work: Callable[[Database], T]) -> T:
        """See GroupCommit."""
        return self._ours(work)

    async def read_long(self, work: Callable[[Database], T]) -> T:
        """See GroupCommit."""
        return self._ours(work)

    def _ours(self, work: Callable[[Database], T]) -> T:
        if self._disk.dead:
            raise Busy("store")
        try:
            return self._asked(work)
        except Crash as crash:
            raise Down from crash

    async def close(self) -> None:
        """See GroupCommit."""
        self._closed = True
