"""Stories. The photo's bytes stay in the record; of an erased story only that it was withdrawn is known."""

from app.view.table import Row, Table, creator, made, text
from sync.core.merge import Record


def _row(record: Record) -> Row:
    return {
        "id": record.id.hex(),
        "creator": creator(record),
        "title": text(record.value("detail.title")),
        "text": text(record.value("detail.text")),
        "status": text(record.value("detail.status")),
        "withdraw_on": text(record.value("detail.withdraw_on")),
        "day": text(record.value("detail.day")),
        "photo": int(bool(record.value("photo.jpeg"))),
        "erased": int(bool(record.erased)),
        "hidden": int(record.hidden),
        "made": made(record, "detail.title"),
    }


TABLE = Table(
    "stories",
    "story",
    {
        "id": str,
        "creator": str,
        "title": str,
        "text": str,
        "status": str,
        "withdraw_on": str,
        "day": str,
        "photo": int,
        "erased": int,
        "hidden": int,
        "made": str,
    },
    _row,
)
