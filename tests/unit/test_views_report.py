"""Figures as a coordinator looks at them, publishes them and takes them along."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import flet as ft
import pytest

from app.commands.native_device import QuietPage
from app.services.app import App
from app.services.models import AreaCode, Outcome, Role, VisitForm
from app.services.papers.csv_file import csv_file
from app.services.reports.models import HIDDEN, Shown, Standing
from app.views.coordinate.report_paper import paper, wide
from tests.support.native_app import TestClock, joined, server, synced
from tests.support.screens import LAPTOP, PHONE, Person
from tests.support.settled_team import session_of

MUNTEL = AreaCode("gemeente", "GM0796", "2026", "'s-Hertogenbosch")
FORM = VisitForm(shared=True, address="Tulpstraat 12", day=date(2026, 8, 3), outcome=Outcome.MET, note="Fijn.")


@asynccontextmanager
async def team(folder: Path) -> AsyncIterator[tuple[App, App]]:
    """A coordinator of a gemeente, and a contact person who met 14 residents in the third quarter; 12 were out and 3 moved."""
    clock = TestClock()
    async with server(folder / "server", clock) as (asgi, link):
        joke = await joined(folder / "joke", asgi, clock, link, "Joke", "een lange zin")
        await joke.trust.put_team(session_of(joke).team, "Straatcontact", [MUNTEL])
        invite = await joke.invite("Fatma", Role.CONTACT)
        fatma = await joined(folder / "fatma", asgi, clock, invite.url, "Fatma", "274915")
        await synced(joke, fatma)
        for n in range(29):
            outcome = Outcome.MET if n < 14 else Outcome.NOT_HOME if n < 26 else Outcome.MOVED
            day = date(2026, 7, 6) + timedelta(days=2 * n)
            await fatma.save_visit(replace(FORM, address=f"Tulpstraat {n + 1}", day=day, outcome=outcome))
        await synced(fatma, joke)
        yield joke, fatma


@pytest.mark.parametrize("size", [PHONE, LAPTOP])
def test_a_report_shows_what_is_many_says_few_of_what_is_few_and_has_a_table_behind_it(
    size: tuple[int, int], tmp_path: Path
) -> None:
    """Twenty-nine visits, fourteen met; the three who moved are never a number, nor is the one that would tell of them."""

    async def story() -> None:
        async with team(tmp_path) as (joke, _fatma):
            person = Person(joke, size)
            await person.arrive()
            await person.go("/rapport")
            assert person.sees("Niet voor publicatie")
            assert person.sees("29\nBezoeken")
            assert person.sees("14\nKennisgemaakt")
            assert person.sees("minder dan 10")
            assert not person.sees("12")
            await person.tap("Tabel")
            assert person.sees("Verhuisd of leeg")
            assert all(person.named(c) for c in person.actions())
            await person.tap("2025")
            assert not person.sees("14")
            assert person.calm()

    asyncio.run(story())


def test_a_period_the_wrong_way_round_is_told_and_an_area_without_visits_is_no_error(tmp_path: Path) -> None:
    """The dates stay as they were chosen; nothing is drawn of them."""

    async def story() -> None:
        async with team(tmp_path) as (joke, _fatma):
            person = Person(joke, LAPTOP)
            await person.arrive()
            await person.go("/rapport")
            await person.tap("zelf kiezen")
            screen = person.shell.screen
            await screen._first(date(2027, 1, 1))
            await person.breathe()
            assert person.sees("Kies eerst de eerste dag, dan de laatste.")
            await screen._first(date(2020, 1, 1))
            await screen._last(date(2020, 1, 31))
            await person.breathe()
            assert not person.sees("Kies eerst de eerste dag")
            assert person.sees("minder dan 10")
            assert person.calm()

    asyncio.run(story())


def test_a_quarter_is_published_after_a_yes_and_goes_out_on_paper_rounded_without_small_numbers(tmp_path: Path) -> None:
    """Nothing before the yes; then it can be opened, printed and kept, and says the same everywhere."""

    async def story() -> None:
        async with team(tmp_path) as (joke, _fatma):
            page = QuietPage("http://test")
            joke.live.page = page
            person = Person(joke, LAPTOP)
            await person.arrive()
            await person.go("/publicaties")
            assert person.sees("Er is nog niets gepubliceerd.")
            await person.tap("derde kwartaal van 2026")
            await person.tap("Publiceer")
            assert not joke.reports.published()
            await person.tap("Ja, publiceer")
            await synced(joke)
            await synced(joke)
            await person.breathe()
            [made] = joke.reports.published()
            assert made.standing is Standing.HELD
            cells = [row.cell for area in made.areas for table in area.tables for row in table.rows]
            assert Shown(15) in cells
            assert HIDDEN in cells
            assert all(cell.n % 5 == 0 for cell in cells if isinstance(cell, Shown))
            await person.go(f"/publicatie/{made.id.hex()}")
            assert person.sees("Kwartaalverslag straatcontact")
            assert person.sees("niet getoond")
            await person.tap("Print")
            assert "Kwartaalverslag straatcontact" in page.printed
            assert "Kwartaalverslag straatcontact" in csv_file(paper(made)).decode("utf-8-sig")
            [told] = [x for x in csv_file(wide(made)).decode("utf-8-sig").splitlines() if ";gemeente;" in x]
            assert told.split(";")[1:4] == ["gemeente", "GM0796", "2026"]
            assert "15" in told.split(";")
            assert all(person.named(c) for c in person.actions())
            assert isinstance(person.find("Excel"), ft.OutlinedButton)
            assert (await joke.papers.workbook(wide(made))).startswith(b"PK")
            await person.go("/publicaties")
            await person.tap("Publiceer")
            await person.tap("Ja, publiceer")
            assert person.sees("Dit is al gepubliceerd.")
            assert person.calm()

    asyncio.run(story())
