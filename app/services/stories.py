"""Positive stories, with the consent of whoever they are about: a draft for oneself, offered, published, withdrawn.

A draft is sealed to the own ring. Offering writes all of it once more, to the coordinators' ring as well, under the
same id: `nonce` stands in the record for that, so that a change made meanwhile on another device is never lost. A
story that is withdrawn, or whose day has come, is shown to nobody; its author's device then erases it everywhere.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.services import erasing, people, records, stories_placing
from app.services import stories_form as forms
from app.services.directory.dutch_time import amsterdam
from app.services.live import CHOOSING_MILLIS, Live
from app.services.records import DETAIL_MONTHS, iso, month_after, team_of
from app.services.session import Session
from app.services.stories_form import StoryForm, StoryStatus
from app.services.stories_photo import bare
from app.services.visits import refused_records, unsent_records
from sync.core import ring
from sync.core.change import Change, Patch
from sync.core.errors import DiskFull, NotFound
from sync.core.ids import ID_BYTES, record_id
from sync.core.merge import Record
from sync.core.stories import lock_of, secret_of
from sync.device.writer import Part

KIND = "story"
NEW = "story new"  # the draft of a new one's form; those of others are named by their id as hex
_PHOTO = " photo"  # behind it: the photo, kept apart so that a letter typed does not write it again


@dataclass(frozen=True, slots=True)
class Story:
    """A story to read. Of a withdrawn one everything but its id and status is empty."""

    id: bytes
    form: StoryForm
    status: StoryStatus
    by: str
    mine: bool
    synced: bool
    photo: bool = False
    day: date | None = None  # on which it was written down
    other_texts: tuple[str, ...] = ()  # versions that nobody has chosen between


class Stories:
    """What a person does with stories."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def today(self) -> date:
        """The day in the Netherlands."""
        return _today(self._live.require_session())

    # -- reading -----------------------------------------------------------------------------------------

    def all(self) -> list[Story]:
        """Mine and those offered to me, the last one first; withdrawn ones left out."""
        found = self._read("NOT hidden ORDER BY day DESC, made DESC, s.id")
        return [s for s in found if s.status is not StoryStatus.WITHDRAWN]

    def some_withdrawn(self) -> bool:
        """Whether a story that was here is no longer to be read."""
        return any(s.status is StoryStatus.WITHDRAWN for s in self._read("NOT hidden OR erased"))

    def one(self, story: bytes) -> Story:
        """One story, removed or not. Raises NotFound."""
        found = self._read("s.id = :id", id=story.hex())
        if not found:
            raise NotFound(KIND)
        return found[0]

    def photo(self, story: bytes) -> bytes:
        """The photo of a story that may be read, b"" for none."""
        session = self._live.require_session()
        if not self.one(story).photo:
            return b""
        value = session.replica.records[story].value("photo.jpeg")
        return value if isinstance(value, bytes) else b""

    def sent_back(self, story: bytes) -> tuple[str, str] | None:
        """(word, name) with which a coordinator sent these very words back; None when nobody did."""
        session = self._live.require_session()
        record = session.replica.records.get(story)
        found = stories_placing.returned(session, record) if record else None
        return (found[1], people.names(session).get(found[0].hex(), "?")) if found else None

    def _read(self, where: str, **values: str) -> list[Story]:
        return _read(self._live.require_session(), where, **values)

    # -- drafts of the form ------------------------------------------------------------------------------

    def draft(self, key: str) -> tuple[StoryForm, bytes | None] | None:
        """The form as it was left, and its photo (None: it was not touched); key is NEW or a story's id as hex."""
        drafts = self._live.drafts
        kept, photo = (drafts.get(key), drafts.get(key + _PHOTO)) if drafts else (None, None)
        if kept is None:
            return None
        jpeg = photo.get("jpeg") if photo is not None else None
        return forms.from_plain(kept), jpeg if isinstance(jpeg, bytes) else None

    async def keep_draft(self, key: str, form: StoryForm | None) -> None:
        """Keep the form as it is now; None drops it, and its photo."""
        self._live.require_session()
        if self._live.drafts:
            await self._live.drafts.put(key, forms.to_plain(form) if form else None)
            if form is None:
                await self._live.drafts.put(key + _PHOTO, None)

    async def choose_photo(self, key: str, hint: str, choose: str, close: str) -> bytes:
        """Let the person choose a photo, and keep it with the draft; b"" when none was chosen.

        Raises BadInput("photo", "too_large" | "not_image" | "unreadable").
        """
        self._live.require_session()
        self._live.choosing_until = self._live.world.clock.millis() + CHOOSING_MILLIS  # the camera hides the page
        try:
            data = await self._live.page.shrink_photo(hint, choose, close)
        finally:
            self._live.choosing_until = 0
        if not data:
            return b""
        photo = bare(data)
        await self.keep_photo(key, photo)
        return photo

    async def keep_photo(self, key: str, photo: bytes) -> None:
        """Keep a photo with the draft of a form; b"": the story is to have none."""
        self._live.require_session()
        if self._live.drafts:
            await self._live.drafts.put(key + _PHOTO, {"jpeg": photo})

    # -- doing -------------------------------------------------------------------------------------------

    async def save(self, form: StoryForm, photo: bytes, story: bytes | None = None, offer: bool = False) -> bytes:
        """Write a new story or one of mine: for myself, or (`offer`, or offered before) for the coordinators as well.
        Its id, when durable. Drops the draft. Where the coordinators have a photo that is to go, or everybody has the words, the
        story is written anew and the old one erased, in one transaction: only so it is taken back from them.

        Raises BadInput(field, why), NotFound (withdrawn), Forbidden or DiskFull (the draft is kept).
        """
        session, today = self._live.require_session(), self.today()
        known = records.mine(session, KIND, story) if story is not None else None
        before = self.one(story) if story is not None else None
        if before is not None and before.status is StoryStatus.WITHDRAWN:
            raise NotFound(KIND)
        offered = offer or (before is not None and before.status is not StoryStatus.DRAFT)
        photo = bare(photo) if photo else b""
        forms.check(form, today, offered, photo)
        told = before.day if before and before.day else today
        key = story.hex() if story else NEW
        spent = await self._live.spend(key, key + _PHOTO)
        if known is not None and before and before.status is not StoryStatus.DRAFT and self._anew(known, before, photo):
            record, made = _parts(session, form, photo, None, True, told)
            await erasing.erase(session, known, made, spent)
        else:
            record, made = _parts(session, form, photo, known, offered, told)
            await records.write(session, made, spent)
        with suppress(DiskFull):  # it is saved: to say otherwise would make someone save it twice
            await self.keep_draft(key, None)
        self._live.tell()
        return record

    def _anew(self, known: Record, before: Story, photo: bytes) -> bool:
        """What the coordinators have and are to lose, or what the public has, goes whole: a new story takes its place."""
        loses = before.photo and self.photo(before.id) != photo
        return loses or published_before(self._live.require_session(), known)

    async def withdraw(self, story: bytes) -> None:
        """Take back a story of mine at once: its text and photo go, everywhere. There is no way back."""
        session = self._live.require_session()
        await erasing.erase(session, records.mine(session, KIND, story))
        with suppress(DiskFull):
            await self.keep_draft(story.hex(), None)
        self._live.tell()

    async def set_removed(self, story: bytes, removed: bool) -> None:
        """Hide a draft of mine, or undo that. Raises NotFound for one that was offered: that is withdrawn."""
        session = self._live.require_session()
        known = records.mine(session, KIND, story)
        if self.one(story).status is not StoryStatus.DRAFT:
            raise NotFound(KIND)
        expiry = month_after(self.today(), DETAIL_MONTHS)
        own = frozenset({session.own_ring()})
        await records.write(session, [records.removal(session, known, removed, own, expiry)])
        self._live.tell()


