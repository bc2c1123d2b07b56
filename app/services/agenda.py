"""The agenda: what is due, and noting in a tap how it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.services import addresses, due, marks, records, visits, welcomes
from app.services.due import Due, Rang
from app.services.live import Live
from app.services.models import DayPart, Outcome, Visit, VisitForm
from app.services.records import iso
from app.services.session import Session
from app.services.visit_draft import one_of
from sync.core.errors import BadInput
from sync.device.writer import Part

ENDS_WELCOME = (Outcome.MET, Outcome.MOVED, Outcome.NO_CONTACT)
UNASKED = (Outcome.NOT_HOME, Outcome.MOVED, Outcome.NO_CONTACT)  # nobody was there to be asked for consent


@dataclass(frozen=True, slots=True)
class Door:
    """All that this device may read of one door."""

    address: str
    spellings: tuple[str, ...]
    visits: tuple[Visit, ...]
    due: Due | None
    blocked: bool


def rangs(session: Session) -> list[Rang]:
    """My visits with an address, as the rules need them."""
    rows = session.view.ask(
        "SELECT id, address, day, outcome, come_back, part, made FROM visits"
        " WHERE creator = :me AND NOT hidden AND address <> ''",
        me=session.member.hex(),
    )
    return [
        Rang(
            bytes.fromhex(row["id"]),
            row["address"],
            iso(row["day"]) or date.min,
            one_of(Outcome, row["outcome"]),
            iso(row["come_back"]),
            one_of(DayPart, row["part"]),
            row["made"],
        )
        for row in rows
    ]


class Agenda:
    """What is due for whoever holds this device."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._known: tuple[Session, int, list[Due]] | None = None

    def due(self) -> list[Due]:
        """Every door that is or will be due, nearest first. Worked out again only when something has changed."""
        session = self._live.require_session()
        if self._known is None or self._known[:2] != (session, session.view.changes):
            found = due.due(welcomes.waiting(session), rangs(session), marks.blocked(session))
            self._known = (session, session.view.changes, found)
        return self._known[2]

    def door(self, address: str) -> Door:
        """One door: its visits, newest first, and what is due there."""
        session = self._live.require_session()
        key = addresses.key(address)
        mine = [v for v in rangs(session) if addresses.key(v.address) == key]
        seen = [visits.one(session, v.id) for v in sorted(mine, key=lambda v: (v.day, v.made), reverse=True)]
        theirs = [w for w in welcomes.waiting(session) if addresses.key(w.address) == key]
        blocked = marks.blocked(session)
        found = due.due(theirs, mine, blocked)
        spellings = tuple(sorted({v.address for v in mine} | {w.address for w in theirs}))
        return Door(address, spellings, tuple(seen), found[0] if found else None, key in blocked)

    def part(self) -> DayPart:
        """The part of the day that it is."""
        return due.part_of(datetime.fromtimestamp(self._live.require_session().writer.now() / 1000).hour)

    async def tap(self, address: str, outcome: Outcome, welcome: bytes, today: date) -> bytes:
        """Note how it went where nobody could be asked for consent: not home, moved, or no contact wanted.

        Not home and moved are noted for oneself; of no contact only the count, and the mark that keeps the address
        alone. Raises BadInput, DiskFull.
        """
        if outcome not in UNASKED:
            raise BadInput("shared", "missing")
        form = VisitForm(shared=False, address=address, day=today, outcome=outcome, part=self.part(), welcome=welcome)
        return await self.save(form, today)

    async def save(
        self, form: VisitForm, today: date, visit: bytes | None = None, spent: Mapping[str, bytes] | None = None
    ) -> bytes:
        """Save a visit with all that follows from it, in one transaction; its id. See visits.save.

        No contact wanted: the address is marked for the whole team, and no detail is kept. A welcome that this visit
        answers is done. An address where nobody rings is refused.
        """
        session = self._live.require_session()
        also: list[Part] = []
        if form.outcome is Outcome.NO_CONTACT and form.address:
            also += marks.setting(session, form.address, today)
        if form.outcome is Outcome.NO_CONTACT and visit is None:
            form = VisitForm(shared=False, noted=False, day=form.day, outcome=form.outcome, welcome=form.welcome)
        elif form.address and visit is None:
            marks.refuse_blocked(session, form.address)
        also += _welcome(session, form)
        return await visits.save(
            session, replace(form, welcome=form.welcome if form.noted else b""), today, visit, also, spent
        )

    async def set_removed(self, visit: bytes, removed: bool) -> None:
        """Hide one of my visits, or undo that; a welcome that it answered is due again, or done. Raises NotFound or
        Forbidden.
        """
        session = self._live.require_session()
        form = visits.one(session, visit).form
        hidden = visits.removal(session, visit, removed)
        await records.write(session, [hidden, *_welcome(session, form, not removed)])

    async def merge(self, spellings: Sequence[str], chosen: str) -> None:
        """Several spellings are one door: all that is mine gets the chosen one; what was written stays in the log.

        Raises BadInput or DiskFull.
        """
        session = self._live.require_session()
        address, keys = marks.check(chosen), {addresses.key(s) for s in spellings}
        made: list[Part] = []
        for rang in rangs(session):
            if addresses.key(rang.address) in keys and rang.address != address:
                made += visits.moved(session, rang.id, address)
        for w in welcomes.waiting(session):
            if addresses.key(w.address) in keys and w.address != address:
                made += welcomes.moved(session, w.id, address)
        await records.write(session, made)
        self._live.tell()


def _welcome(session: Session, form: VisitForm, there: bool = True) -> list[Part]:
    """A welcome that this visit answers is done as long as the visit is `there`: nobody else goes there for it. It
    says no more than that.
    """
    known = session.replica.records.get(form.welcome)
    if known is None or known.erased:
        return []
    return welcomes.state(session, form.welcome, {"done": there and form.outcome in ENDS_WELCOME})
