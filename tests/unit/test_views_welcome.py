"""Today, a door, no contact, new addresses and wishes, as people use them on a phone and a laptop."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date

import flet as ft

from app.services.models import Outcome, VisitForm
from tests.support.native_app import synced
from tests.support.screens import LAPTOP, PHONE, Person
from tests.support.settled_team import FORM, Team, session_of

Tell = Callable[[Callable[[Team], Awaitable[None]]], None]
TODAY = date(2026, 11, 18)


async def at(app, size=PHONE, route="/") -> Person:
    """Somebody who is in."""
    person = Person(app, size, route)
    await person.arrive()
    return person


def test_a_visit_is_saved_in_at_most_eight_taps_without_typing_but_the_note(tell: Tell) -> None:
    """From the first screen: home, consent, gift, a wish, save: five taps for someone who knows the way."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        await fatma.welcomes.add("Tulpstraat 12", TODAY)
        person = await at(fatma)
        assert person.sees("1 deur wacht op je")
        assert person.sees("Nieuw adres, bekend sinds")
        taps = ("Thuis", "Ja, de coördinator", "plantje", "koffie drinken", "Opslaan")
        for tap in taps:
            await person.tap(tap)
        assert len(taps) <= 8
        [visit] = fatma.visits()
        assert (visit.form.address, visit.form.outcome, visit.form.shared) == ("Tulpstraat 12", Outcome.MET, True)
        assert person.sees("Opgeslagen op dit apparaat.")
        assert fatma.agenda.due() == []
        assert fatma.visit_drafts() == []
        assert person.calm()

    tell(story)


def test_not_home_is_done_in_one_tap_can_be_undone_and_says_when_to_try_again(tell: Tell) -> None:
    """The door leaves today's list, and stands under what is coming with another part of the day."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        await fatma.welcomes.add("Tulpstraat 12", TODAY)
        person = await at(fatma)
        await person.tap("Niet thuis")
        assert person.sees("Vandaag hoeft er niets.")
        assert person.sees("Probeer het nu eens")
        snack = next(d for d in person.page._dialogs.controls if isinstance(d, ft.SnackBar))
        await person.session.dispatch_event(snack._i, "action", None)
        await person.breathe()
        assert fatma.visits() == []
        assert person.sees("1 deur wacht op je")
        assert all(person.named(c) for c in person.actions())
        assert person.calm()

    tell(story)


def test_no_contact_is_one_tap_at_the_door_and_everyone_reads_it(tell: Tell) -> None:
    """The screen of the door says so; a slip is passed on to the coordinator, who lifts it."""

    async def story(t: Team) -> None:
        fatma, joke = await t.fatma(), await t.joke()
        await fatma.welcomes.add("Tulpstraat 12", TODAY)
        person = await at(fatma)
        await person.tap("Alles over Tulpstraat 12")
        await person.tap("wil geen contact")
        assert person.sees("Hier belt niemand meer aan.")
        assert fatma.agenda.due() == []
        snack = next(d for d in person.page._dialogs.controls if isinstance(d, ft.SnackBar))
        await person.session.dispatch_event(snack._i, "action", None)
        await person.breathe()
        await synced(fatma, joke)
        desk = await at(joke, LAPTOP)
        assert desk.sees("1 adres zonder contact: geldt dat nog?")
        await desk.go("/geen-contact")
        assert desk.sees("Gevraagd om te stoppen: Het was een vergissing")
        await desk.tap("Klopt dit niet meer?")
        await desk.tap("Het was een vergissing")
        assert not joke.marks.blocks("Tulpstraat 12")
        await desk.paste("Adres", "Rozenlaan 3")
        await desk.tap("Hier niet aanbellen")
        assert joke.marks.blocks("rozenlaan 3")
        await desk.tap("Klopt dit niet meer?")
        await desk.tap("Dit geldt nog")
        assert joke.marks.blocks("rozenlaan 3")
        assert person.calm()
        assert desk.calm()

    tell(story)


def test_a_known_address_a_near_one_and_one_without_contact_are_pointed_out_while_there_is_time(tell: Tell) -> None:
    """Said when the field is left; taking the proposal is one tap; what was typed stays when saving is refused."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        await fatma.save_visit(FORM)
        await fatma.marks.set("Rozenlaan 3", TODAY)
        person = await at(fatma)
        await person.tap("Nieuw bezoek")
        await person.tap("niet thuis")
        await person.paste("Adres", "Tulpstaat 12")
        await _leave(person)
        await person.tap("Bedoel je Tulpstraat 12?")
        assert person.sees("Dit adres ken je al.")
        await person.paste("Adres", "Rozenlaan 3")
        await _leave(person)
        assert person.sees("Hier wil men geen contact.")
        await person.tap("Opslaan")
        assert person.sees("Er is niets opgeslagen; je tekst staat er nog.")
        assert person.find("Adres", ft.TextField).value == "Rozenlaan 3"
        assert len(fatma.visits()) == 1
        assert person.calm()

    tell(story)


