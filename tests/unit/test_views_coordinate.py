"""Reviewing, thanking, asking back and inviting, as a coordinator does it on a laptop and on a phone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import flet as ft
import pytest
from flet.messaging.protocol import Message, MessageAction

from app.services.app import App
from app.services.language import day_text
from app.services.models import Outcome, QueueFilter, ReviewState, Role, VisitForm
from app.views.coordinate.desk import counts
from app.views.coordinate.people import dark_runs
from app.views.coordinate.queue import QueueScreen
from app.views.parts import Colors
from tests.support.native_app import TestClock, joined, server, synced
from tests.support.screens import LAPTOP, PHONE, Person

FORM = VisitForm(shared=True, address="Tulpstraat 12", day=date(2026, 11, 18), outcome=Outcome.MET, note="Fijn.")


@asynccontextmanager
async def coordinator(folder: Path) -> AsyncIterator[tuple[App, App]]:
    """A coordinator, and a contact person who noted two visits, one of them not shared."""
    clock = TestClock()
    async with server(folder / "server", clock) as (asgi, link):
        joke = await joined(folder / "joke", asgi, clock, link, "Joke", "een lange zin")
        invite = await joke.invite("Fatma", Role.CONTACT)
        fatma = await joined(folder / "fatma", asgi, clock, invite.url, "Fatma", "274915")
        await fatma.save_visit(FORM)
        await fatma.save_visit(replace(FORM, shared=False, address="Leliehof 3", note="Geheim."))
        await synced(fatma, joke)
        yield joke, fatma


@pytest.mark.parametrize("size", [PHONE, LAPTOP])
def test_a_visit_is_read_and_thanked_for_and_leaves_the_queue(size: tuple[int, int], tmp_path: Path) -> None:
    """On a laptop beside the list, on a phone after it; the words arrive as they were typed."""

    async def story() -> None:
        async with coordinator(tmp_path) as (joke, _fatma):
            person = Person(joke, size)
            await person.arrive()
            assert person.sees("Beoordelen")
            assert all(person.named(c) for c in person.actions())
            await person.tap("Tulpstraat 12")
            assert person.sees("Fijn.")
            await person.tap("Vraag terug")
            assert person.sees("Schrijf je vraag erbij.")
            await person.tap("Dank je wel, wat fijn gedaan!")
            assert all(person.named(c) for c in person.actions())
            buttons = [c for c in person.actions() if isinstance(c, ft.FilledButton)]
            await person.session.dispatch_event(buttons[-1]._i, "click", None)
            await person.breathe()
            [done] = joke.queue(QueueFilter.DONE)
            assert done.review is not None
            assert (done.review.state, done.review.reply) == (ReviewState.SEEN, "Dank je wel, wat fijn gedaan!")
            assert not person.sees("Tulpstraat 12")
            await person.tap("Alles")
            assert person.sees("Tulpstraat 12")
            assert person.calm()

    asyncio.run(story())


def test_a_visit_that_was_not_shared_is_counted_and_says_so(tmp_path: Path) -> None:
    """No address and no note, and the reason in plain words."""

    async def story() -> None:
        async with coordinator(tmp_path) as (joke, _fatma):
            person = Person(joke, LAPTOP)
            await person.arrive()
            await person.tap("Alleen geteld")
            assert person.sees("de bewoner wilde niet dat de coördinator meeleest")
            assert not person.sees("Leliehof")
            assert not person.sees("Geheim.")
            assert person.calm()

    asyncio.run(story())


def test_half_typed_words_stay_with_their_visit(tmp_path: Path) -> None:
    """Looking at another visit, new visits coming in and another window size lose nothing."""

    async def story() -> None:
        async with coordinator(tmp_path) as (joke, fatma):
            person = Person(joke, LAPTOP)
            await person.arrive()
            await person.tap("Tulpstraat 12")
            await person.type("Een woord van dank", "Wat fijn")
            await fatma.save_visit(replace(FORM, address="Rozenlaan 4"))
            await synced(fatma, joke)
            await person.breathe()
            assert person.sees("Rozenlaan 4")
            assert person.find("Een woord van dank", ft.TextField).value == "Wat fijn"
            await person.tap("Rozenlaan 4")
            assert person.find("Een woord van dank", ft.TextField).value == ""
            await person.tap("Tulpstraat 12")
            assert person.find("Een woord van dank", ft.TextField).value == "Wat fijn"
            await person.resize(PHONE)
            await person.tap("Tulpstraat 12")
            assert person.find("Een woord van dank", ft.TextField).value == "Wat fijn"
            assert person.calm()

    asyncio.run(story())


async def _key(person: Person, letter: str) -> list[MessageAction]:
    """A letter, typed where nobody types: as the page tells it. What went to the browser by it."""
    sent, send = list[MessageAction](), person.client.send_message

    def noting(message: Message) -> None:
        sent.append(message.action)
        send(message)

    person.client.send_message = noting  # type: ignore[method-assign]
    await person.shell.safe(person.shell.key)(letter)
    await person.breathe()
    person.client.send_message = send  # type: ignore[method-assign]
    return sent


def test_a_queue_is_read_and_answered_with_letters_alone_and_each_has_a_button(tmp_path: Path) -> None:
    """Next and before, seen, a question that needs words, a follow-up, sending back; and they can be turned off."""

    async def story() -> None:
        async with coordinator(tmp_path) as (joke, fatma):
            for n in (1, 2, 3):
                await fatma.save_visit(replace(FORM, address=f"Rozenlaan {n}"))
            await synced(fatma, joke)
            person = Person(joke, LAPTOP)
            await person.arrive()
            queue = person.shell.screen
            assert isinstance(queue, QueueScreen)
            first, second, *_more = [v.id for v in queue.shown]
            sent = await _key(person, "j")
            assert sent.index(MessageAction.PATCH_CONTROL) < sent.index(MessageAction.INVOKE_METHOD), (
                "drawn, then shown"
            )
            assert queue.reading is not None
            assert queue.reading.visit == first
            await _key(person, "j")
            await _key(person, "k")
            assert queue.reading.visit == first
            await _key(person, "v")
            assert person.sees("Schrijf je vraag erbij.")
            assert joke.visit(first).review is None
            await _key(person, "g")
            assert joke.visit(first).review is not None
            assert queue.reading.visit == second, "the next one is on show"
            await person.type("Een woord van dank", "De dag?")
            await _key(person, "t")
            review = joke.visit(second).review
            assert review is not None
            assert review.state is ReviewState.RETURNED
            await _key(person, "o")
            assert person.sees("Wat vraag je?")
            buttons = {person.named(c) for c in person.actions()}
            assert {"Gezien", "Vraag terug", "Opvolgen", "Terugsturen"} <= buttons
            await person.tap("Toetsen")
            assert person.sees("t: terugsturen")
            joke.reviews.set_keys(False)
            third = queue.reading.visit
            await _key(person, "g")
            assert joke.visit(third).review is None
            assert person.calm()

    asyncio.run(story())


def test_where_visits_stand_is_chosen_with_how_many_there_are_and_by_whom_without(tmp_path: Path) -> None:
    """The chips count visits; the names of contact persons bear no numbers."""

    async def story() -> None:
        async with coordinator(tmp_path) as (joke, _fatma):
            person = Person(joke, LAPTOP)
            await person.arrive()
            assert person.find("Nieuw 2")
            assert person.find("Gezien 0")
            chip = person.find("Nieuw")
            person.session.apply_patch(chip._i, {"selected": False})  # as the browser does with a chosen chip
            await person.session.dispatch_event(chip._i, "select", False)
            await person.breathe()
            now = person.find("Nieuw")
            assert isinstance(now, ft.Chip)
            assert now.selected, "tapped again it is still what is on show"
            await person.tap("Zoek preciezer")
            assert {person.named(c) for c in person.actions()} >= {"Fatma", "door niemand opgepakt", "kennisgemaakt"}
            await person.type("Straat of adres", "Tulp")
            assert person.find("Nieuw 1")
            assert not person.sees("Alleen geteld")
            await person.tap("Alles weer zien")
            assert person.sees("Alleen geteld")
            assert person.calm()

    asyncio.run(story())


def test_a_queue_without_anything_new_says_what_else_waits_and_counts_it(tmp_path: Path) -> None:
    """A visit that was sent back and adapted waits for the coordinator again: "nothing to review" would be untrue."""

    async def story() -> None:
        async with coordinator(tmp_path) as (joke, fatma):
            person = Person(joke, LAPTOP)
            await person.arrive()
            for visit in list(joke.queue(QueueFilter.OPEN)):
                about = ReviewState.RETURNED if visit.form.shared else ReviewState.SEEN
                await joke.review(visit.id, about, "Welk nummer?")
            await synced(joke, fatma)
            await person.breathe()
            assert person.sees("Niets te beoordelen")
            assert counts(joke)["/"] == 0
            [shared] = [v for v in fatma.visits() if v.form.shared]
            await fatma.save_visit(replace(shared.form, address="Tulpstraat 14"), shared.id)
            await synced(fatma, joke)
            await person.breathe()
            assert person.sees("Niets nieuws. Dit wacht nog: aangepast (1).")
            assert not person.sees("Niets te beoordelen")
            assert counts(joke)["/"] == 1
            await person.tap("Aangepast 1")
            await person.tap("Tulpstraat 14")
            await joke.review(shared.id, ReviewState.SEEN, "")
            await person.breathe()
            assert counts(joke)["/"] == 0
            assert person.calm()

    asyncio.run(story())


def _highlighted(person: Person) -> int:
    return sum(getattr(c, "bgcolor", None) == Colors.PRIMARY_CONTAINER for c in person.controls())


def test_what_the_author_did_about_a_word_stands_at_it_with_its_day(tmp_path: Path) -> None:
    """A visit that was adapted, or an errand that was done, is not asked for any more."""

    async def story() -> None:
        async with coordinator(tmp_path) as (joke, fatma):
            [shared] = [v for v in fatma.visits() if v.form.shared]
            await joke.review(shared.id, ReviewState.RETURNED, "Welk nummer?")
            await synced(joke, fatma)
            hers = Person(fatma, PHONE)
            await hers.arrive()
            await hers.go(f"/bezoek/{shared.id.hex()}")
            assert hers.sees("Joke stuurt dit terug om aan te passen")
            assert not hers.sees("Aangepast op")
            lit = _highlighted(hers)
            await fatma.save_visit(replace(shared.form, address="Tulpstraat 14"), shared.id)
            await hers.breathe()
            assert hers.sees(f"Aangepast op {day_text(fatma.today())}.")
            assert _highlighted(hers) == lit - 1
            await synced(fatma, joke)
            [her] = [m.id for m in joke.members() if m.name == "Fatma"]
            await joke.followups.ask(shared.id, her, "Breng een folder", joke.today(), "", joke.today())
            await synced(joke, fatma)
            await hers.breathe()
            assert not hers.sees("Aangepast op"), "another word stands by now"
            assert not hers.sees("Gedaan op")
            assert _highlighted(hers) == lit
            [errand] = fatma.followups.mine()
            await fatma.followups.done(errand.id, "Fijn", fatma.today())
            await hers.breathe()
            assert hers.sees("Joke vraagt iemand om dit op te volgen")
            assert hers.sees(f"Gedaan op {day_text(fatma.today())}.")
            assert _highlighted(hers) == lit - 1
            assert hers.calm()

    asyncio.run(story())


def test_many_are_chosen_marked_as_seen_and_taken_back(tmp_path: Path) -> None:
    """One button, and one to undo it."""

    async def story() -> None:
        async with coordinator(tmp_path) as (joke, _fatma):
            person = Person(joke, PHONE)
            await person.arrive()
            await person.tap("Kies er meer")
            await person.tap("Niet gekozen Tulpstraat 12")
            await person.tap("Zet 1 bezoek op gezien")
            assert person.sees("1 bezoek gezien.")
            assert [v.form.address for v in joke.queue(QueueFilter.DONE)] == ["Tulpstraat 12"]
            [bar] = [c for c in person.controls() if isinstance(c, ft.SnackBar)]
            await person.session.dispatch_event(bar._i, "action", None)
            await person.breathe()
            assert len(joke.queue(QueueFilter.OPEN)) == 2
            assert person.calm()

    asyncio.run(story())


@pytest.mark.parametrize("size", [PHONE, LAPTOP])
def test_something_is_asked_done_by_a_contact_person_and_closed(size: tuple[int, int], tmp_path: Path) -> None:
    """From the visit to Vandaag and back; a question is answered where it is read, and what is half typed is kept."""

    async def story() -> None:
        async with coordinator(tmp_path) as (joke, fatma):
            person = Person(joke, size)
            await person.arrive()
            await person.tap("Tulpstraat 12")
            [ask] = [c for c in person.actions() if isinstance(c, ft.OutlinedButton) and person.named(c) == "Opvolgen"]
            await person.session.dispatch_event(ask._i, "click", None)
            await person.breathe()
            await person.tap("Vraag dit")
            assert person.sees("Schrijf op wat je vraagt.")
            await person.type("Wat vraag je?", "Breng een folder")
            await person.tap("Vraag dit")
            assert person.sees("Gevraagd.")
            hidden = next(v for v in joke.queue(QueueFilter.OPEN))
            await joke.review(hidden.id, ReviewState.QUESTION, "Hoe laat was het?")
            await synced(joke, fatma)
            hers = Person(fatma, PHONE)
            await hers.arrive()
            assert hers.sees("Breng een folder")
            assert not hers.sees("Vandaag hoeft er niets"), "something is asked"
            await hers.tap("Vraag van Joke")
            await hers.type("Je antwoord", "Om drie")
            await hers.tap("Terug")
            await hers.tap("Vraag van Joke")
            assert hers.find("Je antwoord", ft.TextField).value == "Om drie"
            await hers.tap("Verstuur je antwoord")
            assert hers.sees("Antwoord van Fatma")
            await hers.tap("Terug")
            assert not hers.sees("Vraag aan jou")
            assert not hers.sees("Vandaag hoeft er niets"), "an errand waits"
            await hers.tap("Breng een folder")
            await hers.type("Hoe ging het?", "Fijn gesprek")
            await hers.tap("Gedaan")
            assert not hers.sees("Breng een folder")
            assert hers.sees("Vandaag hoeft er niets")
            assert hers.calm()
            await synced(fatma, joke)
            await person.tap("2 Beoordelen" if size == PHONE else "Beoordelen")  # with how many wait
            assert person.sees("2 antwoorden nog niet gelezen")
            await person.tap("Opgevolgd")
            await person.tap("Tulpstraat 12")
            assert person.sees("Fijn gesprek")
            await person.go("/opvolgen")
            await person.tap("Gedaan")
            assert person.sees("Fijn gesprek")
            assert person.calm()

    asyncio.run(story())


def test_a_visit_erased_under_the_readers_eyes_leaves_the_words_that_were_typed(tmp_path: Path) -> None:
    """The screen says so, and shows nothing of it any more."""

    async def story() -> None:
        async with coordinator(tmp_path) as (joke, fatma):
            person = Person(joke, LAPTOP)
            await person.arrive()
            await person.tap("Tulpstraat 12")
            await person.type("Een woord van dank", "Wat goed dat je")
            [shared] = [v.id for v in fatma.visits() if v.form.shared]
            await fatma.change_consent(shared, noted=False, shared=False)
            await synced(fatma, joke)
            await person.breathe()
            assert person.sees("Dit bezoek is intussen gewist.")
            assert not person.sees("Fijn.")
            assert person.find("Een woord van dank", ft.TextField).value == "Wat goed dat je"
            assert person.calm()

    asyncio.run(story())


def test_a_visit_erased_while_its_author_reads_it_says_so_and_leaves_what_was_typed(tmp_path: Path) -> None:
    """Not "a visit without a note that counts": there is nothing to take away any more, and there is a way back."""

    async def story() -> None:
        async with coordinator(tmp_path) as (joke, fatma):
            [shared] = [v.id for v in fatma.visits() if v.form.shared]
            await joke.review(shared, ReviewState.QUESTION, "Hoe laat was het?")
            await synced(joke, fatma)
            hers = Person(fatma, PHONE)
            await hers.arrive()
            await hers.tap("Vraag van Joke")
            await hers.type("Je antwoord", "Om drie")
            about = await joke.law.about("Tulpstraat 12")
            await joke.law.answers.erase(list(about.found), about.drafts, "Bewoner vroeg erom", joke.today())
            await synced(joke, fatma)
            await hers.breathe()
            assert hers.sees("Dit bezoek is intussen gewist.")
            assert hers.find("Je antwoord", ft.TextField).value == "Om drie"
            for untrue in ("Bezoek zonder notitie", "Staat op de server.", "telt", "Weghalen", "Verstuur je antwoord"):
                assert not hers.sees(untrue), untrue
            await hers.tap("Terug naar Vandaag")
            assert hers.sees("Hoi Fatma")
            assert hers.calm()

    asyncio.run(story())


def test_the_author_reads_of_a_visit_what_the_desk_says_of_it(tmp_path: Path) -> None:
    """An answered question is no seen visit; of an errand that another has, its author is told no more than is known."""

    async def story() -> None:
        async with coordinator(tmp_path) as (joke, fatma):
            [shared] = [v.id for v in fatma.visits() if v.form.shared]
            await joke.review(shared, ReviewState.QUESTION, "Hoe laat was het?")
            await synced(joke, fatma)
            await fatma.mark_review_read(shared)
            hers = Person(fatma, PHONE)
            await hers.arrive()
            assert hers.sees("Vraag open")
            await fatma.reviews.answer(shared, "Om drie", fatma.today())
            await synced(fatma, joke)
            joke.reviews.mark_read(shared)
            await synced(joke, fatma)
            await hers.breathe()
            assert hers.sees("Beantwoord")
            assert not hers.sees("Gezien door de coördinator")
            [me] = [m.id for m in joke.members() if m.me]
            undo = await joke.followups.ask(shared, me, "Bel de buurt", joke.today(), "", joke.today())
            await synced(joke, fatma)
            await fatma.mark_review_read(shared)
            await hers.breathe()
            assert hers.sees("Joke vraagt iemand om dit op te volgen")
            assert not hers.sees("Opgevolgd")
            await joke.reviews.take_back([undo], joke.today())
            await joke.review(shared, ReviewState.SEEN, "")
            await synced(joke, fatma)
            await fatma.mark_review_read(shared)
            await hers.go("/bezoeken")
            assert hers.sees("Gezien door de coördinator")
            assert hers.calm()

    asyncio.run(story())


def test_a_coordinator_whose_words_are_not_compared_is_not_told_that_nothing_waits(tmp_path: Path) -> None:
    """She can't read yet, so nothing is counted for her; once another coordinator compared them, it is all there."""

    async def story() -> None:
        clock = TestClock()
        async with server(tmp_path / "server", clock) as (asgi, link):
            joke = await joined(tmp_path / "joke", asgi, clock, link, "Joke", "een lange zin")
            await joke.save_visit(FORM)
            invite = await joke.invite("Anneke", Role.COORDINATOR)
            anneke = await joined(tmp_path / "anneke", asgi, clock, invite.url, "Anneke", "een lange zin")
            await synced(joke, anneke)
            person = Person(anneke, LAPTOP)
            await person.arrive()
            assert person.sees("Je ziet de bezoeken zodra een andere coördinator deze woorden heeft vergeleken.")
            assert not person.sees("Niets te beoordelen")
            assert "Nieuw 0" not in {person.named(c) for c in person.actions()}
            [new] = [d for p in joke.trust.people() for d in p.devices if not d.confirmed]
            await joke.trust.confirm(new.id)
            await synced(joke, anneke, joke, anneke)
            await person.breathe()
            assert person.sees("Tulpstraat 12")
            assert person.find("Nieuw 1")
            assert not person.sees("Je ziet de bezoeken zodra")
            assert person.calm()

    asyncio.run(story())


