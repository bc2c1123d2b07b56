"""Start to the first screen of the app in real Chromium. Floor: Flutter's own first frame in the same starts.

Cold: an empty profile, the server on the loopback. Warm: the same profile again, the server stopped.
"""

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright, expect, sync_playwright

from tests.bench.metric import metric
from tests.support.chrome import Chrome
from tests.support.server_process import ServerProcess

RUNS = 5
WATCH = "addEventListener('flutter-first-frame', () => { window.firstFrame ??= performance.now(); });"


def measure() -> dict[str, Any]:
    """start.cold_ms and start.warm_ms."""
    cold, warm, cold_floor, warm_floor = [], [], [], []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        for run in range(RUNS):
            server = ServerProcess(_made(Path(folder) / f"server{run}"))
            profile = Path(folder) / f"profile{run}"
            try:
                server.start()
                total, frame = _start(playwright, profile, server.url)
                cold.append(total)
                cold_floor.append(frame)
                server.stop()
                total, frame = _start(playwright, profile, server.url)
                warm.append(total)
                warm_floor.append(frame)
            finally:
                server.close()
    return {
        "start.cold_ms": metric(cold, "ms", statistics.median(cold_floor)),
        "start.warm_ms": metric(warm, "ms", statistics.median(warm_floor)),
    }


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _start(playwright: Playwright, profile: Path, url: str) -> tuple[float, float]:
    """Milliseconds from navigation to the first screen, and to Flutter's first frame."""
    browser = Chrome(playwright, profile)
    try:
        browser.page.add_init_script(WATCH)
        began = time.perf_counter()
        browser.page.goto(url, wait_until="commit")
        expect(browser.page.locator("#first")).to_have_class("gone", timeout=60_000)
        total = (time.perf_counter() - began) * 1000
        browser.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        return total, float(browser.page.evaluate("() => window.firstFrame"))
    finally:
        browser.close()
