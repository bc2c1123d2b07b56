"""The lock in the real Chromium: a passkey, hiding, locking that ends the worker, and a wipe that leaves nothing."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.support.chrome import Chrome, chrome
from tests.support.server_process import ServerProcess

pytestmark = pytest.mark.browser
PHRASE, OTHER = "zachte landing samen", "fiets kaars tulp regen"
NOTE = "Zalmroze gordijnen en appeltaart"

# Everything of this origin, as one text: names and bytes of OPFS, databases, local values, names of caches.
LOOK = """async () => {
  const found = { files: {}, databases: [], local: { ...localStorage }, session: { ...sessionStorage } };
  const text = (bytes) => Array.from(new Uint8Array(bytes), (b) => String.fromCharCode(b)).join("");
  const walk = async (folder, path) => {
    for await (const [name, entry] of folder.entries()) {
      if (entry.kind === "directory") await walk(entry, `${path}${name}/`);
      else found.files[path + name] = text(await (await entry.getFile()).arrayBuffer());
    }
  };
  await walk(await navigator.storage.getDirectory(), "");
  found.databases = (await indexedDB.databases()).map((d) => d.name);
  return JSON.stringify(found);
}"""

ALL_WORDS = """() => document.documentElement.outerHTML + document.documentElement.ariaLabel +
  [...document.querySelectorAll("input, textarea")].map((field) => field.value).join(" ")"""

SEEN = """(seen) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => !seen });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def _join(phone: Chrome, link: str) -> None:
    phone.join(link, "Joke", PHRASE)
    phone.sees("Niets te beoordelen")
    phone.works_offline()


