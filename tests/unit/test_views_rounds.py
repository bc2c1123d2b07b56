"""The screens of whoever walks a round, as a person uses them."""

import asyncio
from collections.abc import Awaitable, Callable

import flet as ft
import pytest

from app.services import welcomes
from app.services.app import App
from app.services.marks import Why
from app.services.models import Role
from app.services.rounds.models import Answer, DoorState, Holding, Interest, PassRule
from app.views.routes import place_of, places
from sync.core.errors import DiskFull
from tests.support.native_app import synced
from tests.support.rounds import plan, put_street, street
from tests.support.screens import Person
from tests.support.settled_team import Team, session_of

Tell = Callable[[Callable[[Team], Awaitable[None]]], None]


async def _round(t: Team, doors: int = 8, rule: PassRule | None = None) -> tuple[App, App, bytes, bytes]:
    """Two phones that walk one street: the apps, the round and its walk."""
    joke, fatma = await t.joke(), await t.fatma()
    tulip = await put_street(joke, street("Tulpstraat", range(1, doors + 1)))
    members = [session_of(fatma).member, session_of(joke).member]
    name = await joke.rounds.make(plan([tulip], members, rule))
    await synced(joke, fatma, fatma)
    [walk] = fatma.rounds.round(name).walks
    return joke, fatma, name, walk.id


def _welcomes(app: App) -> list[str]:
    return [w.address for w in welcomes.waiting(session_of(app), everyone=True)]


async def _at(app: App, route: str) -> Person:
    person = Person(app)
    await person.arrive()
    await person.go(route)
    return person


def _big(person: Person) -> str:
    """The number that stands large on the screen."""
    return next(c.value for c in person.controls() if isinstance(c, ft.Text) and (c.size or 0) >= 38)


def test_one_tap_a_door_and_the_next_comes_by_itself(tell: Tell) -> None:
    """From the list of rounds to the second door in three taps; the extras of the first are there for who wants them."""

    async def story(t: Team) -> None:
        _joke, fatma, name, walk = await _round(t)
        person = await _at(fatma, "/")
        await person.tap("Ronde: Najaarsronde")
        assert person.sees("Kennismaken met iedereen in de straat")
        await person.tap("Ik loop deze")
        assert fatma.rounds.walk(walk).holding is Holding.MINE
        assert (_big(person), person.sees("Deur 1 van 8")) == ("1", True)
        await person.tap("Gesproken")
        assert person.sees("Deur 2 van 8")
        assert _big(person) != "1"
        await person.tap("wil activiteit")
        await person.tap("flyer gegeven")
        await person.tap("Niet thuis")
        first = fatma.rounds.doors(walk)[0]
        assert first.answer == Answer(DoorState.MET, True, (Interest.ACTIVITY,))
        assert person.calm()
        await person.tap("Terug")
        assert person.sees("2 van 8 deuren gedaan")
        await person.tap("Geef terug")
        assert fatma.rounds.round(name).walks[0].holding is Holding.FREE

    tell(story)


def test_undo_brings_the_door_back_whatever_was_added_to_it(tell: Tell) -> None:
    """One tap on undo takes the whole of the last door back, its extras too, and it is on show again."""

    async def story(t: Team) -> None:
        _joke, fatma, _name, walk = await _round(t)
        person = await _at(fatma, f"/loop/{walk.hex()}")
        await person.tap("Gesproken")
        await person.tap("flyer gegeven")
        await person.tap("nieuwe bewoner")
        assert _welcomes(fatma) == ["Tulpstraat 1"]
        await person.tap("Ongedaan maken")
        assert _big(person) == "1"
        assert fatma.rounds.doors(walk)[0].answer is None
        assert _welcomes(fatma) == []
        assert person.calm()

    tell(story)


