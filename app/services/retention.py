"""What goes from this device because its time is over, and what will go next.

Two terms. *Its month*: whatever is past the month that its author signed goes, on every device and on the server.
*Ninety days*: a contact person's phone drops the details that a coordinator holds as well, ninety days after the last
day that they are about. What nobody else can read stays until its month, what the server has not acknowledged stays
whatever the day is. Drafts go after thirty days. Why: docs/decisions/0016-retention.md.

Nothing goes before both this device's clock and the server's say that it is time (sync.device.terms).
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from app.services.law import terms as own_terms
from sync.core import envelope, ring
from sync.core.errors import StraatError
from sync.core.merge import Record
from sync.core.ports import LogEntry, LogState
from sync.core.rights import Role
from sync.core.roll import State
from sync.device import terms

if TYPE_CHECKING:
    from app.services.live import Live
    from app.services.session import Session

logger = logging.getLogger(__name__)
CONTACT_DAYS, DRAFT_DAYS = 90, 30
DAY_MILLIS = terms.DAY_MILLIS
SHOWN_DAYS = 62  # what goes within so many days is told beforehand
DRAFT = "draft"
# What a contact person's phone holds for ninety days, and the fields that name a day that it is about.
EARLY: Mapping[str, tuple[str, ...]] = {
    "visit": ("count.day", "detail.come_back"),
    "activity": ("count.day", "detail.until"),
    "welcome": ("task.since", "state.plan"),
    "followup": ("detail.due", "state.done"),
}
EARLY_GROUPS: Mapping[str, tuple[str, ...]] = {
    "visit": ("detail",),
    "activity": ("detail",),
    "welcome": ("task", "state"),
    "followup": ("detail", "state"),
}
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Going:
    """So many of one sort go from this device on a day. `what`: kind/group, or "draft"."""

    day: date
    what: str
    count: int


# -- the rules -------------------------------------------------------------------------------------------


def groups(kind: str) -> tuple[str, ...]:
    """The groups of a kind that a contact person's phone drops early, as "kind/group"."""
    return tuple(f"{kind}/{group}" for group in EARLY_GROUPS.get(kind, ()))


def last_day(record: Record) -> int | None:
    """The last day (since 1970) that a record's early groups are about: written down, held, or to come back to.

    None: it has something to be done yet, and stays.
    """
    if record.kind == "welcome" and record.value("state.done") is not True:
        return None
    if record.kind == "followup" and not record.value("state.done"):
        return None
    written = [
        v.stamp.millis // DAY_MILLIS
        for name, register in record.fields.items()
        if name.partition(".")[0] in EARLY_GROUPS.get(record.kind, ())
        for v in register.versions.values()
    ]
    named = [record.value(name) for name in EARLY.get(record.kind, ())]
    days = [day for value in named if (day := _day(value)) is not None]
    return max([*written, *days], default=None)


def _day(value: object) -> int | None:
    try:
        return (date.fromisoformat(value) - _EPOCH).days if isinstance(value, str) else None
    except ValueError:
        return None


def may_go(entries: Iterable[LogEntry], state: State) -> bool:
    """Whether someone else holds all of these: the server has acknowledged them, and each is sealed to more than an own
    ring.
    """
    for entry in entries:
        if entry.state != LogState.STORED:
            return False
        try:
            links = envelope.parse_any(entry.data).header.links
        except StraatError:
            return False
        if all(link.ring not in state.rings or state.rings[link.ring].kind == ring.OWN for link in links):
            return False
    return True


# -- what goes now ---------------------------------------------------------------------------------------


