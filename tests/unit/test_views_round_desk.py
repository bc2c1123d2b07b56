"""A coordinator's screens of rounds, as a person uses them: making one, how it stands, its end, and once more."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta

import flet as ft
import pytest

from app.services.app import App
from app.services.register.gathering import FoundStreet
from app.services.rounds.models import Answer, DoorState, Interest, Purpose
from app.views.coordinate.round_form import next_time
from app.views.parts import DayField
from tests.support.native_app import synced
from tests.support.rounds import one_walk, put_street, street
from tests.support.screens import LAPTOP, PHONE, Person
from tests.support.settled_team import Team, session_of

Tell = Callable[[Callable[[Team], Awaitable[None]]], None]


async def _at(app: App, route: str, size: tuple[int, int] = LAPTOP) -> Person:
    person = Person(app, size)
    await person.arrive()
    await person.go(route)
    return person


def _chosen(person: Person) -> list[str]:
    """The choices that are on."""
    on = [c.content for c in person.controls() if isinstance(c, ft.Semantics) and c.selected]
    return [person.named(c) for c in on if isinstance(c, ft.OutlinedButton)]


def test_many_streets_are_searched_and_taken_at_once_and_a_complex_with_all_of_its_streets(tell: Tell) -> None:
    """A search names what it finds; all of it is chosen by one tap; a complex is one chip, on or off as a whole."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        for n in range(1, 13):
            await put_street(joke, street(f"Straat {n}", range(1, 3)))
        hoef = [FoundStreet(name, "Muntel", tuple(street(name, range(1, 6))), "De Hoef") for name in ("Hof A", "Hof B")]
        await joke.register.put(hoef)
        person = await _at(joke, "/nieuwe-ronde")
        await person.tap("De Hoef: 10 deuren")
        assert person.sees("Gekozen: Hof A, Hof B. Samen 10 deuren.")
        await person.tap("De Hoef: 10 deuren")
        assert person.sees("Nog geen straat gekozen.")
        await person.type("Zoek een straat of complex", "straat 1")
        assert not person.sees("Straat 2: 2 deuren")
        await person.tap("Kies alle 4")
        assert person.sees("Gekozen: Straat 1, Straat 10, Straat 11, Straat 12. Samen 8 deuren.")
        plan = joke.rounds.plan_draft()
        assert plan is not None
        assert len(plan.streets) == 4
        hoven = [s.id for s in joke.register.look() if s.complex]
        name = await joke.rounds.make(replace(plan, name="Hoven", streets=tuple(hoven)))
        assert [(n, p.doors) for n, p, _looks in joke.rounds.pictures(name)] == [("De Hoef", 10)]
        assert [n for n, _p, _looks in joke.rounds.progress_of_streets(name)] == ["Hof A", "Hof B"]
        await person.go(f"/ronde/{name.hex()}")
        await person.tap("De Hoef als lijst")
        assert person.sees("Hof B 5: nog niet geweest")
        assert person.calm()

    tell(story)


