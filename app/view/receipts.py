"""A device's word that it dropped what was erased: which device (the signature says), and the erasing changes."""

from app.view.table import Row, Table, creator, text
from sync.core.merge import Record

_FIELD = "erased.orders"


def _row(record: Record) -> Row:
    register = record.fields.get(_FIELD)
    live = register.live() if register else []
    said = live[-1].value if live else None
    orders = [x.hex() for x in said if isinstance(x, bytes)] if isinstance(said, list) else []
    return {
        "id": record.id.hex(),
        "creator": creator(record),
        "device": live[-1].device.hex() if live else "",
        "orders": ",".join(orders),
        "day": text(record.value("erased.day"), 10),
    }


TABLE = Table("receipts", "receipt", {"id": str, "creator": str, "device": str, "orders": str, "day": str}, _row)
