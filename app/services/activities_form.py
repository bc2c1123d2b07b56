"""An activity as it stands in its form, the rules of when and how often, and its draft. Pure.

A planned activity lies ahead; a held one is over, and only then is anyone asked how many came. Nobody's name is in it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any

from app.services.drafts import Plain
from app.services.models import MAX_NOTE
from app.services.records import iso
from app.services.visit_draft import one_of
from sync.core.errors import BadInput

MAX_PLACE, MAX_TAGS, MAX_TAG = 200, 20, 60
MAX_HEADS, MAX_HELPERS = 5_000, 500
MINUTES = (30, 60, 90, 120, 180, 240)  # what the form offers
MAX_MINUTES = 24 * 60
EARLIEST, YEARS_AHEAD = date(2020, 1, 1), 2
WEEK = timedelta(days=7)
PROPOSED_FOR_WEEKS = 5  # a weekly activity that was not held for longer is no longer proposed


class ActivityKind(Enum):
    """What people come together for."""

    COFFEE = "coffee"
    BINGO = "bingo"
    REPAIR = "repair"
    EATING = "eating"
    GARDEN = "garden"
    WALK = "walk"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ActivityForm:
    """`time` is "HH:MM" or "" for the whole day, `minutes` how long, `heads` and `helpers` how many came and helped
    (None: not told yet), `wishes` and `offers` coded tags that were heard there. `weekly`: the next one is proposed
    from this one, until a day. `series` is the first activity of a weekly row, b"" for that one itself.
    """

    kind: ActivityKind | None = None
    day: date | None = None
    time: str = ""
    minutes: int | None = None
    place: str = ""
    heads: int | None = None
    helpers: int | None = None
    how: str = ""
    wishes: frozenset[str] = frozenset()
    offers: frozenset[str] = frozenset()
    weekly: bool = False
    until: date | None = None
    series: bytes = b""


# -- rules -----------------------------------------------------------------------------------------------


def check(form: ActivityForm, today: date) -> None:
    """Refuse a form that can't be saved. Raises BadInput(field, why); nothing is lost, the draft stays."""
    if form.kind is None:
        raise BadInput("kind", "missing")
    if form.day is None:
        raise BadInput("day", "when")
    if not EARLIEST <= form.day <= today.replace(year=today.year + YEARS_AHEAD, day=min(today.day, 28)):
        raise BadInput("day", "far")
    if form.time and clock(form.time) != form.time:
        raise BadInput("time", "unknown")
    if form.minutes is not None and not 0 < form.minutes <= MAX_MINUTES:
        raise BadInput("minutes", "unknown")
    if len(form.place) > MAX_PLACE:
        raise BadInput("place", "too_long")
    if form.weekly and form.until is not None and form.until < form.day:
        raise BadInput("until", "before_day")
    _check_afterwards(form, today)


def _check_afterwards(form: ActivityForm, today: date) -> None:
    told = form.heads is not None or form.helpers is not None
    if told and form.day is not None and form.day > today + timedelta(days=1):
        raise BadInput("heads", "future")
    if form.heads is not None and not 0 <= form.heads <= MAX_HEADS:
        raise BadInput("heads", "unknown")
    if form.helpers is not None and not 0 <= form.helpers <= MAX_HELPERS:
        raise BadInput("helpers", "unknown")
    if len(form.how) > MAX_NOTE:
        raise BadInput("how", "too_long")
    for tags in (form.wishes, form.offers):
        if len(tags) > MAX_TAGS or any(len(tag) > MAX_TAG for tag in tags):
            raise BadInput("wishes", "too_many")


def clock(typed: str) -> str | None:
    """ "14", "14.30", "14:30", "1430", "9u30" as "HH:MM"; "" for nothing, None for what is no time of a day."""
    if not typed.strip():
        return ""
    found = re.fullmatch(r"(\d{1,2})(?:\s*[:.,uh]?\s*(\d{2}))?\s*(?:u|uur|h)?", typed.strip().lower())
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None


