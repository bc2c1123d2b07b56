"""`straatcontact demo`: a small, believable, fictional organisation, and links to try each role.

Everyone in it is made up. Its devices live in the data folder, so that a new start hands out new links; a real
organisation is made by `straatcontact init`, which keeps nothing.
"""

import asyncio
import logging
import secrets
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from app.commands.native_device import NativeStorage, QuietPage
from app.commands.native_shelf import NativeShelf
from app.commands.serve import open_store
from app.commands.stopping import StoppingServer
from app.platform.native import FileDeviceKey, SystemClock, SystemRandom
from app.platform.native_crypto import NativePrimitives
from app.platform.native_transport import HttpTransport
from app.services.app import App
from app.services.founding import found
from app.services.inviting import ROUTE
from app.services.models import Gift, Outcome, QueueFilter, ReviewState, Role, VisitForm, Wish
from app.services.session import World
from sync.core.errors import StraatError
from sync.core.ports import Clock
from sync.device.saved import NoShelf
from sync.server.app import make_app
from sync.server.logs import event_of

FOLDER, READY = "demo", "ready"


@dataclass(frozen=True, slots=True)
class Told:
    """One made-up visit: how many days ago, and how it went."""

    days_ago: int
    form: VisitForm


def _visit(
    days: int, address: str, gift: Gift, outcome: Outcome, note: str, *wishes: Wish, shared: bool = True
) -> Told:
    day = date.today() - timedelta(days=days)
    back = day + timedelta(days=21) if outcome is Outcome.LATER else None
    return Told(days, VisitForm(shared, address, day, gift, outcome, frozenset(wishes), note, back))


def _told() -> dict[str, list[Told]]:
    return {
        "fatma": [
            _visit(12, "Wilgenstraat 4", Gift.PLANT, Outcome.MET, "Net verhuisd uit Vught. Was blij met het plantje en wil graag een keer komen koffiedrinken.", Wish.COFFEE),
            _visit(6, "Wilgenstraat 18", Gift.CAKE, Outcome.MET, "Gezin met twee kinderen. Samen appeltaart gegeten. Ze zoeken de moestuin.", Wish.GARDEN, Wish.EATING),
            _visit(2, "Wilgenstraat 31", Gift.NONE, Outcome.NOT_HOME, "Kaartje in de bus gedaan."),
        ],
        "henk": [
            _visit(9, "De Hoef 102", Gift.PLANT, Outcome.LATER, "Was nog aan het uitpakken. Ik mag over drie weken terugkomen."),
            _visit(4, "De Hoef 87", Gift.CAKE, Outcome.MET, "Wil meehelpen in het repair café, kan goed fietsen maken.", Wish.REPAIR, Wish.WANTS_TO_HELP),
            _visit(1, "De Hoef 115", Gift.PLANT, Outcome.MET, "Rustig gesprek aan de deur.", shared=False),
        ],
    }  # fmt: skip


