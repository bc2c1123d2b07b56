"""Rounds as a coordinator planned them, and (`of` names the round) what one that is over came to, in counts: by walk, by
street, and what came in after it was closed. Who made a row, and when, is in no column.
"""

from app.view.table import Row, Table, name, number, plain, text
from sync.core.merge import Record


def _row(record: Record) -> Row:
    return {
        "id": record.id.hex(),
        "of": name(record.value("result.round")),
        "name": text(record.value("detail.name") or record.value("result.name"), 200),
        "purpose": text(record.value("detail.purpose") or record.value("result.purpose"), 20),
        "first": text(record.value("detail.first") or record.value("result.first"), 10),
        "last": text(record.value("detail.last") or record.value("result.last"), 10),
        "members": plain(_names(record.value("detail.members"))),
        "walking": text(record.value("detail.order"), 20),
        "times": number(record.value("detail.times")),
        "other_part": int(record.value("detail.other_part") is not False),
        "before": name(record.value("detail.before")),
        "walks": plain(record.value("result.walks")),
        "streets": plain(record.value("result.streets")),
        "late": plain(record.value("result.late")),
        "hidden": int(record.hidden),
    }


def _names(value: object) -> list[str]:
    rows = value if isinstance(value, list) else []
    return [x.hex() for x in rows if isinstance(x, bytes)]


TABLE = Table(
    "rounds",
    "round",
    {
        "id": str,
        "of": str,
        "name": str,
        "purpose": str,
        "first": str,
        "last": str,
        "members": str,
        "walking": str,
        "times": int,
        "other_part": int,
        "before": str,
        "walks": str,
        "streets": str,
        "late": str,
        "hidden": int,
    },
    _row,
    ("rounds_over ON rounds (of)",),
)