async def _leave(person: Person) -> None:
    field = person.find("Adres", ft.TextField)
    await person.session.dispatch_event(field._i, "blur", None)
    await person.breathe()


def test_consent_is_changed_where_the_visit_is_read(tell: Tell) -> None:
    """Taken back: the note is gone from the screen, the visit still counts. Left as it is: nothing happens."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        visit = await fatma.save_visit(FORM)
        person = await at(fatma, route=f"/bezoek/{visit.hex()}")
        await person.go(f"/bezoek/{visit.hex()}")
        await person.tap("Toestemming veranderen")
        await person.tap("Zo laten")
        await person.tap("Toestemming veranderen")
        await person.tap("Ja, de coördinator mag het lezen")
        assert [v.id for v in fatma.visits()] == [visit]
        await person.tap("Toestemming veranderen")
        await person.tap("Nee, noteer niets")
        await person.tap("Zo laten")
        assert [v.id for v in fatma.visits()] == [visit]
        await person.tap("Toestemming veranderen")
        await person.tap("Nee, noteer niets")
        await person.tap("Ja, wis het")
        assert person.sees("Niets genoteerd. Het bezoek telt alleen mee.")
        assert not person.sees(FORM.note)
        [left] = fatma.visits()
        assert (left.form.note, left.form.address, left.form.outcome) == ("", "", Outcome.MET)
        assert person.calm()

    tell(story)


def test_without_consent_the_form_says_so_and_what_was_typed_before_is_not_saved_and_not_lost(tell: Tell) -> None:
    """The resident changes their mind half-way: the draft keeps all until the count is saved."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        person = await at(fatma)
        await person.tap("Nieuw bezoek")
        await person.tap("kennisgemaakt")
        await person.tap("Ja, alleen voor mijzelf")
        await person.paste("Adres", "Tulpstraat 12")
        await person.tap("Wijzig")
        await person.tap("Nee, noteer niets")
        assert person.sees("Wat je al had ingevuld, slaan we niet op.")
        assert fatma.draft("new").address == "Tulpstraat 12"
        await person.tap("Opslaan")
        [left] = fatma.visits()
        assert left.form == VisitForm(False, day=fatma.today(), outcome=Outcome.MET, noted=False)
        assert person.calm()

    tell(story)


def test_help_is_asked_what_with_and_introducing_only_where_the_coordinator_may_read(tell: Tell) -> None:
    """The topic stands behind the wish; taking the wish away takes its topics along."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        person = await at(fatma)
        await person.tap("Nieuw bezoek")
        for tap in ("kennisgemaakt", "Ja, alleen", "kan hulp gebruiken", "klusjes", "boodschappen", "klusjes"):
            await person.tap(tap)
        assert fatma.draft("new").wishes == {"help_wanted:shopping"}
        assert not person.sees("in contact komen")
        await person.tap("Wijzig")
        await person.tap("Ja, de coördinator")
        assert person.sees("De bewoner wil graag met iemand in contact komen hierover")
        await person.tap("kan hulp gebruiken")
        assert fatma.draft("new").wishes == frozenset()

    tell(story)


def test_a_half_typed_visit_to_each_door_waits_on_the_first_screen(tell: Tell) -> None:
    """Killed in the middle: each form is there again under its own door, and a saved one leaves no ghost."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        await fatma.welcomes.add("Tulpstraat 12", TODAY)
        before = await fatma.save_visit(replace(FORM, address="Rozenlaan 3", outcome=Outcome.LATER))
        welcome = fatma.agenda.due()[0].welcome
        person = await at(fatma)
        for route in (f"/nieuw/{welcome.hex()}", f"/terug/{before.hex()}"):
            await person.go(route)
            await person.tap("Ja, alleen")
            await person.type("Notitie", "half")
        again = await t.fatma()
        person = await at(again)
        assert person.sees("Verder met je niet-opgeslagen bezoek: Rozenlaan 3")
        await person.tap("Verder met je niet-opgeslagen bezoek: Tulpstraat 12")
        assert person.find("Notitie", ft.TextField).value == "half"
        await person.tap("Opslaan")
        assert again.visit_drafts() == [f"again {before.hex()}"]
        assert person.calm()

    tell(story)


