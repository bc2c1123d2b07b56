"""The queue: which visits wait for a word, where each stands, and what is not yet read. All of it is asked of the tables.

A visit whose detail has gone (after twelve months) is a count and waits for nobody: it is not in the queue.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum
from typing import Any

from app.services import addresses, people, visits
from app.services.models import Outcome, QueueFilter, Visit
from app.services.session import Session
from sync.core.ids import ID_BYTES

_READ = "read answers"
READ_AT_MOST = 4_000  # read answers that are remembered: older ones are over their twelve months
_DETAIL = timedelta(days=365)
_FILTERS = {which.value: which for which in QueueFilter}

# Where a visit stands by one word on it, `r`: that word and what came after it.
_BY_WORD = """CASE
    WHEN r.id IS NULL THEN 'open'
    WHEN r.words > 1 THEN 'both'
    WHEN r.state = 'followup' THEN CASE WHEN EXISTS (
        SELECT 1 FROM followups f WHERE f.visit = v.id AND NOT f.hidden AND f.done = '') THEN 'followup' ELSE 'followed' END
    WHEN r.answered THEN 'answered'
    WHEN r.version <> '' AND r.version <> v.version THEN 'changed'
    WHEN r.state IN ('question', 'returned') THEN r.state
    ELSE 'done' END"""
_STANDS = f"""SELECT v.id, {_BY_WORD} AS stands, r.state, r.reply
    FROM visits v LEFT JOIN reviews r ON r.visit = v.id AND NOT r.hidden"""  # noqa: S608
WAITING = tuple(QueueFilter)[:5]  # for a coordinator
_KEPT = "(v.detail OR v.day >= :since)"  # and for nobody when its detail has gone
_NEW = f"""SELECT COUNT(*) AS n FROM visits v WHERE NOT v.hidden AND {_KEPT}
    AND NOT EXISTS (SELECT 1 FROM reviews r WHERE r.visit = v.id AND NOT r.hidden)"""  # noqa: S608
# Of thousands that were spoken on, those few where more has to be looked at than one word that nothing came after.
_SPOKEN = f"""{_STANDS} WHERE NOT v.hidden AND {_KEPT} AND v.id IN (
    SELECT d.visit FROM reviews d JOIN visits o ON o.id = d.visit WHERE NOT d.hidden AND (d.words > 1 OR d.answered
        OR d.state = 'followup' OR (d.version <> '' AND d.version <> o.version))
    UNION SELECT visit FROM reviews WHERE visit <> '' AND NOT hidden GROUP BY visit HAVING COUNT(*) > 1)
    ORDER BY r.stamp, r.id"""  # noqa: S608


class Taken(Enum):
    """Who is at a visit."""

    ANYBODY = "anybody"
    ME = "me"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Look:
    """What of the queue is on show. `by`: a contact person (b"": all); `place`: part of an address; `streets`: those of an
    area; `wish`: a wish's code, or "*" for any.
    """

    which: QueueFilter = QueueFilter.OPEN
    taken: Taken = Taken.ANYBODY
    by: bytes = b""
    place: str = ""
    streets: frozenset[str] = frozenset()
    outcome: Outcome | None = None
    wish: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything but where a visit stands is chosen."""
        return self != Look(self.which)


@dataclass(frozen=True, slots=True)
class Sign:
    """What the queue tells of a visit at a glance."""

    stands: QueueFilter
    holders: tuple[str, ...] = ()  # names of the coordinators who took it
    mine: bool = False  # I am one of them
    unread: bool = False  # an answer, or what was done about it, is not yet read on this device


