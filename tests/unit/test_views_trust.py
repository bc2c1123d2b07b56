"""Deciding who may read what, as a coordinator does it on a phone: each act says first what will happen."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import flet as ft
import pytest

from app.commands.native_device import QuietPage
from app.services.app import App
from app.services.models import Role, Stage
from app.views.coordinate.areas import code_line, parse_codes
from sync.core.errors import StraatError
from tests.support.native_app import ORIGIN, synced
from tests.support.screens import LAPTOP, Person
from tests.support.settled_team import FATMA, FORM, Team, hushed, session_of

PHRASE = "nog een lange zin"
Story = Callable[[Team], Awaitable[None]]


@dataclass(slots=True)
class Printer(QuietPage):
    """A page that keeps what it was asked to print."""

    printed: list[tuple[str, Sequence[str], Sequence[str]]] = field(default_factory=list)

    def print_sheet(self, title: str, lines: Sequence[str], words: Sequence[str], qr: Sequence[Sequence[bool]]) -> None:
        """See PagePort."""
        assert len(qr) == len(qr[0]) > 20
        self.printed.append((title, lines, words))


async def at(app: App, *ways: str, place: str = "Mensen") -> Person:
    """Somebody who has tapped their way to a screen; everything on it has a name."""
    person = Person(app)
    await person.arrive()
    await person.place(place)
    for way in ways:
        await person.tap(way)
    assert all(person.named(c) for c in person.actions())
    return person


async def came_in(t: Team, joke: App, name: str, role: Role) -> App:
    """A new device of somebody that Joke invited."""
    link = (await joke.invite(name, role)).url
    app = t.device(name)
    await app.start(link)
    await app.accept(name, PHRASE)
    await hushed(app)
    await synced(app, joke, app)
    return app


def scrolled(person: Person) -> list[str]:
    """What the screen moved to, in turn."""
    return [args["scroll_key"] for name, args in person.client.asked if name == "scroll_to"]


def team_of(app: App, name: str) -> str:
    """Where somebody works, by name."""
    people, teams = {p.name: p for p in app.trust.people()}, {t.id: t.name for t in app.trust.teams()}
    return teams[people[name].team]


def test_the_only_coordinator_is_urged_to_ask_a_second_and_to_make_a_sheet(tell: Callable[[Story], None]) -> None:
    """On the first screen, with the way to it; a contact person is not bothered."""

    async def story(t: Team) -> None:
        person = Person(await t.joke())
        await person.arrive()
        assert person.sees("Vraag een tweede.")
        await person.tap("Nodig iemand uit")
        [chip] = [c for c in person.controls() if isinstance(c, ft.Chip) and person.named(c) == "coördinator"]
        assert chip.selected
        assert scrolled(person) == ["form"]
        await person.go("/")
        await person.tap("Maak een herstelblad")
        assert person.sees("Bewaar het zoals een paspoort")
        await person.tap("Terug")
        other = Person(await t.fatma())
        await other.arrive()
        assert not other.sees("Vraag een tweede.")
        assert person.calm()
        assert other.calm()

    tell(story)


def test_a_lost_device_is_signed_off_after_saying_what_that_does(tell: Callable[[Story], None]) -> None:
    """Not at the first tap; it can be called off; then it is gone from the roll and from the screen."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        person = await at(joke, "Fatma")
        words = " ".join(fatma.trust.my_words())
        assert person.sees(words)
        assert person.sees("Laatst verbonden")
        await person.tap("Dit apparaat is kwijt")
        assert person.sees("kan het nog inleveren")
        await person.tap("Toch niet")
        assert len(session_of(joke).roll.state.devices) == 3
        await person.tap("Dit apparaat is kwijt")
        await person.tap("Meld het af")
        assert len(session_of(joke).roll.state.devices) == 2
        assert person.sees("Het apparaat is afgemeld.")
        assert person.calm()

    tell(story)


def test_two_devices_of_somebody_are_told_apart_by_what_is_known(tell: Callable[[Story], None]) -> None:
    """In which order they came in, and how to find out which one is lost; with one device none of that is said."""

    async def story(t: Team) -> None:
        joke, laptop = await t.joke(), await t.unlocked("laptop")
        await synced(laptop, joke)
        person = await at(joke, "Fatma")
        assert person.reads().index("Kwam als eerste binnen") < person.reads().index("Kwam daarna binnen")
        assert person.sees("Laat de woorden voorlezen van het apparaat dat er nog is")
        await person.tap("Terug")
        await person.tap("Joke")
        assert not person.sees("Kwam als eerste binnen")
        assert not person.sees("Laat de woorden voorlezen")
        assert person.calm()

    tell(story)


