"""A calendar file of activities: RFC 5545, on the clock of Europe/Amsterdam, weekly where it is. No names.

Lines end in CRLF and are folded at 75 bytes, never within a letter (section 3.1); text is escaped (3.3.11). The rule
of summer time stands in the file itself (3.6.5), as the phone has no table of time zones to look it up in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from app.services.activities_form import clock

MEDIA_TYPE = "text/calendar"
ZONE = "Europe/Amsterdam"
_FOLD = 75
_VTIMEZONE = (
    "BEGIN:VTIMEZONE",
    f"TZID:{ZONE}",
    "BEGIN:DAYLIGHT",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "TZNAME:CEST",
    "DTSTART:19810329T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "END:DAYLIGHT",
    "BEGIN:STANDARD",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "TZNAME:CET",
    "DTSTART:19961027T030000",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "END:STANDARD",
    "END:VTIMEZONE",
)


@dataclass(frozen=True, slots=True)
class Event:
    """What goes into the file. `time` is "HH:MM" or "" for a whole day; `minutes` how long it takes."""

    uid: str
    title: str
    day: date
    time: str = ""
    minutes: int | None = None
    place: str = ""
    weekly: bool = False
    until: date | None = None


def calendar_file(event: Event, made: datetime) -> bytes:
    """The file's bytes. `made` is the moment of making, with its zone."""
    return calendar_of([event], made)


def calendar_of(events: Sequence[Event], made: datetime) -> bytes:
    """Several in one file, which may have none."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Straatcontact//NL",
        "CALSCALE:GREGORIAN",
        *(_VTIMEZONE if any(clock(event.time) for event in events) else ()),
        *(line for event in events for line in _lines(event, made)),
        "END:VCALENDAR",
    ]
    return b"".join(folded(line) + b"\r\n" for line in lines)


def _lines(event: Event, made: datetime) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{escaped(event.uid)}",
        f"DTSTAMP:{made.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        *_when(event),
        f"SUMMARY:{escaped(event.title)}",
        *([f"LOCATION:{escaped(event.place)}"] if event.place.strip() else []),
        "END:VEVENT",
    ]


def _when(event: Event) -> list[str]:
    rule = "RRULE:FREQ=WEEKLY"
    if not clock(event.time):
        end = f";UNTIL={event.until:%Y%m%d}" if event.until else ""
        return [f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}", *([rule + end] if event.weekly else [])]
    start = datetime.combine(event.day, time.fromisoformat(event.time))
    lines = [f"DTSTART;TZID={ZONE}:{start:%Y%m%dT%H%M%S}"]
    if event.minutes:
        lines.append(f"DURATION:PT{event.minutes}M")
    if event.weekly:  # with a zone at DTSTART, UNTIL is a moment in UTC (3.3.10)
        last = to_utc(datetime.combine(event.until, start.time())) if event.until else None
        lines.append(rule + (f";UNTIL={last:%Y%m%dT%H%M%SZ}" if last else ""))
    return lines


def to_utc(wall: datetime) -> datetime:
    """A wall clock in the Netherlands as UTC. In the hour that is there twice: the first time."""
    begins = datetime.combine(_last_sunday(wall.year, 3), time(3, 0))
    ends = datetime.combine(_last_sunday(wall.year, 10), time(3, 0))
    return wall - timedelta(hours=2 if begins <= wall < ends else 1)


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def escaped(text: str) -> str:
    """A text value: backslash, semicolon, comma and line ends written as the standard says, other controls left out."""
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    plain = plain.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")
    return "".join(c for c in plain if c == "\t" or (ord(c) >= 0x20 and ord(c) != 0x7F))


def folded(line: str) -> bytes:
    """The line in pieces of at most 75 bytes, each next one begun by a space."""
    pieces: list[bytes] = []
    piece = b""
    for letter in line:
        data = letter.encode("utf-8", "replace")
        if len(piece) + len(data) > (_FOLD if not pieces else _FOLD - 1):
            pieces.append(piece)
            piece = b""
        piece += data
    return b"\r\n ".join([*pieces, piece])
