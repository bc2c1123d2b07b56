"""Walks of a round: their doors, in order; and (`walk` names the walk) until when somebody has one. By whom is in no
column: whoever asks knows the name of their own.
"""

from app.view.table import Row, Table, name, number, plain, text
from sync.core.merge import Record


def _row(record: Record) -> Row:
    return {
        "id": record.id.hex(),
        "round": name(record.value("plan.round") or record.value("claim.round")),
        "at": number(record.value("plan.at")),
        "name": text(record.value("plan.name"), 200),
        "doors": plain(record.value("plan.doors")),
        "blocked": plain(record.value("plan.blocked")),
        "complexes": plain(record.value("plan.complexes")),
        "walk": name(record.value("claim.walk")),
        "until": number(record.value("claim.until")),
        "hidden": int(record.hidden),
    }


TABLE = Table(
    "walks",
    "walk",
    {
        "id": str,
        "round": str,
        "at": int,
        "name": str,
        "doors": str,
        "blocked": str,
        "complexes": str,
        "walk": str,
        "until": int,
        "hidden": int,
    },
    _row,
    ("walks_of_round ON walks (round, at)", "claims_of_walk ON walks (walk)"),
)
