"""Where a team, or within it a member, is at work. Codes of another version are left out."""

import json

from app.view.table import Row, Table, codes, name, text
from sync.core.merge import Record


def _row(record: Record) -> Row:
    put = record.value("detail.codes")
    rows = put if isinstance(put, list) else []
    listed = [c for c in rows if isinstance(c, list) and all(isinstance(x, str) for x in c)]
    return {
        "id": record.id.hex(),
        "team": name(record.value("detail.team")),
        "member": name(record.value("detail.member")),
        "name": text(record.value("detail.name"), 200),
        "codes": json.dumps(listed),
        "wishes": json.dumps(_wishes(record.value("detail.wishes"))),
        "streets": json.dumps(_streets(record.value("detail.streets"))),
    }


def _streets(value: object) -> list[list[object]]:
    """[kind, code, year, [names of streets]]: which streets lie in which area."""
    rows = value if isinstance(value, list) else []
    whole = [r for r in rows if isinstance(r, list) and len(r) == 4 and isinstance(r[3], list)]
    return [[*r[:3], codes(r[3])] for r in whole if all(isinstance(x, str) for x in r[:3])]


def _wishes(value: object) -> list[list[str]]:
    """[code, words] of the wishes that this area asks for; none: the usual ones."""
    rows = value if isinstance(value, list) else []
    return [w for w in rows if isinstance(w, list) and len(w) == 2 and all(isinstance(x, str) for x in w)]


TABLE = Table(
    "areas",
    "area",
    {"id": str, "team": str, "member": str, "name": str, "codes": str, "wishes": str, "streets": str},
    _row,
)