def test_someone_leaves_and_is_invited_back_and_hears_what_is_gone(tell: Callable[[Story], None]) -> None:
    """The card stays, without devices; the new phone says beforehand what comes back and what does not."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        person = await at(joke, "Fatma", "Doet niet meer mee")
        assert person.sees("2 apparaten worden afgemeld.")
        await person.tap("Meld af")
        assert person.sees("Heeft geen apparaat meer.")
        await person.tap("Nodig opnieuw uit")
        assert person.sees("alleen aan Fatma")
        phone = t.device("newphone")
        await phone.start(str(person.find("Link", ft.TextField).value))
        there = Person(phone)
        await there.arrive()
        assert there.sees("Welkom terug")
        assert there.sees("Weg is wat alleen voor jezelf was")
        assert not there.sees("Je naam")
        await there.paste("Pincode", FATMA)
        await there.paste("Nog een keer", FATMA)
        await there.tap("Meedoen")
        await hushed(phone)
        assert phone.stage is Stage.OPEN
        assert person.calm()
        assert there.calm()

    tell(story)


def test_an_area_is_made_below_another_and_someone_moves_there(tell: Callable[[Story], None]) -> None:
    """Wrong codes are told at their field; moving says first what happens to notes."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        person = await at(joke, "Gebieden", "hele organisatie", "Nieuw gebied eronder")
        await person.tap("Maak dit gebied")
        assert person.sees("Vul een naam in.")
        await person.paste("Naam van het gebied", "De Muntel")
        await person.paste("Waar", "BU0796 2026 Muntel")
        await person.tap("Maak dit gebied")
        assert person.sees("Deze code kennen we niet.")
        await person.paste("Waar", "BU07960101 2026 Muntel")
        await person.tap("Maak dit gebied")
        assert person.sees("BU07960101 2026 Muntel")
        await person.place("Mensen")
        await person.tap("Fatma")
        await person.tap("De Muntel")
        assert person.sees("Wat nog niet verstuurd was, komt gewoon aan.")
        await person.tap("Verander dit")
        assert team_of(joke, "Fatma") == "De Muntel"
        fatma = await t.fatma()
        await synced(fatma)
        moved = Person(fatma)
        await moved.arrive()
        assert moved.sees("Je werkt nu in een ander gebied.")
        await synced(joke, fatma)  # the name follows when the new area's key has been handed on
        await moved.breathe()
        assert moved.sees("Je werkt nu in De Muntel.")
        await moved.tap("Gelezen")
        assert not moved.sees("Je werkt nu in")
        assert person.calm()
        assert moved.calm()

    tell(story)


def test_a_new_coordinator_reads_along_after_eight_words_were_compared(tell: Callable[[Story], None]) -> None:
    """Until then they see their own words; the other sees the same, and says so."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        hanneke = await came_in(t, joke, "Hanneke", Role.COORDINATOR)
        new = Person(hanneke)
        await new.arrive()
        assert new.sees("Je kunt nog niet meelezen.")
        assert new.sees(" ".join(hanneke.trust.my_words()))
        person = await at(joke)
        assert person.sees("Hanneke is nieuw als coördinator")
        await person.tap("Vergelijk de woorden")
        assert all(person.sees(word) for word in hanneke.trust.my_words())
        await person.tap("Alle acht zijn gelijk")
        await synced(hanneke)
        await new.breathe()
        assert not new.sees("Je kunt nog niet meelezen.")
        assert person.calm()
        assert new.calm()

    tell(story)


def test_other_words_sign_the_device_off(tell: Callable[[Story], None]) -> None:
    """After saying so."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        await came_in(t, joke, "Hanneke", Role.COORDINATOR)
        person = await at(joke, "Hanneke", "Vergelijk de woorden", "Ze zijn anders")
        assert person.sees("Dan is dit niet het apparaat van wie je belt.")
        await person.tap("Meld het af")
        assert len(session_of(joke).roll.state.devices) == 3
        assert person.calm()

    tell(story)


def test_an_invitation_that_was_not_used_is_withdrawn(tell: Callable[[Story], None]) -> None:
    """Listed with what it is bound to; afterwards it is of no use."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        person = await at(joke)
        await person.type("Naam", "Bea")
        await person.tap("1 dag")
        assert scrolled(person) == []
        await person.tap("Maak uitnodiging")
        assert scrolled(person) == ["link"], "the link comes below the fold"
        assert person.sees("doet mee als contactpersoon in hele organisatie.")
        link = str(person.find("Link", ft.TextField).value)
        [waiting] = joke.trust.waiting()
        assert person.sees(f"De link werkt die dag tot {waiting.until:%H:%M} uur."), "two the same are told apart"
        await person.tap("Trek de uitnodiging in")
        assert not person.sees("Trek de uitnodiging in")
        bea = t.device("bea")
        await bea.start(link)
        assert bea.look is None
        assert person.calm()

    tell(story)


def test_what_a_signed_off_phone_handed_in_is_read_and_taken_in_or_erased(tell: Callable[[Story], None]) -> None:
    """One card each; erasing asks twice."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await fatma.save_visit(FORM)
        phone = session_of(fatma).device
        await joke.trust.revoke_device(phone)
        with pytest.raises(Exception, match="revoked"):
            await fatma.sync_once()
        await synced(joke)
        person = await at(joke, "Van afgemelde apparaten")
        assert person.sees(FORM.note)
        await person.tap("Neem over")
        assert person.sees("Overgenomen.")
        while any(person.named(c) == "Wis het" for c in person.actions()):
            await person.tap("Wis het")
            assert person.sees("komt niet terug")
            await person.tap("Ja, wis het")
        assert person.sees("Er wacht niets.")
        assert person.calm()

    tell(story)


