"""Who answers now, and who does when: hours held against the clock in Amsterdam and the public holidays.

A span of hours belongs to the day on which it begins: what began on an ordinary evening goes on past midnight into a
holiday, and the evening of a holiday on which nobody answers does not begin. What nobody says is not guessed.
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from sync.core.help_line import HelpLine, Hours, Known, OnHolidays, Status

LOOK_AHEAD_DAYS = 15
STALE_DAYS = 365


class State(Enum):
    """Whether somebody answers."""

    ALWAYS = "always"
    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether somebody answers, and when that changes: a wall clock in Amsterdam, None when that is not known."""

    state: State
    until: datetime | None = None


def reach(hours: Hours, now: datetime, holidays: Container[date]) -> Reach:
    """How it is at `now`, the wall clock in Amsterdam."""
    if hours.known is Known.ALWAYS:
        return Reach(State.ALWAYS)
    if hours.known is Known.NOTHING:
        return Reach(State.UNKNOWN)
    spans = _spans(hours, now.date(), holidays)
    within = [(end, certain) for begin, end, certain in spans if begin <= now < end]
    if within:
        sure = [end for end, certain in within if certain]
        return Reach(State.OPEN, _goes_on(spans, max(sure))) if sure else Reach(State.UNKNOWN)
    later = [(begin, certain) for begin, _, certain in spans if begin > now]
    opens = later[0][0] if later and later[0][1] else None
    return Reach(State.CLOSED, opens)


def _spans(hours: Hours, today: date, holidays: Container[date]) -> list[tuple[datetime, datetime, bool]]:
    """(begin, end, certain) from yesterday on, in order."""
    found = []
    for offset in range(-1, LOOK_AHEAD_DAYS):
        day = today + timedelta(days=offset)
        midnight = datetime(day.year, day.month, day.day)
        holiday = day in holidays
        usual = [(begin, end) for weekday, begin, end in hours.weekly if weekday == day.weekday()]
        if holiday and hours.holidays is OnHolidays.CLOSED:
            usual = []
        elif holiday and hours.holidays is OnHolidays.OTHER:
            usual = list(hours.other)
        certain = not (holiday and hours.holidays is OnHolidays.UNKNOWN)
        for begin, end in usual:
            found.append((midnight + timedelta(minutes=begin), midnight + timedelta(minutes=end), certain))
    return sorted(found)


def _goes_on(spans: list[tuple[datetime, datetime, bool]], end: datetime) -> datetime | None:
    """When it really ends: spans that touch are one. None: further than we look, or nobody says."""
    for begin, later, certain in spans:
        if begin <= end < later:
            if not certain:
                return None
            end = later
    return end if spans and end < spans[-1][1] else None


def of_line(line: HelpLine, now: datetime, holidays: Container[date]) -> Reach:
    """The same of an entry: one that is closed for the time being answers nobody."""
    if line.status is Status.CLOSED:
        return Reach(State.CLOSED)
    return reach(line.hours, now, holidays)


def stale(line: HelpLine, today: date) -> bool:
    """Whether it was never read at its source, or more than a year ago. 112 is what it is."""
    if line.id == "112":
        return False
    return not line.checked or (today - date.fromisoformat(line.checked)).days > STALE_DAYS
