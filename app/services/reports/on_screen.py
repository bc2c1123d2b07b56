"""The tables of a report for the screen: numbers below the threshold are hidden, and none of them can be worked out from the
other numbers of the same table. Pure.

What a coordinator may open visit by visit is no secret to them; a screen is photographed, though, and read out at a meeting.
So cells of a table that add up to a number that is shown are hidden together: at least two, and together not below the
threshold ("complementary suppression": Hundepool et al., Statistical Disclosure Control, 2012, section 4.2.1). A free choice of
period is for the screen only, since the difference of two periods is not guarded. Numbers of activities, rounds and stories
are not numbers of people, and are shown.
"""

from collections.abc import Callable, Mapping, Sequence

from app.services.area_tree import Place
from app.services.reports import measures
from app.services.reports.counting import Counts
from app.services.reports.models import HIDDEN, Cell, Row, Shown, Table, Topic

Numbers = Mapping[str, int]


def tables(
    counts: Counts,
    before: Counts | None,
    area: Place | None,
    below: Sequence[tuple[Place, str]],
    wishes: Sequence[str],
    home: Mapping[Place, Place],
    threshold: int,
) -> tuple[Table, ...]:
    """Every table of an area (None: of everything). `below`: the areas right in it, with their names; `wishes`: the codes."""
    now = counts.within(area, home)
    then = before.within(area, home) if before else None

    def plain(topic: Topic, unit: str, keys: Sequence[str], of: Callable[[Numbers], Numbers]) -> Table:
        return _table(topic, unit, [(k, "") for k in keys], of(now), of(then) if then is not None else None, threshold)

    found = [
        plain(Topic.VISITS, "visits", ["visits", "reached"], _visits),
        plain(Topic.OUTCOMES, "visits", [*_outcomes(now, then)], lambda n: n),
        plain(Topic.WISHES, "visits", wishes, lambda n: {w: n.get(measures.WISH + w, 0) for w in wishes}),
        plain(Topic.ACTIVITIES, "people", [measures.ACTIVITIES, measures.HEADS], lambda n: n),
        plain(Topic.ROUNDS, "doors", [measures.ROUNDS, measures.DOORS, measures.SPOKEN], _doors),
    ]
    if area is None:
        stories = Row("stories", "", Shown(counts.stories), Shown(before.stories) if before else None)
        found.append(Table(Topic.STORIES, "stories", (stories,)))
    if below:
        found += [
            _areas(Topic.AREAS, counts, before, area, below, home, threshold, _all),
            _areas(Topic.AREAS_REACHED, counts, before, area, below, home, threshold, _reached),
        ]
    return tuple(found)


def _all(parts: Numbers) -> int:
    return sum(parts.get(o, 0) for o in measures.OUTCOMES)


def _reached(parts: Numbers) -> int:
    return parts.get(measures.REACHED, 0)


def _visits(parts: Numbers) -> Numbers:
    return {"visits": _all(parts), "reached": _reached(parts)}


def _doors(parts: Numbers) -> Numbers:
    spoken, silent = parts.get(measures.SPOKEN, 0), parts.get(measures.SILENT, 0)
    rounds = parts.get(measures.ROUNDS, 0)
    return {measures.ROUNDS: rounds, measures.DOORS: spoken + silent, measures.SPOKEN: spoken}


def _outcomes(*of: Numbers | None) -> list[str]:
    """All that the app knows; one of a newer version only where it occurs."""
    strange = any(parts.get(measures.OTHER) for parts in of if parts)
    return [o for o in measures.OUTCOMES if o != measures.OTHER or strange]


_ADD_UP = (Topic.OUTCOMES, Topic.AREAS, Topic.AREAS_REACHED)  # their rows make a number that is shown elsewhere
_NOT_PEOPLE = (measures.ACTIVITIES, measures.ROUNDS)


def _table(
    topic: Topic, unit: str, keys: Sequence[tuple[str, str]], now: Numbers, then: Numbers | None, threshold: int
) -> Table:
    cells = _cells(topic, [(k, now.get(k, 0)) for k, _ in keys], threshold)
    older = _cells(topic, [(k, then.get(k, 0)) for k, _ in keys], threshold) if then is not None else {}
    return Table(topic, unit, tuple(Row(key, label, cells[key], older.get(key)) for key, label in keys))


def _cells(topic: Topic, numbers: Sequence[tuple[str, int]], threshold: int) -> dict[str, Cell]:
    values = dict(numbers)
    if topic is Topic.VISITS:  # who was not met is a number too
        values["not met"] = values["visits"] - values["reached"]
    if topic is Topic.ROUNDS:
        values["silent"] = values[measures.DOORS] - values[measures.SPOKEN]
    hidden = {key for key, n in values.items() if n < threshold and key not in _NOT_PEOPLE}
    if topic in _ADD_UP:
        hidden = together(values, hidden, threshold)
    if "not met" in hidden or "silent" in hidden:
        hidden |= {"reached", measures.SPOKEN}
    return {key: HIDDEN if key in hidden else Shown(n) for key, n in numbers}


def together(values: Numbers, hidden: set[str], threshold: int) -> set[str]:
    """More of them, the smallest first, until those that are hidden are at least two and not below the threshold together.

    Nothing more where nothing is hidden; everything where that can't be reached.
    """
    found = set(hidden)
    rest = sorted((n, key) for key, n in values.items() if key not in found)
    while found and rest and (len(found) < 2 or sum(values[k] for k in found) < threshold):
        found.add(rest.pop(0)[1])
    return found


def _areas(
    topic: Topic,
    counts: Counts,
    before: Counts | None,
    area: Place | None,
    below: Sequence[tuple[Place, str]],
    home: Mapping[Place, Place],
    threshold: int,
    of: Callable[[Numbers], int],
) -> Table:
    def numbers(c: Counts) -> dict[str, int]:
        each = {"|".join(place): of(c.within(place, home)) for place, _name in below}
        return {**each, "rest": of(c.within(area, home)) - sum(each.values())}

    now, then = numbers(counts), numbers(before) if before else None
    keys = [("|".join(place), name) for place, name in below]
    if now["rest"] or (then and then["rest"]):
        keys.append(("rest", ""))
    else:
        now.pop("rest")
    return _table(topic, "visits", keys, now, then, threshold)
