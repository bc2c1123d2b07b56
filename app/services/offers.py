"""Offers: what an area has, kept by its coordinators and seen by the whole team. The nearest answer a resident's wish."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from app.services import areas, areas_streets, records
from app.services.activities import Activities
from app.services.activities_form import ActivityKind
from app.services.addresses import street
from app.services.area_tree import Place, chain, place_of, within
from app.services.live import Live
from app.services.models import Wish
from app.services.offers_form import OfferForm, answers, check, from_row, tidied, to_fields
from app.services.records import Group
from app.services.session import Session
from sync.core import envelope, ring
from sync.core.errors import Forbidden, NotFound
from sync.core.rights import Role

KIND = "offer"
NEAR = 6  # offers that a contact person is shown at once
OF_ACTIVITY = {
    ActivityKind.COFFEE: str(Wish.COFFEE),
    ActivityKind.EATING: str(Wish.EATING),
    ActivityKind.REPAIR: str(Wish.REPAIR),
    ActivityKind.GARDEN: str(Wish.GARDEN),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer to read. `over`: its last day is past."""

    id: bytes
    form: OfferForm
    over: bool = False
    day: date | None = None  # of an activity that is planned: its day; its time stands in `form.when`


class Offers:
    """The offers of the open app."""

    def __init__(self, live: Live, activities: Activities) -> None:
        self._live, self._activities = live, activities

    def planned(self) -> list[Offer]:
        """Activities that answer a wish, of each weekly row the next; those that this device may read."""
        rows: dict[bytes, Offer] = {}
        for a in self._activities.upcoming():
            wish = OF_ACTIVITY.get(a.form.kind) if a.form.kind else None
            if wish:
                form = OfferForm(wish, "", self._of_member(a.id), a.form.place, a.form.time)
                rows.setdefault(a.form.series or a.id, Offer(a.id, form, day=a.form.day))
        return list(rows.values())

    def _of_member(self, activity: bytes) -> Place | None:
        """The one area where whoever holds it works; None where that is not one."""
        session = self._live.require_session()
        return areas.only_place(session, session.replica.records[activity].creator or b"")

    def all(self, over_too: bool = False) -> list[Offer]:
        """What is on offer, by wish and name; for a coordinator also what is over, last."""
        session = self._live.require_session()
        rows = session.view.ask("SELECT * FROM offers WHERE NOT hidden AND wish <> '' ORDER BY wish, name, id")
        today = _today(session)
        found = [_offer(row, today) for row in rows]
        return sorted((o for o in found if over_too or not o.over), key=lambda o: o.over)

    def one(self, offer: bytes) -> Offer:
        """One offer, removed or not. Raises NotFound."""
        session = self._live.require_session()
        rows = session.view.ask("SELECT * FROM offers WHERE id = :id", id=offer.hex())
        if not rows:
            raise NotFound(KIND)
        return _offer(rows[0], _today(session))

    def near(self, address: str, wishes: Iterable[str]) -> list[Offer]:
        """What answers one of these wishes, nearest to this address first; what lies elsewhere comes last."""
        session = self._live.require_session()
        wished = list(wishes)
        there = [*self.all(), *self.planned()] if wished else []
        fitting = [o for o in there if any(answers(o.form.wish, w) for w in wished)]
        if not fitting:
            return []
        put = areas.puts(session)
        home, of_street = areas.homes_and_streets(session, put)
        at = of_street.get(areas_streets.street_key(street(address))) if address else None
        ways = chain(at, home) if at else []

        def far(o: Offer) -> int:
            if o.form.area in ways:
                return ways.index(o.form.area)
            if o.form.area is None:
                return len(ways)
            return len(ways) + (1 if not ways or within(o.form.area, ways[-1], home) else 2)

        return sorted(fitting, key=far)[:NEAR]

    async def save(self, form: OfferForm, offer: bytes = b"") -> bytes:
        """Keep a new offer, or a change of one; its id. Raises BadInput(field, why), Forbidden, NotFound or DiskFull."""
        session = self._coordinating()
        form = tidied(form)
        check(form, _today(session))
        known = records.known(session, KIND, offer) if offer else None
        teams = self._teams(session, form.area)
        if known and teams <= known.teams:
            teams = known.teams  # whoever has it hears of the change
        old = known if known and teams != known.teams else None
        group = Group("detail", to_fields(form), _rings(teams))
        record, made = records.parts(session, KIND, [group], None if old else known)
        if (
            old
        ):  # a team that never had it would get no more than the change: it is made anew, and the old one taken away
            made.append(records.removal(session, old, True, _rings(old.teams), envelope.NEVER))
        await records.write(session, made)
        self._live.tell()
        return record

    async def remove(self, offer: bytes, removed: bool = True) -> None:
        """Take an offer away, or put it back. Raises Forbidden, NotFound or DiskFull."""
        session = self._coordinating()
        known = records.known(session, KIND, offer)
        rings = _rings(known.teams)
        await records.write(session, [records.removal(session, known, removed, rings, envelope.NEVER)])
        self._live.tell()

    def _coordinating(self) -> Session:
        session = self._live.require_session()
        if session.roll.state.device(session.device).role is not Role.COORDINATOR:
            raise Forbidden(KIND)
        return session

    def _teams(self, session: Session, area: Place | None) -> frozenset[bytes]:
        """Every team that this device coordinates and that the area is for, or that lies below such a team."""
        state = session.roll.state
        mine = [t for t in state.teams if state.coordinates(session.device, t)]
        put = areas.puts(session)
        home = areas.homes_and_streets(session, put)[0]

        def meets(team: bytes) -> bool:
            codes = [place_of(c) for p in put if p.team == team for c in p.codes]
            return area is None or any(within(area, c, home) or within(c, area, home) for c in codes)

        chosen = {t for t in mine if meets(t)} or {session.team}
        while lower := {t for t in mine if state.teams[t] in chosen} - chosen:
            chosen |= lower
        return frozenset(chosen)


def _rings(teams: Iterable[bytes]) -> frozenset[bytes]:
    return frozenset(map(ring.team_ring, teams))


def _today(session: Session) -> date:
    return datetime.fromtimestamp(session.writer.now() / 1000, UTC).date()


def _offer(row: dict[str, object], today: date) -> Offer:
    form = from_row(row)
    return Offer(bytes.fromhex(str(row["id"])), form, form.until is not None and form.until < today)
