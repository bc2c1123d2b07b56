"""The register of streets: typed by hand, put in on real devices over a real server, taken over again, taken off."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from app.services.app import App
from app.services.register import by_hand
from app.services.register.gathering import FoundStreet, named
from app.services.register.register import BATCH, Written, merged
from app.services.register.rows import Why
from app.services.rounds.models import Door
from sync.core.errors import BadInput, Forbidden
from sync.core.ports import LogState
from tests.support.native_app import synced
from tests.support.settled_team import Team, session_of

Tell = Callable[[Callable[[Team], Awaitable[None]]], None]
SAMPLE = str(Path("assets/register/voorbeeld-bag.csv").resolve())


def street(name: str, *labels: str, place: str = "Dorp", bag: bool = False) -> FoundStreet:
    """A street with these numbers."""
    doors = [Door(f"{i:04}2000{i:08}" if bag else "", name, int(n), place=place) for i, n in enumerate(labels, 1)]
    return FoundStreet(name, place, named(doors))


# -- by hand -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "labels"),
    [
        ("Tulpstraat 2-8 even", "Tulpstraat", ["2", "4", "6", "8"]),
        ("Rozenlaan 1-5", "Rozenlaan", ["1", "2", "3", "4", "5"]),
        ("Rozenlaan: 1-5 oneven, 12A, 14-2", "Rozenlaan", ["1", "3", "5", "12A", "14-2"]),
        ("Torenflat 10 t/m 12", "Torenflat", ["10", "11", "12"]),
        ("Plein 1944 2-6 even en 9", "Plein 1944", ["2", "4", "6", "9"]),
        ("2e Dwarsstraat 4, 6 bis, 8 3 hoog", "2e Dwarsstraat", ["4", "6-bis", "8-3 hoog"]),
        ("'s-Gravenlaan 7", "'s-Gravenlaan", ["7"]),
    ],
)
def test_doors_are_typed_as_people_write_them(text: str, name: str, labels: list[str]) -> None:
    """Ranges, sides, letters, floors; a number that belongs to the name stays with it."""
    found = by_hand.read(text, "Dorp")
    assert found.bad == ()
    assert [(s.name, s.place, [d.label for d in s.doors]) for s in found.streets] == [(name, "Dorp", labels)]


def test_what_can_t_be_read_is_told_and_nothing_is_made_of_it() -> None:
    """A street without a number, a number without a street, a piece of nonsense."""
    found = by_hand.read("Tulpstraat\n12-20\nRozenlaan 1-3, xii\n\nLaan 2\nHof 2-48 evn")
    assert [(b.line, b.why) for b in found.bad] == [
        (1, Why.NO_NUMBER),
        (2, Why.NO_STREET),
        (3, Why.NO_NUMBER),
        (6, Why.NO_NUMBER),
    ]
    for text, why in (("", "missing"), (" \n", "missing"), ("Laan 1, " * 9_000, "too_long")):
        with pytest.raises(BadInput) as raised:
            by_hand.read(text)
        assert raised.value.why == why


def test_a_range_is_no_longer_than_a_street() -> None:
    """99,999 doors by a slip of the thumb are not made: what is too many is told."""
    found = by_hand.read("Laan 1-99999")
    assert (found.doors, dict(found.bad_counts)) == (5_000, {Why.TOO_MANY: found.left_out})


# -- joining -------------------------------------------------------------------------------------------------------


def test_a_door_keeps_its_key_unless_it_gets_a_bag_id() -> None:
    """An import over what was typed: the same door; what the import leaves open stays as it was known."""
    typed = [Door("", "Laan", 1, stair="A", floor=2), Door("", "Laan", 3)]
    before = named(typed)
    after = named([Door("0344200000000001", "Laan", 1, postcode="1234AB"), Door("", "Laan", 5)])
    assert [(d.key, d.postcode, d.stair, d.floor) for d in merged(before, after, keep=False)] == [
        ("0344200000000001", "1234AB", "A", 2),
        ("laan|5|", "", "", None),
    ]
    assert [d.number for d in merged(before, after, keep=True)] == [1, 3, 5]
    again = merged(merged(before, after, keep=False), named(typed), keep=True)
    assert again[0].key == "0344200000000001"


# -- on devices ----------------------------------------------------------------------------------------------------


def unsent(app: App) -> int:
    """Envelopes that this device has not sent yet."""
    return session_of(app).log.count().get(LogState.PENDING, 0)


def test_the_sample_is_read_written_and_seen_by_every_coordinator_and_nobody_else(tell: Tell) -> None:
    """One record a street, sealed to the coordinators; the same file once more writes nothing."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        heard: list[float] = []
        found = await joke.register.read(SAMPLE)
        written = await joke.register.put(found.streets, heard.append)
        assert (written, heard) == (Written(new=2), [1.0])
        assert [(s.name, s.doors) for s in joke.register.look()] == [("Bedachte Flat", 16), ("Voorbeeldstraat", 25)]
        assert joke.register.streets()[0].doors == found.streets[0].doors
        await synced(joke, fatma)
        assert fatma.register.look() == []
        with pytest.raises(Forbidden):
            await fatma.register.put(found.streets)
        assert await joke.register.put(found.streets) == Written(same=2)
        assert unsent(joke) == 0

    tell(story)


