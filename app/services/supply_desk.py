"""What residents wish against what there is: gathered from visits, activities, rounds, offers and who works where."""

from app.services import areas
from app.services.addresses import key
from app.services.area_tree import Place, place_of
from app.services.areas_desk import Areas
from app.services.areas_streets import STREET, street_key
from app.services.live import Live
from app.services.offers import Offers
from app.services.offers_form import bare
from app.services.rounds import counting
from app.services.rounds.models import Interest
from app.services.session import Session
from app.services.supply import ACTIVITY, CONTACT_PERSON, Offered, Picture, Wished, picture
from app.services.wishes import of_area

DAY_MILLIS = 24 * 60 * 60 * 1000
_OF_INTEREST = {Interest.ACTIVITY: ACTIVITY, Interest.CONTACT_PERSON: CONTACT_PERSON}


class Supply:
    """The picture of the open app. Coordinators only: nobody else can read what it is made of."""

    def __init__(self, live: Live, desk: Areas, offers: Offers) -> None:
        self._live, self._desk, self._offers = live, desk, offers
        self._last: tuple[object, Picture] | None = None

    def picture(self) -> Picture:
        """What is wished and offered in each buurt and complex. Made anew only when something has changed."""
        session = self._live.require_session()
        now = (session, session.view.changes, session.roll.state.head, session.writer.now() // DAY_MILLIS)
        if self._last is None or self._last[0] != now:
            self._last = now, self._make(session)
        return self._last[1]

    def _make(self, session: Session) -> Picture:
        from app.services.reports.settling import shelf_of  # late: heavy, and only this screen asks for it

        threshold = shelf_of(session).threshold  # an organisation may have set it higher
        put = areas.puts(session)
        home, by_street = areas.homes_and_streets(session, put)
        wished = [*_of_visits(session, by_street), *self._heard(session), *_of_rounds(session, by_street)]
        return picture(
            self._desk.rows(), of_area(session, session.team), wished, self._offered(session), home, threshold
        )

    def _offered(self, session: Session) -> list[Offered]:
        found = [Offered(o.form.area, o.form.wish, o.form.name) for o in self._offers.all()]
        found += [Offered(o.form.area, o.form.wish, o.form.place or o.form.wish) for o in self._offers.planned()]
        for worker in self._desk.workers():
            at: set[Place | None] = {place_of(c) for c in worker.places if c.kind != STREET}
            everywhere: set[Place | None] = set() if worker.places else {None}
            found += [Offered(place, CONTACT_PERSON, worker.name) for place in at or everywhere]
        return found

    def _heard(self, session: Session) -> list[Wished]:
        """At an activity: one each, wherever whoever held it works."""
        rows = session.view.ask("SELECT creator, wishes FROM activities WHERE NOT hidden AND wishes <> ''")
        return [
            Wished(areas.only_place(session, bytes.fromhex(row["creator"])), wish)
            for row in rows
            for wish in set(map(bare, row["wishes"].split(",")))
        ]


def _of_visits(session: Session, by_street: dict[str, Place]) -> list[Wished]:
    """Once for each address, however often somebody came there."""
    rows = session.view.ask("SELECT address, wishes FROM visits WHERE NOT hidden AND wishes <> '' AND address <> ''")
    once = {(key(row["address"]), bare(wish)) for row in rows for wish in row["wishes"].split(",")}
    return [Wished(by_street.get(at.partition("|")[0]), wish) for at, wish in once]


def _of_rounds(session: Session, by_street: dict[str, Place]) -> list[Wished]:
    """What was wished at doors, of rounds that are over: of two counts of one round the fuller."""
    best: dict[str, counting.Ending] = {}
    for row in session.view.ask("SELECT * FROM rounds WHERE of <> '' AND NOT hidden ORDER BY id"):
        ending = counting.read_ending(row)
        before = best.get(row["of"])
        if before is None or counting.weight(ending.progress) > counting.weight(before.progress):
            best[row["of"]] = ending
    return [
        Wished(by_street.get(street_key(name)), _OF_INTEREST[interest], n)
        for ending in best.values()
        for name, progress in ending.streets
        for interest, n in progress.interests
    ]
