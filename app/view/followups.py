"""Follow-ups: what a coordinator asks somebody of the team to do after a visit, and by when."""

from app.view.table import Row, Table, creator, last, made, name, text
from sync.core.merge import Record


def _row(record: Record) -> Row:
    return {
        "id": record.id.hex(),
        "creator": creator(record),
        "visit": name(record.value("detail.visit")),
        "address": text(record.value("detail.address")),
        "what": text(record.value("detail.what")),
        "due": text(record.value("detail.due"), 10),
        "member": name(record.value("detail.member")),
        "done": text(record.value("state.done"), 10),
        "word": text(record.value("state.word")),
        "hidden": int(record.hidden),
        "made": made(record, "detail.what"),
        "stamp": last(record, "state.done"),
    }


TABLE = Table(
    "followups",
    "followup",
    {
        "id": str,
        "creator": str,
        "visit": str,
        "address": str,
        "what": str,
        "due": str,
        "member": str,
        "done": str,
        "word": str,
        "hidden": int,
        "made": str,
        "stamp": str,
    },
    _row,
    ("followups_of_visit ON followups (visit)", "followups_by_day ON followups (due, made)"),
)