def test_inviting_gives_a_link_to_copy_and_a_qr_code(tmp_path: Path) -> None:
    """A name is asked for; the link is the one that is copied; it says that it works once."""

    async def story() -> None:
        async with coordinator(tmp_path) as (joke, _fatma):
            person = Person(joke, PHONE)
            await person.arrive()
            await person.place("Mensen")
            assert person.sees("Joke (jij)")
            await person.tap("Maak uitnodiging")
            assert person.sees("Vul een naam in.")
            await person.type("Naam", "Bea")
            await person.tap("collectant")
            await person.tap("Maak uitnodiging")
            assert person.sees("alleen aan Bea. De link werkt één keer")
            link = person.find("Link", ft.TextField).value
            await person.tap("Kopieer de link")
            assert ("set", {"data": link}) in person.client.asked
            [picture] = [c for c in person.controls() if isinstance(c, ft.Semantics) and c.image]
            assert picture.label == "QR-code van de uitnodiging"
            await person.place("Meer")
            await person.tap("Instellingen")
            await person.tap("Nog een apparaat van mij")
            await person.tap("Maak een link voor mijzelf")
            assert person.sees("alleen aan Joke")
            assert person.calm()

    asyncio.run(story())


def test_a_qr_row_is_drawn_in_stretches_that_cover_exactly_its_dark_cells() -> None:
    """Fewer shapes, the same picture."""
    row = (False, True, True, False, True, False, False, True)
    assert dark_runs(row) == [(1, 2), (4, 1), (7, 1)]
    assert dark_runs((True,) * 3) == [(0, 3)]
    assert dark_runs((False,) * 3) == []