def test_a_coordinator_gives_an_address_or_a_list_to_someone_and_chooses_the_wishes_of_an_area(tell: Tell) -> None:
    """Looked at before it is taken in; the form of a contact person offers what the area asks for."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        desk = await at(joke, LAPTOP)
        await desk.go("/nieuw-adres")
        await desk.tap("Toevoegen")
        assert desk.sees("Vul het adres in.")
        await desk.paste("Adres", "Tulpstraat 12")
        await desk.tap("Fatma")
        await desk.tap("Toevoegen")
        await desk.go("/adreslijst")
        await desk.paste("Adressen", "Rozenlaan 3\nTulpstr. 12")
        await desk.tap("Kijk de lijst na")
        assert desk.sees("Regel 2: Tulpstr. 12 (al bekend)")
        await desk.tap("1 adres toevoegen")
        team = session_of(joke).team
        await desk.go(f"/wensen/{team.hex()}")
        await desk.tap("moestuin")
        await desk.paste("Een eigen wens", "samen muziek maken")
        await desk.tap("Voeg deze wens toe")
        await desk.tap("Opslaan")
        await synced(joke, fatma)
        assert sorted(d.address for d in fatma.agenda.due()) == ["Rozenlaan 3", "Tulpstraat 12"]
        await desk.go("/welkom")
        assert desk.sees("2 adressen wachten op een welkom")
        assert desk.sees("Voor Fatma, sinds")
        await desk.tap("Van de lijst halen")
        assert desk.sees("1 adres wacht op een welkom")
        snack = [d for d in desk.page._dialogs.controls if isinstance(d, ft.SnackBar)][-1]
        await desk.session.dispatch_event(snack._i, "action", None)
        await desk.breathe()
        assert desk.sees("2 adressen wachten op een welkom")
        person = await at(fatma)
        await person.tap("Thuis")
        await person.tap("Ja, de")
        assert person.sees("samen muziek maken")
        assert not person.sees("moestuin")
        assert desk.calm()
        assert person.calm()

    tell(story)


def test_of_two_versions_of_a_note_a_person_chooses_or_keeps_both(tell: Tell) -> None:
    """Both are on the screen until then; keeping all joins them, and the choice reaches the other device."""

    async def story(t: Team) -> None:
        fatma, laptop = await t.fatma(), await t.unlocked("laptop")
        visit = await fatma.save_visit(FORM)
        await synced(fatma, laptop)
        await fatma.save_visit(replace(FORM, note="van de telefoon"), visit)
        await laptop.save_visit(replace(FORM, note="van de laptop"), visit)
        await synced(fatma, laptop, fatma)
        person = await at(fatma)
        await person.go(f"/bezoek/{visit.hex()}")
        assert person.sees("Deze notitie is op twee plekken tegelijk veranderd.")
        assert person.sees("Alleen: van de telefoon")
        await person.tap("Bewaar alles")
        assert not person.sees("op twee plekken tegelijk")
        await synced(fatma, laptop)
        assert sorted(laptop.visit(visit).form.note.split("\n\n")) == ["van de laptop", "van de telefoon"]
        assert laptop.visit(visit).other_notes == ()
        assert person.calm()

    tell(story)
