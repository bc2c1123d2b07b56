"""A story as it stands in its form, the rule of who may still read it, and its draft. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from app.services.drafts import Plain
from app.services.records import iso
from sync.core.errors import BadInput
from sync.core.merge import Version

MAX_TITLE, MAX_TEXT = 120, 5_000


class StoryStatus(Enum):
    """How far a story is."""

    DRAFT = "draft"  # its author's alone
    OFFERED = "offered"  # the coordinators read it too
    PUBLISHED = "published"  # two coordinators have said yes
    WITHDRAWN = "withdrawn"  # by its author, or because its day has come: nobody reads it


@dataclass(frozen=True, slots=True)
class StoryForm:
    """`consent`: whoever it is about wants it told (None: not asked yet; without a yes nothing is typed).
    `photo_consent`: so does everyone who can be recognised on the photo. From `withdraw_on` on nobody reads it.
    """

    consent: bool | None = None
    title: str = ""
    text: str = ""
    withdraw_on: date | None = None
    photo_consent: bool = False


def check(form: StoryForm, today: date, offered: bool, photo: bytes) -> None:
    """Refuse a story that can't be kept, or not be offered. Raises BadInput(field, why); nothing is lost."""
    if form.consent is not True:
        raise BadInput("consent", "missing")
    if not form.title.strip():
        raise BadInput("title", "missing")
    if len(form.title) > MAX_TITLE:
        raise BadInput("title", "too_long")
    if len(form.text) > MAX_TEXT:
        raise BadInput("text", "too_long")
    if photo and not form.photo_consent:
        raise BadInput("photo", "consent")
    if not offered:
        return
    if not form.text.strip():
        raise BadInput("text", "missing")
    if form.withdraw_on is not None and form.withdraw_on <= today:
        raise BadInput("withdraw_on", "past")


def status_of(written: str, erased: bool, withdraw_on: date | None, published: bool, today: date) -> StoryStatus:
    """What a reader makes of a story today. What another version may have written is read as little as possible."""
    if erased or written == StoryStatus.WITHDRAWN.value:
        return StoryStatus.WITHDRAWN
    if written != StoryStatus.OFFERED.value:
        return StoryStatus.DRAFT
    if withdraw_on is not None and withdraw_on <= today:
        return StoryStatus.WITHDRAWN
    return StoryStatus.PUBLISHED if published else StoryStatus.OFFERED


def last_words(versions: Iterable[Version], member_of: Mapping[bytes, bytes]) -> dict[bytes, Any]:
    """What each member said last. `member_of` gives who wrote a version, by its id: others do not count."""
    return {member_of[version.id]: version.value for version in sorted(versions) if version.id in member_of}


def fields(form: StoryForm, status: StoryStatus, told: date) -> dict[str, Any]:
    """The fields of the detail. `told` is the day on which it was written down."""
    return {
        "title": form.title.strip(),
        "text": form.text.strip(),
        "consent": True,
        "photo_consent": form.photo_consent,
        "status": status.value,
        "withdraw_on": form.withdraw_on.isoformat() if form.withdraw_on else None,
        "day": told.isoformat(),
    }


def to_plain(form: StoryForm) -> Plain:
    """The form as a draft."""
    return {
        "consent": form.consent,
        "title": form.title,
        "text": form.text,
        "withdraw_on": form.withdraw_on.isoformat() if form.withdraw_on else None,
        "photo_consent": form.photo_consent,
    }


def from_plain(raw: Plain) -> StoryForm:
    """The form again; what this version does not know of it is left empty."""
    consent, title, text, day = (raw.get(name) for name in ("consent", "title", "text", "withdraw_on"))
    return StoryForm(
        consent=consent if isinstance(consent, bool) else None,
        title=title if isinstance(title, str) else "",
        text=text if isinstance(text, str) else "",
        withdraw_on=iso(day if isinstance(day, str) else None),
        photo_consent=raw.get("photo_consent") is True,
    )