def test_a_recovery_sheet_is_shown_once_printed_and_gets_one_in(tell: Callable[[Story], None]) -> None:
    """Thirty words and a QR code; a slip of the pen is named; the new device says what a sheet does."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        page = joke.live.page = Printer(ORIGIN)
        person = await at(joke, "Herstelblad", "Maak een herstelblad")
        assert person.sees("Je ziet dit nu één keer.")
        await person.tap("Print het blad")
        [(title, lines, words)] = page.printed
        assert (title, len(words)) == ("Herstelblad Straatcontact", 30)
        assert any(ORIGIN in line for line in lines)
        assert any(line.startswith("Kenmerk: ") and person.sees(line) for line in lines)
        assert person.sees("Herstelblad van jou")
        new = t.device("newlaptop")
        await new.start("/")
        there = Person(new)
        await there.arrive()
        await there.paste("Plak hier je uitnodiging", " ".join(["zonnebrand", *words[1:]]))
        await there.tap("Verder")
        assert there.sees("Kijk nog eens naar woord 1: zonnebrand.")
        await there.paste("Plak hier je uitnodiging", " ".join(words))
        await there.tap("Verder")
        assert there.sees("Je gebruikt een herstelblad.")
        assert there.sees("Wachtzin")
        await person.tap("Dit blad is kwijt")
        await person.tap("Trek het in")
        assert not person.sees("Herstelblad van jou")
        assert person.calm()
        assert there.calm()

    tell(story)


def test_a_contact_person_can_t_open_these_screens(tell: Callable[[Story], None]) -> None:
    """A typed address leads home."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        person = Person(fatma, LAPTOP)
        await person.arrive()
        for route in ("mensen", "gebieden", "herstelblad", "quarantaine", f"mens/{session_of(fatma).member.hex()}"):
            person.shell.go(f"/{route}")
            await person.breathe()
            assert person.sees("Mijn bezoeken"), route
        assert person.calm()

    tell(story)


def test_areas_are_typed_a_line_each_and_shown_as_typed() -> None:
    """CBS codes with their year, BAG ids, names of complexes."""
    typed = "GM0796 2026 's-Hertogenbosch\nwk079601 2026\n\n0796010000123456 Tulpstraat 12\nDe Lindeflat\nBU07960101"
    codes = parse_codes(typed)
    assert [(c.kind, c.code, c.year, c.name) for c in codes] == [
        ("gemeente", "GM0796", "2026", "'s-Hertogenbosch"),
        ("wijk", "WK079601", "2026", ""),
        ("address", "0796010000123456", "", "Tulpstraat 12"),
        ("complex", "De Lindeflat", "", ""),
        ("buurt", "BU07960101", "", ""),
    ]
    assert [code_line(c) for c in codes] == [x if x[0] != "w" else x.upper() for x in typed.splitlines() if x]


def test_a_signed_off_device_shows_its_receipt_and_begins_anew(tell: Callable[[Story], None]) -> None:
    """What it had not sent is handed in first; then it says that all is with the team, and is empty."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await fatma.save_visit(FORM)
        person = Person(fatma)
        await person.arrive()
        await joke.trust.revoke_device(session_of(fatma).device)
        with suppress(StraatError):
            await fatma.sync_once()
        await person.breathe()
        if fatma.stage is not Stage.SIGNED_OFF:
            await fatma.signing_off.leave(session_of(fatma))
            await person.breathe()
        assert person.sees("Dit apparaat is afgemeld")
        assert person.sees("Alles is ingeleverd: de server heeft")
        await person.tap("Opnieuw beginnen")
        assert person.sees("Welkom bij Straatcontact")
        assert person.calm()

    tell(story)


def test_a_saved_file_is_brought_in_and_again_holds_nothing_new(tell: Callable[[Story], None]) -> None:
    """What a phone could not send comes in through somebody else's, from the settings."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await fatma.save_visit(FORM)
        person = await at(joke, "Instellingen", place="Meer")
        person.client.picked = [{"id": 1, "name": "x.bin", "size": 1, "bytes": await fatma.save_unsent_file()}]
        await person.tap("Breng een bewaard bestand binnen")
        assert person.sees("binnengebracht.")
        await person.tap("Breng een bewaard bestand binnen")
        assert person.sees("Hier zat niets nieuws in.")
        assert person.calm()

    tell(story)
