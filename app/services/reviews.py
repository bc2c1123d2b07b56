"""Reviews: what coordinators say about a visit, what its author answers, and who of the coordinators is at it.

A word is readable to the visit's author and to the team's coordinators, who is at it to coordinators only. Nobody is kept
from saying something by what another does: two words that were said without knowing of each other both stand until a
coordinator chooses, and so do two who took the same visit. Why: docs/decisions/0029-the-desk.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.services import people, records, visits
from app.services.models import ReviewState
from app.services.records import DETAIL_MONTHS, Group, month_after
from app.services.session import Session
from app.view import reviews as table
from app.view.visits import version
from sync.core import ring
from sync.core.errors import BadInput, Forbidden, NotFound
from sync.core.merge import Record
from sync.core.rights import Role
from sync.device.writer import Part

KIND = "review"
MAX_REPLY = 2_000
MOST_AT_ONCE = 250  # visits that are marked as seen in one go
ASKING = (ReviewState.QUESTION, ReviewState.RETURNED)


@dataclass(frozen=True, slots=True)
class Undo:
    """A word that was just said, to take back: the word's record and what stood there before (None: nothing)."""

    visit: bytes
    review: bytes
    before: Mapping[str, str] | None = None


# -- words -----------------------------------------------------------------------------------------------


async def write(
    session: Session,
    visit: bytes,
    state: ReviewState,
    reply: str,
    today: date,
    also: Sequence[Part] = (),
    spent: Mapping[str, bytes] | None = None,
) -> Undo:
    """Say a word on a visit: it replaces every word that stands on it here. `also` is written in the same transaction.

    Raises BadInput("reply", why), NotFound, Forbidden (not a coordinator) or DiskFull.
    """
    check(state, reply)
    undo, parts = saying(session, visit, state, reply.strip(), today)
    await records.write(session, [*parts, *also], spent)
    return undo


def check(state: ReviewState, reply: str) -> None:
    """Raises BadInput("reply", why)."""
    if len(reply.strip()) > MAX_REPLY:
        raise BadInput("reply", "too_long")
    if state in ASKING and not reply.strip():
        raise BadInput("reply", "missing" if state is ReviewState.QUESTION else "why")


def saying(session: Session, visit: bytes, state: ReviewState, reply: str, today: date) -> tuple[Undo, list[Part]]:
    """What to write for a word on a visit. Raises NotFound or Forbidden."""
    coordinating(session)
    about = records.known(session, visits.KIND, visit)
    rings, expiry = rings_of(session, about), month_after(today, DETAIL_MONTHS)
    values = {"state": state.value, "reply": reply, "day": today.isoformat(), "of": version(about)}
    standing = on(session, visit)
    last = standing[-1] if standing else None
    group = Group("word", values if last else {"visit": visit, **values}, rings, expiry)
    record, parts = records.parts(session, KIND, [group], last, everything=True)
    parts += [records.removal(session, other, True, rings, expiry) for other in standing[:-1]]
    before = {name: str(last.value(f"word.{name}") or "") for name in values} if last else None
    return Undo(visit, record, before), parts


def rings_of(session: Session, about: Record) -> frozenset[bytes]:
    """Who reads a word on this visit."""
    return frozenset({ring.own_ring(about.creator or b""), ring.coordinators_ring(records.team_of(session, about))})


def coordinating(session: Session) -> None:
    """Raises Forbidden for whoever is no coordinator, or not confirmed as one: others would not take it over."""
    if session.roll.state.author(session.device).role is not Role.COORDINATOR:
        raise Forbidden(KIND)


def on(session: Session, visit: bytes, gone_too: bool = False) -> list[Record]:
    """The records of words on a visit, the one that was said last at the end; with those that were chosen away."""
    query = "SELECT id FROM reviews WHERE visit = :visit AND (:all OR NOT hidden) ORDER BY stamp, id"
    rows = session.view.ask(query, visit=visit.hex(), all=int(gone_too))
    return [session.replica.records[bytes.fromhex(row["id"])] for row in rows]


async def take_back(session: Session, undos: Sequence[Undo], today: date) -> None:
    """Take back words that were just said: what stood before stands again. One that is not there any more is left out."""
    parts: list[Part] = []
    for undo in undos:
        known, about = (session.replica.records.get(r) for r in (undo.review, undo.visit))
        if known is None or known.erased or about is None or about.erased:
            continue
        rings, expiry = rings_of(session, about), month_after(today, DETAIL_MONTHS)
        if undo.before is None:
            parts.append(records.removal(session, known, True, rings, expiry))
        else:
            group = Group("word", undo.before, rings, expiry)
            parts += records.parts(session, KIND, [group], known, everything=True)[1]
    await records.write(session, parts)


