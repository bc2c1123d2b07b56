"""Walking: taking a walk and handing it back, a tap at a door, and its undoing. Each is one durable write."""

from collections.abc import Iterable
from datetime import date

from app.services import addresses, marks, records, welcomes
from app.services.models import DayPart
from app.services.records import iso, write
from app.services.rounds import doors, kinds
from app.services.rounds.here import end_of_evening, now, open_here
from app.services.rounds.kinds import Entry
from app.services.rounds.looking import Looking
from app.services.rounds.models import Answer, Door, DoorState
from app.services.rounds.tallies import Row
from app.services.rounds.writing import expiry, own, rings_of
from app.services.session import Session
from sync.core import ring
from sync.core.errors import BadInput, NotFound
from sync.device.writer import Part

_WISHING = (DoorState.MET, DoorState.LATER)  # where somebody was there to be asked


async def take(looking: Looking, walk: bytes) -> None:
    """Have a walk until the end of the evening. Raises NotFound, BadInput("round", "closed") or DiskFull."""
    await _claim(looking, walk, end_of_evening(looking.session()))


async def hand_back(looking: Looking, walk: bytes) -> None:
    """Give it back: it is free at once. Raises as `take` does."""
    await _claim(looking, walk, 0)


async def _claim(looking: Looking, walk: bytes, until: int) -> None:
    session, row = looking.session(), looking.walk_row(walk)
    round_, last = _round(looking, row)
    if not open_here(session, round_):
        raise BadInput("round", "closed")
    values = {"walk": walk, "round": round_, "until": until}
    await write(session, own(session, kinds.WALK, "claim", walk, values, rings_of(round_), expiry(last)))


async def tap(
    looking: Looking,
    walk: bytes,
    key: str,
    answer: Answer,
    new_resident: bool,
    when: tuple[date, DayPart] | None = None,
) -> None:
    """What was found at a door: the state, and with it, in the same write, a no-contact mark or a new address. `when`: on
    which part of which day, of what is entered from paper.

    Raises NotFound (no such door), DiskFull (nothing was written), or BadInput("round", "closed"): then a mark and a new
    address were written all the same, since they stand by themselves.
    """
    session, row = looking.session(), looking.walk_row(walk)
    door = _door(looking, row, key)
    round_, last = _round(looking, row)
    day, part = when or now(session)
    wishes = frozenset(answer.interests) if answer.state in _WISHING else frozenset()
    entry = Entry(answer.state, day, part, answer.flyer, wishes)
    mine = looking.mine(walk, key)
    entries = doors.with_entry(mine, entry)
    beside = _beside(session, door, mine, entries, day)
    if new_resident and answer.state is DoorState.MET:
        beside += _welcome(session, door, day)
    if not open_here(session, round_):
        await write(session, beside)
        raise BadInput("round", "closed")
    await write(session, [*_tally(session, walk, round_, key, entries, last), *beside], at_once=False)


async def undo(looking: Looking, walk: bytes, key: str) -> None:
    """What I said last at a door is as it was before. Where that was a wish for no contact the coordinators are asked to
    lift the mark, as a mistake; a new address that I noted there goes. Raises NotFound, BadInput or DiskFull.
    """
    session, row = looking.session(), looking.walk_row(walk)
    door = _door(looking, row, key)
    round_, last = _round(looking, row)
    if not open_here(session, round_):
        raise BadInput("round", "closed")
    mine, before = looking.mine(walk, key), _before(session, walk, key)
    day, _ = now(session)
    made = [*_tally(session, walk, round_, key, before, last), *_beside(session, door, mine, before, day)]
    if any(e.state is DoorState.MET for e in {*mine} - {*before}):
        made += _unwelcome(session, door)
    await write(session, made)


def _tally(session: Session, walk: bytes, round_: bytes, key: str, entries: list[Entry], last: date) -> list[Part]:
    values = {"walk": walk, "round": round_, kinds.field_of(key): kinds.said(entries)}
    return own(session, kinds.DOOR, "state", walk, values, rings_of(round_), expiry(last))


