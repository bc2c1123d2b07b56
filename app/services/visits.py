"""Welcome visits: checking a form, writing it as count and detail, changing consent, and reading it back.

Count (day, outcome) goes to the own ring and the coordinators' ring and is kept seven years; detail (address,
gift, wishes, note, come-back day) twelve months, and only to the own ring when the resident did not want the
coordinator to read it. The two are two envelopes of one transaction. Where nothing may be noted there is no detail.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, overload

from app.services import erasing, records, visit_versions
from app.services.models import (
    MAX_ADDRESS,
    MAX_NOTE,
    DayPart,
    Gift,
    Outcome,
    Review,
    ReviewState,
    Visit,
    VisitForm,
)
from app.services.records import COUNT_MONTHS, DETAIL_MONTHS, Group, iso, month_after, team_of
from app.services.reports import placing
from app.services.rounds.kinds import DOOR
from app.services.session import Session
from app.services.visit_draft import one_of
from sync.core import ring
from sync.core.errors import BadInput, NotFound
from sync.core.ids import ID_BYTES
from sync.core.merge import Record
from sync.device.writer import Part

__all__ = ["COUNT_MONTHS", "DETAIL_MONTHS", "team_of"]

KIND = "visit"
MAX_WISHES, MAX_WISH = 20, 60
LONGEST_AGO = timedelta(days=330)
_READ_REVIEWS = "read reviews"
QUIET = frozenset({"audit", "receipt"})  # what nobody wrote down: no note that waits to be sent


def check(form: VisitForm, today: date) -> None:
    """Refuse a form that can't be saved. Raises BadInput(field, why); nothing is lost, the draft stays."""
    if form.shared is None:
        raise BadInput("shared", "missing")
    if form.noted:
        _check_detail(form)
    elif form.address or form.note or form.wishes or form.gift or form.come_back:
        raise BadInput("note", "no_consent")
    if form.day is None:
        raise BadInput("day", "missing")
    if form.day > today + timedelta(days=1):
        raise BadInput("day", "future")
    if form.outcome is None:
        raise BadInput("outcome", "missing")
    if form.come_back is not None and form.come_back < form.day:
        raise BadInput("come_back", "before_visit")


def _check_detail(form: VisitForm) -> None:
    if not form.address.strip():
        raise BadInput("address", "missing")
    if len(form.address) > MAX_ADDRESS:
        raise BadInput("address", "too_long")
    if len(form.note) > MAX_NOTE:
        raise BadInput("note", "too_long")
    if len(form.wishes) > MAX_WISHES or any(len(w) > MAX_WISH for w in form.wishes):
        raise BadInput("wishes", "too_many")


async def save(
    session: Session,
    form: VisitForm,
    today: date,
    visit: bytes | None = None,
    also: Sequence[Part] = (),
    spent: Mapping[str, bytes] | None = None,
) -> bytes:
    """Write a new visit, or what differs in one of mine, and what else this act writes; its id, when durable. `spent`:
    see Drafts.spend.

    Raises BadInput, NotFound, Forbidden (someone else's) or DiskFull.
    """
    known = records.mine(session, KIND, visit) if visit is not None else None
    if known is not None:
        form = replace(form, shared=known.value("count.shared") is True, noted=_noted(known))
    check(form, today)
    record, made = _parts(session, form, today, known)
    await records.write(session, [*made, *also], spent)
    return record


def _parts(
    session: Session, form: VisitForm, today: date, known: Record | None = None, was: Record | None = None
) -> tuple[bytes, list[Part]]:
    """`was`: the one that this is written in place of."""
    day = max(form.day or today, _sure_today(session) - LONGEST_AGO)  # what is noted late is kept for a month at least
    return records.parts(
        session,
        KIND,
        [
            Group(
                name, _fields(name, form) | _place(session, name, form, known or was), rings, month_after(day, months)
            )
            for name, rings, months in _groups(session, form, known)
        ],
        known,
    )


