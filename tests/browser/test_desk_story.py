"""A coordinator's afternoon at a laptop, by keyboard: what came in is read, filtered, counted and taken along.

One organisation of the large demo's making (a small one), a real server, real Chromium.
"""

import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from app.commands.demo_plan import Script
from tests.support.chrome import LAPTOP, Chrome, chrome
from tests.support.large_demo import VISITS, large_demo, waited
from tests.support.server_process import SITE, ServerProcess

PHRASE = "zachte landing samen"
FOCUSED = "() => document.activeElement.ariaLabel ?? document.activeElement.innerText"


def _tab_to(laptop: Chrome, name: str) -> None:
    for _try in range(90):
        laptop.page.keyboard.press("Tab")
        laptop.page.wait_for_timeout(30)
        if str(laptop.page.evaluate(FOCUSED)).startswith(name):
            return
    raise AssertionError(f"Tab never came to {name}")


def _new(laptop: Chrome) -> int:
    """How many the filter says are new."""
    chip = laptop.page.get_by_role("checkbox", name="Nieuw").first
    return int((chip.get_attribute("aria-label") or chip.inner_text()).split()[-1])


def test_a_coordinator_reads_filters_counts_and_takes_everything_along_by_keyboard(
    playwright: Playwright, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A visit is read and seen with two keys; a filter is chosen; the report says how many there were; the zip has every
    visit; the log says that it was made.
    """
    assert (SITE / "site.json").exists(), "make web first"
    data, played = large_demo(tmp_path_factory, tmp_path)
    server = ServerProcess(data)
    server.start()
    try:
        link = waited(data, server.url)
        with chrome(playwright, tmp_path / "laptop", LAPTOP) as laptop:
            laptop.join(link, "", PHRASE)
            laptop.sees("Zoek preciezer", timeout=60_000)
            _reads_and_filters(laptop)
            _counts(laptop, played)
            _takes_along(laptop, played, tmp_path / "alles.zip")
            assert not laptop.errors
            laptop.close()
    finally:
        server.close()


def _all_is_in(laptop: Chrome) -> int:
    """Wait until nothing more comes in; how many are new then."""
    before, now = -1, _new(laptop)
    while now != before:
        laptop.page.wait_for_timeout(2_000)
        before, now = now, _new(laptop)
    return now


def _reads_and_filters(laptop: Chrome) -> None:
    before = _all_is_in(laptop)
    laptop.page.keyboard.press("j")
    laptop.sees("Gezien")
    laptop.page.keyboard.press("g")
    assert _all_is_in(laptop) == before - 1, "one less is new"
    _tab_to(laptop, "Gezien")
    laptop.page.keyboard.press("Space")
    laptop.sees("Toon meer")
    laptop.not_blank()


def _counts(laptop: Chrome, played: Script) -> None:
    """What the table of this year says is what was played."""
    _tab_to(laptop, "Rapport")
    laptop.page.keyboard.press("Enter")
    laptop.sees("Niet voor publicatie")
    _tab_to(laptop, "Tabel")
    laptop.page.keyboard.press("Space")
    visits = sum(v.at.year == played.last.year for v in played.visits)
    laptop.sees(f"Bezoeken: {visits}")
    laptop.not_blank()


def _takes_along(laptop: Chrome, played: Script, to: Path) -> None:
    _tab_to(laptop, "Meenemen")
    laptop.page.keyboard.press("Enter")
    laptop.sees("Alles van de organisatie")
    _tab_to(laptop, "Maak een zip met alles")
    laptop.page.keyboard.press("Enter")
    laptop.sees("Dit bestand is niet versleuteld")
    _tab_to(laptop, "Ja, maak het bestand")
    with laptop.page.expect_download(timeout=60_000) as saved:
        laptop.page.keyboard.press("Enter")
    saved.value.save_as(to)
    with zipfile.ZipFile(to) as zip_:
        visits = [json.loads(line)["fields"] for line in zip_.read("records/visit.jsonl").splitlines()]
        manifest = json.loads(zip_.read("manifest.json"))
    assert sorted(v["count.day"] for v in visits) == sorted(str(v.form.day) for v in played.visits)
    assert manifest["kinds"]["visit"] == VISITS
    assert manifest["not_in_it"]["aside"] == {}
    _tab_to(laptop, "Logboek")
    laptop.page.keyboard.press("Enter")
    laptop.sees("meegenomen")
