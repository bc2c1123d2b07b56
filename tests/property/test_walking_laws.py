"""Walking order and cutting: every door once, no needless crossing, blocks from the top, walks that fit an evening."""

import random
from itertools import groupby, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.rounds.cutting import LARGEST, cut
from app.services.rounds.models import Door, Order, Street
from app.services.rounds.order import counted_as, side, units, walking_order

common = settings(max_examples=30, deadline=None)
ADDITIONS = ["", "", "", "hs", "1hoog", "2", "10", "bis", "I", "II"]


@st.composite
def doors_of(draw: st.DrawFn, street: str, place: str, most: int = 25) -> list[Door]:
    """One street: houses, letters, additions, some blocks with staircases and floors."""
    made: dict[str, Door] = {}
    for _ in range(draw(st.integers(0, most))):
        number, letter = draw(st.integers(1, 60)), draw(st.sampled_from(["", "", "", "A", "b"]))
        addition, stair = draw(st.sampled_from(ADDITIONS)), draw(st.sampled_from(["", "", "", "I", "II"]))
        floor = draw(st.sampled_from([None, None, 0, 1, 2, -1]))
        key = f"{place}|{street}|{number}|{letter}|{addition}"
        made[key] = Door(key, street, number, letter, addition, "1234AB", place, stair, floor)
    return list(made.values())


@st.composite
def towns(draw: st.DrawFn) -> list[Street]:
    """Some streets, small and large, in one or two places."""
    names = draw(st.lists(st.sampled_from(["Aweg", "Bweg", "2e Bweg", "10e Bweg", "Zweg"]), unique=True, max_size=5))
    made = []
    for i, name in enumerate(names):
        place = draw(st.sampled_from(["Dorp", "Stad"]))
        made.append(Street(bytes([i]) * 16, name, place, tuple(draw(doors_of(name, place)))))
    return made


def street_of(numbers: range, name: str = "Tulpstraat", place: str = "Dorp") -> Street:
    """A street with these numbers and nothing else."""
    doors = tuple(Door(f"{place}{name}{n}", name, n, place=place) for n in numbers)
    return Street(name.encode(), name, place, doors)


def labels(doors: list[Door]) -> list[str]:
    """The numbers as they stand beside the doors."""
    return [door.label for door in doors]


# -- walking order -----------------------------------------------------------------------------------------------


@common
@given(towns(), st.sampled_from(Order), st.randoms(use_true_random=False))
def test_every_door_is_walked_once_whatever_order_they_came_in(
    town: list[Street], order: Order, chance: random.Random
) -> None:
    """Also when a door is given twice; and putting in order what is in order changes nothing."""
    doors = [door for street in town for door in street.doors]
    walked = walking_order(doors, order)
    again = doors + doors[:3]
    chance.shuffle(again)
    assert sorted(d.key for d in walked) == sorted({d.key for d in doors})
    assert walking_order(again, order) == walked == walking_order(walked, order)


@common
@given(towns(), st.sampled_from(Order))
def test_a_street_is_left_once_and_crossed_once(town: list[Street], order: Order) -> None:
    """Each street is one stretch of the walk; by sides nobody crosses it more than once."""
    walked = units([door for street in town for door in street.doors], order)
    streets = [list(some) for _, some in groupby(walked, key=lambda u: (u[0].place, u[0].street))]
    assert len(streets) == len({(u[0].place, u[0].street) for u in walked})
    for street in streets:
        numbers = [(min(d.number for d in u), side(u)) for u in street]
        if order is Order.CROSSING:
            assert numbers == sorted(numbers, key=lambda x: x[0])
            continue
        assert sum(a[1] != b[1] for a, b in pairwise(numbers)) <= 1
        odd, even = [n for n, s in numbers if s], [n for n, s in numbers if not s]
        assert odd == sorted(odd)
        assert even == sorted(even, reverse=bool(odd))


@common
@given(towns(), st.sampled_from(Order))
def test_a_staircase_is_walked_at_once_from_the_top(town: list[Street], order: Order) -> None:
    """Nobody leaves a staircase and comes back, and nobody climbs between two doors of it."""
    walked = walking_order([door for street in town for door in street.doors], order)
    stairs = [
        (name, list(some)) for name, some in groupby(walked, key=lambda d: (d.place, d.street, d.stair)) if name[2]
    ]
    assert len(stairs) == len({name for name, _ in stairs})
    for _, stair in stairs:
        floors = [door.floor or 0 for door in stair]
        assert floors == sorted(floors, reverse=True)


def test_one_side_goes_up_and_the_other_comes_down() -> None:
    """1, 3, 5, across, 6, 4, 2; by number when the walk goes from side to side."""
    doors = street_of(range(1, 7)).doors
    assert labels(walking_order(doors, Order.SIDES)) == ["1", "3", "5", "6", "4", "2"]
    assert labels(walking_order(doors, Order.CROSSING)) == ["1", "2", "3", "4", "5", "6"]
    assert labels(walking_order(doors[1::2], Order.SIDES)) == ["2", "4", "6"]


def test_floors_of_one_number_go_from_the_top_and_the_street_stays_in_order() -> None:
    """12-2, 12-1, 12-hs, though 12 lies on the side that comes down."""
    flats = [Door(f"12-{a}", "Kade", 12, addition=a, floor=f) for a, f in [("hs", 0), ("1", 1), ("2", 2)]]
    doors = [Door("1", "Kade", 1), Door("10", "Kade", 10), *flats, Door("14", "Kade", 14)]
    assert labels(walking_order(doors, Order.SIDES)) == ["1", "14", "12-2", "12-1", "12-hs", "10"]


