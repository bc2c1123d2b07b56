"""The screens about the law, as a coordinator taps through them: noted first, looked for, checked, erased, and told."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import flet as ft

from app.services.law.terms import Kept
from tests.support.native_app import synced
from tests.support.screens import Person
from tests.support.settled_team import DAY, FORM, Team, session_of
from tests.unit.test_law import lived
from tests.unit.test_views_trust import Printer

Story = Callable[[Team], Awaitable[None]]
Tell = Callable[[Story], None]


async def at(t: Team, route: str) -> Person:
    """The coordinator in front of a screen."""
    person = Person(await t.joke())
    await person.arrive()
    await person.go(route)
    return person


async def until(person: Person, words: str) -> None:
    """Wait until it is on show: looking takes a moment."""
    for _ in range(50):
        if person.sees(words):
            return
        await person.breathe()
    raise AssertionError(f"{words!r} never came: {person.reads()}")


def test_a_question_is_noted_before_anything_is_looked_for_and_erased_after_a_check(tell: Tell) -> None:
    """From the list to the receipts: what goes and what stays is said, a word of why is asked, and it is answered."""

    async def story(t: Team) -> None:
        fatma, joke, _visit = await lived(t)
        person = Person(joke)
        await person.arrive()
        await person.go("/recht")
        assert person.sees("Er wacht geen vraag.")
        await person.tap("Nieuwe vraag")
        await person.tap("Wissen")
        await person.tap("Noteer de vraag")
        assert person.sees("Vul het adres in.")
        await person.type("Adres", "Tulpstraat 12")
        await person.tap("Noteer de vraag")
        assert person.sees("Wissen · Tulpstraat 12")
        assert person.sees("Antwoord uiterlijk vrijdag 18 december")
        assert joke.trail.count() == 0, "nothing was looked at yet"
        await person.tap("Zoek alles over dit adres")
        await until(person, "7 keer gevonden: Tulpstraat 12")
        assert person.sees("Wil graag koffie")
        assert person.sees("Fatma heeft 1 bezoek dat alleen Fatma kan lezen.")
        assert person.sees("Dit blijft, ook als de rest gewist wordt")
        await person.tap("Wis wat is aangevinkt")
        assert person.sees("Schrijf op waarom.")
        await person.type("Waarom?", "De bewoner vraagt het")
        await person.tap("Wis wat is aangevinkt")
        assert person.sees("· 1 bezoek")
        assert person.sees("· 1 half ingevuld formulier")
        assert person.sees("Het adres zonder contact blijft")
        await person.tap("Ja, wis het overal")
        await until(person, "Gewist: De bewoner vraagt het")
        assert person.sees("Wissen · Tulpstraat 12")
        assert person.sees("Antwoord uiterlijk vrijdag 18 december")
        assert not person.sees("Beantwoord op")
        assert person.find("Wat heb je geantwoord?", ft.TextField).value == "Gezegd dat het gewist is"
        await person.tap("Wat is gewist")
        await until(person, "3 apparaten moeten nog.")
        await synced(joke, fatma, fatma, joke)
        await person.breathe()
        await until(person, "1 apparaat moet nog.")
        await person.tap("Welke apparaten?")
        assert person.sees("Apparaat van Fatma: weg op")
        await person.go("/logboek")
        assert person.sees("Joke · Alles over een adres · bekeken")
        assert person.sees("Joke · Bezoek · gewist")
        assert person.sees("We bewaren alleen de dag, niet hoe laat het was.")
        assert "Tulpstraat" not in person.reads()
        assert person.calm()

    tell(story)


def test_authors_are_asked_to_look_and_what_was_found_is_handed_over(tell: Tell) -> None:
    """Two files, a question on the volunteer's own list, and an answer in a line."""

    async def story(t: Team) -> None:
        fatma, joke, _visit = await lived(t)
        person = Person(joke)
        await person.arrive()
        await person.go("/recht")
        await person.tap("Nieuwe vraag")
        await person.type("Adres", "Tulpestraat 12")
        await person.tap("Noteer de vraag")
        await person.tap("Zoek alles over dit adres")
        await until(person, "3 keer gevonden")
        await person.tap("Zoek ook op Tulpstraat 12")
        await until(person, "7 keer gevonden")
        await person.tap("Bewaar om te lezen (HTML)")
        await person.tap("Bewaar voor een ander programma (JSON)")
        html, data = [args for name, args in person.client.asked if name == "save_file"]
        assert b"Wil graag koffie" in html["src_bytes"]
        assert b"Fatma" not in html["src_bytes"] + data["src_bytes"]
        await person.tap("Vraag vrijwilligers om te kijken")
        await person.tap("Vraag het")
        assert person.sees("1 vraag verstuurd.")
        await person.type("Waarom?", "De bewoner vraagt het")
        await person.tap("Wis wat is aangevinkt")
        await person.tap("Ja, wis het overal")
        await until(person, "Gewist: De bewoner vraagt het")
        assert person.find("Wat heb je geantwoord?", ft.TextField).value == "", "only who asked to erase is answered so"
        await person.type("Wat heb je geantwoord?", "Meegegeven")
        await person.tap("Beantwoord")
        await until(person, "Beantwoord op")
        await synced(joke, fatma)
        [row] = session_of(fatma).view.ask("SELECT what FROM followups")
        assert "Toestemming veranderen" in row["what"]
        assert person.calm()

    tell(story)


