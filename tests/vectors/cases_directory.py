"""Vectors for the directory: editions that may follow one another, and each value that is not as the protocol says.

`roll` is MessagePack [entry, …], `last` the edition before, or no bytes.
"""

import asyncio
from dataclasses import replace
from typing import Any

from sync.core import codec, directory
from sync.core.directory import Edition
from sync.core.errors import BadSignature, Forbidden, NewerVersion, RollRefused, UnknownHead
from sync.core.help_line import ALWAYS, HelpLine, Hours, Known, Number, OnHolidays
from sync.core.ports import Primitives
from sync.core.rights import Role
from sync.core.roll import Roll
from tests.vectors.odd import BAD, LARGE, Wrong, bytes_of, departures, items, text_of, whole
from tests.vectors.vector import Vector, fixed, maker, replay

HASH, ID, SIGNATURE = fixed("hash"), fixed("id", 16), fixed("signature", 64)  # the last is never looked at
WEEK = Hours(Known.WEEKLY, ((0, 540, 1020), (4, 1320, 1560)), OnHolidays.OTHER, ((600, 720),))
FULL = HelpLine(
    "koo",
    "Koo",
    "Hulp in de buurt",
    "Iedereen",
    (Number("0732068888", "overdag", "gewone belkosten", "kijkopkoo.nl"), Number("+31732068889")),
    "koo@example.nl",
    "https://example.nl/koo",
    "Wijkplein",
    WEEK,
    ("nl", "en"),
    (("GM0796", "'s-Hertogenbosch"), ("BU07960101", "")),
    "kijkopkoo.nl",
    "2026-11-25",
    "Twee nummers",
    alert="Tot maandag dicht",
)
MADE = "2026-11-25"


@maker
async def editions(primitives: Primitives) -> list[Vector]:
    """A first and a next edition, and what may not follow; in a thread, since the steps are those of the unit tests."""
    return await asyncio.to_thread(_editions)


def _editions() -> list[Vector]:
    from tests.support import roll_steps as steps
    from tests.support.core_world import P, founded, run

    w = run(founded())
    plain = HelpLine("luisterlijn", "De Luisterlijn", numbers=(Number("0880767000"),), hours=ALWAYS)

    def made(by: Any, last: bytes = b"") -> bytes:
        known = directory.parse(last) if last else None
        return run(directory.sign(P, by.signing, w.roll, by.device, known, [FULL, plain], MADE))

    def leap(number: int) -> bytes:
        before = replace(directory.parse(first), number=number - 1)
        return run(directory.sign(P, w.coordinator.signing, w.roll, w.coordinator.device, before, [plain], MADE))

    def one(name: str, comment: str, data: bytes, last: bytes = b"", expect: str = "success") -> Vector:
        values = {"roll": codec.pack(w.roll.entries), "last": last}
        return Vector(f"directory_{name}", "directory", comment, data, values, expect)

    first = made(w.coordinator)
    second = made(w.coordinator, first)
    found = [
        one("first", "A coordinator's first edition, every value of a line in use", first),
        one("second", "The next", second, first),
        one("back", "An older edition after a newer", first, second, Forbidden.code),
        one("again", "The same edition again", second, second, Forbidden.code),
        one("by_contact", "By a contact person", made(w.contact), b"", Forbidden.code),
        one("bit", "The last bit is flipped", first[:-1] + bytes((first[-1] ^ 1,)), b"", BadSignature.code),
        one("leap", "A thousand and one after none", leap(1001), b"", Forbidden.code),
        one("leap_least", "A thousand after none", leap(1000)),
        one("newer", "Version 3", b"\4\3" + first[2:], b"", NewerVersion.code),
    ]
    waiting = steps.joined(w, "waiting", fixed("waiting", 16), role=Role.COORDINATOR, grants=steps.team_grant(w))
    found.append(one("unconfirmed", "A coordinator whose words nobody compared", made(waiting), b"", Forbidden.code))
    second_one = steps.member_of(w, "second", w.team, Role.COORDINATOR)
    old_head = made(second_one)
    found.append(one("second_coordinator", "By another coordinator", old_head))
    steps.extend(w, steps.revoke(w, w.coordinator, second_one.device))
    found.append(one("left", "By one who has left, naming a head of before", old_head, b"", Forbidden.code))
    found.append(
        one("left_now", "By one who has left, naming the head of now", made(second_one), b"", RollRefused.code)
    )
    empty = Vector("directory_no_roll", "directory", "At a head that is not known", first, {"roll": codec.pack([])})
    return [*found, _expecting(empty, UnknownHead.code)]


