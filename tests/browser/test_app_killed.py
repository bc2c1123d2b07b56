"""The whole app dies right after "Opgeslagen op dit apparaat": every visit is there, in every later life."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.support.chrome import Chrome, chrome
from tests.support.server_process import ServerProcess


def _join(playwright: Playwright, profile: Path, link: str) -> None:
    with chrome(playwright, profile) as phone:
        phone.join(link, "Joke", "een lange zin")
        phone.sees("Niets te beoordelen")
        phone.works_offline()
        phone.close()


def _unlocked(phone: Chrome, url: str) -> None:
    phone.open(url)
    phone.type("Pincode of wachtzin", "een lange zin")
    phone.tap("Ontgrendel")
    phone.place("Vandaag")
    phone.sees("Mijn bezoeken")


def _note(phone: Chrome, address: str) -> None:
    phone.tap("Nieuw bezoek")
    phone.tap("kennisgemaakt", "checkbox")
    phone.tap("Ja, de coördinator")
    phone.type("Adres", address)
    phone.tap("Opslaan")
    phone.sees("Opgeslagen op dit apparaat")


def _kill_and_look(playwright: Playwright, server: ServerProcess, profile: Path, kills: int) -> None:
    server.start()
    link = server.init()
    _join(playwright, profile, link)
    server.stop()  # everything from here on is offline
    for number in range(1, kills + 1):
        with chrome(playwright, profile) as phone:
            _unlocked(phone, server.url)
            cards = phone.page.get_by_role("button", name=re.compile(r"Lindelaan \d+"))
            expect(cards).to_have_count(number - 1)
            _note(phone, f"Lindelaan {number}")
            phone.kill()


@pytest.mark.soak
def test_the_app_killed_thirty_times_keeps_every_visit(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """Thirty deaths right after saving, offline; every visit is there in the next life. Once around the tap: tests/failures/test_08."""
    _kill_and_look(playwright, server, tmp_path / "phone", 30)
