"""What a device remembers of its log while it is open: one SQLite database in memory.

The records lie in it as packed rows, unpacked when first asked for; the readable tables of app.view lie in the same
database. So the whole can be kept and brought back as one piece (sync.device.saved), in a moment, at any size.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

import msgpack

from sync.core.hlc import Stamp
from sync.core.ids import ID_BYTES
from sync.core.merge import Record, Register, Version

Value = TypeVar("Value")
_PACKED_AT_ONCE = 100  # a few milliseconds in the browser: nobody waits longer for an answer to a tap
BREATH = 0.005  # seconds between two pieces of work: shorter, and the browser takes the next piece before the tap


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a merged change came from: whose it is, its month of expiry (0: none), the day of its stamp (since 1970)
    and what it is ("visit/detail").
    """

    record: bytes
    device: bytes
    member: bytes
    expiry: int = 0
    day: int = 0
    what: str = ""


class Rows(MutableMapping[bytes, Value], Generic[Value]):
    """A mapping over one table: what is asked for or put in is held as it is, the rest stays packed."""

    def __init__(
        self,
        db: sqlite3.Connection,
        table: str,
        pack: Callable[[Value], bytes],
        unpack: Callable[[bytes, bytes], Value],
    ) -> None:
        self._db, self._table, self._pack, self._unpack = db, table, pack, unpack
        self._held: dict[bytes, Value] = {}
        self._fresh: set[bytes] = set()  # held, and not yet so in the table
        self._any = bool(db.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()[0])  # noqa: S608 our own name

    def __getitem__(self, key: bytes) -> Value:
        held = self._held.get(key)
        if held is None:
            row = self._row(key)
            if row is None:
                raise KeyError(key)
            held = self._held[key] = self._unpack(key, row)
        return held

    def _row(self, key: bytes) -> bytes | None:
        if not self._any:
            return None
        found = self._db.execute(f"SELECT value FROM {self._table} WHERE key = ?", (key,)).fetchone()  # noqa: S608
        return found[0] if found else None

    def __setitem__(self, key: bytes, value: Value) -> None:
        self._held[key] = value
        self._fresh.add(key)

    def __delitem__(self, key: bytes) -> None:
        if key not in self:
            raise KeyError(key)
        self._held.pop(key, None)
        self._fresh.discard(key)
        self._db.execute(f"DELETE FROM {self._table} WHERE key = ?", (key,))  # noqa: S608

    def __contains__(self, key: object) -> bool:
        return key in self._held or (isinstance(key, bytes) and self._row(key) is not None)

    def __iter__(self) -> Iterator[bytes]:
        self.settle()
        return iter([row[0] for row in self._db.execute(f"SELECT key FROM {self._table}")])  # noqa: S608

    def __len__(self) -> int:
        self.settle()
        return int(self._db.execute(f"SELECT count(*) FROM {self._table}").fetchone()[0])  # noqa: S608

    def clear(self) -> None:
        """Forget all."""
        self._held, self._fresh, self._any = {}, set(), False
        self._db.execute(f"DELETE FROM {self._table}")  # noqa: S608

    def settle(self, at_most: int | None = None) -> bool:
        """Put what is fresh into the table, or some of it; whether all is there now."""
        some = list(islice(self._fresh, at_most))
        rows = [(key, self._pack(self._held[key])) for key in some]
        self._db.executemany(f"INSERT OR REPLACE INTO {self._table} VALUES (?, ?)", rows)  # noqa: S608
        self._fresh.difference_update(some)
        self._any = self._any or bool(rows)
        return not self._fresh


