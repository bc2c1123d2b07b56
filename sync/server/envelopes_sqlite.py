"""Envelopes in SQLite: put, found and overwritten within one transaction. The tables: sync.server.schema.

The hot path of the server, so rows go in many at a time, and what a device's chains say is read once for a batch.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sync.core.envelope import NO_PREVIOUS, is_stub
from sync.server.schema import BROUGHT, CHUNK_BITS, STUB, WHOLE, short
from sync.server.store import NewEnvelope, Page, left_of

_FIND = f"""
WITH RECURSIVE chunks (n) AS (
    SELECT coalesce(max(sequence), 0) >> {CHUNK_BITS} FROM envelopes UNION ALL SELECT n - 1 FROM chunks WHERE n > 0
)
SELECT e.sequence, d.device, e.kept, e.data FROM chunks
CROSS JOIN ids ON chunk = n AND short = ? CROSS JOIN envelopes e ON e.sequence = ids.sequence
CROSS JOIN devices d ON d.row = e.device
WHERE e.id = ? AND d.organisation = ? LIMIT 1
"""  # noqa: S608 (newest first: what comes again came lately)
PAGE = """
SELECT sequence, data FROM runs CROSS JOIN envelopes ON sequence BETWEEN max(first, ?2 + 1) AND last
WHERE runs.ring = (SELECT row FROM rings WHERE organisation = ?3 AND ring = ?1) AND last > ?2 AND data <> x''
ORDER BY last, sequence LIMIT ?4
"""
_RING = "SELECT row FROM rings WHERE organisation = ? AND ring = ?"
_DEVICE = "SELECT row FROM devices WHERE organisation = ? AND device = ?"


class Found(NamedTuple):
    """An envelope that is here. `kept`: see sync.server.schema."""

    sequence: int
    device: bytes
    kept: int
    data: bytes


def find(db: sqlite3.Connection, organisation: bytes, name: bytes) -> Found | None:
    """By its id."""
    row = db.execute(_FIND, (short(name), name, organisation)).fetchone()
    return Found(*row) if row else None


class Pages:
    """Reads pages. Remembers how far the numbers went at least: they never fall, so that a poll asks only once."""

    def __init__(self) -> None:
        self._highest = 0

    def page(
        self, db: sqlite3.Connection, organisation: bytes, ring: bytes, after: int, limit: int, max_bytes: int
    ) -> Page:
        """See Store."""
        items: list[tuple[int, bytes]] = []
        size = 0
        rows = db.execute(PAGE, (ring, after, organisation, limit + 1))
        for item in rows:
            size += len(item[1])
            if items and (size > max_bytes or len(items) == limit):
                rows.close()
                return Page(tuple(items), True)
            items.append(item)
        if not items and after > self._highest:
            self._highest = db.execute("SELECT coalesce(max(sequence), 0) FROM envelopes").fetchone()[0]
            if after > self._highest:
                return self.page(db, organisation, ring, 0, limit, max_bytes)
        return Page(tuple(items), False)


def overwrite(db: sqlite3.Connection, rows: Iterable[tuple[int, bytes]]) -> int:
    """Leave the stub of each (sequence, data); how many bodies went."""
    count = 0
    for sequence, data in rows:
        left = left_of(data)
        db.execute(f"UPDATE envelopes SET data = ?, kept = {STUB} WHERE sequence = ?", (left, sequence))  # noqa: S608
        count += left != data
        if left != data:
            change = (
                "UPDATE devices SET bytes = bytes - ? WHERE row = (SELECT device FROM envelopes WHERE sequence = ?)"
            )
            db.execute(change, (len(data) - len(left), sequence))
    return count


def drop_expired(db: sqlite3.Connection, month: int) -> int:
    """Overwrite what was to be kept until before this month (YYYYMM); how many bodies went."""
    count = 0
    rows = f"""SELECT sequence, data FROM envelopes
        WHERE sequence BETWEEN ? AND ? AND expiry = ? AND kept <> {STUB}"""  # noqa: S608
    for run in db.execute("SELECT first, last, expiry FROM months WHERE expiry < ?", (month,)).fetchall():
        count += overwrite(db, db.execute(rows, run).fetchall())
    db.execute("DELETE FROM months WHERE expiry < ?", (month,))
    return count


def put(db: sqlite3.Connection, organisation: bytes, envelopes: Sequence[NewEnvelope]) -> list[str]:
    """See Store."""
    batch = _Batch(db, organisation)
    outcomes = [batch.take(e) for e in envelopes]
    batch.write()
    return outcomes


class _Batch:
    """Envelopes on their way into the tables. What is taken is written at the end, or before it is looked for."""

    def __init__(self, db: sqlite3.Connection, organisation: bytes) -> None:
        self._db, self._organisation = db, organisation
        self._next: int = db.execute("SELECT coalesce(max(sequence), 0) + 1 FROM envelopes").fetchone()[0]
        any_order = "SELECT EXISTS (SELECT 1 FROM orders WHERE organisation = ?)"
        self._orders = bool(db.execute(any_order, (organisation,)).fetchone()[0])
        self._devices: dict[bytes, int] = {}  # their small numbers
        self._rings: dict[bytes, int] = {}
        self._chains: dict[tuple[bytes, bytes], tuple[int, bytes]] = {}  # (ring, device) → last number and id
        self._clear()

    def _clear(self) -> None:
        self._rows: list[tuple[int, bytes, int, int, int, bytes]] = []
        self._runs: dict[int, list[list[int]]] = {}
        self._months: dict[int, list[list[int]]] = {}
        self._grown: dict[tuple[int, int], tuple[int, bytes]] = {}
        self._more: dict[int, tuple[int, int]] = {}

    def take(self, e: NewEnvelope) -> str:
        """Its outcome."""
        # What follows its device's last one can't be here: it would be in that chain. So only the rest is looked for.
        follows = True
        for link in e.links:
            chain = (link.ring, e.device)
            number, previous = self._chains.get(chain) or self._last(chain)
            if link.number != number + 1 or link.previous != previous:
                follows = False
        if follows and e.links:
            self._add(e, 1)
            return "stored"
        self.write()
        here = find(self._db, self._organisation, e.id)
        if here is None and follows:
            self._add(e, 1)
            return "stored"
        if here is None:
            return "broken_chain"
        if here.kept != BROUGHT or is_stub(e.data) or self._ordered(e.id):
            return "duplicate"
        self._db.execute("DELETE FROM envelopes WHERE sequence = ?", (here.sequence,))
        at = (here.sequence >> CHUNK_BITS, short(e.id), here.sequence)
        self._db.execute("DELETE FROM ids WHERE chunk = ? AND short = ? AND sequence = ?", at)
        self._add(e, 0, -len(here.data))
        return "stored"

    def _last(self, chain: tuple[bytes, bytes]) -> tuple[int, bytes]:
        """Number and id of this device's newest envelope in this ring."""
        last = f"SELECT number, id FROM chains WHERE ring = ({_RING}) AND device = ({_DEVICE})"  # noqa: S608
        ring, device = chain
        found = self._db.execute(last, (self._organisation, ring, self._organisation, device)).fetchone()
        self._chains[chain] = known = found or (0, NO_PREVIOUS)
        return known

    def _ordered(self, name: bytes) -> bool:
        """Whether it was asked to be erased."""
        if not self._orders:
            return False
        asked = "SELECT 1 FROM orders WHERE organisation = ? AND id = ?"
        return self._db.execute(asked, (self._organisation, name)).fetchone() is not None

    def _add(self, e: NewEnvelope, count: int, size: int = 0) -> None:
        """Give it the next number; `count` and `size` (bytes besides its own) go to its device's totals."""
        data, kept = e.data, BROUGHT if is_stub(e.data) else WHOLE
        if self._orders and self._ordered(e.id):
            data, kept = left_of(e.data), STUB
        device = self._devices.get(e.device) or self._row("devices", "device", e.device)
        sequence, self._next = self._next, self._next + 1
        self._rows.append((sequence, e.id, device, e.expiry, kept, data))
        for link in e.links:
            ring = self._rings.get(link.ring) or self._row("rings", "ring", link.ring)
            _stretch(self._runs, ring, sequence)
            if count:
                self._chains[link.ring, e.device] = (link.number, e.id)
                self._grown[ring, device] = (link.number, e.id)
        if e.expiry and kept != STUB:
            _stretch(self._months, e.expiry, sequence)
        counted, bytes_ = self._more.get(device, (0, 0))
        self._more[device] = (counted + count, bytes_ + len(data) + size)

    def _row(self, table: str, column: str, name: bytes) -> int:
        """The small number of a ring or device, given out if it has none yet."""
        of = f"SELECT row FROM {table} WHERE organisation = ? AND {column} = ?"  # noqa: S608
        new = f"INSERT INTO {table} (organisation, {column}) VALUES (?, ?)"  # noqa: S608
        row = self._db.execute(of, (self._organisation, name)).fetchone()
        number = int(row[0] if row else self._db.execute(new, (self._organisation, name)).lastrowid or 0)
        (self._rings if table == "rings" else self._devices)[name] = number
        return number

    def write(self) -> None:
        """All that was taken since the last time."""
        if not self._rows:
            return
        many = self._db.executemany
        many("INSERT INTO envelopes VALUES (?, ?, ?, ?, ?, ?)", self._rows)
        many("INSERT INTO ids VALUES (?, ?, ?)", [(r[0] >> CHUNK_BITS, short(r[1]), r[0]) for r in self._rows])
        for table, stretches in (("runs", self._runs), ("months", self._months)):
            rows = [(key, last, first) for key, found in stretches.items() for first, last in found]
            many(f"INSERT INTO {table} VALUES (?, ?, ?)", rows)  # noqa: S608
        grown = [(*chain, *last) for chain, last in self._grown.items()]
        many("INSERT OR REPLACE INTO chains VALUES (?, ?, ?, ?)", grown)
        more = "UPDATE devices SET envelopes = envelopes + ?, bytes = bytes + ? WHERE row = ?"
        many(more, [(*counts, device) for device, counts in self._more.items()])
        self._clear()


def _stretch(stretches: dict[int, list[list[int]]], key: int, number: int) -> None:
    """Take a number into the last stretch of this key if it follows it, else begin one."""
    found = stretches.get(key)
    if found and found[-1][1] == number - 1:
        found[-1][1] = number
    else:
        stretches.setdefault(key, []).append([number, number])
