"""Records as lines of JSON, as they stand on this device: docs/export.md, "Everything of the organisation". Pure.

Fields have the names of docs/records.md. Bytes are hex texts; photos stand in files of their own.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from app.services.papers import document
from sync.core.hlc import Stamp
from sync.core.merge import Record, Version

PHOTO = "photo.jpeg"


def line(record: Record, names: Mapping[bytes, str], photo: str = "") -> dict[str, Any]:
    """One record. `names` gives the name of a member; `photo` the file in which its photo stands, "" for none.

    A field whose versions nobody has chosen between has the one on show among `fields`, and all under `versions`.
    """
    values = {name: plain(value) for name, value in record.values().items() if name != PHOTO}
    if photo:
        values[PHOTO] = photo
    stamps = sorted(v.stamp for register in record.fields.values() for v in register.versions.values())
    found: dict[str, Any] = {
        "id": record.id.hex(),
        "kind": record.kind,
        "creator": (record.creator or b"").hex(),
        "creator_name": names.get(record.creator or b"", ""),
        "teams": sorted(team.hex() for team in record.teams),
        "made": moment(stamps[0]) if stamps else None,
        "changed": moment(stamps[-1]) if stamps else None,
        "fields": dict(sorted(values.items())),
    }
    if others := {name: [_version(v) for v in vs] for name, vs in record.conflicts().items() if name != PHOTO}:
        found["versions"] = others
    return found


def moment(stamp: Stamp) -> str:
    """When something was written down, ISO 8601 in UTC."""
    try:
        return datetime.fromtimestamp(stamp.millis / 1000, UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):  # a device may have written any number
        return ""


def _version(version: Version) -> dict[str, Any]:
    return {"value": plain(version.value), "device": version.device.hex(), "made": moment(version.stamp)}


def plain(value: Any) -> Any:
    """As JSON knows it: bytes as hex, keys as texts."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {str(plain(k)): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    if isinstance(value, float) and not isfinite(value):  # no JSON
        return None
    return value


def guarded(cell: object) -> str:
    """A cell of a table that a spreadsheet reads as text, never as a formula."""
    return "" if cell is None else str(document.guarded(str(cell)))
