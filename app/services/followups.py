"""Follow-ups: what a coordinator asks of somebody in the team after a visit, by which day, and how that went.

Readable to whom it is asked of and to the coordinators. It says an address and what to do, and nothing about who lives
there. Of an address where nobody rings nothing is asked. It goes with the visit that it came from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from app.services import addresses, marks, people, records, reviews, visits
from app.services.models import ReviewState
from app.services.records import DETAIL_MONTHS, Group, iso, month_after
from app.services.reviews import Undo
from app.services.session import Session
from sync.core import ring
from sync.core.errors import BadInput, NotFound
from sync.core.merge import Record
from sync.core.rights import Role
from sync.device.writer import Part

KIND = "followup"
MAX_WHAT, MAX_WORD = 500, 2_000
FAR = timedelta(days=184)  # the latest day: what is asked goes a year after it was asked
SOON = timedelta(days=14)


class When(Enum):
    """How near the day of a follow-up is."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One follow-up. `name` is whom it is asked of, `by` who asks; `there`: they still work in the team that it is of.

    `blocked`: by now nobody rings at that address. `others`: other versions of how it went, (who, day, word).
    """

    id: bytes
    visit: bytes
    address: str
    what: str
    due: date
    member: bytes
    name: str
    by: str
    done: date | None = None
    word: str = ""
    there: bool = True
    blocked: bool = False
    synced: bool = True
    others: tuple[tuple[str, str], ...] = ()


def when(due: date, today: date) -> When:
    """How near a day is: overdue, today, within two weeks, or later."""
    if due <= today:
        return When.TODAY if due == today else When.OVERDUE
    return When.SOON if due <= today + SOON else When.LATER


def check(what: str, due: date | None, today: date) -> tuple[str, date]:
    """What is asked and by when. Raises BadInput("what" or "due", why)."""
    what = what.strip()
    if not what:
        raise BadInput("what", "missing")
    if len(what) > MAX_WHAT:
        raise BadInput("what", "too_long")
    if due is None:
        raise BadInput("due", "missing")
    if due < today:
        raise BadInput("due", "past")
    if due > today + FAR:
        raise BadInput("due", "far")
    return what, due


async def ask(
    session: Session,
    visit: bytes,
    member: bytes,
    what: str,
    due: date | None,
    reply: str,
    today: date,
    spent: Mapping[str, bytes] | None = None,
) -> Undo:
    """Ask somebody of the team to do something after a visit, with a word to its author, in one transaction.

    Raises BadInput("what", "due", "member", "address" or "reply", why), NotFound, Forbidden or DiskFull.
    """
    reviews.check(ReviewState.FOLLOWUP, reply)
    what, due = check(what, due, today)
    about = records.known(session, visits.KIND, visit)
    team = records.team_of(session, about)
    address = addresses.tidy(str(about.value("detail.address") or ""))
    check_member(session, member, about, team, address)
    if address:
        marks.refuse_blocked(session, address)
    values = {"visit": visit, "address": address, "what": what, "due": due.isoformat(), "member": member}
    group = Group("detail", values, _rings(member, team), month_after(today, DETAIL_MONTHS))
    _, made = records.parts(session, KIND, [group])
    return await reviews.write(session, visit, ReviewState.FOLLOWUP, reply, today, made, spent)


def check_member(session: Session, member: bytes, about: Record, team: bytes, address: str) -> None:
    """Raises BadInput("member", why): nobody chosen, left meanwhile, or they would not know which door it is."""
    if not member:
        raise BadInput("member", "missing")
    if member not in {m for m, _ in candidates(session, team)}:
        raise BadInput("member", "left")
    if not address and member != about.creator:
        raise BadInput("member", "unshared")


def candidates(session: Session, team: bytes) -> list[tuple[bytes, str]]:
    """Of whom something can be asked in this team, by name: contact persons and coordinators who have a device."""
    names, state = people.names(session), session.roll.state
    devices = state.devices.values()
    there = {d.member for d in devices if d.role is not Role.COLLECTOR and team in state.within(d.team, d.role)}
    return sorted(((m, names.get(m.hex()) or "?") for m in there), key=lambda m: (m[1].casefold(), m[0]))


def _rings(member: bytes, team: bytes) -> frozenset[bytes]:
    return frozenset({ring.own_ring(member), ring.coordinators_ring(team)})


async def done(session: Session, followup: bytes, word: str, today: date, undone: bool = False) -> None:
    """It is done, with a word about how it went; or (`undone`) it is to be done after all. Works without a connection.

    Raises BadInput("word", why), NotFound (taken away meanwhile) or DiskFull.
    """
    if len(word.strip()) > MAX_WORD:
        raise BadInput("word", "too_long")
    known = _there(session, followup)
    values = {"done": "" if undone else today.isoformat(), "word": "" if undone else word.strip()}
    await _write(session, known, "state", values, today)


async def move(session: Session, followup: bytes, due: date | None, today: date) -> None:
    """Coordinator: another day. Raises BadInput("due", why), NotFound, Forbidden or DiskFull."""
    reviews.coordinating(session)
    known = _there(session, followup)
    _, day = check(str(known.value("detail.what") or "?"), due, today)
    await _write(session, known, "detail", {"due": day.isoformat()}, today)


async def hand_over(session: Session, followup: bytes, member: bytes, today: date) -> bytes:
    """Coordinator: somebody else does it; the new follow-up's id. The old one goes from whoever had it, in the same
    transaction. A day that has passed becomes today. Raises BadInput("member", why), NotFound, Forbidden or DiskFull.
    """
    reviews.coordinating(session)
    known = _there(session, followup)
    if member == known.value("detail.member"):
        return known.id
    team, visit = records.team_of(session, known), known.value("detail.visit")
    about = records.known(session, visits.KIND, visit if isinstance(visit, bytes) else b"")
    address = str(known.value("detail.address") or "")
    check_member(session, member, about, team, address)
    due = max(iso(str(known.value("detail.due"))) or today, today)
    values = {"visit": about.id, "address": address, "what": known.value("detail.what"), "due": due.isoformat()}
    group = Group("detail", {**values, "member": member}, _rings(member, team), month_after(today, DETAIL_MONTHS))
    record, made = records.parts(session, KIND, [group])
    await records.write(session, [*made, removal(session, known, True, today)])
    return record


async def set_removed(session: Session, followup: bytes, removed: bool, today: date) -> None:
    """Coordinator: it is not needed any more, or it is after all. Raises NotFound, Forbidden or DiskFull."""
    reviews.coordinating(session)
    known = records.known(session, KIND, followup)
    await records.write(session, [removal(session, known, removed, today)])


def removal(session: Session, known: Record, removed: bool, today: date) -> Part:
    """What to write to take a follow-up away, or to put it back."""
    rings = _rings(_member(known), records.team_of(session, known))
    return records.removal(session, known, removed, rings, month_after(today, DETAIL_MONTHS))


async def _write(session: Session, known: Record, group: str, values: Mapping[str, object], today: date) -> None:
    rings = _rings(_member(known), records.team_of(session, known))
    made = Group(group, values, rings, month_after(today, DETAIL_MONTHS))
    await records.write(session, records.parts(session, KIND, [made], known, everything=True)[1])


def _there(session: Session, followup: bytes) -> Record:
    known = records.known(session, KIND, followup)
    if known.hidden:
        raise NotFound(KIND)
    return known


def _member(known: Record) -> bytes:
    member = known.value("detail.member")
    return member if isinstance(member, bytes) else known.creator or b""


# -- reading ---------------------------------------------------------------------------------------------

_SELECT = """SELECT f.*, coalesce(m.name, '') AS name, coalesce(c.name, '') AS by_name,
    coalesce(nullif(f.address, ''), v.address, '') AS door
