"""Activities: their count, and their detail where this device may read it."""

from app.view.table import Row, Table, codes, creator, made, name, number, placed, text
from sync.core.merge import Record


def _row(record: Record) -> Row:
    return {
        "id": record.id.hex(),
        "creator": creator(record),
        "day": text(record.value("count.day")),
        "kind": text(record.value("count.kind")),
        "heads": number(record.value("count.heads")),
        "helpers": number(record.value("count.helpers")),
        "area": placed(record.value("count.place")),
        "detail": int(record.value("detail.place") is not None),
        "place": text(record.value("detail.place")),
        "time": text(record.value("detail.time")),
        "minutes": number(record.value("detail.minutes")),
        "how": text(record.value("detail.how")),
        "wishes": ",".join(codes(record.value("detail.wishes"))),
        "offers": ",".join(codes(record.value("detail.offers"))),
        "weekly": int(record.value("detail.weekly") is True),
        "until": text(record.value("detail.until")),
        "series": name(record.value("detail.series")) or record.id.hex(),
        "hidden": int(record.hidden),
        "made": made(record, "count.day"),
    }


TABLE = Table(
    "activities",
    "activity",
    {
        "id": str,
        "creator": str,
        "day": str,
        "kind": str,
        "heads": int,
        "helpers": int,
        "area": str,
        "detail": int,
        "place": str,
        "time": str,
        "minutes": int,
        "how": str,
        "wishes": str,
        "offers": str,
        "weekly": int,
        "until": str,
        "series": str,
        "hidden": int,
        "made": str,
    },
    _row,
)
