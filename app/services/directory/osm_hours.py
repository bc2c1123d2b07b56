"""Hours as text, in the small part of OpenStreetMap's grammar that help lines need, and back.

    24/7    Mo-Fr 09:00-17:00    Mo-Th 09:00-12:30,13:30-17:00; Fr 09:00-12:30; PH off    Sa-Su 22:00-06:00; PH 10:00-12:00

`PH off`: closed on public holidays; `PH unknown` (ours): nobody says what happens then. An end that is not after its
begin lies on the next day. Source: the key opening_hours of OpenStreetMap.
"""

import re
from itertools import groupby

from sync.core.errors import BadFormat
from sync.core.help_line import ALWAYS, DAY_MINUTES, UNKNOWN_HOURS, Hours, Known, OnHolidays

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_TIME = r"([01]\d|2[0-4]):([0-5]\d)"
_SPAN = re.compile(f"{_TIME}-{_TIME}", re.ASCII)
_RULE = re.compile(r"((?:[A-Z][a-z](?:-[A-Z][a-z])?)(?:,[A-Z][a-z](?:-[A-Z][a-z])?)*) (\S+)", re.ASCII)


def read(text: str) -> Hours:
    """Hours from text; "" is what is not known. Raises BadFormat for anything else that is not in the grammar."""
    if not text:
        return UNKNOWN_HOURS
    if text == "24/7":
        return ALWAYS
    weekly: list[tuple[int, int, int]] = []
    holidays, other = OnHolidays.AS_USUAL, tuple[tuple[int, int], ...]()
    for rule in text.split("; "):
        if rule.startswith("PH "):
            holidays, other = _on_holidays(rule[3:])
            continue
        found = _RULE.fullmatch(rule)
        if not found:
            raise BadFormat("opening hours")
        spans = _spans(found[2])
        weekly += [(day, *span) for day in _days(found[1]) for span in spans]
    return Hours(Known.WEEKLY, tuple(sorted(weekly)), holidays, other)


def _on_holidays(text: str) -> tuple[OnHolidays, tuple[tuple[int, int], ...]]:
    if text in ("off", "closed"):
        return OnHolidays.CLOSED, ()
    if text == "unknown":
        return OnHolidays.UNKNOWN, ()
    return OnHolidays.OTHER, tuple(sorted(_spans(text)))


def _days(text: str) -> list[int]:
    days = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last and last not in DAYS):
            raise BadFormat("opening hours")
        begin, end = DAYS.index(first), DAYS.index(last or first)
        days += [day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)]
    return days


def _spans(text: str) -> list[tuple[int, int]]:
    spans = []
    for part in text.split(","):
        found = _SPAN.fullmatch(part)
        if not found:
            raise BadFormat("opening hours")
        begin, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
        spans.append((begin, end if end > begin else end + DAY_MINUTES))
    return spans


def write(hours: Hours) -> str:
    """The text that `read` reads."""
    if hours.known is not Known.WEEKLY:
        return "24/7" if hours.known is Known.ALWAYS else ""
    rules = [f"{_days_text(days)} {_spans_text(spans)}" for days, spans in by_days(hours)]
    if hours.holidays is OnHolidays.CLOSED:
        rules.append("PH off")
    elif hours.holidays is OnHolidays.UNKNOWN:
        rules.append("PH unknown")
    elif hours.holidays is OnHolidays.OTHER:
        rules.append(f"PH {_spans_text(hours.other)}")
    return "; ".join(rules)


def by_days(hours: Hours) -> list[tuple[tuple[int, ...], tuple[tuple[int, int], ...]]]:
    """Days that have the same times, with those times, in order of their first day."""
    days: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for day, spans in groupby(hours.weekly, key=lambda span: span[0]):
        days.setdefault(tuple((begin, end) for _, begin, end in spans), []).append(day)
    return [(tuple(found), spans) for spans, found in days.items()]


def runs(days: tuple[int, ...]) -> list[tuple[int, int]]:
    """Days that follow one another, as (first, last)."""
    starts = [day for day in days if day - 1 not in days]
    ends = [day for day in days if day + 1 not in days]
    return list(zip(starts, ends, strict=True))


def _days_text(days: tuple[int, ...]) -> str:
    return ",".join(DAYS[a] if a == b else f"{DAYS[a]}-{DAYS[b]}" for a, b in runs(days))


def _spans_text(spans: tuple[tuple[int, int], ...]) -> str:
    return ",".join(f"{clock(begin)}-{clock(end)}" for begin, end in spans)


def clock(minutes: int) -> str:
    """HH:MM; the end of a day is 24:00, and what lies beyond is told as of the next day."""
    within = minutes if minutes <= DAY_MINUTES else minutes - DAY_MINUTES
    return f"{within // 60:02}:{within % 60:02}"
