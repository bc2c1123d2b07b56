"""The coordinator's desk over 10,000 visits, in the real app in real Chromium: a new laptop takes in two years.

desk.report_10000: the slowest of all reports that can be chosen (each area, years, quarters, a month; compared with before),
in the app's own worker. Floor: the same of a year in which nothing was. desk.queue_filter_1000: from the finger on a filter of
the queue until what it gives has been drawn, 95th percentile; floor: a tap on the filter that is chosen already.
desk.first_sync_10000 and desk.unlock_10000: from joining until all is there, and from the PIN until the queue; floors: an idle
round of sync, and the slow derivation alone.

The organisation is made anew (some minutes), or taken from the folder that STRAATCONTACT_DEMO names, where one lies already.
"""

import asyncio
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from playwright.sync_api import expect, sync_playwright

from app.commands import demo_large
from app.commands.demo import FOLDER, READY, Demo
from tests.bench.metric import metric
from tests.support.chrome import LAPTOP, Chrome, chrome
from tests.support.server_process import ServerProcess

VISITS, SEED, WARM, TAPS = int(os.environ.get("STRAATCONTACT_VISITS", "10000")), 1, 3, 40
PHRASE, PATIENCE = "zachte landing samen", 900
IN_WORKER = (Path(__file__).parent / "in_worker_desk.py").read_text(encoding="utf-8")
# From the finger's press until nothing on the screen has changed for a while; the last change, and that frame drawn.
WATCH = """() => { window.still = new Promise(resolve => {
    let began = 0, last = 0;
    addEventListener('pointerdown', () => { began = performance.now(); }, { once: true, capture: true });
    const watch = new MutationObserver(() => { if (began) requestAnimationFrame(() => { last = performance.now(); }); });
    watch.observe(document.querySelector('flt-semantics-host'),
        { subtree: true, childList: true, attributes: true, characterData: true });
    const look = setInterval(() => { const now = performance.now();
        if (last ? now - last > 400 : began && now - began > 3000) {
            clearInterval(look); watch.disconnect(); resolve((last || now) - began); } }, 50); }); }"""


def measure() -> dict[str, Any]:
    """desk.report_10000, desk.queue_filter_1000, desk.first_sync_10000 and desk.unlock_10000."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = _organisation(Path(folder))
        server = ServerProcess(data)
        server.start()
        try:
            link = ThreadPoolExecutor(1).submit(asyncio.run, _link(data, server.url)).result()
            with chrome(playwright, Path(folder) / "laptop", LAPTOP) as laptop:
                found = _measured(laptop, server, link)
                laptop.close()
        finally:
            server.close()
    return found


def _organisation(folder: Path) -> Path:
    kept = Path(os.environ["STRAATCONTACT_DEMO"]) if "STRAATCONTACT_DEMO" in os.environ else folder / "kept"
    if not (kept / FOLDER / READY).exists():
        with ThreadPoolExecutor(1) as own:  # Playwright has a loop of its own in this thread
            own.submit(demo_large.make, kept, "http://localhost", VISITS, SEED, _say).result()
    return Path(shutil.copytree(kept, folder / "data"))


async def _link(data: Path, url: str) -> str:
    """A second device of the coordinator's."""
    team = Demo(data / FOLDER, url)
    app = team._device("joke")
    await app.start()
    await app.unlock(team._secret("joke"))
    await app.sync_once()
    link = (await app.second_device()).url
    await app.sync_once()  # its keys are handed on
    await app.lock()
    return link


def _measured(laptop: Chrome, server: ServerProcess, link: str) -> dict[str, Any]:
    laptop.open(link)
    laptop.type("Wachtzin", PHRASE)
    laptop.type("Nog een keer", PHRASE)
    began = time.perf_counter()
    laptop.tap("Meedoen")
    laptop.sees("Sla de rondleiding over", timeout=PATIENCE * 1000)
    _python(laptop, IN_WORKER)
    while _python(laptop, "visits()") < VISITS or not _python(laptop, "settled()"):
        assert time.perf_counter() - began < PATIENCE, laptop.errors
        time.sleep(1)
    synced = (time.perf_counter() - began) * 1000
    before = time.perf_counter()
    _python(laptop, "await APP.sync_once()")
    idle = (time.perf_counter() - before) * 1000
    laptop.tap("Sla de rondleiding over")
    laptop.sees("Beoordelen", timeout=60_000)
    slowest, what, times, empty = json.loads(_python(laptop, "reports()"))
    median = statistics.median(times)
    _say(f"the slowest of {len(times)} reports is of {what}; the median takes {median:.0f} ms")
    taps, same = _filters(laptop)
    laptop.tap("Vergrendel")
    laptop.sees("Je notities zijn vergrendeld", timeout=60_000)
    unlock = _unlock(laptop, server.url)
    return {
        "desk.report_10000": metric([slowest], "ms", statistics.median(empty)),
        "desk.queue_filter_1000": metric([_p95(taps)], "ms", _p95(same)),
        "desk.queue_filter_ms": metric(taps, "ms", statistics.median(same)),
        "desk.first_sync_10000": metric([synced], "ms", idle),
        "desk.unlock_10000": metric([unlock], "ms", idle),
    }


def _say(line: str) -> None:
    sys.stderr.write(f"bench: {line}\n")


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _python(laptop: Chrome, code: str) -> Any:
    return laptop.page.workers[0].evaluate("(code) => self.pyodide.runPythonAsync(code)", code)


def _filters(laptop: Chrome) -> tuple[list[float], list[float]]:
    """Milliseconds of taps that go to and fro between filters, and of taps on the chosen one, in turns."""
    taps, same = [], []
    for n in range(WARM + TAPS):
        name = ("Gezien", "Alles", "Nieuw")[n % 3]
        taps.append(_tap(laptop, name))
        same.append(_tap(laptop, name))
    return taps[WARM:], same[WARM:]


def _tap(laptop: Chrome, name: str) -> float:
    chip = laptop.page.get_by_role("checkbox", name=name).first
    expect(chip).to_be_visible()
    box = chip.bounding_box()
    assert box is not None
    laptop.page.evaluate(WATCH)
    laptop.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    return float(laptop.page.evaluate("window.still"))


def _unlock(laptop: Chrome, url: str) -> float:
    """Milliseconds from the PIN until the queue can be read."""
    laptop.open(url)
    laptop.type("Pincode of wachtzin", PHRASE)
    began = time.perf_counter()
    laptop.page.keyboard.press("Enter")
    laptop.sees("Zoek preciezer", timeout=PATIENCE * 1000)
    return (time.perf_counter() - began) * 1000
