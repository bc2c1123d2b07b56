"""A Store on one SQLite file, through sqlite-utils: WAL, synchronous=FULL, one writer (sync.server.group_commit)."""

import sqlite3
from collections.abc import Callable, Sequence
from os import urandom
from pathlib import Path

from sqlite_utils import Database, Migrations

from sync.core.envelope import NO_PREVIOUS, is_stub
from sync.core.errors import Busy, LogDamaged, NewerVersion
from sync.server.group_commit import GroupCommit
from sync.server.store import NewEnvelope, Page, is_change, left_of

migrations = Migrations("store")
WHOLE, STUB, BROUGHT = 0, 1, 2  # what is kept of an envelope; the last: a stub that came as one


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


@migrations()
def m002_seen(db: Database) -> None:
    """The day on which each device was last here."""
    db.execute(
        "CREATE TABLE seen (organisation BLOB NOT NULL, device BLOB NOT NULL, day INTEGER NOT NULL,"
        " PRIMARY KEY (organisation, device)) STRICT, WITHOUT ROWID"
    )


@migrations()
def m003_erasing(db: Database) -> None:
    """What is kept of an envelope, and the orders to overwrite some. What had gone before left no stub."""
    for statement in (
        "ALTER TABLE envelopes ADD COLUMN kept INTEGER NOT NULL DEFAULT 0",
        "UPDATE envelopes SET kept = 1 WHERE data = x''",
        "DROP INDEX expiring",
        "CREATE INDEX expiring ON envelopes (expiry) WHERE expiry > 0 AND kept <> 1",
        "CREATE TABLE orders (organisation BLOB NOT NULL, id BLOB NOT NULL, device BLOB NOT NULL,"
        " day INTEGER NOT NULL, PRIMARY KEY (organisation, id)) STRICT, WITHOUT ROWID",
    ):
        db.execute(statement)


def _prepare(db: Database) -> None:
    """Make or migrate the tables. Raises NewerVersion for a store that a newer server has written."""
    ours = {m001_first.__name__, m002_seen.__name__, m003_erasing.__name__}
    if unknown := [m.name for m in migrations.applied(db) if m.name not in ours]:
        raise NewerVersion(f"store {unknown[0]}")
    migrations.apply(db)


class SqliteStore:
    """See Store."""

    def __init__(
        self, path: Path, commit: Callable[[Path, Callable[[Database], None]], GroupCommit] = GroupCommit
    ) -> None:
        """Open the store at `path`, or make it (mode 0600). A simulation brings its own `commit`: one without threads.

        Raises NewerVersion, LogDamaged (not a database: left as it is) or Busy (no room, or can't be opened).
        """
        try:
            self._file = commit(path, _prepare)
        except (sqlite3.OperationalError, OSError) as e:
            raise Busy(f"{path}: {e}") from e
        except sqlite3.DatabaseError as e:
            raise LogDamaged(str(path)) from e

    async def close(self) -> None:
        """See Store."""
        await self._file.close()

    # -- the contract ------------------------------------------------------------------------------------

    async def incarnation(self) -> bytes:
        """See Store."""
        query = "SELECT value FROM facts WHERE name = 'incarnation'"
        return bytes((await self._file.read(lambda db: db.execute(query).fetchone()))[0])

    async def organisations(self) -> list[bytes]:
        """See Store."""
        query = "SELECT organisation FROM rolls WHERE number = 1"
        return [bytes(row[0]) for row in await self._file.read(lambda db: db.execute(query).fetchall())]

    async def roll(self, organisation: bytes, after: int = 0) -> list[bytes]:
        """See Store."""
        query = "SELECT data FROM rolls WHERE organisation = ? AND number > ? ORDER BY number"
        rows = await self._file.read(lambda db: db.execute(query, [organisation, after]).fetchall())
        return [bytes(row[0]) for row in rows]

    async def append_roll(self, organisation: bytes, length: int, entry: bytes) -> bool:
        """See Store."""

        def work(db: Database) -> bool:
            query = "SELECT coalesce(max(number), 0) FROM rolls WHERE organisation = ?"
            if db.execute(query, [organisation]).fetchone()[0] != length:
                return False
            db.execute("INSERT INTO rolls VALUES (?, ?, ?)", [organisation, length + 1, entry])
            return True

        return await self._file.write(work)

    async def put(self, organisation: bytes, envelopes: Sequence[NewEnvelope]) -> list[str]:
        """See Store."""
        return await self._file.write(lambda db: [_put(db, organisation, e) for e in envelopes])

    async def page(self, organisation: bytes, ring: bytes, after: int, limit: int, max_bytes: int) -> Page:
        """See Store."""

        def work(db: Database) -> Page:
            highest = db.execute("SELECT coalesce(max(sequence), 0) FROM links").fetchone()[0]
            rows = db.execute(
                "SELECT sequence, data FROM links JOIN envelopes ON row = envelope"
                " WHERE links.organisation = ? AND ring = ? AND sequence > ? AND data <> x''"
                " ORDER BY sequence LIMIT ?",
                [organisation, ring, after if after <= highest else 0, limit + 1],
            )
            items: list[tuple[int, bytes]] = []
            size = 0
            for sequence, data in rows:
                if len(items) == limit or (items and size + len(data) > max_bytes):
                    return Page(tuple(items), True)
                items.append((sequence, bytes(data)))
                size += len(data)
            return Page(tuple(items), False)

        return await self._file.read(work)

    async def drop_expired(self, month: int) -> int:
        """See Store."""
        find = f"SELECT row, data FROM envelopes WHERE expiry > 0 AND kept <> {STUB} AND expiry < ?"  # noqa: S608
        return await self._file.write(lambda db: _overwrite(db, db.execute(find, [month]).fetchall()), wipes=True)

    async def authors(self, organisation: bytes, ids: Sequence[bytes]) -> dict[bytes, bytes]:
        """See Store."""
        query = "SELECT device, data FROM envelopes WHERE organisation = ? AND id = ?"

        def work(db: Database) -> dict[bytes, bytes]:
            found = {name: db.execute(query, [organisation, name]).fetchone() for name in ids}
            return {name: bytes(r[0]) for name, r in found.items() if r and is_change(bytes(r[1]))}

        return await self._file.read(work)

    async def erase(self, organisation: bytes, ids: Sequence[bytes], device: bytes, day: int) -> None:
        """See Store."""
        insert = "INSERT INTO orders VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
        find = "SELECT row, data FROM envelopes WHERE organisation = ? AND id = ?"

        def work(db: Database) -> None:
            for name in ids:
                db.execute(insert, [organisation, name, device, day])
                _overwrite(db, db.execute(find, [organisation, name]).fetchall())

        await self._file.write(work, wipes=True)

    async def orders(self, organisation: bytes) -> list[tuple[bytes, bytes, int]]:
        """See Store."""
        query = "SELECT id, device, day FROM orders WHERE organisation = ? ORDER BY id"
        rows = await self._file.read(lambda db: db.execute(query, [organisation]).fetchall())
        return [(bytes(name), bytes(device), day) for name, device, day in rows]

    async def note_seen(self, organisation: bytes, device: bytes, day: int) -> None:
        """See Store."""
        insert = (
            "INSERT INTO seen VALUES (?, ?, ?)"
            " ON CONFLICT (organisation, device) DO UPDATE SET day = max(day, excluded.day)"
        )

        def work(db: Database) -> None:
            db.execute(insert, [organisation, device, day])

        await self._file.write(work)

    async def seen_days(self, organisation: bytes) -> list[tuple[bytes, int]]:
        """See Store."""
        query = "SELECT device, day FROM seen WHERE organisation = ? ORDER BY device"
        rows = await self._file.read(lambda db: db.execute(query, [organisation]).fetchall())
        return [(bytes(device), day) for device, day in rows]

    async def edition(self, organisation: bytes) -> bytes | None:
        """See Store."""
        query = "SELECT data FROM editions WHERE organisation = ? ORDER BY number DESC LIMIT 1"
        row = await self._file.read(lambda db: db.execute(query, [organisation]).fetchone())
        return bytes(row[0]) if row else None

    async def put_edition(self, organisation: bytes, number: int, data: bytes) -> bool:
        """See Store."""

        def work(db: Database) -> bool:
            query = "SELECT coalesce(max(number), 0) FROM editions WHERE organisation = ?"
            if db.execute(query, [organisation]).fetchone()[0] >= number:
                return False
            db.execute("INSERT INTO editions VALUES (?, ?, ?)", [organisation, number, data])
            return True

        return await self._file.write(work)


