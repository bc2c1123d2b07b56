"""The app without its server, and how a new version comes: announced, and taken when the person wants it."""

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.support.chrome import chrome
from tests.support.server_process import SITE, ServerProcess

READY = "navigator.serviceWorker.ready.then(() => true)"
NEWER = "main[data-newer]"
LOOK = "navigator.serviceWorker.getRegistration().then((r) => r.update()).then(() => true)"
INSTALL = """async () => {
  const r = await navigator.serviceWorker.register("/sw.js");
  const fresh = r.installing;
  return new Promise((done) => fresh.addEventListener("statechange", () => {
    if (["installed", "redundant"].includes(fresh.state)) done(fresh.state);
  }));
}"""


def _copy(site: Path) -> Path:
    return Path(shutil.copytree(SITE, site))


def _publish_newer(server: ServerProcess) -> None:
    """The same build with a mark on its page: index.html and sw.js differ, as after any update."""
    site = server.site
    about = json.loads((site / "site.json").read_text())
    page = (site / "index.html").read_text().replace('<main id="first"', '<main data-newer id="first"')
    old, new = about["files"]["index.html"]["hash"], hashlib.sha256(page.encode()).hexdigest()
    worker = (site / "sw.js").read_text().replace(old[:16], new[:16])
    worker = worker.replace(f'VERSION = "{about["version"]}"', 'VERSION = "newer"')
    for name, text in (("index.html", page), ("sw.js", worker)):
        (site / name).write_text(text)
        about["files"][name] |= {"hash": hashlib.sha256(text.encode()).hexdigest(), "encodings": []}
    (site / "site.json").write_text(json.dumps(about))
    server.stop()
    server.start()


def _asked(server: ServerProcess, name: str) -> int:
    return len(re.findall(rb"GET \S*" + re.escape(name.encode()), bytes(server.wire.carried)))


def test_after_one_visit_the_app_starts_without_the_server_in_a_new_browser(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """Server stopped, browser restarted: help lines first, then the app; what only a server can say fails."""
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        phone.open(server.url)
        phone.page.evaluate(READY)
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
    server.site = _copy(tmp_path / "site")
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
    server.site = _copy(tmp_path / "site")
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        phone.open(server.url)
        phone.page.evaluate(READY)
        phone.open(server.url)
        phone.type("Plak hier je uitnodiging", "half getypt")
        fetched = _asked(server, "main.dart.js")
        _publish_newer(server)
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


def test_a_new_version_is_taken_at_the_next_start(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """Without consent the version that waits is taken when the app was closed and is opened again, server or not."""
    server.site = _copy(tmp_path / "site")
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        phone.open(server.url)
        phone.page.evaluate(READY)
        phone.open(server.url)
        _publish_newer(server)
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
    page.wait_for_function("caches.keys().then((names) => names.length === 1 && names[0] === 'straat-newer')")
