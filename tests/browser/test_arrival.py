"""Arriving with an invitation in a real browser: the secret leaves the address, and the camera reads a QR code."""

from pathlib import Path

import pytest
import segno
from playwright.sync_api import Playwright, expect

from tests.support.chrome import Chrome, chrome
from tests.support.server_process import ServerProcess

SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
WIDTH, HEIGHT = 640, 480
# Chromium on Linux has no BarcodeDetector. This one has its shape, and sees nothing but that it was asked.
DETECTOR = """
globalThis.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect(video) { globalThis.asked = video.videoWidth; return []; }
};
"""


def secret_of(link: str) -> str:
    """The part that must stay secret."""
    return link.rsplit("/", 1)[-1]


def film(path: Path, text: str) -> Path:
    """A camera's view of a sheet of paper with this QR code, as uncompressed video (YUV4MPEG2)."""
    rows = [list(row) for row in segno.make(text, error="m").matrix_iter(scale=6, border=4)]
    top, left = (HEIGHT - len(rows)) // 2, (WIDTH - len(rows[0])) // 2
    grey = [bytearray([200] * WIDTH) for _ in range(HEIGHT)]
    for y, row in enumerate(rows):
        grey[top + y][left : left + len(row)] = bytes(20 if dark else 235 for dark in row)
    frame = b"FRAME\n" + b"".join(grey) + bytes([128]) * (WIDTH * HEIGHT // 2)
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F5:1 Ip A1:1 C420jpeg\n".encode() + frame * 2)
    return path


def left(browser: Chrome) -> list[str]:
    """Where in the page a secret could stand: the address, the entry's state, the tab's storage."""
    return browser.page.evaluate("[location.href, JSON.stringify(history.state), JSON.stringify({...sessionStorage})]")


@pytest.mark.soak
def test_on_an_iphone_the_link_moves_out_of_the_address_when_one_goes_on_and_is_gone_after_joining(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """Steps first; then a reload still knows it; then, with the PIN set, nothing in the page does.

    Before that there is no camera here: it says so, and pasting stays.
    """
    secret = secret_of(link := server.init())
    server.start()
    with chrome(playwright, tmp_path / "phone", flags=[f"--user-agent={SAFARI}"]) as phone:
        phone.open(server.url)
        phone.tap("Lees een QR-code")
        phone.sees("Er is hier geen camera.")
        phone.sees("Plak")
        phone.open(link)
        phone.sees("Zet de app eerst op je beginscherm")
        assert secret in left(phone)[0]
        phone.tap("Hier toch verdergaan")
        phone.sees("Fijn dat je meedoet")
        address, state, kept = left(phone)
        assert secret not in address + state
        assert secret in kept
        phone.reload()
        phone.tap("Hier toch verdergaan")
        phone.type("Je naam", "Joke")
        phone.type("Wachtzin", "zachte landing samen")
        phone.type("Nog een keer", "zachte landing samen")
        phone.tap("Meedoen")
        phone.tap("Sla de rondleiding over")
        phone.sees("Niets te beoordelen")
        assert secret not in "".join(left(phone))
        history = phone.context.new_cdp_session(phone.page).send("Page.getNavigationHistory")
        assert [e["url"] for e in history["entries"] if secret in e["url"]] == []


def test_the_camera_reads_an_invitation(playwright: Playwright, server: ServerProcess, tmp_path: Path) -> None:
    """Over the whole screen until a code is seen; closing it changes nothing.

    The camera is Chromium's fake one, with a film of a real QR code. First the browser says that it reads them itself,
    and sees nothing; then, as in Safari, Firefox and this Chromium, it can't: our own reader does it.
    """
    link = server.init()
    server.start()
    flags = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    flags.append(f"--use-file-for-fake-video-capture={film(tmp_path / 'camera.y4m', link)}")
    with chrome(playwright, tmp_path / "phone", flags=flags) as phone:
        phone.open(server.url)
        phone.page.evaluate(DETECTOR + "0")
        phone.tap("Lees een QR-code")
        overlay = phone.page.get_by_role("dialog", name="Richt de camera op de QR-code.")
        expect(overlay).to_be_visible()
        phone.not_blank()
        overlay.get_by_role("button", name="Sluiten").click()
        expect(overlay).to_have_count(0)
        phone.sees("Welkom bij Straatcontact")
        assert phone.page.evaluate("globalThis.asked") == WIDTH
        assert _fetched(phone, "zxing.js") == 0  # not before it is needed
        phone.page.evaluate("delete globalThis.BarcodeDetector")
        phone.tap("Lees een QR-code")
        phone.sees("Je bent uitgenodigd als coördinator")
        expect(overlay).to_have_count(0)
        assert _fetched(phone, "zxing.js") == 1
        assert [e for e in phone.errors if "Content Security Policy" in e] == []


def _fetched(phone: Chrome, name: str) -> int:
    """How often the page asked for a file."""
    entries = "performance.getEntriesByType('resource')"
    return phone.page.evaluate(f"{entries}.filter((e) => e.name.endsWith('/{name}')).length")
