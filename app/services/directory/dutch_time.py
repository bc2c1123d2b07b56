"""The clock in Amsterdam, without a table of time zones: the phone has none, and the rule is one line.

Since 1996 the whole European Union changes at 01:00 UTC on the last Sundays of March and October (directive
2000/84/EC). A test holds this against the time-zone data of CPython.
"""

from datetime import UTC, date, datetime, timedelta


def amsterdam(millis: int) -> datetime:
    """The wall clock in the Netherlands at a moment (milliseconds since 1970 UTC), without a zone."""
    utc = datetime.fromtimestamp(millis / 1000, UTC).replace(tzinfo=None, microsecond=0)
    begins, ends = (datetime.combine(_last_sunday(utc.year, month), datetime.min.time()) for month in (3, 10))
    hour = timedelta(hours=1)
    return utc + (2 * hour if begins + hour <= utc < ends + hour else hour)


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)
