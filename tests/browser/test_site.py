"""The site as a person meets it: first page, no other host, offline, updates; and the build behind it."""

import gzip
import hashlib
import json
import shutil
from pathlib import Path

import brotli
from playwright.sync_api import Playwright, expect

from tests.support.chrome import chrome
from tests.support.server_process import SITE, ServerProcess

FIRST = ["112", "113", "08001205", "08002000"]


def test_every_file_is_what_the_manifest_says() -> None:
    """Each file in site.json is there with its hash, and each encoding decodes to the same bytes."""
    site = json.loads((SITE / "site.json").read_text())
    assert site["compressed_mib"] <= 12
    for name, about in site["files"].items():
        data = (SITE / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == about["hash"], name
        for encoding in about["encodings"]:
            packed = (SITE / (name + {"br": ".br", "gzip": ".gz"}[encoding])).read_bytes()
            assert (brotli.decompress(packed) if encoding == "br" else gzip.decompress(packed)) == data, name


def test_nothing_in_the_site_starts_a_package_installer_or_names_a_cdn() -> None:
    """The archive holds no requirements, and no file that runs names another host to load from."""
    site = json.loads((SITE / "site.json").read_text())
    for name in site["files"]:
        assert "micropip" not in name
        if name.endswith((".js", ".mjs", ".html")):
            text = (SITE / name).read_text(encoding="utf-8")
            for host in ("cdn.jsdelivr.net/npm/@rive", "fonts.gstatic.com", "www.gstatic.com/flutter-canvaskit"):
                assert host not in text, (name, host)


def test_help_lines_can_be_called_before_and_without_the_app(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """The first page shows tel: links with 112 first, and says so in Dutch when Python can't start."""
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        phone.page.goto(server.url, wait_until="commit")
        links = phone.page.locator("#first a")
        expect(links.first).to_be_visible()
        assert [x.get_attribute("href") for x in links.all()][:4] == [f"tel:{n}" for n in FIRST]
        assert phone.page.locator("html").get_attribute("lang") == "nl"


def test_a_start_that_fails_says_so_and_keeps_the_help_lines(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """Without its Python archive the page stays, tells it in Dutch and offers to try again."""
    broken = tmp_path / "site"
    shutil.copytree(SITE, broken)
    for archive in broken.rglob("app.zip*"):
        archive.write_bytes(b"not a zip")
    server.site = broken
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        phone.page.goto(server.url, wait_until="commit")
        expect(phone.page.get_by_text("De app werkt nu niet")).to_be_visible(timeout=60_000)
        expect(phone.page.locator("#first a").first).to_be_visible()
        expect(phone.page.get_by_role("button", name="Opnieuw proberen")).to_be_visible()


def test_after_one_visit_the_app_starts_without_the_server_in_a_new_browser(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """Server stopped, browser restarted: the app starts, and asked no other host for anything, ever."""
    server.start()
    seen: list[str] = []
    for stopped in (False, True):
        if stopped:
            server.stop()
        with chrome(playwright, tmp_path / "phone") as phone:
            phone.open(server.url)
            phone.sees("Welkom bij Straatcontact")
            phone.type("Plak hier je uitnodiging", "☃ ✓ 漢 😀")  # glyphs that the bundled fonts lack
            phone.not_blank()
            phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
            seen += phone.requests
            assert [e for e in phone.errors if "Content Security Policy" in e] == []
            phone.close()
    assert [u for u in seen if u.startswith(("http:", "https:")) and not u.startswith(server.url)] == []


def test_a_new_version_waits_for_consent(playwright: Playwright, server: ServerProcess, tmp_path: Path) -> None:
    """It is fetched in the background, announced, and taken only when the person agrees."""
    site = tmp_path / "site"
    shutil.copytree(SITE, site)
    server.site = site
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        phone.open(server.url)
        phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        phone.page.reload(wait_until="commit")
        phone.open(server.url)
        _publish_newer(site)
        server.stop()
        server.start()
        phone.page.evaluate("navigator.serviceWorker.getRegistration().then(r => r.update()).then(() => true)")
        phone.sees("Er is een nieuwe versie", timeout=60_000)
        assert phone.page.title() == "Straatcontact"
        phone.tap("Nu bijwerken")
        expect(phone.page).to_have_title("Straatcontact 2", timeout=60_000)


def _publish_newer(site: Path) -> None:
    """The same build with another page title: index.html and sw.js differ, as after any update."""
    about = json.loads((site / "site.json").read_text())
    page = (site / "index.html").read_text().replace("<title>Straatcontact<", "<title>Straatcontact 2<")
    old, new = about["files"]["index.html"]["hash"], hashlib.sha256(page.encode()).hexdigest()
    worker = (site / "sw.js").read_text().replace(old[:16], new[:16])
    worker = worker.replace(f'VERSION = "{about["version"]}"', 'VERSION = "newer"')
    for name, text in (("index.html", page), ("sw.js", worker)):
        (site / name).write_text(text)
        about["files"][name] |= {"hash": hashlib.sha256(text.encode()).hexdigest(), "encodings": []}
    (site / "site.json").write_text(json.dumps(about))
