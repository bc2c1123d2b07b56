"""The app without its server, and how a new version comes: announced, and taken when the person wants it."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.support import builds
from tests.support.chrome import chrome
from tests.support.server_process import SITE, ServerProcess

NEWER = "main[data-newer]"
LOOK = "navigator.serviceWorker.getRegistration().then((r) => r.update()).then(() => true)"
INSTALL = """async () => {
  const r = await navigator.serviceWorker.register("/sw.js");
  const fresh = r.installing;
  return new Promise((done) => fresh.addEventListener("statechange", () => {
    if (["installed", "redundant"].includes(fresh.state)) done(fresh.state);
  }));
}"""


def _asked(server: ServerProcess, name: str) -> int:
    return len(re.findall(rb"GET \S*" + re.escape(name.encode()), bytes(server.wire.carried)))


def test_after_one_visit_the_app_starts_without_the_server_in_a_new_browser(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """Server stopped, browser restarted: help lines first, then the app; what only a server can say fails."""
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        phone.open(server.url)
        phone.works_offline()
        phone.close()
    server.stop()
    with chrome(playwright, tmp_path / "phone") as phone:
        phone.page.goto(f"{server.url}/#/hulplijnen", wait_until="commit")
        expect(phone.page.locator("#hulplijnen a").first).to_be_visible()
        phone.open(f"{server.url}/")
        phone.sees("Welkom bij Straatcontact")
        phone.not_blank()
        assert phone.page.evaluate("fetch('/v1/health').then(() => 'answered', () => 'no server')") == "no server"


@pytest.mark.parametrize("file", ["icons/icon-512.png", "app.zip"])
def test_only_the_files_of_this_version_are_kept(
    playwright: Playwright, server: ServerProcess, tmp_path: Path, file: str
) -> None:
    """Where anything else comes in a file's place, as from a Wi-Fi sign-in page, nothing is installed; later it is."""
    server.site = builds.copy(tmp_path / "site")
    spoiled = next(server.site.rglob(file))
    parts = [p for p in spoiled.parent.iterdir() if p.name.startswith(spoiled.name)]
    for part in parts:
        part.write_bytes(b"<html>log in first</html>")
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        phone.page.goto(f"{server.url}/licenties.txt")  # a page of the site that starts no app
        assert phone.page.evaluate(INSTALL) == "redundant"
        for part in parts:
            shutil.copy(SITE / part.relative_to(server.site), part)
        assert phone.page.evaluate(INSTALL) == "installed"


def test_a_new_version_waits_for_consent(playwright: Playwright, server: ServerProcess, tmp_path: Path) -> None:
    """It comes in the background and is announced; what is typed stays, also with another window open; consent takes it."""
    server.site = builds.copy(tmp_path / "site")
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        phone.open(server.url)
        phone.works_offline()
        phone.open(server.url)
        phone.type("Plak hier je uitnodiging", "half getypt")
        fetched = _asked(server, "main.dart.js")
        builds.publish(server)
        phone.page.evaluate(LOOK)
        phone.sees("Er is een nieuwe versie", timeout=60_000)
        expect(phone.page.get_by_label("Plak hier je uitnodiging").first).to_have_value("half getypt")
        assert _asked(server, "main.dart.js") == fetched, "what did not change is not fetched again"
        other = phone.context.new_page()
        other.goto(f"{server.url}/licenties.txt")
        phone.page.bring_to_front()
        phone.open(f"{server.url}/?again")
        phone.sees("Er is een nieuwe versie", timeout=60_000)  # told again: the app had not been there to hear it
        expect(phone.page.locator(NEWER)).to_have_count(0)
        other.close()
        phone.tap("Nu bijwerken")
        expect(phone.page.locator(NEWER)).to_have_count(1, timeout=60_000)
        _one_version_is_kept(phone.page)


@pytest.mark.soak
def test_a_new_version_is_taken_at_the_next_start(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """Without consent the version that waits is taken when the app was closed and is opened again, server or not."""
    server.site = builds.copy(tmp_path / "site")
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        phone.open(server.url)
        phone.works_offline()
        phone.open(server.url)
        builds.publish(server)
        phone.page.evaluate(LOOK)
        phone.sees("Er is een nieuwe versie", timeout=60_000)
        phone.close()
    server.stop()
    with chrome(playwright, tmp_path / "phone") as phone:
        phone.open(server.url)
        expect(phone.page.locator(NEWER)).to_have_count(1)
        phone.sees("Welkom bij Straatcontact")
        _one_version_is_kept(phone.page)


def _one_version_is_kept(page: Page) -> None:
    """That of the page, whose script has its address: as soon as it has started."""
    here = "'straat-' + document.querySelector('script[type=module]').src.split('/')[4]"
    page.wait_for_function(f"caches.keys().then((names) => names.length === 1 && names[0] === {here})", timeout=60_000)
