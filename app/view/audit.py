"""What coordinators did with personal data: who (the signature says), what, with which kind of thing, on which day."""

from app.view.table import Row, Table, creator, made, text
from sync.core.merge import Record


def _row(record: Record) -> Row:
    return {
        "id": record.id.hex(),
        "creator": creator(record),
        "what": text(record.value("event.what"), 20),
        "kind": text(record.value("event.kind"), 20),
        "day": text(record.value("event.day"), 10),
        "made": made(record, "event.what"),
    }


TABLE = Table(
    "events",
    "audit",
    {"id": str, "creator": str, "what": str, "kind": str, "day": str, "made": str},
    _row,
    ("events_by_day ON events (day)",),
)
