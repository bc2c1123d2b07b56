"""Areas and people at the desk: the tree, the streets, who looks after which, and who was not there for a while."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.services import areas, areas_names, areas_streets, records
from app.services.area_tree import Node, Place, Put, chain, flat, place_of, tree, years
from app.services.areas_streets import STREET, Cover, Street, Worker, street_key
from app.services.live import Live
from app.services.models import AreaCode, Person, TeamLook
from app.services.session import Session
from sync.core import ring
from sync.core.rights import Role

QUIET_DAYS = (7, 14, 30, 60)  # what the screen offers


@dataclass(frozen=True, slots=True)
class RegisterStreet:
    """A street of the register. `area`: where it is said to lie, None for nowhere yet."""

    id: bytes
    name: str
    place: str
    area: Place | None


@dataclass(frozen=True, slots=True)
class Quiet:
    """Somebody whose devices all were last there on `seen` or earlier; None: never, as far as the server knows."""

    person: Person
    seen: date | None


def quiet(people: Sequence[Person], today: date, days: int) -> list[Quiet]:
    """Who did not sync for so many days on any device, longest first. Those without a device are no longer there at all."""
    found = []
    for person in people:
        seen = [d.seen for d in person.devices if d.seen is not None]
        last = max(seen, default=None)
        if person.devices and not person.me and (last is None or (today - last).days >= days):
            found.append(Quiet(person, last))
    return sorted(found, key=lambda q: (q.seen or date.min, q.person.name))


@dataclass(frozen=True, slots=True)
class Known:
    """Where teams are put, where each complex lies, the area of each street by its key, and names."""

    put: list[Put]
    home: dict[Place, Place]
    by_street: dict[str, Place]
    names: dict[Place, str]


def _names(put: Sequence[Put], home: Mapping[Place, Place]) -> dict[Place, str]:
    """As teams named them, else as the list of CBS names has them."""
    named = {place_of(c): c.name for p in put for c in p.codes if c.name}
    used = {at for p in put for c in p.codes for at in chain(place_of(c), home)}
    return {at: areas_names.name_of(at[0], at[1]) for at in used} | named


class Areas:
    """The areas of the open app."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._last: tuple[object, Known] | None = None

    def _known(self) -> Known:
        """What is known of areas, asked anew only when something has changed: lists ask for a name a hundred times."""
        session = self._session
        now = (session, session.view.changes, session.roll.state.head)
        if self._last is None or self._last[0] != now:
            put = areas.puts(session)
            home, by_street = areas.homes_and_streets(session, put)
            self._last = now, Known(put, home, by_street, _names(put, home))
        return self._last[1]

    @property
    def _session(self) -> Session:
        return self._live.require_session()

    # -- the tree ----------------------------------------------------------------------------------------

    def tree(self) -> list[tuple[int, Node]]:
        """Every area where a team is put, from top to bottom, with how deep it stands."""
        known = self._known()
        return flat(tree(known.put, known.names))

    def years(self) -> list[str]:
        """The years of the CBS divisions in use; more than one makes reports of them impossible."""
        return years(self._known().put)

    def name(self, place: Place | None) -> str:
        """What an area is called, "" for what has no name here (its code says enough)."""
        if place is None:
            return ""
        return self._known().names.get(place, "") or (place[1] if place[0] == "complex" else "")

    def find(self, typed: str) -> list[AreaCode]:
        """Gemeenten and wijken to pick from."""
        return areas_names.find(typed)

    def places(self, team: bytes = b"") -> list[Place]:
        """The areas to choose among, from top to bottom: of one team, or all."""
        nodes = [n for _depth, n in self.tree()]
        return [n.place for n in nodes if not team or team in n.teams]

    # -- streets -----------------------------------------------------------------------------------------

    def streets(self, team: bytes, place: Place) -> list[str]:
        """The streets that lie in an area, as its team's record says."""
        return list(areas.streets_of(self._session, team).get(place, ()))

    def register(self) -> list[RegisterStreet]:
        """The streets of the register, and where each is said to lie."""
        rows = self._session.view.ask(
            "SELECT id, name, place, area FROM streets WHERE NOT hidden ORDER BY name, place, id"
        )
        by_name = self._known().by_street
        return [
            RegisterStreet(
                bytes.fromhex(r["id"]), r["name"], r["place"], _place(r["area"]) or by_name.get(street_key(r["name"]))
            )
            for r in rows
        ]

    async def put_streets(self, team: bytes, place: Place, typed: str) -> int:
        """Say which streets lie in an area; how many there are now. Streets of the register with such a name, if there is
        one of each, are told too. Raises BadInput("area_streets", why), Forbidden or DiskFull.
        """
        session = self._session
        names = areas_streets.read(typed)
        before = {street_key(n) for n in self.streets(team, place)}
        await areas.put_streets(session, team, place, names)
        await self._tell_register(place, {street_key(n) for n in names}, before)
        self._live.tell()
        return len(names)

    async def _tell_register(self, place: Place, keys: set[str], before: set[str]) -> None:
        """street/doors `area` of those that came, and of those that went from here. One name in two towns: neither."""
        session = self._session
        rows = session.view.ask("SELECT id, name, area FROM streets WHERE NOT hidden")
        by_key: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            by_key.setdefault(street_key(row["name"]), []).append(row)
        made = []
        for at in keys | before:
            if len(by_key.get(at, ())) != 1:
                continue
            [row] = by_key[at]
            wanted = list(place) if at in keys else []
            if at in keys or _place(row["area"]) == place:
                known = session.replica.records[bytes.fromhex(row["id"])]
                group = records.Group("doors", {"area": wanted}, frozenset(map(ring.coordinators_ring, known.teams)))
                made += (
                    records.parts(session, "street", [group], known)[1] if known.value("doors.area") != wanted else []
                )
        await records.write(session, made)

    def covers(self) -> list[Cover]:
        """Who looks after each street that is known here: first those that nobody does."""
        known = self._known()
        claims: dict[str, list[Place]] = {}
        spelt: dict[str, str] = {}
        for p in known.put:
            for place, names in areas.streets_of(self._session, p.team).items():
                for name in names:
                    spelt.setdefault(street_key(name), name)
                    claims.setdefault(street_key(name), []).append(place)
        named = {at: Street(name, known.by_street.get(at), tuple(claims[at])) for at, name in spelt.items()}
        for row in self.register():
            named.setdefault(street_key(row.name), Street(row.name, row.area))
        return areas_streets.covers(list(named.values()), self.workers(), known.home)

    def workers(self) -> list[Worker]:
        """The contact persons, and where each works."""
        session = self._session
        known = {r["member"]: r["name"] for r in session.view.ask("SELECT member, name FROM members")}
        return [
            Worker(known.get(m.hex(), "") or "?", areas.of_member(session, m))
            for m, devices in session.roll.state.members().items()
            if devices[0].role is Role.CONTACT
        ]

    # -- where somebody works ----------------------------------------------------------------------------

    def choices(self, team: TeamLook) -> list[AreaCode]:
        """Where a member of this team can be put: at its areas and those in them, and at its streets."""
        home = self._known().home
        own = {place_of(c) for c in team.areas}
        found = [
            AreaCode(*place, self.name(place))
            for place in self.places()
            if not own or any(at in own for at in chain(place, home))
        ]
        rows = areas.streets_of(self._session, team.id)
        names = dict.fromkeys(name for names in rows.values() for name in names)
        return found + [AreaCode(STREET, name, "", "") for name in sorted(names, key=street_key)]

    # -- supply and wish ---------------------------------------------------------------------------------

    def rows(self) -> list[Place]:
        """The rows of the picture of wishes and offers: every area where a team works."""
        return [node.place for _depth, node in self.tree() if node.teams]


def _place(text: str) -> Place | None:
    """A place as it stands in a view's column."""
    parts = text.split("|") if text else []
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else None