async def tidy(session: "Session") -> int:
    """Drop what has to go; how many envelopes and drafts did. Asked at each unlocking, and daily while it is open."""
    now = terms.sure_millis(session.log, session.world.clock)
    drafts = tidy_drafts(session, now)
    if not now:
        return drafts
    await session.replica.memory.settle()
    names = terms.expired(session.replica, session.log, terms.month_of(now)) | _early(session, now // DAY_MILLIS)
    names |= _shorter(session, terms.month_of(now))
    if names:
        await session.replica.drop(names)
        session.keeping.soon()
        logger.info("%d envelopes dropped: their time was over", len(names))
    return len(names) + drafts


def _shorter(session: "Session", month: int) -> set[bytes]:
    """What goes by the organisation's own, shorter terms; nothing that the server has not acknowledged."""
    entries = session.log.fetch(sorted(own_terms.over(session, month, own_terms.standing(session))))
    return {e.id for e in entries if e.state not in (LogState.PENDING, LogState.STUB)}


def draft_days(session: "Session") -> int:
    """How long a draft is kept that nobody types in."""
    return own_terms.standing(session).length[own_terms.Kept.DRAFT]


def tidy_drafts(session: "Session", now: int) -> int:
    """Drop drafts that nobody has typed in for thirty days, or fewer; those without a day get today's."""
    days = session.log.draft_days()
    if any(not day for day in days.values()):
        session.log.date_drafts(max(session.world.clock.millis(), DAY_MILLIS) // DAY_MILLIS)
        days = session.log.draft_days()
    old = [form for form, day in days.items() if day + draft_days(session) <= now // DAY_MILLIS]
    for form in old:
        session.log.put_draft(form, None)
    return len(old)


def _early(session: "Session", today: int) -> set[bytes]:
    """Details that are over their ninety days, if this device is not a coordinator's."""
    state = session.roll.state
    here = state.devices.get(session.device)
    if here is None or here.role is Role.COORDINATOR:
        return set()
    names: set[bytes] = set()
    for record, some in _candidates(session, today).items():
        last = last_day(session.replica.records[record])
        if last is not None and last + CONTACT_DAYS <= today and may_go(session.log.fetch(sorted(some)), state):
            names |= some
    return names


def _candidates(session: "Session", today: int) -> dict[bytes, set[bytes]]:
    whats = [what for kind in EARLY for what in groups(kind)]
    return session.replica.memory.older(whats, today - CONTACT_DAYS + 1)


# -- what will go ----------------------------------------------------------------------------------------


def coming(session: "Session") -> list[Going]:
    """What goes from this device in the next two months, the first day first. By this device's own, corrected clock."""
    today = session.writer.now() // DAY_MILLIS
    found: dict[tuple[date, str], int] = {}

    def add(day: int, what: str, count: int = 1) -> None:
        if count and day <= today + SHOWN_DAYS:
            key = (_EPOCH + timedelta(days=max(day, today)), what)
            found[key] = found.get(key, 0) + count

    soon = _candidates(session, today + SHOWN_DAYS)
    early = _early(session, today + SHOWN_DAYS)
    told: set[bytes] = set()
    for record, some in soon.items():
        known = session.replica.records[record]
        last = last_day(known)
        if last is not None and some & early:
            add(last + CONTACT_DAYS, groups(known.kind)[0])
            told.add(record)
    sooner = _by_own_terms(session, own_terms.standing(session), today)
    for (month, what), records in sooner.items():
        add((_first_after(month) - _EPOCH).days, what, len(records - told))
    for month, what, records in session.replica.memory.terms():
        gone = {r for (before, of), some in sooner.items() if of == what and before < month for r in some}
        if left := records - told - gone:
            add((_first_after(month) - _EPOCH).days, what, len(left))
    for day in session.log.draft_days().values():
        add((day or today) + draft_days(session), DRAFT)
    return [Going(day, what, count) for (day, what), count in sorted(found.items())]


def _by_own_terms(session: "Session", own: own_terms.Terms, today: int) -> dict[tuple[int, str], set[bytes]]:
    """What goes within the next months by the organisation's own terms, by (the last month that it is kept, what)."""
    found: dict[tuple[int, str], set[bytes]] = {}
    seen: set[bytes] = set()
    first = terms.month_of(today * DAY_MILLIS)
    for ahead in range(1 + SHOWN_DAYS // 28):
        month = own_terms.sooner(first, -ahead)
        for name in own_terms.over(session, month, own) - seen:
            seen.add(name)
            origin = session.replica.origins[name]
            found.setdefault((own_terms.sooner(month, 1), origin.what), set()).add(origin.record)
    return found


def _first_after(month: int) -> date:
    """The first day on which what expires with a month (YYYYMM) is gone."""
    year, number = divmod(month, 100)
    return date(year + number // 12, number % 12 + 1, 1)


def day_of(millis: int) -> date:
    """The day of a moment, UTC."""
    return datetime.fromtimestamp(millis / 1000, UTC).date()


class Retention:
    """What the screen about keeping shows."""

    def __init__(self, live: "Live") -> None:
        self._live = live

    def coming(self) -> list[Going]:
        """What goes from this device in the next two months (when OPEN)."""
        return coming(self._live.require_session())

    @property
    def keeps_details(self) -> bool:
        """Whether this is a coordinator's device, which holds shared details their full time."""
        session = self._live.require_session()
        return session.roll.state.device(session.device).role is Role.COORDINATOR

    @property
    def came_gone(self) -> int:
        """How many messages had expired or been erased before they came here."""
        return len(self._live.require_session().replica.gone.left)