async def keep_promises(session: Session) -> int:
    """Erase those of mine whose day to be withdrawn has come; how many there were. Raises DiskFull."""
    mine = "s.creator = :me AND NOT hidden AND withdraw_on <> '' AND withdraw_on <= :today"
    found = _read(session, mine, me=session.member.hex(), today=_today(session).isoformat())
    due = [s.id for s in found if s.status is StoryStatus.WITHDRAWN]
    for story in due:
        await erasing.erase(session, records.mine(session, KIND, story))
    return len(due)


def _today(session: Session) -> date:
    return amsterdam(session.writer.now()).date()


def _read(session: Session, where: str, **values: str) -> list[Story]:
    """`where` is a text of ours, never of a user."""
    query = (
        "SELECT s.*, coalesce(m.name, '') AS by_name FROM stories s "  # noqa: S608
        f"LEFT JOIN members m ON m.member = s.creator WHERE {where}"
    )
    rows, today = session.view.ask(query, **values), _today(session)
    unsent = unsent_records(session) | refused_records(session) if rows else set()
    return [_to_story(session, row, today, unsent) for row in rows]


def draft_keys(session: Session) -> list[str]:
    """The names of all forms that may have a draft."""
    rows = session.view.ask("SELECT id FROM stories WHERE creator = :me", me=session.member.hex())
    return [name for row in [{"id": NEW}, *rows] for name in (row["id"], row["id"] + _PHOTO)]


