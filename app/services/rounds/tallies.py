"""What is known of the doors of each walk, read from the tables and kept until it changes.

A tap changes one row of one walk: that row is read anew, the doors in it that changed are derived anew, nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.services import addresses, marks
from app.services.rounds import doors, kinds
from app.services.rounds.doors import Said
from app.services.rounds.here import now
from app.services.rounds.kinds import Entry
from app.services.rounds.models import Answer, Door, DoorLook, DoorState, PassRule, Progress, Seen
from app.services.session import Session
from sync.core.errors import NotFound

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Planned:
    """A walk's doors as they were planned. `spelt`: key → the key of the address, as marks have it."""

    text: tuple[str, str]
    doors: tuple[Door, ...]
    by_key: Mapping[str, Door]
    spelt: Mapping[str, str]
    blocked: frozenset[str]


@dataclass(slots=True)
class _Known:
    """One door of a walk: what was said, and what that comes to."""

    said: Said = frozenset()
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


class Tallies:
    """The doors of one app, as long as it is open."""

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

    # -- doors -------------------------------------------------------------------------------------------------------

    def walk_row(self, walk: bytes) -> Row:
        """One walk. Raises NotFound."""
        query = "SELECT * FROM walks WHERE id = :id AND doors <> '' AND NOT hidden"
        rows = self.session().view.ask(query, id=walk.hex())
        if not rows:
            raise NotFound(kinds.WALK)
        return rows[0]

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

    def progress_of(self, session: Session, row: Row) -> Progress:
        """The counts of a walk by its row."""
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


def _derive(known: _Walk, name: str, mine: str) -> _Known:
    said = doors.join(row.get(name, frozenset()) for row in known.read.values())
    seen = [
        Seen(e.answer, e.day, e.part, row == mine)
        for row, some in known.read.items()
        for e in some.get(name, frozenset())
    ]
    seen.sort(key=lambda s: (s.day, doors.PARTS.index(s.part), s.answer.state, s.mine))
    return _Known(said, doors.counts(said), tuple(seen))


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
