"""From a tap on Opslaan on one phone to the text on a coordinator's screen: two real browsers and a real server.

server.wake_ms: floor, the same tap until the phone's own screen says that it is saved. server.wake_cpython_ms: the
same apps on CPython, without screens; floor, the bare requests that it takes, one after another.
"""

import asyncio
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright, expect, sync_playwright

from app.services.models import QueueFilter
from sync.core import wire
from tests.bench.metric import metric
from tests.support.chrome import LAPTOP, Chrome, chrome
from tests.support.on_air import OnAir, on_air
from tests.support.server_process import ServerProcess
from tests.support.settled_team import FORM, session_of, settle, team

RUNS = 10
PIN, PHRASE = "274915", "zachte landing samen"
WATCH = """text => { window.shown = new Promise(resolve => {
    const look = () => document.documentElement.innerHTML.includes(text)
        ? resolve(performance.timeOrigin + performance.now()) : setTimeout(look, 5);
    look(); }); }"""


def measure() -> dict[str, Any]:
    """server.wake_ms and server.wake_cpython_ms."""
    with tempfile.TemporaryDirectory() as folder:
        shown, saved = _in_browsers(Path(folder) / "browsers")
        woken, bare = asyncio.run(_on_cpython(Path(folder) / "cpython"))
    return {
        "server.wake_ms": metric(shown, "ms", statistics.median(saved)),
        "server.wake_cpython_ms": metric(woken, "ms", statistics.median(bare)),
    }


# -- two browsers ----------------------------------------------------------------------------------------


def _in_browsers(folder: Path) -> tuple[list[float], list[float]]:
    (folder / "server").mkdir(parents=True)
    server = ServerProcess(folder / "server")
    link = server.init()
    try:
        server.start()
        with sync_playwright() as playwright, chrome(playwright, folder / "laptop", LAPTOP) as laptop:
            phone = _joined(playwright, folder, laptop, link)
            try:
                runs = [_saved(phone, laptop, f"Krokussenhof {n}") for n in range(101, 101 + RUNS)]
            finally:
                phone.close()
            laptop.close()
    finally:
        server.close()
    return [shown for shown, _ in runs], [saved for _, saved in runs]


def _joined(playwright: Playwright, folder: Path, laptop: Chrome, link: str) -> Chrome:
    """A coordinator who looks at what is new, and a contact person's phone."""
    laptop.join(link, "Jokelien", PHRASE)
    laptop.sees("Niets te beoordelen")
    laptop.tap("Mensen")
    laptop.type("Naam", "Fatmadina")
    laptop.tap("Maak uitnodiging")
    laptop.context.grant_permissions(["clipboard-read", "clipboard-write"])
    laptop.tap("Kopieer de link")
    phone = Chrome(playwright, folder / "phone")
    phone.join(laptop.page.evaluate("navigator.clipboard.readText()"), "Fatmadina", PIN, "Pincode")
    phone.sees("Alles staat op de server")
    laptop.tap("Beoordelen")
    return phone


def _saved(phone: Chrome, laptop: Chrome, address: str) -> tuple[float, float]:
    """Milliseconds until the other screen shows it, and until the own one says that it is saved."""
    phone.tap("Nieuw bezoek")
    phone.tap("kennisgemaakt", "checkbox")
    phone.tap("Ja, de coördinator")
    phone.type("Adres", address)
    button = phone.button("Opslaan")
    phone._bring_into_view(button)
    box = button.bounding_box()
    assert box is not None
    laptop.page.evaluate(WATCH, address)
    phone.page.evaluate(WATCH, "Opgeslagen op dit apparaat")
    began = time.time() * 1000
    phone.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    shown, saved = (_when(browser.page) - began for browser in (laptop, phone))
    phone.tap("Terug")
    expect(phone.page.get_by_text("Opgeslagen op dit apparaat")).to_have_count(0, timeout=20_000)
    return shown, saved


def _when(page: Page) -> float:
    return float(page.evaluate("window.shown"))


# -- without screens -------------------------------------------------------------------------------------


async def _on_cpython(folder: Path) -> tuple[list[float], list[float]]:
    await settle(folder / "settled")
    async with team(folder / "settled", folder / "team") as t, on_air(t) as air:
        joke, fatma = await air.opened("joke"), await air.opened("fatma")
        await air.listening(2)
        woken, bare = [], []
        for n in range(RUNS):
            began = time.perf_counter()
            await fatma.save_visit(replace(FORM, note=f"bezoek {n}"))
            while not any(v.form.note == f"bezoek {n}" for v in joke.queue(QueueFilter.ALL)):
                await asyncio.sleep(0.002)
            woken.append((time.perf_counter() - began) * 1000)
            bare.append(await _bare(air))
            await air.quiet()
        for app in t.apps:
            await app.locking.stop()
    return woken, bare


async def _bare(air: OnAir) -> float:
    """The five requests of it, with nothing in them: roll, push and pull of the one, roll and pull of the other."""
    began = time.perf_counter()
    for app, paths in ((air.team.apps[1], ("roll", "push", "pull")), (air.team.apps[0], ("roll", "pull"))):
        session = session_of(app)
        rings = sorted(session.roll.state.readable(session.device))
        bodies = {"roll": len(session.roll.entries), "push": [], "pull": [[ring, 1 << 40] for ring in rings]}
        for path in paths:
            await session.world.transport.send(
                "POST", f"/v1/{path}", wire.encode(bodies[path]), session.syncer.line.token
            )
    return (time.perf_counter() - began) * 1000
