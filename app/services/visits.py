"""Welcome visits: checking a form, writing it as count and detail, and reading it back.

Count (day, outcome) goes to the own ring and the coordinators' ring and is kept seven years; detail (address,
gift, wishes, note, come-back day) twelve months, and only to the own ring when the resident did not want the
coordinator to read it. The two are two envelopes of one transaction.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar, overload

from app.services.models import (
    MAX_ADDRESS,
    MAX_NOTE,
    Gift,
    Outcome,
    Review,
    ReviewState,
    Visit,
    VisitForm,
    Wish,
)
from app.services.session import Session
from sync.core import ring
from sync.core.change import LIFE, REMOVED, Change, Patch
from sync.core.errors import BadInput, Forbidden, NotFound
from sync.core.ids import ID_BYTES, record_id
from sync.core.merge import Record
from sync.device.writer import Part

KIND = "visit"
DETAIL_MONTHS, COUNT_MONTHS = 12, 7 * 12
_READ_REVIEWS = "read reviews"
E_ = TypeVar("E_", Gift, Outcome, ReviewState)


def check(form: VisitForm, today: date) -> None:
    """Refuse a form that can't be saved. Raises BadInput(field, why); nothing is lost, the draft stays."""
    if form.shared is None:
        raise BadInput("shared", "missing")
    if not form.address.strip():
        raise BadInput("address", "missing")
    if len(form.address) > MAX_ADDRESS:
        raise BadInput("address", "too_long")
    if form.day is None:
        raise BadInput("day", "missing")
    if form.day > today + timedelta(days=1):
        raise BadInput("day", "future")
    if form.outcome is None:
        raise BadInput("outcome", "missing")
    if len(form.note) > MAX_NOTE:
        raise BadInput("note", "too_long")
    if form.come_back is not None and form.come_back < form.day:
        raise BadInput("come_back", "before_visit")


async def save(session: Session, form: VisitForm, today: date, visit: bytes | None = None) -> bytes:
    """Write a new visit, or what differs in one of mine; its id, when durable.

    Raises BadInput, NotFound, Forbidden (someone else's) or DiskFull.
    """
    known = mine(session, visit) if visit is not None else None
    if known is not None:
        form = VisitForm(**{**_as_dict(form), "shared": known.value("count.shared") is True})
    check(form, today)
    nonce = None if known else session.world.random.bytes(ID_BYTES)
    record = known.id if known else record_id(session.member, KIND, nonce or b"")
    parts = []
    for group, rings, months in _groups(session, form, known):
        fields = _patches(group, _fields(group, form), known)
        if fields:
            change = Change(KIND, group, record, session.writer.stamp(), fields, nonce)
            parts.append(Part(change, rings, month_after(form.day or today, months)))
    if parts:
        await session.writer.write(parts)
        await session.catch_up()
        session.syncer.wake()
    return record


def _as_dict(form: VisitForm) -> dict[str, Any]:
    return {name: getattr(form, name) for name in VisitForm.__dataclass_fields__}


def team_of(session: Session, record: Record | None) -> bytes:
    """The team that a record was made in, or for a new one the team that this device works for."""
    return min(record.teams, default=session.team) if record else session.team


def _groups(session: Session, form: VisitForm, known: Record | None) -> list[tuple[str, frozenset[bytes], int]]:
    both = frozenset({session.own_ring(), ring.coordinators_ring(team_of(session, known))})
    detail = both if form.shared else frozenset({session.own_ring()})
    return [("count", both, COUNT_MONTHS), ("detail", detail, DETAIL_MONTHS)]


def _fields(group: str, form: VisitForm) -> dict[str, Any]:
    if group == "count":
        day = form.day.isoformat() if form.day else None
        return {"day": day, "outcome": form.outcome and form.outcome.value, "shared": form.shared}
    return {
        "address": form.address.strip(),
        "gift": form.gift.value if form.gift else None,
        "wishes": sorted(w.value for w in form.wishes),
        "note": form.note,
        "come_back": form.come_back.isoformat() if form.come_back else None,
    }


