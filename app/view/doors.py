"""What was said at the doors of a walk: one row for each member and walk, without a word on who or at what minute.

`said`: door → every value that stands (more than one when two devices wrote at once), each a list of entries.
"""

from app.view.table import Row, Table, name, plain
from sync.core.merge import Record


def _row(record: Record) -> Row:
    values = {
        field.partition(".")[2]: [v.value for v in register.live()]
        for field, register in record.fields.items()
        if field.startswith("state.") and field not in ("state.walk", "state.round")
    }
    return {
        "id": record.id.hex(),
        "round": name(record.value("state.round")),
        "walk": name(record.value("state.walk")),
        "said": plain(values),
        "hidden": int(record.hidden),
    }


TABLE = Table(
    "doors",
    "door",
    {"id": str, "round": str, "walk": str, "said": str, "hidden": int},
    _row,
    ("doors_of_walk ON doors (walk)",),
)
