"""A coordinator's words on visits."""

from app.view.table import Row, Table, creator, last, name, text
from sync.core.merge import Record


def _row(record: Record) -> Row:
    return {
        "id": record.id.hex(),
        "creator": creator(record),
        "visit": name(record.value("word.visit")),
        "state": text(record.value("word.state")),
        "reply": text(record.value("word.reply")),
        "day": text(record.value("word.day")),
        "stamp": last(record, "word.state"),
    }


TABLE = Table(
    "reviews",
    "review",
    {"id": str, "creator": str, "visit": str, "state": str, "reply": str, "day": str, "stamp": str},
    _row,
    ("reviews_of_visit ON reviews (visit)",),
)
