"""The guarded field as somebody uses it: it speaks after a pause, never blocks, and every tap can be taken back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import flet as ft
import pytest
from starlette.applications import Starlette

from app.views.common import guarded_field
from app.views.common.guarded_field import GuardedField
from app.views.guard import guarded
from tests.support.native_app import TestClock, device
from tests.support.screens import Person


@pytest.fixture(autouse=True)
def short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pause after the last key, shorter than a test's patience."""
    monkeypatch.setattr(guarded_field, "PAUSE_SECONDS", 0.01)


class _Page(Person):
    """Somebody in front of a page with nothing on it but the field."""

    def __init__(self, folder: Path, value: str = "", **more: object) -> None:
        super().__init__(device(folder, Starlette(), TestClock()))  # a device that nobody has joined with yet
        self.heard: list[str] = []
        safe: Callable[..., Callable[..., Awaitable[None]]] = lambda handler: guarded(self.page, handler)  # noqa: E731
        self.guarded = GuardedField("Notitie", value, self._hear, safe, max=10_000, **more)  # type: ignore[arg-type]
        self.page.add(self.guarded)

    async def _hear(self, text: str) -> None:
        self.heard.append(text)

    async def pause(self) -> None:
        """Longer than the field's own."""
        await asyncio.sleep(0.03)
        await self.breathe()


@asynccontextmanager
async def page(folder: Path, value: str = "", **more: object) -> AsyncIterator[_Page]:
    """A page with the field; calm to the end."""
    person = _Page(folder, value, **more)
    await person.breathe()
    yield person
    assert person.calm()


def _run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]


def test_it_speaks_after_a_pause_and_every_key_reaches_the_form_whatever_it_thinks(tmp_path: Path) -> None:
    """While somebody types nothing is drawn but the counter."""

    async def story() -> None:
        async with page(tmp_path) as person:
            await person.type("Notitie", "Mevrouw is ziek.")
            assert person.heard[-1] == "Mevrouw is ziek."
            assert len(person.heard) == 16
            assert person.sees("16 van 10.000 tekens")
            await person.pause()
            assert person.sees("‘ziek’: gezondheid")
            assert person.sees("Opslaan kan altijd.")
            assert person.sees("Voor een welkom hoef je het niet te bewaren.")
            assert person.guarded.value == "Mevrouw is ziek."

    _run(story)


def test_a_tap_puts_neutral_words_there_and_another_puts_the_old_ones_back(tmp_path: Path) -> None:
    """Both reach the form; what was put back is pointed out again."""

    async def story() -> None:
        async with page(tmp_path) as person:
            await person.paste("Notitie", "Mevrouw is ziek, plantje gegeven.")
            await person.pause()
            await person.tap("Maak ervan: ‘kon nu niet’")
            assert person.guarded.value == person.heard[-1] == "Mevrouw kon nu niet, plantje gegeven."
            assert not person.sees("gezondheid")
            await person.tap("Zet terug")
            assert person.guarded.value == person.heard[-1] == "Mevrouw is ziek, plantje gegeven."
            assert person.sees("‘ziek’: gezondheid")
            assert not person.sees("Zet terug")

    _run(story)


def test_left_as_it_is_it_stays_silent_on_that_word_and_goes_on_about_others(tmp_path: Path) -> None:
    """For this text only: another field knows nothing of it."""

    async def story() -> None:
        async with page(tmp_path) as person:
            await person.paste("Notitie", "Mevrouw is ziek.")
            await person.pause()
            await person.tap("Laat ‘ziek’ zo staan")
            assert not person.sees("gezondheid")
            await person.paste("Notitie", "Mevrouw is ziek. Bel 06-12345678.")
            await person.pause()
            assert not person.sees("gezondheid")
            assert person.sees("een telefoonnummer")
            assert person.guarded.value == person.heard[-1] == "Mevrouw is ziek. Bel 06-12345678."
        async with page(tmp_path, "Mevrouw is ziek.") as person:
            await person.pause()
            assert person.sees("gezondheid"), "a text that was there already is looked through as well"

    _run(story)


def test_a_tap_on_something_that_has_moved_since_changes_nothing(tmp_path: Path) -> None:
    """Typed on within the pause: the places on show are old, so they are drawn anew first."""

    async def story() -> None:
        async with page(tmp_path) as person:
            await person.paste("Notitie", "Hij is ziek.")
            await person.pause()
            person.guarded.field.value = "Plantje gegeven. Hij is ziek."
            await person.tap("Maak ervan")
            assert person.guarded.value == "Plantje gegeven. Hij is ziek."
            await person.tap("Maak ervan")
            assert person.guarded.value == "Plantje gegeven. Hij kon nu niet."

    _run(story)


def test_more_than_two_places_are_counted_not_listed(tmp_path: Path) -> None:
    """The way to saving stays short."""

    async def story() -> None:
        async with page(tmp_path) as person:
            await person.paste("Notitie", "Ahmed is ziek. Fatma is zwanger. Henk is moslim. Bel 06-12345678.")
            await person.pause()
            assert len([c for c in person.actions() if person.named(c).startswith("Laat ‘")]) == 2
            assert person.sees("En nog 5 plekken.")
            assert all(person.named(c) for c in person.actions())

    _run(story)


def test_a_screen_reader_hears_politely_that_there_is_something(tmp_path: Path) -> None:
    """What is drawn beneath the field is a live region."""

    async def story() -> None:
        async with page(tmp_path) as person:
            await person.paste("Notitie", "Hij is ziek.")
            await person.pause()
            [region] = [c for c in person.controls() if isinstance(c, ft.Semantics) and c.live_region]
            inside = [c.value for c in person._walk(region) if isinstance(c, ft.Text)]
            assert inside == ["Kijk nog eens naar: gezondheid. Opslaan kan altijd."]
            await person.tap("Maak ervan")
            assert person.sees("Vervangen.")

    _run(story)


def test_a_hundred_thousand_characters_are_kept_and_told_about(tmp_path: Path) -> None:
    """Nothing typed is lost, and nothing freezes."""

    async def story() -> None:
        async with page(tmp_path) as person:
            text = "Hij is ziek. " * 8_000
            await person.paste("Notitie", text)
            await person.pause()
            assert person.guarded.value == person.heard[-1] == text
            assert person.sees("104.000 van 10.000 tekens")
            assert person.sees("‘ziek’: gezondheid")

    _run(story)


def test_words_for_a_person_names_that_may_stand_and_stricter_names_are_the_form_s_choice(tmp_path: Path) -> None:
    """A reply may name the contact person; a story speaks of a neighbour."""

    async def story() -> None:
        async with page(tmp_path, "Dank je Fatma, en doe Ahmed de groeten.", known=("Fatma",)) as person:
            await person.pause()
            assert not person.sees("‘Fatma’")
            assert person.sees("Maak ervan: ‘de bewoner’")
        async with page(
            tmp_path, "Roos bakte taart.", person_words=("een buurtgenoot", "buurtgenoten"), strict_names=True
        ) as person:
            await person.pause()
            await person.tap("Maak ervan")
            assert person.guarded.value == "Een buurtgenoot bakte taart."

    _run(story)