def test_a_flat_is_taken_staircase_by_staircase() -> None:
    """Two porches of one block, whose numbers run through one another floor by floor."""
    flat = [
        Door(str(n), "Torenflat", n, stair="A" if (n - 1) % 4 < 2 else "B", floor=(n - 1) // 4) for n in range(1, 13)
    ]
    walked = labels(walking_order(flat, Order.CROSSING))
    assert walked == ["9", "10", "5", "6", "1", "2", "11", "12", "7", "8", "3", "4"]


@pytest.mark.parametrize("counted", [["", "hs", "bis", "A", "B", "2", "10"], ["A", "A2", "A10", "B", "1hoog", "2hoog"]])
def test_additions_follow_one_another_as_people_count(counted: list[str]) -> None:
    """2 before 10; the house itself before what was split off."""
    assert sorted(set(counted), key=counted_as) == counted


# -- cutting -----------------------------------------------------------------------------------------------------


@common
@given(towns(), st.integers(1, 80), st.sampled_from(Order), st.randoms(use_true_random=False))
def test_cutting_gives_every_door_to_one_walk_in_walking_order(
    town: list[Street], wished: int, order: Order, chance: random.Random
) -> None:
    """The same walks whatever order streets and doors came in; no walk in two places."""
    walks = cut(town, wished, order)
    keys = [door.key for walk in walks for door in walk.doors]
    assert sorted(keys) == sorted(d.key for street in town for d in street.doors)
    shuffled = [Street(s.id, s.name, s.place, tuple(chance.sample(s.doors, len(s.doors)))) for s in town]
    assert cut(chance.sample(shuffled, len(shuffled)), wished, order) == walks
    for walk in walks:
        assert list(walk.doors) == walking_order(walk.doors, order)
        assert len({door.place for door in walk.doors}) == 1


@common
@given(towns(), st.integers(1, 80), st.sampled_from(Order))
def test_no_staircase_is_parted_no_walk_is_too_large_and_no_remnant_is_left(
    town: list[Street], wished: int, order: Order
) -> None:
    """Only a staircase that is larger by itself goes beyond the bound; a walk of under a third of what was wished stands
    alone only when neither neighbour had room for it.
    """
    whole = units([door for street in town for door in street.doors], order)
    walks = [walk.doors for walk in cut(town, wished, order)]
    home = {door.key: i for i, walk in enumerate(walks) for door in walk}
    assert all(len({home[door.key] for door in unit}) == 1 for unit in whole)
    for walk in walks:
        assert len(walk) <= LARGEST * wished or len(units(walk, order)) == 1
    for a, b in pairwise(walks):
        if a[0].place == b[0].place and 3 * min(len(a), len(b)) < wished:
            assert len(a) + len(b) > LARGEST * wished


@pytest.mark.parametrize(
    ("streets", "wished", "names"),
    [
        ([street_of(range(1, 41))], 60, ["Tulpstraat"]),
        (
            [street_of(range(1, 121))],
            30,
            [
                "Tulpstraat 1-59, oneven",
                "Tulpstraat 61-119, oneven",
                "Tulpstraat 62-120, even",
                "Tulpstraat 2-60, even",
            ],
        ),
        ([street_of(range(1, 63))], 60, ["Tulpstraat"]),
        ([street_of(range(1, 25)), street_of(range(1, 21), "Rozenlaan")], 45, ["Rozenlaan en Tulpstraat"]),
        (
            [street_of(range(1, 9), name) for name in ("Aweg", "Bweg", "Cweg", "Dweg", "Eweg")],
            40,
            ["Aweg, Bweg en 3 andere straten"],
        ),
        (
            [street_of(range(1, 21)), street_of(range(1, 21), place="Stad")],
            20,
            ["Tulpstraat (Dorp)", "Tulpstraat (Stad)"],
        ),
        (
            [Street(b"", "Hof", "Dorp", tuple(Door(a, "Hof", 5, a, place="Dorp") for a in "ABCDEFGH"))],
            4,
            ["Hof 5A t/m 5D", "Hof 5E t/m 5H"],
        ),
    ],
)
def test_a_walk_is_named_after_what_is_in_it(streets: list[Street], wished: int, names: list[str]) -> None:
    """A street by its name, a part by its numbers and side, two small ones by both names."""
    assert [walk.name for walk in cut(streets, wished, Order.SIDES)] == names


def test_a_street_of_the_same_name_in_another_place_keeps_its_doors() -> None:
    """Without BAG ids both have doors of the same key."""
    streets = [Street(b"", "Hof", place, (Door("hof|1|", "Hof", 1, place=place),)) for place in ("Dorp", "Stad")]
    assert [walk.name for walk in cut(streets, 10, Order.SIDES)] == ["Hof (Dorp)", "Hof (Stad)"]


def test_a_block_too_large_to_add_to_is_walked_alone() -> None:
    """81 doors in one staircase and 12 houses, 60 wished: 93 in one walk would be more than an evening holds."""
    block = [Door(f"t{n}", "Hof", n, stair="A", place="Dorp") for n in range(1, 82)]
    houses = [Door(f"h{n}", "Hof", n, place="Dorp") for n in range(101, 125, 2)]
    walks = cut([Street(b"", "Hof", "Dorp", (*block, *houses))], 60, Order.SIDES)
    assert [len(walk.doors) for walk in walks] == [81, 12]


def test_sixty_two_doors_are_not_cut_into_sixty_and_two() -> None:
    """Three hundred and two doors in walks of sixty: five walks of about as many."""
    sizes = [len(walk.doors) for walk in cut([street_of(range(1, 303))], 60, Order.SIDES)]
    assert sum(sizes) == 302
    assert len(sizes) == 5
    assert max(sizes) - min(sizes) <= 5
