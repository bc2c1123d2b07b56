"""What of a visit was changed in two places at once: every version is shown until its author chooses, field by field.

The note has a place of its own (Visit.other_notes): there all versions can be kept together. `conflicts` are those of the
visit's record; `writers` maps the versions' ids to who wrote them.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.services.models import DayPart, Gift, OtherVersion, Outcome, VisitForm
from app.services.records import iso
from app.services.visit_draft import one_of
from sync.core.merge import Version

Conflicts = Mapping[str, list[Version]]

_GROUPS = {
    "count": ("day", "outcome"),
    "detail": ("address", "part", "gift", "wishes", "introduce", "come_back"),
}
FIELDS = {field: group for group, fields in _GROUPS.items() for field in fields}  # field → the group that it stands in


def other_notes(conflicts: Conflicts, writers: Mapping[bytes, str]) -> tuple[tuple[str, str], ...]:
    """(who, text): versions of the note that nobody has chosen between, all but the one shown."""
    versions = conflicts.get("detail.note", [])[:-1]
    return tuple((writers[v.id], v.value) for v in versions if isinstance(v.value, str) and v.id in writers)


def others(conflicts: Conflicts, form: VisitForm, writers: Mapping[bytes, str]) -> tuple[OtherVersion, ...]:
    """Each version of another field that differs from the one shown, `form`."""
    found = []
    for field, group in FIELDS.items():
        for version in _differing(conflicts.get(f"{group}.{field}", [])):
            other = replace(form, **{field: _read(field, version.value)})
            if other != form:
                found.append(OtherVersion(field, other, writers.get(version.id, "")))
    return tuple(found)


def _differing(versions: list[Version]) -> list[Version]:
    """All but the last, which is shown; of those that say the same one."""
    return list({repr(v.value): v for v in versions[:-1]}.values())


def _read(field: str, value: Any) -> Any:
    match field:
        case "day" | "come_back":
            return iso(value if isinstance(value, str) else None)
        case "outcome":
            return one_of(Outcome, value)
        case "part":
            return one_of(DayPart, value)
        case "gift":
            return one_of(Gift, value)
        case "wishes":
            return frozenset(w for w in value if isinstance(w, str)) if isinstance(value, list | tuple) else frozenset()
        case "introduce":
            return value is True
    return value if isinstance(value, str) else ""
