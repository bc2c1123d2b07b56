"""Where the bytes of envelopes still lie: in files of devices and server, in memory that is put away."""

from collections.abc import Iterable
from pathlib import Path

from app.services.app import App
from sync.core import envelope
from tests.support.settled_team import session_of


def bodies(app: App, record: bytes, group: str = "") -> dict[bytes, bytes]:
    """Envelope id → sealed body, of what a device has merged of a record (of one group)."""
    session = session_of(app)
    ids = session.replica.memory.of_records({record})
    what = session.replica.origins
    wanted = sorted(name for name in ids if not group or what[name].what.endswith(f"/{group}"))
    return {e.id: envelope.parse(e.data).body for e in session.log.fetch(wanted) if e.data and not is_gone(e.data)}


def is_gone(data: bytes) -> bool:
    """Whether this is a stub."""
    return envelope.is_stub(data)


def lies_in(folder: Path, pieces: Iterable[bytes]) -> list[str]:
    """The files under a folder in which one of these pieces stands, journals and all."""
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        data = path.read_bytes()
        found += [path.name for piece in pieces if piece in data]
    return found