class Demo:
    """The fictional team: Joke coordinates, Fatma and Henk welcome."""

    def __init__(self, folder: Path, origin: str, clock: Clock | None = None, server: Starlette | None = None) -> None:
        """`server`: one in this process, in place of the one at `origin`."""
        self._folder, self._origin, self._server = folder, origin, server
        self._clock = clock or SystemClock()
        self.apps: dict[str, App] = {}

    def _device(self, who: str) -> App:
        folder = self._folder / who
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        world = World(
            NativePrimitives(),
            FileDeviceKey(folder / "device.key"),
            SystemRandom(),
            self._clock,
            HttpTransport(self._origin, self._server),
            NoShelf() if self._server else NativeShelf(folder),  # while much is made, it is not put away each time
        )
        return App(world, NativeStorage(folder), QuietPage(self._origin))

    def _secret(self, who: str) -> str:
        path = self._folder / who / "secret"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.write_text(f"{who} {secrets.token_hex(8)}")
            path.chmod(0o600)
        return path.read_text()

    async def join(self, who: str, name: str, link: str) -> App:
        """A new device of somebody, by a link."""
        app = self._device(who)
        await app.start(link)
        await app.accept(name, self._secret(who))
        self.apps[who] = app
        return app

    async def make(self, first_link: str) -> None:
        """The team, its visits, and one word of thanks."""
        joke = await self.join("joke", "Joke", first_link)
        for who, name in (("fatma", "Fatma"), ("henk", "Henk")):
            invite = await joke.invite(name, Role.CONTACT)
            app = await self.join(who, name, invite.url)
            for told in _told()[who]:
                await app.save_visit(told.form)
            await app.sync_once()
        await joke.sync_once()
        first = joke.queue(QueueFilter.OPEN)[0]
        await joke.review(first.id, ReviewState.SEEN, "Wat mooi dat ze wil komen koffiedrinken. Dank je wel, Fatma!")
        await joke.sync_once()

    async def furnish(self) -> None:
        """And what the coordinator's desk has to show."""
        from app.commands.demo_desk import furnish

        await furnish(*(self.apps[who] for who in ("joke", "fatma", "henk")))

    async def wake(self) -> None:
        """The same team after a restart."""
        for who in ("joke", "fatma", "henk"):
            self.apps[who] = app = self._device(who)
            await app.start()
            await app.unlock(self._secret(who))
            await app.sync_once()

    async def links(self) -> list[tuple[str, str]]:
        """A fresh link for each role."""
        joke, fatma = self.apps["joke"], self.apps["fatma"]
        return [
            ("Joke, coördinator (laptop)", (await joke.second_device()).url),
            ("Fatma, contactpersoon (telefoon)", (await fatma.second_device()).url),
            ("iemand nieuw, contactpersoon", (await joke.invite("Iemand nieuw", Role.CONTACT)).url),
        ]

    async def sleep(self) -> None:
        """Close the devices: from here on people take over."""
        for app in self.apps.values():
            with suppress(StraatError):
                await app.lock()


def demo(data: Path, host: str, port: int, site: Path, origin: str, visits: int = 0, seed: int = 1) -> None:
    """Run the server, make or wake the organisation, print the links, and go on until stopped. `visits`: so many, of two
    years, made before the server starts (0: the small team).
    """
    if visits and not (data / FOLDER / READY).exists():
        from app.commands.demo_large import make

        make(data, origin, visits, seed, _tell)
    asyncio.run(_run(data, host, port, site, origin))


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _worth_saying(record: logging.LogRecord) -> bool:
    """Not that nobody is here: the demo makes its organisation itself, in a moment."""
    return event_of(record)[0] != "no_organisation"


async def _run(data: Path, host: str, port: int, site: Path, origin: str) -> None:
    if not (data / FOLDER / READY).exists():
        logging.getLogger("straatcontact").addFilter(_worth_saying)
    app = make_app(open_store(data), NativePrimitives(), SystemClock(), site)
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", access_log=False, server_header=False)
    server = StoppingServer(config, app.state.service.wakeups)
    serving = asyncio.create_task(server.serve())
    while not server.started and not serving.done():  # noqa: ASYNC110 uvicorn has no event to wait for
        await asyncio.sleep(0.05)
    if server.started:
        folder = data / FOLDER
        team = Demo(folder, origin)
        if (folder / READY).exists():
            await team.wake()
        else:
            shutil.rmtree(folder, ignore_errors=True)  # an earlier start was cut off half way
            await team.make(await _first_link(app, origin))
            await team.furnish()
            (folder / READY).touch()
        _say(origin, await team.links())
        await team.sleep()
    await serving


async def _first_link(app: Starlette, origin: str) -> str:
    founding = await found(NativePrimitives(), SystemRandom(), SystemClock())
    await app.state.service.found(founding.genesis)
    return f"{origin}/#/{ROUTE}/{founding.invitation.to_text()}"


def _say(origin: str, links: list[tuple[str, str]]) -> None:
    sys.stdout.write(f"\nStraatcontact runs on {origin} with a made-up team (stop with Ctrl-C).\n\n")
    sys.stdout.write("1. Open each link in a browser profile of its own (or a private window): each works once.\n")
    sys.stdout.write(
        "2. Note a welcome visit as Fatma (with a PIN), read it as Joke (with a passphrase) and send a word of thanks.\n"
    )
    sys.stdout.write("3. Stop this server in between: noting goes on, and it syncs by itself once it runs again.\n\n")
    for who, link in links:
        sys.stdout.write(f"{who}\n  {link}\n")
    sys.stdout.flush()