def _place(session: Session, group: str, form: VisitForm, known: Record | None) -> dict[str, Any]:
    """Where it is counted. Of the same address that stays what it was; so does it once the address may not be noted."""
    if group != "count":
        return {}
    address = form.address.strip()
    if known is not None and address in ("", known.value("detail.address")):
        return {"place": known.value("count.place")}
    return {"place": placing.of_address(session, address)}


def _sure_today(session: Session) -> date:
    """A day that has certainly begun: neither this device's clock nor the server's can move it ahead alone."""
    return date.fromtimestamp(max(0, min(session.writer.now(), session.world.clock.millis())) / 1000)


def _noted(known: Record) -> bool:
    return known.value("detail.address") is not None


def _groups(session: Session, form: VisitForm, known: Record | None) -> list[tuple[str, frozenset[bytes], int]]:
    both = frozenset({session.own_ring(), ring.coordinators_ring(team_of(session, known))})
    detail = both if form.shared else frozenset({session.own_ring()})
    return [("count", both, COUNT_MONTHS), *([("detail", detail, DETAIL_MONTHS)] if form.noted else [])]


def _fields(group: str, form: VisitForm) -> dict[str, Any]:
    if group == "count":
        day = form.day.isoformat() if form.day else None
        return {"day": day, "outcome": form.outcome and form.outcome.value, "shared": form.shared and form.noted}
    return {
        "address": form.address.strip(),
        "part": form.part.value if form.part else None,
        "gift": form.gift.value if form.gift else None,
        "wishes": sorted(str(w) for w in form.wishes),
        "introduce": form.introduce,
        "note": form.note,
        "come_back": form.come_back.isoformat() if form.come_back else None,
        "welcome": form.welcome,
    }


async def change_consent(session: Session, visit: bytes, noted: bool, shared: bool, today: date) -> bytes:
    """The resident gave or took back a consent; the id under which the visit stands from now on.

    Given: all of it is sealed to whoever may read it now. Taken back: the visit is written anew for whoever may still
    read it, and the old one is erased everywhere, in one transaction; where nothing may be noted the count stays.
    Raises NotFound, Forbidden or DiskFull.
    """
    known = records.mine(session, KIND, visit)
    if noted and not _noted(known):
        raise NotFound("detail")
    before = one(session, visit).form
    form = replace(before, shared=shared and noted, noted=noted, note=_every_note(known))
    if noted and shared:
        await records.write(session, _resealed(session, form, known, today))
        return visit
    if not noted:
        form = VisitForm(shared=False, noted=False, day=before.day, outcome=before.outcome)
    record, made = _parts(session, form, today, was=known)
    await erasing.erase(session, known, made)
    session.syncer.wake()
    return record


def _resealed(session: Session, form: VisitForm, known: Record, today: date) -> list[Part]:
    """Every field once more, each replacing what it was: whoever may read it now has it all."""
    day = form.day or today
    groups = [
        Group(name, _fields(name, form) | _place(session, name, form, known), rings, month_after(day, months))
        for name, rings, months in _groups(session, form, known)
    ]
    return records.parts(session, KIND, groups, known, everything=True)[1]


def _every_note(known: Record) -> str:
    """All versions of the note that nobody has chosen between, one below the other."""
    register = known.fields.get("detail.note")
    texts = [v.value for v in register.live() if isinstance(v.value, str)] if register else []
    return "\n\n".join(dict.fromkeys(filter(None, texts)))


async def choose(session: Session, visit: bytes, field: str, form: VisitForm) -> None:
    """One field of one of my visits as it stands in `form`, in place of every version of it; nothing else is written.

    Raises NotFound, Forbidden or DiskFull.
    """
    known = records.mine(session, KIND, visit)
    group = visit_versions.FIELDS[field]
    day = iso(known.value("count.day")) or date.fromtimestamp(session.writer.now() / 1000)
    now = VisitForm(shared=known.value("count.shared") is True, noted=_noted(known))
    groups = [
        Group(name, {field: _fields(name, form)[field]}, rings, month_after(day, months))
        for name, rings, months in _groups(session, now, known)
        if name == group
    ]
    await records.write(session, records.parts(session, KIND, groups, known)[1])