def test_a_door_where_nobody_rings_is_said_and_skipped(tell: Tell) -> None:
    """It is named when it is passed; jumped to, it has no buttons; at the end doors are counted, and no person."""

    async def story(t: Team) -> None:
        _joke, fatma, _name, walk = await _round(t, doors=4)
        order = [look.door.label for look in fatma.rounds.doors(walk)]
        await fatma.marks.set(f"Tulpstraat {order[1]}", fatma.today())
        person = await _at(fatma, f"/loop/{walk.hex()}")
        await person.tap("Gesproken")
        assert _big(person) == order[2]
        assert person.sees(f"Niet aanbellen op {order[1]}: sla over.")
        await person.tap("Ander nummer")
        await person.type("Naar nummer", order[1])
        await person.tap("Ga naar deze deur")
        assert person.sees("Niet aanbellen. Hier wil men geen contact.")
        with pytest.raises(AssertionError):
            person.find("Gesproken")
        await person.tap("Naar de volgende deur")
        await person.tap("Leeg / verhuisd")
        await person.tap("Niet thuis")
        assert person.sees("Voor nu ben je rond")
        assert person.sees("bij 1 deur iemand gesproken")
        assert person.sees("bij 1 deur bellen we niet aan")
        assert person.sees("Niemand thuis: bij 1 deur proberen we het nog eens")
        await person.tap("Ongedaan maken")
        assert _big(person) == order[3]
        assert person.calm()

    tell(story)


def test_no_contact_noted_at_the_wrong_door_can_be_said_to_be_a_mistake_also_later(tell: Tell) -> None:
    """Two doors on one goes back: the coordinators are asked to lift the mark; until then nobody rings."""

    async def story(t: Team) -> None:
        _joke, fatma, _name, walk = await _round(t, doors=4)
        order = [look.door.label for look in fatma.rounds.doors(walk)]
        person = await _at(fatma, f"/loop/{walk.hex()}")
        await person.tap("Wil geen contact")
        await person.tap("Gesproken")
        await person.tap("Ander nummer")
        await person.type("Naar nummer", f"tulp {order[0]}")
        await person.tap("Ga naar deze deur")
        await person.tap("Dat was een vergissing")
        look = fatma.rounds.doors(walk)[0]
        assert (look.answer, look.blocked) == (None, True)
        [mark] = fatma.marks.at(f"Tulpstraat {order[0]}", fatma.today())
        assert mark.asked is Why.MISTAKE
        with pytest.raises(AssertionError):
            person.find("Dat was een vergissing")
        assert person.calm()

    tell(story)


def test_going_on_leads_past_a_door_that_another_did_meanwhile(tell: Tell) -> None:
    """The door where one was is shown again while nothing was said there; one that is asked for is shown all the same."""

    async def story(t: Team) -> None:
        _joke, fatma, _name, walk = await _round(t, doors=4)
        keys = [look.door.key for look in fatma.rounds.doors(walk)]
        order = [look.door.label for look in fatma.rounds.doors(walk)]
        person = await _at(fatma, f"/loop/{walk.hex()}")
        await person.tap("Gesproken")
        assert _big(person) == order[1]
        await person.go(f"/straat/{walk.hex()}")
        await fatma.rounds.tap(walk, keys[1], Answer(DoorState.NOT_HOME))
        await person.tap("Verder lopen")
        assert _big(person) == order[2]
        await person.tap("Straatbeeld")
        await person.tap("Tulpstraat als lijst")
        await person.tap(f"{order[1]}: Niet thuis")
        assert _big(person) == order[1]

    tell(story)


def test_at_the_end_of_a_walk_it_says_where_to_come_back_and_then_that_it_is_done(tell: Tell) -> None:
    """Who was not home, who asked to come back; handing it back is what comes first. A door is called by its own place
    among those that are rung.
    """

    async def story(t: Team) -> None:
        joke, fatma, _name, walk = await _round(t, doors=4)
        await joke.marks.set("Tulpstraat 1", joke.today())
        await synced(joke, fatma)
        await fatma.rounds.take(walk)
        person = await _at(fatma, f"/loop/{walk.hex()}")
        assert person.sees("Deur 1 van 3")
        assert person.page.floating_action_button is not None
        person.shell._measured(2.0)  # as the unseen letter at the top tells it
        assert person.page.floating_action_button is None, "nothing lies over the answers where text is large"
        assert "Snel verbergen" in map(person.named, person.actions())
        for answer in ("Niet thuis", "Later terugkomen", "Gesproken"):
            await person.tap(answer)
            await asyncio.sleep(0.1)
        assert person.sees("Voor nu ben je rond")
        assert person.sees("Niemand thuis: bij 1 deur proberen we het nog eens")
        assert person.sees("Bij 1 deur kom je later terug, op een andere dag.")
        assert not person.sees("Dit loopje is klaar")
        await person.tap("Geef dit loopje terug")
        assert fatma.rounds.walk(walk).holding is Holding.FREE
        for look in fatma.rounds.doors(walk)[1:]:
            await fatma.rounds.tap(walk, look.door.key, Answer(DoorState.MET))
        await person.go("/")
        await person.go(f"/loop/{walk.hex()}")
        assert person.sees("Dank je wel. Dit loopje is klaar.")
        assert not person.sees("Geef dit loopje terug")
        assert person.calm()

    tell(story)