def _expecting(vector: Vector, code: str) -> Vector:
    values = vector.values | {"last": b""}
    return Vector(vector.name, vector.kind, vector.comment, vector.payload, values, code)


NUMBER = ["0732068888", "overdag", "gratis", "kijkopkoo.nl"]
HOURS = [2, [[0, 540, 1020]], 2, [[600, 720]]]
AREA = ["GM0796", "'s-Hertogenbosch"]
LINE = [
    "koo", "Koo", "Hulp", "Iedereen", [NUMBER], "koo@example.nl", "https://example.nl", "Wijkplein", HOURS, ["nl"],
    [AREA], "kijkopkoo.nl", MADE, "Twee nummers", 0, "Dicht",
]  # fmt: skip
EDITION = [HASH, 1, bytes(32), HASH, ID, MADE, [LINE]]


def _spelt(limit: int, what: str, **wrong: tuple[str, str]) -> list[Wrong]:
    """What is wrong with text of one spelling: too long, no text, and each of these."""
    return [*text_of(limit, what), *((name, comment, value, BAD) for name, (comment, value) in wrong.items())]


def _plain(limit: int, what: str) -> list[Wrong]:
    return [*text_of(limit, what), ("turned", f"{what} with a sign that turns text", "112\u202e", BAD)]


DAY: list[Wrong] = [
    ("long", "A day of 11 characters", "2026-11-255", LARGE),
    ("bytes", "A day is bytes", b"7", BAD),
    ("thirtieth", "The thirtieth of February", "2026-02-30", BAD),
    ("leap", "The twenty-ninth of February of no leap year", "2027-02-29", BAD),
    ("month", "Month 13", "2026-13-01", BAD),
    ("zero", "Day 0", "2026-11-00", BAD),
    ("words", "A day in words", "vandaag", BAD),
]
PHONE = _spelt(
    20,
    "A phone number",
    letters=("A phone number with a letter", "073x206"),
    spaces=("A built-in number spelt with a space", "1 12"),
    digits=("A built-in number in other digits", "١١٢"),
    one=("One digit", "1"),
    none=("No digit", ""),
    plus=("Only a plus", "+"),
)
NUMBERS = [("phone", PHONE), ("note", _plain(120, "A note")), ("cost", _plain(80, "A cost"))]
NUMBERS += [("source", _plain(400, "A number's source"))]
AREAS = [
    ("code", _spelt(10, "An area", short=("GM and three digits", "GM079"), other=("Another kind", "PV3000"))),
    ("name", _plain(80, "An area's name")),
]
SPAN = [("day", whole(0, 6, "A weekday")), ("from", whole(0, 1439, "A begin")), ("till", whole(1, 2880, "An end"))]
HOUR_PLACES = [
    ("known", whole(0, 2, "What is known")),
    ("weekly", items(28, [0, 0, 1], "spans")),
    ("holidays", whole(0, 3, "What holidays change")),
    ("other", items(4, [0, 1], "spans of a holiday")),
]
ODD_HOURS: dict[str, tuple[str, Any]] = {
    "none_weekly": ("Weekly, and no times", [2, [], 0, []]),
    "always_weekly": ("Always, and times", [1, [[0, 540, 1020]], 0, []]),
    "nothing_holidays": ("Nothing known, but of holidays", [0, [], 1, []]),
    "holidays_none": ("Other times on holidays, and no times", [2, [[0, 540, 1020]], 2, []]),
    "holidays_closed": ("Closed on holidays, and times", [2, [[0, 540, 1020]], 1, [[600, 720]]]),
    "backwards": ("An end before its begin", [2, [[0, 540, 500]], 0, []]),
    "long": ("Longer than a day", [2, [[0, 0, 1441]], 0, []]),
    "over": ("Two spans over one another", [2, [[0, 540, 720], [0, 700, 900]], 0, []]),
    "over_midnight": ("A span past midnight over the next day's", [2, [[0, 1320, 1560], [1, 60, 500]], 0, []]),
    "over_week": ("Sunday's span past midnight over Monday's", [2, [[0, 60, 500], [6, 1320, 1560]], 0, []]),
    "order": ("Tuesday before Monday", [2, [[1, 540, 1020], [0, 540, 1020]], 0, []]),
    "other_order": ("A holiday's spans out of order", [2, [[0, 540, 1020]], 2, [[800, 900], [600, 720]]]),
}
PLACES: list[tuple[str, list[Wrong]]] = [
    ("id", _spelt(64, "The id", none=("No id", ""), capital=("A capital in an id", "Koo"))),
    ("name", _plain(120, "The name")),
    ("about", _plain(400, "What it is about")),
    ("audience", _plain(200, "Who it is for")),
    ("numbers", [*items(6, NUMBER, "numbers"), ("twice", "One number twice", [NUMBER, ["+31732068888", "", "", ""]], BAD)]),
    ("email", _spelt(120, "The e-mail", two=("Two addresses", "a@example.nl,b@example.nl"), none=("No place", "a@"))),
    (
        "website",
        _spelt(200, "The website", http=("Not over TLS", "http://example.nl"), script=("A script", "javascript:alert(1)")),
    ),
    ("place", _plain(300, "The place")),
    ("hours", [("text", "Hours in words", "overdag", BAD), ("none", "No hours", None, BAD)]),
    ("languages", [*items(20, "nl", "languages"), ("twice", "A language twice", ["nl", "nl"], BAD), ("capital", "NL", ["NL"], BAD)]),
    ("areas", [*items(50, AREA, "areas"), ("twice", "An area twice", [AREA, ["GM0796", "x"]], BAD)]),
    ("source", _plain(400, "The source")),
    ("checked", DAY),
    ("conflict", _plain(400, "The conflict")),
    ("status", whole(0, 1, "The status")),
    ("alert", _plain(300, "The alert")),
]  # fmt: skip


