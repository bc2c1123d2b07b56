"""The readable tables: an in-memory SQLite database that services ask, made from the replica's records.

Nothing here ever touches a disk. A row is replaced whole when its record changes; what a table does not know
of a record (fields of newer versions) stays in the record.
"""

import json
from collections.abc import Iterable
from typing import Any

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


class View:
    """Tables `visits`, `reviews`, `members` and `areas`; ids are hex, days ISO, codes JSON."""

    def __init__(self) -> None:
        from sqlite_utils import Database  # half a second in the browser: not on the way to the lock screen

        self.db = Database(memory=True)
        for name, columns in _TABLES.items():
            self.db.table(name).create(columns, pk=next(iter(columns)))
        self.db.table("visits").create_index(["creator", "day"])
        self.db.table("reviews").create_index(["visit"])

    def put(self, records: Iterable[Record]) -> None:
        """Bring the rows of these records up to date, in one transaction."""
        rows: dict[str, list[dict[str, Any]]] = {}
        with self.db.atomic():
            for record in records:
                found = _row(record)
                if found:
                    rows.setdefault(found[0], []).append(found[1])
            for table, some in rows.items():
                self.db.table(table).upsert_all(some, pk=next(iter(_TABLES[table])))

    def clear(self) -> None:
        """Empty every table: what was shown is put again from the records that are left."""
        with self.db.atomic():
            for name in _TABLES:
                self.db.execute(f"DELETE FROM {name}")  # noqa: S608 our own names

    def ask(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """The rows of a query with named parameters."""
        return list(self.db.query(sql, values))


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
    }


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
    listed = [c for c in codes if isinstance(c, list) and all(isinstance(x, str) for x in c)] if codes else []
    return "areas", {
        "id": record.id.hex(),
        "team": _id(record.value("detail.team")),
        "member": _id(record.value("detail.member")),
        "name": _text(record.value("detail.name"))[:200],
        "codes": json.dumps(listed),
    }


def _id(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else ""
