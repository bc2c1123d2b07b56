"""9. An update that breaks the start.

Reported: medic/cht-core #8456 (a new browser version, and the app hangs while starting), flet-dev/flet #2276 (a page
that starts only when a CDN can be reached). Whoever has the app on a phone can't go back to what worked yesterday, and
what they wrote is out of reach until somebody mends it.

Promised instead: the help lines stand on the first page whatever happens to the rest. The version before stays on the
phone until the new one has started once; where it says that it can't, or was tried three times and never said that it
did, the phone goes on with the one before, and takes the next. No build touches notes that it does not understand.
"""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from sync.core.errors import NewerVersion
from sync.device.log import MIGRATIONS
from tests.support import builds
from tests.support.chrome import Chrome, chrome
from tests.support.server_process import ServerProcess
from tests.support.settled_team import FORM, team

PHRASE, ADDRESS = "zachte landing samen", "Krokussenhof 127"
TAKEN = """async (version) => {
  const r = await navigator.serviceWorker.getRegistration();
  const whole = async () => (await caches.has(`straat-${version}`)) && (await caches.open(`straat-${version}`)).match("/__list");
  for (let left = 300; left && !(await whole() && !r.waiting && !r.installing && r.active?.state === "activated"); left--) {
    if (!r.waiting && !r.installing) await r.update().catch(() => {});
    r.waiting?.postMessage("take over");
    await new Promise((done) => setTimeout(done, 100));
  }
  return [Boolean(await whole()), r.installing?.state ?? "", r.waiting?.state ?? "", r.active?.state ?? ""];
}"""
TAKEN_OVER = [True, "", "", "activated"]
WORKS = """async (version) => {
  const own = await caches.open(`straat-${version}`);
  for (let left = 100; left && !((await own.match("/__works")) && (await caches.keys()).length === 1); left--) {
    await new Promise((done) => setTimeout(done, 100));
  }
  return caches.keys();
}"""


def _goes_on(phone: Chrome, url: str) -> None:
    """The lock screen comes, it opens, and the visit is there."""
    phone.open(url)
    phone.type("Pincode of wachtzin", PHRASE)
    phone.tap("Ontgrendel")
    phone.place("Vandaag")
    phone.sees(ADDRESS)
    phone.not_blank()


def _help_lines(page: Page) -> None:
    expect(page.locator("#hulplijnen a").first).to_be_visible()
    expect(page.locator("#hulplijnen a").first).to_contain_text("112")


def _updates(playwright: Playwright, server: ServerProcess, tmp_path: Path, mute: bool) -> None:
    """A version that raises while it is imported, perhaps one whose page says nothing at all, and one that is whole."""
    server.site = builds.copy(tmp_path / "site")
    link = server.init()
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        phone.join(link, "Joke", PHRASE)
        phone.place("Vandaag")
        phone.tap("Nieuw bezoek")
        phone.tap("niet thuis", "checkbox")
        phone.type("Adres", ADDRESS)
        phone.tap("Opslaan")
        phone.sees("Opgeslagen op dit apparaat")
        phone.works_offline()

        archive = next(server.site.glob("r/*/app.zip")).read_bytes()
        dead = builds.with_module(archive, "app/main.py", "raise RuntimeError('this build does not start')")
        version = builds.publish(server, "data-dead", {"app.zip": dead})
        assert phone.page.evaluate(TAKEN, version) == TAKEN_OVER
        phone.page.goto("about:blank")  # the app is closed, and opened again
        phone.page.goto(f"{server.url}/", wait_until="commit")
        _help_lines(phone.page)
        expect(phone.page.locator("#said")).to_contain_text("De app gaat verder met de vorige", timeout=60_000)
        phone.taken_over()
        expect(phone.page.locator("main[data-dead]")).to_have_count(0)
        server.stop()
        _goes_on(phone, server.url)  # and without the server, from then on
        server.start()

        if mute:
            version = builds.publish(server, "data-mute", {"page.js": b"this is no script", "app.zip": archive})
            assert phone.page.evaluate(TAKEN, version) == TAKEN_OVER
            for _ in range(3):
                phone.page.goto("about:blank")
                phone.page.goto(f"{server.url}/", wait_until="load")
                expect(phone.page.locator("main[data-mute]")).to_have_count(1)
                _help_lines(phone.page)
            _goes_on(phone, server.url)

        page = next(builds.SITE.glob("r/*/page.js")).read_bytes()
        version = builds.publish(server, "data-whole", {"page.js": page, "app.zip": archive})
        assert phone.page.evaluate(TAKEN, version) == TAKEN_OVER
        phone.page.goto("about:blank")
        _goes_on(phone, server.url)
        expect(phone.page.locator("main[data-whole]")).to_have_count(1)
        assert phone.page.evaluate(WORKS, version) == [
            f"straat-{version}"
        ]  # it has started: no other is needed any more
        phone.close()


def test_a_new_version_that_fails_makes_way_and_the_next_one_is_taken(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """The help lines, then the version before, with the notes, also without the server; then the version after."""
    _updates(playwright, server, tmp_path, mute=False)


@pytest.mark.soak
def test_so_does_one_that_never_says_anything(playwright: Playwright, server: ServerProcess, tmp_path: Path) -> None:
    """Its page's own script is broken, so that nothing in it can tell: after three tries the one before is back."""
    _updates(playwright, server, tmp_path, mute=True)


def test_a_version_that_does_not_know_the_notes_leaves_them_as_they_are(settled: Path, tmp_path: Path) -> None:
    """Put back to an older version, whose store of notes is older too: it says so, and not a byte is changed."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            await fatma.save_visit(FORM)
            fatma.live.require_log().close()
            [path] = [p for p in (tmp_path / "fatma").iterdir() if p.suffix == ".db"]
            with closing(sqlite3.connect(path)) as db:
                db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
            before = path.read_bytes()
            with pytest.raises(NewerVersion):
                await t.device("fatma").start()
            assert path.read_bytes() == before
            with closing(sqlite3.connect(path)) as db:
                db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
            assert [v.form for v in (await t.fatma()).visits()] == [FORM]

    asyncio.run(story())
