"""Joining, noting a visit and reading it back, as a contact person does it on a phone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date
from pathlib import Path

import flet as ft

from app.services.app import App
from app.services.models import Gift, Outcome, ReviewState, Role, Stage, VisitForm, Wish
from app.views.parts import local_day
from tests.support.native_app import TestClock, device, joined, server, synced
from tests.support.screens import Person

PIN, PHRASE = "274915", "een lange zin"
FORM = VisitForm(shared=True, address="Tulpstraat 12", day=date(2026, 11, 18), outcome=Outcome.MET, note="Fijn.")


@asynccontextmanager
async def team(folder: Path) -> AsyncIterator[tuple[App, App, TestClock]]:
    """A coordinator, and a contact person's device that looks at its invitation."""
    clock = TestClock()
    async with server(folder / "server", clock) as (asgi, link):
        joke = await joined(folder / "joke", asgi, clock, link, "Joke", PHRASE)
        invite = await joke.invite("Fatma", Role.CONTACT)
        fatma = device(folder / "fatma", asgi, clock)
        await fatma.start(invite.url)
        yield joke, fatma, clock


def test_someone_invited_chooses_a_pin_and_notes_a_visit_that_stays_at_every_keystroke(tmp_path: Path) -> None:
    """Refusals are told at the field; consent comes first; the draft is there again after leaving the form."""

    async def story() -> None:
        async with team(tmp_path) as (_joke, fatma, _clock):
            person = Person(fatma)
            await person.arrive()
            await _join(person)
            await _note(person)
            [visit] = fatma.visits()
            assert visit.form.address == "Tulpstraat 12"
            assert (visit.form.gift, visit.form.outcome) == (Gift.PLANT, Outcome.MET)
            assert visit.form.wishes == frozenset({Wish.COFFEE})
            assert visit.form.note == "Fijn."
            assert fatma.draft("new") is None
            assert person.calm()

    asyncio.run(story())


async def _join(person: Person) -> None:
    assert person.sees("Je bent uitgenodigd als contactpersoon")
    assert person.sees("Je naam staat niet in de uitnodiging.")
    await person.type("Je naam", "Fatma")
    await person.type("Pincode", "1234")
    await person.type("Nog een keer", "123")
    await person.tap("Meedoen")
    assert person.sees("De twee keer zijn niet gelijk")
    await person.type("Nog een keer", "1234")
    await person.tap("Meedoen")
    assert person.sees("Kies minstens 6 cijfers")
    await person.type("Pincode", PIN)
    await person.type("Nog een keer", PIN)
    await person.tap("Meedoen")
    assert person.app.stage is Stage.OPEN
    await person.tap("Sla de rondleiding over")
    assert person.sees("Hoi Fatma")
    assert all(person.named(c) for c in person.actions())


async def _note(person: Person) -> None:
    await person.tap("Nieuw bezoek")
    await person.tap("kennisgemaakt")
    assert not [c for c in person.controls() if isinstance(c, ft.TextField)], "consent before anything is typed"
    await person.tap("Nee, noteer niets")
    assert not [c for c in person.controls() if isinstance(c, ft.TextField)], "no consent: nothing can be typed"
    await person.tap("Wijzig")
    await person.tap("Ja, alleen voor mijzelf")
    await person.tap("Wijzig")
    await person.tap("Ja, de coördinator mag het lezen")
    await person.tap("Opslaan")
    assert person.sees("Vul het adres in.")
    await person.type("Adres", "Tulpstr")
    draft = person.app.draft("new")
    assert draft is not None
    assert (draft.address, draft.shared) == ("Tulpstr", True)
    await person.tap("Terug")
    await person.tap("Verder met je niet-opgeslagen bezoek")
    assert person.find("Adres", ft.TextField).value == "Tulpstr"
    await person.type("Adres", "Tulpstraat 12")
    for chip in ("plantje", "koffie drinken", "moestuin", "moestuin"):
        await person.tap(chip)
    await person.type("Notitie", "Fijn.")
    assert person.sees("5 van 10.000 tekens")
    assert all(person.named(c) for c in person.actions())
    await person.tap("Opslaan")
    assert person.sees("Opgeslagen op dit apparaat.")
    assert person.sees("Tulpstraat 12")


def test_a_form_keeps_its_typed_text_while_the_app_syncs_around_it(tmp_path: Path) -> None:
    """A change elsewhere refreshes nothing under the hands of someone who types; 10,001 characters are kept too."""

    async def story() -> None:
        async with team(tmp_path) as (joke, fatma, _clock):
            await fatma.accept("Fatma", PIN)
            person = Person(fatma)
            await person.arrive()
            await person.tap("Nieuw bezoek")
            await person.tap("later terugkomen")
            await person.tap("Ja, de co")
            await person.type("Adres", "Roze")
            field = person.find("Adres", ft.TextField)
            await joke.save_visit(FORM)
            await synced(joke, fatma)
            fatma.announce_update()
            await person.breathe()
            assert person.find("Adres", ft.TextField) is field
            assert field.value == "Roze"
            assert not person.sees("Er is een nieuwe versie."), "never under an open form"
            await person.paste("Notitie", "a" * 10_001)
            await person.tap("Opslaan")
            assert person.sees("De notitie is te lang")
            assert len(person.find("Notitie", ft.TextField).value) == 10_001
            await person.tap("Terug")
            assert person.sees("Er is een nieuwe versie.")
            assert person.calm()

    asyncio.run(story())


