"""The made-up example of a register read in for real: a file chosen in Chromium, read where it lies, and kept."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from app.services.register.register import sample
from tests.support.chrome import Chrome, chrome
from tests.support.server_process import SITE, ServerProcess

# What is sent to the worker with a file waits until that file is gone: somebody pulls out the stick.
PULLED_OUT = """() => {
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (!message?.straat?.file?.file) return post.call(this, message, ...rest);
    Worker.prototype.postMessage = post;
    pullOut().then(() => post.call(this, message, ...rest));
  };
}"""

ASK = "(at) => { window.told = import(at).then((m) => m.chosenFile({ accept: '.csv', most: 4 })); }"


def choose(browser: Chrome, path: Path | str) -> None:
    """Choose a file as a person does."""
    with browser.page.expect_file_chooser() as chooser:
        browser.tap("Kies een bestand")
    chooser.value.set_files(path)


def _put_on_disk(browser: Chrome, path: Path) -> None:
    """Choose a file that stays where it lies: Playwright's own way hands over a copy."""
    with browser.page.expect_file_chooser():
        browser.tap("Kies een bestand")
    cdp = browser.context.new_cdp_session(browser.page)
    found = cdp.send("Runtime.evaluate", {"expression": "document.getElementById('file-file')"})["result"]
    cdp.send("DOM.setFileInputFiles", {"files": [str(path)], "objectId": found["objectId"]})


def geopackage(path: Path) -> Path:
    """Two homes as PDOK's BAG has them, made up."""
    with closing(sqlite3.connect(path)) as db:
        db.execute(
            "CREATE TABLE verblijfsobject (fid INTEGER PRIMARY KEY, openbare_ruimte_naam TEXT, huisnummer INTEGER,"
            " huisletter TEXT, toevoeging TEXT, postcode TEXT, woonplaats_naam TEXT)"
        )
        row = "INSERT INTO verblijfsobject VALUES (?, 'Kade', ?, NULL, NULL, '9999AB', 'Dorp')"
        db.executemany(row, [(1, 2), (2, 4)])
        db.commit()
    return path


@pytest.mark.soak
def test_files_are_read_where_they_lie_and_one_that_is_taken_away_is_told(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """One too large is refused; a GeoPackage; the example kept, floors and all; a stick pulled out, and Python goes on."""
    link = server.init()
    server.start()
    place = f"/r/{json.loads((SITE / 'site.json').read_text())['version']}/file.js"
    lost = tmp_path / "lost.csv"
    lost.write_text("straat;huisnummer\nKade;1\n")
    with chrome(playwright, tmp_path / "profile") as browser:
        browser.join(link, "Jokelien", "zachte landing samen")
        browser.sees("Niets te beoordelen")
        browser.place("Meer")
        browser.tap("Straten en deuren")
        browser.tap("Adressen inlezen")
        with browser.page.expect_file_chooser() as chooser:
            browser.page.evaluate(ASK, place)
        chooser.value.set_files(lost)
        assert browser.page.evaluate("() => window.told") == {"problem": "too_large"}, "by its size, unread"
        choose(browser, geopackage(tmp_path / "bag.gpkg"))
        browser.sees("Gevonden: 1 straat, 2 deuren")
        browser.tap("Een ander bestand")
        choose(browser, sample())
        browser.sees("Gevonden: 2 straten, 41 deuren")
        browser.sees("Regel 27: Voorbeeldstraat 26")
        browser.tap("2 straten opslaan")
        browser.sees("2 straten toegevoegd.")
        browser.tap("Naar de straten")
        browser.sees("Bedachte Flat")
        browser.not_blank()
        browser.tap("Adressen inlezen")
        browser.page.expose_function("pullOut", lambda: lost.unlink())
        browser.page.evaluate(PULLED_OUT)
        _put_on_disk(browser, lost)
        browser.sees("Dit bestand is niet heel.")
        browser.tap("Probeer een verzonnen voorbeeld")
        browser.sees("Gevonden: 2 straten, 41 deuren")
        assert [u for u in browser.requests if u.startswith("http") and not u.startswith(server.url)] == []
        browser.close()
