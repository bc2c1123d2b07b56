"""New addresses: every one gets the same welcome.

Of one that was seen at a door on a round neither who saw it stands in the row, nor when on that day: nobody's trail.
"""

from app.view.table import Row, Table, creator, made, made_on, name, text
from sync.core.merge import Record

ROUND = "round"  # the origin of one that was seen at a door


def _row(record: Record) -> Row:
    at_a_door = record.value("task.origin") == ROUND
    return {
        "id": record.id.hex(),
        "creator": "" if at_a_door else creator(record),
        "address": text(record.value("task.address")),
        "bag": text(record.value("task.bag")),
        "since": text(record.value("task.since")),
        "origin": text(record.value("task.origin")),
        "whom": name(record.value("task.whom")),
        "done": int(record.value("state.done") is True),
        "plan": text(record.value("state.plan")),
        "hidden": int(record.hidden),
        "made": made_on(record, "task.address") if at_a_door else made(record, "task.address"),
    }


TABLE = Table(
    "welcomes",
    "welcome",
    {
        "id": str,
        "creator": str,
        "address": str,
        "bag": str,
        "since": str,
        "origin": str,
        "whom": str,
        "done": int,
        "plan": str,
        "hidden": int,
        "made": str,
    },
    _row,
)
