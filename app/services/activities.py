"""Activities of the street: planned, held, repeated weekly. Nobody's name, only how many came.

Count (day, kind, heads, helpers) is kept seven years, detail (place, time, how it went, tags) twelve months; both go
to the own ring and the coordinators' ring, as two envelopes of one transaction.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.services import activities_form as forms
from app.services import records
from app.services.activities_form import ActivityForm
from app.services.calendar_file import Event, calendar_file
from app.services.directory.dutch_time import amsterdam
from app.services.live import Live
from app.services.records import COUNT_MONTHS, DETAIL_MONTHS, Group, month_after, team_of
from app.services.reports import placing
from app.services.session import Session
from app.services.visits import refused_records, unsent_records
from sync.core import ring
from sync.core.errors import DiskFull, NotFound
from sync.core.ids import digest
from sync.core.merge import Record
from sync.device.writer import Part

KIND = "activity"
NEW = "activity new"  # the draft of a new one; those of others are named by their id as hex
ASKED_FOR_DAYS = 28  # nobody is asked for ever how it was
_PAST = 200


@dataclass(frozen=True, slots=True)
class Activity:
    """A saved activity to read. `detail` is False once only its count is left."""

    id: bytes
    form: ActivityForm
    by: str
    mine: bool
    synced: bool
    detail: bool = True
    other_notes: tuple[str, ...] = ()  # versions of how it went that nobody has chosen between


@dataclass(frozen=True, slots=True)
class Proposal:
    """The next of a weekly row: the last one, and the day on which it would be held again."""

    last: Activity
    day: date


class Activities:
    """What a person does with activities."""

    def __init__(self, live: Live) -> None:
        self._live = live

    # -- reading -----------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The clock in the Netherlands."""
        return amsterdam(self._live.require_session().writer.now())

    def upcoming(self) -> list[Activity]:
        """What is still to come, soonest first."""
        now = self.now()
        rows = self._read("day >= :day ORDER BY day, time, id", day=(now.date() - timedelta(days=1)).isoformat())
        return [a for a in rows if not forms.is_over(a.form, now)]

    def past(self) -> list[Activity]:
        """What has been, last one first."""
        now = self.now()
        rows = self._read("day <= :day ORDER BY day DESC, time DESC, id LIMIT :most", day=now.date().isoformat())
        return [a for a in rows if forms.is_over(a.form, now)]

    def to_finish(self) -> list[Activity]:
        """Mine that have been, of the last weeks, and of which nobody has told yet how many came. Last one first."""
        since = (self.now().date() - timedelta(days=ASKED_FOR_DAYS)).isoformat()
        return [a for a in self.past() if a.mine and a.form.heads is None and str(a.form.day) >= since]

    def proposals(self) -> list[Proposal]:
        """Of each weekly row of mine of which nothing is planned: the next one."""
        now, rows = self.now(), self._read("creator = :me ORDER BY day, made", hidden_too=True)
        last: dict[bytes, Activity] = {}
        days: dict[bytes, date] = {}
        for activity, hidden in zip(rows, self._hidden(rows), strict=True):
            series = activity.form.series or activity.id
            days[series] = max(days.get(series, date.min), activity.form.day or date.min)
            if not hidden:
                last[series] = activity
        found = []
        for series, activity in last.items():
            ago = now.date() - days[series]
            if not activity.form.weekly or not timedelta(0) <= ago <= forms.PROPOSED_FOR_WEEKS * forms.WEEK:
                continue
            if forms.is_over(replace(activity.form, day=days[series]), now):
                day = forms.next_weekly(days[series], activity.form.until, now.date())
                found += [Proposal(activity, day)] if day else []
        return found

    def one(self, activity: bytes) -> Activity:
        """One activity, removed or not. Raises NotFound."""
        rows = self._read("id = :id", hidden_too=True, id=activity.hex())
        if not rows:
            raise NotFound(KIND)
        return rows[0]

    def _read(self, where: str, hidden_too: bool = False, **values: str) -> list[Activity]:
        """`where` is a text of ours, never of a user."""
        session = self._live.require_session()
        shown = "1" if hidden_too else "NOT hidden"
        query = (
            "SELECT a.*, coalesce(m.name, '') AS by_name FROM activities a "  # noqa: S608
            f"LEFT JOIN members m ON m.member = a.creator WHERE {shown} AND {where}"
        )
        rows = session.view.ask(query, **values, me=session.member.hex(), most=_PAST)
        unsent = unsent_records(session) | refused_records(session) if rows else set()
        return [_to_activity(session, row, unsent) for row in rows]

    def _hidden(self, activities: list[Activity]) -> list[bool]:
        known = self._live.require_session().replica.records
        return [known[a.id].hidden for a in activities]

    # -- drafts ------------------------------------------------------------------------------------------

    def draft(self, key: str) -> ActivityForm | None:
        """The draft of a form: NEW, or an activity's id as hex."""
        kept = self._live.drafts.get(key) if self._live.drafts else None
        return forms.from_plain(kept) if kept is not None else None

    async def keep_draft(self, key: str, form: ActivityForm | None) -> None:
        """Keep the form as it is now; None drops it."""
        self._live.require_session()
        if self._live.drafts:
            await self._live.drafts.put(key, forms.to_plain(form) if form else None)

    # -- doing -------------------------------------------------------------------------------------------

    async def save(self, form: ActivityForm, activity: bytes | None = None) -> bytes:
        """Write a new activity, or what differs in one of mine; its id, when durable. Drops the draft.

        Raises BadInput(field, why), NotFound, Forbidden or DiskFull (the draft is kept).
        """
        session = self._live.require_session()
        known = records.mine(session, KIND, activity) if activity is not None else None
        forms.check(form, self.now().date())
        record, made = _parts(session, form, known)
        key = activity.hex() if activity else NEW
        await records.write(session, made, await self._live.spend(key))
        with suppress(DiskFull):  # it is saved: to say otherwise would make someone save it twice
            await self.keep_draft(key, None)
        self._live.tell()
        return record

    async def repeat(self, activity: bytes) -> bytes:
        """Plan the next of a weekly row: the same as last time. Raises NotFound when it is not proposed (any more)."""
        found = next((p for p in self.proposals() if p.last.id == activity), None)
        if found is None:
            raise NotFound(KIND)
        session = self._live.require_session()
        form = forms.again(found.last.form, found.day, found.last.form.series or activity)
        record, made = _parts(session, form, None)
        await records.write(session, made)
        self._live.tell()
        return record

    async def set_removed(self, activity: bytes, removed: bool) -> None:
        """Hide one of my activities (it did not go ahead), or undo that."""
        session = self._live.require_session()
        known = records.mine(session, KIND, activity)
        expiry = month_after(self.now().date(), COUNT_MONTHS)
        await records.write(session, [records.removal(session, known, removed, _rings(session, known), expiry)])
        self._live.tell()

    def calendar(self, activity: bytes, title: str) -> bytes:
        """A calendar file of an activity: what, where and when. `title` is what it is called in the calendar."""
        session = self._live.require_session()
        a = self.one(activity)
        if a.form.day is None:
            raise NotFound(KIND)
        return calendar_file(
            _event(a.id, a.form, a.form.day, title), datetime.fromtimestamp(session.writer.now() / 1000, UTC)
        )

    async def share(self, title: str, text: str) -> bool:
        """Open the device's own way of sharing; False where there is none, and for a refusal."""
        return await self._live.page.share(title, text)