class Memory:
    """The database, and the two mappings of a replica in it."""

    def __init__(self, image: bytes | None = None) -> None:
        """Empty, or as `image` gave it. Raises sqlite3.Error for an image that is none."""
        self.db = sqlite3.connect(":memory:", isolation_level=None)
        if image is not None:
            self.db.deserialize(image)
        self.db.execute("PRAGMA secure_delete = ON")  # what was dropped must not lie in the image of what is kept
        for table in ("records", "origins"):
            self.db.execute(f"CREATE TABLE IF NOT EXISTS {table} (key BLOB PRIMARY KEY, value BLOB NOT NULL) STRICT")
        self.db.execute("CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT")
        self.records: Rows[Record] = Rows(self.db, "records", pack_record, unpack_record)
        self.origins: Rows[Origin] = Rows(self.db, "origins", _pack_origin, _unpack_origin)

    def fact(self, name: str) -> Any:
        """A small value by its name, or None."""
        row = self.db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return msgpack.unpackb(row[0], strict_map_key=False) if row else None

    def put_facts(self, facts: Mapping[str, Any]) -> None:
        """Note small values: plain ones, in lists and maps."""
        rows = [(name, msgpack.packb(value)) for name, value in facts.items()]
        self.db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", rows)

    def of_records(self, records: Iterable[bytes]) -> set[bytes]:
        """The ids of all merged changes of these records."""
        self.origins.settle()
        query = f"SELECT key FROM origins WHERE substr(value, 1, {ID_BYTES}) = ?"  # noqa: S608 a number of ours
        return {row[0] for record in records for row in self.db.execute(query, (record,))}

    def expired(self, month: int) -> set[bytes]:
        """The ids of merged changes that were to be kept until before this month (YYYYMM)."""
        self.origins.settle()
        place = f"substr(value, {3 * ID_BYTES + 1}, {_MONTH_BYTES})"
        first, before = (m.to_bytes(_MONTH_BYTES, "big") for m in (1, month))
        query = f"SELECT key FROM origins WHERE {place} >= ? AND {place} < ?"  # noqa: S608 numbers of ours
        return {row[0] for row in self.db.execute(query, (first, before))}

    def terms(self) -> list[tuple[int, str, set[bytes]]]:
        """(month, what, ids of records) of all merged changes that have a month, the first month first."""
        self.origins.settle()
        at = 3 * ID_BYTES
        query = (
            f"SELECT DISTINCT substr(value, {at + 1}, {_MONTH_BYTES}), substr(value, {at + _MONTH_BYTES + _DAY_BYTES + 1}),"  # noqa: S608
            f" substr(value, 1, {ID_BYTES}) FROM origins ORDER BY 1, 2"
        )
        found: dict[tuple[int, str], set[bytes]] = {}
        for month, what, record in self.db.execute(query):
            found.setdefault((int.from_bytes(month, "big"), what.decode()), set()).add(record)
        return [(month, what, records) for (month, what), records in found.items() if month]

    def older(self, whats: Iterable[str], day: int) -> dict[bytes, set[bytes]]:
        """Record id → the ids of its merged changes of these sorts that were stamped before this day (since 1970)."""
        self.origins.settle()
        at = 3 * ID_BYTES + _MONTH_BYTES
        query = (
            f"SELECT key, substr(value, 1, {ID_BYTES}) FROM origins"  # noqa: S608 numbers of ours
            f" WHERE substr(value, {at + _DAY_BYTES + 1}) = ? AND substr(value, {at + 1}, {_DAY_BYTES}) < ?"
        )
        found: dict[bytes, set[bytes]] = {}
        for what in whats:
            values = (what.encode(), max(day, 0).to_bytes(_DAY_BYTES, "big"))
            for name, record in self.db.execute(query, values):
                found.setdefault(record, set()).add(name)
        return found

    async def settle(self) -> None:
        """Pack what is fresh, a little at a time."""
        for rows in (self.records, self.origins):
            done = False
            while not done:
                done = rows.settle(_PACKED_AT_ONCE)
                await asyncio.sleep(0 if done else BREATH)

    def image(self) -> bytes:
        """The whole database as bytes, at this moment."""
        self.records.settle()
        self.origins.settle()
        return self.db.serialize()

    def close(self) -> None:
        """Forget everything."""
        self.db.close()


def pack_record(record: Record) -> bytes:
    """A record's bytes in memory; nobody else reads them."""
    fields = {
        name: [
            [[v.stamp.to_bytes(), v.device, v.id, v.value, list(v.seen)] for v in register.versions.values()],
            list(register.replaced),
        ]
        for name, register in record.fields.items()
    }
    sets = [list(names) for names in (record.erased, record.teams, record.rounds)]
    packed: bytes = msgpack.packb([record.kind, record.creator, fields, *sets])
    return packed


def unpack_record(name: bytes, data: bytes) -> Record:
    """The record of this id again."""
    kind, creator, fields, *sets = msgpack.unpackb(data)
    registers = {field: Register(_versions(vs), frozenset(replaced)) for field, (vs, replaced) in fields.items()}
    return Record(name, kind, creator, registers, *map(frozenset, sets))


def kind_of(data: bytes) -> str:
    """The kind of a packed record, without the rest of it."""
    unpacker = msgpack.Unpacker()
    unpacker.feed(data)
    unpacker.read_array_header()
    kind: str = unpacker.unpack()
    return kind


def _versions(rows: Iterable[list[Any]]) -> dict[bytes, Version]:
    return {
        name: Version(Stamp.from_bytes(stamp), device, name, value, frozenset(seen))
        for stamp, device, name, value, seen in rows
    }


_MONTH_BYTES, _DAY_BYTES = 3, 4


def _pack_origin(origin: Origin) -> bytes:
    month, day = origin.expiry.to_bytes(_MONTH_BYTES, "big"), origin.day.to_bytes(_DAY_BYTES, "big")
    return b"".join((origin.record, origin.device, origin.member, month, day, origin.what.encode()))


def _unpack_origin(_: bytes, data: bytes) -> Origin:
    record, device, member = (data[i * ID_BYTES : (i + 1) * ID_BYTES] for i in range(3))
    rest = data[3 * ID_BYTES :]
    month, day = rest[:_MONTH_BYTES], rest[_MONTH_BYTES : _MONTH_BYTES + _DAY_BYTES]
    what = rest[_MONTH_BYTES + _DAY_BYTES :].decode()
    return Origin(record, device, member, int.from_bytes(month, "big"), int.from_bytes(day, "big"), what)
