"""The whole way, once, as people go it: two real browser profiles, one real server, and a battery that dies."""

from pathlib import Path

from playwright.sync_api import Playwright, expect

from sync.device.syncer import IDLE_MILLIS
from tests.support.chrome import LAPTOP, Chrome, chrome
from tests.support.server_process import ServerProcess

ADDRESS, NOTE, THANKS = "Krokussenhof 127", "Zalmroze gordijnen en appeltaart", "Hartverwarmend gedaan"
PIN, PHRASE = "274915", "zachte landing samen"
DOOR = "Leliegracht 253"
AT_ONCE = (
    5_000  # milliseconds; without a wake-up nobody asks more often than each 60,000 (a second: tests/bench/wake.py)
)
SECRETS = (ADDRESS, DOOR, NOTE, THANKS, PIN, PHRASE, "Fatmadina", "Jokelien")


def _found(text: str, data: bytes) -> bool:
    return text.encode() in data or text.encode("utf-16-le") in data


def _readable_in(folder: Path) -> dict[str, list[str]]:
    """Which secrets stand readable in which files."""
    found: dict[str, list[str]] = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            for text in SECRETS:
                if _found(text, data):
                    found.setdefault(text, []).append(path.name)
    return found


def test_a_visit_noted_offline_survives_a_dead_phone_and_comes_back_reviewed(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """Invited, PIN, offline, noted, SIGKILL, still there, synced by itself, reviewed, thanked; nothing readable."""
    link = server.init()
    server.start()
    with chrome(playwright, tmp_path / "laptop", LAPTOP) as laptop:
        laptop.join(link, "Jokelien", PHRASE)
        laptop.sees("Niets te beoordelen")
        laptop.tap("Mensen")
        laptop.type("Naam", "Fatmadina")
        laptop.tap("Maak uitnodiging")
        laptop.context.grant_permissions(["clipboard-read", "clipboard-write"])
        laptop.tap("Kopieer de link")
        invitation = laptop.page.evaluate("navigator.clipboard.readText()")
        assert invitation.startswith(f"{server.url}/#/uitnodiging/")

        with chrome(playwright, tmp_path / "phone") as phone:
            phone.join(invitation, "Fatmadina", PIN, "Pincode")
            phone.sees("Alles staat op de server")
            phone.page.wait_for_timeout(500)
            _wait_for_service_worker(phone)
            phone.context.set_offline(True)  # out of reach, by the browser's own switch
            server.stop()  # and by a server that is gone
            phone.tap("Nieuw bezoek")
            phone.tap("kennisgemaakt", "checkbox")
            phone.tap("Ja, de coördinator")
            phone.type("Adres", ADDRESS)
            phone.tap("plantje", "checkbox")
            phone.type("Notitie", NOTE)
            phone.tap("Opslaan")
            phone.sees("Opgeslagen op dit apparaat")
            phone.kill()  # the phone dies

        with chrome(playwright, tmp_path / "phone") as phone:
            phone.open(server.url)  # the server is still stopped
            phone.type("Pincode of wachtzin", PIN)
            phone.tap("Ontgrendel")
            phone.sees(ADDRESS)
            phone.sees("1 notitie staat alleen op dit apparaat")
            phone.not_blank()
            server.start()
            phone.sees("Alles staat op de server", timeout=60_000)

            laptop.tap("Beoordelen")
            laptop.sees(ADDRESS, timeout=60_000)
            laptop.tap(ADDRESS)
            laptop.sees(NOTE)
            laptop.type("Een woord van dank", THANKS)
            laptop.tap("Gezien")
            laptop.sees("Opgeslagen")
            phone.sees("Er is een bericht van de coördinator", timeout=AT_ONCE)
            phone.tap(ADDRESS)
            phone.sees(THANKS)
            phone.not_blank()
            _take_consent_back(phone, laptop)
            _want_no_contact(phone, laptop)
            for browser in (phone, laptop):
                assert [u for u in browser.requests if u.startswith("http") and not u.startswith(server.url)] == []
                assert [e for e in browser.errors if "Content Security Policy" in e] == []
            phone.close()
        laptop.close()
    server.stop()
    assert _readable_in(tmp_path) == {}
    assert [text for text in SECRETS if _found(text, bytes(server.wire.carried))] == []


def _take_consent_back(phone: Chrome, laptop: Chrome) -> None:
    """On the screen where it is read; the coordinator's screen has it no longer, and the visit still counts."""
    phone.tap("Toestemming veranderen")
    phone.tap("Nee, noteer niets")
    phone.tap("Ja, wis het")
    phone.sees("Niets genoteerd. Het bezoek telt alleen mee.")
    laptop.tap("Beoordelen")
    expect(laptop.button(ADDRESS)).to_have_count(0, timeout=AT_ONCE)


def _want_no_contact(phone: Chrome, laptop: Chrome) -> None:
    """The coordinator's new address is on the phone's list; one tap at the door, and it is nobody's any more. Each is on
    the other screen at once: no poll could have done it.
    """
    assert IDLE_MILLIS >= 12 * AT_ONCE
    laptop.place("Vandaag")
    laptop.tap("Nieuw adres doorgeven")
    laptop.type("Adres", DOOR)
    laptop.tap("Toevoegen")
    laptop.sees(f"Alles over {DOOR}")
    phone.place("Vandaag")
    phone.sees(f"Alles over {DOOR}", timeout=AT_ONCE)
    phone.tap(f"Alles over {DOOR}")
    phone.tap("wil geen contact")
    phone.sees("Bezoek zonder notitie")  # what is said in passing may be gone on a busy machine
    expect(laptop.button(f"Alles over {DOOR}")).to_have_count(0, timeout=AT_ONCE)


def _wait_for_service_worker(phone) -> None:
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
