"""New addresses, each of which gets the same welcome: wherever it came from, whoever lives there.

An address comes from a coordinator (for one person, or for whoever of the team is near), from a contact person's own
entry or from an imported list. What a care worker asks for at their client's own wish is written as the coordinator's own
(decision 20). Nothing else is kept of it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from app.services import addresses, marks, records
from app.services.due import Welcome
from app.services.live import Live
from app.services.models import MAX_ADDRESS, Role
from app.services.records import DETAIL_MONTHS, Group, iso, month_after
from app.services.session import Session
from sync.core import ring
from sync.core.errors import BadInput, NotFound
from sync.core.merge import Record
from sync.device.writer import Part

KIND = "welcome"
MAX_LIST = 2_000  # addresses in one list
MAX_LIST_TEXT = 200_000


class Origin(Enum):
    """Where an address came from. It is known, and decides nothing."""

    COORDINATOR = "coordinator"
    SELF = "self"
    LIST = "list"
    ROUND = "round"  # seen at a door on a round


class Line(Enum):
    """What became of one line of a list."""

    NEW = "new"
    KNOWN = "known"  # that door is on the list, or was welcomed, already
    TWICE = "twice"  # in this list
    NO_CONTACT = "no_contact"
    TOO_LONG = "too_long"
    NO_NUMBER = "no_number"  # no house number: no door
    NAME = "name"  # somebody's name: only addresses are taken over


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list, read and not yet taken in."""

    number: int
    address: str
    line: Line


@dataclass(frozen=True, slots=True)
class Assigned:
    """A new address and whose turn it is: a member's id and name, or b"" and "" for whoever is near."""

    welcome: Welcome
    whom: bytes
    name: str


def fields(address: str, since: date, origin: Origin, whom: bytes = b"", bag: str = "") -> dict[str, object]:
    """The one task that every new address gives. Raises BadInput("address", why)."""
    return {
        "address": marks.check(address),
        "bag": bag,
        "since": since.isoformat(),
        "origin": origin.value,
        "whom": whom,
    }


def rings_of(session: Session, whom: bytes, team: bytes) -> frozenset[bytes]:
    """Who reads of a new address: one person and the coordinators, or (for nobody in particular) the team."""
    if whom:
        return frozenset({ring.own_ring(whom), ring.coordinators_ring(team)})
    return frozenset({ring.team_ring(team)})


def adding(session: Session, values: dict[str, object]) -> tuple[bytes, Part]:
    """What to write for a new address."""
    since = values["since"]
    whom = values["whom"] if isinstance(values["whom"], bytes) else b""
    rings = rings_of(session, whom, _team_of(session, whom))
    day = iso(since if isinstance(since, str) else "") or date.min
    record, [part] = records.parts(session, KIND, [Group("task", values, rings, month_after(day, DETAIL_MONTHS))])
    return record, part


def _team_of(session: Session, whom: bytes) -> bytes:
    """Where that person works, if it is below the coordinator's own team: only there they may say that it is done."""
    state = session.roll.state
    teams = [d.team for d in state.members().get(whom, ()) if state.coordinates(session.device, d.team)]
    return teams[0] if teams else session.team


def state(session: Session, welcome: bytes, values: dict[str, object]) -> list[Part]:
    """What to write when a welcome is planned or done. Raises NotFound."""
    known = records.known(session, KIND, welcome)
    day = iso(known.value("task.since")) or date.fromtimestamp(session.writer.now() / 1000)
    group = Group("state", values, _rings(session, known), month_after(day, DETAIL_MONTHS))
    return records.parts(session, KIND, [group], known)[1]


def moved(session: Session, welcome: bytes, address: str) -> list[Part]:
    """What to write to give one of my own entries another spelling; another's stays as it is."""
    known = records.known(session, KIND, welcome)
    if known.creator != session.member:
        return []
    day = iso(known.value("task.since")) or date.fromtimestamp(session.writer.now() / 1000)
    group = Group("task", {"address": address}, _rings(session, known), month_after(day, DETAIL_MONTHS))
    return records.parts(session, KIND, [group], known)[1]


def _rings(session: Session, known: Record) -> frozenset[bytes]:
    whom = known.value("task.whom")
    return rings_of(session, whom if isinstance(whom, bytes) else b"", records.team_of(session, known))


def waiting(session: Session, everyone: bool = False) -> list[Welcome]:
    """New addresses that are for me or for whoever is near; `everyone`: also those for others. Done ones too."""
    rows = session.view.ask("SELECT * FROM welcomes WHERE NOT hidden ORDER BY made, id")
    me = session.member.hex()
    return [_welcome(row) for row in rows if everyone or row["whom"] in ("", me)]


def _welcome(row: dict[str, object]) -> Welcome:
    return Welcome(
        bytes.fromhex(str(row["id"])),
        str(row["address"]),
        iso(str(row["since"])) or date.min,
        bool(row["done"]),
        iso(str(row["plan"])),
        str(row["made"]),
    )


def read_list(text: str, known: Iterable[str], blocked: frozenset[str]) -> list[Listed]:
    """Read addresses, one a line (of a table the first column), and say what would become of each; nothing is taken
    in yet. Raises BadInput("list", why) for more than can be looked at.
    """
    if len(text) > MAX_LIST_TEXT:
        raise BadInput("list", "too_long")
    there, seen, read = {addresses.key(a) for a in known}, set(), []
    for number, line in enumerate(text.splitlines(), 1):
        address = _address_of(line)
        if not address:
            continue
        key = addresses.key(address)
        kind = Line.NEW
        if len(address) > MAX_ADDRESS:
            kind = Line.TOO_LONG
        elif _SOMEBODY.search(address):
            kind = Line.NAME
        elif key.endswith("||"):
            kind = Line.NO_NUMBER
        elif key in blocked:
            kind = Line.NO_CONTACT
        elif key in seen:
            kind = Line.TWICE
        elif key in there:
            kind = Line.KNOWN
        seen.add(key)
        read.append(Listed(number, address, kind))
    if len(read) > MAX_LIST:
        raise BadInput("list", "too_many")
    return read


