"""The phone's files in the real browser: no room to open or to rescue, a saved view cut off, and storms of reloads."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser.test_log_browser import IMPORT, PACKAGES, SCRIPTS, _Victim
from tests.browser.worker_harness import serve

pytestmark = pytest.mark.browser
WITH_PAGE = replace(SCRIPTS, modules={**SCRIPTS.modules, "page": "/log_parts.js#page"})
FRESH = """import tests.browser.in_worker_log as w
from sync.core.errors import DiskFull
from app.platform.browser import BrowserStorage
async def tried():
    try:
        opened = await BrowserStorage().open()
        opened.log.append([w.row(1)], {'last': (1).to_bytes(4, 'big')})
        opened.log.close()
        return 'there'
    except DiskFull:
        return 'full'
"""
VIEW = """import asyncio
from straat_js import storage
from pyodide.ffi import to_js
async def view():
    for letter in range(1, 250):
        await storage.view.write(to_js([bytes([letter]) * 500_000] * 3))
        print('ack', letter)
"""


def test_no_room_at_the_first_opening_or_for_a_rescue_is_told_and_goes_on_with_room(
    playwright: Playwright, tmp_path: Path
) -> None:
    """The browser's own refusal arrives as DiskFull, the worker lives, and the same worker goes on."""
    with serve(PACKAGES, WITH_PAGE) as address:
        victim = _Victim(playwright, tmp_path / "profile", address, mount=False)
        devtools = victim.browser.context.new_cdp_session(victim.browser.page)  # the quota lasts as long as this does

        def room(size: int | None) -> None:
            devtools.send("Storage.overrideQuotaForOrigin", {"origin": address} | ({"quotaSize": size} if size else {}))

        try:
            room(1)
            victim.ask(FRESH)
            assert victim.ask("await tried()") == "full"
            room(None)
            assert victim.ask("await tried()") == "there"
            victim.ask("import asyncio; w.storage.mark('somebody'); await asyncio.sleep(0.5)")
            devtools.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": "all"})
            room(1)
            victim.ask("await w.storage.probe()")
            assert json.loads(victim.ask("import json; json.dumps(w.storage.told.to_py())")) == [{"stuck": True}]
            room(None)
            victim.ask("await w.storage.probe()")
            told = json.loads(victim.ask("json.dumps(w.storage.told.to_py())"))
            assert told[1:3] == [{"stuck": False}, {"adrift": True}]
            victim.again(address)
            assert json.loads(victim.ask("w.verify()"))["count"] == 1
        finally:
            victim.browser.kill()


def _saved_views(playwright: Playwright, profile: Path, kills: int) -> None:
    luck = random.Random(kills)
    with serve(PACKAGES, SCRIPTS) as address:
        for _ in range(kills):
            victim = _Victim(playwright, profile, address)
            try:
                victim.ask(VIEW + "task = asyncio.ensure_future(view())\n1")
                victim.wait_for(1)
                victim.browser.page.wait_for_timeout(luck.uniform(5, 120))
            finally:
                victim.browser.kill()
            victim = _Victim(playwright, profile, address)
            try:
                found = victim.ask(VIEW + "d = (await storage.view.read()).to_bytes()\n(len(d), len(set(d)))")
                assert found == "(1500000, 1)"
                names = victim.browser.page.evaluate(NAMES)
                assert "view.new" not in names
            finally:
                victim.browser.kill()


NAMES = """async () => {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("straat");
  const names = [];
  for await (const name of folder.keys()) names.push(name);
  return names;
}"""


@pytest.mark.soak
def test_a_browser_killed_while_it_saves_the_view_leaves_a_whole_one(playwright: Playwright, tmp_path: Path) -> None:
    """The one of before or the new one; half of one takes no room after the next start."""
    _saved_views(playwright, tmp_path / "profile", 1)


@pytest.mark.soak
def test_a_browser_killed_ten_times_while_it_saves_the_view_leaves_a_whole_one(
    playwright: Playwright, tmp_path: Path
) -> None:
    """The same, ten times."""
    _saved_views(playwright, tmp_path / "profile", 10)


def _storm(playwright: Playwright, profile: Path, rounds: int) -> None:
    luck = random.Random(rounds)
    with serve(PACKAGES, SCRIPTS) as address:
        victim = _Victim(playwright, profile, address)
        page = victim.browser.page
        try:
            for _ in range(rounds):
                before = json.loads(victim.ask("w.verify()"))
                assert before["ok"]
                victim.ask("w.start_writing()")
                victim.wait_for(before["count"] + 1)
                page.wait_for_timeout(luck.uniform(0, 60))
                for _ in range(20):  # nobody waits for anything
                    page.goto(address, wait_until="commit")
                    page.wait_for_timeout(luck.uniform(50, 300))
                expected = victim.acknowledged
                victim.again(address)
                found = json.loads(victim.ask(IMPORT + "w.verify()"))
                assert found["ok"]
                assert found["count"] >= expected
        finally:
            victim.browser.kill()


@pytest.mark.soak
def test_a_storm_of_reloads_in_the_middle_of_writing_loses_nothing(playwright: Playwright, tmp_path: Path) -> None:
    """Twenty reloads 50 to 300 ms apart: the last page leads, opens the files, and has all that was acknowledged."""
    _storm(playwright, tmp_path / "profile", 1)


@pytest.mark.soak
def test_ten_storms_of_reloads_lose_nothing(playwright: Playwright, tmp_path: Path) -> None:
    """The same, ten times."""
    _storm(playwright, tmp_path / "profile", 10)