@maker
async def odd(primitives: Primitives) -> list[Vector]:
    """Each value of an edition, of a line and of what a line holds."""

    def one(name: str, comment: str, value: Any, expect: str = BAD, first: bytes = b"\4\2", **more: Any) -> Vector:
        data = first + codec.pack(value) + SIGNATURE
        return Vector(f"directory_{name}", "directory", comment, data, more, expect)

    def lines(*rows: Any) -> list[Any]:
        return [*EDITION[:6], list(rows)]

    def within(place: str, value: Any) -> list[Any]:
        number = [name for name, _ in PLACES].index(place)
        return lines([*LINE[:number], value, *LINE[number + 1 :]])

    places: list[tuple[str, list[Wrong]]] = [
        ("organisation", bytes_of(32, "The organisation")),
        ("number", whole(1, 2**32, "The number")),
        ("previous", bytes_of(32, "The previous")),
        ("head", bytes_of(32, "The head")),
        ("device", bytes_of(16, "The device")),
        ("made", [*DAY, ("none", "No day", "", BAD)]),
        ("lines", items(500, ["x", *LINE[1:]], "lines")),
    ]
    inner = [("number", "numbers", NUMBER, NUMBERS), ("area", "areas", AREA, AREAS)]
    spans = departures([0, 540, 1020], SPAN)
    return [
        *(one(f"odd_{n}", c, value, e) for n, c, value, e in departures(EDITION, places)),
        *(one(f"line_{n}", c, lines(value), e) for n, c, value, e in departures(LINE, PLACES)),
        *(
            one(f"{what}_{n}", c, within(place, [value]), e)
            for what, place, good, wrong in inner
            for n, c, value, e in departures(good, wrong)
        ),
        *(one(f"hours_{n}", c, within("hours", value), e) for n, c, value, e in departures(HOURS, HOUR_PLACES)),
        *(one(f"span_{n}", c, within("hours", [2, [value], 0, []]), e) for n, c, value, e in spans),
        *(one(f"hours_{n}", c, within("hours", value)) for n, (c, value) in ODD_HOURS.items()),
        one("line_twice", "A line's id twice", lines(LINE, LINE)),
        one("line_map", "A line is a map", lines({})),
        one("version_1", "Version 1, of which nothing was ever published", EDITION, first=b"\4\1"),
        one("version_0", "There is no version 0", EDITION, first=b"\4\0"),
        one("format", "The format of an envelope", EDITION, first=b"\1\1"),
        one("too_large", "More than 262,144 bytes", EDITION, LARGE, zeros=directory.MAX_DIRECTORY_BYTES),
    ]


@replay("directory")
async def _(primitives: Primitives, v: Vector) -> None:
    edition: Edition = directory.parse(v.whole())
    roll = Roll()
    await roll.extend(primitives, codec.unpack(v.raw("roll"), 1 << 20))
    last = directory.parse(v.raw("last")) if v.values["last"] else None
    await directory.check(primitives, roll, last, edition)
