"""Activities and stories on the phone: planned, told about, repeated, offered and withdrawn."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import flet as ft

from app.services.activities import NEW
from app.services.activities_form import ActivityForm, ActivityKind
from app.services.app import App
from app.services.models import Wish
from app.services.stories import NEW as NEW_STORY
from app.services.stories_form import StoryForm, StoryStatus
from tests.support.native_app import synced
from tests.support.screens import LAPTOP, Person
from tests.support.settled_team import DAY, Team
from tests.unit.test_services_stories import FORM, PHOTO, _page

Tell = Callable[[Callable[[Team], Awaitable[None]]], None]
TODAY = date(2026, 11, 18)
BINGO = ActivityForm(ActivityKind.BINGO, TODAY + timedelta(days=1), "19:30", 120, "De Slinger", weekly=True)


async def _at(app: App, route: str, size: tuple[int, int] = (390, 844)) -> Person:
    person = Person(app, size)
    await person.arrive()
    await person.go(route)
    return person


def _snack(person: Person) -> ft.SnackBar:
    """The last message at the foot of the screen."""
    return [d for d in person.page._dialogs.controls if isinstance(d, ft.SnackBar)][-1]


async def _undo(person: Person) -> None:
    await person.session.dispatch_event(_snack(person)._i, "action", None)
    await person.breathe()


async def _pick_day(person: Person, name: str, day: date) -> None:
    """Choose a day in the calendar that opens."""
    await person.tap(name)
    picker = [d for d in person.page._dialogs.controls if isinstance(d, ft.DatePicker)][-1]
    person.session.apply_patch(picker._i, {"value": day.isoformat()})
    picker.value = day  # as the client sends it back
    await person.session.dispatch_event(picker._i, "change", None)
    await person.breathe()


def test_an_activity_is_planned_and_every_keystroke_is_kept(tell: Tell) -> None:
    """Refusals are told at the field; a time is read as people write it; a plan has no head count to fill in."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        person = await _at(fatma, "/buurt")
        assert person.sees("Nog niets gepland. Wie zet er koffie?")
        await person.tap("Nieuwe activiteit")
        await person.tap("Opslaan")
        assert person.sees("Kies wat jullie doen.")
        assert not person.sees("Hoeveel mensen kwamen er?")
        await person.tap("Is het al geweest?")
        assert person.find("Hoeveel mensen kwamen er?", ft.TextField)
        await _pick_day(person, "Dag", TODAY + timedelta(days=8))
        assert not person.sees("Hoeveel mensen kwamen er?")
        await person.tap("bingo")
        await person.type("Hoe laat?", "half acht")
        await person.tap("Opslaan")
        assert person.sees("Schrijf de tijd als 14:30.")
        await person.type("Hoe laat?", "19.30")
        await person.tap("2 uur")
        await person.type("Waar?", "De Sling")
        kept = fatma.activities.draft(NEW)
        assert kept is not None
        assert (kept.place, kept.time, kept.kind) == ("De Sling", "19.30", ActivityKind.BINGO)
        await person.tap("Terug")
        await person.tap("Verder met je activiteit")
        assert person.find("Waar?", ft.TextField).value == "De Sling"
        await person.tap("Opslaan")
        [made] = fatma.activities.upcoming()
        assert made.form == ActivityForm(ActivityKind.BINGO, TODAY + timedelta(days=8), "19:30", 120, "De Sling")
        assert person.sees("donderdag 26 november 2026, 19:30")
        assert all(person.named(c) for c in person.actions())
        await person.tap("Terug")
        assert person.sees("Bingo")
        assert not person.sees("Verder met je activiteit")
        assert person.calm()

    tell(story)


