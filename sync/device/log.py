"""The durable log of one device: one SQLite file, on any file system that keeps its promises about flushing.

Guarantees: what a method has returned for is on disk; a transaction is there whole or not at all; a full disk
or a torn tail costs nothing that was acknowledged. In the browser the file lies on OPFS (assets/web/opfs.js).
Plain `sqlite3`, since this stands on the way to the lock screen (docs/decisions/0003).
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sync.core import envelope, formats
from sync.core.errors import DiskFull, LogDamaged, NewerVersion, StraatError
from sync.core.ports import GIVEN, LogEntry, LogState
from sync.device import leftovers
from sync.device.meta import REVISION


def _m001(db: sqlite3.Connection) -> None:
    db.execute(
        "CREATE TABLE envelopes (position INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE,"
        " data BLOB NOT NULL, state INTEGER NOT NULL, reason TEXT NOT NULL) STRICT"
    )
    db.execute(f"CREATE INDEX pending ON envelopes (position) WHERE state = {LogState.PENDING}")
    db.execute("CREATE TABLE roll (number INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT")
    db.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID")
    db.execute("CREATE TABLE drafts (form TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT, WITHOUT ROWID")


def _m002(db: sqlite3.Connection) -> None:
    """Stubs that were received as such, and the day on which a draft was last typed in."""
    db.execute("ALTER TABLE drafts ADD COLUMN day INTEGER NOT NULL DEFAULT 0")
    db.execute(f"CREATE INDEX given ON envelopes (id) WHERE {_IS_GIVEN}")


# Forward only: a migration is never edited once released, only followed by another.
MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_m001, _m002)
_CHUNK = 500
_LARGEST = 1_000_000_000  # bytes in one value
_UNSWEPT = "unswept"  # something was dropped, and the file not looked through yet
_IS_GIVEN = f"state = {LogState.STUB} AND reason = '{GIVEN}'"
_STUB = f"CASE WHEN substr(data, 1, 1) = x'{formats.STUB:02x}' THEN {LogState.STUB} ELSE :state END"


def _connect(path: str) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


class SqliteLog:
    """See sync.core.ports.Log."""

    def __init__(self, path: str, connect: Callable[[str], sqlite3.Connection] = _connect) -> None:
        """Open or make the log at `path` (":memory:" for none). A simulation brings its own `connect`: a disk that
        fails.

        Raises LogDamaged (the file is left as it is), NewerVersion (likewise) or DiskFull.
        """
        self._path = path
        self._soiled = leftovers.broken_off(path)  # whether free pages may hold what stood in others
        with _as_ours():
            self._db = connect(path)
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def _prepare(self) -> None:
        db = self._db
        [version] = db.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):  # looked at first: setting a journal mode may write into the file
            raise NewerVersion(f"log {version}")
        db.execute("PRAGMA journal_mode = TRUNCATE")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")
        db.execute("PRAGMA temp_store = MEMORY")
        for number in range(version, len(MIGRATIONS)):
            with self._atomic():
                MIGRATIONS[number](db)
                db.execute(f"PRAGMA user_version = {number + 1}")
        self._scrub()
        if self.get(_UNSWEPT) is not None:
            self._sweep()

    @contextmanager
    def _atomic(self) -> Iterator[sqlite3.Connection]:
        """One transaction: committed and flushed at the end, or undone."""
        with _as_ours():
            self._scrub()
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                self._soiled = True
                if self._db.in_transaction:  # SQLite has undone it already when the disk was full
                    self._db.execute("ROLLBACK")
                raise

    def _scrub(self) -> None:
        """Overwrite the free pages after a transaction that was broken off: it may have written on them what stands in
        others, and SQLite puts back only those that were in use. Where there is no room for that: the next time.
        """
        if not self._soiled:
            return
        [free], [size] = (self._db.execute(f"PRAGMA {name}").fetchone() for name in ("freelist_count", "page_size"))
        try:
            if free:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.execute("INSERT INTO roll VALUES (-1, zeroblob(?))", (min(free * size, _LARGEST),))
                self._db.execute("DELETE FROM roll WHERE number = -1")
                self._db.execute("COMMIT")
            self._soiled = False
        except sqlite3.DatabaseError:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    # -- envelopes ---------------------------------------------------------------------------------------

    def append(
        self,
        envelopes: Sequence[tuple[bytes, bytes, int]],
        meta: Mapping[str, bytes] | None = None,
    ) -> list[int]:
        """See the port."""
        whole = {name for name, _, state in envelopes if state != LogState.STUB}
        with self._atomic() as db:
            if db.execute(f"SELECT EXISTS (SELECT 1 FROM envelopes WHERE {_IS_GIVEN})").fetchone()[0]:  # noqa: S608
                db.executemany(
                    f"DELETE FROM envelopes WHERE id = ? AND {_IS_GIVEN}",  # noqa: S608 our own text
                    [(name,) for name in whole],
                )
            db.executemany(
                "INSERT INTO envelopes (id, data, state, reason) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [
                    (name, data, state, GIVEN if state == LogState.STUB else "")
                    for name, data, state in envelopes
                    if state != LogState.STUB or name not in whole
                ],
            )
            self._write_meta(meta or {})
            find = "SELECT position FROM envelopes WHERE id = ?"
            return [db.execute(find, (name,)).fetchone()[0] for name, _, _ in envelopes]

    def read(self, after: int = 0, limit: int = 1000) -> list[LogEntry]:
        """See the port."""
        return self._entries("WHERE position > ? ORDER BY position LIMIT ?", (after, limit))

    def pending(self, limit: int = 1000) -> list[LogEntry]:
        """See the port."""
        where = f"WHERE state = {LogState.PENDING} ORDER BY position LIMIT ?"
        return self._entries(where, (limit,))

    def _entries(self, where: str, values: tuple[int | bytes, ...]) -> list[LogEntry]:
        with _as_ours():
            rows = self._db.execute(
                f"SELECT position, id, data, state, reason FROM envelopes {where}",  # noqa: S608 our own text
                values,
            )
            return [LogEntry(*row) for row in rows]

    def mark(self, ids: Sequence[bytes], state: int, reason: str = "") -> None:
        """See the port."""
        if not ids:
            return
        with self._atomic() as db:
            new = _STUB if state == LogState.STORED else ":state"  # a stub that is acknowledged is one still
            update = f"UPDATE envelopes SET state = {new}, reason = :reason WHERE id = :name"  # noqa: S608
            db.executemany(update, [{"state": state, "reason": reason, "name": name} for name in ids])
            if state != LogState.STORED:  # that the server has it changes nothing of what the log says
                self._revise()

    def fetch(self, ids: Sequence[bytes]) -> list[LogEntry]:
        """See the port."""
        found: dict[bytes, LogEntry] = {}
        for start in range(0, len(ids), _CHUNK):
            some = ids[start : start + _CHUNK]
            found.update((e.id, e) for e in self._entries(f"WHERE id IN ({','.join('?' * len(some))})", tuple(some)))
        return [found[name] for name in ids if name in found]

    def drop(self, ids: Sequence[bytes], meta: Mapping[str, bytes] | None = None, again: bool = False) -> None:
        """See the port."""
        with self._atomic() as db:
            if self._soiled:  # a copy of what is dropped would stay
                raise DiskFull()
            for entry in self.fetch(ids):
                left = _left_of(entry.data)
                pending = entry.state == LogState.PENDING
                if not (pending and not left):
                    state = LogState.PENDING if pending else LogState.STUB
                    reason = GIVEN if again and state == LogState.STUB else ""
                    update = "UPDATE envelopes SET data = ?, state = ?, reason = ? WHERE id = ?"
                    db.execute(update, (left, state, reason, entry.id))
            self._write_meta({**(meta or {}), _UNSWEPT: b"1"})
            self._revise()
        self._sweep()

    def _sweep(self) -> None:
        """Write the file anew if it holds copies of entries beside them: SQLite overwrites what is deleted, but not what
        it moved from one page to another before. Where there is no room for that: at the next drop or opening.
        """
        try:
            if leftovers.holds_copies(self._path):
                self._db.execute("VACUUM")
            self._db.execute("DELETE FROM meta WHERE key = ?", (_UNSWEPT,))
        except (sqlite3.DatabaseError, OSError):
            return

    def _revise(self) -> None:
        """Whatever was made from the log before this has to be made anew."""
        revision = int.from_bytes(self.get(REVISION) or b"", "big") + 1
        self._write_meta({REVISION: revision.to_bytes(8, "big")})

    def has(self, ids: Sequence[bytes]) -> set[bytes]:
        """See the port."""
        found: set[bytes] = set()
        with _as_ours():
            for start in range(0, len(ids), _CHUNK):
                some = ids[start : start + _CHUNK]
                marks = ",".join("?" * len(some))
                query = f"SELECT id FROM envelopes WHERE id IN ({marks})"  # noqa: S608 only question marks
                found.update(row[0] for row in self._db.execute(query, tuple(some)))
        return found

    def count(self) -> dict[int, int]:
        """See the port."""
        with _as_ours():
            return dict(self._db.execute("SELECT state, count(*) FROM envelopes GROUP BY state"))

    # -- roll, named values, drafts ----------------------------------------------------------------------

    def append_roll(self, entries: Sequence[bytes]) -> None:
        """See the port."""
        if not entries:
            return
        with self._atomic() as db:
            db.executemany("INSERT INTO roll (data) VALUES (?)", [(e,) for e in entries])

    def replace_roll(self, kept: int, entries: Sequence[bytes], meta: Mapping[str, bytes | None]) -> None:
        """See the port."""
        with self._atomic() as db:
            db.execute(
                "DELETE FROM roll WHERE number NOT IN (SELECT number FROM roll ORDER BY number LIMIT ?)", (kept,)
            )
            db.executemany("INSERT INTO roll (data) VALUES (?)", [(e,) for e in entries])
            self._write_meta(meta)
            self._revise()

    def roll(self) -> list[bytes]:
        """See the port."""
        with _as_ours():
            return [row[0] for row in self._db.execute("SELECT data FROM roll ORDER BY number")]

    def get(self, key: str) -> bytes | None:
        """See the port."""
        with _as_ours():
            row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
            return row[0] if row else None

    def put(self, values: Mapping[str, bytes | None]) -> None:
        """See the port."""
        with self._atomic():
            self._write_meta(values)

    def _write_meta(self, values: Mapping[str, bytes | None]) -> None:
        for key, value in values.items():
            if value is None:
                self._db.execute("DELETE FROM meta WHERE key = ?", (key,))
            else:
                insert = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
                self._db.execute(insert, (key, value))

    def drafts(self) -> dict[str, bytes]:
        """See the port."""
        with _as_ours():
            return dict(self._db.execute("SELECT form, data FROM drafts"))

    def put_draft(self, form: str, data: bytes | None, day: int = 0) -> None:
        """See the port."""
        with self._atomic() as db:
            if data is None:
                db.execute("DELETE FROM drafts WHERE form = ?", (form,))
            else:
                insert = (
                    "INSERT INTO drafts (form, data, day) VALUES (?, ?, ?)"
                    " ON CONFLICT (form) DO UPDATE SET data = excluded.data, day = excluded.day"
                )
                db.execute(insert, (form, data, day))

    def draft_days(self) -> dict[str, int]:
        """See the port."""
        with _as_ours():
            return dict(self._db.execute("SELECT form, day FROM drafts"))

    def date_drafts(self, day: int) -> None:
        """See the port."""
        with self._atomic() as db:
            db.execute("UPDATE drafts SET day = ? WHERE day = 0", (day,))

    def close(self) -> None:
        """See the port."""
        self._db.close()


def _left_of(data: bytes) -> bytes:
    """The stub of an envelope; nothing of what leaves none."""
    try:
        return envelope.stub(data)
    except StraatError:
        return b""


@contextmanager
def _as_ours() -> Iterator[None]:
    """SQLite's errors as ours: full disk apart from damage."""
    try:
        yield
    except sqlite3.DatabaseError as e:
        if getattr(e, "sqlite_errorname", "") == "SQLITE_FULL":
            raise DiskFull() from e
        raise LogDamaged(getattr(e, "sqlite_errorname", type(e).__name__)) from e
