"""What sealing costs, in the real app in real Chromium: 10,000 changes pulled, 10,000 notes unlocked; 50 devices rotated.

The notes are made on CPython by real writers (tests.support.large_team). Each figure has its floor from the same run:
the bare signatures and openings for a pull, the slow derivation for an unlocking, the ticking of an idle loop for the
longest silence, the HPKE seals for a rotation.
"""

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from playwright.sync_api import expect, sync_playwright

from app.platform.native_transport import HttpTransport
from sync.core import hpke
from sync.device.log import SqliteLog
from sync.device.replica import Replica
from sync.device.steward import Steward
from sync.device.syncer import Syncer
from sync.device.writer import Writer
from sync.server.app import make_app
from tests.bench.metric import metric
from tests.bench.search import bare_words
from tests.support.chrome import LAPTOP, Chrome
from tests.support.large_team import LargeTeam
from tests.support.native_app import ORIGIN
from tests.support.organisation import RANDOM, P
from tests.support.server_process import ServerProcess

RUNS, CHANGES, NOTES, DEVICES = 3, 10_000, 10_000, 50
PATIENCE = 180
IN_WORKER = (Path(__file__).parent / "in_worker.py").read_text(encoding="utf-8")
PHRASE = "zachte landing samen"


def measure() -> dict[str, Any]:
    """desk.search_p95_browser_ms, desk.search_fill_browser_ms, trust.seal_1000_browser_ms, open_1000_browser_ms, first_pull_10000_ms, longest_block_ms, unlock_10000_ms and
    rotate_50_ms.
    """
    with tempfile.TemporaryDirectory() as folder:
        found = _in_browser(Path(folder))
    rotations = [_waited(_rotation()) for _ in range(RUNS)]
    rotated, seals = [r[0] for r in rotations], [r[1] for r in rotations]
    return {**found, "trust.rotate_50_ms": metric(rotated, "ms", statistics.median(seals))}


_THREAD = ThreadPoolExecutor(1)  # Playwright's loop has the main one; a log stays in the thread that made it


def _waited(work: Coroutine[Any, Any, Any]) -> Any:
    """The result of async work."""
    return _THREAD.submit(asyncio.run, work).result()


class _Laptop:
    """The coordinator's new laptop: the app in Chromium, with its worker watched."""

    def __init__(self, browser: Chrome) -> None:
        self.browser = browser

    def open(self, url: str) -> None:
        self.browser.page.goto(url, wait_until="commit")
        expect(self.browser.page.locator("#first")).to_have_class("gone", timeout=60_000)
        self.python(IN_WORKER)

    def python(self, code: str) -> Any:
        return self.browser.page.workers[0].evaluate("(code) => self.pyodide.runPythonAsync(code)", code)

    def wait_until(self, position: int) -> None:
        """Until so many envelopes were taken in."""
        until = time.monotonic() + PATIENCE
        while self.python("position()") < position:
            assert time.monotonic() < until, self.browser.errors
            time.sleep(0.5)

    def told(self) -> dict[str, Any]:
        return dict(json.loads(self.python("told()")))

    def wait_for(self, what: str) -> dict[str, Any]:
        """Until this was timed; everything that was timed meanwhile, and the longest silence."""
        took: dict[str, list[float]] = {}
        longest, until = 0.0, time.monotonic() + PATIENCE
        while what not in took:
            time.sleep(0.25)
            assert time.monotonic() < until, f"no {what}: {self.browser.errors}"
            told = self.told()
            longest = max(longest, told["longest"])
            for name, times in told["took"].items():
                took.setdefault(name, []).extend(times)
        return {"took": took, "longest": longest}


