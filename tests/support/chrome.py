"""The real Chromium as a person has it: a profile on disk, a process that can be killed, a page driven by roles."""

import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, Playwright, expect

from tests.support.ports import free_port

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--password-store=basic",
    # The address bar's own pages: a process of theirs in every browser, two thirds of a second of a core.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup",
]
START_MILLIS = 60_000
PHONE, LAPTOP = (390, 844), (1280, 800)


class Chrome:
    """One browser on one profile."""

    def __init__(
        self,
        playwright: Playwright,
        profile: Path,
        size: tuple[int, int] = PHONE,
        dark: bool = False,
        flags: Sequence[str] = (),
    ) -> None:
        port = free_port()
        command = [
            CHROMIUM,
            *FLAGS,
            *flags,
            f"--user-data-dir={profile}",
            f"--remote-debugging-port={port}",
            "about:blank",
        ]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        _wait_for(f"http://127.0.0.1:{port}/json/version")
        self.browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        self.context = self.browser.contexts[0]
        self.page: Page = self.context.pages[0]
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.set_default_timeout(20_000)
        if dark:
            self.page.emulate_media(color_scheme="dark")
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.context.on("request", lambda r: self.requests.append(r.url))
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))

    def kill(self) -> None:
        """SIGKILL the whole browser, as an empty battery would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        time.sleep(0.3)

    def close(self) -> None:
        """Close as a person does."""
        self.browser.close()
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    # -- using the app ---------------------------------------------------------------------------------------

    def open(self, url: str) -> None:
        """Go to the app and wait until its first screen has taken over."""
        self.page.goto(url, wait_until="commit")
        self.taken_over()

    def reload(self) -> None:
        """Load the page again, and wait as `open` does."""
        self.page.reload(wait_until="commit")
        self.taken_over()

    def taken_over(self) -> None:
        """Wait for the first page, and until it has made way: as long as it is not there, it is hidden as well."""
        first = self.page.locator("#first")
        first.wait_for(state="attached", timeout=START_MILLIS)
        expect(first).to_be_hidden(timeout=START_MILLIS)

    def join(self, link: str, name: str, secret: str, label: str = "Wachtzin") -> None:
        """Come in by an invitation (no name: by one of one's own), past the tour. `label`: a contact person's is a
        "Pincode".
        """
        self.open(link)
        if name:
            self.type("Je naam", name)
        self.type(label, secret)
        self.type("Nog een keer", secret)
        self.tap("Meedoen")
        self.sees("Sla de rondleiding over", timeout=START_MILLIS)
        self.tap("Sla de rondleiding over")

    def works_offline(self) -> None:
        """Wait until the service worker has all that the app needs."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def button(self, name: str) -> Locator:
        """A button (or card) by part of its label."""
        return self.page.get_by_role("button", name=re.compile(re.escape(name))).first

    def tap(self, name: str, role: str = "button") -> None:
        """Tap a button, chip or tab by part of its label, in its middle as a thumb does."""
        found = self.page.get_by_role(role, name=re.compile(re.escape(name))).first  # type: ignore[arg-type]
        expect(found).to_be_visible()
        self._bring_into_view(found)
        box = found.bounding_box()
        assert box is not None
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.page.wait_for_timeout(250)

    def _bring_into_view(self, found: Locator) -> None:
        """Scroll the canvas as a finger does: Flutter's own scrolling, not the browser's."""
        height = self.page.viewport_size["height"] - 90  # type: ignore[index]
        for _ in range(30):
            box = found.bounding_box()
            if box and box["y"] >= 0 and box["y"] + box["height"] <= height:
                return
            down = box is None or box["y"] > height / 2
            width = self.page.viewport_size["width"]  # type: ignore[index]
            self.page.mouse.move(box["x"] + 5 if box else width / 2, height / 2)
            self.page.mouse.wheel(0, 250 if down else -250)
            self.page.wait_for_timeout(150)

    def place(self, name: str) -> None:
        """Choose a place in the bar at the foot, or at the side."""
        self.page.locator("flt-semantics[aria-current]", has_text=name).click()
        self.page.wait_for_timeout(250)

    def type(self, label: str, text: str) -> None:
        """Type into a field, key by key."""
        found = self.page.get_by_label(label).first
        expect(found).to_be_visible()
        self._bring_into_view(found)
        found.click()
        self.page.wait_for_timeout(150)
        self.page.keyboard.type(text, delay=4)
        self.page.wait_for_timeout(150)

    def sees(self, text: str, timeout: int = 20_000) -> None:
        """Wait until a text is on the screen."""
        pattern = re.compile(re.escape(text))
        either = self.page.get_by_text(pattern).or_(self.page.get_by_role("button", name=pattern))
        expect(either.first).to_be_visible(timeout=timeout)

    def not_blank(self) -> None:
        """The pixels are a screen: more than one colour (semantics outlive a dead screen)."""
        assert len(self.page.screenshot()) > 8_000


@contextmanager
def chrome(
    playwright: Playwright,
    profile: Path,
    size: tuple[int, int] = PHONE,
    dark: bool = False,
    flags: Sequence[str] = (),
) -> Iterator[Chrome]:
    """A browser that is gone afterwards, whatever happened."""
    browser = Chrome(playwright, profile, size, dark, flags)
    try:
        yield browser
    finally:
        if browser.process.poll() is None:
            browser.kill()


def _wait_for(url: str, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