def test_how_it_was_is_asked_when_it_is_over_in_numbers_only(tell: Tell) -> None:
    """From the street's screen; what people wished and offered goes in as chips; then the question is gone."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        mine = await fatma.activities.save(BINGO)
        t.clock.now += 2 * DAY
        person = await _at(fatma, "/buurt")
        await person.tap("Hoe was het?")
        assert person.sees("Alleen aantallen, geen namen.")
        assert not person.sees("Waar?")
        await person.type("Hoeveel mensen kwamen er?", "23")
        await person.type("Hoeveel mensen hielpen er?", "4")
        await person.type("Hoe ging het?", "Volle bak.")
        await person.tap("moestuin")
        for number in (0, 1):  # the same words stand in both groups: asked with, and offered with
            chips = [c for c in person.controls() if isinstance(c, ft.Chip) and person.named(c) == "klusjes"]
            await person.session.dispatch_event(chips[number]._i, "select", True)
            await person.breathe()
        await person.tap("Opslaan")
        form = fatma.activities.one(mine).form
        assert (form.heads, form.helpers, form.how) == (23, 4, "Volle bak.")
        assert (form.wishes, form.offers) == (
            {str(Wish.GARDEN), "help_wanted:jobs"},
            {"wants_to_help:jobs"},
        )
        for words in ("23 bezoekers, 4 helpers", "Hulp gevraagd bij", "Hulp aangeboden met", "Volle bak."):
            assert person.sees(words), words
        await person.tap("Terug")
        assert not person.sees("Hoe was het?")
        assert person.calm()

    tell(story)


def test_the_next_week_is_one_tap_and_can_be_undone(tell: Tell) -> None:
    """Zelfde als vorige week: planned at once, and said so."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        await fatma.activities.save(BINGO)
        t.clock.now += 2 * DAY
        person = await _at(fatma, "/buurt")
        assert person.sees("Bingo, volgende keer op donderdag 26 november?")
        await person.tap("Zelfde als vorige week")
        assert [a.form.day for a in fatma.activities.upcoming()] == [TODAY + timedelta(days=8)]
        assert not person.sees("Zelfde als vorige week")
        await _undo(person)
        assert fatma.activities.upcoming() == []
        assert person.calm()

    tell(story)


def test_an_activity_goes_into_a_calendar_is_shared_and_taken_away(tell: Tell) -> None:
    """The file holds no name; without a way of sharing the words are copied; taking away can be undone."""

    async def story(t: Team) -> None:
        fatma, joke = await t.fatma(), await t.joke()
        mine = await fatma.activities.save(BINGO)
        person = await _at(fatma, f"/activiteit/{mine.hex()}")
        await person.tap("Zet in je agenda")
        _name, args = next(a for a in person.client.asked if a[0] == "save_file")
        assert args["file_name"] == "straatcontact-2026-11-19.ics"
        assert b"SUMMARY:Bingo" in args["src_bytes"]
        assert b"Fatma" not in args["src_bytes"]
        await person.tap("Deel de uitnodiging")
        assert any(name == "set" and "Bingo" in str(args) for name, args in person.client.asked)
        await person.tap("Weghalen")
        assert fatma.activities.upcoming() == []
        await _undo(person)
        assert len(fatma.activities.upcoming()) == 1
        await synced(fatma, joke)
        seen = await _at(joke, f"/activiteit/{mine.hex()}", LAPTOP)
        assert seen.sees("Fatma")
        assert not seen.sees("Aanpassen")
        assert person.calm()
        assert seen.calm()

    tell(story)


