"""Two neighbours walk one street, each with a phone of their own, and the network comes and goes."""

from pathlib import Path

from playwright.sync_api import Playwright, expect

from tests.support.chrome import Chrome, chrome
from tests.support.server_process import ServerProcess
from tests.support.street_team import StreetTeam

PIN = "274915"
AT_ONCE = 5_000  # milliseconds: without a wake-up nobody asks more often than each 60,000
BACK = 60_000  # after a time without a network


def test_two_on_one_street_see_each_others_doors_and_nothing_of_either_is_lost(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """Seen within seconds; ticked by both while one was offline: both stand, the one who spoke counts; marks block."""
    team = StreetTeam(tmp_path / "team", server, 6, ("Annika", "Bram"))  # its walking order: 1 3 5, and back 6 4 2
    with chrome(playwright, tmp_path / "annika") as annika, chrome(playwright, tmp_path / "bram") as bram:
        for phone, link, name in ((annika, team.links[0], "Annika"), (bram, team.links[1], "Bram")):
            _join(phone, link, name)
        annika.tap("Najaarsronde")
        annika.tap("Ik loop deze")
        annika.sees("Tulpstraat 1, Deur 1 van 6")
        bram.tap("Najaarsronde")
        bram.sees("Iemand anders loopt deze tot vanavond", timeout=AT_ONCE)
        bram.tap("Ik loop mee")
        bram.sees("Tulpstraat 1, Deur 1 van 6")
        annika.tap("Gesproken")
        annika.sees("Tulpstraat 3, Deur 2 van 6")
        bram.sees("Iemand anders, vandaag", timeout=AT_ONCE)

        bram.context.set_offline(True)
        bram.tap("Niet thuis")  # at 1, where Annika spoke to somebody
        bram.sees("Tulpstraat 3, Deur 2 van 6")
        bram.tap("Gesproken")
        bram.sees("Tulpstraat 5, Deur 3 van 6")
        annika.tap("Niet thuis")  # at 3, where Bram spoke to somebody
        annika.sees("Tulpstraat 5, Deur 3 van 6")
        assert _reads(annika, "Iemand anders, vandaag") == 0
        bram.context.set_offline(False)
        _sees_both(annika, team.walk, timeout=BACK)
        _sees_both(bram, team.walk, timeout=BACK)

        annika.page.evaluate(f"location.hash = '#/loop/{team.walk}'")
        annika.sees("Tulpstraat 3, Deur 2 van 6")  # tapped in the list; both words stand there
        annika.sees("Iemand anders, vandaag")
        annika.tap("Overslaan")
        annika.sees("Tulpstraat 5, Deur 3 van 6")
        annika.tap("Wil geen contact")
        _opens_list(bram, team.walk)
        bram.sees("5: Wil geen contact", timeout=AT_ONCE)
        bram.tap("5: Wil geen contact")
        bram.sees("Niet aanbellen. Hier wil men geen contact.")
        assert bram.page.get_by_role("button", name="Gesproken").count() == 0
        bram.not_blank()
        for phone in (annika, bram):
            assert [e for e in phone.errors if "Content Security Policy" in e] == []
            phone.close()


def _join(phone: Chrome, link: str, name: str) -> None:
    phone.open(link)
    phone.type("Je naam", name)
    phone.type("Pincode", PIN)
    phone.type("Nog een keer", PIN)
    phone.tap("Meedoen")
    phone.sees("Sla de rondleiding over", timeout=60_000)
    phone.tap("Sla de rondleiding over")
    phone.sees("Najaarsronde", timeout=BACK)


def _sees_both(phone: Chrome, walk: str, timeout: int) -> None:
    """On both phones both doors count as spoken to; the one of the two where this phone said otherwise is opened."""
    _opens_list(phone, walk)
    phone.sees("1: Gesproken", timeout=timeout)
    phone.sees("3: Gesproken", timeout=timeout)
    phone.tap("3: Gesproken")
    phone.sees("Tulpstraat 3, Deur 2 van 6")


def _opens_list(phone: Chrome, walk: str) -> None:
    """The street's picture, as a list; what stands below the picture moves until it is drawn."""
    phone.page.evaluate(f"location.hash = '#/straat/{walk}'")
    expect(phone.page.get_by_role("img", name="Plaatje van Tulpstraat")).to_be_visible()
    phone.page.wait_for_timeout(500)
    phone.tap("Tulpstraat als lijst")
    phone.sees("Lijst sluiten")


def _reads(phone: Chrome, words: str) -> int:
    return phone.page.get_by_text(words).count()
