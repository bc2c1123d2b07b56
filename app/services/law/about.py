"""All about an address: what this device holds of it, in every kind of record and in every version that still lies here.

Not the readable tables are searched but the records themselves, whole: a field that a screen does not show, an older
text that was replaced and a version of another app are found as well. What can't be seen from here is said: visits that
their author alone can read, other teams, what waits for a key.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.services import addresses, people
from app.services.law.naming import Door, is_it, mentions, nearly, texts
from app.view import TABLES
from sync.core import ring
from sync.core.errors import BadInput
from sync.core.merge import Record
from sync.device.memory import BREATH, unpack_record

if TYPE_CHECKING:
    from app.services.live import Live
    from app.services.session import Session

AT_ONCE = 200  # records looked into in one go; then whoever taps has a turn
NEAR_MOST = 6
_TABLE = {table.kind: table for table in TABLES}
# Of nobody at an address, or told apart below. Everything else that names the address is shown.
REGISTER, OF_ROUNDS = frozenset({"street"}), frozenset({"walk", "door"})
NOT_OF_RESIDENTS = frozenset({"member", "area", "round", "adoption", "grant", "report", "setting", "audit", "receipt"})
STAYS = frozenset({"mark", "request"})  # kept on purpose: a no that is respected, and that somebody asked
# Who is about what: column of a table that names another record.
LINKS: Mapping[str, tuple[str, ...]] = {"reviews": ("visit",), "tasks": ("a", "b"), "followups": ("visit",)}
_BARE = frozenset(
    {"id", "creator", "made", "stamp", "hidden", "visit", "welcome", "a", "b", "member", "whom", "detail", "photo"}
    | {"addresses", "records", "reply_stamp"}
)


@dataclass(frozen=True, slots=True)
class Found:
    """One record. `how`: "address" (it is of this address), "mention" (a text names it), "linked" (it is about one that
    was found), "older" (only a version that was replaced names it). `row`: what the readable table says of it.
    """

    id: bytes
    kind: str
    table: str
    how: str
    row: Mapping[str, Any]
    by: bytes

    @property
    def day(self) -> str:
        """The day it is of, ISO, or ""."""
        return str(self.row.get("day") or self.row.get("since") or self.row.get("due") or "")

    @property
    def stays(self) -> bool:
        """Whether it is kept on purpose, and can't be erased here."""
        return self.kind in STAYS

    def told(self) -> dict[str, Any]:
        """The row as it may be handed to the resident: nothing of who wrote it, and no ids."""
        return {k: v for k, v in self.row.items() if k not in _BARE and v not in (None, "")}


@dataclass(frozen=True, slots=True)
class About:
    """The answer. `near`: other addresses that may be meant. `unseen`: (member, name, visits that only they can read).

    `rounds`: names of open rounds with this door on them, and `said` whether something was noted there. `register`: it
    is in the register of streets, which is public. `drafts`: half-typed forms on this device. `quarantined`: notes that
    wait for a decision. `elsewhere`: whether there are teams whose records this device can't open.
    """

    address: str
    found: tuple[Found, ...] = ()
    near: tuple[str, ...] = ()
    unseen: tuple[tuple[bytes, str, int], ...] = ()
    rounds: tuple[tuple[str, bool], ...] = ()
    register: bool = False
    drafts: tuple[str, ...] = ()
    quarantined: int = 0
    elsewhere: bool = False
    waiting: int = 0

    def erasable(self) -> list[Found]:
        """What a coordinator can have erased."""
        return [f for f in self.found if not f.stays]


@dataclass(slots=True)
class _Search:
    """What has come up so far."""

    door: Door
    how: dict[bytes, str] = field(default_factory=dict)
    records: dict[bytes, Record] = field(default_factory=dict)
    near: dict[str, str] = field(default_factory=dict)
    rounds: dict[bytes, bool] = field(default_factory=dict)
    register: bool = False


async def find(live: "Live", typed: str) -> About:
    """Look for everything about an address. Raises BadInput("address", why)."""
    session = live.require_session()
    tidied = addresses.tidy(typed)
    door = Door.of(tidied)
    if not door.street:
        raise BadInput("address", "missing")
    search = _Search(door)
    await session.replica.memory.settle()
    for record in await _candidates(session, door):
        _look(search, record)
    _link(session, search)
    return About(
        address=tidied,
        found=tuple(_ordered(session, search)),
        near=tuple(list(search.near.values())[:NEAR_MOST]),
        unseen=tuple(unseen(session)),
        rounds=tuple(_rounds(session, search)),
        register=search.register,
        drafts=tuple(_drafts(live, door)),
        quarantined=sum(_names(held.change.fields, door) for held in session.replica.quarantine.values()),
        elsewhere=_elsewhere(session),
        waiting=session.replica.waiting,
    )