class Queue:
    """Where the visits of a look stand. It is asked once, and stands until something changes."""

    def __init__(self) -> None:
        self._known: tuple[object, dict[QueueFilter, list[str]]] | None = None

    def queue(self, session: Session, look: Look, today: date) -> Sequence[Visit]:
        """The team's visits that are looked for: what waits longest first; of what was seen, and of all, the newest."""
        found = self._stand(session, look, today)
        if look.which is QueueFilter.ALL:
            return visits.Chosen(session, found.get(look.which, [])[::-1])
        chosen = found.get(look.which, [])
        return visits.Chosen(session, chosen[::-1] if look.which is QueueFilter.DONE else chosen)

    def counts(self, session: Session, look: Look, today: date) -> dict[QueueFilter, int]:
        """How many stand where, with everything else of this look."""
        return {which: len(found) for which, found in self._stand(session, look, today).items()}

    def _stand(self, session: Session, look: Look, today: date) -> dict[QueueFilter, list[str]]:
        key = (session.view, session.view.changes, replace(look, which=QueueFilter.ALL), today)
        if self._known is None or self._known[0] != key:
            self._known = (key, _stand(session, look, today))
        return self._known[1]


def waiting(session: Session, today: date) -> int:
    """How many visits wait for a coordinator: new, to choose between words, answered, changed, or followed up."""
    since = (today - _DETAIL).isoformat()
    stands = _by_visit(session.view.ask(_SPOKEN, since=since))
    return int(session.view.ask(_NEW, since=since)[0]["n"]) + sum(which in WAITING for which in stands.values())


def _stand(session: Session, look: Look, today: date) -> dict[QueueFilter, list[str]]:
    """The visits (ids as hex, oldest day first) of a look, by where they stand; and all of them."""
    where, values = _where(session, look, today)
    query = f"{_STANDS} WHERE NOT v.hidden AND {where} ORDER BY v.day, v.made, v.id, r.stamp, r.id"
    stands = _by_visit(session.view.ask(query, **values))
    found = {which: list[str]() for which in QueueFilter}
    for visit, which in stands.items():
        found[which].append(visit)
    found[QueueFilter.ALL] = list(stands)
    return {which: some for which, some in found.items() if some}


def _by_visit(rows: Iterable[dict[str, Any]]) -> dict[str, QueueFilter]:
    """Where each visit stands, by its last word; where two records say something else, one is to be chosen."""
    stands, said = dict[str, QueueFilter](), dict[str, tuple[str, str]]()
    for row in rows:
        name, words = row["id"], (row["state"], row["reply"])
        differs = name in said and (said[name] != words or stands[name] is QueueFilter.BOTH)
        stands[name] = QueueFilter.BOTH if differs else _FILTERS[row["stands"]]
        said[name] = words
    return stands


def _where(session: Session, look: Look, today: date) -> tuple[str, dict[str, str]]:
    """A condition on `v`, and its values."""
    tests, values = [_KEPT], {"since": (today - _DETAIL).isoformat()}
    taken = "EXISTS (SELECT 1 FROM reviews d WHERE d.desk = v.id AND NOT d.hidden AND {})"
    if look.taken is Taken.ME:
        tests.append(taken.format("instr(d.who, :me)"))
        values["me"] = session.member.hex()
    elif look.taken is Taken.NOBODY:
        tests.append("NOT " + taken.format("d.who <> ''"))
    if look.by:
        tests.append("v.creator = :by")
        values["by"] = look.by.hex()
    if look.place.strip():
        tests.append("v.address LIKE :place ESCAPE '\\'")
        values["place"] = f"%{_literal(addresses.tidy(look.place))}%"
    if look.streets:
        tests.append("EXISTS (SELECT 1 FROM json_each(:streets) s WHERE v.address LIKE s.value ESCAPE '\\')")
        values["streets"] = json.dumps([f"{_literal(s)} %" for s in sorted(look.streets)])
    if look.outcome is not None:
        tests.append("v.outcome = :outcome")
        values["outcome"] = look.outcome.value
    if look.wish == "*":
        tests.append("v.wishes <> ''")
    elif look.wish:
        tests.append("instr(',' || v.wishes || ',', :wish)")
        values["wish"] = f",{look.wish},"
    return " AND ".join(tests), values


