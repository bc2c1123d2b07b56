"""One entry of the help directory: who it is for, its numbers, when it is open, and who says so.

    [id, name, about, audience, [number …], email, website, place, hours, [language …], [area …], source, checked,
     conflict, status, alert]
    number = [phone, note, cost, source]
    area   = [CBS code, name]
    hours  = [kind, [[day, from, till] …], on holidays, [[from, till] …]]

Everything is bounded, and text holds no sign that turns or hides other text. docs/protocol.md, "Directory".
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Any

from sync.core import codec
from sync.core.errors import BadFormat

DAY_MINUTES = 1440
MAX_NUMBERS, MAX_SPANS, MAX_HOLIDAY_SPANS, MAX_LANGUAGES, MAX_AREAS = 6, 28, 4, 20, 50


class Status(IntEnum):
    """Whether it can be reached at all."""

    OPEN = 0
    CLOSED = 1  # for the time being


class Known(IntEnum):
    """What is known of the hours."""

    NOTHING = 0
    ALWAYS = 1
    WEEKLY = 2


class OnHolidays(IntEnum):
    """What a public holiday changes."""

    AS_USUAL = 0
    CLOSED = 1
    OTHER = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody answers, by the clock in Amsterdam. Times are minutes since midnight.

    `weekly`: (day, from, till), Monday is 0, rising; `till` is above `from`, and beyond 1440 after midnight, at most
    a whole day later. A span belongs to the day on which it begins, holidays included. `other` are the (from, till)
    of a holiday when those are OTHER.
    """

    known: Known = Known.NOTHING
    weekly: tuple[tuple[int, int, int], ...] = ()
    holidays: OnHolidays = OnHolidays.AS_USUAL
    other: tuple[tuple[int, int], ...] = ()


UNKNOWN_HOURS = Hours()
ALWAYS = Hours(Known.ALWAYS)


