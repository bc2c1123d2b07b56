"""The store under the real app: data cleared while it is open, data removed while it was not, and two windows."""

import os
import re
import signal
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.support.chrome import Chrome, chrome
from tests.support.server_process import ServerProcess

pytestmark = pytest.mark.browser
PHRASE = "zachte landing samen"
BACK = "Alles is teruggezet"
# What a browser does that removes the data of a site by itself: localStorage is not among it.
EVICT = """async () => {
  const root = await navigator.storage.getDirectory();
  await root.removeEntry("straat", { recursive: true });
  await new Promise((done, failed) => {
    const gone = indexedDB.deleteDatabase("straat-device");
    gone.onsuccess = done;
    gone.onerror = failed;
  });
}"""


def _join(phone: Chrome, link: str) -> None:
    phone.join(link, "Joke", PHRASE)
    phone.sees("Niets te beoordelen")
    phone.works_offline()


def _note(phone: Chrome, address: str) -> None:
    _write(phone, address)
    phone.tap("Opslaan")
    phone.sees("Opgeslagen op dit apparaat")


def _write(phone: Chrome, address: str) -> None:
    phone.place("Vandaag")
    phone.tap("Nieuw bezoek")
    phone.tap("kennisgemaakt", "checkbox")
    phone.tap("Ja, de coördinator")
    phone.type("Adres", address)


def _unlock(phone: Chrome) -> None:
    phone.type("Pincode of wachtzin", PHRASE)
    phone.tap("Ontgrendel")
    phone.sees("Snel verbergen")


def _clear(phone: Chrome, url: str) -> None:
    """As "delete browsing data" does, in the settings of the browser."""
    session = phone.context.new_cdp_session(phone.page)
    session.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": "all"})
    session.detach()


def test_data_cleared_under_the_open_and_the_locked_app_are_put_back_notes_and_key(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """Noted right before and saved right after: both open with the same secret, offline, and outlive the browser."""
    link = server.init()
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        _join(phone, link)
        _note(phone, "Lindelaan 1")
        _write(phone, "Lindelaan 2")
        _clear(phone, server.url)
        phone.button("Opslaan").click()
        phone.sees(BACK, timeout=60_000)
        _clear(phone, server.url)
        phone.page.wait_for_event("load", timeout=60_000)
        phone.taken_over()
        phone.sees(BACK)
        phone.works_offline()
        server.stop()
        phone.reload()
        _unlock(phone)
        phone.place("Vandaag")
        phone.sees("Mijn bezoeken")
        visits = phone.page.get_by_role("button", name=re.compile(r"Lindelaan \d"))
        expect(visits).to_have_count(2)
        _note(phone, "Lindelaan 3")
        phone.kill()
    with chrome(playwright, tmp_path / "phone") as phone:
        phone.open(server.url)
        _unlock(phone)
        phone.place("Vandaag")
        phone.sees("Mijn bezoeken")
        expect(phone.page.get_by_role("button", name=re.compile(r"Lindelaan \d"))).to_have_count(3)
        phone.not_blank()


@pytest.mark.soak
def test_removed_data_are_told_apart_from_a_fresh_phone(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """What was unsent, what the coordinator has, what to do; said until somebody begins anew; then an ordinary welcome."""
    link = server.init()
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        phone.open(server.url)
        phone.sees("Welkom bij Straatcontact")
        phone.reload()  # looked at, and nobody took part: there is nothing to miss
        phone.sees("Welkom bij Straatcontact")
        _join(phone, link)
        server.stop()
        _note(phone, "Lindelaan 1")
        with phone.page.expect_event("load", timeout=60_000):
            phone.tap("Vergrendel")
        phone.page.goto(f"{server.url}/?hulplijnen")
        phone.page.evaluate(EVICT)
        for _ in range(2):
            phone.open(server.url)
            phone.sees("De gegevens zijn weg")
        phone.sees("was nog niet verstuurd")
        phone.sees("kan je coördinator nog lezen")
        phone.not_blank()
        phone.tap("Opnieuw beginnen")
        phone.sees("Welkom bij Straatcontact")
        phone.reload()
        phone.sees("Welkom bij Straatcontact")


def _process_of_the_app(phone: Chrome) -> int:
    """Of all processes that draw pages (one waits for a next page) the one with the app in its memory."""
    found = phone.browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    sizes = {}
    for process in (p["id"] for p in found if p["type"] == "renderer"):
        with suppress(FileNotFoundError):
            sizes[process] = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return max(sizes, key=lambda process: sizes[process])


@pytest.mark.soak
def test_another_window_takes_over_when_asked_and_says_so_when_the_first_one_sleeps(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """Half a visit typed in the first; stopped, it can't answer; awake it saves, locks, and the second has it all."""
    link = server.init()
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        _join(phone, link)
        phone.place("Vandaag")
        phone.tap("Nieuw bezoek")
        phone.tap("kennisgemaakt", "checkbox")
        phone.tap("Ja, de coördinator")
        phone.type("Notitie", "Half getypt")
        first = phone.page
        asleep = _process_of_the_app(phone)
        phone.page = phone.context.new_page()
        phone.page.set_viewport_size({"width": 390, "height": 844})
        phone.open(server.url)
        phone.sees("Straatcontact is al open")
        os.kill(asleep, signal.SIGSTOP)
        phone.tap("Ga hier verder")
        phone.sees("geeft geen antwoord")
        phone.not_blank()
        os.kill(asleep, signal.SIGCONT)
        phone.sees("Je notities zijn vergrendeld", timeout=60_000)
        _unlock(phone)
        phone.place("Vandaag")
        phone.tap("Nieuw bezoek")
        note = phone.page.get_by_label("Notitie").first
        phone._bring_into_view(note)
        note.click()
        expect(note).to_have_value("Half getypt", timeout=20_000)
        expect(first.get_by_text("Straatcontact is al open").first).to_be_visible(timeout=60_000)