_NUMBER = re.compile(r"\d{1,5}\D{0,8}")
_SOMEBODY = re.compile(r"\b(mevrouw|mevr|mw|meneer|dhr|de heer|fam|familie|mrs|mr|ms)\b", re.IGNORECASE)
_ADDITION = re.compile(r"[A-Za-z0-9-]{1,4}")


def _address_of(line: str) -> str:
    """The address on a line of a table: the first column, or street, number and addition in columns of their own. A name
    before a comma is left out.
    """
    before, comma, after = line.partition(",")
    if comma and not re.search(r"\d", before) and re.search(r"\d", after):
        line = after
    columns = [" ".join(c.strip(' "').split()) for c in re.split(r"[;\t]", line)]
    if len(columns) == 1 or not _NUMBER.fullmatch(columns[1]):
        return columns[0]
    more = columns[2] if len(columns) > 2 and _ADDITION.fullmatch(columns[2]) else ""
    return addresses.tidy(f"{columns[0]} {columns[1]}{more}")


class Welcomes:
    """The new addresses of the open app."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def all(self) -> list[Welcome]:
        """Every new address that this device may read, done ones too."""
        return waiting(self._live.require_session(), everyone=True)

    def assigned(self) -> list[Assigned]:
        """Every new address that this device may read with whose turn it is, longest waiting first; none of those where
        nobody rings.
        """
        view = self._live.require_session().view
        rows = view.ask(
            "SELECT w.*, coalesce(m.name, '') AS name FROM welcomes w LEFT JOIN members m ON m.member = w.whom"
            " WHERE NOT hidden ORDER BY since, made, id"
        )
        left_alone = marks.blocked(self._live.require_session())
        return [
            Assigned(_welcome(row), bytes.fromhex(row["whom"]), row["name"])
            for row in rows
            if addresses.key(row["address"]) not in left_alone
        ]

    def one(self, welcome: bytes) -> Welcome:
        """One new address. Raises NotFound."""
        rows = self._live.require_session().view.ask("SELECT * FROM welcomes WHERE id = :id", id=welcome.hex())
        if not rows:
            raise NotFound(KIND)
        return _welcome(rows[0])

    def known_addresses(self) -> list[str]:
        """Every address of a welcome or of a visit that this device may read, newest first, each spelling once."""
        view = self._live.require_session().view
        rows = view.ask(
            "SELECT address FROM welcomes WHERE NOT hidden UNION SELECT address FROM visits WHERE NOT hidden"
        )
        return [row["address"] for row in rows if row["address"]]

    def same(self, address: str) -> list[str]:
        """Known spellings of this very door."""
        key = addresses.key(address)
        return sorted(a for a in self.known_addresses() if key and addresses.key(a) == key)

    def near(self, address: str) -> list[str]:
        """Known addresses that may be meant instead."""
        return addresses.near(address, self.known_addresses())

    async def add(self, address: str, since: date, whom: bytes | None = None, origin: Origin | None = None) -> bytes:
        """A new address: a contact person's own entry is their own; a coordinator's is for `whom` (b"": the team).

        Raises BadInput("address", missing | too_long | no_contact | known) or DiskFull.
        """
        session = self._live.require_session()
        marks.refuse_blocked(session, address)
        self._refuse_known(session, address)
        coordinates = session.roll.state.device(session.device).role is Role.COORDINATOR
        origin = origin or (Origin.COORDINATOR if coordinates else Origin.SELF)
        whom = whom if whom is not None else (b"" if coordinates else session.member)
        record, part = adding(session, fields(address, since, origin, whom))
        await records.write(session, [part])
        self._live.tell()
        return record

    def _refuse_known(self, session: Session, address: str) -> None:
        key = addresses.key(address)
        if any(addresses.key(w.address) == key for w in waiting(session, everyone=True) if not w.done):
            raise BadInput("address", "known")

    def read_list(self, text: str) -> list[Listed]:
        """See read_list."""
        session = self._live.require_session()
        open_now = [w.address for w in waiting(session, everyone=True) if not w.done]
        return read_list(text, open_now, marks.blocked(session))

    async def add_list(self, lines: Iterable[Listed], since: date, whom: bytes | None = None) -> int:
        """Take in the new lines of a list, all in one transaction; how many. Raises DiskFull."""
        session = self._live.require_session()
        coordinates = session.roll.state.device(session.device).role is Role.COORDINATOR
        whom = whom if whom is not None else (b"" if coordinates else session.member)
        take = [x for x in lines if x.line is Line.NEW]
        parts = [adding(session, fields(x.address, since, Origin.LIST, whom))[1] for x in take]
        await records.write(session, parts)
        self._live.tell()
        return len(parts)

    async def plan(self, welcome: bytes, day: date | None) -> None:
        """Choose a day for a welcome. Raises NotFound."""
        session = self._live.require_session()
        await records.write(session, state(session, welcome, {"plan": day.isoformat() if day else ""}))
        self._live.tell()

    async def done(self, welcome: bytes, done: bool = True) -> None:
        """This door is welcomed, or is to be welcomed after all. Raises NotFound."""
        session = self._live.require_session()
        await records.write(session, state(session, welcome, {"done": done}))
        self._live.tell()