def moved(session: Session, visit: bytes, address: str) -> list[Part]:
    """What to write to give one of my visits another spelling of its address; nothing of what it says changes."""
    known = records.mine(session, KIND, visit)
    day = iso(known.value("count.day")) or date.fromtimestamp(session.writer.now() / 1000)
    form = VisitForm(shared=known.value("count.shared") is True)
    [rings] = [rings for name, rings, _ in _groups(session, form, known) if name == "detail"]
    group = Group("detail", {"address": address}, rings, month_after(day, DETAIL_MONTHS))
    return records.parts(session, KIND, [group], known)[1]


def removal(session: Session, visit: bytes, removed: bool) -> Part:
    """What to write to hide one of my visits, or to undo that. Raises NotFound or Forbidden."""
    known = records.mine(session, KIND, visit)
    rings = frozenset({session.own_ring(), ring.coordinators_ring(team_of(session, known))})
    today = date.fromtimestamp(session.writer.now() / 1000)
    return records.removal(session, known, removed, rings, month_after(today, COUNT_MONTHS))


# -- reading ---------------------------------------------------------------------------------------------

_SELECT = """
SELECT v.*, coalesce(m.name, '') AS by_name, r.id AS review_id, r.state, r.reply, r.day AS review_day, r.answered
FROM visits v
LEFT JOIN members m ON m.member = v.creator
LEFT JOIN reviews r ON r.id = (
    SELECT id FROM reviews WHERE visit = v.id AND NOT hidden ORDER BY stamp DESC, id DESC LIMIT 1)
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


class Chosen(Listed):
    """Visits chosen already, by their ids as hex, of which only those that are looked at are made."""

    def __init__(self, session: Session, names: Sequence[str]) -> None:
        self._session, self._names, self._length = session, names, len(names)

    def _some(self, first: int, count: int) -> list[Visit]:
        names = self._names[first : first + count]
        query = f"{_SELECT} WHERE v.id IN (SELECT value FROM json_each(:names))"  # noqa: S608
        rows = {row["id"]: row for row in self._session.view.ask(query, names=json.dumps(names))}
        return _to_visits(self._session, [rows[name] for name in names if name in rows])


def of_mine(session: Session) -> Sequence[Visit]:
    """This member's visits, newest day first, removed ones left out."""
    return Listed(session, "v.creator = :me AND NOT v.hidden", "v.day DESC, v.made DESC, v.id", me=session.member.hex())


def my_ids(session: Session) -> list[str]:
    """The ids, as hex, of this member's visits."""
    rows = session.view.ask("SELECT id FROM visits WHERE creator = :me", me=session.member.hex())
    return [row["id"] for row in rows]


def one(session: Session, visit: bytes) -> Visit:
    """One visit, removed or not. Raises NotFound."""
    rows = session.view.ask(_SELECT + "WHERE v.id = :id", id=visit.hex())
    if not rows:
        raise NotFound("visit")
    return _to_visits(session, rows)[0]


def _to_visits(session: Session, rows: list[dict[str, Any]]) -> list[Visit]:
    unsent = _with_their_visits(session, unsent_records(session) | refused_records(session))
    read = read_reviews(session)
    return [_to_visit(session, row, unsent, read) for row in rows]


