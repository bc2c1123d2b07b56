"""No contact wanted: an address where nobody rings, for every role. It keeps the address and nothing else: no name, no
reason. It ends when the resident wishes so, or when a coordinator notes that others live there now.

An address is blocked while any mark on it is not lifted; a mark stands for every spelling it ever had. A mark that was
set without knowing of a lift is a record of its own, and so stands.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from app.services import addresses, records
from app.services.live import Live
from app.services.models import MAX_ADDRESS, Role
from app.services.records import Group, iso
from app.services.session import Session
from sync.core import ring
from sync.core.errors import BadInput, Forbidden
from sync.device.writer import Part

KIND = "mark"
ASK_AFTER = timedelta(days=2 * 365)  # then a coordinator is asked whether it still stands; unanswered, it does


class Why(Enum):
    """Why a mark ends. OWN_WISH: the resident said so; HOUSEHOLD: others live there now; MISTAKE: it was never meant."""

    OWN_WISH = "own_wish"
    HOUSEHOLD = "new_household"
    MISTAKE = "mistake"


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark in force. `asked`: someone of the team says why it could end; `ask`: it has stood for two years."""

    id: bytes
    address: str
    since: date | None
    asked: Why | None
    ask: bool


def check(address: str) -> str:
    """The address of a mark. Raises BadInput("address", why)."""
    tidied = addresses.tidy(address)
    if not tidied:
        raise BadInput("address", "missing")
    if len(tidied) > MAX_ADDRESS:
        raise BadInput("address", "too_long")
    return tidied


def blocked(session: Session) -> frozenset[str]:
    """The keys of every address where nobody rings."""
    rows = session.view.ask("SELECT addresses FROM marks WHERE NOT lifted")
    return frozenset(addresses.key(a) for row in rows for a in json.loads(row["addresses"]))


def refuse_blocked(session: Session, address: str) -> None:
    """Raises BadInput("address", "no_contact") for an address where nobody rings."""
    if addresses.key(address) in blocked(session):
        raise BadInput("address", "no_contact")


def setting(session: Session, address: str, today: date) -> list[Part]:
    """What to write to mark an address; nothing when it is marked already. Raises BadInput."""
    tidied = check(address)
    if addresses.key(tidied) in blocked(session):
        return []
    values = {"address": tidied, "day": today.replace(day=1).isoformat()}  # the month is enough
    group = Group("address", values, frozenset({ring.team_ring(session.team)}))
    return records.parts(session, KIND, [group])[1]


def standing(session: Session, today: date) -> list[Mark]:
    """The marks in force, by address."""
    rows = session.view.ask("SELECT * FROM marks WHERE NOT lifted")
    return sorted((_mark(row, today) for row in rows), key=lambda m: addresses.key(m.address))


def _mark(row: dict[str, str], today: date) -> Mark:
    since, confirmed = iso(row["since"]), iso(row["confirmed"])
    looked_at = max((d for d in (since, confirmed) if d), default=None)
    asked = next((w for w in Why if w.value == row["request"]), None)
    old = looked_at is not None and today - looked_at >= ASK_AFTER
    return Mark(bytes.fromhex(row["id"]), row["address"], since, asked, old)


def waiting(session: Session) -> int:
    """How many marks a coordinator is asked about."""
    today = date.fromtimestamp(session.writer.now() / 1000)
    return sum(m.asked is not None or m.ask for m in standing(session, today))


class Marks:
    """The marks of the open app."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def all(self, today: date) -> list[Mark]:
        """The marks in force, by address."""
        return standing(self._live.require_session(), today)

    def at(self, address: str, today: date) -> list[Mark]:
        """The marks in force on one door."""
        return [m for m in self.all(today) if addresses.key(m.address) == addresses.key(address)]

    def blocks(self, address: str) -> bool:
        """Whether nobody rings there."""
        return addresses.key(address) in blocked(self._live.require_session())

    async def set(self, address: str, today: date) -> None:
        """Mark an address, at once and for everyone. Raises BadInput or DiskFull."""
        session = self._live.require_session()
        await records.write(session, setting(session, address, today))
        self._live.tell()

    async def ask_to_lift(self, mark: bytes, why: Why, today: date) -> None:
        """Tell the coordinators why a mark could end; it stands until one of them lifts it. Raises NotFound."""
        await self._write(mark, {"request": {"why": why.value, "day": today.isoformat()}})

    async def lift(self, mark: bytes, why: Why, today: date) -> None:
        """Coordinator: end every mark on this door. Raises NotFound or Forbidden."""
        session = self._coordinating()
        door = {addresses.key(a) for a in self._spellings(mark)}
        for row in session.view.ask("SELECT id, addresses FROM marks WHERE NOT lifted"):
            if door & {addresses.key(a) for a in json.loads(row["addresses"])}:
                values = {"lifted": True, "why": why.value, "day": today.isoformat()}
                await self._write(bytes.fromhex(row["id"]), {"lift": values})

    async def confirm(self, mark: bytes, today: date) -> None:
        """Coordinator: it still stands; asked again in two years. Any request is answered by it."""
        self._coordinating()
        await self._write(
            mark, {"confirm": {"day": today.isoformat()}, "request": {"why": "", "day": today.isoformat()}}
        )

    def _spellings(self, mark: bytes) -> list[str]:
        rows = self._live.require_session().view.ask("SELECT addresses FROM marks WHERE id = :id", id=mark.hex())
        return [a for row in rows for a in json.loads(row["addresses"])]

    def _coordinating(self) -> Session:
        session = self._live.require_session()
        if session.roll.state.device(session.device).role is not Role.COORDINATOR:
            raise Forbidden("mark")
        return session

    async def _write(self, mark: bytes, groups: Mapping[str, Mapping[str, object]]) -> None:
        session = self._live.require_session()
        known = records.known(session, KIND, mark)
        rings = frozenset({ring.team_ring(records.team_of(session, known))})
        made = [Group(name, values, rings) for name, values in groups.items()]
        await records.write(session, records.parts(session, KIND, made, known)[1])
        self._live.tell()
