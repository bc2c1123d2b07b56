"""Screens before anyone is in: always calm, always with the help lines in reach."""

import asyncio
from pathlib import Path

import flet as ft
import pytest

from app.services import language
from app.services.models import Stage
from tests.support.native_app import TestClock, device, server
from tests.support.screens import LAPTOP, PHONE, Person


def test_the_welcome_screen_says_how_to_join_and_refuses_a_wrong_link_calmly(tmp_path: Path) -> None:
    """An empty or garbled link is told in place and breaks nothing; the way back to a new link is there."""

    async def story() -> None:
        clock = TestClock()
        async with server(tmp_path / "server", clock) as (asgi, _link):
            app = device(tmp_path / "new", asgi, clock)
            person = Person(app)
            await person.arrive()
            assert person.sees("Even geduld")
            await app.start("/")
            await person.breathe()
            assert person.sees("Welkom bij Straatcontact")
            await person.tap("Verder")
            assert person.sees("Plak eerst de link")
            await person.paste("Plak hier je uitnodiging", "hallo?")
            await person.tap("Verder")
            assert person.sees("Deze uitnodiging kennen we niet")
            await person.tap("Een andere uitnodiging")
            assert person.sees("Welkom bij Straatcontact")
            assert person.calm()

    asyncio.run(story())


@pytest.mark.parametrize("size", [PHONE, LAPTOP])
@pytest.mark.parametrize("stage", [s for s in Stage if s is not Stage.OPEN])
def test_every_stage_before_unlocking_has_a_screen_with_help_lines_and_both_languages(
    stage: Stage, size: tuple[int, int], tmp_path: Path
) -> None:
    """Whatever is wrong, 112 is two taps away, and so is the other language."""

    async def story() -> None:
        clock = TestClock()
        async with server(tmp_path / "server", clock) as (asgi, _link):
            app = device(tmp_path / "new", asgi, clock)
            app.live.stage = stage
            person = Person(app, size)
            await person.arrive()
            assert any(isinstance(c, ft.Semantics) and c.heading_level == 1 for c in person.controls())
            await person.tap("Hulplijnen")
            assert person.sees("0800-1205")
            await person.tap("Terug")
            await person.tap("English")
            assert person.client.kept["straat.language"] == "en"
            await person.tap("Nederlands")
            assert person.calm()

    try:
        asyncio.run(story())
    finally:
        language.choose(language.DUTCH)


def test_help_lines_start_with_112_are_found_by_a_word_and_called_with_one_tap(tmp_path: Path) -> None:
    """Search narrows, nothing found still names 112, and a tap dials."""

    async def story() -> None:
        clock = TestClock()
        async with server(tmp_path / "server", clock) as (asgi, _link):
            app = device(tmp_path / "new", asgi, clock)
            await app.start("/")
            person = Person(app)
            await person.arrive()
            await person.tap("Hulplijnen")
            lines = [person.named(c) for c in person.actions() if person.named(c).startswith("Bel ")]
            assert lines[0] == "Bel Alarmnummer"
            await person.type("Zoek een hulplijn", "zorgwek")
            lines = [person.named(c) for c in person.actions() if person.named(c).startswith("Bel ")]
            assert lines == ["Bel Meldpunt Zorgwekkend Gedrag"]
            await person.tap("Bel Meldpunt")
            [url] = [args["url"] for name, args in person.client.asked if name == "launch_url"]
            assert "tel:08001205" in str(url)
            await person.type("Zoek een hulplijn", "qqq")
            assert person.sees("Bij gevaar bel je altijd 112")
            assert person.calm()

    asyncio.run(story())


def test_everything_that_can_be_tapped_has_a_name(tmp_path: Path) -> None:
    """A screen reader never says just 'button'."""

    async def story() -> None:
        clock = TestClock()
        async with server(tmp_path / "server", clock) as (asgi, link):
            for stage in (s for s in Stage if s not in (Stage.OPEN, Stage.INVITED)):
                app = device(tmp_path / stage.name, asgi, clock)
                app.live.stage = stage
                person = Person(app)
                await person.arrive()
                assert all(person.named(c) for c in person.actions()), stage
            app = device(tmp_path / "invited", asgi, clock)
            await app.start(link)
            person = Person(app)
            await person.arrive()
            assert person.sees("Je bent uitgenodigd als coördinator")
            assert all(person.named(c) for c in person.actions())

    asyncio.run(story())