def _authenticator(phone: Chrome) -> None:
    """A fingerprint reader of CDP's making, whose finger is always there."""
    devtools = phone.context.new_cdp_session(phone.page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "ctap2Version": "ctap2_1",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "hasPrf": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def _half_a_visit(phone: Chrome) -> None:
    phone.place("Vandaag")
    phone.tap("Nieuw bezoek")
    phone.tap("kennisgemaakt", "checkbox")
    phone.tap("Ja, de coördinator")
    phone.type("Notitie", NOTE)


@pytest.mark.soak
def test_a_passkey_unlocks_offline_and_no_longer_once_removed(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """Made after the passphrase, it opens without a server; taken away, the lock screen no longer offers it."""
    link = server.init()
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        _authenticator(phone)
        _join(phone, link)
        server.stop()
        phone.place("Meer")
        phone.tap("Instellingen")
        phone.tap("Slot, passkey en wissen")
        phone.tap("Maak een passkey")
        phone.type("Pincode of wachtzin van nu", PHRASE)
        phone.tap("Maak een passkey")
        phone.sees("De passkey is gemaakt")
        for last in (False, True):
            phone.tap("Vergrendel")
            phone.sees("Je notities zijn vergrendeld", timeout=60_000)
            phone.tap("Ontgrendel met je passkey")
            phone.sees("Niets te beoordelen")
            if not last:
                phone.page.wait_for_timeout(500)
        phone.place("Meer")
        phone.tap("Instellingen")
        phone.tap("Slot, passkey en wissen")
        phone.tap("Haal de passkey weg")
        phone.sees("De passkey opent deze app niet meer")
        phone.tap("Vergrendel")
        phone.sees("Je notities zijn vergrendeld", timeout=60_000)
        expect(phone.button("Ontgrendel met je passkey")).to_have_count(0)
        phone.not_blank()


def test_locking_and_hiding_end_the_worker_and_leave_no_word_on_the_page(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """A new worker runs after locking, none while hidden; back leads to the lock screen; the draft is there again."""
    link = server.init()
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        _join(phone, link)
        _half_a_visit(phone)
        [before] = phone.page.workers
        phone.tap("Vergrendel")
        phone.sees("Je notities zijn vergrendeld", timeout=60_000)
        for _try in range(50):  # on a busy machine the browser tells of the new one a little later
            if before not in phone.page.workers:
                break
            phone.page.wait_for_timeout(100)
        [_after] = [w for w in phone.page.workers if w is not before]
        assert before not in phone.page.workers
        assert NOTE not in phone.page.evaluate(ALL_WORDS)
        phone.type("Pincode of wachtzin", PHRASE)
        phone.tap("Ontgrendel")
        phone.sees("Niets te beoordelen")
        phone.place("Vandaag")
        phone.tap("Nieuw bezoek")
        note = phone.page.get_by_label("Notitie").first
        phone._bring_into_view(note)
        note.click()
        expect(note).to_have_value(NOTE, timeout=20_000)
        phone.page.evaluate(SEEN, False)
        expect(phone.page.locator("#first")).to_be_visible()  # what a switcher of apps shows
        phone.page.evaluate(SEEN, True)
        expect(phone.page.locator("#first")).to_be_hidden(timeout=20_000)
        phone.tap("Snel verbergen")
        expect(phone.page.locator("h1", has_text="Hulplijnen")).to_be_visible(timeout=20_000)
        expect(phone.page.get_by_text("0800-1205").or_(phone.page.get_by_text("0800 1205")).first).to_be_visible()
        assert phone.page.workers == []
        assert NOTE not in phone.page.evaluate(ALL_WORDS)
        phone.page.go_back()
        phone.sees("Je notities zijn vergrendeld", timeout=60_000)
        assert not [e for e in phone.errors if "start:" in e]


@pytest.mark.soak
def test_another_secret_opens_after_the_browser_died_and_the_old_one_does_not(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """Changed, killed at once: the new one stands."""
    link = server.init()
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        _join(phone, link)
        _change(phone, PHRASE, OTHER)
        phone.sees("Veranderd")
        phone.kill()
    with chrome(playwright, tmp_path / "phone") as phone:
        phone.open(server.url)
        assert _opens(phone, PHRASE) is False
        assert _opens(phone, OTHER) is True


def _change(phone: Chrome, old: str, new: str) -> None:
    phone.place("Meer")
    phone.tap("Instellingen")
    phone.tap("Slot, passkey en wissen")
    phone.tap("Pincode of wachtzin veranderen")
    phone.type("Pincode of wachtzin van nu", old)
    phone.type("Nieuwe wachtzin", new)
    phone.type("Nog een keer", new)
    phone.tap("Verander")


def _opens(phone: Chrome, secret: str) -> bool:
    if phone.page.get_by_text("Dat klopt niet").first.is_visible():
        phone.reload()  # on a busy machine what is said of the try before stands for a while, and would be believed
    phone.type("Pincode of wachtzin", secret)
    phone.tap("Ontgrendel")
    inside, wrong = phone.page.get_by_text("Niets te beoordelen"), phone.page.get_by_text("Dat klopt niet")
    expect(inside.or_(wrong).first).to_be_visible(timeout=20_000)
    return inside.first.is_visible()


@pytest.mark.soak
def test_a_change_of_secret_killed_at_any_moment_leaves_the_old_or_the_new(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """SIGKILL up to two seconds after the tap, twenty times: one of the two opens, every time."""
    link = server.init()
    server.start()
    known, next_one = PHRASE, OTHER
    for kill in range(21):
        with chrome(playwright, tmp_path / "phone") as phone:
            if kill == 0:
                _join(phone, link)
            else:
                phone.open(server.url)
                if _opens(phone, next_one):
                    known, next_one = next_one, known
                else:
                    assert _opens(phone, known)
            _change(phone, known, next_one)
            phone.page.wait_for_timeout(kill * 100)
            phone.kill()


@pytest.mark.soak
def test_a_wipe_leaves_nothing_and_a_wipe_cut_off_is_finished_at_the_next_start(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """OPFS, IndexedDB and local values hold nothing of it; a marker of a wipe that was cut off finishes it."""
    link = server.init()
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        _join(phone, link)
        _half_a_visit(phone)
        before = json.loads(phone.page.evaluate(LOOK))
        assert before["databases"] == ["straat-device"]
        phone.tap("Vergrendel")
        phone.sees("Je notities zijn vergrendeld", timeout=60_000)  # a fresh worker behind the lock
        phone.tap("Pincode vergeten")
        phone.tap("Wis dit apparaat")
        phone.tap("Ik wil alles wissen")
        phone.type("Typ: wissen", "wissen")
        phone.tap("Wis alles op dit apparaat")
        phone.sees("Welkom bij Straatcontact", timeout=60_000)
        phone.page.wait_for_timeout(1500)
        after = json.loads(phone.page.evaluate(LOOK))
        _nothing_of(before, after)

        phone.page.evaluate(
            "async () => { const root = await navigator.storage.getDirectory();"
            " const folder = await root.getDirectoryHandle('straat', { create: true });"
            " await folder.getFileHandle('wiping', { create: true });"
            " await folder.getFileHandle('log-9.db', { create: true }); }"
        )
        phone.open(server.url)
        phone.sees("Welkom bij Straatcontact")
        assert not {n for n in json.loads(phone.page.evaluate(LOOK))["files"] if "wiping" in n or "-9" in n}


def _nothing_of(before: dict, after: dict) -> None:  # type: ignore[type-arg]
    assert after["databases"] == []
    assert [key for key in after["session"] if not key.startswith("_flet_session")] == []  # Flet's own, of this tab
    assert set(after["local"]) <= {"straat"}
    assert set(after["files"]) <= {"straat/log-1.db", "straat/log-1.db-journal"}
    rows = [data[at : at + 64] for data in before["files"].values() for at in range(4096, len(data) - 64, 64)]
    told = {row for row in rows if len(set(row)) > 40}  # sealed bytes, not SQLite's own pages
    assert len(told) > 5
    kept = "".join(after["files"].values())
    assert not [row for row in told if row in kept]