@dataclass(frozen=True, slots=True)
class Number:
    """One telephone number: digits only (and a leading +). `source` is who says so, "" for the entry's own source."""

    phone: str
    note: str = ""
    cost: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One entry. `areas` are (CBS code, name), none: the whole country; `languages` ISO codes, none: not known.

    `checked` is the ISO date on which it was read at the source, "" for never. `conflict` says what the sources do
    not agree on: then all that they say is shown, until a coordinator has verified it.
    """

    id: str
    name: str
    about: str = ""
    audience: str = ""
    numbers: tuple[Number, ...] = ()
    email: str = ""
    website: str = ""
    place: str = ""
    hours: Hours = UNKNOWN_HOURS
    languages: tuple[str, ...] = ()
    areas: tuple[tuple[str, str], ...] = ()
    source: str = ""
    checked: str = ""
    conflict: str = ""
    status: Status = Status.OPEN
    alert: str = ""

    @property
    def phone(self) -> str:
        """The first number, "" for none."""
        return self.numbers[0].phone if self.numbers else ""


def plain_number(phone: str) -> str:
    """A number as dialled within the country: +31 800 … and 0031 800 … are 0800 …."""
    return re.sub(r"^(?:\+|00)31", "0", phone)


# -- shapes ---------------------------------------------------------------------------------------------------

# Control signs and those that turn the direction of text or can't be seen: a line might look like another one.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _text(limit: int) -> codec.Shape:
    plain = codec.text(limit)

    def shape(value: Any) -> str:
        text: str = plain(value)
        if _HIDDEN.search(text):
            raise BadFormat("a sign that can't be seen")
        return text

    return shape


def _spelt(limit: int, pattern: str, what: str, empty: bool = False) -> codec.Shape:
    plain, wanted = codec.text(limit), re.compile(pattern, re.ASCII)

    def shape(value: Any) -> str:
        text: str = plain(value)
        if not (wanted.fullmatch(text) or (empty and not text)):
            raise BadFormat(what)
        return text

    return shape


def day(value: Any) -> str:
    """An ISO date that exists, or no text."""
    text: str = codec.text(10)(value)
    found = re.fullmatch(r"(20\d\d)-(\d\d)-(\d\d)", text, re.ASCII)
    if text and not (found and _exists(int(found[1]), int(found[2]), int(found[3]))):
        raise BadFormat("no such day")
    return text


def _exists(year: int, month: int, date: int) -> bool:
    leap = month == 2 and date == 29 and year % 4 != 0  # of 2000 to 2099, every fourth year is one
    return 1 <= month <= 12 and 1 <= date <= _LENGTHS[month - 1] and not leap


def _each_once(inner: codec.Shape, limit: int, what: str, key: Callable[[Any], Any] = str) -> codec.Shape:
    several = codec.items(inner, limit)

    def shape(value: Any) -> tuple[Any, ...]:
        found: tuple[Any, ...] = several(value)
        if len({key(one) for one in found}) != len(found):
            raise BadFormat(what)
        return found

    return shape


_minutes, _end = codec.whole(0, DAY_MINUTES - 1), codec.whole(1, 2 * DAY_MINUTES)
_raw_hours = codec.row(
    codec.whole(0, 2),
    codec.items(codec.row(codec.whole(0, 6), _minutes, _end), MAX_SPANS),
    codec.whole(0, 3),
    codec.items(codec.row(_minutes, _end), MAX_HOLIDAY_SPANS),
)


def _hours(value: Any) -> tuple[Any, ...]:
    known, weekly, holidays, other = raw = _raw_hours(value)
    fits = bool(weekly) == (known == Known.WEEKLY) and bool(other) == (holidays == OnHolidays.OTHER)
    fits = fits and (known == Known.WEEKLY or holidays == OnHolidays.AS_USUAL)
    week = [(date * DAY_MINUTES + begin, date * DAY_MINUTES + end) for date, begin, end in weekly]
    around = [*week, *((begin + 7 * DAY_MINUTES, end + 7 * DAY_MINUTES) for begin, end in week[:1])]
    if not (fits and _apart(around) and _apart(list(other))):
        raise BadFormat("hours")
    return tuple(raw)


def _apart(spans: list[tuple[int, int]]) -> bool:
    """Each at most a whole day long, in order, none over another."""
    lasting = all(begin < end <= begin + DAY_MINUTES for begin, end in spans)
    return lasting and all(first[1] <= later[0] for first, later in pairwise(spans))


_number = codec.row(_spelt(20, r"\+?[0-9]{2,}", "phone number"), _text(120), _text(80), _text(400))

_numbers = _each_once(_number, MAX_NUMBERS, "a number twice", lambda number: plain_number(number[0]))
email = _spelt(120, r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", "e-mail", empty=True)
website = _spelt(200, r"https://[A-Za-z0-9.-]+(/[A-Za-z0-9._~%/?=&#+-]*)?", "website", empty=True)
_area = codec.row(_spelt(10, r"GM\d{4}|WK\d{6}|BU\d{8}", "area"), _text(80))
_language = _spelt(3, "[a-z]{2,3}", "language")

row = codec.row(
    _spelt(64, r"[a-z0-9][a-z0-9.-]*", "id"),
    _text(120),
    _text(400),
    _text(200),
    _numbers,
    email,
    website,
    _text(300),
    _hours,
    _each_once(_language, MAX_LANGUAGES, "a language twice"),
    _each_once(_area, MAX_AREAS, "an area twice", lambda area: area[0]),
    _text(400),
    day,
    _text(400),
    codec.whole(0, 1),
    _text(300),
)

_AS_PLAIN: dict[str, Callable[[Any], Any]] = {
    "numbers": lambda numbers: [[n.phone, n.note, n.cost, n.source] for n in numbers],
    "hours": lambda h: [int(h.known), [list(s) for s in h.weekly], int(h.holidays), [list(s) for s in h.other]],
    "languages": list,
    "areas": lambda areas: [list(a) for a in areas],
    "status": int,
}


def as_row(line: HelpLine) -> list[Any]:
    """What stands in an edition."""
    values = ((name, getattr(line, name)) for name in HelpLine.__dataclass_fields__)
    return [_AS_PLAIN.get(name, lambda same: same)(value) for name, value in values]


def from_row(value: Any) -> HelpLine:
    """A checked row (`row`) as an entry."""
    found = dict(zip(HelpLine.__dataclass_fields__, value, strict=True))
    known, weekly, holidays, other = found["hours"]
    found["numbers"] = tuple(Number(*n) for n in found["numbers"])
    found["hours"] = Hours(Known(known), weekly, OnHolidays(holidays), other)
    found["status"] = Status(found["status"])
    return HelpLine(**found)