def test_without_consent_nothing_of_a_story_can_be_typed(tell: Tell) -> None:
    """The question comes first; a no leaves nothing behind."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        person = await _at(fatma, "/nieuw-verhaal")
        assert not [c for c in person.controls() if isinstance(c, ft.TextField)]
        await person.tap("Nee, of nog niet gevraagd")
        assert person.sees("Dan schrijven we niets op. Vraag het eerst, en kom dan terug.")
        assert not [c for c in person.controls() if isinstance(c, ft.TextField)]
        await person.tap("Terug naar de buurt")
        assert fatma.stories.draft(NEW_STORY) is None
        assert person.sees("Nog geen verhalen.")
        assert person.calm()

    tell(story)


def test_a_story_with_a_photo_is_kept_offered_and_withdrawn(tell: Tell) -> None:
    """The photo asks for consent of its own; a draft is one's own; offered, the coordinator reads it; withdrawn, no one."""

    async def story(t: Team) -> None:
        fatma, joke = await t.fatma(), await t.joke()
        person = await _at(fatma, "/nieuw-verhaal")
        await person.tap("Ja, het mag verteld worden")
        await person.tap("Kies of maak een foto")
        assert not person.sees("Foto weghalen"), "none was chosen"
        _page(fatma).photo = b"\x89PNG"
        await person.tap("Kies of maak een foto")
        assert person.sees("Deze foto kunnen we niet lezen.")
        _page(fatma).photo = PHOTO
        await person.tap("Kies of maak een foto")
        assert person.find("Foto weghalen")
        await person.tap("Bied het aan de coördinator aan")
        assert person.sees("Geef het verhaal een titel.")
        await person.type("Titel", "Samen soep")
        await person.type("Je verhaal", "Elke week een pan.")
        assert fatma.stories.draft(NEW_STORY) == (StoryForm(True, "Samen soep", "Elke week een pan."), PHOTO)
        await person.tap("Bewaar het voor mijzelf")
        assert person.sees("Vraag eerst of de foto gebruikt mag worden.")
        box = next(c for c in person.controls() if isinstance(c, ft.Checkbox))
        person.session.apply_patch(box._i, {"value": True})
        await person.session.dispatch_event(box._i, "change", True)
        await person.breathe()
        await person.tap("Bewaar het voor mijzelf")
        [mine] = fatma.stories.all()
        assert (mine.status, mine.photo) == (StoryStatus.DRAFT, True)
        assert person.sees("Alleen jij leest dit verhaal.")
        await person.tap("Aanpassen of aanbieden")
        await person.tap("Bied het aan de coördinator aan")
        assert person.sees("Aangeboden aan de coördinator.")
        await synced(fatma, joke)
        desk = await _at(joke, "/buurt", LAPTOP)
        await desk.tap("Samen soep")
        assert desk.sees("Elke week een pan.")
        assert [c for c in desk.controls() if isinstance(c, ft.Image) and c.src == PHOTO]
        assert not desk.sees("Trek het verhaal in")
        await person.tap("Trek het verhaal in")
        assert fatma.stories.all()
        await person.tap("Ja, trek het in")
        assert person.sees("Een verhaal dat is ingetrokken, is niet meer te lezen.")
        await synced(fatma, joke)
        await desk.breathe()
        assert desk.sees("Dit verhaal is ingetrokken.")
        assert not desk.sees("Elke week een pan.")
        assert person.calm()
        assert desk.calm()

    tell(story)


def test_a_photo_is_taken_away_and_a_draft_removed_and_brought_back(tell: Tell) -> None:
    """Nothing of it stays in the story; the draft comes back when undone."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        mine = await fatma.stories.save(StoryForm(True, "Soep", "Tekst", photo_consent=True), PHOTO)
        person = await _at(fatma, f"/wijzig-verhaal/{mine.hex()}")
        await person.tap("Foto weghalen")
        await person.tap("Bewaar het voor mijzelf")
        assert fatma.stories.photo(mine) == b""
        await person.tap("Weghalen")
        assert fatma.stories.all() == []
        await _undo(person)
        assert [s.id for s in fatma.stories.all()] == [mine]
        await person.go(f"/verhaal/{bytes(16).hex()}")
        assert person.sees("Hoi Fatma"), "a link to nothing goes home"
        gone = await fatma.stories.save(FORM, b"", offer=True)
        await fatma.stories.withdraw(gone)
        await person.go(f"/verhaal/{gone.hex()}")
        assert person.sees("Tekst en foto zijn gewist.")
        await person.go(f"/wijzig-verhaal/{gone.hex()}")
        assert person.sees("Hoi Fatma"), "a withdrawn story has no form"
        assert person.calm()

    tell(story)