def _overwrite(db: Database, rows: Sequence[tuple[int, bytes]]) -> int:
    """Leave the stub of each; how many bodies went."""
    count = 0
    for row, data in rows:
        left = left_of(bytes(data))
        db.execute(f"UPDATE envelopes SET data = ?, kept = {STUB} WHERE row = ?", [left, row])  # noqa: S608
        count += left != data
    return count


def _put(db: Database, organisation: bytes, e: NewEnvelope) -> str:
    ordered = "SELECT 1 FROM orders WHERE organisation = ? AND id = ?"
    erased = db.execute(ordered, [organisation, e.id]).fetchone() is not None
    known = "SELECT row, kept FROM envelopes WHERE organisation = ? AND id = ?"
    if here := db.execute(known, [organisation, e.id]).fetchone():
        row, kept = here
        if kept != BROUGHT or erased or is_stub(e.data):
            return "duplicate"
        db.execute(f"UPDATE envelopes SET data = ?, kept = {WHOLE} WHERE row = ?", [e.data, row])  # noqa: S608
        db.execute("DELETE FROM links WHERE envelope = ?", [row])
        _number(db, organisation, e, row)
        return "stored"
    last = (
        "SELECT number, id FROM links JOIN envelopes ON row = envelope"
        " WHERE links.organisation = ? AND ring = ? AND links.device = ? ORDER BY number DESC LIMIT 1"
    )
    for link in e.links:
        number, previous = db.execute(last, [organisation, link.ring, e.device]).fetchone() or (0, NO_PREVIOUS)
        if (link.number, link.previous) != (number + 1, previous):
            return "broken_chain"
    insert = "INSERT INTO envelopes (organisation, id, device, expiry, data, kept) VALUES (?, ?, ?, ?, ?, ?)"
    data, kept = left_of(e.data) if erased else e.data, STUB if erased else BROUGHT if is_stub(e.data) else WHOLE
    row = db.execute(insert, [organisation, e.id, e.device, e.expiry, data, kept]).lastrowid
    _number(db, organisation, e, row)
    return "stored"


def _number(db: Database, organisation: bytes, e: NewEnvelope, row: int | None) -> None:
    """Give it the next sequence number in each of its rings."""
    place = "INSERT INTO links (organisation, ring, device, number, envelope) VALUES (?, ?, ?, ?, ?)"
    for link in e.links:
        db.execute(place, [organisation, link.ring, e.device, link.number, row])
