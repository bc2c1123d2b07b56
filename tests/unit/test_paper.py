"""A walk on paper: what is printed, and entering it afterwards."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import flet as ft
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commands.native_device import QuietPage
from app.services.models import DayPart
from app.services.rounds.models import Answer, Door, DoorLook, DoorState, Interest
from app.services.rounds.paper import Line, next_line, sheets
from app.views.collect.paper import PaperScreen
from sync.core.errors import BadInput
from tests.support.native_app import synced
from tests.support.rounds import at, one_walk
from tests.support.screens import Person
from tests.support.settled_team import Team

Tell = Callable[[Callable[[Team], Awaitable[None]]], None]
NOT_HOME = Answer(DoorState.NOT_HOME)

looks = st.lists(
    st.builds(
        lambda street, stair, floor, blocked, answer, due: DoorLook(
            Door("", street, 1, stair=stair, floor=floor), answer, blocked, due
        ),
        st.sampled_from("AB"),
        st.sampled_from(("", "x")),
        st.sampled_from((None, 0, 1)),
        st.booleans(),
        st.sampled_from((None, NOT_HOME)),
        st.booleans(),
    ),
    max_size=12,
).map(lambda some: [replace(look, door=replace(look.door, key=str(n))) for n, look in enumerate(some)])


@given(looks)
def test_every_door_is_printed_once_in_order_and_none_that_nobody_rings_has_boxes(some: list[DoorLook]) -> None:
    """Under the name of its own street and floor; a door that is done has none either, unless it is to be tried again."""
    made = sheets(some)
    lines = [(door, what) for sheet in made for door, what in sheet.lines]
    assert [door for door, _ in lines] == [look.door for look in some]
    for sheet in made:
        assert len({(d.street, d.stair, d.floor) for d, _ in sheet.lines}) == 1
    for look, (_, what) in zip(some, lines, strict=True):
        assert (what is Line.BLOCKED) == look.blocked
        if not look.blocked:
            assert (what is Line.BOXES) == (look.answer is None or look.due)


@given(looks)
def test_entering_passes_every_door_once_and_never_one_that_nobody_rings(some: list[DoorLook]) -> None:
    """From the first to the end."""
    passed, key = [], next_line(some)
    while key is not None:
        passed.append(key)
        key = next_line(some, key)
    assert passed == [look.door.key for look in some if not look.blocked]


async def _press(person: Person, key: str) -> None:
    """A key of the keyboard."""
    event = ft.KeyboardEvent(
        name="keyboard_event", control=person.page, key=key, shift=False, ctrl=False, alt=False, meta=False
    )
    await person.page.on_keyboard_event(event)  # type: ignore[misc, operator]
    await person.breathe()


def _asks(person: Person, slot: ft.Container) -> bool:
    """Whether the six answers stand in this door's place."""
    return any(person.named(c) == "1 Gesproken" for c in person._walk(slot) if isinstance(c, ft.OutlinedButton))


def test_a_walk_is_printed_without_names_and_entered_with_the_day_chosen_once(tell: Tell) -> None:
    """A blocked door has no boxes; taps and keys enter the others with the part of the day; what is wrong is undone."""

    async def story(t: Team) -> None:
        t.clock.now = int(datetime.fromtimestamp(t.clock.now / 1000).replace(hour=15).timestamp() * 1000)
        joke, fatma = await t.joke(), await t.fatma()
        name, walk = await one_walk(joke, fatma, doors=6)
        await joke.marks.set("Tulpstraat 3", joke.today())
        await synced(joke, fatma)
        person = Person(fatma)
        await person.arrive()
        await person.go(f"/papier/{walk.hex()}")
        await person.tap("Print de lijst")
        page = fatma.live.page
        assert isinstance(page, QuietPage)
        printed = list(page.printed)
        assert "Tulpstraat: 3 niet aanbellen" in printed
        assert {f"Tulpstraat: {n} " for n in (1, 2, 4, 5, 6)} <= set(printed)
        assert any("Schrijf geen namen op" in words for words in printed)
        assert not any("Fatma" in words or "Joke" in words for words in printed)
        screen = person.shell.screen
        assert isinstance(screen, PaperScreen)
        await person.tap("in de avond")
        assert person.sees("Dit deel van de dag moet nog komen.")
        assert screen.at is None
        await person.tap("in de middag")
        order = [look.door.number for look in fatma.rounds.doors(walk) if not look.blocked]
        assert screen.at == at(order[0])
        await person.tap("Flyer")
        await person.tap("Flyer")
        await person.tap("Nieuwe bewoner")
        await person.tap("Wil activiteit")
        opened = [
            key for key, slot in screen.slots.items() if slot.content in person.controls() and _asks(person, slot)
        ]
        assert opened == [at(order[0])], "what is to be tapped stands where the door stands"
        await person.tap("1 Gesproken")
        assert screen.at == at(order[1])
        assert [w.address for w in fatma.welcomes.all()] == [f"Tulpstraat {order[0]}"]
        await asyncio.gather(_press(person, "2"), _press(person, "2"))
        await person.tap("Ongedaan maken")
        assert screen.at == at(order[2])
        await _press(person, "Numpad 6")
        for _ in range(2):
            await _press(person, "2")
        assert person.sees("Dat was de laatste deur.")
        found = {look.door.number: look.answer for look in fatma.rounds.doors(walk)}
        assert found[order[0]] == Answer(DoorState.MET, False, (Interest.ACTIVITY,))
        assert [found[n].state for n in order[1:]] == [  # type: ignore[union-attr]
            DoorState.NOT_HOME,
            DoorState.UNREACHABLE,
            DoorState.NOT_HOME,
            DoorState.NOT_HOME,
        ]
        assert found[3] is None
        seen = {s.part for look in fatma.rounds.doors(walk) for s in look.seen}
        assert seen == {DayPart.AFTERNOON}
        with pytest.raises(BadInput, match="part"):
            await fatma.rounds.tap(walk, at(order[0]), NOT_HOME, when=(fatma.today(), DayPart.EVENING))
        first = fatma.rounds.round(name).first
        for day, why in ((fatma.today() + timedelta(days=1), "future"), (first - timedelta(days=1), "before_round")):
            with pytest.raises(BadInput, match=why):
                await fatma.rounds.tap(walk, at(order[0]), NOT_HOME, when=(day, DayPart.MORNING))
        earlier = max(first, fatma.today() - timedelta(days=1))
        await fatma.rounds.tap(walk, at(order[1]), NOT_HOME, when=(earlier, DayPart.MORNING))
        history = next(look.seen for look in fatma.rounds.doors(walk) if look.door.number == order[1])
        assert (earlier, DayPart.MORNING) in [(s.day, s.part) for s in history]
        assert isinstance(earlier, date)

    tell(story)
