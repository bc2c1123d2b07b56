"""What is counted of a period: plain rows in, numbers by place and part out. Pure; nothing in here is about a person.

A visit is placed by its street while its address is there, in the borders of today; else by the place that its count keeps, in
the borders of that year. Parts are those of measures.py: each is counted at one place itself, so areas are sums of them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.services.area_tree import Place, chain, within
from app.services.areas_streets import street_key
from app.services.offers_form import bare
from app.services.reports import measures
from app.services.rounds.models import Progress

Counted = dict[Place | None, Counter[str]]  # None: no place is known


@dataclass(frozen=True, slots=True)
class Where:
    """What is known of places: each street's area, where each complex lies, and the years of the borders in use."""

    by_street: Mapping[str, Place] = field(default_factory=dict)
    home: Mapping[Place, Place] = field(default_factory=dict)
    years: frozenset[str] = frozenset()

    def place(self, street: str, kept: str) -> Place | None:
        """Of a street's key, or else of what a count keeps: kind|code|year."""
        found = self.by_street.get(street) if street else None
        return found or read_place(kept)

    def is_old(self, place: Place | None) -> bool:
        """Whether it is in borders that are no longer in use."""
        return place is not None and bool(place[2]) and bool(self.years) and place[2] not in self.years


@dataclass(frozen=True, slots=True)
class Some:
    """So many visits that have the same of all this. `wishes`: codes joined by commas."""

    street: str
    place: str
    outcome: str
    wishes: str
    n: int


@dataclass(frozen=True, slots=True)
class Held:
    """So many activities at one place, and how many people came to them."""

    place: str
    n: int
    heads: int


@dataclass(frozen=True, slots=True)
class Facts:
    """All rows of one period. `rounds`: what each came to, by street."""

    visits: Sequence[Some] = ()
    activities: Sequence[Held] = ()
    rounds: Sequence[Sequence[tuple[str, Progress]]] = ()
    stories: int = 0
    wishes_gone: bool = False  # of some of these visits the detail was dropped, as its time is over


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers by place itself (not the areas in it) and part."""

    own: Counted
    stories: int = 0
    old_borders: bool = False
    wishes_gone: bool = False

    @property
    def no_place(self) -> bool:
        """Whether anything stands in the whole and in no area."""
        return bool(self.own.get(None))

    def within(self, area: Place | None, home: Mapping[Place, Place]) -> Counter[str]:
        """Of an area and all that lies in it; None: of everything."""
        found: Counter[str] = Counter()
        for place, parts in self.own.items():
            if area is None or (place is not None and within(place, area, home)):
                found.update(parts)
        return found


def read_place(text: str) -> Place | None:
    """kind|code|year as a place."""
    parts = text.split("|")
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 and parts[0] and parts[1] else None


def count(facts: Facts, where: Where) -> Counts:
    """The numbers of one period."""
    own: Counted = {}
    for v in facts.visits:
        parts = own.setdefault(where.place(v.street, v.place), Counter())
        parts[v.outcome if v.outcome in measures.OUTCOMES else measures.OTHER] += v.n
        for wish in {bare(w) for w in v.wishes.split(",") if w}:
            parts[measures.WISH + wish] += v.n
    for a in facts.activities:
        own.setdefault(read_place(a.place), Counter()).update({measures.ACTIVITIES: a.n, measures.HEADS: a.heads})
    for streets in facts.rounds:
        _count_round(own, streets, where)
    return Counts(own, facts.stories, any(where.is_old(place) for place in own), facts.wishes_gone)


def _count_round(own: Counted, streets: Sequence[tuple[str, Progress]], where: Where) -> None:
    """Doors at the place of their street; the round itself at the smallest area that has all of them."""
    places = [where.by_street.get(street_key(name)) for name, _progress in streets]
    for place, (_name, progress) in zip(places, streets, strict=True):
        doors = {measures.SPOKEN: progress.reached, measures.SILENT: progress.done - progress.reached}
        own.setdefault(place, Counter()).update(doors)
    own.setdefault(shared(places, where.home), Counter())[measures.ROUNDS] += 1


def shared(places: Iterable[Place | None], home: Mapping[Place, Place]) -> Place | None:
    """The smallest area that has all of these; None where there is none."""
    chains = [chain(place, home) if place else [] for place in places]
    first, *rest = chains or [[]]
    return next((place for place in first if all(place in other for other in rest)), None)