async def _team(folder: Path, origin: str) -> tuple[LargeTeam, str]:
    made = await LargeTeam.make(folder)
    await made.add_visits(CHANGES // 2)
    link = await made.laptop_link(origin)
    await made.let_go()
    return made, link


async def _more(made: LargeTeam, folder: Path) -> None:
    await made.take_up(folder)
    await made.add_visits(NOTES - CHANGES // 2)
    await made.let_go()


def _in_browser(folder: Path) -> dict[str, Any]:
    pulls, blocks, idles, unlocks, vaults, sealing = [], [], [], [], [], []
    fills, searches = [], []
    for run in range(RUNS):
        data = folder / f"server{run}"
        data.mkdir()
        server = ServerProcess(data)
        made, link = _waited(_team(data, server.url))
        server.start()
        try:
            with sync_playwright() as playwright:
                laptop = _Laptop(Chrome(playwright, folder / f"profile{run}", LAPTOP))
                try:
                    laptop.open(link)
                    laptop.told()
                    time.sleep(2)
                    idles.append(laptop.told()["longest"])
                    laptop.browser.type("Wachtzin", PHRASE)
                    laptop.browser.type("Nog een keer", PHRASE)
                    laptop.browser.tap("Meedoen")
                    pulled = laptop.wait_for("round")
                    pulls.append(pulled["took"]["round"][0])
                    blocks.append(pulled["longest"])
                    sealing.append(json.loads(laptop.python("await seal_and_open()")))
                    server.stop()
                    _waited(_more(made, data))
                    server.start()
                    laptop.wait_until(2 * NOTES)
                    laptop.browser.tap("Vergrendel")
                    laptop.browser.sees("Je notities zijn vergrendeld", timeout=60_000)
                    laptop.open(server.url)
                    laptop.told()
                    began = _unlock(laptop)
                    unlocks.append((time.perf_counter() - began) * 1000)
                    vaults.append(laptop.wait_for("unlock")["took"]["vault"][0])
                    fill, times = json.loads(laptop.python("await search()"))
                    fills.append(fill)
                    searches.append(statistics.quantiles(times, n=20)[-1])
                finally:
                    laptop.browser.close()
        finally:
            server.close()
    seal, opened, bare_seal, bare_open = ([run[i] for run in sealing] for i in range(4))
    bare = statistics.median(bare_open) * CHANGES / 1000
    bare_fill, bare_query = bare_words()
    return {
        "desk.search_p95_browser_ms": metric(searches, "ms", bare_query),
        "desk.search_fill_browser_ms": metric(fills, "ms", bare_fill),
        "trust.seal_1000_browser_ms": metric(seal, "ms", statistics.median(bare_seal)),
        "trust.open_1000_browser_ms": metric(opened, "ms", statistics.median(bare_open)),
        "trust.first_pull_10000_ms": metric(pulls, "ms", bare),
        "trust.longest_block_ms": metric(blocks, "ms", statistics.median(idles)),
        "trust.unlock_10000_ms": metric(unlocks, "ms", statistics.median(vaults)),
    }


def _unlock(laptop: _Laptop) -> float:
    laptop.browser.type("Pincode of wachtzin", PHRASE)
    began = time.perf_counter()
    laptop.browser.page.keyboard.press("Enter")
    laptop.browser.sees("Contactpersoon", timeout=PATIENCE * 1000)
    return began


async def _rotation() -> tuple[float, float]:
    """A device of a team of 51 leaves: milliseconds until its rings are renewed for 50, and for the bare seals."""
    with tempfile.TemporaryDirectory() as folder:
        made = await LargeTeam.make(Path(folder), DEVICES)
        people, organisation = made.organisation.people, made.organisation
        app = make_app(made.store, P, organisation.clock, None)
        async with app.router.lifespan_context(app):
            coordinator, log, clock = people[0], SqliteLog(":memory:"), organisation.clock
            log.append_roll(organisation.roll.entries)
            roll, keyring = organisation.roll, coordinator.keyring
            writer = Writer(P, RANDOM, clock, log, roll, keyring)
            replica = Replica(P, log, roll, keyring)
            transport = HttpTransport(ORIGIN, app)
            syncer = Syncer(transport, P, clock, RANDOM, log, roll, keyring, replica, writer)

            async def secrets() -> Any:
                return coordinator.secrets

            steward = Steward(P, RANDOM, log, roll, keyring, replica, writer, syncer, secrets)
            began = time.perf_counter()
            await steward.revoke([people[-1].device])
            took = (time.perf_counter() - began) * 1000
            assert len(roll.state.devices) == DEVICES
            items = [
                hpke.ToSeal(RANDOM.bytes(32), person.keyring.agreement.public, b"", bytes(32)) for person in people[:-1]
            ]
            began = time.perf_counter()
            await hpke.seal_many(P, items)
            floor = (time.perf_counter() - began) * 1000
            await transport.close()
    return took, floor