def _parts(
    session: Session,
    form: StoryForm,
    photo: bytes,
    known: Record | None,
    offered: bool,
    told: date,
) -> tuple[bytes, list[Part]]:
    """All of a story's detail, and its photo where that is not there as it should be."""
    kept = known.value("detail.nonce") if known else session.world.random.bytes(ID_BYTES)
    nonce = kept if isinstance(kept, bytes) and len(kept) == ID_BYTES else None
    record = known.id if known else record_id(session.member, KIND, nonce or b"")
    team = ring.coordinators_ring(team_of(session, known))
    rings = frozenset({session.own_ring(), team} if offered else {session.own_ring()})
    status = StoryStatus.OFFERED if offered else StoryStatus.DRAFT
    detail = {**forms.fields(form, status, told), "nonce": nonce}
    again = known is not None and (
        known.value("detail.status") != status.value or known.value("detail.withdraw_on") != detail["withdraw_on"]
    )
    was = known.value("photo.jpeg") if known else None
    groups = {"detail": detail}
    if known is not None and not again:  # who reads it has it: only what differs, or it would undo another's change
        groups = {"detail": _differing(known, "detail", detail)}
    if photo != (was or b"") or (photo and again):
        groups["photo"] = {"jpeg": photo or None}
    expiry = _expiry(told, form.withdraw_on if offered else None)
    parts = [_part(session, record, *group, known, nonce, rings, expiry) for group in groups.items() if group[1]]
    return record, parts


def _differing(known: Record, group: str, values: Mapping[str, Any]) -> dict[str, Any]:
    conflicts = known.conflicts()
    return {n: v for n, v in values.items() if known.value(f"{group}.{n}") != v or f"{group}.{n}" in conflicts}


def _part(
    session: Session,
    record: bytes,
    group: str,
    values: Mapping[str, Any],
    known: Record | None,
    nonce: bytes | None,
    rings: frozenset[bytes],
    expiry: int,
) -> Part:
    """One group: whole, where it is for who could not read it before."""
    patches = {n: Patch(v, known.replaces(f"{group}.{n}") if known else ()) for n, v in values.items()}
    return Part(Change(KIND, group, record, session.writer.stamp(), patches, nonce), rings, expiry)


def _expiry(told: date, withdraw_on: date | None) -> int:
    """Twelve months, or with the month in which it is withdrawn: also when its author's device never comes back."""
    full = month_after(told, DETAIL_MONTHS)
    return min(full, month_after(withdraw_on, 0)) if withdraw_on else full


def _to_story(session: Session, row: dict[str, Any], today: date, unsent: set[bytes]) -> Story:
    name, day = bytes.fromhex(row["id"]), iso(row["withdraw_on"])
    record = session.replica.records[name]
    status = forms.status_of(row["status"], bool(row["erased"]), day, _published(session, record), today)
    story = Story(
        id=name,
        form=StoryForm(),
        status=status,
        by=row["by_name"],
        mine=row["creator"] == session.member.hex(),
        synced=name not in unsent,
    )
    if status is StoryStatus.WITHDRAWN:
        return story
    others = record.conflicts().get("detail.text", [])
    consent = record.value("detail.photo_consent") is True
    return replace(
        story,
        form=StoryForm(record.value("detail.consent") is True, row["title"], row["text"], day, consent),
        photo=bool(row["photo"]),
        day=iso(row["day"]),
        other_texts=tuple(v.value for v in others[:-1] if isinstance(v.value, str)),
    )


def _published(session: Session, record: Record) -> bool:
    """Whether two coordinators said yes to these words. Only they can write there (sync.core.rights)."""
    found = stories_placing.entry_of(session, record) or stories_placing.on_list(session, record)
    return found is not None


def published_before(session: Session, record: Record) -> bool:
    """Whether it stands on the public list, or did: then what is changed is another story."""
    lock = lock_of(secret_of(record.id))
    return lock in session.stories.locks() or lock in session.stories.stopped() or _published(session, record)
