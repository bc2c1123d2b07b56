"""The trail: which coordinator read, exported, erased or decided what kind of thing, on which day. Nothing else.

No content, no address and no id of a resident's record stands in it, so it is no second file about residents; and only
acts of coordinators do, so it is none about volunteers. Who it was is the signature's to say. Reading is noted once a
day for each kind of thing; what leaves the app or can't be undone is noted every time. docs/decisions/0033-the-law.md.

    await app.trail.note(Act.EXPORTED, "report")
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING

from app.services import people, records
from app.services.records import Group, iso, month_after
from sync.core import ring
from sync.core.rights import Role
from sync.device.writer import Part

if TYPE_CHECKING:
    from app.services.live import Live
    from app.services.session import Session

KIND = "audit"
MONTHS = 24
MAX_KIND = 20


class Act(Enum):
    """What counts. Once released a value keeps its meaning."""

    READ = "read"  # all about an address, a quarantined note, what a lost device could open
    EXPORTED = "exported"  # personal data left the app as a file, on paper or on the clipboard
    ERASED = "erased"
    CORRECTED = "corrected"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    DECIDED = "decided"  # a request that was answered, a term that was set


ONCE_A_DAY = frozenset({Act.READ})


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the trail. `what` is an Act's value, or one of a newer version."""

    day: date
    by: str
    what: str
    kind: str
    mine: bool


def part(session: "Session", what: Act, kind: str, team: bytes = b"") -> list[Part]:
    """What to write to note an act, with the act itself in one transaction: nothing where no coordinator acts here, or
    where it is there already. `kind`: that of a record ("visit", "story", …) or "address", "report", "device", "all".

    Raises ValueError for anything else: a programmer's slip, which would put content into the trail.
    """
    if not (kind and len(kind) <= MAX_KIND and kind.isascii() and kind.isalpha()):
        raise ValueError("a kind is one plain word")
    here = session.roll.state.devices.get(session.device)
    if here is None or here.role is not Role.COORDINATOR or not session.roll.state.coordinates(here.id, here.team):
        return []
    today = date.fromtimestamp(session.writer.now() / 1000)
    values = {"what": what.value, "kind": kind, "day": today.isoformat()}
    if what in ONCE_A_DAY and _there(session, values):
        return []
    rings = frozenset({ring.coordinators_ring(team or session.team)})
    return records.parts(session, KIND, [Group("event", values, rings, month_after(today, MONTHS))])[1]


def _there(session: "Session", values: dict[str, str]) -> bool:
    where = "creator = :me AND what = :what AND kind = :kind AND day = :day"
    return bool(session.view.ask(f"SELECT 1 FROM events WHERE {where} LIMIT 1", me=session.member.hex(), **values))  # noqa: S608


class Trail:
    """Writing and reading it. Hung on App as `trail`."""

    def __init__(self, live: "Live") -> None:
        self._live = live

    async def note(self, what: Act, kind: str, team: bytes = b"") -> None:
        """Note an act of this coordinator, before what it is about leaves the app. Others' acts are not noted: for
        them this does nothing. Raises DiskFull: then the act should not be done either.
        """
        session = self._live.require_session()
        await records.write(session, part(session, what, kind, team))

    def events(self, most: int, skip: int = 0) -> Sequence[Event]:
        """The newest first, of the teams whose coordinators' ring this device holds."""
        session = self._live.require_session()
        names, me = people.names(session), session.member.hex()
        rows = session.view.ask(
            "SELECT * FROM events ORDER BY day DESC, made DESC, id LIMIT :most OFFSET :skip", most=most, skip=skip
        )
        return [
            Event(iso(r["day"]) or date.min, names.get(r["creator"], ""), r["what"], r["kind"], r["creator"] == me)
            for r in rows
        ]

    def count(self) -> int:
        """How many lines there are."""
        return int(self._live.require_session().view.ask("SELECT count(*) AS n FROM events")[0]["n"])
