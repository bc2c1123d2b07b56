"""Vectors for published stories: lists that may follow one another, who vouches for a story, and every value out of place.

Of a list `roll` is MessagePack [entry, …], `last` the list before, or no bytes.
"""

import asyncio
from dataclasses import replace
from typing import Any

from sync.core import codec, stories
from sync.core.errors import BadSignature, Forbidden, NewerVersion, UnknownHead
from sync.core.ports import Primitives
from sync.core.rights import Role
from sync.core.roll import Roll
from sync.core.stories import Entry, Sheet, StoryList
from tests.vectors.cases_directory import DAY
from tests.vectors.odd import BAD, LARGE, Wrong, bytes_of, departures, items, text_of, whole
from tests.vectors.vector import Vector, fixed, maker, replay

HASH, ID, SIGNATURE = fixed("hash"), fixed("id", 16), fixed("signature", 64)  # the last is never looked at
SECRET = stories.secret_of(fixed("record", 16))
MADE, UNTIL = "2026-11-25", "2027-05-01"


@maker
async def lists(primitives: Primitives) -> list[Vector]:
    """First and next lists, and what may not follow; in a thread, since the steps are those of the unit tests."""
    return await asyncio.to_thread(_lists)


def _lists() -> list[Vector]:
    from tests.support import roll_steps as steps
    from tests.support.core_world import P, founded, run

    w = run(founded())
    joke, ali = w.coordinator, steps.member_of(w, "second", w.team, Role.COORDINATOR)
    sheet = stories.make_sheet(w.state.organisation, stories.lock_of(SECRET), "Soep", "Voor de trap.", b"", UNTIL)

    def vouched(*people: Any) -> Entry:
        checks = [run(stories.vouch(P, p.signing, w.roll, p.device, sheet)) for p in people]
        return Entry(sheet.lock, stories.part_hash(sheet.data), sheet.until, (checks[0], checks[1]))

    def made(entries: list[Entry], last: bytes = b"", by: Any = joke) -> bytes:
        known = stories.parse(last) if last else None
        return run(stories.sign(P, by.signing, w.roll, by.device, known, entries, MADE))

    def leap(number: int) -> bytes:
        return run(
            stories.sign(
                P, joke.signing, w.roll, joke.device, replace(stories.parse(first), number=number - 1), [], MADE
            )
        )

    def one(
        name: str, comment: str, data: bytes, last: bytes = b"", expect: str = "success", roll: Any = None
    ) -> Vector:
        values = {"roll": codec.pack(w.roll.entries if roll is None else roll), "last": last}
        return Vector(f"stories_{name}", "stories", comment, data, values, expect)

    both = vouched(joke, ali)
    first = made([both])
    second, by_second = made([], first), made([both], by=ali)
    forged = replace(both, checks=(both.checks[0], replace(both.checks[1], signature=SIGNATURE)))
    moved = replace(both, until="2027-05-02")
    found = [
        one("first", "A story that two coordinators vouch for", first),
        one("empty", "The next, without it: it is withdrawn", second, first),
        one("back", "An older list after a newer", first, second, Forbidden.code),
        one("again", "The same list again", first, first, Forbidden.code),
        one("by_contact", "Signed by a contact person", made([both], by=w.contact), b"", Forbidden.code),
        one("by_second", "Signed by the other coordinator", by_second),
        one("bit", "The last bit is flipped", first[:-1] + bytes((first[-1] ^ 1,)), b"", BadSignature.code),
        one("one_person", "One coordinator vouches twice", made([vouched(joke, joke)]), b"", Forbidden.code),
        one("with_contact", "The second is a contact person", made([vouched(joke, w.contact)]), b"", Forbidden.code),
        one("forged", "The second signature is made up", made([forged]), b"", BadSignature.code),
        one("longer", "A later day than the two have signed", made([moved]), b"", BadSignature.code),
        one("leap", "A thousand and one after none", leap(1001), b"", Forbidden.code),
        one("leap_least", "A thousand after none", leap(1000)),
        one("newer", "Version 2", b"\x0f\2" + first[2:], b"", NewerVersion.code),
        one("no_roll", "At a head that is not known", first, b"", UnknownHead.code, []),
    ]  # fmt: skip
    steps.extend(w, steps.revoke(w, joke, ali.device))
    found.append(one("checker_left", "Who checked it has left since: it was checked all the same", made([both])))
    found.append(one("left", "Signed by one who has left", by_second, b"", Forbidden.code))
    return found


