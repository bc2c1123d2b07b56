"""Reviewing, thanking, asking back and inviting, as a coordinator does it on a laptop and on a phone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import flet as ft
import pytest

from app.services.app import App
from app.services.models import Outcome, QueueFilter, ReviewState, Role, VisitForm
from app.views.coordinate.people import dark_runs
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
