"""What a walk still asks for: where nobody was home, at which part of the day to go again, and finding a number. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence

from app.services.models import DayPart
from app.services.rounds import doors
from app.services.rounds.kinds import Entry
from app.services.rounds.models import DoorLook, DoorState, PassRule


def again(looks: Iterable[DoorLook], rule: PassRule) -> tuple[int, dict[DayPart, int]]:
    """How many doors where nobody was home are to be tried once more, and how many of those fit each part of the day."""
    count, parts = 0, Counter[DayPart]()
    for look in looks:
        if look.blocked or look.answer is None or look.answer.state is not DoorState.NOT_HOME:
            continue
        said = frozenset(Entry(s.answer.state, s.day, s.part) for s in look.seen)
        if len({(e.day, e.part) for e in said if e.state is DoorState.NOT_HOME}) < rule.times:
            count += 1
            parts.update(doors.parts_left(said, rule))
    return count, {part: parts[part] for part in doors.PARTS if parts[part]}


def passed(looks: Sequence[DoorLook], before: str | None, at: int) -> list[DoorLook]:
    """The doors where nobody rings that one goes by on the way to door number `at`, in walking order: since the door
    `before`, around the end; without that, those just in front of it.
    """
    start = next((i for i, look in enumerate(looks) if look.door.key == before), None)
    if start is None:
        start = next((i for i in reversed(range(at)) if not looks[i].blocked), -1)
    between = looks[start + 1 : at] if start < at else [*looks[start + 1 :], *looks[:at]]
    return [look for look in between if look.blocked]


def find(looks: Sequence[DoorLook], typed: str, near: str | None = None) -> str | None:
    """The key of the door that somebody means by "12a", in the street of the door `near` first, or by "linde 12a";
    None: there is none.
    """
    named, plain = _street_and_number(typed)
    looks = [look for look in looks if _plain(look.door.street).startswith(named)]
    street = next((look.door.street for look in looks if look.door.key == near), "")
    ranked = sorted(looks, key=lambda look: look.door.street != street)  # a stable sort: walking order stays
    exact = (look.door.key for look in ranked if plain and _plain(look.door.label) == plain)
    nearly = (look.door.key for look in ranked if str(look.door.number) == plain)
    return next(exact, None) or next(nearly, None)


def _street_and_number(typed: str) -> tuple[str, str]:
    """What stands before the last house number, and that number with all behind it."""
    at = next((i for i, c in enumerate(typed) if c.isdecimal() and (i == 0 or typed[i - 1].isspace())), 0)
    return _plain(typed[:at]), _plain(typed[at:])


def _plain(number: str) -> str:
    return "".join(c for c in number.casefold() if c.isalnum())