def _patches(group: str, values: dict[str, Any], known: Record | None) -> dict[str, Patch]:
    """All fields of a new record; of a known one those that differ, naming what they replace."""
    if known is None:
        return {name: Patch(value) for name, value in values.items()}
    return {
        name: Patch(value, known.replaces(f"{group}.{name}"))
        for name, value in values.items()
        if known.value(f"{group}.{name}") != value or f"{group}.{name}" in known.conflicts()
    }


def month_after(day: date, months: int) -> int:
    """The month, as YYYYMM, that lies so many months after a day."""
    total = day.year * 12 + day.month - 1 + months
    return total // 12 * 100 + total % 12 + 1


async def set_removed(session: Session, visit: bytes, removed: bool) -> None:
    """Hide one of my visits, or undo that. Raises NotFound or Forbidden."""
    known = mine(session, visit)
    patch = Patch(removed, known.replaces(f"{LIFE}.{REMOVED}"))
    seen = tuple(sorted(known.live_ids())) if removed else ()
    change = Change(KIND, LIFE, visit, session.writer.stamp(), {REMOVED: patch}, seen=seen)
    rings = frozenset({session.own_ring(), ring.coordinators_ring(team_of(session, known))})
    await session.writer.write([Part(change, rings, month_after(_today(session), COUNT_MONTHS))])
    await session.catch_up()
    session.syncer.wake()


def _today(session: Session) -> date:
    return date.fromtimestamp(session.writer.now() / 1000)


def mine(session: Session, visit: bytes) -> Record:
    """A visit of this member, to change. Raises NotFound or Forbidden."""
    record = session.replica.records.get(visit)
    if record is None or record.kind != KIND:
        raise NotFound("visit")
    if record.creator != session.member:
        raise Forbidden("another's visit")
    return record


# -- reading ---------------------------------------------------------------------------------------------

_SELECT = """
SELECT v.*, coalesce(m.name, '') AS by_name, r.id AS review_id, r.state, r.reply, r.day AS review_day,
       coalesce(c.name, '') AS reviewer
FROM visits v
LEFT JOIN members m ON m.member = v.creator
LEFT JOIN reviews r ON r.id = (
    SELECT id FROM reviews WHERE visit = v.id ORDER BY stamp DESC, id DESC LIMIT 1)
LEFT JOIN members c ON c.member = r.creator
"""


class Listed(Sequence[Visit]):
    """Visits of which only those that are looked at are made: a list of thousands opens as fast as one of ten."""

    def __init__(self, session: Session, where: str, order: str, **values: str) -> None:
        """`where` and `order` are texts of ours, never of a user."""
        self._session, self._where, self._order, self._values = session, where, order, values
        count = f"SELECT count(*) AS n FROM visits v WHERE {where}"  # noqa: S608
        self._length = int(session.view.ask(count, **values)[0]["n"])

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> Visit: ...
    @overload
    def __getitem__(self, place: slice) -> list[Visit]: ...
    def __getitem__(self, place: int | slice) -> Visit | list[Visit]:
        if isinstance(place, slice):
            first, after, step = place.indices(self._length)
            return self._some(first, max(after - first, 0))[::step] if step > 0 else list(self)[place]
        if not -self._length <= place < self._length:
            raise IndexError(place)
        return self._some(place % self._length, 1)[0]

    def __iter__(self) -> Iterator[Visit]:
        return iter(self._some(0, self._length))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def _some(self, first: int, count: int) -> list[Visit]:
        query = f"{_SELECT} WHERE {self._where} ORDER BY {self._order} LIMIT :count OFFSET :first"
        rows = self._session.view.ask(query, **self._values, count=count, first=first)
        return _to_visits(self._session, rows)


def of_mine(session: Session) -> Sequence[Visit]:
    """This member's visits, newest day first, removed ones left out."""
    return Listed(session, "v.creator = :me AND NOT v.hidden", "v.day DESC, v.made DESC, v.id", me=session.member.hex())


def my_ids(session: Session) -> list[str]:
    """The ids, as hex, of this member's visits."""
    rows = session.view.ask("SELECT id FROM visits WHERE creator = :me", me=session.member.hex())
    return [row["id"] for row in rows]


