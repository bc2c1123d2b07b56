"""Reading rounds: what screens see, made from the tables and kept until it changes.

A tap changes one row of one walk: that row is read anew, the doors in it that changed are derived anew, nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from app.services import addresses, marks
from app.services.due import part_of
from app.services.models import DayPart, Role
from app.services.records import iso
from app.services.rounds import doors, kinds
from app.services.rounds.counting import read_progress
from app.services.rounds.doors import Said
from app.services.rounds.kinds import Entry
from app.services.rounds.models import (
    Answer,
    Door,
    DoorLook,
    DoorState,
    Holding,
    Order,
    PassRule,
    Progress,
    Purpose,
    RoundLook,
    Seen,
    WalkLook,
)
from app.services.session import Session
from sync.core.errors import NotFound

Row = Mapping[str, Any]
StreetLook = tuple[str, Progress, list[DoorLook]]


@dataclass(frozen=True, slots=True)
class Planned:
    """A walk's doors as they were planned. `spelt`: key → the key of the address, as marks have it."""

    text: tuple[str, str]
    doors: tuple[Door, ...]
    by_key: Mapping[str, Door]
    spelt: Mapping[str, str]
    blocked: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ending:
    """What a round that is over came to: together, by walk and by street, and what came in after it was closed."""

    progress: Progress
    walks: tuple[tuple[str, Progress], ...]
    streets: tuple[tuple[str, Progress], ...]
    late: Progress


@dataclass(slots=True)
class _Known:
    """One door of a walk: what was said, and what that comes to."""

    said: Said = frozenset()
    mine: frozenset[Entry] = frozenset()
    answer: Answer | None = None
    seen: tuple[Seen, ...] = ()


@dataclass(slots=True)
class _Walk:
    """What is known of the doors of a walk; `rows` are the texts that it was made from."""

    rows: dict[str, str] = field(default_factory=dict)
    read: dict[str, dict[str, frozenset[Entry]]] = field(default_factory=dict)  # row → field → entries
    doors: dict[str, _Known] = field(default_factory=dict)  # by field
    version: int = 0
    looked: int = -1  # at which change of the view this was up to date
    shut: tuple[int, frozenset[str], Planned, frozenset[str]] | None = None  # version, marks, plan → where nobody rings
    counted: tuple[int, frozenset[str], Progress] | None = None  # version, where nobody rings → counts


_NOTHING = _Known()