def test_a_word_of_thanks_is_shown_and_read_and_a_removed_visit_can_be_kept_after_all(tmp_path: Path) -> None:
    """Home says what is on the server and what is new; opening it reads it; removing can be undone."""

    async def story() -> None:
        async with team(tmp_path) as (joke, fatma, _clock):
            await fatma.accept("Fatma", PIN)
            visit = await fatma.save_visit(FORM)
            person = Person(fatma)
            await person.arrive()
            await synced(fatma, joke)
            await joke.review(visit, ReviewState.SEEN, "Dank je wel!")
            await synced(joke, fatma)
            await person.breathe()
            assert person.sees("Alles staat op de server.")
            assert person.sees("Er is een bericht van de coördinator")
            await person.tap("Tulpstraat 12")
            assert person.sees("Dank je wel!")
            assert person.sees("Joke heeft dit gezien")
            assert not fatma.visit(visit).unread_review
            await person.tap("Weghalen")
            assert fatma.visits() == []
            snack = next(d for d in person.page._dialogs.controls if isinstance(d, ft.SnackBar))
            await person.session.dispatch_event(snack._i, "action", None)
            await person.breathe()
            assert [v.id for v in fatma.visits()] == [visit]
            assert person.calm()

    asyncio.run(story())


def test_changing_a_visit_keeps_its_readers_and_a_link_to_nothing_goes_home(tmp_path: Path) -> None:
    """Who may read a saved visit is decided; a mangled address or a visit that is not there shows the home screen."""

    async def story() -> None:
        async with team(tmp_path) as (_joke, fatma, _clock):
            await fatma.accept("Fatma", PIN)
            visit = await fatma.save_visit(replace(FORM, shared=False))
            person = Person(fatma)
            await person.arrive()
            await person.tap("Tulpstraat 12")
            await person.tap("Aanpassen")
            assert person.sees("Alleen jij leest dit bezoek.")
            assert not person.sees("Wijzig\n")
            await person.type("Adres", "Tulpstraat 14")
            await person.tap("Opslaan")
            assert fatma.visit(visit).form.address == "Tulpstraat 14"
            for route in ("/bezoek/zz", f"/bezoek/{bytes(16).hex()}", "/nergens/heen", "/wijzig/"):
                await person.go(route)
                assert person.sees("Hoi Fatma"), route
            await person.place("Hulplijnen")
            assert person.sees("0800-1205")
            assert person.calm()

    asyncio.run(story())


def test_a_wrong_pin_is_told_the_pad_types_and_the_lock_is_everywhere(tmp_path: Path) -> None:
    """Locked from the home screen, opened again with the thumb."""

    async def story() -> None:
        async with team(tmp_path) as (_joke, fatma, _clock):
            await fatma.accept("Fatma", PIN)
            person = Person(fatma)
            await person.arrive()
            await person.tap("Vergrendel")
            assert fatma.stage is Stage.LOCKED
            await person.tap("Pincode vergeten")
            assert person.sees("Niemand kan je pincode terughalen")
            await person.tap("Terug")
            for key in ("1", "2", "Laatste cijfer weg", "3"):
                await person.tap(key)
            assert person.find("Pincode", ft.TextField).value == "13"
            await person.tap("Ontgrendel")
            assert person.sees("Dat klopt niet")
            assert person.find("Pincode", ft.TextField).value == ""
            for key in PIN:
                await person.tap(key)
            await person.tap("Ontgrendel")
            assert person.sees("Hoi Fatma")
            assert person.calm()

    asyncio.run(story())


def test_a_fault_in_a_handler_is_told_and_the_screen_stays(tmp_path: Path) -> None:
    """Whatever breaks, the person reads what was kept, and Flet's error page never comes."""

    async def story() -> None:
        async with team(tmp_path) as (_joke, fatma, _clock):
            await fatma.accept("Fatma", PIN)
            person = Person(fatma)
            await person.arrive()
            button = person.find("Nieuw bezoek")
            button.on_click = person.shell.safe(lambda e: 1 / 0)
            await person.tap("Nieuw bezoek")
            assert person.sees("Wat je had opgeslagen, is er nog.")
            assert person.sees("Hoi Fatma")
            assert person.calm()

    asyncio.run(story())


def test_the_app_locks_by_itself_though_the_home_screen_goes_on_refreshing(tmp_path: Path) -> None:
    """Ten quiet minutes lock; what the sync draws is not use, a tap is."""

    async def story() -> None:
        async with team(tmp_path) as (_joke, fatma, clock):
            await fatma.accept("Fatma", PIN)
            person = Person(fatma)
            await person.arrive()
            before = fatma.locking.last_act
            clock.now += 60_000
            await fatma.sync_once()
            await person.breathe()
            assert fatma.locking.last_act == before
            await person.place("Meer")
            assert fatma.locking.last_act == clock.now

    asyncio.run(story())


def test_the_day_that_a_picker_gives_is_the_day_that_was_tapped() -> None:
    """The client sends the moment in UTC: midnight here may be the day before there."""
    from datetime import datetime, timedelta, timezone

    here = datetime(2026, 11, 24).astimezone()
    assert local_day(here.astimezone(UTC)) == date(2026, 11, 24)
    assert local_day(here.astimezone(timezone(timedelta(hours=-9)))) == date(2026, 11, 24)
    assert local_day(datetime(2026, 11, 24, 12)) == date(2026, 11, 24)
    assert local_day(None) is None