async def _candidates(session: "Session", door: Door) -> list[Record]:
    """Records whose bytes hold the number: SQLite leaves most of them out at once."""
    db = session.replica.memory.db
    piece = (door.number or door.street[:1]).encode()
    where = "instr(value, ?) > 0" if door.number else "?1 = ?1"
    keys = [row[0] for row in db.execute(f"SELECT key FROM records WHERE {where}", (piece,))]  # noqa: S608 our own texts
    found = []
    for start in range(0, len(keys), AT_ONCE):
        for key in keys[start : start + AT_ONCE]:
            row = db.execute("SELECT value FROM records WHERE key = ?", (key,)).fetchone()
            if row is not None:
                record = unpack_record(key, row[0])
                if record.creator is not None and not record.erased and record.kind not in NOT_OF_RESIDENTS:
                    found.append(record)
        await asyncio.sleep(BREATH)
    return found


def _look(search: _Search, record: Record) -> None:
    """Whether a record names the address, and how."""
    door, how = search.door, ""
    for name, register in record.fields.items():
        live = {v.id for v in register.live()}
        if record.kind in OF_ROUNDS and is_it(name.partition(".")[2], door):
            _on_round(search, record, True)
            return
        for version in register.versions.values():
            for text in texts(version.value):
                if is_it(text, door):
                    how = _stronger(how, "address" if version.id in live else "older")
                elif nearly(text, door):
                    if record.kind not in REGISTER:
                        search.near.setdefault(addresses.key(text), addresses.tidy(text))
                elif mentions(text, door):
                    how = _stronger(how, "mention" if version.id in live else "older")
    if record.kind in REGISTER:
        search.register = search.register or bool(how)
    elif record.kind in OF_ROUNDS:
        if how:
            _on_round(search, record, False)
    elif how:
        search.how[record.id], search.records[record.id] = how, record


_STRENGTH = ("", "older", "mention", "address")


def _stronger(a: str, b: str) -> str:
    return max(a, b, key=_STRENGTH.index)


def _on_round(search: _Search, record: Record, said: bool) -> None:
    for name in ("plan.round", "state.round", "claim.round"):
        round_ = record.value(name)
        if isinstance(round_, bytes):
            search.rounds[round_] = search.rounds.get(round_, False) or said


def _link(session: "Session", search: _Search) -> None:
    """What is about one of those: words on a visit, pairs that it is in, what somebody was asked to do after it."""
    there = {table.name for table in TABLES}
    for table, columns in LINKS.items():
        for column in columns if table in there else ():
            for record in list(search.how):
                query = f"SELECT id FROM {table} WHERE {column} = :id"  # noqa: S608 our own names
                for row in session.view.ask(query, id=record.hex()):
                    linked = session.replica.records.get(bytes.fromhex(row["id"]))
                    if linked is not None and not linked.erased and linked.id not in search.how:
                        search.how[linked.id], search.records[linked.id] = "linked", linked


def _ordered(session: "Session", search: _Search) -> list[Found]:
    """By kind as the tables stand, the newest first."""
    found = []
    for name, record in search.records.items():
        table = _TABLE.get(record.kind)
        row = table.row(record) if table else {}
        found.append(
            Found(name, record.kind, table.name if table else "", search.how[name], row, record.creator or b"")
        )
    places = {table.kind: place for place, table in enumerate(TABLES)}
    found.sort(key=lambda f: (f.day, f.id), reverse=True)
    return sorted(found, key=lambda f: places.get(f.kind, len(places)))


def unseen(session: "Session") -> list[tuple[bytes, str, int]]:
    """Members with visits whose detail, if there is one, only they can read: id, name, how many."""
    names = people.names(session)
    rows = session.view.ask(
        "SELECT creator, COUNT(*) AS n FROM visits WHERE NOT detail AND NOT shared AND creator <> :me"
        " AND outcome NOT IN ('', 'no_contact') GROUP BY creator ORDER BY creator",
        me=session.member.hex(),
    )
    return [(bytes.fromhex(r["creator"]), names.get(r["creator"], ""), r["n"]) for r in rows]


def _rounds(session: "Session", search: _Search) -> list[tuple[str, bool]]:
    """Open rounds that have this door, by name."""
    crews = session.roll.state.rounds
    open_ = {r: said for r, said in search.rounds.items() if r in crews and not crews[r].closed}
    names = {
        bytes.fromhex(row["id"]): row["name"] for row in session.view.ask("SELECT id, name FROM rounds WHERE of = ''")
    }
    return sorted((names.get(r, ""), said) for r, said in open_.items())


def _drafts(live: "Live", door: Door) -> list[str]:
    drafts = live.drafts
    keys = drafts.keys() if drafts else []
    return [k for k in keys if drafts and _any(texts(drafts.get(k)), door)]


def _names(fields: Mapping[str, Any], door: Door) -> bool:
    return any(_any(texts(patch.value), door) for patch in fields.values())


def _any(some: Iterable[str], door: Door) -> bool:
    return any(is_it(text, door) or mentions(text, door) for text in some)


def _elsewhere(session: "Session") -> bool:
    """Whether there are teams whose coordinators' ring this device does not hold."""
    state = session.roll.state
    held = state.readable(session.device)
    return any(ring.coordinators_ring(team) not in held for team in state.teams)