def calendar_event(row: Mapping[str, Any], titles: Mapping[str, str]) -> Event | None:
    """An activity of the view as it stands in a calendar of all of them; one of a weekly row stands for itself."""
    form = forms.from_row(row)
    if form.day is None or form.kind is None:
        return None
    title = titles.get(form.kind.value, form.kind.value)
    return _event(bytes.fromhex(row["id"]), replace(form, weekly=False, until=None), form.day, title)


def _event(activity: bytes, form: ActivityForm, day: date, title: str) -> Event:
    uid = digest("calendar", activity)[:16].hex() + "@straatcontact"
    return Event(uid, title, day, form.time, form.minutes, form.place, form.weekly, form.until)


def my_ids(session: Session) -> list[str]:
    """The ids, as hex, of this member's activities."""
    rows = session.view.ask("SELECT id FROM activities WHERE creator = :me", me=session.member.hex())
    return [row["id"] for row in rows]


def _rings(session: Session, known: Record | None) -> frozenset[bytes]:
    return frozenset({session.own_ring(), ring.coordinators_ring(team_of(session, known))})


def _parts(session: Session, form: ActivityForm, known: Record | None) -> tuple[bytes, list[Part]]:
    day, rings = form.day or date.min, _rings(session, known)
    at: dict[str, Any] = {"place": _counted_at(session, form, known)}
    kept: tuple[tuple[str, int, dict[str, Any]], ...] = (("count", COUNT_MONTHS, at), ("detail", DETAIL_MONTHS, {}))
    groups = [Group(name, forms.fields(name, form) | more, rings, month_after(day, m)) for name, m, more in kept]
    return records.parts(session, KIND, groups, known)


def _counted_at(session: Session, form: ActivityForm, known: Record | None) -> Any:
    """The area in which it is counted; that of one at the same place stays what it was."""
    if known is not None and known.value("detail.place") == form.place.strip():
        return known.value("count.place")
    return placing.of_address(session, form.place)


def _to_activity(session: Session, row: dict[str, Any], unsent: set[bytes]) -> Activity:
    name = bytes.fromhex(row["id"])
    others = session.replica.records[name].conflicts().get("detail.how", [])
    return Activity(
        id=name,
        form=forms.from_row(row),
        by=row["by_name"],
        mine=row["creator"] == session.member.hex(),
        synced=name not in unsent,
        detail=bool(row["detail"]),
        other_notes=tuple(v.value for v in others[:-1] if isinstance(v.value, str)),
    )
