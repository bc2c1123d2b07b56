"""The tree of areas: gemeente → wijk → buurt → complex, by CBS codes, each in the borders of one year. Pure.

The code says where an area lies (BU07960101 lies in WK079601, that in GM0796; source: CBS, toelichting wijk- en buurtkaart,
"1. Gegevens geometrie"). A complex lies where the area record that names it is put, else where the team above that is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.services.models import AreaCode

Place = tuple[str, str, str]  # kind, code, year ("" where there is none)
CBS = ("gemeente", "wijk", "buurt")
_DIGITS = {"gemeente": 4, "wijk": 6, "buurt": 8}
_LETTERS = {"gemeente": "GM", "wijk": "WK", "buurt": "BU"}
_DEPTH = {"gemeente": 0, "wijk": 1, "buurt": 2, "complex": 3}


@dataclass(frozen=True, slots=True)
class Put:
    """Where one team is put: what its area record says. `parent` is the team above it, None for the top one."""

    team: bytes
    parent: bytes | None
    codes: tuple[AreaCode, ...]


@dataclass(slots=True)
class Node:
    """One area of the tree. `teams` are put at it; without any it is only there to show where others lie."""

    place: Place
    name: str
    teams: list[bytes] = field(default_factory=list)
    below: list["Node"] = field(default_factory=list)


def place_of(code: AreaCode) -> Place:
    """Which area a code is, whatever its name."""
    return (code.kind, code.code, code.year)


def above(place: Place) -> Place | None:
    """The CBS area that this one lies in by its code; None for a gemeente and for what has no such code."""
    kind, code, year = place
    if kind not in CBS[1:]:
        return None
    higher = CBS[CBS.index(kind) - 1]
    return (higher, _LETTERS[higher] + code[2 : 2 + _DIGITS[higher]], year)


def chain(place: Place, home: Mapping[Place, Place]) -> list[Place]:
    """An area and all that it lies in, smallest first; `home`: where each complex lies."""
    found = [place]
    while (next_ := above(found[-1]) or home.get(found[-1])) and next_ not in found:
        found.append(next_)
    return found


def within(place: Place, area: Place, home: Mapping[Place, Place] | None = None) -> bool:
    """Whether an area is another or lies in it, in the borders of the same year."""
    return area in chain(place, home or {})


def homes(put: Sequence[Put]) -> dict[Place, Place]:
    """Where each complex lies: in the only smallest CBS area of the record that names it, else in that of a team above."""
    by_team = {p.team: p for p in put}
    found: dict[Place, Place] = {}
    for p in put:
        at: Put | None = p
        seen: set[bytes] = set()
        place = _smallest(p)
        while place is None and at is not None and at.parent and at.team not in seen:
            seen.add(at.team)
            at = by_team.get(at.parent)
            place = _smallest(at) if at else None
        if place is not None:
            for code in p.codes:
                if code.kind == "complex":
                    found.setdefault(place_of(code), place)
    return found


def _smallest(p: Put) -> Place | None:
    """The one CBS area that lies deepest in a record; None where there is none, or several."""
    listed = {place_of(c) for c in p.codes if c.kind in CBS}
    deepest = max((_DEPTH[kind] for kind, _code, _year in listed), default=None)
    among = [place for place in listed if _DEPTH[place[0]] == deepest]
    return among[0] if len(among) == 1 else None


def tree(put: Sequence[Put], names: Mapping[Place, str]) -> list[Node]:
    """Every area where a team is put, with all it lies in, each once. `names` for those that no team named."""
    home = homes(put)
    nodes: dict[Place, Node] = {}
    roots: list[Node] = []

    def node(place: Place) -> Node:
        if place not in nodes:
            made = nodes[place] = Node(place, names.get(place, ""))
            over = above(place) or home.get(place)
            (node(over).below if over else roots).append(made)
        return nodes[place]

    for p in put:
        for code in p.codes:
            if code.kind in _DEPTH:
                at = node(place_of(code))
                at.name = code.name or at.name
                at.teams += [p.team] if p.team not in at.teams else []
    _sort(roots)
    return roots


def _sort(nodes: list[Node]) -> None:
    nodes.sort(key=lambda n: (_DEPTH[n.place[0]], n.place[1].casefold(), n.place[2]))
    for node in nodes:
        _sort(node.below)


def flat(nodes: Iterable[Node], depth: int = 0) -> list[tuple[int, Node]]:
    """A tree from top to bottom, each node with how deep it stands."""
    return [row for node in nodes for row in [(depth, node), *flat(node.below, depth + 1)]]


def years(put: Iterable[Put]) -> list[str]:
    """The years of the CBS divisions that are in use, oldest first: more than one can't stand in one report."""
    return sorted({c.year for p in put for c in p.codes if c.kind in CBS and c.year})
