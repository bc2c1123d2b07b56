"""What reports are made of, asked of the view: counts by place, and the tree of areas."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.services import areas, areas_names, stories_form, stories_placing, wishes
from app.services.area_tree import CBS, Place, chain, place_of
from app.services.offers_form import bare
from app.services.records import iso
from app.services.reports import counting, placing
from app.services.reports.counting import Counts, Where
from app.services.reports.frozen import Tree
from app.services.reports.models import AreaChoice, Period
from app.services.session import Session
from app.services.stories_form import StoryStatus
from app.view import reports as queries

_ORDER = {"gemeente": 0, "wijk": 1, "buurt": 2, "complex": 3}


@dataclass(frozen=True, slots=True)
class Counted:
    """What a period came to, by place; of how many visits the detail is gone; and stories, which have no place."""

    counts: Counts
    gone: int
    stories: int


@dataclass(frozen=True, slots=True)
class Areas:
    """Every area that is known here, by the one right above it (None: nothing), with names; and where things lie."""

    below: Mapping[Place | None, list[Place]]
    names: Mapping[Place, str]
    where: Where

    def name(self, place: Place) -> str:
        """As the team named it, else as the list of CBS names has it, else its code."""
        return self.names.get(place) or areas_names.name_of(*place[:2]) or place[1]

    def choices(self, over: Place | None = None, depth: int = 0) -> list[AreaChoice]:
        """From top to bottom."""
        found = []
        for place in self.below.get(over, []):
            found += [AreaChoice(place, self.name(place), depth), *self.choices(place, depth + 1)]
        return found

    def tree(self, area: Place) -> Tree:
        """An area and all below it, in the borders of its year."""
        nodes: list[tuple[Place, int]] = [(area, -1)]
        for i, (place, _) in enumerate(nodes):  # it grows while it is gone through
            nodes += [(p, i) for p in self.below.get(place, []) if p[0] not in CBS or p[2] == area[2]]
        return Tree(tuple(nodes))

    @property
    def known(self) -> set[Place]:
        """Every area."""
        return {place for some in self.below.values() for place in some}


def areas_of(session: Session) -> Areas:
    """The areas of this device's team and of those below it, and every area in which a street of theirs lies."""
    put = areas.puts(session)
    home, told = areas.homes_and_streets(session, put)
    streets = {**_of_register(session), **told}  # what coordinators say of the team's streets goes before the register
    listed = {place_of(c): c.name for p in put for c in p.codes if c.kind in _ORDER}
    below: dict[Place | None, list[Place]] = {}
    for place in dict.fromkeys((*listed, *home, *streets.values())):
        over = chain(place, home)
        for at, above in zip(over, (*over[1:], None), strict=True):
            if at not in below.setdefault(above, []):
                below[above].append(at)
    for some in below.values():
        some.sort(key=lambda p: (_ORDER.get(p[0], 4), p[1].casefold(), p[2]))
    return Areas(below, {place: name for place, name in listed.items() if name}, Where(streets, home))


def _of_register(session: Session) -> dict[str, Place]:
    rows = session.view.ask("SELECT name, area FROM streets WHERE area <> '' AND NOT hidden ORDER BY id")
    read = ((placing.street_of(f"{row['name']} 1"), placing.read(row["area"])) for row in rows)
    return {street: place for street, place in read if place is not None}


def wishes_of(session: Session) -> tuple[str, ...]:
    """The wishes that any team here asks for: those are counted, others are nobody's to tell."""
    asked = (bare(code) for team in session.roll.state.teams for code in wishes.of_area(session, team))
    return tuple(dict.fromkeys(asked))


def count(session: Session, period: Period, today: date, where: Where) -> Counted:
    """What was done in a period, as far as this device may read it."""
    days = {"first": period.first.isoformat(), "last": period.last.isoformat()}
    ask = session.view.ask
    visits, gone = counting.visits(ask(queries.VISITS, **days), where)
    activities = counting.activities(ask(queries.ACTIVITIES, today=today.isoformat(), **days))
    rounds = counting.rounds(ask(queries.ROUNDS, **days), where)
    told = ask(queries.STORIES, **days)
    stories = sum(_published(session, row, today) for row in told)
    return Counted(counting.together((visits, activities, rounds)), gone, stories)


def _published(session: Session, row: Mapping[str, str], today: date) -> bool:
    record = session.replica.records[bytes.fromhex(row["id"])]
    enough = bool(stories_placing.entry_of(session, record) or stories_placing.on_list(session, record))
    status = stories_form.status_of(row["status"], bool(row["erased"]), iso(row["withdraw_on"]), enough, today)
    return status is StoryStatus.PUBLISHED
