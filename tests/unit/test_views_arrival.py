"""An invitation opened where it does not belong: said before anything is used up, with steps and a way on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.commands.native_device import QuietPage
from app.services.app import App
from app.services.models import Stage
from app.services.surroundings import Browser, Place, Surroundings, System
from sync.core.errors import BadInput
from tests.support.native_app import ORIGIN, TestClock, device, server
from tests.support.screens import Person

SAFARI = Surroundings(System.IPHONE, Place.TAB, Browser.SAFARI)
ANDROID = Surroundings(System.ANDROID, Place.TAB, Browser.CHROME)
FACEBOOK = Surroundings(System.ANDROID, Place.INSIDE, Browser.CHROME, "Facebook")
WEBVIEW = Surroundings(System.IPHONE, Place.INSIDE)


@dataclass(slots=True)
class Camera(QuietPage):
    """A page whose camera reads this, or fails so."""

    reads: str | BadInput = ""

    async def scan(self, hint: str, close: str) -> str:
        """See PagePort."""
        assert (hint, close) == ("Richt de camera op de QR-code.", "Sluiten")
        if isinstance(self.reads, BadInput):
            raise self.reads
        return self.reads


@asynccontextmanager
async def opened(folder: Path, here: Surroundings) -> AsyncIterator[tuple[Person, App, QuietPage, str]]:
    """Somebody who opened a fresh invitation in these surroundings."""
    clock = TestClock()
    async with server(folder / "server", clock) as (asgi, link):
        app = device(folder / "phone", asgi, clock)
        page = app.live.page = QuietPage(ORIGIN, here)
        await app.start(link)
        person = Person(app)
        await person.arrive()
        yield person, app, page, link
        assert person.calm()


@pytest.mark.parametrize(
    ("here", "heading", "step"),
    [
        (SAFARI, "Zet de app eerst op je beginscherm", "Kies ‘Zet op beginscherm’"),
        (Surroundings(System.IPHONE, Place.TAB, Browser.OTHER), "Open de link in Safari", "Open Safari"),
        (FACEBOOK, "Open de link in je gewone browser", "Je kijkt nu binnen Facebook"),
        (WEBVIEW, "Open de link in Safari", "kies ‘Open in Safari’"),
        (ANDROID, "Zet de app op je startscherm", "drie puntjes"),
        (Surroundings(System.ANDROID, Place.TAB, Browser.SAMSUNG), "Zet de app op je startscherm", "drie streepjes"),
        (Surroundings(System.ANDROID, Place.TAB), "Zet de app op je startscherm", "Open het menu van je browser"),
    ],
)
def test_each_place_has_its_own_steps_before_a_pin_is_asked(
    here: Surroundings, heading: str, step: str, tmp_path: Path
) -> None:
    """No name or PIN field yet, help lines in reach, and everything that can be tapped has a name."""

    async def story() -> None:
        async with opened(tmp_path, here) as (person, _app, _page, _link):
            assert person.sees(heading)
            assert person.sees(step)
            assert not person.sees("Je naam")
            assert person.sees("Hulplijnen")
            assert all(person.named(c) for c in person.actions())

    asyncio.run(story())


def test_in_a_tab_of_an_iphone_the_link_stays_in_the_address_and_can_be_copied(tmp_path: Path) -> None:
    """Where it has to be taken along, nothing takes it away; going on here is possible, with the risk said."""

    async def story() -> None:
        async with opened(tmp_path, SAFARI) as (person, app, page, link):
            assert page.kept_invitation == ""
            await person.tap("Kopieer de link")
            assert ("set", {"data": link}) in person.client.asked
            assert person.sees("na een week wissen")
            await person.tap("Hier toch verdergaan")
            assert page.kept_invitation == link.rsplit("/", 1)[-1]
            await person.type("Je naam", "Joke")
            assert app.stage is Stage.INVITED

    asyncio.run(story())


def test_inside_an_app_that_is_known_to_lose_it_there_is_no_going_on(tmp_path: Path) -> None:
    """Only where it is a guess is there a way past it: nobody may be stuck by a wrong one."""

    async def story() -> None:
        async with opened(tmp_path / "known", FACEBOOK) as (person, *_):
            assert not person.sees("Hier toch verdergaan")
        async with opened(tmp_path / "guessed", WEBVIEW) as (person, *_):
            assert person.sees("Hier toch verdergaan")

    asyncio.run(story())


def test_on_android_it_is_advice_only(tmp_path: Path) -> None:
    """One tap further is the form, and it stays there in the other language and after a refresh."""

    async def story() -> None:
        async with opened(tmp_path, ANDROID) as (person, app, _page, _link):
            await person.tap("Verder")
            assert person.sees("Je naam")
            app.live.tell()
            await person.breathe()
            assert person.sees("Je naam")

    asyncio.run(story())


@pytest.mark.parametrize("place", [Place.INSTALLED, Place.TAB])
def test_from_the_home_screen_and_on_a_computer_the_form_comes_at_once(place: Place, tmp_path: Path) -> None:
    """Nothing to explain there."""
    system = System.IPHONE if place is Place.INSTALLED else System.COMPUTER

    async def story() -> None:
        async with opened(tmp_path, Surroundings(system, place)) as (person, _app, page, link):
            assert person.sees("Je naam")
            assert page.kept_invitation == link.rsplit("/", 1)[-1]

    asyncio.run(story())


def test_a_copied_link_is_pasted_with_a_button(tmp_path: Path) -> None:
    """Nothing copied is said; a link goes into the field."""

    async def story() -> None:
        clock = TestClock()
        async with server(tmp_path / "server", clock) as (asgi, link):
            app = device(tmp_path / "phone", asgi, clock)
            await app.start("/")
            person = Person(app)
            await person.arrive()
            await person.tap("Plak")
            assert person.sees("Er is nog niets gekopieerd.")
            person.client.copied = link
            await person.tap("Plak")
            await person.tap("Verder")
            assert person.sees("Je bent uitgenodigd als coördinator")
            assert person.calm()

    asyncio.run(story())


def test_a_qr_code_is_read_where_the_browser_can_and_pasting_stays(tmp_path: Path) -> None:
    """No button without a reader; closed changes nothing; each trouble in words; what was read is opened."""

    async def story() -> None:
        clock = TestClock()
        async with server(tmp_path / "server", clock) as (asgi, link):
            app = device(tmp_path / "phone", asgi, clock)
            await app.start("/")
            person = Person(app)
            await person.arrive()
            assert not person.sees("Lees een QR-code")
            page = app.live.page = Camera(ORIGIN, Surroundings(can_scan=True))
            person.shell.show()
            await person.tap("Lees een QR-code")
            assert (app.stage, person.sees("Plak hier je uitnodiging")) == (Stage.WELCOME, True)
            for why, words in {
                "refused": "De camera mag niet gebruikt worden.",
                "no_camera": "Er is hier geen camera.",
                "failed": "De camera werkt nu niet.",
            }.items():
                page.reads = BadInput("scan", why)
                await person.tap("Lees een QR-code")
                assert person.sees(words)
            page.reads = link
            await person.tap("Lees een QR-code")
            assert person.sees("Je bent uitgenodigd als coördinator")
            assert person.calm()

    asyncio.run(story())
