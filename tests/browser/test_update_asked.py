"""A server that no longer speaks what this app speaks, in a real browser: said in plain words, with the update at hand."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from app.commands.native_device import NativeStorage, QuietPage
from app.platform.native import FileDeviceKey, SystemClock, SystemRandom
from app.platform.native_crypto import NativePrimitives
from app.platform.native_transport import HttpTransport
from app.services.app import App
from app.services.models import Role
from app.services.session import World
from tests.browser.test_service_worker import NEWER
from tests.support import builds
from tests.support.chrome import chrome
from tests.support.server_process import ServerProcess

PIN = "274915"
PHRASE = "een lange zin"
NEXT_YEARS = """
import sys
from sync.core import versions
versions.SERVER = versions.Range(2, 3)
from app.cli import main
sys.exit(main())
"""


async def invited(server: ServerProcess, folder: Path, link: str) -> str:
    """A link for a contact person, by the first coordinator."""
    folder.mkdir()
    transport, key = HttpTransport(server.url), FileDeviceKey(folder / "device.key")
    world = World(NativePrimitives(), key, SystemRandom(), SystemClock(), transport)
    joke = App(world, NativeStorage(folder), QuietPage(server.url))
    await joke.start(link)
    await joke.accept("Joke", PHRASE)
    url = (await joke.invite("Fatma", Role.CONTACT)).url
    await joke.sync_once()
    await joke.locking.stop()
    await transport.close()
    return url


@pytest.mark.soak
def test_an_app_too_old_for_its_server_says_so_keeps_the_notes_and_takes_the_update(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """Noting goes on; the button looks for the new version by itself, fetches it and opens it."""
    server.site = builds.copy(tmp_path / "site")
    link = server.init()
    server.start()
    with ThreadPoolExecutor() as elsewhere:  # Playwright has a loop in this thread
        invitation = elsewhere.submit(asyncio.run, invited(server, tmp_path / "joke", link)).result()
    with chrome(playwright, tmp_path / "phone") as phone:
        phone.join(invitation, "Fatma", PIN, "Pincode")
        phone.sees("Alles staat op de server")
        phone.works_offline()
        server.program = ["-c", NEXT_YEARS]
        builds.publish(server)
        phone.sees("Nu bijwerken", timeout=60_000)
        phone.tap("Nieuw bezoek")
        phone.tap("kennisgemaakt", "checkbox")
        phone.tap("Ja, de coördinator")
        phone.type("Adres", "Tulpstraat 1")
        phone.tap("Opslaan")
        phone.sees("Opgeslagen op dit apparaat")
        phone.tap("Terug")
        phone.sees("Werk de app bij om weer te versturen.", timeout=60_000)
        phone.sees("1 notitie staat alleen op dit apparaat")
        phone.page.screenshot(path=tmp_path / "asked.png")
        phone.tap("Nu bijwerken")
        expect(phone.page.locator(NEWER)).to_have_count(1, timeout=60_000)
        phone.taken_over()
        server.stop()
        server.program = ["-m", "app.cli"]  # as the new app would find it: one that speaks its language
        server.start()
        phone.type("Pincode of wachtzin", PIN)
        phone.tap("Ontgrendel")
        phone.sees("Alles staat op de server", timeout=60_000)
        phone.sees("Tulpstraat 1")
