"""How long an organisation keeps each class of things, where it keeps less than the law of the app: months by class."""

from app.view.table import Row, Table, creator, last, plain, text
from sync.core.merge import Record


def _row(record: Record) -> Row:
    return {
        "id": record.id.hex(),
        "creator": creator(record),
        "teams": ",".join(sorted(team.hex() for team in record.teams)),
        "months": plain(record.value("keeping.months")),
        "day": text(record.value("keeping.day"), 10),
        "hidden": int(record.hidden),
        "stamp": last(record, "keeping.months"),
    }


TABLE = Table(
    "terms",
    "setting",
    {"id": str, "creator": str, "teams": str, "months": str, "day": str, "hidden": int, "stamp": str},
    _row,
)