def _to_visit(session: Session, row: dict[str, Any], unsent: set[bytes], read: set[bytes]) -> Visit:
    name = bytes.fromhex(row["id"])
    mine_ = row["creator"] == session.member.hex()
    review = None
    if row["review_id"]:
        state = one_of(ReviewState, row["state"]) or ReviewState.SEEN
        said = _word(session, row["review_id"])
        by = _writers(session, {said}).get(said, "")
        review = Review(state, row["reply"] or "", by, iso(row["review_day"]) or date.min, bool(row["answered"]))
    form = VisitForm(
        shared=bool(row["shared"]),
        noted=bool(row["detail"]),
        address=row["address"],
        day=iso(row["day"]),
        part=one_of(DayPart, row["part"]),
        gift=one_of(Gift, row["gift"]),
        outcome=one_of(Outcome, row["outcome"]),
        wishes=frozenset(code for code in row["wishes"].split(",") if code),
        introduce=bool(row["introduce"]),
        note=row["note"],
        come_back=iso(row["come_back"]),
        welcome=bytes.fromhex(row["welcome"]),
    )
    conflicts = session.replica.records[name].conflicts()
    writers = _writers(session, {v.id for versions in conflicts.values() for v in versions}) if conflicts else {}
    return Visit(
        id=name,
        form=form,
        by=row["by_name"],
        mine=mine_,
        synced=name not in unsent,
        detail=bool(row["detail"]),
        review=review,
        unread_review=bool(review and mine_ and _word(session, row["review_id"])[:ID_BYTES] not in read),
        other_notes=visit_versions.other_notes(conflicts, writers),
        others=visit_versions.others(conflicts, form, writers),
    )


def _writers(session: Session, versions: set[bytes]) -> dict[bytes, str]:
    """Who wrote each of these: envelope id → name."""
    names = {row["member"]: row["name"] for row in session.view.ask("SELECT * FROM members")}
    origins = session.replica.origins
    return {v: names.get(origins[v].member.hex(), "") for v in versions if v in origins}


def unsent_records(session: Session) -> set[bytes]:
    """Records with something that the server has not acknowledged."""
    return set(_unsent(session))


def _with_their_visits(session: Session, unsent: set[bytes]) -> set[bytes]:
    """These records, and the visits that words, answers and follow-ups among them are about."""
    if not unsent:
        return unsent
    rows = session.view.ask(
        "SELECT visit FROM reviews WHERE visit <> '' AND id IN (SELECT value FROM json_each(:unsent)) UNION"
        " SELECT visit FROM followups WHERE visit <> '' AND id IN (SELECT value FROM json_each(:unsent))",
        unsent=json.dumps([name.hex() for name in unsent]),
    )
    return unsent | {bytes.fromhex(row["visit"]) for row in rows}


def unsent_notes(session: Session) -> int:
    """How many notes that is, as people count them: one a record, and of a round one a door."""
    records = session.replica.records
    unsent = ((records[record], names) for record, names in _unsent(session).items())
    return sum(_notes(record, names) for record, names in unsent if record.kind not in QUIET)


def _notes(record: Record, names: set[bytes]) -> int:
    doors = (f for f, r in record.fields.items() if not names.isdisjoint(r.versions)) if record.kind == DOOR else ()
    return max(1, len({*doors} - {"state.walk", "state.round"}))


def _unsent(session: Session) -> dict[bytes, set[bytes]]:
    """Record → the envelopes of it that the server has not acknowledged."""
    origins, found = session.replica.origins, defaultdict[bytes, set[bytes]](set)
    for entry in session.log.pending(100_000):
        if entry.id in origins:
            found[origins[entry.id].record].add(entry.id)
    return found


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
    return said[-1].id if said else record.id


def mark_review_read(session: Session, visit: bytes) -> None:
    """Remember, on this device only, that the review of a visit has been opened."""
    rows = session.view.ask("SELECT id FROM reviews WHERE visit = :visit", visit=visit.hex())
    read = read_reviews(session)
    fresh = {_word(session, row["id"])[:ID_BYTES] for row in rows} - read
    if fresh:
        session.log.put({_READ_REVIEWS: b"".join(sorted(read | fresh))})
