"""Envelopes in SQLite: put, found and overwritten within one transaction. The tables: sync.server.schema.

The hot path of the server, so rows go in many at a time, and what a device's chains say is read once for a batch.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sync.core.envelope import NO_PREVIOUS, is_stub
from sync.server.following import Onward
from sync.server.schema import BROUGHT, CHUNK_BITS, SHORT_BYTES, STUB, WHOLE
from sync.server.store import NewEnvelope, Page, left_of

_FIND = f"""
WITH RECURSIVE chunks (n) AS (
    SELECT coalesce(max(sequence), 0) >> {CHUNK_BITS} FROM envelopes UNION ALL SELECT n - 1 FROM chunks WHERE n > 0
)
SELECT e.sequence FROM chunks
CROSS JOIN ids ON chunk = n AND short = ? CROSS JOIN envelopes e ON e.sequence = ids.sequence
CROSS JOIN devices d ON d.row = e.device
WHERE e.id = ? AND d.organisation = ? LIMIT 1
"""  # noqa: S608 (newest first: what comes again came lately)
_NEWEST = f"""
SELECT e.id, e.sequence FROM envelopes e JOIN devices d ON d.row = e.device WHERE d.organisation = ? AND e.sequence >=
((SELECT coalesce(max(sequence), 0) + 1 FROM envelopes) >> {CHUNK_BITS}) << {CHUNK_BITS}
"""  # noqa: S608
_INDEX = f"""
INSERT INTO ids SELECT ?, substr(id, 1, {SHORT_BYTES}), sequence FROM envelopes WHERE sequence BETWEEN ? AND ? ORDER BY 2
"""  # noqa: S608
_FOUND = """
SELECT e.sequence, d.device, e.kept, e.data FROM envelopes e JOIN devices d ON d.row = e.device WHERE e.sequence = ?
"""
_GROWN = """
INSERT INTO chains VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET number = excluded.number, id = excluded.id
"""
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


class Names:
    """Finds envelopes of one organisation by their ids, within one transaction or question."""

    def __init__(self, db: sqlite3.Connection, organisation: bytes) -> None:
        self._db, self._organisation = db, organisation
        self._newest: dict[bytes, int] = dict(db.execute(_NEWEST, (organisation,)).fetchall())  # not in `ids` yet

    def add(self, name: bytes, sequence: int) -> None:
        """One that is on its way into the tables."""
        self._newest[name] = sequence

    def sequence(self, name: bytes) -> int | None:
        """The number of an envelope that is here."""
        if name in self._newest:
            return self._newest[name]
        row = self._db.execute(_FIND, (name[:SHORT_BYTES], name, self._organisation)).fetchone()
        return int(row[0]) if row else None

    def find(self, name: bytes) -> Found | None:
        """The envelope itself."""
        row = self._db.execute(_FOUND, (self.sequence(name),)).fetchone()
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
    outcomes: list[str] = []
    while len(outcomes) < len(envelopes):
        outcomes.append(batch.take(envelopes[len(outcomes)]))
        if outcomes[-1] == "stored":
            outcomes += ["stored"] * batch.take_onward(envelopes, len(outcomes))
    batch.write()
    return outcomes


class _Chain:
    """One device's in one ring: their small numbers, its last number there and that one's id."""

    __slots__ = ("grown", "last", "number", "ring", "row")

    def __init__(self, ring: bytes, row: int, number: int, last: bytes) -> None:
        self.ring, self.row, self.number, self.last, self.grown = ring, row, number, last, False


class _Lane:
    """What goes from one device to the same rings: their chains, and what is on its way into the tables."""

    __slots__ = ("chains", "count", "device", "name", "numbers", "size")

    def __init__(self, name: bytes, device: int, chains: list[_Chain]) -> None:
        self.name, self.device, self.chains = name, device, chains
        self.clear()

    def clear(self) -> None:
        """Nothing is on its way."""
        self.numbers: list[int] = []
        self.count = self.size = 0  # envelopes and bytes, for the totals of the device

    def is_for(self, e: NewEnvelope) -> bool:
        """Whether this is where it goes."""
        if e.device != self.name or len(e.links) != len(self.chains):
            return False
        for link, chain in zip(e.links, self.chains, strict=True):  # noqa: SIM110 (the hot path: no generator)
            if link.ring != chain.ring:
                return False
        return True


class _Batch:
    """Envelopes on their way into the tables. What is taken is written at the end, or before it is looked for."""

    def __init__(self, db: sqlite3.Connection, organisation: bytes) -> None:
        self._db, self._organisation = db, organisation
        self._next: int = db.execute("SELECT coalesce(max(sequence), 0) + 1 FROM envelopes").fetchone()[0]
        any_order = "SELECT EXISTS (SELECT 1 FROM orders WHERE organisation = ?)"
        self._orders = bool(db.execute(any_order, (organisation,)).fetchone()[0])
        self._devices: dict[bytes, int] = {}  # their small numbers
        self._rings: dict[bytes, int] = {}
        self._chains: dict[tuple[bytes, bytes], _Chain] = {}
        self._lanes: list[_Lane] = []
        self._names: Names | None = None  # read when a name has to be looked for
        self._clear()

    def _clear(self) -> None:
        self._rows: list[tuple[int, bytes, int, int, int, bytes]] = []
        self._months: dict[int, list[int]] = {}

    def take(self, e: NewEnvelope) -> str:
        """Its outcome."""
        if not self._lanes or not self._lanes[-1].is_for(e):
            self._change_lane(e)
        lane = self._lanes[-1]
        follows = True
        for link, chain in zip(e.links, lane.chains, strict=True):
            if link.number != chain.number + 1 or link.previous != chain.last:
                follows = False
        # What follows its device's last one can't be here: it would be in that chain. So only the rest is looked for.
        here = None if follows and e.links else self._find(e.id)
        if here is None and follows:
            for link, chain in zip(e.links, lane.chains, strict=True):
                chain.number, chain.last, chain.grown = link.number, e.id, True
            self._add(e, lane, 1, len(e.data))
            return "stored"
        if here is None:
            return "broken_chain"
        if here.kept != BROUGHT or is_stub(e.data) or self._ordered(e.id):
            return "duplicate"
        self._db.execute("DELETE FROM envelopes WHERE sequence = ?", (here.sequence,))
        at = (here.sequence >> CHUNK_BITS, e.id[:SHORT_BYTES], here.sequence)
        self._db.execute("DELETE FROM ids WHERE chunk = ? AND short = ? AND sequence = ?", at)
        self._add(e, lane, 0, len(e.data) - len(here.data))
        return "stored"

    def take_onward(self, envelopes: Sequence[NewEnvelope], at: int) -> int:
        """Take those from this place on that go on right behind the one before, which was just stored; how many."""
        before, first = envelopes[at - 1], at
        if self._orders or any(chain.last != before.id for chain in self._lanes[-1].chains):
            return 0  # the latter: it came whole where its stub was, and more stands behind it already
        for e in envelopes[at:]:
            links = e.links
            if type(links) is not Onward or links.previous != before.id or not links.follows(before.links):
                break
            if e.device != before.device or e.expiry != before.expiry or is_stub(e.data):
                break
            before, at = e, at + 1
        if at > first:
            self._add_onward(envelopes[first:at])
        return at - first

    def _add_onward(self, new: Sequence[NewEnvelope]) -> None:
        """What `_add` does for each, of whole envelopes that follow one another in the lane, of one month."""
        lane, last, count = self._lanes[-1], new[-1], len(new)
        for chain in lane.chains:
            chain.number, chain.last, chain.grown = chain.number + count, last.id, True
        numbers = range(self._next, self._next + count)
        self._next += count
        device, expiry = lane.device, last.expiry
        self._rows += [(at, e.id, device, expiry, WHOLE, e.data) for at, e in zip(numbers, new, strict=True)]
        if self._names is not None:
            for at, e in zip(numbers, new, strict=True):
                self._names.add(e.id, at)
        lane.numbers += numbers
        lane.count += count
        lane.size += sum([len(e.data) for e in new])
        if expiry:
            self._months.setdefault(expiry, []).extend(numbers)

    def _find(self, name: bytes) -> Found | None:
        if self._names is None:
            self.write()
            self._names = Names(self._db, self._organisation)
        sequence = self._names.sequence(name)
        if self._rows and sequence is not None and sequence >= self._rows[0][0]:
            self.write()
        return self._names.find(name)

    def _change_lane(self, e: NewEnvelope) -> None:
        """Go on in the lane of this envelope: one there was before, or a new one."""
        for place, lane in enumerate(self._lanes):
            if lane.is_for(e):
                self._lanes.append(self._lanes.pop(place))
                return
        chains = [self._chain(link.ring, e.device) for link in e.links]
        self._lanes.append(_Lane(e.device, self._known("devices", e.device), chains))

    def _chain(self, ring: bytes, device: bytes) -> _Chain:
        if (ring, device) not in self._chains:
            row = self._known("rings", ring)
            last = f"SELECT number, id FROM chains WHERE ring = ? AND device = ({_DEVICE})"  # noqa: S608
            found = self._db.execute(last, (row, self._organisation, device)).fetchone()
            self._chains[ring, device] = _Chain(ring, row, *(found or (0, NO_PREVIOUS)))
        return self._chains[ring, device]

    def _ordered(self, name: bytes) -> bool:
        """Whether it was asked to be erased."""
        if not self._orders:
            return False
        asked = "SELECT 1 FROM orders WHERE organisation = ? AND id = ?"
        return self._db.execute(asked, (self._organisation, name)).fetchone() is not None

    def _add(self, e: NewEnvelope, lane: _Lane, count: int, size: int) -> None:
        """Give it the next number; `count` and `size` (bytes more than before) go to its device's totals."""
        data, kept = e.data, BROUGHT if is_stub(e.data) else WHOLE
        if self._orders and self._ordered(e.id):
            data, kept = left_of(e.data), STUB
            size -= len(e.data) - len(data)
        if not lane.device:
            lane.device = self._numbered("devices", lane.name)
        sequence, self._next = self._next, self._next + 1
        self._rows.append((sequence, e.id, lane.device, e.expiry, kept, data))
        if self._names is not None:
            self._names.add(e.id, sequence)
        lane.numbers.append(sequence)
        lane.count += count
        lane.size += size
        if e.expiry and kept != STUB:
            self._months.setdefault(e.expiry, []).append(sequence)

    def _known(self, table: str, name: bytes) -> int:
        """The small number of a ring or device; 0 while it has none."""
        known = self._rings if table == "rings" else self._devices
        if name not in known:
            of = _RING if table == "rings" else _DEVICE
            row = self._db.execute(of, (self._organisation, name)).fetchone()
            known[name] = row[0] if row else 0
        return known[name]

    def _numbered(self, table: str, name: bytes) -> int:
        """The same, given out if it has none yet."""
        known = self._rings if table == "rings" else self._devices
        if not known.get(name):
            new = f"INSERT INTO {table} (organisation, {table[:-1]}) VALUES (?, ?)"  # noqa: S608
            known[name] = self._db.execute(new, (self._organisation, name)).lastrowid or 0
        return known[name]

    def write(self) -> None:
        """All that was taken since the last time."""
        if not self._rows:
            return
        runs: list[tuple[int, int, int]] = []
        grown: list[tuple[int, int, int, bytes]] = []
        lanes = [lane for lane in self._lanes if lane.numbers]
        for lane in lanes:
            stretches = _stretches(lane.numbers)
            for chain in lane.chains:
                chain.row = chain.row or self._numbered("rings", chain.ring)
                runs += [(chain.row, last, first) for first, last in stretches]
                if chain.grown:
                    grown.append((chain.row, lane.device, chain.number, chain.last))
                    chain.grown = False
        months = [(month, last, first) for month, found in self._months.items() for first, last in _stretches(found)]
        many = self._db.executemany
        many("INSERT INTO envelopes VALUES (?, ?, ?, ?, ?, ?)", self._rows)
        for chunk in range(self._rows[0][0] >> CHUNK_BITS, self._next >> CHUNK_BITS):
            _index(self._db, chunk)
        many("INSERT INTO runs VALUES (?, ?, ?)", runs)
        many("INSERT INTO months VALUES (?, ?, ?)", months)
        many(_GROWN, grown)
        more = "UPDATE devices SET envelopes = envelopes + ?, bytes = bytes + ? WHERE row = ?"
        many(more, [(lane.count, lane.size, lane.device) for lane in lanes])
        for lane in lanes:
            lane.clear()
        self._clear()


def _index(db: sqlite3.Connection, chunk: int) -> None:
    """The names of a chunk that is full: once, in order."""
    db.execute(_INDEX, (chunk, chunk << CHUNK_BITS, (chunk + 1 << CHUNK_BITS) - 1))


def _stretches(numbers: list[int]) -> list[list[int]]:
    """[first, last] of each stretch of numbers that follow one another."""
    found = [[numbers[0], numbers[-1]]]
    if numbers[-1] - numbers[0] == len(numbers) - 1:
        return found
    found = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found
