"""New addresses: every one gets the same welcome."""

from app.view.table import Row, Table, creator, made, name, text
from sync.core.merge import Record


def _row(record: Record) -> Row:
    return {
        "id": record.id.hex(),
        "creator": creator(record),
        "address": text(record.value("task.address")),
        "bag": text(record.value("task.bag")),
        "since": text(record.value("task.since")),
        "origin": text(record.value("task.origin")),
        "whom": name(record.value("task.whom")),
        "done": int(record.value("state.done") is True),
        "plan": text(record.value("state.plan")),
        "hidden": int(record.hidden),
        "made": made(record, "task.address"),
    }


TABLE = Table(
    "welcomes",
    "welcome",
    {
        "id": str,
        "creator": str,
        "address": str,
        "bag": str,
        "since": str,
        "origin": str,
        "whom": str,
        "done": int,
        "plan": str,
        "hidden": int,
        "made": str,
    },
    _row,
)
