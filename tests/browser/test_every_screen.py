"""Every screen in one walk of a real browser: what it says to assistive tools, and what is really drawn.

The two are held against each other on purpose. A screen may be dead while its tree still works (nothing but grey is
drawn), and a screen that looks well may say nothing to someone who can't see it.
"""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.support.chrome import Chrome, chrome
from tests.support.every_screen import BEFORE, DESK, INSIDE, LOCKED, Stop
from tests.support.made_up import MadeUp
from tests.support.seen import Part, look, tree
from tests.support.server_process import ServerProcess

PHRASE = "zachte landing samen"
SIZE = (390, 1600)  # as wide as a phone, and so high that little has to be scrolled to
FOOT = 120  # what lies lower is under the bar, or not drawn yet
SMALLEST = 48
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Letters are pixels here, which axe can't see: their contrast is measured below. And Flutter forbids pinching, which
# would break its layout: the text's size is chosen in the app, the device or the browser instead (docs/decisions/0015).
OFF = {name: {"enabled": False} for name in ("color-contrast", "meta-viewport")}


class Walk:
    """Goes from screen to screen and writes down what is wrong, so that one walk tells all."""

    def __init__(self, phone: Chrome, records: dict[str, str]) -> None:
        self.phone, self.page, self.records = phone, phone.page, records
        self.axe = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
        self.wrong: list[str] = []
        self.dark = False

    def loaded(self) -> None:
        """The page was loaded anew."""
        self.page.evaluate(self.axe)

    def visit(self, stop: Stop) -> None:
        """Open a screen and look at it."""
        if stop.route != "/":
            self.page.evaluate("route => { location.hash = '#' + route }", stop.route.format(**self.records))
        self.phone.sees(stop.sees)
        found = self._says(stop, self._still())
        self._draws(stop, found)
        if self.dark:
            self._focuses(stop)
        else:
            self._grows(stop, found)

    def through(self, stops: list[Stop]) -> None:
        """Half of them in the light and with large text too, the other half in the dark (CI has an end)."""
        for self.dark in (False, True):
            self.page.emulate_media(color_scheme="dark" if self.dark else "light", reduced_motion="reduce")
            for stop in stops[self.dark :: 2]:
                self.visit(stop)

    def _note(self, stop: Stop, what: str) -> None:
        self.wrong.append(f"{stop.name}: {what}")

    def _still(self) -> list[Part]:
        """The tree, once it stays as it is: words of the screen before may be on this one too."""
        before = None
        for _try in range(50):
            self.page.wait_for_timeout(100)
            now = tree(self.page)
            if now == before:
                break
            before = now
        return now

    def _says(self, stop: Stop, found: list[Part]) -> list[Part]:
        """The tree: one heading of the first level, names for all that can be used, room for a thumb, no axe rule."""
        if sum(part.level == 1 for part in found) != 1:
            self._note(stop, "not one title")
        for part in found:
            if part.can and not part.name:
                self._note(stop, f"without a name: {part.label}")
            if part.can and min(part.width, part.height) < SMALLEST - 0.5 and _drawn(part):
                self._note(stop, f"too small for a thumb: {part.label}")
        ran = {"resultTypes": ["violations"], "runOnly": RULES, "rules": OFF}
        for broken in self.page.evaluate("how => axe.run(document, how)", ran)["violations"]:
            self._note(stop, f"axe {broken['id']}: {broken['nodes'][0]['html'][:200]}")
        return found

    def _draws(self, stop: Stop, found: list[Part]) -> None:
        """The pixels: where the tree has words there are letters that stand out."""
        words = [p for p in found if p.name and p.role not in ("group", "dialog") and _drawn(p)]
        _colours, contrasts = look(self.page, self.page.screenshot(), words)
        for part, contrast in zip(words, contrasts, strict=True):
            if contrast < 4.5:
                self._note(stop, f"contrast {contrast:.1f}: {part.label}")

    def _focuses(self, stop: Stop) -> None:
        """Tab draws a ring."""
        before = self.page.screenshot()
        self.page.keyboard.press("Tab")
        self.page.wait_for_timeout(100)
        if self.page.screenshot() == before:
            self._note(stop, "Tab shows nothing")

    def _grows(self, stop: Stop, before: list[Part]) -> None:
        """At 200 % text all words are still there, and none stands beside the screen."""
        self.page.evaluate("document.documentElement.style.fontSize = '200%'")
        self.page.wait_for_timeout(300)
        after = tree(self.page)
        lost = {p.name for p in before} - {p.name for p in after}
        out = [p.label for p in after if p.x < -0.5 or p.x + p.width > SIZE[0] + 0.5]
        self.page.evaluate("document.documentElement.style.fontSize = ''")
        if out:
            self._note(stop, f"at 200 % beside the screen: {out}")
        if lost and sum(p.height for p in before) < SIZE[1] / 3:  # a longer screen goes on below
            self._note(stop, f"at 200 % lost: {sorted(lost)}")