@pytest.mark.parametrize("size", [PHONE, LAPTOP])
def test_a_round_is_made_from_the_list_of_streets(size: tuple[int, int], tell: Tell) -> None:
    """Name, purpose, street, size and people; what it is cut into is seen before, and its desk comes after."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await put_street(joke, street("Tulpstraat", range(1, 41)))
        await put_street(joke, street("Rozenlaan", range(1, 31)))
        person = await _at(joke, "/rondes", size)
        assert person.sees("Er is nog geen ronde")
        await person.tap("Nieuwe ronde")
        await person.type("Naam van de ronde", "Collecte")
        assert not person.sees("De bus en het geld zijn van het goede doel zelf")
        await person.tap("Collecte voor een goed doel")
        assert person.sees("De bus en het geld zijn van het goede doel zelf")
        await person.tap("Tulpstraat: 40 deuren")
        await person.tap("Rozenlaan: 30 deuren")
        await person.tap("Rozenlaan: 30 deuren")
        await person.tap("20 deuren")
        assert person.sees("Gekozen: Tulpstraat. Samen 40 deuren.")
        assert person.sees("Dat geeft 2 loopjes:")
        assert person.sees("Tulpstraat 1-39, oneven: 20 deuren")
        await person.tap("Fatma")
        assert all(person.named(c) for c in person.actions())
        await person.tap("Maak deze ronde")
        [made] = joke.rounds.rounds()
        assert (made.name, made.purpose, made.progress.doors) == ("Collecte", Purpose.COLLECTION, 40)
        assert [w.progress.doors for w in made.walks] == [20, 20]
        assert made.members == (session_of(fatma).member,)
        assert person.sees("0 van 40 deuren gedaan")
        assert person.sees("Fatma")
        assert joke.rounds.plan_draft() is None
        assert person.calm()

    tell(story)


def test_without_a_connection_nothing_is_made_and_the_form_is_kept(tell: Tell) -> None:
    """It says so, it is there again after a restart of the screen, and it is made once the server is there; without
    somebody who left meanwhile.
    """

    async def story(t: Team) -> None:
        joke = await t.joke()
        await put_street(joke, street("Tulpstraat", range(1, 11)))
        person = await _at(joke, "/nieuwe-ronde")
        await person.type("Naam van de ronde", "Voorjaar")
        await person.tap("Tulpstraat")
        t.nets["joke"].offline = True
        await person.tap("Maak deze ronde")
        assert person.sees("De ronde is nog niet gemaakt. Wat je hebt ingevuld, blijft hier staan.")
        assert joke.rounds.rounds() == []
        t.nets["joke"].offline = False
        draft = joke.rounds.plan_draft()
        assert draft is not None
        await joke.rounds.save_plan_draft(replace(draft, members=(session_of(joke).member, b"who left since..")))
        person = await _at(joke, "/rondes")
        await person.tap("Verder met je nieuwe ronde")
        assert person.find("Naam van de ronde", ft.TextField).value == "Voorjaar"  # type: ignore[attr-defined]
        await person.tap("Maak deze ronde")
        assert [(r.name, r.members) for r in joke.rounds.rounds()] == [("Voorjaar", (session_of(joke).member,))]
        assert person.calm()

    tell(story)


def test_what_is_missing_is_said_at_its_place(tell: Tell) -> None:
    """No name, no streets: each is told, nothing is made; an empty register shows the way to the streets."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        person = await _at(joke, "/nieuwe-ronde")
        await person.tap("Maak deze ronde")
        assert person.find("Naam van de ronde", ft.TextField).error == "Geef de ronde een naam."  # type: ignore[attr-defined]
        await person.type("Naam van de ronde", "Voorjaar")
        await person.tap("Maak deze ronde")
        at_the_field = [c.value for c in person.controls() if isinstance(c, ft.Text) and c.color == ft.Colors.ERROR]
        assert at_the_field == ["Kies minstens één straat."]
        assert joke.rounds.rounds() == []
        await person.tap("Naar de straten")
        assert person.sees("Een straat opschrijven")
        assert person.calm()

    tell(story)


