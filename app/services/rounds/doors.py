"""What counts of all that was said at a door, and whether it is to be tried now. Pure.

What was said is a set of entries, whoever said them and in whatever order they came in: joining is the union of sets, so
it is commutative, associative and idempotent, and nothing of anyone's is lost in it. What counts is derived from the set:
no contact beats all; else the last part of the last day; within that the state that tells most. A flyer and interests
count whenever they were noted.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from app.services.models import DayPart
from app.services.rounds.kinds import Entry
from app.services.rounds.models import Answer, DoorLook, DoorState, Interest, PassRule, Progress

Said = frozenset[Entry]
PARTS = tuple(DayPart)  # morning, afternoon, evening
_AT = {part: i for i, part in enumerate(PARTS)}
_TELLS = {  # within one part of a day
    DoorState.NO_CONTACT: 5,
    DoorState.MET: 4,
    DoorState.LATER: 3,
    DoorState.EMPTY: 2,
    DoorState.UNREACHABLE: 1,
    DoorState.NOT_HOME: 0,
}


def join(some: Iterable[Said]) -> Said:
    """All that was said."""
    return frozenset().union(*some)


def in_order(said: Iterable[Entry]) -> list[Entry]:
    """Oldest first; the same on every device."""
    return sorted(said, key=_rank)


def _rank(e: Entry) -> tuple[date, int, int, bool, list[str]]:
    return (e.day, _AT[e.part], _TELLS[e.state], e.flyer, sorted(e.interests))


def counts(said: Said) -> Answer | None:
    """What counts now; None: nothing was said."""
    if not said:
        return None
    last = max(said, key=_rank)
    state = DoorState.NO_CONTACT if any(e.state is DoorState.NO_CONTACT for e in said) else last.state
    interests = frozenset().union(*(e.interests for e in said))
    return Answer(state, any(e.flyer for e in said), tuple(i for i in Interest if i in interests))


def due(said: Said, rule: PassRule, day: date, part: DayPart) -> bool:
    """Whether a door where nothing forbids it is to be tried on this part of this day.

    Not home: as often as the rule says, never twice on one part of a day, and (as the rule says) at another part of the
    day than before, while there is one. Later: on another day than they said it.
    """
    answer = counts(said)
    if answer is None:
        return True
    if answer.state is DoorState.LATER:
        return day > max(e.day for e in said if e.state is DoorState.LATER)
    if answer.state is not DoorState.NOT_HOME:
        return False
    tried = {(e.day, e.part) for e in said if e.state is DoorState.NOT_HOME}
    if len(tried) >= rule.times or (day, part) in tried:
        return False
    return part in parts_left(said, rule)


def parts_left(said: Said, rule: PassRule) -> tuple[DayPart, ...]:
    """The parts of a day on which a door where nobody was home is to be tried once more."""
    tried = in_order(e for e in said if e.state is DoorState.NOT_HOME)
    if not rule.other_part or not tried:
        return PARTS
    fresh = tuple(p for p in PARTS if p not in {e.part for e in tried})
    return fresh or tuple(p for p in PARTS if p is not tried[-1].part)


def with_entry(mine: Iterable[Entry], entry: Entry) -> list[Entry]:
    """My entries at a door with one more: on one part of a day only the last thing that I say stands."""
    return [*(e for e in mine if (e.day, e.part) != (entry.day, entry.part)), entry]


def progress(doors: Iterable[DoorLook]) -> Progress:
    """Counts of some doors. `blocked`: where nobody rings and nothing was noted, so that every door is counted once as
    blocked, as done, or as open.
    """
    looks = list(doors)
    answers = [x.answer for x in looks if x.answer is not None]
    states = Counter(a.state for a in answers)
    interests = Counter(i for a in answers for i in a.interests)
    return Progress(
        doors=len(looks),
        blocked=sum(x.blocked and x.answer is None for x in looks),
        states=tuple((s, states[s]) for s in DoorState if states[s]),
        flyers=sum(a.flyer for a in answers),
        interests=tuple((i, interests[i]) for i in Interest if interests[i]),
    )


def together(some: Iterable[Progress]) -> Progress:
    """The sum of several counts."""
    listed = list(some)
    states: Counter[DoorState] = Counter()
    interests: Counter[Interest] = Counter()
    for p in listed:
        states.update(dict(p.states))
        interests.update(dict(p.interests))
    return Progress(
        doors=sum(p.doors for p in listed),
        blocked=sum(p.blocked for p in listed),
        states=tuple((s, states[s]) for s in DoorState if states[s]),
        flyers=sum(p.flyers for p in listed),
        interests=tuple((i, interests[i]) for i in Interest if interests[i]),
    )


def next_door(doors: list[DoorLook], after: str | None) -> str | None:
    """The key of the next door to ring, after this one (None: from the first), around the end; None: none is left."""
    start = next((i + 1 for i, x in enumerate(doors) if x.door.key == after), 0)
    around = [*doors[start:], *doors[:start]]
    return next((x.door.key for x in around if x.due and not x.blocked), None)
