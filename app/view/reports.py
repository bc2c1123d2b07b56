"""Published tables, and the questions that reports ask. SQLite does the grouping: nothing here knows who noted anything."""

from app.view.table import Row, Table, made, name, plain
from sync.core.merge import Record

FIELDS = ("version", "period", "area", "threshold", "day", "base", "tree", "wishes", "cells", "exact", "notes")


def _row(record: Record) -> Row:
    """`table`: all that stands in it as JSON (ids as hex), for services.reports.kept to read and to judge; `said`: whatever
    was ever said of it; `changed`: some field of it was written again.
    """
    registers = {field: record.fields.get(f"table.{field}") for field in (*FIELDS, "state")}
    values = {field: record.value(f"table.{field}") for field in FIELDS}
    if isinstance(values["base"], list):
        values["base"] = [name(x) for x in values["base"]]
    state = registers.pop("state")
    said = {v.value for v in state.versions.values() if isinstance(v.value, str)} if state else set()
    return {
        "id": record.id.hex(),
        "fields": plain(values),
        "said": plain(sorted(said)),
        "about": name(record.value("table.about")),
        "changed": int(any(len(r.versions) > 1 for r in registers.values() if r)),
        "made": made(record, "table.period"),
    }


TABLE = Table(
    "reports",
    "report",
    {"id": str, "fields": str, "said": str, "about": str, "changed": int, "made": str},
    _row,
)

# Rows with a place, an address or the name of a street, and counts. `first` and `last` are days, both included.
VISITS = """
SELECT area, address, outcome, wishes, shared AND NOT detail AS gone, count(*) AS n
FROM visits WHERE NOT hidden AND day BETWEEN :first AND :last
GROUP BY area, address, outcome, wishes, gone
"""
ACTIVITIES = """
SELECT area, count(*) AS n, coalesce(sum(max(heads, 0)), 0) AS heads
FROM activities WHERE NOT hidden AND day BETWEEN :first AND min(:last, :today)
GROUP BY area
"""
ROUNDS = """
SELECT of, walks, streets, late FROM rounds
WHERE of <> '' AND NOT hidden AND last BETWEEN :first AND :last ORDER BY of, id
"""
STORIES = "SELECT id, status, erased, withdraw_on FROM stories WHERE NOT hidden AND day BETWEEN :first AND :last"
PUBLISHED = "SELECT * FROM reports ORDER BY id"
