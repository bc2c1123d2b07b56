"""What was said about one visit, by whom and in which order, and what came before at the same door.

The history is of a door, for as long as the same people live there: it ends where somebody moved, or a new address was
passed on. It is nobody's file: nothing is counted, and what else a resident or a contact person did stands nowhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.services import addresses, people, reviews, visits
from app.services.models import Outcome, ReviewState, Visit
from app.services.records import iso
from app.services.session import Session
from app.services.visit_draft import one_of
from app.view import reviews as table
from app.view.visits import changed

MOST = 12  # visits shown of a door


@dataclass(frozen=True, slots=True)
class Said:
    """A word, or (no `state`) an answer. `stands`: nothing replaces it. `id`: its envelope, to choose it by."""

    id: bytes
    state: ReviewState | None
    text: str
    by: str
    day: date | None
    stands: bool


def thread(session: Session, visit: bytes) -> list[Said]:
    """All words on a visit and the answers to them, as they were said. What was replaced and had no text is left out."""
    said: list[tuple[table.Word | table.Answer, bool]] = []
    for record in reviews.on(session, visit, gone_too=True):
        if not record.erased:
            said += [(w, w.stands and not record.hidden) for w in table.every_word(record)]
            said += [(a, a.stands) for a in table.answers(record)]
    said.sort(key=lambda one: (one[0].stamp, one[0].id))
    names, origins = people.names(session), session.replica.origins
    found = []
    for one, stands in said:
        by = names.get(origins[one.id].member.hex(), "") if one.id in origins else ""
        if isinstance(one, table.Answer):
            found.append(Said(one.id, None, one.text, by, iso(one.day), stands))
        elif stands or one.reply:
            found.append(
                Said(one.id, one_of(ReviewState, one.state) or ReviewState.SEEN, one.reply, by, iso(one.day), stands)
            )
    return found


def standing(session: Session, visit: bytes) -> list[Said]:
    """The words that stand on a visit: more than one where coordinators did not know of each other's."""
    last: dict[tuple[ReviewState | None, str], Said] = {}
    for said in thread(session, visit):
        if said.state is not None and said.stands:
            last[said.state, said.text] = said
    return list(last.values())


def asks(session: Session, visit: bytes) -> bool:
    """Whether a coordinator waits for an answer, or for a change, of this visit's author."""
    for record in reviews.on(session, visit):
        if any(w.state in table.ASKS and not table.is_answered(record, w) for w in table.words(record)):
            return True
    return False


def adapted(session: Session, visit: bytes) -> date | None:
    """The day on which a visit that was sent back was last changed; None when it was not changed since."""
    rows = session.view.ask(
        "SELECT 1 FROM reviews r JOIN visits v ON v.id = r.visit WHERE v.id = :visit AND NOT r.hidden"
        " AND r.state = 'returned' AND r.version NOT IN ('', v.version)",
        visit=visit.hex(),
    )
    return date.fromtimestamp(changed(session.replica.records[visit]) / 1000) if rows else None


def asked_of_me(session: Session) -> list[Visit]:
    """My visits about which a coordinator asked something that I did not answer or change yet, longest ago first."""
    rows = session.view.ask(
        "SELECT r.visit FROM reviews r JOIN visits v ON v.id = r.visit WHERE v.creator = :me AND NOT v.hidden"
        " AND NOT r.hidden AND NOT r.answered"
        " AND (r.state = 'question' OR (r.state = 'returned' AND r.version IN ('', v.version)) OR r.words > 1)"
        " ORDER BY r.day, r.stamp",
        me=session.member.hex(),
    )
    asked = [bytes.fromhex(row["visit"]) for row in rows]
    return [visits.one(session, v) for v in dict.fromkeys(asked) if asks(session, v)]


# -- what came before at the same door -------------------------------------------------------------------


def history(session: Session, visit: bytes) -> list[Visit]:
    """Other visits at the same door while the same people lived there, newest first: as far as the coordinator may read
    them.
    """
    here = visits.one(session, visit)
    key = addresses.key(here.form.address)
    if not here.detail or key.endswith("||") or here.form.day is None:
        return []
    number = key.split("|")[1]
    rows = session.view.ask(
        "SELECT id, address, day, outcome FROM visits WHERE detail AND NOT hidden AND address LIKE :number",
        number=f"%{number}%",
    )
    at_door = [row for row in rows if addresses.key(row["address"]) == key]
    moves = [(str(row["day"]), row["id"]) for row in at_door if row["outcome"] == Outcome.MOVED.value]
    moves += [(day, "") for day in _new_there(session, key, number)]
    turn = household(moves, here.form.day.isoformat(), visit.hex())
    same = [row for row in at_door if household(moves, row["day"], row["id"]) == turn and row["id"] != visit.hex()]
    same.sort(key=lambda row: (row["day"], row["id"]), reverse=True)
    return [visits.one(session, bytes.fromhex(row["id"])) for row in same[:MOST]]


def household(moves: Iterable[tuple[str, str]], day: str, visit: str) -> int:
    """Which of the households that lived at a door, one after the other, a visit on a day was to: each of `moves` (day,
    the visit that found it so, or "") begins another, after the visit that found it.
    """
    return sum(on <= day and by != visit for on, by in moves)


def _new_there(session: Session, key: str, number: str) -> Sequence[str]:
    """Days on which this door became a new address."""
    rows = session.view.ask(
        "SELECT address, since FROM welcomes WHERE NOT hidden AND address LIKE :number", number=f"%{number}%"
    )
    return [str(row["since"]) for row in rows if addresses.key(row["address"]) == key]
