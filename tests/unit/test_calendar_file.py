"""The calendar file: read back by another's parser, on every day of the year, whatever was typed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.calendar_file import ZONE, Event, calendar_file, escaped, folded, to_utc

MADE = datetime(2026, 11, 25, 3, 30, 5, tzinfo=UTC)
AMSTERDAM = ZoneInfo(ZONE)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=120)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
TIMES = st.times().map(lambda t: f"{t.hour:02}:{t.minute:02}")


def _read(event: Event) -> icalendar.Event:
    [found] = icalendar.Calendar.from_ical(calendar_file(event, MADE)).walk("VEVENT")
    return found


def _plain(text: str) -> str:
    """What a calendar shows of a text: controls are left out."""
    return "".join(c for c in text if c in "\n\t" or (ord(c) >= 0x20 and ord(c) != 0x7F))


@given(
    st.builds(
        Event,
        uid=st.just("ab12@straatcontact"),
        title=TEXT.filter(str.strip),
        day=DAYS,
        time=TIMES,
        minutes=st.integers(1, 1440),
        place=TEXT,
    )
)
@settings(max_examples=60, deadline=None)
def test_what_went_in_is_what_another_calendar_reads(event: Event) -> None:
    """Any title and place, any day and time; on the clock of Amsterdam, lasting as long as was said."""
    read = _read(event)
    assert str(read["SUMMARY"]) == _plain(event.title)
    assert str(read.get("LOCATION", "")) == (_plain(event.place) if event.place.strip() else "")
    start = datetime.combine(event.day, time.fromisoformat(event.time))
    assert read["DTSTART"].dt.replace(tzinfo=None) == start
    assert read["DTSTART"].params["TZID"] == ZONE
    assert read["DURATION"].dt == timedelta(minutes=event.minutes or 0)
    assert read["DTSTAMP"].dt == MADE
    assert str(read["UID"]) == event.uid


@given(TEXT)
@settings(max_examples=60, deadline=None)
def test_no_line_is_longer_than_75_bytes_and_no_letter_is_cut(text: str) -> None:
    """Every line ends in CRLF; unfolded it is the text again."""
    data = folded("SUMMARY:" + escaped(text))
    lines = data.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert all(line.startswith(b" ") for line in lines[1:])
    assert (lines[0] + b"".join(line[1:] for line in lines[1:])).decode() == "SUMMARY:" + escaped(text)


@given(DAYS, TIMES, st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_a_weekly_row_is_on_the_same_weekday_and_hour_until_its_last_day(day: date, clock: str, weeks: int) -> None:
    """Also across summer time; the last day is in, the week after is not."""
    until = day + timedelta(days=7 * weeks + 3)
    event = Event("a@b", "Koffie", day, clock, 60, weekly=True, until=until)
    read = _read(event)
    start = datetime.combine(day, time.fromisoformat(clock))
    assert read["RRULE"]["FREQ"] == ["WEEKLY"]
    last = read["RRULE"]["UNTIL"][0]
    assert last.tzinfo is not None
    rule = rrulestr("FREQ=WEEKLY", dtstart=start)
    held = [s for s in rule.xafter(start, count=weeks + 3, inc=True) if to_utc(s) <= last.replace(tzinfo=None)]
    assert held == [start + timedelta(days=7 * n) for n in range(weeks + 1)]


@given(DAYS, TIMES)
def test_the_clock_of_amsterdam_is_that_of_the_zone_s_own_data(day: date, clock: str) -> None:
    """Every hour of twenty years, in the hour that is there twice the first time."""
    wall = datetime.combine(day, time.fromisoformat(clock))
    there = wall.replace(tzinfo=AMSTERDAM)
    if there.astimezone(UTC).astimezone(AMSTERDAM).replace(tzinfo=None) == wall:  # not in the hour that is skipped
        assert to_utc(wall) == there.astimezone(UTC).replace(tzinfo=None)


@pytest.mark.parametrize("month", range(1, 13))
def test_the_zone_that_the_file_brings_along_is_amsterdam(month: int) -> None:
    """Its own rule of summer time gives the same hour as the zone's data, in winter and in summer."""
    calendar = icalendar.Calendar.from_ical(
        calendar_file(Event("a@b", "Koffie", date(2027, month, 28), "10:00", 60), MADE)
    )
    [zone] = calendar.walk("VTIMEZONE")
    wall = datetime(2027, month, 28, 10, 0)
    assert zone.to_tz(lookup_tzid=False).utcoffset(wall) == wall.replace(tzinfo=AMSTERDAM).utcoffset()


def test_without_a_time_it_is_a_whole_day() -> None:
    """Weekly too; and no zone is needed."""
    read = _read(Event("a@b", "Bingo", date(2026, 12, 2), weekly=True, until=date(2026, 12, 30)))
    assert read["DTSTART"].dt == date(2026, 12, 2)
    assert read["RRULE"]["UNTIL"] == [date(2026, 12, 30)]
    assert "DURATION" not in read
    assert b"VTIMEZONE" not in calendar_file(Event("a@b", "Bingo", date(2026, 12, 2)), MADE)
    assert "UNTIL" not in _read(Event("a@b", "Bingo", date(2026, 12, 2), "10:00", weekly=True))["RRULE"]


def test_nothing_typed_can_add_a_line_to_the_file() -> None:
    """A title with line ends, and one that looks like another property, stay a title."""
    sneaky = "Koffie\r\nATTENDEE:mailto:x@y\nEND:VEVENT\r;VALUE=1,2\\n"
    data = calendar_file(Event("a@b", sneaky, date(2026, 12, 2), "10:00"), MADE)
    assert data.count(b"\r\nEND:VEVENT\r\n") == 1
    assert b"\r\nATTENDEE" not in data
    assert str(_read(Event("a@b", sneaky, date(2026, 12, 2), "10:00"))["SUMMARY"]) == (
        "Koffie\nATTENDEE:mailto:x@y\nEND:VEVENT\n;VALUE=1,2\\n"
    )
