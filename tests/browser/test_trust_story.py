"""A lost phone, as people live through it: two real browser profiles, one real server."""

from pathlib import Path

from playwright.sync_api import Playwright

from tests.support.chrome import LAPTOP, PHONE, Chrome, chrome
from tests.support.server_process import ServerProcess

ADDRESS, NOTE = "Tulpstraat 31", "Zalmroze tegels in de gang"
PIN, PHRASE = "274915", "zachte landing samen"


def _link(browser: Chrome) -> str:
    browser.context.grant_permissions(["clipboard-read", "clipboard-write"])
    browser.tap("Kopieer de link")
    link: str = browser.page.evaluate("navigator.clipboard.readText()")
    return link


def _noted_without_a_network(phone: Chrome) -> None:
    phone.context.set_offline(True)
    phone.tap("Nieuw bezoek")
    phone.tap("kennisgemaakt", "checkbox")
    phone.tap("Ja, de coördinator")
    phone.type("Adres", ADDRESS)
    phone.type("Notitie", NOTE)
    phone.tap("Opslaan")
    phone.sees("Opgeslagen op dit apparaat")


def test_a_lost_phone_hands_in_wipes_itself_and_its_owner_gets_everything_back(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """Signed off on the laptop; the phone hands in and is empty; the note is adopted; a new phone shows it again."""
    link = server.init()
    server.start()
    with chrome(playwright, tmp_path / "laptop", LAPTOP) as laptop:
        laptop.join(link, "Jokelien", PHRASE)
        laptop.sees("Niets te beoordelen")
        laptop.tap("Mensen")
        laptop.type("Naam", "Fatmadina")
        laptop.tap("Maak uitnodiging")
        with chrome(playwright, tmp_path / "phone", PHONE) as phone:
            phone.join(_link(laptop), "Fatmadina", PIN, "Pincode")
            phone.sees("Alles staat op de server")
            _noted_without_a_network(phone)
            laptop.tap("Mensen")
            laptop.sees("Fatmadina", timeout=60_000)  # who joined is heard of in the next round
            laptop.tap("Fatmadina")
            laptop.tap("Dit apparaat is kwijt")
            laptop.tap("Meld het af")
            laptop.sees("Het apparaat is afgemeld")
            phone.context.set_offline(False)
            phone.sees("Dit apparaat is afgemeld", timeout=60_000)
            phone.sees("ingeleverd")
            phone.not_blank()
            phone.tap("Opnieuw beginnen")
            phone.sees("Welkom bij Straatcontact", timeout=60_000)
            kept = phone.page.evaluate(
                """async () => {
                    const names = [];
                    for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name);
                    return names;
                }"""
            )
            assert not [name for name in kept if "kept" in name or "view" in name]
            phone.close()
        assert NOTE.encode() not in b"".join(p.read_bytes() for p in (tmp_path / "phone").rglob("*") if p.is_file())

        laptop.tap("Beoordelen")
        laptop.sees("wachten op een keuze", timeout=60_000)
        laptop.tap("Bekijk het")
        laptop.sees(NOTE)
        for _ in range(2):  # the count and the detail of the visit
            laptop.tap("Neem over")
            laptop.sees("Overgenomen")
        laptop.sees("Er wacht niets")
        laptop.tap("Beoordelen")
        laptop.sees(ADDRESS)

        laptop.tap("Mensen")
        laptop.tap("Fatmadina")
        laptop.tap("Nodig opnieuw uit")
        with chrome(playwright, tmp_path / "new phone", PHONE) as phone:
            phone.join(_link(laptop), "", PIN, "Pincode")
            phone.sees(ADDRESS, timeout=60_000)
            phone.tap(ADDRESS)
            phone.sees(NOTE)
            phone.close()
        laptop.close()
