"""The picture of a street: every door has one tile, none lies on another, and a tap on it means that door."""

import xml.etree.ElementTree as ET
from datetime import date
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.services.models import DayPart
from app.services.rounds.left import again, find, passed
from app.services.rounds.models import Answer, Door, DoorLook, DoorState, PassRule, Seen
from app.views.common.tile_layout import lay_out
from app.views.common.tiles import drawing, sign

TILE = 56.0
DAY = date(2026, 11, 18)


@st.composite
def _doors(draw: st.DrawFn) -> list[Door]:
    block = draw(st.booleans())
    numbers = draw(st.lists(st.integers(1, 300), max_size=60, unique=True))
    stairs, floors = st.sampled_from(["", "A", "B"]), st.none() | st.integers(-1, 12)
    names = st.sampled_from(["Tulpstraat", "Hof A", "Hof B"] if draw(st.booleans()) else ["Tulpstraat"])  # or a complex
    return [
        Door(f"k{n}", draw(names), n, draw(st.sampled_from(["", "A"])), draw(st.sampled_from(["", "bis", "<3>"])),
             stair=draw(stairs) if block else "", floor=draw(floors) if block else None)
        for n in numbers
    ]  # fmt: skip


@given(_doors(), st.floats(60, 1400))
@example([Door("k1", "Tulpstraat", 1)], 60.0)
@settings(max_examples=60, deadline=None)
def test_every_door_has_a_tile_of_its_own_within_the_picture(doors: list[Door], width: float) -> None:
    """Whatever the width, and for streets and blocks alike; a tap in the middle of a tile is that door's."""
    plan = lay_out(doors, width, TILE)
    assert sorted(t.index for t in plan.tiles) == list(range(len(doors)))
    for tile in plan.tiles:
        assert 0 <= tile.x <= max(0.0, width - TILE + 40)
        assert tile.y + TILE <= plan.height + 0.01
        assert plan.at(tile.x + TILE / 2, tile.y + TILE / 2) == tile.index
        assert plan.at(tile.x + TILE / 2, tile.y + TILE + 7) != tile.index


@given(_doors())
@settings(max_examples=40, deadline=None)
def test_a_street_has_its_odd_side_above_and_a_block_its_top_floor(doors: list[Door]) -> None:
    """As one sees them: the two sides of a road, and a staircase from the roof to the street."""
    plan = lay_out(doors, 358, TILE)
    at = {doors[t.index].key: t for t in plan.tiles}
    names = list(dict.fromkeys(d.street for d in doors))
    assert [words for _x, _y, words in plan.labels if words in names] == (names if len(names) > 1 else [])
    tops = [[at[d.key].y for d in doors if d.street == name] for name in names]
    assert all(max(above) < min(below) for above, below in pairwise(tops)), "streets of a complex lie apart"
    block = any(d.stair or d.floor is not None for d in doors)
    if block:
        for a in doors:
            for b in doors:
                if (
                    (a.street, a.stair) == (b.street, b.stair)
                    and (a.floor is not None and b.floor is not None)
                    and a.floor > b.floor
                ):
                    assert at[a.key].y < at[b.key].y
    for y in plan.roads:
        sides = [
            [t for t in plan.tiles if (t.y < y) == above and abs(t.y + TILE / 2 - y) < TILE] for above in (True, False)
        ]
        assert {doors[t.index].number % 2 for t in sides[0]} == {1}
        assert {doors[t.index].number % 2 for t in sides[1]} == {0}


@given(_doors(), st.lists(st.none() | st.sampled_from(list(DoorState)), min_size=60, max_size=60))
@settings(max_examples=30, deadline=None)
def test_the_picture_is_whole_and_tells_by_letters_too(doors: list[Door], states: list[DoorState | None]) -> None:
    """It can be read as XML whatever an addition holds, and every state has its letter on the tile: none two."""
    looks = [
        DoorLook(d, Answer(s) if s else None, i % 7 == 0, False)
        for i, (d, s) in enumerate(zip(doors, states, strict=False))
    ]
    root = ET.fromstring(drawing(lay_out(doors, 358, TILE), looks, doors[0].key if doors else None))
    words = [e.text for e in root.iter() if e.tag.endswith("text")]
    for look in looks:
        assert f"{look.door.number}{look.door.letter}" in words
        if sign(look):
            assert sign(look) in words
    letters = {s: sign(DoorLook(Door("k", "x", 1), Answer(s), False, False)) for s in DoorState}
    assert len({*letters.values(), "X"}) == len(letters) + 1


def _look(number: int, state: DoorState | None = None, blocked: bool = False, *tried: tuple[date, DayPart]) -> DoorLook:
    answer = Answer(state) if state else None
    seen = tuple(Seen(Answer(DoorState.NOT_HOME), day, part, mine=True) for day, part in tried)
    return DoorLook(Door(f"k{number}", "Tulpstraat", number, "A" if number == 12 else ""), answer, blocked, False, seen)


def test_who_was_not_home_is_asked_for_at_another_part_of_the_day() -> None:
    """As often as the rule says, at the parts that were not tried; a mark ends it."""
    evening, morning = (DAY, DayPart.EVENING), (DAY, DayPart.MORNING)
    looks = [
        _look(1, DoorState.NOT_HOME, False, evening),
        _look(3, DoorState.NOT_HOME, False, evening, morning),
        _look(5, DoorState.NOT_HOME, True, evening),
        _look(7, DoorState.MET),
    ]
    assert again(looks, PassRule(2, True)) == (1, {DayPart.MORNING: 1, DayPart.AFTERNOON: 1})
    assert again(looks, PassRule(3, True)) == (2, {DayPart.MORNING: 1, DayPart.AFTERNOON: 2})
    assert again(looks, PassRule(1, True)) == (0, {})


def test_doors_passed_on_the_way_are_those_where_nobody_rings() -> None:
    """Since the door before, around the end; without one, those just in front."""
    looks = [_look(1, blocked=True), _look(3), _look(5, blocked=True), _look(7), _look(9, blocked=True)]
    assert [x.door.number for x in passed(looks, "k3", 3)] == [5]
    assert [x.door.number for x in passed(looks, "k7", 1)] == [9, 1]
    assert [x.door.number for x in passed(looks, None, 1)] == [1]
    assert [x.door.number for x in passed(looks, None, 3)] == [5]


def test_a_number_is_found_as_people_type_it() -> None:
    """With or without its letter and its dashes; what is not there is not guessed."""
    looks = [_look(2), _look(12), _look(120)]
    assert find(looks, "12a") == "k12"
    assert find(looks, " 12 A ") == "k12"
    assert find(looks, "12") == "k12"
    assert find(looks, "13") is None
    assert find(looks, "-") is None
