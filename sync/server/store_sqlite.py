"""A Store on one SQLite file, through sqlite-utils: WAL, synchronous=FULL, one writer.

One thread owns the writing connection and commits whatever has come in meanwhile together (group commit):
each caller's answer waits for that commit. Readers are a second thread with a connection of its own.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from os import urandom
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database, Migrations

from sync.core.errors import Busy
from sync.server.store import NewEnvelope, Page

T = TypeVar("T")
MAX_GROUP = 256
_KIB = 1024

migrations = Migrations("store")


@migrations()
def m001_first(db: Database) -> None:
    """Everything of the first release."""
    for statement in (
        "CREATE TABLE facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT",
        "CREATE TABLE rolls (organisation BLOB NOT NULL, number INTEGER NOT NULL, data BLOB NOT NULL,"
        " PRIMARY KEY (organisation, number)) STRICT, WITHOUT ROWID",
        "CREATE TABLE envelopes (row INTEGER PRIMARY KEY, organisation BLOB NOT NULL, id BLOB NOT NULL,"
        " device BLOB NOT NULL, expiry INTEGER NOT NULL, data BLOB NOT NULL,"
        " UNIQUE (organisation, id)) STRICT",
        "CREATE INDEX expiring ON envelopes (expiry) WHERE expiry > 0 AND data <> x''",
        "CREATE TABLE links (sequence INTEGER PRIMARY KEY AUTOINCREMENT, organisation BLOB NOT NULL,"
        " ring BLOB NOT NULL, device BLOB NOT NULL, number INTEGER NOT NULL,"
        " envelope INTEGER NOT NULL REFERENCES envelopes,"
        " UNIQUE (organisation, ring, device, number)) STRICT",
        "CREATE INDEX pages ON links (organisation, ring, sequence)",
        "CREATE TABLE editions (organisation BLOB NOT NULL, number INTEGER NOT NULL, data BLOB NOT NULL,"
        " PRIMARY KEY (organisation, number)) STRICT, WITHOUT ROWID",
    ):
        db.execute(statement)
    db.execute("INSERT INTO facts VALUES ('incarnation', ?)", [urandom(16)])


def _open(path: Path) -> Database:
    db = Database(path)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "foreign_keys = ON"):
        db.execute(f"PRAGMA {pragma}").fetchall()
    db.execute("PRAGMA busy_timeout = 10000").fetchall()
    return db


class SqliteStore:
    """See Store."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._jobs: queue.Queue[tuple[Callable[[Database], Any], Future[Any]] | None] = queue.Queue()
        self._ready: Future[None] = Future()
        self._writer = threading.Thread(target=self._write_loop, name="store writer", daemon=True)
        self._writer.start()
        self._ready.result()
        self._readers = ThreadPoolExecutor(1, "store reader", self._open_reader)
        self._local = threading.local()

    # -- threads -----------------------------------------------------------------------------------------

    def _open_reader(self) -> None:
        self._local.db = _open(self._path)

    def _write_loop(self) -> None:
        try:
            db = _open(self._path)
            migrations.apply(db)
        except BaseException as e:
            self._ready.set_exception(e)
            return
        self._ready.set_result(None)
        while (job := self._jobs.get()) is not None:
            group = [job]
            ending = False
            while len(group) < MAX_GROUP and not self._jobs.empty():
                following = self._jobs.get()
                if following is None:
                    ending = True
                    break
                group.append(following)
            self._commit(db, group)
            if ending:
                break
        db.close()

    def _commit(self, db: Database, group: list[tuple[Callable[[Database], Any], Future[Any]]]) -> None:
        """All jobs in one transaction; each in a savepoint, so that one that fails takes only itself."""
        answers: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            with db.atomic():
                for work, future in group:
                    try:
                        with db.atomic():
                            answers.append((future, work(db), None))
                    except sqlite3.OperationalError:
                        raise
                    except Exception as e:
                        answers.append((future, None, e))
        except sqlite3.Error as e:
            answers = [(future, None, Busy(type(e).__name__)) for _, future in group]
        for future, result, error in answers:
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

    async def _write(self, work: Callable[[Database], T]) -> T:
        future: Future[T] = Future()
        self._jobs.put((work, future))
        return await asyncio.wrap_future(future)

    async def _read(self, work: Callable[[Database], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, lambda: work(self._local.db))

    async def close(self) -> None:
        """See Store."""
        self._jobs.put(None)
        await asyncio.to_thread(self._writer.join)
        await self._read(lambda db: db.close())
        self._readers.shutdown()

    # -- the contract ------------------------------------------------------------------------------------

    async def incarnation(self) -> bytes:
        """See Store."""
        query = "SELECT value FROM facts WHERE name = 'incarnation'"
        return bytes((await self._read(lambda db: db.execute(query).fetchone()))[0])

    async def organisations(self) -> list[bytes]:
        """See Store."""
        query = "SELECT organisation FROM rolls WHERE number = 1"
        return [bytes(row[0]) for row in await self._read(lambda db: db.execute(query).fetchall())]

    async def roll(self, organisation: bytes, after: int = 0) -> list[bytes]:
        """See Store."""
        query = "SELECT data FROM rolls WHERE organisation = ? AND number > ? ORDER BY number"
        rows = await self._read(lambda db: db.execute(query, [organisation, after]).fetchall())
        return [bytes(row[0]) for row in rows]

    async def append_roll(self, organisation: bytes, length: int, entry: bytes) -> bool:
        """See Store."""

        def work(db: Database) -> bool:
            query = "SELECT coalesce(max(number), 0) FROM rolls WHERE organisation = ?"
            if db.execute(query, [organisation]).fetchone()[0] != length:
                return False
            db.execute("INSERT INTO rolls VALUES (?, ?, ?)", [organisation, length + 1, entry])
            return True

        return await self._write(work)

    async def put(self, organisation: bytes, envelopes: Sequence[NewEnvelope]) -> list[str]:
        """See Store."""
        return await self._write(lambda db: [_put(db, organisation, e) for e in envelopes])

    async def page(self, organisation: bytes, ring: bytes, after: int, limit: int, max_bytes: int) -> Page:
        """See Store."""

        def work(db: Database) -> Page:
            rows = db.execute(
                "SELECT sequence, data FROM links JOIN envelopes ON row = envelope"
                " WHERE links.organisation = ? AND ring = ? AND sequence > ? AND data <> x''"
                " ORDER BY sequence LIMIT ?",
                [organisation, ring, after, limit + 1],
            )
            items: list[tuple[int, bytes]] = []
            size = 0
            for sequence, data in rows:
                if len(items) == limit or (items and size + len(data) > max_bytes):
                    return Page(tuple(items), True)
                items.append((sequence, bytes(data)))
                size += len(data)
            return Page(tuple(items), False)

        return await self._read(work)

    async def drop_expired(self, month: int) -> int:
        """See Store."""
        update = "UPDATE envelopes SET data = x'' WHERE expiry > 0 AND expiry < ? AND data <> x''"
        return await self._write(lambda db: db.execute(update, [month]).rowcount)

    async def edition(self, organisation: bytes) -> bytes | None:
        """See Store."""
        query = "SELECT data FROM editions WHERE organisation = ? ORDER BY number DESC LIMIT 1"
        row = await self._read(lambda db: db.execute(query, [organisation]).fetchone())
        return bytes(row[0]) if row else None

    async def put_edition(self, organisation: bytes, number: int, data: bytes) -> bool:
        """See Store."""

        def work(db: Database) -> bool:
            query = "SELECT coalesce(max(number), 0) FROM editions WHERE organisation = ?"
            if db.execute(query, [organisation]).fetchone()[0] >= number:
                return False
            db.execute("INSERT INTO editions VALUES (?, ?, ?)", [organisation, number, data])
            return True

        return await self._write(work)


def _put(db: Database, organisation: bytes, e: NewEnvelope) -> str:
    known = "SELECT 1 FROM envelopes WHERE organisation = ? AND id = ?"
    if db.execute(known, [organisation, e.id]).fetchone():
        return "duplicate"
    taken = "SELECT 1 FROM links WHERE organisation = ? AND ring = ? AND device = ? AND number = ?"
    for ring, number in e.links:
        if db.execute(taken, [organisation, ring, e.device, number]).fetchone():
            return "broken_chain"
    insert = "INSERT INTO envelopes (organisation, id, device, expiry, data) VALUES (?, ?, ?, ?, ?)"
    row = db.execute(insert, [organisation, e.id, e.device, e.expiry, e.data]).lastrowid
    for ring, number in e.links:
        link = "INSERT INTO links (organisation, ring, device, number, envelope) VALUES (?, ?, ?, ?, ?)"
        db.execute(link, [organisation, ring, e.device, number, row])
    return "stored"