def of_team(session: Session, where: str, order: str) -> Sequence[Visit]:
    """Everyone's visits that this device may read; `where` and `order` are texts of ours, never of a user."""
    return Listed(session, f"NOT v.hidden AND {where}", order)


def one(session: Session, visit: bytes) -> Visit:
    """One visit, removed or not. Raises NotFound."""
    rows = session.view.ask(_SELECT + "WHERE v.id = :id", id=visit.hex())
    if not rows:
        raise NotFound("visit")
    return _to_visits(session, rows)[0]


def _to_visits(session: Session, rows: list[dict[str, Any]]) -> list[Visit]:
    unsent = unsent_records(session) | refused_records(session)
    read = read_reviews(session)
    return [_to_visit(session, row, unsent, read) for row in rows]


def _to_visit(session: Session, row: dict[str, Any], unsent: set[bytes], read: set[bytes]) -> Visit:
    name = bytes.fromhex(row["id"])
    mine_ = row["creator"] == session.member.hex()
    review = None
    if row["review_id"]:
        state = _enum(ReviewState, row["state"]) or ReviewState.SEEN
        review = Review(state, row["reply"] or "", row["reviewer"], _day(row["review_day"]) or date.min)
    return Visit(
        id=name,
        form=VisitForm(
            shared=bool(row["shared"]),
            address=row["address"],
            day=_day(row["day"]),
            gift=_enum(Gift, row["gift"]),
            outcome=_enum(Outcome, row["outcome"]),
            wishes=frozenset(w for code in row["wishes"].split(",") if (w := _wish(code))),
            note=row["note"],
            come_back=_day(row["come_back"]),
        ),
        by=row["by_name"],
        mine=mine_,
        synced=name not in unsent,
        detail=bool(row["detail"]),
        review=review,
        unread_review=bool(review and mine_ and _word(session, row["review_id"]) not in read),
        other_notes=_other_notes(session, name),
    )


def _other_notes(session: Session, visit: bytes) -> tuple[tuple[str, str], ...]:
    """Versions of the note that nobody has chosen between, all but the one shown."""
    versions = session.replica.records[visit].conflicts().get("detail.note", [])
    names = {row["member"]: row["name"] for row in session.view.ask("SELECT * FROM members")} if versions else {}
    origins = session.replica.origins
    return tuple(
        (names.get(origins[v.id].member.hex(), ""), v.value)
        for v in versions[:-1]
        if isinstance(v.value, str) and v.id in origins
    )


def unsent_records(session: Session) -> set[bytes]:
    """Records with something that the server has not acknowledged."""
    origins = session.replica.origins
    return {origins[e.id].record for e in session.log.pending(100_000) if e.id in origins}


def refused_records(session: Session) -> set[bytes]:
    """Records with something of ours that the server refused for good: they are on this device only."""
    origins = session.replica.origins
    return {origins[name].record for name in session.replica.aside if name in origins}


def read_reviews(session: Session) -> set[bytes]:
    """Words on visits that this device's user has opened."""
    data = session.log.get(_READ_REVIEWS) or b""
    return {data[i : i + ID_BYTES] for i in range(0, len(data), ID_BYTES)}


def _word(session: Session, review: str) -> bytes:
    """What stands for the present word of a review: a later word on the same visit is unread again."""
    record = session.replica.records[bytes.fromhex(review)]
    state = record.fields.get("word.state")  # another version's word may have none
    said = state.live() if state else []
    return said[-1].id[:ID_BYTES] if said else record.id


def mark_review_read(session: Session, visit: bytes) -> None:
    """Remember, on this device only, that the review of a visit has been opened."""
    rows = session.view.ask("SELECT id FROM reviews WHERE visit = :visit", visit=visit.hex())
    read = read_reviews(session)
    fresh = {_word(session, row["id"]) for row in rows} - read
    if fresh:
        session.log.put({_READ_REVIEWS: b"".join(sorted(read | fresh))})


def _enum(kind: type[E_], value: str | None) -> E_ | None:
    """A code of this version, or None for one of a newer version."""
    return next((member for member in kind if member.value == value), None)


def _wish(code: str) -> Wish | None:
    return next((w for w in Wish if w.value == code), None)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
