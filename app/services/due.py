"""What is due at which door, and why: derived each time from what is known, and stored nowhere.

The same rules for every address, wherever it came from and whoever lives there.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum

from app.services import addresses
from app.services.models import DayPart, Outcome

NOT_HOME_DAYS, NOT_HOME_TIMES = 3, 3  # comes back after three days, at most three times
LATER_DAYS = 21  # "later", without a day
OPEN = (Outcome.NOT_HOME, Outcome.LATER)


class Reason(Enum):
    """Why a door is due."""

    NEW = "new"
    PLANNED = "planned"  # the person chose this day
    NOT_HOME = "not_home"
    LATER = "later"
    COME_BACK = "come_back"  # met, and asked to come again


@dataclass(frozen=True, slots=True)
class Welcome:
    """A new address. `mine`: planned for this person, or for nobody in particular."""

    id: bytes
    address: str
    since: date
    done: bool = False
    plan: date | None = None
    made: str = ""


@dataclass(frozen=True, slots=True)
class Rang:
    """A visit as the rules need it."""

    id: bytes
    address: str
    day: date
    outcome: Outcome | None
    come_back: date | None = None
    part: DayPart | None = None
    made: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A door to go to. `on` is the day from which, `since` the day that the reason speaks of."""

    address: str
    on: date
    reason: Reason
    since: date
    welcome: bytes = b""
    visit: bytes = b""
    tries: int = 0  # times that nobody was home since someone last was
    part: DayPart | None = None  # a good part of the day to try
    asked: DayPart | None = field(default=None, compare=False)  # when it was tried last


def due(welcomes: Iterable[Welcome], visits: Iterable[Rang], blocked: Collection[str]) -> list[Due]:
    """Every door that is or will be due, the nearest day first, then by street. `blocked` are keys of addresses."""
    doors: dict[str, tuple[list[Welcome], list[Rang]]] = {}
    for welcome in welcomes:
        doors.setdefault(addresses.key(welcome.address), ([], []))[0].append(welcome)
    for visit in visits:
        doors.setdefault(addresses.key(visit.address), ([], []))[1].append(visit)
    found = [_at(*door) for key, door in doors.items() if key and key not in blocked]
    return sorted((d for d in found if d), key=lambda d: (d.on, addresses.key(d.address)))


def _at(welcomes: list[Welcome], visits: list[Rang]) -> Due | None:
    """What is due at one door."""
    visits = sorted(visits, key=lambda v: (v.day, v.made, v.id))
    waiting = sorted((w for w in welcomes if not w.done), key=lambda w: (w.since, w.made, w.id))
    if not visits:
        return _new(waiting[0]) if waiting else None
    last = visits[-1]
    fresh = [w for w in waiting if w.since > last.day]  # somebody else has moved in since
    if fresh and last.outcome not in OPEN:
        return _new(fresh[0])
    step = _after(visits)
    if step and waiting and waiting[-1].plan and waiting[-1].plan > last.day:
        return Due(
            step.address, waiting[-1].plan, Reason.PLANNED, last.day, waiting[-1].id, last.id, step.tries, step.part
        )
    if step and waiting:
        return Due(
            step.address,
            step.on,
            step.reason,
            step.since,
            waiting[-1].id,
            step.visit,
            step.tries,
            step.part,
            step.asked,
        )
    return step


def _new(welcome: Welcome) -> Due:
    if welcome.plan:
        return Due(welcome.address, welcome.plan, Reason.PLANNED, welcome.since, welcome.id)
    return Due(welcome.address, welcome.since, Reason.NEW, welcome.since, welcome.id)


def _after(visits: list[Rang]) -> Due | None:
    """What follows from the visits to one door, oldest first."""
    last = visits[-1]
    tries = 0
    for visit in reversed(visits):
        if visit.outcome is not Outcome.NOT_HOME:
            break
        tries += 1
    if last.come_back and last.outcome not in (Outcome.NO_CONTACT, Outcome.MOVED):
        reason = {Outcome.NOT_HOME: Reason.NOT_HOME, Outcome.LATER: Reason.LATER}.get(last.outcome, Reason.COME_BACK)  # type: ignore[arg-type]
        return Due(last.address, last.come_back, reason, last.day, visit=last.id, tries=tries, asked=last.part)
    if last.outcome is Outcome.NOT_HOME and tries <= NOT_HOME_TIMES:
        part = _another_part([v.part for v in visits[-tries:]])
        on = last.day + timedelta(days=NOT_HOME_DAYS)
        return Due(last.address, on, Reason.NOT_HOME, last.day, visit=last.id, tries=tries, part=part, asked=last.part)
    if last.outcome is Outcome.LATER:
        on = last.day + timedelta(days=LATER_DAYS)
        return Due(last.address, on, Reason.LATER, last.day, visit=last.id, asked=last.part)
    return None


def _another_part(tried: list[DayPart | None]) -> DayPart:
    """A part of the day that was tried least, and not the last time; the evening first, when most are home."""
    order = (DayPart.EVENING, DayPart.AFTERNOON, DayPart.MORNING)
    counts: Mapping[DayPart, int] = {part: tried.count(part) for part in order}
    return min((p for p in order if not tried or p is not tried[-1]), key=lambda p: (counts[p], order.index(p)))


def part_of(hour: int) -> DayPart:
    """The part of the day of an hour, 0 to 23."""
    if hour < 12:
        return DayPart.MORNING
    return DayPart.AFTERNOON if hour < 18 else DayPart.EVENING