class Looking:
    """The rounds of the open app, to read."""

    def __init__(self, session: Callable[[], Session]) -> None:
        self._session = session
        self._of: Session | None = None
        self._planned: dict[str, Planned] = {}
        self._walks: dict[str, _Walk] = {}
        self._marks: tuple[int, tuple[str, ...], frozenset[str]] | None = None

    def session(self) -> Session:
        """The open session; what was kept of another is forgotten."""
        session = self._session()
        if session is not self._of:
            self._of, self._planned, self._walks, self._marks = session, {}, {}, None
        return session

    # -- rounds ------------------------------------------------------------------------------------------------------

    def rounds(self) -> list[RoundLook]:
        """Open ones first, newest first; for a coordinator all that can be read, for others those they are on."""
        session = self.session()
        rows = session.view.ask("SELECT id, of FROM rounds WHERE first <> '' AND NOT hidden")
        names = dict.fromkeys(row["of"] or row["id"] for row in rows)  # of an old one the result alone is left
        looks = [self._look(session, self.row(bytes.fromhex(name))) for name in names]
        mine = [r for r in looks if coordinates(session) or (not r.closed and session.member in r.members)]
        return sorted(mine, key=lambda r: (r.closed, -r.first.toordinal(), r.name, r.id))

    def round(self, name: bytes) -> RoundLook:
        """One round. Raises NotFound."""
        session = self.session()
        look = self._look(session, self.row(name))
        if not coordinates(session) and (look.closed or session.member not in look.members):
            raise NotFound(kinds.ROUND)
        return look

    def row(self, name: bytes) -> Row:
        """A round's row of the view, or what its result says when that alone is left. Raises NotFound."""
        query = "SELECT * FROM rounds WHERE (id = :name OR of = :name) AND first <> '' AND NOT hidden ORDER BY of, id"
        rows = self.session().view.ask(query, name=name.hex())
        if not rows:
            raise NotFound(kinds.ROUND)
        return {**rows[0], "id": name.hex()}

    def _look(self, session: Session, row: Row) -> RoundLook:
        name = bytes.fromhex(row["id"])
        closed = over(session, name)
        endings = self.endings(name) if closed else []
        best = max(endings, key=lambda e: _done(e.progress), default=None)
        rows = self.walk_rows(name)
        by_walk = [p for _, p in best.walks] if best and len(best.walks) == len(rows) else [None] * len(rows)
        walks = tuple(self._walk_look(session, w, best is not None, p) for w, p in zip(rows, by_walk, strict=True))
        return RoundLook(
            id=name,
            name=row["name"],
            purpose=kinds.one_of(Purpose, row["purpose"]) or Purpose.OTHER,
            first=iso(row["first"]) or date.min,
            last=iso(row["last"]) or date.min,
            closed=closed,
            members=members(session, name, row),
            walks=walks,
            progress=best.progress if best is not None else doors.together(w.progress for w in walks),
            rule=rule_of(row),
            order=kinds.one_of(Order, row["walking"]) or Order.SIDES,
            late=doors.together(r.late for r in endings),
        )

    def endings(self, name: bytes) -> list[Ending]:
        """What a round that is over came to, as each coordinator who closed it has it: mostly one."""
        rows = self.session().view.ask("SELECT * FROM rounds WHERE of = :of AND NOT hidden ORDER BY id", of=name.hex())
        return [_ending(row) for row in rows]

    def progress_of_streets(self, name: bytes) -> list[StreetLook]:
        """Each street of a round with its counts and its doors, as a picture; of a closed round the counts alone."""
        session, row = self.session(), self.row(name)
        endings = self.endings(name) if over(session, name) else []
        if endings:
            best = max(endings, key=lambda e: _done(e.progress))
            return [(street, progress, []) for street, progress in best.streets]
        streets: dict[tuple[str, str], list[DoorLook]] = {}
        for walk in self.walk_rows(name):
            for look in self.doors_of(session, walk, rule_of(row)):
                streets.setdefault((look.door.place, look.door.street), []).append(look)
        spelt = [street for _, street in streets]
        return [
            (street if spelt.count(street) == 1 or not place else f"{street} ({place})", doors.progress(some), some)
            for (place, street), some in streets.items()
        ]

    def said_in(self, name: bytes) -> bool:
        """Whether anything is still known of what was said or taken on a round."""
        tables = (
            "SELECT round FROM doors WHERE NOT hidden UNION ALL SELECT round FROM walks WHERE walk <> '' AND NOT hidden"
        )
        return bool(self.session().view.ask(f"SELECT 1 FROM ({tables}) WHERE round = :round", round=name.hex()))  # noqa: S608

    # -- walks -------------------------------------------------------------------------------------------------------

    def walk_rows(self, of: bytes) -> list[Row]:
        """The walks of a round, in order."""
        query = "SELECT * FROM walks WHERE round = :round AND doors <> '' AND NOT hidden ORDER BY at, id"
        return list(self.session().view.ask(query, round=of.hex()))

    def walk_row(self, walk: bytes) -> Row:
        """One walk. Raises NotFound."""
        query = "SELECT * FROM walks WHERE id = :id AND doors <> '' AND NOT hidden"
        rows = self.session().view.ask(query, id=walk.hex())
        if not rows:
            raise NotFound(kinds.WALK)
        return rows[0]

    def walk(self, walk: bytes) -> WalkLook:
        """One walk in a list. Raises NotFound."""
        row = self.walk_row(walk)
        return self._walk_look(self.session(), row, bool(self.endings(bytes.fromhex(row["round"]))))

    def _walk_look(self, session: Session, row: Row, closed: bool, counted: Progress | None = None) -> WalkLook:
        walk = bytes.fromhex(row["id"])
        holding, till = (Holding.FREE, None) if closed else self.held(walk)
        plan = Progress(len(self.planned(row).doors)) if closed and counted is None else None
        progress = counted or plan or self._progress(session, row)
        return WalkLook(walk, bytes.fromhex(row["round"]), row["name"], holding, till, progress)

    def held(self, walk: bytes) -> tuple[Holding, date | None]:
        """Whose a walk is now, and the day on which it is free again by itself. Mine counts before another's."""
        session = self.session()
        now, mine = session.writer.now(), kinds.claim_id(session.member, walk).hex()
        query = "SELECT id, until FROM walks WHERE walk = :walk AND until > :now AND NOT hidden"
        rows = session.view.ask(query, walk=walk.hex(), now=now)
        rows = [r for r in rows if r["until"] <= now + MOST_MILLIS]  # nobody keeps a walk for ever
        if not rows:
            return Holding.FREE, None
        own = [r for r in rows if r["id"] == mine]
        until = max(r["until"] for r in own or rows)
        return (Holding.MINE if own else Holding.OTHERS), local(until).date()

    # -- doors -------------------------------------------------------------------------------------------------------

    def doors(self, walk: bytes) -> list[DoorLook]:
        """The doors of a walk, in walking order. Raises NotFound."""
        row = self.walk_row(walk)
        return self.doors_of(self.session(), row, rule_of(self.row(bytes.fromhex(row["round"]))))

    def doors_of(self, session: Session, row: Row, rule: PassRule) -> list[DoorLook]:
        """The doors of a walk by its row."""
        plan, known = self.planned(row), self._known(session, row).doors
        blocked, (day, part) = self.blocked(session, row), now(session)
        looks = []
        for door in plan.doors:
            k = known.get(kinds.field_of(door.key), _NOTHING)
            shut = door.key in blocked
            due = not shut and (k.answer is None or doors.due(k.said, rule, day, part))
            looks.append(DoorLook(door, k.answer, shut, due, k.seen))
        return looks

    def planned(self, row: Row) -> Planned:
        """What a walk's row says of its doors."""
        text = (row["doors"], row["blocked"])
        kept = self._planned.get(row["id"])
        if kept is None or kept.text != text:
            found = kinds.read_walk_doors(kinds.from_json(text[0]))
            spelt = {d.key: addresses.key(d.address) for d in found}
            kept = Planned(text, found, {d.key: d for d in found}, spelt, kinds.read_keys(kinds.from_json(text[1])))
            self._planned[row["id"]] = kept
        return kept

    def blocked(self, session: Session, row: Row) -> frozenset[str]:
        """The doors where nobody rings: marked when the walk was made, marked since, or said so on this round."""
        plan, marked, known = self.planned(row), self._marked(session), self._known(session, row)
        before = known.shut
        if before is None or before[0] != known.version or before[1] is not marked or before[2] is not plan:
            found = {key for key, spelt in plan.spelt.items() if spelt in marked}
            wished = {f for f, k in known.doors.items() if k.answer and k.answer.state is DoorState.NO_CONTACT}
            found |= {key for key in plan.by_key if kinds.field_of(key) in wished} if wished else set()
            known.shut = before = (known.version, marked, plan, plan.blocked | found)
        return before[3]

    def _marked(self, session: Session) -> frozenset[str]:
        """The keys of all marked addresses: the same object as long as no mark changes."""
        kept, changes = self._marks, session.view.changes
        if kept is None or kept[0] != changes:
            rows = session.view.ask("SELECT addresses FROM marks WHERE NOT lifted ORDER BY id")
            texts = tuple(row["addresses"] for row in rows)
            kept = (changes, texts, kept[2] if kept and kept[1] == texts else marks.blocked(session))
            self._marks = kept
        return kept[2]

    def mine(self, walk: bytes, key: str) -> tuple[Entry, ...]:
        """What I said at a door, oldest first."""
        session = self.session()
        row = self._known(session, self.walk_row(walk)).read.get(kinds.tally_id(session.member, walk).hex(), {})
        return tuple(doors.in_order(row.get(kinds.field_of(key), ())))

    def _progress(self, session: Session, row: Row) -> Progress:
        known, blocked = self._known(session, row), self.blocked(session, row)
        if known.counted is None or known.counted[:2] != (known.version, blocked):
            answers = (
                DoorLook(d, known.doors.get(kinds.field_of(d.key), _NOTHING).answer, d.key in blocked, False)
                for d in self.planned(row).doors
            )
            known.counted = (known.version, blocked, doors.progress(answers))
        return known.counted[2]

    def _known(self, session: Session, row: Row) -> _Walk:
        """What was said on a walk: what changed since the last time is read and derived anew."""
        known = self._walks.setdefault(row["id"], _Walk())
        if known.looked == session.view.changes:
            return known
        known.looked = session.view.changes
        query = "SELECT id, said FROM doors WHERE walk = :walk AND round = :round AND NOT hidden"
        found = session.view.ask(query, walk=row["id"], round=row["round"])
        texts = {r["id"]: r["said"] for r in found}
        if texts == known.rows:
            return known
        changed: set[str] = set()
        for name in texts.keys() | known.rows.keys():
            if texts.get(name) != known.rows.get(name):
                before = known.read.pop(name, {})
                after = _read_row(texts[name]) if name in texts else {}
                if after:
                    known.read[name] = after
                changed |= {f for f in before.keys() | after.keys() if before.get(f) != after.get(f)}
        mine = kinds.tally_id(session.member, bytes.fromhex(row["id"])).hex()
        for field_ in changed:
            known.doors[field_] = _derive(known, field_, mine)
        known.rows, known.version = texts, known.version + 1
        return known


