"""Published stories: a public list in which two coordinators vouch for each story, and that anybody can check.

    check = STORY_CHECK ‖ version ‖ [organisation, lock, sheet hash, until]          signed by each of the two
    list  = STORY_LIST ‖ version ‖ [organisation, number, previous, roll head, device, made, [entry …]] ‖ signature
    entry = [lock, sheet hash, until, [head, device, signature], [head, device, signature]]
    sheet = STORY_SHEET ‖ version ‖ [organisation, lock, title, text, photo hash, until]     named by its hash alone

The list holds no word of a story: sheets and photos lie beside it, so that each can go on its own day while the list
still holds. `lock` is the hash of a secret that a story's author and coordinators can make: whoever shows the secret
stops the story, for good, also while no coordinator is there. docs/protocol.md, "Stories"; docs/decisions/0032.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sync.core import codec, formats, numbered
from sync.core.directory import may_publish
from sync.core.errors import BadFormat, BadSignature, Forbidden, StraatError, TooLarge
from sync.core.help_line import day
from sync.core.ids import HASH_BYTES, ID_BYTES, digest
from sync.core.ports import SIGNATURE_BYTES, Primitives, Signed, SigningKey
from sync.core.roll import Roll

MAX_LIST_BYTES = 1 << 17
MAX_STORIES = 200
MAX_TITLE, MAX_TEXT = 120, 5_000  # characters
MAX_SHEET_BYTES = 1 << 15
MAX_PHOTO_BYTES = 300_000
MAX_DAYS = 400  # for so long at most a story stands anywhere
CHECKERS = 2
_HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True, slots=True)
class Check:
    """A coordinator's device that vouches for a story, at the head of the roll that it knew."""

    head: bytes
    device: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One story on the list: where its words are, and the ISO day from which on nobody shows it."""

    lock: bytes
    sheet: bytes
    until: str
    checks: tuple[Check, Check]


@dataclass(frozen=True, slots=True)
class StoryList:
    """One signed list as received. `made` is an ISO date, by the coordinator's clock."""

    data: bytes
    organisation: bytes
    number: int
    previous: bytes
    head: bytes
    device: bytes
    made: str
    entries: tuple[Entry, ...]

    @property
    def hash(self) -> bytes:
        """What the next list names."""
        return digest("story list", self.data)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A story's words as everybody may read them; `photo` is the hash of its JPEG, b"" for none."""

    data: bytes
    organisation: bytes
    lock: bytes
    title: str
    text: str
    photo: bytes
    until: str


# -- secrets, locks, parts ------------------------------------------------------------------------------------


def secret_of(record: bytes) -> bytes:
    """What stops a story: from its record's id, which stands inside the seal. 16 bytes."""
    return digest("story secret", record)[:ID_BYTES]


def lock_of(secret: bytes) -> bytes:
    """What stands on the list instead. 16 bytes."""
    return digest("story lock", secret)[:ID_BYTES]


def part_hash(data: bytes) -> bytes:
    """The name of a sheet or a photo."""
    return digest("story part", data)


def bare(text: str, lines: bool = False) -> str:
    """A text as a sheet may hold it: without signs that can't be seen, on one line unless `lines`."""
    kept = _HIDDEN.sub("", text.replace("\r\n", "\n").replace("\t", " ").replace("\u2028", "\n"))
    return kept.strip() if lines else " ".join(kept.split())


def _text(limit: int, lines: bool) -> codec.Shape:
    plain = codec.text(limit)

    def shape(value: Any) -> str:
        text: str = plain(value)
        if not text or _HIDDEN.search(text) or (not lines and "\n" in text):
            raise BadFormat("a sign that can't be seen, or no text")
        return text

    return shape


def _until(value: Any) -> str:
    """A day there must be: nothing is published for ever."""
    if not day(value):
        raise BadFormat("a story without a last day")
    return str(value)


def _photo(value: Any) -> bytes:
    return b"" if value == b"" else bytes(codec.blob(HASH_BYTES)(value))


_sheet = codec.row(
    codec.blob(HASH_BYTES),
    codec.blob(ID_BYTES),
    _text(MAX_TITLE, lines=False),
    _text(MAX_TEXT, lines=True),
    _photo,
    _until,
)


def make_sheet(organisation: bytes, lock: bytes, title: str, text: str, photo: bytes, until: str) -> Sheet:
    """A sheet of these words; `photo` is its hash. Raises BadFormat or TooLarge for what `read_sheet` refuses."""
    value = [organisation, lock, bare(title), bare(text, lines=True), photo, until]
    return read_sheet(formats.prefix(formats.STORY_SHEET) + codec.pack(value))


def read_sheet(data: bytes) -> Sheet:
    """Take a sheet apart. Raises BadFormat, TooLarge or NewerVersion."""
    formats.kind_of(data, formats.STORY_SHEET)
    return Sheet(data, *codec.checked(_sheet, data[2:], MAX_SHEET_BYTES))


def check_photo(data: bytes) -> None:
    """Raise unless it looks like a JPEG of a size that is taken: nothing else is ever served as a picture."""
    if len(data) > MAX_PHOTO_BYTES:
        raise TooLarge("photo")
    if not (data.startswith(b"\xff\xd8\xff") and data.endswith(b"\xff\xd9")):
        raise BadFormat("photo")


# -- what two persons sign ------------------------------------------------------------------------------------


