"""What has to happen with published stories by itself: placed when two have checked, gone when they have to.

Every device that can tell stops a story that was withdrawn. A coordinator's device makes the next list when one of its
stories is to be placed or has to go. Nothing here asks anybody: the two who checked have said it.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from app.services.directory.dutch_time import amsterdam
from app.services.records import iso
from app.services.stories_form import last_words
from sync.core import codec, stories
from sync.core.directory import may_publish
from sync.core.errors import BadFormat, RollMoved, StraatError
from sync.core.ids import HASH_BYTES, ID_BYTES
from sync.core.merge import Record
from sync.core.ports import SIGNATURE_BYTES
from sync.core.stories import Check, Entry, Sheet, StoryList

if TYPE_CHECKING:
    from app.services.session import Session

STANDS_DAYS = 365  # without a day of its own
APPROVED, RETURNED = "publication.approved", "publication.returned"
MAX_WORD = 2_000
_approval = codec.row(
    codec.blob(HASH_BYTES),
    codec.items(codec.text(40), 8),
    codec.blob(HASH_BYTES),
    codec.blob(ID_BYTES),
    codec.blob(SIGNATURE_BYTES),
)
_return = codec.row(codec.blob(HASH_BYTES), codec.text(MAX_WORD))


@dataclass(frozen=True, slots=True)
class Approval:
    """A coordinator's yes to these words (`sheet` is their hash), and what was looked at."""

    member: bytes
    sheet: bytes
    looked: tuple[str, ...]
    check: Check


def today(session: "Session") -> date:
    """The day in the Netherlands."""
    return amsterdam(session.writer.now()).date()


def sheet_of(session: "Session", record: Record) -> Sheet | None:
    """The words as they would be published; None for a story that can't be."""
    title, text = record.value("detail.title"), record.value("detail.text")
    photo, told = record.value("photo.jpeg"), iso(_text(record.value("detail.day")))
    if record.erased or record.hidden or record.value("detail.status") != "offered" or told is None:
        return None
    last = told + timedelta(days=STANDS_DAYS)
    until = min(last, iso(_text(record.value("detail.withdraw_on"))) or last)
    photo = photo if isinstance(photo, bytes) and record.value("detail.photo_consent") is True else b""
    lock = stories.lock_of(stories.secret_of(record.id))
    try:
        organisation = session.roll.state.organisation
        named = _photo_name(photo) if photo else b""
        return stories.make_sheet(organisation, lock, _text(title), _text(text), named, until.isoformat())
    except StraatError:
        return None


@lru_cache(maxsize=64)
def _photo_name(photo: bytes) -> bytes:
    """Its hash: a story is looked at more often than its photo changes."""
    return stories.part_hash(photo)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def approvals(session: "Session", record: Record) -> list[Approval]:
    """The last word of each coordinator, as far as it is a yes and names a device of whoever wrote it."""
    found = [_read(session, member, value) for member, value in _last_words(session, record, APPROVED).items()]
    return [x for x in found if x is not None]


def _last_words(session: "Session", record: Record, field: str) -> dict[bytes, object]:
    register = record.fields.get(field)
    if register is None:
        return {}
    origins = session.replica.origins
    member_of = {name: origins[name].member for name in register.versions if name in origins}
    return last_words(register.versions.values(), member_of)


def _read(session: "Session", member: bytes, value: object) -> Approval | None:
    try:
        sheet, looked, head, device, signature = _approval(value)
    except BadFormat:
        return None
    state = session.roll.state
    known = state.devices.get(device) or state.left.get(device)
    if known is None or known.member != member:
        return None
    return Approval(member, sheet, tuple(looked), Check(head, device, signature))


def returned(session: "Session", record: Record) -> tuple[bytes, str] | None:
    """(member, word) of who sent back these very words; None when nobody did, or they were changed since."""
    register, sheet = record.fields.get(RETURNED), sheet_of(session, record)
    if register is None or sheet is None:
        return None
    name, origins = stories.part_hash(sheet.data), session.replica.origins
    for version in reversed(record.conflicts().get(RETURNED) or sorted(register.versions.values())[-1:]):
        with suppress(BadFormat):
            said, word = _return(version.value)
            if said == name and version.id in origins:
                return origins[version.id].member, word
    return None


def standing(session: "Session", record: Record) -> list[Approval]:
    """Those that are about the words as they are now; none for what was sent back."""
    sheet = sheet_of(session, record)
    name = stories.part_hash(sheet.data) if sheet else b""
    if returned(session, record) is not None:
        return []
    return [x for x in approvals(session, record) if x.sheet == name]


