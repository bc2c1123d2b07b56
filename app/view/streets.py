"""Streets of the register with their doors. What the doors are is read where they are shown (services.rounds.kinds)."""

from app.view.table import Row, Table, plain, text
from sync.core.merge import Record


def _row(record: Record) -> Row:
    return {
        "id": record.id.hex(),
        "name": text(record.value("doors.name"), 100),
        "place": text(record.value("doors.place"), 100),
        "complex": text(record.value("doors.complex"), 100),
        "area": _area(record.value("doors.area")),
        "doors": plain(record.value("doors.doors")),
        "hidden": int(record.hidden),
    }


def _area(value: object) -> str:
    """kind|code|year of the area that it lies in, "" for none."""
    whole = isinstance(value, list) and len(value) == 3 and all(isinstance(x, str) and "|" not in x for x in value)
    return "|".join(value) if whole and isinstance(value, list) else ""


TABLE = Table(
    "streets",
    "street",
    {"id": str, "name": str, "place": str, "complex": str, "area": str, "doors": str, "hidden": int},
    _row,
)