MOST_MILLIS = 7 * 24 * 60 * 60_000  # no claim counts for longer than this


def _derive(known: _Walk, name: str, mine: str) -> _Known:
    said = doors.join(row.get(name, frozenset()) for row in known.read.values())
    own = known.read.get(mine, {}).get(name, frozenset())
    seen = [
        Seen(e.answer, e.day, e.part, row == mine)
        for row, some in known.read.items()
        for e in some.get(name, frozenset())
    ]
    seen.sort(key=lambda s: (s.day, doors.PARTS.index(s.part), s.answer.state, s.mine))
    return _Known(said, own, doors.counts(said), tuple(seen))


def _read_row(text: str) -> dict[str, frozenset[Entry]]:
    """Field → everything that stands there, of one member."""
    values = kinds.from_json(text)
    read = {}
    for name, versions in values.items() if isinstance(values, dict) else ():
        some = [kinds.read_said(v) for v in versions[: kinds.MAX_TRIES]] if isinstance(versions, list) else []
        entries = frozenset(e for entries in some for e in entries)
        if entries:
            read[name] = entries
    return read


def _ending(row: Row) -> Ending:
    walks = counted(row["walks"])
    together = doors.together(p for _, p in walks)
    return Ending(together, tuple(walks), tuple(counted(row["streets"])), read_progress(kinds.from_json(row["late"])))