CHECK = [HASH, ID, SIGNATURE]
ENTRY = [ID, HASH, UNTIL, CHECK, CHECK]
LIST = [HASH, 1, bytes(32), HASH, ID, MADE, [ENTRY]]
SHEET = [HASH, ID, "Soep", "Voor de trap.\n\nElke week.", HASH, UNTIL]
LAST_DAY: list[Wrong] = [*DAY, ("none", "No day", "", BAD)]
CHECKS = [
    ("head", bytes_of(32, "A head")),
    ("device", bytes_of(16, "A device")),
    ("signature", bytes_of(64, "A signature")),
]
ENTRIES: list[tuple[str, list[Wrong]]] = [
    ("lock", bytes_of(16, "A lock")),
    ("sheet", bytes_of(32, "A sheet's hash")),
    ("until", LAST_DAY),
    ("first", [("none", "No first check", None, BAD)]),
    ("second", [("none", "No second check", None, BAD)]),
]


def _words(limit: int, what: str) -> list[Wrong]:
    return [
        *text_of(limit, what),
        ("empty", f"{what} is empty", "", BAD),
        ("turned", f"{what} with a sign that turns text", "a\u202eb", BAD),
        ("hidden", f"{what} with a sign that can't be seen", "a\u200bb", BAD),
    ]


@maker
async def odd(primitives: Primitives) -> list[Vector]:
    """Each value of a list, of an entry, of a check and of a sheet."""

    def one(name: str, comment: str, value: Any, expect: str = BAD, first: bytes = b"\x0f\1", **more: Any) -> Vector:
        return Vector(f"stories_{name}", "stories", comment, first + codec.pack(value) + SIGNATURE, more, expect)

    def sheet(name: str, comment: str, value: Any, expect: str = BAD, first: bytes = b"\x10\1", **more: Any) -> Vector:
        return Vector(f"story_sheet_{name}", "story sheet", comment, first + codec.pack(value), more, expect)

    places: list[tuple[str, list[Wrong]]] = [
        ("organisation", bytes_of(32, "The organisation")),
        ("number", whole(1, 2**32, "The number")),
        ("previous", bytes_of(32, "The previous")),
        ("head", bytes_of(32, "The head")),
        ("device", bytes_of(16, "The device")),
        ("made", LAST_DAY),
        ("entries", items(200, ENTRY, "stories")),
    ]
    sheets: list[tuple[str, list[Wrong]]] = [
        ("organisation", bytes_of(32, "The organisation")),
        ("lock", bytes_of(16, "The lock")),
        ("title", [*_words(120, "The title"), ("lines", "A title of two lines", "a\nb", BAD)]),
        ("text", _words(5000, "The text")),
        ("photo", bytes_of(32, "The photo's hash")),
        ("until", LAST_DAY),
    ]
    return [
        *(one(f"odd_{n}", c, value, e) for n, c, value, e in departures(LIST, places)),
        *(one(f"entry_{n}", c, [*LIST[:6], [value]], e) for n, c, value, e in departures(ENTRY, ENTRIES)),
        *(one(f"check_{n}", c, [*LIST[:6], [[*ENTRY[:4], value]]], e) for n, c, value, e in departures(CHECK, CHECKS)),
        one("twice", "One lock twice", [*LIST[:6], [ENTRY, ENTRY]]),
        one("version_0", "There is no version 0", LIST, first=b"\x0f\0"),
        one("format", "The format of an edition", LIST, first=b"\4\2"),
        one("too_large", "More than 131,072 bytes", LIST, LARGE, zeros=stories.MAX_LIST_BYTES),
        sheet("good", "A sheet with a photo", SHEET, "success"),
        sheet("no_photo", "A sheet without a photo", [*SHEET[:4], b"", UNTIL], "success"),
        *(sheet(n, c, value, e) for n, c, value, e in departures(SHEET, sheets)),
        sheet("newer", "Version 2", SHEET, NewerVersion.code, b"\x10\2"),
        sheet("format", "The format of a list", SHEET, first=b"\x0f\1"),
        sheet("too_large", "More than 32,768 bytes", SHEET, LARGE, zeros=stories.MAX_SHEET_BYTES),
    ]


@replay("stories")
async def _(primitives: Primitives, v: Vector) -> None:
    found: StoryList = stories.parse(v.whole())
    roll = Roll()
    await roll.extend(primitives, codec.unpack(v.raw("roll"), 1 << 20))
    await stories.check(primitives, roll, stories.parse(v.raw("last")) if v.values["last"] else None, found)


@replay("story sheet")
async def _sheet(primitives: Primitives, v: Vector) -> None:
    read: Sheet = stories.read_sheet(v.whole())
    assert read.data == v.payload
