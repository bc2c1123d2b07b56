"""What coordinators decided about bringing two residents together."""

from app.view.table import Row, Table, creator, last, name, text
from sync.core.merge import Record


def _row(record: Record) -> Row:
    return {
        "id": record.id.hex(),
        "creator": creator(record),
        "what": text(record.value("detail.what"), 20),
        "topic": text(record.value("detail.topic"), 60),
        "a": name(record.value("detail.a")),
        "b": name(record.value("detail.b")),
        "state": text(record.value("detail.state"), 20),
        "day": text(record.value("detail.day"), 10),
        "hidden": int(record.hidden),
        "stamp": last(record, "detail.state"),
    }


TABLE = Table(
    "tasks",
    "task",
    {
        "id": str,
        "creator": str,
        "what": str,
        "topic": str,
        "a": str,
        "b": str,
        "state": str,
        "day": str,
        "hidden": int,
        "stamp": str,
    },
    _row,
    ("tasks_of_two ON tasks (a, b)",),
)