def counted(text: str) -> list[tuple[str, Progress]]:
    """Names and their counts, as they stand in a result."""
    rows = kinds.from_json(text)
    found = []
    for row in rows[: kinds.MAX_DOORS] if isinstance(rows, list) else []:
        if isinstance(row, list) and len(row) == 2 and isinstance(row[0], str):
            found.append((row[0], read_progress(row[1])))
    return found


def _done(progress: Progress) -> tuple[int, int]:
    """Of two coordinators who closed a round at once the one who had seen more counts."""
    return (progress.done, progress.flyers)


def rule_of(row: Row) -> PassRule:
    """The coordinator's rule, as a round's row has it."""
    times = row["times"] if isinstance(row["times"], int) else PassRule().times
    return PassRule(max(1, min(times, kinds.MAX_TRIES)), bool(row["other_part"]))


def members(session: Session, name: bytes, row: Row) -> tuple[bytes, ...]:
    """Who is on a round: as the roll says, which everyone checks; else as it was planned."""
    on_roll = session.roll.state.rounds.get(name)
    if on_roll is not None:
        return tuple(sorted(on_roll.members))
    return tuple(bytes.fromhex(m) for m in kinds.from_json(row["members"]) or [])


def coordinates(session: Session) -> bool:
    """Whether this is a coordinator's device."""
    return session.roll.state.device(session.device).role is Role.COORDINATOR


def over(session: Session, name: bytes) -> bool:
    """Whether a round was closed: the roll says so."""
    crew = session.roll.state.rounds.get(name)
    return crew is not None and crew.closed


def open_here(session: Session, name: bytes) -> bool:
    """Whether this device can write in a round: it holds its ring, and the round is not over."""
    return session.roll.state.walks(session.device, name)


def local(millis: int) -> datetime:
    """A moment as the clock on the wall has it."""
    return datetime.fromtimestamp(millis / 1000)


def now(session: Session) -> tuple[date, DayPart]:
    """The day it is, and the part of it: finer times are kept nowhere."""
    moment = local(session.writer.now())
    return moment.date(), part_of(moment.hour)


def end_of_evening(session: Session) -> int:
    """Four o'clock at night after this evening, in milliseconds since 1970: then a walk is free again by itself."""
    moment = local(session.writer.now())
    night = moment.replace(hour=4, minute=0, second=0, microsecond=0)
    return int((night if moment < night else night + timedelta(days=1)).timestamp() * 1000)
