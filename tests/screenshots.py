"""`make screenshots`: every screen as it really is, out of the real app against the real server, with made-up data.

python -m tests.screenshots [--site build/web] [--out docs/screenshots] [--only NAME …]

Each screen of tests/support/every_screen.py on a phone and a laptop, in light and in dark, in Dutch and in English:
vandaag-phone-light-nl.webp. Small pictures (WebP), so that the repository stays small.
"""

import argparse
import base64
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

from tests.support.chrome import LAPTOP, PHONE, Chrome, chrome
from tests.support.every_screen import BEFORE, DESK, INSIDE, LOCKED, Stop
from tests.support.made_up import MadeUp
from tests.support.seen import tree
from tests.support.server_process import SITE, ServerProcess

SIZES = {"phone": PHONE, "laptop": LAPTOP}
LANGUAGES = {"nl": "Nederlands", "en": "English"}
QUALITY = 28
SCALE = {PHONE: 1.0, LAPTOP: 0.75}
PHRASE = "zachte landing samen"
STILL_MILLIS, PATIENCE = 150, 40


class Camera:
    """One browser in which somebody is (or is not yet), and the folder for its pictures."""

    def __init__(self, browser: Chrome, records: dict[str, str], out: Path, only: frozenset[str]) -> None:
        self._browser, self._page, self._records = browser, browser.page, records
        self._out, self._only = out, only
        self._cdp = browser.context.new_cdp_session(browser.page)
        self.bytes = self.count = 0

    def take(self, stops: Iterable[Stop], language: str) -> None:
        """All of these in both sizes and both themes."""
        wanted = [stop for stop in stops if not self._only or stop.name in self._only]
        for size, (width, height) in SIZES.items():
            self._page.set_viewport_size({"width": width, "height": height})
            for stop in wanted:
                self._go(stop)
                for theme in ("light", "dark"):
                    self._page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
                    self._page.wait_for_timeout(300)
                    self._shoot(self._out / f"{stop.name}-{size}-{theme}-{language}.webp")
                self._page.emulate_media(color_scheme="light")

    def _go(self, stop: Stop) -> None:
        self._page.evaluate("route => { location.hash = '#' + route }", stop.route.format(**self._records))
        self._page.mouse.move(0, 0)  # nothing is pointed at
        before, same = None, 0
        for _try in range(PATIENCE):
            self._page.wait_for_timeout(STILL_MILLIS)
            now = tree(self._page)
            before, same = now, same + 1 if now == before else 0
            if same >= 3:
                return

    def _shoot(self, path: Path) -> None:
        size = self._page.viewport_size
        assert size is not None
        scale = SCALE[size["width"], size["height"]]
        how = {"format": "webp", "quality": QUALITY, "clip": {"x": 0, "y": 0, **size, "scale": scale}}
        picture = b""
        for _try in range(PATIENCE):  # colours may still be fading from light to dark
            picture, before = base64.b64decode(self._cdp.send("Page.captureScreenshot", how)["data"]), picture
            if picture == before:
                break
            self._page.wait_for_timeout(STILL_MILLIS)
        path.write_bytes(picture)
        self.bytes, self.count = self.bytes + len(picture), self.count + 1

    def speak(self, language: str) -> None:
        """Change the language as a person does: at the foot before one is in, in the settings after that."""
        code = LANGUAGES[language]
        if self._page.get_by_role("checkbox", name=code).count():
            self._browser.tap(code, "checkbox")
        elif self._page.get_by_role("button", name=code).count():
            self._browser.tap(code)
        self._page.wait_for_timeout(500)


def _inside(camera: Camera, browser: Chrome, stops: list[Stop]) -> None:
    settings = next(stop for stop in INSIDE if stop.name == "instellingen")
    for language in LANGUAGES:
        browser.page.set_viewport_size({"width": PHONE[0], "height": 2400})
        camera._go(settings)
        camera.speak(language)
        camera.take(stops, language)
    browser.page.set_viewport_size({"width": PHONE[0], "height": 2400})
    camera._go(settings)
    camera.speak("nl")


def _join(browser: Chrome, label: str, secret: str) -> None:
    browser.page.set_viewport_size({"width": PHONE[0], "height": 1600})
    browser.type(label, secret)
    browser.type("Nog een keer", secret)
    browser.page.wait_for_timeout(1000)
    browser.tap("Meedoen")
    browser.sees("Vergrendel", timeout=60_000)
    browser.page.wait_for_timeout(3000)  # for what comes with the first round of sync


def take_all(playwright: Playwright, folder: Path, site: Path, out: Path, only: frozenset[str]) -> tuple[int, int]:
    """Every picture; how many there are, and their bytes."""
    (folder / "server").mkdir()
    server = ServerProcess(folder / "server")
    server.site = site
    try:
        team = MadeUp(folder / "team", server)
        with chrome(playwright, folder / "phone") as browser:
            browser.open(server.url)
            records = team.contact_records | {"invitation": team.links["contact"].rpartition("/")[2]}
            phone = Camera(browser, records, out, only)
            for stop in BEFORE:
                for language in ("en", "nl"):
                    phone._go(stop)
                    phone.speak(language)
                    phone.take([stop], language)
            _join(browser, "Pincode", "274915")
            _inside(phone, browser, INSIDE)
        with chrome(playwright, folder / "laptop") as browser:
            browser.open(team.links["coordinator"])
            laptop = Camera(browser, team.records, out, only)
            _join(browser, "Wachtzin", PHRASE)
            _inside(laptop, browser, DESK)
            browser.page.set_viewport_size({"width": PHONE[0], "height": 1600})
            browser.tap("Vergrendel")
            browser.sees("Je notities zijn vergrendeld", timeout=60_000)
            browser.taken_over()
            for language in ("en", "nl"):
                laptop._go(LOCKED[0])
                laptop.speak(language)
                laptop.take(LOCKED, language)
    finally:
        server.close()
    return phone.count + laptop.count, phone.bytes + laptop.bytes


def main() -> None:
    """See the module."""
    told = argparse.ArgumentParser(prog="python -m tests.screenshots")
    told.add_argument("--site", type=Path, default=SITE)
    told.add_argument("--out", type=Path, default=Path("docs/screenshots"))
    told.add_argument("--only", nargs="*", default=[], metavar="NAME")
    asked = told.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        count, size = take_all(playwright, Path(folder), asked.site, asked.out, frozenset(asked.only))
    sys.stdout.write(f"{count} pictures, {size / 2**20:.1f} MiB, in {asked.out}\n")


if __name__ == "__main__":
    main()
