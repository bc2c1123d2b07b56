"""What residents asked: to look, to take along, to correct, to erase, to object. `records` are ids of what was erased, `why`: for what reason."""

from app.view.table import Row, Table, creator, made, text
from sync.core.merge import Record


def _row(record: Record) -> Row:
    records = record.value("detail.records")
    return {
        "id": record.id.hex(),
        "creator": creator(record),
        "day": text(record.value("detail.day"), 10),
        "what": text(record.value("detail.what"), 20),
        "address": text(record.value("detail.address"), 200),
        "until": text(record.value("detail.until"), 10),
        "done": text(record.value("detail.done"), 10),
        "how": text(record.value("detail.how"), 2000),
        "records": ",".join(x.hex() for x in records if isinstance(x, bytes)) if isinstance(records, list) else "",
        "why": text(record.value("detail.why"), 1000),
        "hidden": int(record.hidden),
        "made": made(record, "detail.day"),
    }


TABLE = Table(
    "requests",
    "request",
    {
        "id": str,
        "creator": str,
        "day": str,
        "what": str,
        "address": str,
        "until": str,
        "done": str,
        "how": str,
        "records": str,
        "why": str,
        "hidden": int,
        "made": str,
    },
    _row,
    ("requests_by_day ON requests (until)",),
)
