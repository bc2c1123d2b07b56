"""What came from somebody who was off a round by then, as a coordinator decides about it: a door, and never whose word."""

from app.services.models import QuarantineItem
from app.services.rounds import kinds
from app.services.session import Session
from sync.core.change import Change


def door(session: Session, name: bytes, change: Change) -> QuarantineItem:
    """What was found at each door that the change is about, last word only. Not by whom, and not when."""
    rows = session.view.ask("SELECT doors FROM walks WHERE doors <> ''")
    doors = (d for row in rows for d in kinds.read_walk_doors(kinds.from_json(row["doors"])))
    addresses = {kinds.field_of(d.key): d.address for d in doors}
    lines = []
    for field, patch in sorted(change.fields.items()):
        if field in addresses and (said := kinds.read_said(patch.value)):
            lines.append((addresses[field], said[-1].state.value))
    return QuarantineItem(name, "", change.kind, tuple(lines))
