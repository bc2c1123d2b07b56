"""The help lines that a coordinator is working on: changes beside the edition in force, never a copy of it. Pure.

Only what was changed is kept, each with the line as it was then. So what another coordinator publishes meanwhile comes
in by itself, and only where both changed one line does somebody have to choose (`contested`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from app.services.drafts import Plain
from sync.core.directory import ALWAYS_FIRST, FIXED_NUMBERS
from sync.core.errors import StraatError
from sync.core.help_line import HelpLine, as_row, from_row, plain_number, row


@dataclass(frozen=True, slots=True)
class Change:
    """One line as it is to be (None: taken out), and as it was when that was said (None: not there)."""

    now: HelpLine | None
    was: HelpLine | None


@dataclass(frozen=True, slots=True)
class Work:
    """What is not published yet. `order` are ids as they are to stand, () for as they stood."""

    changes: Mapping[str, Change] = field(default_factory=dict)
    order: tuple[str, ...] = ()


NOTHING = Work()


class Kind(Enum):
    """What happens to a line."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Difference:
    """One line that is not as it was; `fields` are the names of what changed in it."""

    kind: Kind
    line: HelpLine
    before: HelpLine | None = None
    fields: tuple[str, ...] = ()


def editable(lines: Sequence[HelpLine]) -> tuple[HelpLine, ...]:
    """Without those that stand first whatever an edition says."""
    return tuple(x for x in lines if x.id not in ALWAYS_FIRST and not says_a_fixed_number(x))


def says_a_fixed_number(line: HelpLine) -> bool:
    """Whether it names 112, 113, 0800-1205, 0800-2000 or 0800-0113, in whatever spelling: then nobody would see it."""
    return any(plain_number(n.phone) in FIXED_NUMBERS for n in line.numbers)


def applied(base: Sequence[HelpLine], work: Work) -> tuple[HelpLine, ...]:
    """The lines as they are to be, on this base."""
    there = {x.id: x for x in base}
    for name, change in work.changes.items():
        if change.now is None:
            there.pop(name, None)
        else:
            there[name] = change.now
    placed = [name for name in work.order if name in there]
    before = ""
    for name in there:
        if name not in placed:  # new, or not there when the order was made: behind what it stood behind
            placed.insert(placed.index(before) + 1 if before in placed else len(placed) if work.order else 0, name)
        before = name
    return tuple(there[name] for name in placed)


def put(base: Sequence[HelpLine], work: Work, line: HelpLine) -> Work:
    """A line is to be so."""
    return _with(base, work, line.id, line)


def removed(base: Sequence[HelpLine], work: Work, name: str) -> Work:
    """A line is to go."""
    return _with(base, work, name, None)


def _with(base: Sequence[HelpLine], work: Work, name: str, now: HelpLine | None) -> Work:
    was = next((x for x in base if x.id == name), None)
    changes = {**work.changes, name: Change(now, was)}
    if now == was:
        del changes[name]
    return replace(work, changes=changes)


def undone(work: Work, name: str) -> Work:
    """A line is to be as the edition in force has it."""
    return replace(work, changes={n: c for n, c in work.changes.items() if n != name})


def moved(base: Sequence[HelpLine], work: Work, name: str, by: int) -> Work:
    """A line so many places further on (below 0: up), as far as there are places."""
    names = [x.id for x in applied(base, work)]
    at = names.index(name)
    names.insert(max(0, min(len(names) - 1, at + by)), names.pop(at))
    usual = [x.id for x in applied(base, replace(work, order=()))]
    return replace(work, order=() if names == usual else tuple(names))


def instead(base: Sequence[HelpLine], lines: Sequence[HelpLine]) -> Work:
    """The work that makes these lines of the base: to go back to an earlier list, or to take in a file."""
    wanted = {x.id: x for x in editable(lines)}
    work = NOTHING
    for line in base:
        if line.id not in wanted:
            work = removed(base, work, line.id)
    for line in wanted.values():
        work = put(base, work, line)
    names = tuple(wanted)
    return work if [x.id for x in applied(base, work)] == list(names) else replace(work, order=names)


def contested(base: Sequence[HelpLine], work: Work) -> tuple[str, ...]:
    """The lines that somebody else changed as well since, to something else: one of the two has to be chosen."""
    there = {x.id: x for x in base}
    return tuple(n for n, c in work.changes.items() if there.get(n) not in (c.was, c.now))


def settled(base: Sequence[HelpLine], work: Work, name: str) -> Work:
    """Mine stays, knowing what the other wrote."""
    change = work.changes.get(name)
    return _with(base, work, name, change.now) if change else work


def differences(before: Sequence[HelpLine], after: Sequence[HelpLine]) -> list[Difference]:
    """What changes for who reads the list, in the order of the new one; what goes comes last."""
    old, new = {x.id: x for x in before}, {x.id: x for x in after}
    steady = _steady([n for n in old if n in new], [n for n in new if n in old])
    found = []
    for name, line in new.items():
        if name not in old:
            found.append(Difference(Kind.ADDED, line))
        elif line != old[name]:
            names = tuple(f for f in HelpLine.__dataclass_fields__ if getattr(line, f) != getattr(old[name], f))
            found.append(Difference(Kind.CHANGED, line, old[name], names))
        elif name not in steady:
            found.append(Difference(Kind.MOVED, line, line))
    return [*found, *(Difference(Kind.REMOVED, x, x) for n, x in old.items() if n not in new)]


def _steady(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """The most names that keep their order; the others are what was moved (longest rising run of places)."""
    place = {name: i for i, name in enumerate(before)}
    best: list[tuple[int, int, str]] = []  # for each name: the length of the run that ends with it, where it came from
    for i, name in enumerate(after):
        lengths = [(best[j][0], j) for j in range(i) if place[best[j][2]] < place[name]]
        length, came_from = max(lengths, key=lambda x: x[0], default=(0, -1))
        best.append((length + 1, came_from, name))
    at = max(range(len(best)), key=lambda i: best[i][0], default=-1)
    kept = set()
    while at >= 0:
        kept.add(best[at][2])
        at = best[at][1]
    return kept


# -- as a draft -----------------------------------------------------------------------------------------------


def to_plain(work: Work) -> Plain:
    """The work as a draft."""
    changes = [[name, _plain(c.now), _plain(c.was)] for name, c in work.changes.items()]
    return {"changes": changes, "order": list(work.order)}


def _plain(line: HelpLine | None) -> list[object] | None:
    return as_row(line) if line else None


def from_plain(raw: Plain) -> Work:
    """The work again; what this version can't read of it is left out."""
    changes, order = raw.get("changes"), raw.get("order")
    found: dict[str, Change] = {}
    for entry in changes if isinstance(changes, (list, tuple)) else ():
        try:
            name, now, was = entry
            found[str(name)] = Change(*(from_row(row(x)) if x is not None else None for x in (now, was)))
        except (StraatError, TypeError, ValueError):
            continue
    names = order if isinstance(order, (list, tuple)) else ()
    return Work(found, tuple(n for n in names if isinstance(n, str)))
