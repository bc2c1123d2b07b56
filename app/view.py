"""The readable tables: an in-memory SQLite database that services ask, made from the replica's records.

Nothing here ever touches a disk. A row is replaced whole when its record changes; what a table does not know
of a record (fields of newer versions) stays in the record. Plain `sqlite3`: sqlite-utils takes half a second to
import in the browser, and this stands between the PIN and the list (docs/decisions/0003).
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sync.core.hlc import ZERO
from sync.core.merge import Record

_TABLES: dict[str, dict[str, Any]] = {
    "visits": {
        "id": str,
        "creator": str,
        "day": str,
        "outcome": str,
        "shared": int,
        "detail": int,
        "address": str,
        "gift": str,
        "wishes": str,
        "note": str,
        "come_back": str,
        "hidden": int,
        "made": str,
    },
    "reviews": {
        "id": str,
        "creator": str,
        "visit": str,
        "state": str,
        "reply": str,
        "day": str,
        "stamp": str,
    },
    "members": {"member": str, "name": str},
    "areas": {"id": str, "team": str, "member": str, "name": str, "codes": str},
}

_TYPES = {str: "TEXT", int: "INTEGER"}
_INDEXES = (
    "visits_of_one ON visits (creator, day, made)",
    "visits_by_day ON visits (day, made)",
    "reviews_of_visit ON reviews (visit)",
)


class View:
    """Tables `visits`, `reviews`, `members` and `areas`; ids and stamps are hex, days ISO, codes JSON."""

    def __init__(self, db: sqlite3.Connection | None = None) -> None:
        """In a database of its own, or in one that may hold the tables already."""
        self._db = db or sqlite3.connect(":memory:", isolation_level=None)
        for name, columns in _TABLES.items():
            typed = ", ".join(
                f"{c} {_TYPES[kind]}{' PRIMARY KEY' * (not i)}" for i, (c, kind) in enumerate(columns.items())
            )
            self._db.execute(f"CREATE TABLE IF NOT EXISTS {name} ({typed})")
        for index in _INDEXES:
            self._db.execute(f"CREATE INDEX IF NOT EXISTS {index}")

    def put(self, records: Iterable[Record]) -> None:
        """Bring the rows of these records up to date, in one transaction."""
        rows: dict[str, list[dict[str, Any]]] = {}
        for record in records:
            found = _row(record)
            if found:
                rows.setdefault(found[0], []).append(found[1])
        with self._atomic():
            for table, some in rows.items():
                self._db.executemany(_UPSERTS[table], some)

    def clear(self) -> None:
        """Forget every row: all of it is about to be judged anew."""
        with self._atomic():
            for table in _TABLES:
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 our own names

    @contextmanager
    def _atomic(self) -> Iterator[None]:
        self._db.execute("BEGIN")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise

    def ask(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """The rows of a query with named parameters."""
        found = self._db.execute(sql, values)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]


def _upsert(table: str) -> str:
    """An insert that keeps the row's number when the row is there already: lists keep their order."""
    key, *others = columns = list(_TABLES[table])
    into = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(':' + c for c in columns)})"  # noqa: S608
    return f"{into} ON CONFLICT ({key}) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in others)}"


_UPSERTS = {table: _upsert(table) for table in _TABLES}


def _row(record: Record) -> tuple[str, dict[str, Any]] | None:
    maker = {"visit": _visit, "review": _review, "member": _member, "area": _area}.get(record.kind)
    return maker(record) if maker and record.creator else None


def _text(value: Any) -> str:
    """Fields of another version may hold anything: only text is shown as text."""
    return value if isinstance(value, str) else ""


def _visit(record: Record) -> tuple[str, dict[str, Any]]:
    wishes = record.value("detail.wishes")
    listed = [w for w in wishes if isinstance(w, str)] if isinstance(wishes, list) else []
    return "visits", {
        "id": record.id.hex(),
        "creator": (record.creator or b"").hex(),
        "day": _text(record.value("count.day")),
        "outcome": _text(record.value("count.outcome")),
        "shared": int(record.value("count.shared") is True),
        "detail": int(record.value("detail.address") is not None),
        "address": _text(record.value("detail.address")),
        "gift": _text(record.value("detail.gift")),
        "wishes": ",".join(listed),
        "note": _text(record.value("detail.note")),
        "come_back": _text(record.value("detail.come_back")),
        "hidden": int(record.hidden),
        "made": _made(record, "count.day"),
    }


def _made(record: Record, field: str) -> str:
    """When a field was first written: what stands first in a list on one device does so on all."""
    register = record.fields.get(field)
    return min((v.stamp for v in register.versions.values()), default=ZERO).to_bytes().hex() if register else ""


def _review(record: Record) -> tuple[str, dict[str, Any]]:
    visit = record.value("word.visit")
    state = record.fields.get("word.state")
    last = state.live() if state else []
    return "reviews", {
        "id": record.id.hex(),
        "creator": (record.creator or b"").hex(),
        "visit": visit.hex() if isinstance(visit, bytes) else "",
        "state": _text(record.value("word.state")),
        "reply": _text(record.value("word.reply")),
        "day": _text(record.value("word.day")),
        "stamp": last[-1].stamp.to_bytes().hex() if last else "",
    }


def _member(record: Record) -> tuple[str, dict[str, Any]]:
    return "members", {
        "member": (record.creator or b"").hex(),
        "name": _text(record.value("name.name"))[:200],
    }


def _area(record: Record) -> tuple[str, dict[str, Any]]:
    """Where a team, or within it a member, is at work. Codes of another version are left out."""
    codes = record.value("detail.codes")
    rows = codes if isinstance(codes, list) else []
    listed = [c for c in rows if isinstance(c, list) and all(isinstance(x, str) for x in c)]
    return "areas", {
        "id": record.id.hex(),
        "team": _id(record.value("detail.team")),
        "member": _id(record.value("detail.member")),
        "name": _text(record.value("detail.name"))[:200],
        "codes": json.dumps(listed),
    }


def _id(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else ""