@pytest.mark.parametrize(
    ("role", "route", "place"),
    [
        (Role.CONTACT, "/loop/00", "/"),  # found under what waits today
        (Role.CONTACT, "/rondes", "/meer"),
        (Role.COLLECTOR, "/papier/00", "/rondes"),
        (Role.COORDINATOR, "/straat/00", "/bureau"),
    ],
)
def test_on_a_walk_the_bar_shows_where_one_came_from(role: Role, route: str, place: str) -> None:
    """On a phone, where not everybody has a place of rounds."""
    shown = places(role, wide=False)
    assert shown[place_of(route, shown)].route == place


@pytest.mark.parametrize("route", ["loop", "straat"])
def test_whoever_stands_at_a_door_when_the_round_is_closed_is_told_so(tell: Tell, route: str) -> None:
    """The screen makes way for one that says it, without a tap."""

    async def story(t: Team) -> None:
        joke, fatma, name, walk = await _round(t, doors=4)
        await fatma.rounds.tap(walk, "tulpstraat|1|", Answer(DoorState.MET))
        await synced(fatma)
        person = await _at(fatma, f"/{route}/{walk.hex()}")
        await joke.rounds.close(name)
        await synced(joke, fatma)
        await person.breathe()
        assert person.sees("Deze ronde is voorbij. Dank je wel voor het lopen.")
        await person.go("/")
        await person.tap("Een ronde is klaar")
        assert person.sees("De ronde Najaarsronde is klaar. Dank je wel voor het lopen!")
        assert person.sees("Samen: 1 van 4 deuren gedaan.")
        assert person.sees("bij 1 deur iemand gesproken")
        await person.tap("Gelezen")
        await person.go("/")
        assert not person.sees("Een ronde is klaar")
        assert person.calm()

    tell(story)


def test_what_cannot_be_written_keeps_the_door_and_says_so(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full phone: the screen stays at the door, and the next try counts."""

    async def story(t: Team) -> None:
        _joke, fatma, _name, walk = await _round(t)
        person = await _at(fatma, f"/loop/{walk.hex()}")
        session = session_of(fatma)

        def full(*given: object, **more: object) -> None:
            raise DiskFull

        with monkeypatch.context() as broken:
            broken.setattr(type(session.log), "append", full)
            await person.tap("Gesproken")
        assert _big(person) == "1"
        assert person.sees("Dit apparaat is vol")
        assert fatma.rounds.doors(walk)[0].answer is None
        await person.tap("Gesproken")
        assert _big(person) != "1"
        assert person.calm()

    tell(story)


def test_another_who_walks_it_is_said_without_a_name(tell: Tell) -> None:
    """Somebody else has it, until this evening; whoever goes along sees what was found, and nobody's name."""

    async def story(t: Team) -> None:
        joke, fatma, name, walk = await _round(t)
        await joke.rounds.take(walk)
        key = joke.rounds.next_door(walk)
        assert key
        await joke.rounds.tap(walk, key, Answer(DoorState.NOT_HOME))
        await synced(joke, fatma)
        person = await _at(fatma, f"/ronde/{name.hex()}")
        assert person.sees("Iemand anders loopt deze tot vanavond")
        await person.tap("Straatbeeld")
        await person.tap("Tulpstraat als lijst")
        await person.tap("1: Niet thuis")
        assert person.sees("Iemand anders, vandaag")
        assert joke.my_name not in person.reads()
        assert person.calm()

    tell(story)


def test_a_rounds_link_opens_it_also_from_behind_the_lock(tell: Tell) -> None:
    """Whoever is on the round comes to it once they are in; a round that is not theirs says so."""

    async def story(t: Team) -> None:
        _joke, fatma, name, _walk = await _round(t)
        link = f"/ronde/{name.hex()}"
        await fatma.lock()
        phone = t.device("fatma")
        await phone.start(link)
        person = Person(phone, route=link)
        await person.arrive()
        assert person.sees("Ontgrendel")
        await phone.unlock("274915")
        await person.breathe()
        assert person.sees("Najaarsronde")
        assert person.sees("Loopjes")
        await person.go(f"/ronde/{bytes(16).hex()}")
        assert person.sees("Deze ronde kennen we hier niet (meer).")
        assert person.calm()

    tell(story)
