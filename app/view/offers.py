"""What areas have on offer. Parts of another version are left out."""

from app.view.table import Row, Table, made, text
from sync.core.merge import Record


def _row(record: Record) -> Row:
    area = record.value("detail.area")
    whole = isinstance(area, list) and len(area) == 3 and all(isinstance(x, str) for x in area)
    kind, code, year = area if whole and isinstance(area, list) else ("", "", "")
    return {
        "id": record.id.hex(),
        "wish": text(record.value("detail.wish"), 100),
        "name": text(record.value("detail.name"), 200),
        "kind": kind[:20],
        "code": code[:60],
        "year": year[:4],
        "place": text(record.value("detail.place"), 200),
        "at": text(record.value("detail.when"), 200),
        "ask": text(record.value("detail.ask"), 200),
        "until": text(record.value("detail.until"), 10),
        "hidden": int(record.hidden),
        "made": made(record, "detail.name"),
    }


TABLE = Table(
    "offers",
    "offer",
    {
        "id": str,
        "wish": str,
        "name": str,
        "kind": str,
        "code": str,
        "year": str,
        "place": str,
        "at": str,
        "ask": str,
        "until": str,
        "hidden": int,
        "made": str,
    },
    _row,
)