def count(typed: str) -> int | None:
    """A typed number of people, -1 for what is none, None for nothing typed."""
    if not typed.strip():
        return None
    return int(typed.strip()) if re.fullmatch(r"[0-9]{1,9}", typed.strip()) else -1


def is_over(form: ActivityForm, now: datetime) -> bool:
    """Whether it has been, at this moment by the clock in the Netherlands. Without a time: once the day is over."""
    if form.day is None:
        return False
    at = clock(form.time)  # as it was typed: "14.30" stands in a draft
    if not at:
        return form.day < now.date()
    start = datetime.combine(form.day, time.fromisoformat(at))
    return start + timedelta(minutes=form.minutes or 0) <= now


def next_weekly(last: date, until: date | None, today: date) -> date | None:
    """The first day on the same weekday after `last` that is not before today; None when that is after `until`."""
    weeks = max(1, -(-(today - last).days // 7))
    day = last + weeks * WEEK
    return day if until is None or day <= until else None


def again(form: ActivityForm, day: date, series: bytes) -> ActivityForm:
    """The next of a row: the same but for the day, and nothing of how this one went."""
    return replace(
        form, day=day, series=series, heads=None, helpers=None, how="", wishes=frozenset(), offers=frozenset()
    )


# -- fields and drafts -----------------------------------------------------------------------------------


def fields(group: str, form: ActivityForm) -> dict[str, Any]:
    """The fields of a group of the record."""
    if group == "count":
        return {
            "day": form.day.isoformat() if form.day else None,
            "kind": form.kind.value if form.kind else None,
            "heads": form.heads,
            "helpers": form.helpers,
        }
    return {
        "place": form.place.strip(),
        "time": form.time,
        "minutes": form.minutes,
        "how": form.how,
        "wishes": sorted(form.wishes),
        "offers": sorted(form.offers),
        "weekly": form.weekly,
        "until": form.until.isoformat() if form.until and form.weekly else None,
        "series": form.series,
    }


def from_row(row: Mapping[str, Any]) -> ActivityForm:
    """From a row of the view."""
    return ActivityForm(
        kind=one_of(ActivityKind, row["kind"]) or ActivityKind.OTHER,
        day=iso(row["day"]),
        time=clock(row["time"]) or "",
        minutes=row["minutes"],
        place=row["place"],
        heads=row["heads"],
        helpers=row["helpers"],
        how=row["how"],
        wishes=frozenset(code for code in row["wishes"].split(",") if code),
        offers=frozenset(code for code in row["offers"].split(",") if code),
        weekly=bool(row["weekly"]),
        until=iso(row["until"]),
        series=b"" if row["series"] == row["id"] else bytes.fromhex(row["series"]),
    )


def to_plain(form: ActivityForm) -> Plain:
    """The form as a draft."""
    return {**fields("count", form), **fields("detail", form), "place": form.place}


def from_plain(raw: Plain) -> ActivityForm:
    """The form again; what this version does not know of it is left empty."""
    series = raw.get("series")
    return ActivityForm(
        kind=one_of(ActivityKind, raw.get("kind")),
        day=iso(_text(raw, "day")),
        time=_text(raw, "time"),
        minutes=_number(raw, "minutes"),
        place=_text(raw, "place"),
        heads=_number(raw, "heads"),
        helpers=_number(raw, "helpers"),
        how=_text(raw, "how"),
        wishes=_tags(raw, "wishes"),
        offers=_tags(raw, "offers"),
        weekly=raw.get("weekly") is True,
        until=iso(_text(raw, "until")),
        series=series if isinstance(series, bytes) else b"",
    )


def _text(raw: Plain, name: str) -> str:
    value = raw.get(name)
    return value if isinstance(value, str) else ""


def _number(raw: Plain, name: str) -> int | None:
    value = raw.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _tags(raw: Plain, name: str) -> frozenset[str]:
    value = raw.get(name)
    return frozenset(v for v in value if isinstance(v, str)) if isinstance(value, list) else frozenset()
