"""Where the tile of each door lies in the picture of a street. Pure: numbers in, numbers out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from app.services.rounds.models import Door

GAP, ROAD, BETWEEN = 6.0, 18.0, 16.0  # between tiles, between the two sides of a street, between two pieces of it


@dataclass(frozen=True, slots=True)
class Tile:
    """Door number `index` of the list, at (x, y)."""

    index: int
    x: float
    y: float


@dataclass(slots=True)
class Layout:
    """The whole picture, in logical pixels. `roads` are the y of the street between its two sides; `labels` what stands
    beside a row: (x, middle, words).
    """

    tile: float
    width: float
    height: float = 0.0
    tiles: list[Tile] = field(default_factory=list)
    roads: list[float] = field(default_factory=list)
    labels: list[tuple[float, float, str]] = field(default_factory=list)

    def at(self, x: float, y: float) -> int | None:
        """Which door a tap at this point means, the gaps around a tile included."""
        near = GAP / 2
        for tile in self.tiles:
            across, down = x - tile.x, y - tile.y
            if -near <= across <= self.tile + near and -near <= down <= self.tile + near:
                return tile.index
        return None


def lay_out(doors: Sequence[Door], width: float, tile: float) -> Layout:
    """The doors of one street: odd numbers above the road and even ones below it, in as many pieces as the width asks
    for; of a block, each staircase by itself, the top floor above. The streets of a complex stand below one another,
    each under its name.
    """
    made = Layout(tile, width)
    streets: dict[str, list[int]] = {}
    for i, door in enumerate(doors):
        streets.setdefault(door.street, []).append(i)
    for name, some in streets.items():
        y = made.height + (BETWEEN if made.height else 0.0)
        if len(streets) > 1:
            made.labels.append((0.0, y + tile * 0.25, name))
            y += tile * 0.5
        block = any(doors[i].stair or doors[i].floor is not None for i in some)
        (_block if block else _street)(made, doors, some, y)
    made.height = max(made.height, tile)
    return made


def _columns(width: float, tile: float) -> int:
    return max(1, int((width + GAP) // (tile + GAP)))


def _row(made: Layout, indexes: Sequence[int], y: float, x: float = 0.0) -> None:
    made.tiles += [Tile(index, x + n * (made.tile + GAP), y) for n, index in enumerate(indexes)]
    made.height = y + made.tile


def _street(made: Layout, doors: Sequence[Door], some: Sequence[int], y: float) -> None:
    ranked = sorted(some, key=lambda i: (doors[i].number, doors[i].letter, doors[i].addition))
    sides = [[i for i in ranked if doors[i].number % 2 == odd] for odd in (1, 0)]
    columns = _columns(made.width, made.tile)
    for start in range(0, max(map(len, sides)), columns):
        above, below = (side[start : start + columns] for side in sides)
        if start:
            y += BETWEEN
        if above:
            _row(made, above, y)
            y += made.tile
        if above and below:
            made.roads.append(y + ROAD / 2)
            y += ROAD
        if below:
            _row(made, below, y)
            y += made.tile


def _block(made: Layout, doors: Sequence[Door], some: Sequence[int], y: float) -> None:
    beside = made.tile * 0.6
    columns = _columns(made.width - beside, made.tile)
    top = y
    for stair in dict.fromkeys(doors[i].stair for i in some):
        here = [i for i in some if doors[i].stair == stair]
        ranked = sorted(here, key=lambda i: (_height(doors[i]), doors[i].number, doors[i].letter, doors[i].addition))
        y += BETWEEN if y > top else 0.0
        if stair:
            made.labels.append((0.0, y + made.tile * 0.25, stair))
            y += made.tile * 0.5
        for _height_of, floor in groupby(ranked, key=lambda i: _height(doors[i])):
            row = list(floor)
            label = doors[row[0]].floor
            for start in range(0, len(row), columns):
                if label is not None and start == 0:
                    made.labels.append((0.0, y + made.tile / 2, str(label)))
                _row(made, row[start : start + columns], y, beside)
                y += made.tile + GAP


def _height(door: Door) -> int:
    """The top floor first; a door whose floor is not known at the foot."""
    return -door.floor if door.floor is not None else 1_000