def test_a_shorter_term_says_first_what_goes(tell: Tell) -> None:
    """And is set after a yes; what goes next is told on the same screen."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        await joke.save_visit(replace(FORM, note="van nu"))
        await joke.sync_once()
        t.clock.now += 121 * DAY
        await joke.sync_once()
        person = await at(t, "/bewaartermijnen")
        await person.tap("3 maanden")
        await person.tap("Bewaar voortaan zo lang")
        assert person.sees("Van dit apparaat: wat er bij 1 bezoek genoteerd is.")
        assert person.sees("Tot dan kun je het terugzetten.")
        await person.tap("Ja, stel dit in")
        assert person.app.law.keeping.terms().length[Kept.DETAIL] == 3
        assert person.sees("Donderdag 1 april")
        await person.go("/bewaren")
        assert person.sees("3 maanden")
        assert person.calm()

    tell(story)


def test_a_lost_device_leads_to_what_it_could_open_and_the_letters(tell: Tell) -> None:
    """From the revocation, straight on; later from the person's page."""

    async def story(t: Team) -> None:
        fatma, joke = await t.fatma(), await t.joke()
        await fatma.save_visit(FORM)
        await fatma.save_visit(replace(FORM, address="Wilgenlaan 8"))
        await synced(fatma, joke)
        await joke.law.answers.erase((await joke.law.about("Wilgenlaan 8")).found, (), "Vraagt erom", joke.today())
        printer = Printer("http://test")
        joke.live.page = printer
        person = Person(joke)
        await person.arrive()
        await person.go(f"/mens/{session_of(fatma).member.hex()}")
        await person.tap("Dit apparaat is kwijt")
        await person.tap("Meld het af")
        await until(person, "Apparaat kwijt: en nu?")
        await until(person, "Het is afgemeld")
        assert person.sees("1 × Bezoek")
        assert person.sees("Hooguit nog 1 adres kan erop staan: hier is het gewist")
        assert person.sees("Aantal adressen: hooguit 2")
        await person.tap("Toon 1 adres")
        assert person.sees("Tulpstraat 12 · Bezoek")
        assert person.sees("Melding van een datalek aan de Autoriteit Persoonsgegevens")
        assert person.sees("Beste bewoner,")
        await person.tap("Kopieer")
        assert "art. 33 AVG" in str(person.client.asked)
        assert {e.what for e in joke.trail.events(9)} >= {"exported", "read"}
        await person.go("/mensen")
        await person.go(f"/mens/{session_of(fatma).member.hex()}")
        await until(person, "wat kon erop staan?")
        assert person.calm()

    tell(story)


def test_a_contact_person_has_none_of_these_screens(tell: Tell) -> None:
    """The routes lead home."""

    async def story(t: Team) -> None:
        person = Person(await t.fatma())
        await person.arrive()
        for route in ("/recht", "/gewist", "/logboek", "/bewaartermijnen", "/kwijt/" + "00" * 16):
            await person.go(route)
            assert person.sees("Vandaag")
            assert not person.sees("Recht van bewoners")
        assert person.calm()

    tell(story)
