"""A visit's form as it stands in a draft, and back. What this version does not know of it is left empty, never a
reason to lose the rest.
"""

from enum import Enum
from typing import TypeVar

from app.services.drafts import Plain
from app.services.models import DayPart, Gift, Outcome, VisitForm
from app.services.records import iso
from sync.core.ids import ID_BYTES

E_ = TypeVar("E_", bound=Enum)


def to_plain(form: VisitForm) -> Plain:
    """The form as plain values."""
    return {
        "shared": form.shared,
        "noted": form.noted,
        "address": form.address,
        "day": form.day.isoformat() if form.day else None,
        "part": form.part.value if form.part else None,
        "gift": form.gift.value if form.gift else None,
        "outcome": form.outcome.value if form.outcome else None,
        "wishes": sorted(form.wishes),
        "introduce": form.introduce,
        "note": form.note,
        "come_back": form.come_back.isoformat() if form.come_back else None,
        "welcome": form.welcome,
    }


def from_plain(raw: Plain) -> VisitForm:
    """The form again."""
    wishes, welcome, shared = raw.get("wishes"), raw.get("welcome"), raw.get("shared")
    return VisitForm(
        shared=shared if isinstance(shared, bool) else None,
        noted=raw.get("noted") is not False,
        address=_text(raw, "address"),
        day=iso(_text(raw, "day")),
        part=one_of(DayPart, raw.get("part")),
        gift=one_of(Gift, raw.get("gift")),
        outcome=one_of(Outcome, raw.get("outcome")),
        wishes=frozenset(w for w in wishes if isinstance(w, str)) if isinstance(wishes, list) else frozenset(),
        introduce=raw.get("introduce") is True,
        note=_text(raw, "note"),
        come_back=iso(_text(raw, "come_back")),
        welcome=welcome if isinstance(welcome, bytes) else b"",
    )


def _text(raw: Plain, name: str) -> str:
    value = raw.get(name)
    return value if isinstance(value, str) else ""


def one_of(kind: type[E_], value: object) -> E_ | None:
    """A code of this version, or None for one of a newer version."""
    return next((member for member in kind if member.value == value), None)


def draft_key(visit: bytes | None, welcome: bytes = b"", again: bytes = b"") -> str:
    """Under which name the form of a visit is kept: a saved one, one for a new address, one to a door where this
    earlier visit was, or a new one.
    """
    if visit:
        return visit.hex()
    if welcome:
        return f"new {welcome.hex()}"
    return f"again {again.hex()}" if again else "new"


def is_draft_key(key: str) -> bool:
    """Whether a draft is of a visit's form."""
    first, _space, rest = key.partition(" ")
    name = rest if first in ("new", "again") else key
    return key == "new" or (len(name) == 2 * ID_BYTES and all(c in "0123456789abcdef" for c in name))
