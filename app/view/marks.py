"""Addresses where nobody must ring. A mark stands for every address that it ever had, replaced ones too, so that
not even its maker can move it away.
"""

import json

from app.view.table import Row, Table, text
from sync.core.merge import Record


def _row(record: Record) -> Row:
    register = record.fields.get("address.address")
    written = sorted(register.versions.values()) if register else []
    return {
        "id": record.id.hex(),
        "address": text(record.value("address.address")),
        "addresses": json.dumps(sorted({v.value for v in written if isinstance(v.value, str)})),
        "since": text(record.value("address.day")),
        "lifted": int(record.value("lift.lifted") is True),
        "request": text(record.value("request.why")),
        "confirmed": text(record.value("confirm.day")),
    }


TABLE = Table(
    "marks",
    "mark",
    {
        "id": str,
        "address": str,
        "addresses": str,
        "since": str,
        "lifted": int,
        "request": str,
        "confirmed": str,
    },
    _row,
)
