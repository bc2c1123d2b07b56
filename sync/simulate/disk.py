"""One machine's disk under SQLite's own code: it can stop at any statement, lose or tear what was not yet flushed, and
be full.

In a file: at a crash the files are taken as they are at that moment, and what SQLite had not flushed by then is torn
(sync.simulate.torn). In memory (faster): what was committed is there again, what was not is not.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sync.simulate import torn
from sync.simulate.world import Luck

_WRITES = frozenset(("INSERT", "UPDATE", "DELETE", "COMMIT"))
_UNDOING = frozenset(
    ("ROLLBA", "RELEAS")
)  # an exception undoes what it can: the dead machine's files were taken before
_ANY_SIZE = 1_073_741_823


class Crash(BaseException):
    """The machine stopped at this very statement. No code of ours may stop it, hence no Exception."""


class Connection(sqlite3.Connection):
    """A connection that asks its disk before each statement."""

    disk: "Disk"

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """See sqlite3."""
        if self.disk.sound:
            return super().execute(sql, parameters)
        return self.disk.attempt(self, sql, lambda: super(Connection, self).execute(sql, parameters))

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        """See sqlite3."""
        if self.disk.sound:
            return super().executemany(sql, parameters)
        return self.disk.attempt(self, sql, lambda: super(Connection, self).executemany(sql, parameters))

    def close(self) -> None:
        """What lies in memory stays as long as its disk."""
        if self.disk.path is not None:
            super().close()


class Disk:
    """`path` is the database's file; None keeps it in memory."""

    def __init__(self, luck: Luck, path: Path | None = None) -> None:
        self._luck, self.path = luck, path
        self.sound = True  # nothing is to happen to the next statement
        self.dead = False
        self.full = False
        self._left = 0  # statements that write, until it stops; 0: it does not
        self._open: list[Connection] = []
        self._image: torn.Image = {}

    def connect(self, path: str = "") -> Connection:
        """A connection, as sqlite3.connect gives it."""
        if self.path is None and self._open:
            return self._open[0]
        target = ":memory:" if self.path is None else str(self.path)
        made = sqlite3.connect(target, isolation_level=None, factory=Connection)
        made.disk = self
        self._open.append(made)
        if self.full:
            self._limit(made)
        return made

    # -- what happens to it ------------------------------------------------------------------------------

    def stop_in(self, statements: int) -> None:
        """Stop at the so-manieth statement that writes from now."""
        self._left, self.sound = statements, False

    def fill(self) -> None:
        """No room: SQLite can make no page more, or next to none."""
        self.full, self.sound = True, False
        for one in self._open:
            self._limit(one)

    def free(self) -> None:
        """There is room again."""
        self.full = False
        self._judge()
        for one in self._open:
            sqlite3.Connection.execute(one, f"PRAGMA max_page_count = {_ANY_SIZE}").fetchall()

    def kill(self) -> None:
        """Stop now, between two statements."""
        if not self.dead:
            self._take()

    def calm(self) -> None:
        """Nothing more is to happen to it."""
        self._left = 0
        self._judge()

    def restart(self) -> None:
        """The machine is on again, with what its disk has."""
        if self.path is None:
            for one in self._open:
                if one.in_transaction:
                    sqlite3.Connection.execute(one, "ROLLBACK")
        else:
            for one in self._open:
                sqlite3.Connection.close(one)
            self._open = []
            torn.put_back(self.path, self._image)
        self.dead, self._left, self._image = False, 0, {}
        self._judge()

    def wipe(self) -> None:
        """Everything is gone."""
        for one in self._open:
            sqlite3.Connection.close(one)
        self._open, self.dead, self.sound = [], True, False
        if self.path is not None:
            torn.put_back(self.path, {})

    def _judge(self) -> None:
        self.sound = not (self.dead or self.full or self._left)

    def _limit(self, one: Connection) -> None:
        [pages] = sqlite3.Connection.execute(one, "PRAGMA page_count").fetchone()
        room = self._luck.seeded.choice((0, 0, 1, 3))
        sqlite3.Connection.execute(one, f"PRAGMA max_page_count = {max(pages, 1) + room}").fetchall()

    # -- a statement -------------------------------------------------------------------------------------

    def attempt(self, one: Connection, sql: str, act: Callable[[], sqlite3.Cursor]) -> sqlite3.Cursor:
        """Do a statement, unless this is where the machine stops or the disk is full."""
        word = sql[:6].upper()
        if self.dead:
            if word in _UNDOING:
                return act()
            raise Crash()
        writes = word in _WRITES or "checkpoint" in sql
        if self.full and word == "COMMIT" and self._luck.chance(0.5):  # no room for what a commit needs
            raise _no_room()
        if self._left and writes:
            self._left -= 1
            if not self._left:
                self._stop(word, act)
        return act()

    def _stop(self, word: str, act: Callable[[], sqlite3.Cursor]) -> None:
        if self.path is None:
            if word == "COMMIT" and self._luck.chance(0.5):
                act()  # it is on disk, and nobody heard of it
            self._take()
        else:
            before = torn.taken(self.path)
            if word in ("COMMIT", "PRAGMA"):
                act()
                self._image = torn.between(self._luck.seeded, before, torn.taken(self.path))
            else:
                self._image = torn.unflushed(self._luck.seeded, before)
            self.dead, self.sound = True, False
        raise Crash()

    def _take(self) -> None:
        if self.path is not None:
            self._image = torn.taken(self.path)
        self.dead, self.sound = True, False


def _no_room() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorname, error.sqlite_errorcode = "SQLITE_FULL", sqlite3.SQLITE_FULL
    return error