FROM followups f LEFT JOIN members m ON m.member = f.member LEFT JOIN members c ON c.member = f.creator
LEFT JOIN visits v ON v.id = f.visit WHERE NOT f.hidden"""


def mine(session: Session) -> list[FollowUp]:
    """What is asked of me and not done yet, the nearest day first; nothing of a team that I left."""
    rows = session.view.ask(
        f"{_SELECT} AND f.member = :me AND f.done = '' ORDER BY f.due, f.made", me=session.member.hex()
    )
    return [f for f in _followups(session, rows) if f.there]


def of_team(session: Session, open_: bool) -> list[FollowUp]:
    """Everything that was asked: what is open by its day, what is done the last first."""
    test, order = ("f.done = ''", "f.due, f.made") if open_ else ("f.done <> ''", "f.stamp DESC, f.id")
    return _followups(session, session.view.ask(f"{_SELECT} AND {test} ORDER BY {order}"))


def of_visit(session: Session, visit: bytes) -> list[FollowUp]:
    """What was asked after one visit."""
    return _followups(
        session, session.view.ask(f"{_SELECT} AND f.visit = :visit ORDER BY f.due, f.made", visit=visit.hex())
    )


def one(session: Session, followup: bytes) -> FollowUp:
    """One of them. Raises NotFound, also for one that was taken away."""
    found = _followups(session, session.view.ask(f"{_SELECT} AND f.id = :id", id=followup.hex()))
    if not found:
        raise NotFound(KIND)
    return found[0]


def _followups(session: Session, rows: list[dict[str, str]]) -> list[FollowUp]:
    if not rows:
        return []
    blocked, unsent = marks.blocked(session), visits.unsent_records(session)
    return [_followup(session, row, blocked, unsent) for row in rows]


def _followup(session: Session, row: dict[str, str], blocked: frozenset[str], unsent: set[bytes]) -> FollowUp:
    record = session.replica.records[bytes.fromhex(row["id"])]
    member, state = bytes.fromhex(row["member"]), session.roll.state
    team, devices = records.team_of(session, record), state.devices.values()
    return FollowUp(
        id=record.id,
        visit=bytes.fromhex(row["visit"]),
        address=row["door"],
        what=row["what"],
        due=iso(row["due"]) or date.min,
        member=member,
        name=row["name"],
        by=row["by_name"],
        done=iso(row["done"]),
        word=row["word"],
        there=any(d.member == member and team in state.within(d.team, d.role) for d in devices),
        blocked=bool(row["door"]) and addresses.key(row["door"]) in blocked,
        synced=record.id not in unsent,
        others=_other_words(record, row["word"]),
    )


def _other_words(record: Record, shown: str) -> tuple[tuple[str, str], ...]:
    """How it went as another device has it, said without knowing of the one shown: (day, word)."""
    days, words = (record.fields.get(f"state.{f}") for f in ("done", "word"))
    if days is None or words is None:
        return ()
    on = {v.id: v.value for v in days.versions.values()}
    found = [(str(on.get(v.id) or ""), v.value) for v in words.live() if isinstance(v.value, str) and v.value != shown]
    return tuple(dict.fromkeys(found))