def _before(session: Session, walk: bytes, key: str) -> list[Entry]:
    """The version of my words at a door before the one that stands."""
    record = session.replica.records.get(kinds.tally_id(session.member, walk))
    register = record.fields.get(f"state.{kinds.field_of(key)}") if record else None
    if register is None or not register.live():
        return []
    standing = register.live()[-1]
    older = [
        v for v in sorted(register.versions.values()) if v < standing and _found(v.value) != _found(standing.value)
    ]
    return list(kinds.read_said(older[-1].value)) if older else []


def _found(value: object) -> list[tuple[DoorState, date, DayPart]]:
    """What a tap says of a door: what was ticked beside it later, a flyer or a wish, goes with it when it is undone."""
    return [(e.state, e.day, e.part) for e in kinds.read_said(value)]


def _beside(session: Session, door: Door, before: Iterable[Entry], after: Iterable[Entry], day: date) -> list[Part]:
    """I say that no contact is wanted at a door, or that it was not meant: the mark, or the question to lift mine."""
    wished = any(e.state is DoorState.NO_CONTACT for e in after)
    if wished:
        again = [p for mark in _my_marks(session, door) for p in _request(session, mark, "", day)]
        return [*marks.setting(session, door.address, day), *again]
    if any(e.state is DoorState.NO_CONTACT for e in before):
        mistake = marks.Why.MISTAKE.value
        return [p for mark in _my_marks(session, door) for p in _request(session, mark, mistake, day)]
    return []


def _my_marks(session: Session, door: Door) -> list[bytes]:
    spelt, found = addresses.key(door.address), []
    for row in session.view.ask("SELECT id, address FROM marks WHERE NOT lifted"):
        record = session.replica.records.get(bytes.fromhex(row["id"]))
        if record is not None and record.creator == session.member and addresses.key(row["address"]) == spelt:
            found.append(record.id)
    return found


def _request(session: Session, mark: bytes, why: str, day: date) -> list[Part]:
    known = records.known(session, marks.KIND, mark)
    if (known.value("request.why") or "") == why:
        return []
    rings = frozenset({ring.team_ring(records.team_of(session, known))})
    return records.parts(
        session, marks.KIND, [records.Group("request", {"why": why, "day": day.isoformat()}, rings)], known
    )[1]


def _welcome(session: Session, door: Door, day: date) -> list[Part]:
    """Somebody new lives here: the task of every new address, once."""
    spelt = addresses.key(door.address)
    if spelt in marks.blocked(session):
        return []
    if any(addresses.key(w.address) == spelt and not w.done for w in welcomes.waiting(session, everyone=True)):
        return []
    bag = door.key if door.key.isdigit() else ""
    return [welcomes.adding(session, welcomes.fields(door.address, day, welcomes.Origin.ROUND, b"", bag))[1]]


def _unwelcome(session: Session, door: Door) -> list[Part]:
    spelt, made = addresses.key(door.address), []
    query = "SELECT id, address FROM welcomes WHERE NOT hidden AND NOT done AND origin = :origin"
    for row in session.view.ask(query, origin=welcomes.Origin.ROUND.value):
        known = records.known(session, welcomes.KIND, bytes.fromhex(row["id"]))
        if addresses.key(row["address"]) == spelt and known.creator == session.member:
            rings = frozenset({ring.team_ring(records.team_of(session, known))})
            since = iso(known.value("task.since")) or now(session)[0]
            made.append(records.removal(session, known, True, rings, records.month_after(since, records.DETAIL_MONTHS)))
    return made


def _door(looking: Looking, row: Row, key: str) -> Door:
    door = looking.planned(row).by_key.get(key)
    if door is None:
        raise NotFound(kinds.DOOR)
    return door


def _round(looking: Looking, row: Row) -> tuple[bytes, date]:
    """The round of a walk, and the day from which what is noted is kept for its time: its last, or a later one on which
    it still goes on.
    """
    name, (today, _) = bytes.fromhex(row["round"]), now(looking.session())
    return name, max(iso(looking.row(name)["last"]) or today, today)
