"""A Store on one SQLite file, through sqlite-utils: WAL, synchronous=FULL, one writer (sync.server.group_commit)."""

import sqlite3
from collections.abc import Callable, Sequence
from os import urandom
from pathlib import Path

from sync.core.errors import Busy, LogDamaged
from sync.server import envelopes_sqlite
from sync.server.connection import Database
from sync.server.erasures import Erasures, Order
from sync.server.group_commit import GroupCommit
from sync.server.schema import prepare
from sync.server.store import NewEnvelope, Page, Usage, is_change

HEARD = "heard "  # the same, and the device: that it has given back what it knows of an unconfirmed roll
UNCONFIRMED = "unconfirmed "  # and the organisation in hexadecimal: the name of a fact, the moment of the restore


STORE = "store.db"  # what it is called in a data folder


class SqliteStore:
    """See Store."""

    def __init__(
        self,
        path: Path,
        commit: Callable[[Path, Callable[[Database], None]], GroupCommit] = GroupCommit,
        beside: Erasures | None = None,
    ) -> None:
        """Open the store at `path`, or make it (mode 0600). A simulation brings its own `commit`: one without threads.
        Orders to erase are kept `beside` it too, if that is given.

        Raises NewerVersion, LogDamaged (not a database: left as it is) or Busy (no room, or can't be opened).
        """
        self._beside = beside
        self._pages = envelopes_sqlite.Pages()
        try:
            self._file = commit(path, prepare)
        except (sqlite3.OperationalError, OSError) as e:
            raise Busy(f"{path}: {e}") from e
        except sqlite3.DatabaseError as e:
            raise LogDamaged(str(path)) from e

    async def close(self) -> None:
        """See Store."""
        await self._file.close()

    def watch(self, on_group: Callable[[int], None]) -> None:
        """Tell how many jobs go to the disk in each commit."""
        self._file.on_group = on_group

    # -- the contract ------------------------------------------------------------------------------------

    async def incarnation(self) -> bytes:
        """See Store."""
        query = "SELECT value FROM facts WHERE name = 'incarnation'"
        return bytes((await self._file.read(lambda db: db.execute(query).fetchone()))[0])

    async def restored(self, millis: int) -> None:
        """See Store."""

        def work(db: Database) -> None:
            db.execute("UPDATE facts SET value = ? WHERE name = 'incarnation'", [urandom(16)])
            db.execute("DELETE FROM facts WHERE name LIKE ?", [HEARD + "%"])
            for (organisation,) in db.execute("SELECT organisation FROM rolls WHERE number = 1").fetchall():
                name = UNCONFIRMED + bytes(organisation).hex()
                db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", [name, millis.to_bytes(8, "big")])

        await self._file.write(work)

    async def unconfirmed(self) -> dict[bytes, int]:
        """See Store."""
        query = "SELECT name, value FROM facts WHERE name LIKE ?"
        rows = await self._file.read(lambda db: db.execute(query, [UNCONFIRMED + "%"]).fetchall())
        return {bytes.fromhex(name.removeprefix(UNCONFIRMED)): int.from_bytes(value, "big") for name, value in rows}

    async def confirm(self, organisation: bytes) -> None:
        """See Store."""

        def work(db: Database) -> None:
            db.execute("DELETE FROM facts WHERE name = ?", [UNCONFIRMED + organisation.hex()])
            db.execute("DELETE FROM facts WHERE name LIKE ?", [_heard(organisation) + "%"])

        await self._file.write(work)

    async def note_heard(self, organisation: bytes, device: bytes) -> None:
        """See Store."""

        def work(db: Database) -> None:
            db.execute("INSERT OR REPLACE INTO facts VALUES (?, x'')", [_heard(organisation) + device.hex()])

        await self._file.write(work)

    async def heard(self, organisation: bytes) -> set[bytes]:
        """See Store."""
        query, prefix = "SELECT name FROM facts WHERE name LIKE ?", _heard(organisation)
        rows = await self._file.read(lambda db: db.execute(query, [prefix + "%"]).fetchall())
        return {bytes.fromhex(name.removeprefix(prefix)) for (name,) in rows}

    async def organisations(self) -> list[bytes]:
        """See Store."""
        query = "SELECT organisation FROM rolls WHERE number = 1"
        return [bytes(row[0]) for row in await self._file.read(lambda db: db.execute(query).fetchall())]

    async def roll(self, organisation: bytes, after: int = 0) -> list[bytes]:
        """See Store."""
        query = "SELECT data FROM rolls WHERE organisation = ? AND number > ? ORDER BY number"
        rows = await self._file.read_long(lambda db: db.execute(query, [organisation, after]).fetchall())
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
        return await self._file.write(lambda db: envelopes_sqlite.put(db.conn, organisation, envelopes))

    async def page(self, organisation: bytes, ring: bytes, after: int, limit: int, max_bytes: int) -> Page:
        """See Store."""
        return await self._file.read(lambda db: self._pages.page(db.conn, organisation, ring, after, limit, max_bytes))

    async def usage(self, organisation: bytes) -> list[Usage]:
        """See Store."""
        query = "SELECT device, envelopes, bytes FROM devices WHERE organisation = ? ORDER BY device"
        rows = await self._file.read(lambda db: db.execute(query, [organisation]).fetchall())
        return [Usage(*row) for row in rows]

    async def drop_expired(self, month: int) -> int:
        """See Store."""
        return await self._file.write(lambda db: envelopes_sqlite.drop_expired(db.conn, month), wipes=True)

    async def authors(self, organisation: bytes, ids: Sequence[bytes]) -> dict[bytes, bytes]:
        """See Store."""

        def work(db: Database) -> dict[bytes, bytes]:
            names = envelopes_sqlite.Names(db.conn, organisation)
            found = {name: names.find(name) for name in ids}
            return {name: e.device for name, e in found.items() if e and is_change(e.data)}

        return await self._file.read_long(work)

    async def erase(self, organisation: bytes, ids: Sequence[bytes], device: bytes, day: int) -> None:
        """See Store."""
        insert = "INSERT INTO orders VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"

        def work(db: Database) -> None:
            self._note([Order(day, organisation, name, device) for name in ids])
            names = envelopes_sqlite.Names(db.conn, organisation)
            for name in ids:
                db.execute(insert, [organisation, name, device, day])
                if here := names.find(name):
                    envelopes_sqlite.overwrite(db.conn, [(here.sequence, here.data)])

        await self._file.write(work, wipes=True)

    def _note(self, orders: Sequence[Order]) -> None:
        """First beside the store, so that they outlive it. Raises Busy."""
        try:
            if self._beside is not None:
                self._beside.append(orders)
        except OSError as e:
            raise Busy(f"erasures: {e.strerror}") from e

    async def orders(self, organisation: bytes) -> list[tuple[bytes, bytes, int]]:
        """See Store."""
        query = "SELECT id, device, day FROM orders WHERE organisation = ? ORDER BY id"
        rows = await self._file.read_long(lambda db: db.execute(query, [organisation]).fetchall())
        return [(bytes(name), bytes(device), day) for name, device, day in rows]

    async def story_list(self, organisation: bytes) -> bytes | None:
        """See Store."""
        query = "SELECT data FROM story_lists WHERE organisation = ?"
        row = await self._file.read(lambda db: db.execute(query, [organisation]).fetchone())
        return bytes(row[0]) if row else None

    async def put_story_list(self, organisation: bytes, number: int, data: bytes) -> bool:
        """See Store."""

        def work(db: Database) -> bool:
            query = "SELECT number FROM story_lists WHERE organisation = ?"
            last = db.execute(query, [organisation]).fetchone()
            if last and last[0] >= number:
                return False
            db.execute("INSERT OR REPLACE INTO story_lists VALUES (?, ?, ?)", [organisation, number, data])
            return True

        return await self._file.write(work)

    async def story_parts(self, organisation: bytes) -> set[bytes]:
        """See Store."""
        query = "SELECT name FROM story_parts WHERE organisation = ?"
        rows = await self._file.read(lambda db: db.execute(query, [organisation]).fetchall())
        return {bytes(name) for (name,) in rows}

    async def story_part(self, organisation: bytes, name: bytes) -> bytes | None:
        """See Store."""
        query = "SELECT data FROM story_parts WHERE organisation = ? AND name = ?"
        row = await self._file.read(lambda db: db.execute(query, [organisation, name]).fetchone())
        return bytes(row[0]) if row else None

    async def put_story_part(self, organisation: bytes, name: bytes, data: bytes) -> None:
        """See Store."""
        insert = "INSERT INTO story_parts VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        await self._file.write(lambda db: db.execute(insert, [organisation, name, data]).rowcount)

    async def drop_story_parts(self, organisation: bytes, names: Sequence[bytes]) -> int:
        """See Store."""
        query = "DELETE FROM story_parts WHERE organisation = ? AND name = ?"

        def work(db: Database) -> int:
            return sum(db.execute(query, [organisation, name]).rowcount for name in set(names))

        return await self._file.write(work, wipes=True) if names else 0

    async def stop_story(self, organisation: bytes, secret: bytes) -> None:
        """See Store."""
        insert = "INSERT INTO story_stops VALUES (?, ?) ON CONFLICT DO NOTHING"
        await self._file.write(lambda db: db.execute(insert, [organisation, secret]).rowcount)

    async def stopped_stories(self, organisation: bytes) -> set[bytes]:
        """See Store."""
        query = "SELECT secret FROM story_stops WHERE organisation = ?"
        rows = await self._file.read(lambda db: db.execute(query, [organisation]).fetchall())
        return {bytes(secret) for (secret,) in rows}

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

    async def earlier_edition(self, organisation: bytes, number: int) -> bytes | None:
        """See Store."""
        query = "SELECT data FROM editions WHERE organisation = ? AND number = ?"
        row = await self._file.read(lambda db: db.execute(query, [organisation, number]).fetchone())
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


def _heard(organisation: bytes) -> str:
    return f"{HEARD}{organisation.hex()} "
