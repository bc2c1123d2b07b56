"""The lock's own screens: another secret, a passkey, when it locks, hiding, and wiping in two steps."""

import asyncio
from pathlib import Path

import flet as ft
import pytest

from app.platform.native import FileDeviceKey, SystemRandom
from app.platform.native_crypto import NativePrimitives
from app.platform.native_transport import HttpTransport
from app.platform.native_vault import NativePasskeys
from app.services.app import App
from app.services.models import LockChoices, Stage
from app.services.session import World
from tests.support.native_app import ORIGIN
from tests.support.screens import LAPTOP, PHONE, Person
from tests.support.settled_team import FATMA, FORM, JOKE, Team, hushed, team

NEW = "fiets kaars tulp regen"


def with_passkeys(t: Team, name: str) -> tuple[App, NativePasskeys]:
    """The device of that name, on a phone with an authenticator."""
    from app.commands.native_device import NativeStorage, QuietPage

    folder = t.folder / name
    key = FileDeviceKey(folder / "device.key")
    passkeys = NativePasskeys(key.mac_now)
    net = HttpTransport(ORIGIN, t.asgi)
    world = World(NativePrimitives(), key, SystemRandom(), t.clock, net, passkeys=passkeys)
    app = App(world, NativeStorage(folder), QuietPage(ORIGIN))
    t.apps.append(app)
    return app, passkeys


def test_another_pin_is_chosen_with_advice_and_opens_from_then_on(settled: Path, tmp_path: Path) -> None:
    """A wrong old one and two different new ones are told in place; the strength is said while typing."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            person = Person(fatma)
            await person.arrive()
            await person.place("Meer")
            await person.tap("Instellingen")
            await person.tap("Slot, passkey en wissen")
            await person.tap("Pincode of wachtzin veranderen")
            await person.type("Pincode of wachtzin van nu", "111111")
            await person.type("Nieuwe pincode", "385026")
            assert person.sees("Vier losse woorden zijn veel sterker")
            await person.tap("Liever een wachtzin")
            await person.paste("Wachtzin", NEW)
            assert person.sees("Dat is sterk")
            await person.paste("Nog een keer", "iets anders")
            await person.tap("Verander")
            assert person.sees("niet gelijk")
            await person.paste("Nog een keer", NEW)
            await person.tap("Verander")
            assert person.sees("Dat klopt niet")
            await person.paste("Pincode of wachtzin van nu", FATMA)
            await person.tap("Verander")
            assert person.sees("Veranderd")
            assert person.calm()
            await fatma.lock()
            await fatma.unlock(NEW)
            await hushed(fatma)

    asyncio.run(story())


def test_a_passkey_is_made_after_the_pin_opens_the_lock_screen_and_can_be_taken_away(
    settled: Path, tmp_path: Path
) -> None:
    """Cancelling is told calmly; a phone without passkeys is offered none."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, passkeys = with_passkeys(t, "fatma")
            await fatma.start()
            await fatma.unlock(FATMA)
            await hushed(fatma)
            person = Person(fatma)
            await person.arrive()
            await person.go("/slot")
            await person.tap("Maak een passkey")
            assert not passkeys.held
            await person.type("Pincode of wachtzin van nu", FATMA)
            passkeys.confirm = False
            await person.tap("Maak een passkey")
            assert person.sees("De passkey is niet gebruikt")
            passkeys.confirm = True
            await person.tap("Maak een passkey")
            assert person.sees("De passkey is gemaakt")
            await fatma.lock()
            await person.breathe()
            await person.tap("Ontgrendel met je passkey")
            assert fatma.stage is Stage.OPEN
            await hushed(fatma)
            await person.place("Meer")
            await person.tap("Instellingen")
            await person.tap("Slot, passkey en wissen")
            await person.tap("Haal de passkey weg")
            assert not fatma.safety.has_passkey
            assert person.calm()
            without = Person(await t.joke())
            await without.arrive()
            await without.go("/slot")
            assert not without.sees("Maak een passkey")

    asyncio.run(story())


def test_when_it_locks_is_chosen_with_a_tap(settled: Path, tmp_path: Path) -> None:
    """Minutes without a touch, and out of sight."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            person = Person(fatma)
            await person.arrive()
            await person.go("/slot")
            await person.tap("na 5 minuten")
            await person.tap("meteen")
            assert fatma.safety.choices == LockChoices(5, 0)
            await person.tap("nooit")
            assert fatma.safety.choices == LockChoices(5, None)
            assert person.calm()

    asyncio.run(story())


@pytest.mark.parametrize("size", [PHONE, LAPTOP])
def test_one_tap_hides_from_every_screen(size: tuple[int, int], settled: Path, tmp_path: Path) -> None:
    """Wherever one is, and what was half typed is there again after unlocking."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            for route in ("/", "/nieuw", "/hulplijnen", "/instellingen", "/slot", "/wissen"):
                fatma = await t.fatma()
                await fatma.save_draft("new", FORM)
                person = Person(fatma, size)
                await person.arrive()
                await person.go(route)
                await person.tap("Snel verbergen")
                assert fatma.stage is Stage.LOCKED
                assert not person.sees(FORM.note)
                await fatma.unlock(FATMA)
                assert (await hushed(fatma)).draft("new") == FORM
                assert person.calm()

    asyncio.run(story())


def test_wiping_counts_first_and_takes_two_steps_also_behind_the_lock(settled: Path, tmp_path: Path) -> None:
    """What is unsent is said and offered as a file; the button waits for the word; then it is the welcome screen."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            await fatma.save_visit(FORM)
            await fatma.lock()
            person = Person(fatma)
            await person.arrive()
            await person.tap("Pincode vergeten")
            await person.tap("Wis dit apparaat")
            assert person.sees("niet verstuurd")
            await person.tap("Bewaar wat nog niet verstuurd is")
            assert any(name == "save_file" for name, _args in person.client.asked)
            await person.tap("Ik wil alles wissen")
            button = person.find("Wis alles op dit apparaat", ft.FilledButton)
            assert isinstance(button, ft.FilledButton)
            assert button.disabled
            await person.type("Typ: wissen", "Wissen")
            await person.tap("Wis alles op dit apparaat")
            assert person.sees("Welkom bij Straatcontact")
            assert person.calm()

    asyncio.run(story())


def test_a_coordinator_with_a_pin_is_asked_for_a_passphrase_on_every_screen(settled: Path, tmp_path: Path) -> None:
    """Until there is one."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke = await t.joke()
            await joke.live.require_vault().change(JOKE, "274915")
            await joke.lock()
            await joke.unlock("274915")
            person = Person(await hushed(joke), LAPTOP)
            await person.arrive()
            assert person.sees("Als coördinator heb je een wachtzin nodig")
            await person.tap("Kies een wachtzin")
            await person.paste("Pincode of wachtzin van nu", "274915")
            await person.paste("Nieuwe wachtzin", NEW)
            await person.paste("Nog een keer", NEW)
            await person.tap("Verander")
            assert not person.sees("Als coördinator heb je een wachtzin nodig")
            assert person.calm()

    asyncio.run(story())