def _by_keys_alone(phone: Chrome) -> None:
    """Tab to a button and a chip, Enter and Space to use them, Escape to go back."""
    focused = "() => document.activeElement.ariaLabel ?? document.activeElement.innerText"

    def tab_to(name: str) -> None:
        for _try in range(60):
            phone.page.keyboard.press("Tab")
            phone.page.wait_for_timeout(30)
            if str(phone.page.evaluate(focused)).startswith(name):
                return
        raise AssertionError(f"Tab never came to {name}")

    phone.page.evaluate("location.hash = '#/meer'")
    phone.sees("Van jou")
    tab_to("Instellingen")
    phone.page.keyboard.press("Enter")
    phone.sees("Grootte van de tekst")
    tab_to("heel groot")
    phone.page.keyboard.press("Space")
    expect(phone.page.locator("html")).to_have_attribute("style", re.compile("200%"))
    phone.page.keyboard.press("Escape")
    phone.sees("Van jou")
    tab_to("Instellingen")
    phone.page.keyboard.press("Enter")
    tab_to("English")
    phone.page.keyboard.press("Space")
    phone.sees("Size of the text")
    expect(phone.page.locator("html")).to_have_attribute("lang", re.compile("^en"))
    tab_to("normal")
    phone.page.keyboard.press("Enter")
    tab_to("Nederlands")
    phone.page.keyboard.press("Space")
    phone.sees("Grootte van de tekst")


def _drawn(part: Part) -> bool:
    """Whether all of it is on the screen: what is lower is half behind the bar, or there in the tree only."""
    return part.y + part.height < SIZE[1] - FOOT


@pytest.mark.browser
def test_every_screen_can_be_seen_heard_and_used_without_a_mouse(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """Names, titles, room for a thumb, axe's rules, contrast in light and dark, a ring of focus, 200 % text."""
    team = MadeUp(tmp_path / "team", server)
    with chrome(playwright, tmp_path / "phone", SIZE) as phone:
        phone.open(server.url)
        walk = Walk(phone, team.records)
        walk.loaded()
        walk.through(BEFORE)
        phone.type("Wachtzin", PHRASE)
        phone.type("Nog een keer", PHRASE)
        phone.page.wait_for_timeout(500)
        phone.tap("Meedoen")
        phone.sees("Beoordelen")
        walk.through([*INSIDE, *DESK])
        _by_keys_alone(phone)
        phone.tap("Vergrendel")
        phone.sees("Je notities zijn vergrendeld", timeout=60_000)
        phone.taken_over()
        walk.loaded()
        walk.through(LOCKED)
        phone.page.evaluate("location.hash = '#/'")
        phone.sees("Je notities zijn vergrendeld")
        phone.tap("English")
        phone.sees("Your notes are locked")
        phone.page.goto(f"{server.url}/?hulplijnen")  # the page without the app, as hiding shows it
        expect(phone.page.get_by_role("heading", name="Help lines")).to_be_visible()
        expect(phone.page.locator("html")).to_have_attribute("lang", "en")
        walk.loaded()
        ran = {"resultTypes": ["violations"], "runOnly": RULES}
        walk.wrong += [v["id"] for v in phone.page.evaluate("how => axe.run(document, how)", ran)["violations"]]
        phone.close()
    assert not walk.wrong, "\n".join(walk.wrong)
