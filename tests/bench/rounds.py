"""Walking a round of 2,000 doors in the real app in real Chromium: from the tap to the next door, and its picture.

rounds.tap_p95_ms: from the finger to the next door on the screen, written before that. Floor: the same for skipping,
which draws as much and writes nothing. rounds.picture_frame_ms: the mean time between frames while 2,000 tiles are
scrolled (1,000 divided by it: frames a second; software rendering). Floor: the same page while it lies still.
rounds.picture_ms: until Python has made and sent the picture. Floor: one door changed in it.
"""

import json
import statistics
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import expect, sync_playwright

from tests.bench.metric import metric
from tests.support.chrome import Chrome, chrome
from tests.support.server_process import ServerProcess
from tests.support.street_team import StreetTeam

DOORS, WARM, TAPS, SKIPS, SCROLLS = 2_000, 4, 34, 10, 60  # a walk has fifty doors
PIN = "274915"
IN_WORKER = (Path(__file__).parent / "in_worker_tiles.py").read_text(encoding="utf-8")
# From the finger's press until what stands on the screen names another door, and that frame has been drawn.
WATCH = """words => { window.shown = new Promise(resolve => {
    let began = 0;
    addEventListener('pointerdown', () => { began = performance.now(); }, { once: true, capture: true });
    const host = document.querySelector('flt-semantics-host');
    const seen = () => [...host.querySelectorAll('h1, [aria-label]')]
        .some(e => (e.getAttribute('aria-label') ?? e.textContent).includes(words));
    const watch = new MutationObserver(() => { if (began && seen()) {
        watch.disconnect(); requestAnimationFrame(() => resolve(performance.now() - began)); } });
    watch.observe(host, { subtree: true, childList: true, attributes: true, characterData: true }); }); }"""
FRAMES = """() => { window.frames_ = []; window.counting = true;
    const next = at => { window.frames_.push(at); if (window.counting) requestAnimationFrame(next); };
    requestAnimationFrame(next); }"""


def measure() -> dict[str, Any]:
    """rounds.tap_p95_ms, rounds.tap_ms, rounds.picture_frame_ms and rounds.picture_ms."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        (Path(folder) / "server").mkdir()
        server = ServerProcess(Path(folder) / "server")
        try:
            team = StreetTeam(Path(folder) / "team", server, DOORS, ("Annika",))
            with chrome(playwright, Path(folder) / "phone") as phone:
                _join(phone, team)
                then = WARM + TAPS + 2  # the number of the door that comes next
                taps = [_timed(phone, n, "Gesproken" if n % 2 else "Niet thuis") for n in range(2, then)][WARM:]
                skips = [_timed(phone, n, "Overslaan") for n in range(then, then + SKIPS)]
                made, put, again = _picture(phone)
                still, scrolled = _frames(phone, False), _frames(phone, True)
                phone.close()
        finally:
            server.close()
    return {
        "rounds.tap_ms": metric(taps, "ms", statistics.median(skips)),
        "rounds.tap_p95_ms": metric([_p95(taps)], "ms", _p95(skips)),
        "rounds.picture_frame_ms": metric([statistics.mean(scrolled)], "ms", statistics.mean(still)),
        "rounds.picture_ms": metric([made + put], "ms", again),
    }


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _join(phone: Chrome, team: StreetTeam) -> None:
    phone.open(team.links[0])
    phone.type("Je naam", "Annika")
    phone.type("Pincode", PIN)
    phone.type("Nog een keer", PIN)
    phone.tap("Meedoen")
    phone.sees("Sla de rondleiding over", timeout=60_000)
    phone.tap("Sla de rondleiding over")
    phone.sees("Najaarsronde", timeout=60_000)
    phone.page.evaluate(f"location.hash = '#/loop/{team.walk}'")
    phone.sees("Deur 1 van")


def _timed(phone: Chrome, number: int, name: str) -> float:
    """Milliseconds from the tap until door `number` of the walk is on the screen."""
    button = phone.button(name)
    expect(button).to_be_visible()
    box = button.bounding_box()
    assert box is not None
    phone.page.evaluate(WATCH, f"Deur {number} van")
    phone.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    took = float(phone.page.evaluate("window.shown"))
    phone.page.wait_for_timeout(300)  # nobody rings and hears in less
    return took


def _picture(phone: Chrome) -> list[float]:
    worker = phone.page.workers[0]
    run = "(code) => self.pyodide.runPythonAsync(code)"
    worker.evaluate(run, IN_WORKER)
    times: list[float] = json.loads(worker.evaluate(run, f"show({DOORS})"))
    phone.page.wait_for_timeout(5_000)
    return times


def _frames(phone: Chrome, scroll: bool) -> list[float]:
    """Milliseconds between frames, while it lies still or a wheel turns all the time."""
    phone.page.mouse.move(190, 500)
    phone.page.evaluate(FRAMES)
    for _turn in range(SCROLLS):
        if scroll:
            phone.page.mouse.wheel(0, 120)
        phone.page.wait_for_timeout(30)
    at: list[float] = phone.page.evaluate("() => { window.counting = false; return window.frames_; }")
    return [b - a for a, b in pairwise(at)]
