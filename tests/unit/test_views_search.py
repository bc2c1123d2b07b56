"""Searching on the phone and at the desk: typed, narrowed, opened, and found there again on the way back."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import flet as ft

from app.services.activities_form import ActivityForm, ActivityKind
from app.services.models import Outcome, ReviewState
from app.views.contact.search import PAGE, PAUSE_SECONDS
from tests.support.native_app import synced
from tests.support.screens import LAPTOP, Person
from tests.support.settled_team import FORM, Team
from tests.unit.test_services_activities import TODAY
from tests.unit.test_views_street import _at

Tell = Callable[[Callable[[Team], Awaitable[None]]], None]


async def _search(person: Person, typed: str) -> None:
    await person.paste("Zoeken", typed)
    await asyncio.sleep(PAUSE_SECONDS + 0.05)
    await person.breathe()


def test_what_was_noted_is_found_opened_and_still_there_on_the_way_back(tell: Tell) -> None:
    """A misspelt street says what it was taken for; nothing found says what to try."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        await fatma.save_visit(replace(FORM, address="Wilgenstraat 4"))
        await fatma.save_visit(replace(FORM, address="De Hoef 12", outcome=Outcome.NOT_HOME))
        await fatma.activities.save(ActivityForm(ActivityKind.BINGO, TODAY, place="De Slinger"))
        person = await _at(fatma, "/zoeken")
        assert person.sees("Typ een straat")
        await _search(person, "Wilgenstaat 4")
        assert person.sees("Gezocht naar Wilgenstraat.")
        assert person.calm()
        assert person.sees("1 gevonden.")
        await person.tap("Wilgenstraat 4")
        assert person.sees("Heel hartelijk ontvangen.")
        await person.tap("Zoeken")
        assert person.find("Zoeken", ft.TextField).value == "Wilgenstaat 4"
        assert person.find("Wilgenstraat 4")
        await _search(person, "bestaatniet")
        assert person.sees("Niets gevonden.")
        await _search(person, "bingo")
        await person.tap("De Slinger")
        assert person.sees("Bingo")
        assert person.calm()

    tell(story)


def test_chips_narrow_what_is_found_and_are_taken_off_again(tell: Tell) -> None:
    """Outcome, street and period, each undone by a second tap, all by one."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        await fatma.save_visit(replace(FORM, address="Wilgenstraat 4"))
        await fatma.save_visit(replace(FORM, address="De Hoef 12", outcome=Outcome.NOT_HOME))
        person = await _at(fatma, "/zoeken")
        await person.tap("Filters")
        await person.tap("niet thuis")
        assert person.find("De Hoef 12")
        assert not person.sees("Wilgenstraat 4")
        await person.tap("niet thuis")
        assert person.sees("Typ een straat")
        await person.tap("Wilgenstraat")
        await person.tap("laatste jaar")
        assert person.find("Wilgenstraat 4")
        await person.tap("Alles weer tonen")
        assert person.sees("Typ een straat")
        assert all(person.named(c) for c in person.actions())
        assert person.calm()

    tell(story)


def test_at_the_desk_a_visit_leads_to_its_review_and_a_long_list_goes_on(tell: Tell) -> None:
    """The coordinator finds what was shared, and her own words."""

    async def story(t: Team) -> None:
        fatma, joke = await t.fatma(), await t.joke()
        for number in range(PAGE + 2):
            visit = await fatma.save_visit(replace(FORM, address=f"Tulpstraat {number}"))
        await synced(fatma, joke)
        await joke.review(visit, ReviewState.SEEN, "Hartverwarmend gedaan.")
        person = await _at(joke, "/zoeken", LAPTOP)
        await _search(person, "tulp")
        assert len([c for c in person.actions() if person.named(c).startswith("Tulpstraat")]) == PAGE
        await person.tap("Toon meer")
        assert len([c for c in person.actions() if person.named(c).startswith("Tulpstraat")]) == PAGE + 2
        await _search(person, "hartverwarmend")
        await person.tap(f"Tulpstraat {PAGE + 1}")
        assert person.sees("Heel hartelijk ontvangen.")
        assert person.calm()

    tell(story)
