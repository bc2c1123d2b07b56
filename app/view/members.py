"""Who is on the team, by which names."""

from app.view.table import Row, Table, creator, text
from sync.core.merge import Record


def _row(record: Record) -> Row:
    return {"member": creator(record), "name": text(record.value("name.name"), 200)}


TABLE = Table("members", "member", {"member": str, "name": str}, _row)