async def seen_all(session: Session, chosen: Sequence[bytes], today: date) -> list[Undo]:
    """Mark visits as seen without a word, all in one transaction, at most MOST_AT_ONCE: those on which nobody said
    anything, and which no other coordinator took. What became of which: see the undos. Raises Forbidden or DiskFull.
    """
    coordinating(session)
    undos, parts = list[Undo](), list[Part]()
    for visit in chosen[:MOST_AT_ONCE]:
        known = session.replica.records.get(visit)
        if known is None or known.hidden or on(session, visit) or set(holders(session, visit)) - {session.member}:
            continue
        undo, made = saying(session, visit, ReviewState.SEEN, "", today)
        undos.append(undo)
        parts += made
    await records.write(session, parts)
    return undos


async def choose(session: Session, visit: bytes, word: bytes, today: date) -> None:
    """Of several words that stand on a visit this one (its envelope) stays; the others can still be read. Whoever
    chooses between two that were written over the same one says the chosen one anew.

    Raises NotFound or DiskFull.
    """
    coordinating(session)
    about = records.known(session, visits.KIND, visit)
    rings, expiry = rings_of(session, about), month_after(today, DETAIL_MONTHS)
    standing = on(session, visit)
    for known in standing:
        found = next((w for w in table.words(known) if w.id == word), None)
        if found is None:
            continue
        parts = [records.removal(session, r, True, rings, expiry) for r in standing if r.id != known.id]
        if len(table.words(known)) > 1:
            values = {
                "state": found.state,
                "reply": found.reply,
                "day": found.day,
                "of": str(known.value("word.of") or ""),
            }
            parts += records.parts(session, KIND, [Group("word", values, rings, expiry)], known, everything=True)[1]
        return await records.write(session, parts)
    raise NotFound(KIND)


# -- answers ---------------------------------------------------------------------------------------------


async def answer(
    session: Session, visit: bytes, text: str, today: date, spent: Mapping[str, bytes] | None = None
) -> None:
    """Answer what a coordinator asked about one of my visits, also while there is no connection.

    Raises BadInput("answer", why), NotFound (nothing was said about it, or it was erased), Forbidden or DiskFull.
    """
    text = text.strip()
    if not text:
        raise BadInput("answer", "missing")
    if len(text) > MAX_REPLY:
        raise BadInput("answer", "too_long")
    about = records.mine(session, visits.KIND, visit)
    asking = [r for r in on(session, visit) if any(w.state in table.ASKS for w in table.words(r))]
    if not asking:
        raise NotFound(KIND)
    known = asking[-1]
    word = [w for w in table.words(known) if w.state in table.ASKS][-1]
    team = records.team_of(session, about)  # whoever has moved since writes to where they are now
    to = team if team in session.roll.state.author(session.device).teams else session.team
    rings = frozenset({session.own_ring(), ring.coordinators_ring(to)})
    values = {"text": text, "day": today.isoformat(), "to": word.id}
    group = Group("answer", values, rings, month_after(today, DETAIL_MONTHS))
    await records.write(session, records.parts(session, KIND, [group], known, everything=True)[1], spent)


# -- who is at it ----------------------------------------------------------------------------------------


def holders(session: Session, visit: bytes) -> list[bytes]:
    """The coordinators who took a visit and are still there: more than one where they did not know of each other."""
    rows = session.view.ask("SELECT who FROM reviews WHERE desk = :visit AND NOT hidden", visit=visit.hex())
    taken = {bytes.fromhex(who) for row in rows for who in row["who"].split(",") if who}
    return sorted(taken & session.roll.state.members().keys())


async def take(session: Session, visit: bytes, today: date) -> None:
    """I take this visit, also over from another coordinator. Raises NotFound, Forbidden or DiskFull."""
    await _set_desk(session, visit, session.member, today)


async def let_go(session: Session, visit: bytes, today: date) -> None:
    """I leave this visit to others. Raises NotFound, Forbidden or DiskFull."""
    others = [m for m in holders(session, visit) if m != session.member]
    await _set_desk(session, visit, others[0] if others else b"", today)


async def _set_desk(session: Session, visit: bytes, who: bytes, today: date) -> None:
    coordinating(session)
    about = records.known(session, visits.KIND, visit)
    rings = frozenset({ring.coordinators_ring(records.team_of(session, about))})
    expiry = month_after(today, DETAIL_MONTHS)
    rows = session.view.ask("SELECT id FROM reviews WHERE desk = :visit AND NOT hidden ORDER BY id", visit=visit.hex())
    standing = [session.replica.records[bytes.fromhex(row["id"])] for row in rows]
    values: dict[str, object] = {"who": who, "day": today.isoformat()}
    group = Group("desk", values if standing else {"visit": visit, **values}, rings, expiry)
    parts = records.parts(session, KIND, [group], standing[0] if standing else None, everything=True)[1]
    parts += [records.removal(session, other, True, rings, expiry) for other in standing[1:]]
    await records.write(session, parts)


def name_of(session: Session, member: bytes) -> str:
    """A member's name, as far as it has arrived here."""
    return people.names(session).get(member.hex(), "")