def test_the_desk_follows_what_is_found_at_the_doors(tell: Tell) -> None:
    """Counts, the picture of the street, wishes and who has a walk, as they come in; wide and narrow."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        name, walk = await one_walk(joke, fatma, doors=6)
        person = await _at(joke, f"/ronde/{name.hex()}")
        assert person.sees("Nog vrij")
        await fatma.rounds.take(walk)
        for key, answer in zip(
            ["tulpstraat|1|", "tulpstraat|3|"],
            [Answer(DoorState.MET, True, (Interest.ACTIVITY,)), Answer(DoorState.NOT_HOME)],
            strict=True,
        ):
            await fatma.rounds.tap(walk, key, answer, new_resident=answer.flyer)
        await synced(fatma, joke)
        await person.breathe()
        for words in ("Iemand anders loopt deze tot vanavond", "bij 1 deur wil men een activiteit"):
            assert person.sees(words), words
        assert person.sees("bij 1 deur een flyer gegeven")
        await person.tap("Tulpstraat als lijst")
        assert person.sees("1: Gesproken")
        assert person.sees("3: Niet thuis")
        assert all(person.named(c) for c in person.actions())
        await person.resize(PHONE)
        assert person.sees("2 van 6 deuren gedaan")
        await person.tap("1 nieuw adres wacht op een welkom")
        assert person.sees("Tulpstraat 1")
        assert person.calm()

    tell(story)


def test_members_come_and_go_and_a_new_one_is_invited_into_the_round(tell: Tell) -> None:
    """Offline nothing changes and the choice stays; the link and its QR code; a half-typed name is there again."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        name, _walk = await one_walk(joke, fatma)
        me = session_of(joke).member
        person = await _at(joke, f"/ronde/{name.hex()}", PHONE)
        await person.tap("Verander wie meelopen")
        assert _chosen(person) == ["Fatma, contactpersoon"]
        await person.tap("Joke (jij)")
        t.nets["joke"].offline = True
        await person.tap("Bewaar wie meelopen")
        assert joke.rounds.round(name).members == (session_of(fatma).member,)
        assert person.sees("Geen verbinding met de server")
        t.nets["joke"].offline = False
        await person.tap("Bewaar wie meelopen")
        assert set(joke.rounds.round(name).members) == {me, session_of(fatma).member}
        await person.tap("Ik loop deze")
        assert person.sees("Deur 1 van 12")
        await person.tap("Terug")
        await person.tap("Geef terug")
        await person.tap("Nodig een nieuwe loper uit")  # it is no collection
        await person.type("Naam", "Bram")
        await person.go("/rondes")
        await person.go(f"/ronde/{name.hex()}")
        assert person.find("Naam", ft.TextField).value == "Bram"  # type: ignore[attr-defined]
        await person.tap("Maak uitnodiging")
        assert person.sees("Stuur deze link alleen aan Bram")
        assert person.sees("1 nieuwe loper is uitgenodigd.")
        await person.tap("Link van deze ronde")
        await person.tap("Link van deze ronde")
        assert person.sees(joke.rounds.link(name).url)
        assert person.calm()

    tell(story)


