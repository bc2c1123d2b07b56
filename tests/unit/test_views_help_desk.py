"""The desk of help lines on screen: typed, looked at, published; nothing typed is lost, and all of it has a name."""

from collections.abc import Awaitable, Callable

from app.services.app import App
from app.services.directory.editing_form import LineForm, NumberForm
from tests.support.native_app import synced
from tests.support.screens import LAPTOP, PHONE, Person
from tests.support.settled_team import MINUTE, Team, session_of

Story = Callable[[Team], Awaitable[None]]
ROOM = LineForm("Buurtkamer", numbers=(NumberForm("073-612 88 88"),), source="gebeld")


async def sat_down(app: App, route: str = "/hulplijnen-redactie", size: tuple[int, int] = LAPTOP) -> Person:
    """Somebody at the desk."""
    person = Person(app, size, route)
    await person.arrive()
    person.shell.go(route)
    await person.breathe()
    return person


def test_a_coordinator_types_a_line_sees_it_as_on_a_phone_and_publishes_it(tell: Callable[[Story], None]) -> None:
    """What was typed survives; what is wrong is told at its field."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        person = await sat_down(joke)
        assert person.sees("Altijd bovenaan")
        assert person.sees("Er is nog geen lijst uitgegeven")
        await person.tap("Nieuwe hulplijn")
        await person.type("Naam", "Buurtkamer")
        await person.type("Nummer 1", "bel me")
        await person.type("Tijden", "ma-vr 9-17")
        await person.tap("Zet klaar")
        assert person.sees("‘bel me’ is geen telefoonnummer")
        person = await sat_down(joke, "/hulplijn")  # killed and opened anew: what was typed is there
        await person.type("Nummer 1", "073 612 88 88")
        await person.tap("Vandaag nagekeken")
        await person.tap("Zet klaar")
        assert person.sees("Schrijf op waar je het hebt nagekeken")
        await person.type("Waar heb je het nagekeken?", "gebeld")
        await person.tap("Zet klaar")
        assert person.sees("1 wijziging staat klaar. Niemand anders ziet dit al.")
        await person.tap("Bekijk op een telefoon")
        assert person.sees("073-612 88 88")
        person.shell.go("/hulplijnen-redactie/uitgeven")
        await person.breathe()
        assert person.sees("1 hulplijn verandert.")
        await person.tap("Onderteken en geef uit")
        await person.breathe()
        assert person.sees("Lijst 1, van")
        await synced(fatma)
        assert fatma.directory.shown("buurtkamer")[0].line.hours.weekly
        assert all(person.named(c) for c in person.actions())
        assert person.calm()

    tell(story)


def test_two_who_changed_one_line_are_shown_both_and_choose(tell: Callable[[Story], None]) -> None:
    """And an earlier list can be made ready."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        desk = joke.help_desk
        name = await desk.save("", ROOM)
        await desk.publish()
        lines = desk.lines()
        await desk.save(name, LineForm("Van mij", numbers=ROOM.numbers, source="gebeld"))
        from dataclasses import replace

        await joke.directory.publish([replace(x, about="van een ander") for x in lines])
        t.clock.now += 11 * MINUTE
        await synced(fatma, joke)
        person = await sat_down(joke, size=PHONE)
        assert person.sees("Ook door een ander veranderd")
        await person.tap("Van mij")
        assert person.sees("was: van een ander")
        await person.tap("Houd mijn tekst")
        assert not person.sees("was: van een ander")
        person.shell.go("/hulplijnen-redactie/eerder")
        await person.breathe()
        assert person.sees("Lijst 2")
        await person.tap("Zet lijst 1 klaar")
        assert person.sees("Nakijken en uitgeven")
        assert session_of(joke).editions.newest is not None
        assert person.calm()

    tell(story)


def test_the_list_that_was_there_before_the_first_of_ones_own_can_be_chosen_again(
    tell: Callable[[Story], None],
) -> None:
    """It came with the app, so it has no number; made ready and published it is a new list with those lines."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        desk = joke.help_desk
        at_first = desk.lines()
        await desk.save("", ROOM)
        await desk.publish()
        person = await sat_down(joke, "/hulplijnen-redactie/eerder", PHONE)
        assert person.sees("De lijst van de app")
        await person.tap("Wat veranderde er in lijst 1?")
        assert person.sees("Buurtkamer")
        await person.tap("Zet de lijst van de app klaar")
        assert person.sees("1 hulplijn verandert.")
        await person.tap("Onderteken en geef uit")
        await person.breathe()
        assert person.sees("Lijst 2, van")
        assert desk.lines() == at_first
        await synced(fatma)
        assert fatma.directory.verified
        assert not fatma.directory.shown("buurtkamer")
        assert person.calm()

    tell(story)