def on_list(session: "Session", record: Record) -> Entry | None:
    """The entry of the public list for these very words. The list may be ahead of the words of who checked."""
    sheet = sheet_of(session, record)
    entry = session.stories.locks().get(sheet.lock) if sheet else None
    return entry if sheet and entry and entry.sheet == stories.part_hash(sheet.data) else None


def entry_of(session: "Session", record: Record) -> Entry | None:
    """The entry on the list, once two have checked."""
    sheet, found = sheet_of(session, record), standing(session, record)
    if sheet is None or len(found) < stories.CHECKERS:
        return None
    first, second = sorted(found, key=lambda x: x.check.device)[: stories.CHECKERS]
    return Entry(sheet.lock, stories.part_hash(sheet.data), sheet.until, (first.check, second.check))


def _mine(session: "Session") -> dict[bytes, Record]:
    """Every story that this device knows, or knew, by its lock."""
    rows = session.view.ask("SELECT id FROM stories")
    records = [session.replica.records[bytes.fromhex(row["id"])] for row in rows]
    return {stories.lock_of(stories.secret_of(r.id)): r for r in records}


def wanted(session: "Session") -> list[Entry]:
    """The list as it ought to be, as far as this device can tell: what it can't read stays as it is."""
    day, mine, gone = today(session).isoformat(), _mine(session), session.stories.stopped()
    placed = {
        lock: entry
        for lock, record in mine.items()
        if (entry := entry_of(session, record)) and entry.until > day and lock not in gone
    }
    there = session.stories.locks()
    kept = [placed.get(lock, e) for lock, e in there.items() if lock in placed or _stays(session, mine.get(lock))]
    kept = [e for e in kept if e.until > day and e.lock not in gone]
    fresh = [entry for lock, entry in placed.items() if lock not in there]
    return [*fresh, *kept][: stories.MAX_STORIES]


def _stays(session: "Session", record: Record | None) -> bool:
    """Whether what is on the list may stay there: another's, or these very words, which nobody sent back."""
    return record is None or (on_list(session, record) is not None and returned(session, record) is None)


async def follow_up(session: "Session") -> bool:
    """After a round: ask what is published, stop what was withdrawn, make the next list. True when something changed.

    Raises DiskFull and its kin.
    """
    session.stories.photo_of = lambda name: photo_named(session, name)
    now, day = session.world.clock.millis(), today(session).isoformat()
    changed = await session.stories.look(now, day, session.syncer.woken)
    mine, gone = _mine(session), session.stories.stopped()
    for lock in session.stories.locks():
        record = mine.get(lock)
        if record is not None and lock not in gone and (record.erased or record.hidden):
            await session.stories.stop(stories.secret_of(record.id))
            changed = True
    with suppress(StraatError):  # offline, or another was first: the next round tries again
        changed = await place(session) is not None or changed
    return changed


async def place(session: "Session") -> StoryList | None:
    """Coordinator: publish the list as it ought to be, if that is another one than stands there.

    Raises RollMoved, Unreachable and what the server answers.
    """
    if not may_publish(session.roll.state, session.device):
        return None
    entries, newest = wanted(session), session.stories.newest
    if newest is None and not entries:
        return None
    if newest is not None and entries == list(newest.entries) and session.stories.in_force:
        return None
    for _ in range(2):
        entries = [e for e in entries if await _sound(session, e)]
        try:
            return await session.stories.publish(entries, _parts(session, entries), today(session).isoformat())
        except RollMoved:
            await session.stories.ask(today(session).isoformat())
            entries = wanted(session)
    return None


async def _sound(session: "Session", entry: Entry) -> bool:
    """Whether both signatures hold: one that does not would keep every other story from being published."""
    return entry in session.stories.locks().values() or await stories.holds(
        session.world.primitives, session.roll, session.roll.state.organisation, entry
    )


def _parts(session: "Session", entries: list[Entry]) -> list[bytes]:
    """Sheets and photos that this device can give."""
    mine = _mine(session)
    found = []
    for entry in entries:
        record = mine.get(entry.lock)
        sheet = sheet_of(session, record) if record else None
        if record is not None and sheet is not None:
            found.append(sheet.data)
            photo = record.value("photo.jpeg")
            if sheet.photo and isinstance(photo, bytes):
                found.append(photo)
    return found


def photo_named(session: "Session", name: bytes) -> bytes:
    """A photo of a story that this device holds, by its hash; b"" for none."""
    for row in session.view.ask("SELECT id FROM stories WHERE photo"):
        value = session.replica.records[bytes.fromhex(row["id"])].value("photo.jpeg")
        if isinstance(value, bytes) and _photo_name(value) == name:
            return value
    return b""
