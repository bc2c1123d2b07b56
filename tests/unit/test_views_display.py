"""Size of the text, light or dark, the Escape key, and a language read from right to left."""

import re
from collections.abc import Awaitable, Callable, Iterator

import flet as ft
import pytest

from app.commands.native_device import QuietPage
from app.services import language
from app.services.app import App
from app.services.display import TextSize
from app.web.texts import pseudo_compiled
from tests.support.every_screen import DESK, INSIDE
from tests.support.made_up import from_outside, notes
from tests.support.screens import Person
from tests.support.settled_team import Team

Story = Callable[[Team], Awaitable[None]]
MO = f"{language.PSEUDO}/LC_MESSAGES/straatcontact.mo"
PLAIN_DUTCH = re.compile(r"[^.\n]*\b(het|een|niet|je|met|en|de)\b[^.\n]*")  # in the testers' language: hét, één, …
# What stands on screens in Dutch by itself: the help lines' own words, and what somebody wrote down.
IN_DUTCH_BY_ITSELF = {
    "hulplijnen",
    "hulplijnen-redactie",
    "zorgen",
    "idee",
    "verhaal",
    "wijzig-verhaal",
    "buurt",
    "kaart",
}


@pytest.fixture(autouse=True)
def dutch() -> Iterator[None]:
    """Each test starts and leaves the app in Dutch."""
    language.choose(language.DUTCH)
    yield
    language.choose(language.DUTCH)


def _page(app: App) -> QuietPage:
    page = app.live.page
    assert isinstance(page, QuietPage)
    return page


def test_the_size_and_the_theme_that_were_chosen_are_there_after_a_restart(
    tell: Callable[[Story], None],
) -> None:
    """The page hears it at once, the device keeps it, and another start begins with it."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        person = Person(fatma)
        await person.arrive()
        assert _page(fatma).dressed == ("nl", 100)
        await person.go("/instellingen")
        await person.tap("heel groot")
        await person.tap("donker")
        assert _page(fatma).dressed == ("nl", 200)
        assert person.page.theme_mode is ft.ThemeMode.DARK
        again = Person(fatma)
        again.client.kept = dict(person.client.kept)
        _page(fatma).dressed = ("", 0)
        await again.arrive()
        assert _page(fatma).dressed == ("nl", 200)
        assert again.page.theme_mode is ft.ThemeMode.DARK
        assert person.calm()

    tell(story)


@pytest.mark.parametrize("kept", ["reusachtig", "", None, 7, "qps"])
def test_whatever_is_kept_the_app_starts(kept: object, tell: Callable[[Story], None]) -> None:
    """What this version does not know is as if nothing was chosen."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        person = Person(fatma)
        person.client.kept = dict.fromkeys(("straat.text", "straat.light", "straat.language"), kept)
        await person.arrive()
        assert _page(fatma).dressed == ("nl", TextSize.NORMAL.percent)
        assert person.page.theme_mode is ft.ThemeMode.SYSTEM
        assert not person.page.rtl

    tell(story)


def test_escape_is_the_way_back_but_first_closes_what_lies_over_the_screen(
    tell: Callable[[Story], None],
) -> None:
    """At home it does nothing; a half-filled form is a draft then, as after any way back."""

    async def story(t: Team) -> None:
        person = Person(await t.fatma())
        await person.arrive()
        person.shell.escape()
        assert person.shell.route == "/"
        await person.go("/slot")
        person.page.show_dialog(ft.AlertDialog(title="?"))
        person.shell.escape()
        assert person.shell.route == "/slot"
        person.page.pop_dialog()
        person.shell.escape()
        assert person.shell.route == "/instellingen"

    tell(story)


def test_no_screen_has_words_outside_the_translations_and_all_of_it_mirrors(
    tell: Callable[[Story], None],
) -> None:
    """In the testers' language no plain Dutch is left on any screen, and the page is read from right to left."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        records = await notes(joke) | await from_outside(joke) | {"team": joke.trust.teams()[0].id.hex()}
        person = Person(joke)
        await person.arrive()
        language.choose(language.PSEUDO, pseudo_compiled()[MO])
        person.shell.dress._wear()
        assert person.page.rtl
        left, seen = {}, 0
        for stop in [*INSIDE, *DESK]:
            if stop.name in IN_DUTCH_BY_ITSELF or not set(re.findall(r"\{(\w+)\}", stop.route)) <= records.keys():
                continue
            await person.go(stop.route.format(**records))
            seen += stop.name == person.shell.route.strip("/").partition("/")[0] or "{" in stop.route
            plain = {found[0].strip() for found in PLAIN_DUTCH.finditer(person.reads())}
            if plain:
                left[stop.name] = plain
        assert left == {}
        assert seen > 25
        assert person.calm()

    tell(story)