def test_closing_says_what_goes_and_asks_once_and_the_result_can_be_walked_again(tell: Tell) -> None:
    """Offline it is not asked; who has a walk and who was not heard of is said; then counts, a table, and once more."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        name, walk = await one_walk(joke, fatma)
        await fatma.rounds.take(walk)
        await fatma.rounds.tap(walk, "tulpstraat|1|", Answer(DoorState.MET))
        await synced(fatma, joke)
        person = await _at(joke, f"/ronde/{name.hex()}")
        [day] = [c for c in person.controls() if isinstance(c, DayField)]
        first = joke.rounds.round(name).first
        await day._set(first - timedelta(days=1))  # as its calendar tells it
        assert person.sees("Kijk de dagen na")
        await day._set(first + timedelta(days=30))
        assert joke.rounds.round(name).last == first + timedelta(days=30)
        assert not person.sees("Kijk de dagen na")
        t.nets["joke"].offline = True
        await person.tap("Ronde sluiten")
        assert person.sees("Geen verbinding met de server")
        assert not person.sees("Deze ronde sluiten?")
        t.nets["joke"].offline = False
        await person.tap("Ronde sluiten")
        assert person.sees("Wat er per deur genoteerd is, gaat van elke telefoon.")
        assert person.sees("Er wordt nog gelopen: Tulpstraat.")
        await person.tap("Toch niet")
        assert not joke.rounds.round(name).closed
        t.clock.now += 24 * 60 * 60_000
        await person.tap("Ronde sluiten")
        assert person.sees("Vandaag nog niet verbonden: Fatma.")
        assert not person.sees("Er wordt nog gelopen")
        await person.tap("Sluit deze ronde")
        assert joke.rounds.round(name).closed
        assert person.sees("Gesloten. De aantallen zijn bewaard, de rest is weg.")
        assert person.sees("12 deuren, bij 1 deur iemand gesproken")
        await person.tap("Dezelfde aantallen als tabel")
        await person.tap("Kopieer de tabel")
        [copied] = [args["data"] for name_, args in person.client.asked if name_ == "set" and "data" in (args or {})]
        assert copied.splitlines()[1].split("\t")[:3] == ["Tulpstraat", "12", "1"]
        await joke.marks.set("Tulpstraat 3", joke.today())
        await person.tap("Doe deze ronde nog een keer")
        assert person.sees("Nog een keer: Najaarsronde")
        assert person.sees("Dezelfde straten als toen: 1 loopje, 12 deuren.")
        assert person.sees("Bij 1 deur bellen we niet aan: daar wil men geen contact. Er blijven er 11 over.")
        assert _chosen(person)[0] == "Kennismaken met iedereen in de straat"
        await person.tap("Maak deze ronde")
        [again] = [r for r in joke.rounds.rounds() if not r.closed]
        assert (again.name, again.progress.doors, again.progress.done) == ("Najaarsronde", 12, 0)
        assert (again.first, again.members) == (first.replace(year=first.year + 1), (session_of(fatma).member,))
        assert person.sees("1 deur tellen we niet mee: daar wil men geen contact.")
        await synced(joke, fatma)
        assert (await _at(fatma, "/vandaag", PHONE)).sees("Ronde: Najaarsronde, vanaf ")
        assert person.calm()

    tell(story)


def test_after_a_year_the_counts_are_still_there_and_no_way_leads_to_doors_that_are_gone(tell: Tell) -> None:
    """Walks go with their time; the result by street stays, and says why it can't be done again from here."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        name, walk = await one_walk(joke, fatma)
        await joke.rounds.tap(walk, "tulpstraat|1|", Answer(DoorState.MET))
        await joke.rounds.close(name)
        for days in (420, 2):
            t.clock.now += days * 24 * 60 * 60_000
            await synced(joke, joke)
        person = await _at(joke, f"/ronde/{name.hex()}")
        assert person.sees("12 deuren, bij 1 deur iemand gesproken")
        assert person.sees("De deuren zelf bewaren we een jaar.")
        assert not any(person.named(c) == "Doe deze ronde nog een keer" for c in person.actions())
        assert person.calm()

    tell(story)


def test_a_re_run_that_is_half_filled_in_leaves_a_new_round_that_is_half_filled_in_alone(tell: Tell) -> None:
    """Each has a draft of its own."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        name, _walk = await one_walk(joke, fatma)
        await joke.rounds.close(name)
        person = await _at(joke, "/nieuwe-ronde")
        await person.type("Naam van de ronde", "Nieuw")
        await person.go(f"/nieuwe-ronde/{name.hex()}")
        await person.type("Naam van de ronde", "Opnieuw")
        await person.go("/nieuwe-ronde")
        assert person.find("Naam van de ronde", ft.TextField).value == "Nieuw"  # type: ignore[attr-defined]
        await person.go(f"/nieuwe-ronde/{name.hex()}")
        assert person.find("Naam van de ronde", ft.TextField).value == "Opnieuw"  # type: ignore[attr-defined]
        await person.tap("Niet opslaan")
        assert joke.rounds.plan_draft(name) is None
        assert joke.rounds.plan_draft() is not None
        assert person.calm()

    tell(story)


@pytest.mark.parametrize(
    ("first", "last", "today", "again"),
    [
        (date(2026, 11, 16), date(2026, 12, 6), date(2026, 12, 10), (date(2027, 11, 16), date(2027, 12, 6))),
        (date(2024, 2, 29), date(2024, 3, 2), date(2026, 12, 10), (date(2027, 2, 28), date(2027, 3, 2))),
    ],
)
def test_a_re_run_is_proposed_in_the_same_days_of_a_year_to_come(
    first: date, last: date, today: date, again: tuple[date, date]
) -> None:
    """The first year in which they are not over; the last of February stays one."""
    assert next_time(first, last, today) == again