def test_only_what_differs_is_written_and_what_is_taken_off_comes_back_when_it_is_put_in(tell: Tell) -> None:
    """Another spelling is the same street; a street taken off the list keeps its record."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        await joke.register.put([street("Tulpstraat", "1", "3"), street("Rozenlaan", "2")])
        await synced(joke)
        changed = [street("Tulpstr.", "1", "3", "5"), street("Rozenlaan", "2")]
        assert await joke.register.put(changed) == Written(changed=1, same=1)
        assert unsent(joke) == 1
        assert [(s.name, s.doors) for s in joke.register.look()] == [("Rozenlaan", 1), ("Tulpstraat", 3)]
        [rose, tulip] = joke.register.look()
        await joke.register.remove(tulip.id)
        assert [s.id for s in joke.register.look()] == [rose.id]
        await joke.register.remove(tulip.id, removed=False)
        await joke.register.remove(tulip.id)
        assert await joke.register.put([street("Tulpstraat", "7")]) == Written(changed=1)
        assert [(s.id, s.doors) for s in joke.register.look()] == [(rose.id, 1), (tulip.id, 1)]
        await joke.register.remove(tulip.id)
        assert await joke.register.put([street("Tulpstraat", "7")]) == Written(changed=1), "also as it was"
        assert len(joke.register.look()) == 2

    tell(story)


def test_what_is_typed_is_added_to_a_street_and_a_bad_line_writes_nothing(tell: Tell) -> None:
    """Doors that are there stay; whoever mistyped still has the text, and half of it is not in the register."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        await joke.register.put([street("Tulpstraat", "1", "3", bag=True)])
        keys = {d.key for d in joke.register.streets()[0].doors}
        found, written = await joke.register.by_hand("Tulpstraat 1-7 oneven\nLaan", "Dorp")
        assert (found.left_out, written) == (1, Written())
        found, written = await joke.register.by_hand("Tulpstraat 1-7 oneven", " Dorp ")
        assert written == Written(changed=1)
        [one] = joke.register.streets()
        assert [d.number for d in one.doors] == [1, 3, 5, 7]
        assert keys <= {d.key for d in one.doors}

    tell(story)


def test_an_import_that_is_stopped_goes_on_where_it_was(tell: Tell) -> None:
    """What was told is on disk, also for the next start; asked again, only the rest is written."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        streets = [street(f"{n}e Dwarsstraat", "1") for n in range(1, 2 * BATCH + 11)]
        heard: list[float] = []
        done = await joke.register.put(streets, heard.append, go_on=lambda: not heard)
        assert done == Written(new=BATCH, rest=BATCH + 10)
        assert len(joke.register.look()) == BATCH
        assert unsent(joke) == BATCH + 1, "and the key that they are sealed with"
        assert await joke.register.put(streets) == Written(new=BATCH + 10, same=BATCH)
        assert len(joke.register.look()) == len(streets)

    tell(story)