def check_bytes(organisation: bytes, lock: bytes, sheet: bytes, until: str) -> bytes:
    """What each of the two signs."""
    return formats.prefix(formats.STORY_CHECK) + codec.pack([organisation, lock, sheet, until])


async def vouch(primitives: Primitives, key: SigningKey, roll: Roll, device: bytes, sheet: Sheet) -> Check:
    """This device's word for a sheet."""
    message = check_bytes(sheet.organisation, sheet.lock, part_hash(sheet.data), sheet.until)
    [signature] = await primitives.sign(key, [message])
    return Check(roll.state.head, device, signature)


def checked_by(roll: Roll, check: Check) -> bytes:
    """The member who checked, a coordinator then. Raises UnknownHead, Forbidden or what a device that is not there does."""
    then = roll.at(check.head)
    if not may_publish(then, check.device):
        raise Forbidden("story check")
    return then.device(check.device).member


# -- the list -------------------------------------------------------------------------------------------------

_check = codec.row(codec.blob(HASH_BYTES), codec.blob(ID_BYTES), codec.blob(SIGNATURE_BYTES))
_entry = codec.row(codec.blob(ID_BYTES), codec.blob(HASH_BYTES), _until, _check, _check)
_list = codec.row(
    codec.blob(HASH_BYTES),
    codec.whole(1, 2**32),
    codec.blob(HASH_BYTES),
    codec.blob(HASH_BYTES),
    codec.blob(ID_BYTES),
    _until,
    codec.items(_entry, MAX_STORIES),
)


def parse(data: bytes) -> StoryList:
    """Take a list apart without trusting it. Raises BadFormat, TooLarge or NewerVersion."""
    formats.kind_of(data, formats.STORY_LIST)
    value = codec.checked(_list, data[2:-SIGNATURE_BYTES], MAX_LIST_BYTES)
    organisation, number, previous, head, device, made, rows = value
    entries = tuple(Entry(lock, sheet, until, (Check(*a), Check(*b))) for lock, sheet, until, a, b in rows)
    if len({e.lock for e in entries}) != len(entries):
        raise BadFormat("a story twice")
    return StoryList(data, organisation, number, previous, head, device, made, entries)


async def sign(
    primitives: Primitives,
    key: SigningKey,
    roll: Roll,
    device: bytes,
    last: StoryList | None,
    entries: Sequence[Entry],
    made: str,
) -> bytes:
    """The next list's bytes. Raises BadFormat or TooLarge for what `parse` refuses."""
    number, previous = numbered.following(last)
    rows = [[e.lock, e.sheet, e.until, *([c.head, c.device, c.signature] for c in e.checks)] for e in entries]
    value = [roll.state.organisation, number, previous, roll.state.head, device, made, rows]
    unsigned = formats.prefix(formats.STORY_LIST) + codec.pack(value)
    [signature] = await primitives.sign(key, [unsigned])
    return parse(unsigned + signature).data


async def genuine(primitives: Primitives, roll: Roll, found: StoryList) -> None:
    """Raise unless a confirmed coordinator signed it and, for each story, two different ones vouch for it: all at the
    heads that they name.

    Raises Forbidden, BadSignature, UnknownHead or RollRefused.
    """
    then = roll.at(found.head)
    if found.organisation != roll.state.organisation or not may_publish(then, found.device):
        raise Forbidden("story list")
    signing = then.device(found.device).signing
    items = [Signed(signing, found.data[-SIGNATURE_BYTES:], found.data[:-SIGNATURE_BYTES])]
    for entry in found.entries:
        if len({checked_by(roll, check) for check in entry.checks}) != CHECKERS:
            raise Forbidden("a story that one person checked")
        message = check_bytes(found.organisation, entry.lock, entry.sheet, entry.until)
        for check in entry.checks:
            items.append(Signed(roll.at(check.head).device(check.device).signing, check.signature, message))
    if not all(await primitives.verify(items)):
        raise BadSignature("story list")


async def holds(primitives: Primitives, roll: Roll, organisation: bytes, entry: Entry) -> bool:
    """Whether two different coordinators vouch for an entry."""
    try:
        if len({checked_by(roll, check) for check in entry.checks}) != CHECKERS:
            return False
        publics = [roll.at(check.head).device(check.device).signing for check in entry.checks]
    except StraatError:
        return False
    message = check_bytes(organisation, entry.lock, entry.sheet, entry.until)
    items = [Signed(p, c.signature, message) for p, c in zip(publics, entry.checks, strict=True)]
    return all(await primitives.verify(items))


def follow(last: StoryList | None, found: StoryList) -> None:
    """Raise Forbidden unless a list comes after the last, names it when it is the next, and leaps not too far."""
    numbered.follow(last, found, "story list")


async def check(primitives: Primitives, roll: Roll, last: StoryList | None, found: StoryList) -> None:
    """Let a list follow `last`, or raise what `genuine` and `follow` raise. Its device has to be a coordinator's still."""
    await genuine(primitives, roll, found)
    if not may_publish(roll.state, found.device):
        raise Forbidden("story list")
    follow(last, found)


def fits(found: StoryList, entry: Entry, sheet: Sheet) -> bool:
    """Whether a sheet is the one that an entry of this list names."""
    same = (sheet.organisation, sheet.lock, sheet.until) == (found.organisation, entry.lock, entry.until)
    return same and part_hash(sheet.data) == entry.sheet
