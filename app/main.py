"""The phone's composition root: wires the browser's ports to the app, and the app to its screens."""

import traceback

import flet as ft

from app.platform.browser import (
    BrowserClock,
    BrowserDeviceKey,
    BrowserPage,
    BrowserPasskeys,
    BrowserRandom,
    BrowserShelf,
    BrowserStorage,
)
from app.platform.browser_crypto import BrowserPrimitives
from app.platform.browser_transport import FetchTransport
from app.services.app import App
from app.services.session import World
from app.views.shell import Shell


async def main(page: ft.Page) -> None:
    """One page."""
    browser = BrowserPage()
    world = World(
        BrowserPrimitives(),
        BrowserDeviceKey(),
        BrowserRandom(),
        BrowserClock(),
        FetchTransport(),
        BrowserShelf(),
        BrowserPasskeys(),
    )
    app = App(world, BrowserStorage(), browser)

    shell = Shell(page, app)

    def hear(message: dict[str, object]) -> None:
        if message.get("escape"):
            page.run_task(shell.safe(shell.escape))
        if isinstance(letter := message.get("key"), str):
            page.run_task(typed, letter)
        if message.get("updateReady"):
            app.announce_update()
        if message.get("makeWay"):
            page.run_task(app.storing.make_way)
        if "stuck" in message:
            app.storing.hear_stuck(bool(message["stuck"]))
        if message.get("adrift"):
            page.run_task(put_back)
        if "visible" in message:
            see = app.locking.in_sight if message["visible"] else app.locking.out_of_sight
            page.run_task(see)
        if message.get("online") or message.get("visible"):
            app.sync_now()
        if message.get("visible") is False:
            app.locking.hidden()

    async def typed(letter: str) -> None:
        await shell.safe(shell.key)(letter)
        browser.letter_done()

    async def put_back() -> None:
        await shell.dress.keep()  # what was chosen for the screen lies beside the log, and went with it
        await app.storing.put_back()

    browser.listen(hear)
    await shell.start()

    async def begin() -> None:
        try:
            await app.start(page.route or "")
            browser.works()
        except Exception:  # whatever it is, a person must see the help lines and a way to try again
            browser.failed(traceback.format_exc())

    page.run_task(begin)
    browser.ready()


def run() -> None:
    """Start Flet in the worker."""
    ft.run(main)
