"""What a tap at a door sends to the screen, and in which order."""

import asyncio
from collections.abc import Awaitable, Callable

from flet.messaging.protocol import Message

from app.services.app import App
from app.services.rounds.models import Answer, DoorState
from sync.device.syncer import AFTER_SECONDS
from tests.support.native_app import synced
from tests.support.rounds import plan, put_street, street
from tests.support.screens import Person, _pack
from tests.support.settled_team import Team, session_of

Tell = Callable[[Callable[[Team], Awaitable[None]]], None]


async def _walking(t: Team) -> tuple[App, bytes, Person]:
    """Somebody at the first of eight doors."""
    joke, fatma = await t.joke(), await t.fatma()
    tulip = await put_street(joke, street("Tulpstraat", range(1, 9)))
    name = await joke.rounds.make(plan([tulip], [session_of(fatma).member]))
    await synced(joke, fatma, fatma)
    [walk] = fatma.rounds.round(name).walks
    person = Person(fatma)
    await person.arrive()
    await person.go(f"/loop/{walk.id.hex()}")
    return fatma, walk.id, person


def test_the_next_door_is_sent_before_all_else_and_the_last_one_is_written_before_that(tell: Tell) -> None:
    """In a message of its own, without the strip about the door just done."""

    async def story(t: Team) -> None:
        app, _walk, person = await _walking(t)
        sent, send = list[tuple[bytes, bool]](), person.client.send_message

        def keeping(message: Message) -> None:
            sent.append((_pack(message.body), bool(session_of(app).log.pending(9))))
            send(message)

        person.client.send_message = keeping  # type: ignore[method-assign]
        await person.tap("Gesproken")
        (first, written), *rest = sent
        assert b"Deur 2 van 8" in first
        assert b"Ongedaan maken" not in first
        assert len(first) < 1_000 < sum(len(body) for body, _ in rest), "little is drawn first"
        assert written
        assert person.sees("Tulpstraat 1: Gesproken")
        sent.clear()
        app.live.tell()
        await person.breathe()
        assert sent == [], "where nothing changed nothing is drawn again"

    tell(story)


def test_what_is_ticked_while_the_strip_still_names_the_door_before_is_not_noted_at_another(tell: Tell) -> None:
    """A thumb that is quicker than the screen."""

    async def story(t: Team) -> None:
        app, walk, person = await _walking(t)
        await person.tap("Gesproken")
        second = app.rounds.doors(walk)[1].door.key
        tapping = asyncio.create_task(person.tap("Later terugkomen"))
        while not person.sees("Deur 3 van 8"):
            await asyncio.sleep(0.001)
        assert person.sees("Tulpstraat 1: Gesproken")
        await person.tap("flyer gegeven")
        await tapping
        [noted] = [x.answer for x in app.rounds.doors(walk) if x.door.key == second]
        assert noted == Answer(DoorState.LATER)
        assert person.calm()

    tell(story)


def test_what_is_noted_at_a_door_is_sent_when_the_screen_has_moved_on(tell: Tell) -> None:
    """Not in the same moment, and well within a second."""

    async def story(t: Team) -> None:
        app, walk, _person = await _walking(t)
        wake = session_of(app).syncer._wake
        wake.clear()
        await app.rounds.tap(walk, app.rounds.doors(walk)[0].door.key, Answer(DoorState.MET))
        assert not wake.is_set()
        await asyncio.wait_for(wake.wait(), 1)
        assert AFTER_SECONDS < 0.5

    tell(story)