def _literal(text: str) -> str:
    """A text that LIKE takes as it stands."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def signs(session: Session, shown: Iterable[bytes]) -> dict[bytes, Sign]:
    """What to tell of these visits, each by its id."""
    listed = json.dumps([v.hex() for v in shown])
    among = "IN (SELECT value FROM json_each(:listed))"
    stands = _by_visit(session.view.ask(f"{_STANDS} WHERE v.id {among} ORDER BY r.stamp, r.id", listed=listed))
    rows = session.view.ask(
        f"SELECT desk, who FROM reviews WHERE desk {among} AND who <> '' AND NOT hidden",  # noqa: S608
        listed=listed,
    )
    names, there = people.names(session), session.roll.state.members().keys()
    at = dict[str, set[str]]()
    for row in rows:
        at.setdefault(row["desk"], set()).update(w for w in row["who"].split(",") if bytes.fromhex(w) in there)
    unread = {visit for _, visit in _unread(session)}
    return {
        bytes.fromhex(name): Sign(
            which,
            tuple(sorted(names.get(w) or "?" for w in at.get(name, ()))),
            session.member.hex() in at.get(name, ()),
            name in unread,
        )
        for name, which in stands.items()
    }


# -- what there is to choose from ------------------------------------------------------------------------


def contacts(session: Session) -> list[tuple[bytes, str]]:
    """Who noted visits that are here, by name. In the order of the alphabet, and without numbers: nobody is ranked."""
    rows = session.view.ask(
        "SELECT m.member, m.name FROM members m WHERE EXISTS (SELECT 1 FROM visits v WHERE v.creator = m.member)"
    )
    return sorted(((bytes.fromhex(r["member"]), r["name"] or "?") for r in rows), key=lambda m: (m[1].casefold(), m[0]))


def areas(session: Session) -> list[tuple[str, frozenset[str]]]:
    """Areas of which it is known which streets lie in them: the area's name (or its code), and its streets' names."""
    found, names = dict[str, frozenset[str]](), dict[str, str]()
    for row in session.view.ask("SELECT id, codes FROM areas"):
        record = session.replica.records[bytes.fromhex(row["id"])]
        names |= {c[1]: c[3] for c in json.loads(row["codes"]) if len(c) == 4 and c[3]}
        for code, streets in _streets(record.value("detail.streets")):
            found[code] = found.get(code, frozenset()) | streets
    return sorted(((names.get(c, c), streets) for c, streets in found.items() if streets), key=lambda a: a[0])


def _streets(value: Any) -> Iterable[tuple[str, frozenset[str]]]:
    """(code, streets) of [[kind, code, year, [streets]], …]; anything else of another version is left out."""
    for row in value if isinstance(value, list) else []:
        if isinstance(row, list) and len(row) == 4 and isinstance(row[1], str) and isinstance(row[3], list):
            yield row[1], frozenset(s for s in row[3] if isinstance(s, str) and s)


# -- read and unread -------------------------------------------------------------------------------------


def unread(session: Session) -> int:
    """How many answers, and words on what was done, are not yet read on this device."""
    return len(_unread(session))


def mark_read(session: Session, visit: bytes) -> bool:
    """Remember, on this device only, that what came back on a visit has been read; whether any of it was new."""
    fresh = [name for name, about in _unread(session) if about == visit.hex()]
    if fresh:
        kept = session.log.get(_READ) or b""
        session.log.put({_READ: (kept + b"".join(fresh))[-READ_AT_MOST * ID_BYTES :]})
    return bool(fresh)


def _unread(session: Session) -> list[tuple[bytes, str]]:
    """(what stands for it, its visit as hex) of each answer and each thing done that was not opened here."""
    data = session.log.get(_READ) or b""
    read = {data[i : i + ID_BYTES] for i in range(0, len(data), ID_BYTES)}
    rows = session.view.ask(
        "SELECT answer_id AS id, visit FROM reviews WHERE answer_id <> '' AND NOT hidden UNION ALL"
        " SELECT id, visit FROM followups WHERE done <> '' AND NOT hidden AND visit <> ''"
    )
    found = [(bytes.fromhex(row["id"])[:ID_BYTES], row["visit"]) for row in rows]
    return [(name, visit) for name, visit in found if name not in read]


def wishes(session: Session) -> list[str]:
    """The codes of wishes that were heard, in the order of the alphabet."""
    rows = session.view.ask("SELECT DISTINCT wishes FROM visits WHERE wishes <> '' AND NOT hidden")
    return sorted({code for row in rows for code in row["wishes"].split(",") if code})
