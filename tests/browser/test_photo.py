"""A photo in the real browser: made small, upright and bare before Python sees it; what is none is refused."""

import base64
import json
import struct
from pathlib import Path

from playwright.sync_api import Page, Playwright

from app.services.stories_photo import MAX_PHOTO, bare
from tests.support.chrome import chrome
from tests.support.server_process import SITE, ServerProcess

WORDS = {"hint": "Kies een foto voor je verhaal.", "choose": "Kies een foto", "close": "Sluiten"}
DRAW = """async () => {
  const canvas = new OffscreenCanvas(2400, 1200), pen = canvas.getContext("2d");
  pen.fillStyle = "#f00"; pen.fillRect(0, 0, 1200, 1200);
  pen.fillStyle = "#00f"; pen.fillRect(1200, 0, 1200, 1200);
  const file = await canvas.convertToBlob({ type: "image/jpeg" });
  return btoa(String.fromCharCode(...new Uint8Array(await file.arrayBuffer())));
}"""
CHOOSE = """async ([place, words]) => {
  const answer = await (await import(place)).chosenPhoto(words);
  return answer.jpeg ? { jpeg: btoa(Array.from(answer.jpeg, (b) => String.fromCharCode(b)).join("")) } : answer;
}"""
ASK = f"(given) => {{ window.answer = ({CHOOSE})(given); }}"  # the answer comes later
PUT = """([name, kind, data]) => {
  const field = document.getElementById("photo-file"), chosen = new DataTransfer();
  const bytes = data.startsWith("x") ? new Uint8Array(Number(data.slice(1))) : Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  chosen.items.add(new File([bytes], name, { type: kind }));
  field.files = chosen.files;
  field.dispatchEvent(new Event("change"));
}"""
NOBODY_TAPPED = (
    "() => { Object.defineProperty(navigator, 'userActivation', { value: { isActive: false }, configurable: true }); }"
)
LOOK = """async (data) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  const pen = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  pen.drawImage(picture, 0, 0);
  const at = (y) => Array.from(pen.getImageData(picture.width / 2, y, 1, 1).data).slice(0, 3);
  return [picture.width, picture.height, at(20), at(picture.height - 20)];
}"""


def _turned(jpeg: bytes) -> bytes:
    """The same as a phone held upright writes it: lying on its side, a mark that says so, and where it was taken."""
    tiff = b"MM\0*\0\0\0\x08" + struct.pack(">H", 1) + struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) + bytes(4)
    body = b"Exif\0\0" + tiff + b"51.69 N, 5.30 E"
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def _chosen(page: Page, place: str, name: str, kind: str, data: str) -> dict[str, str]:
    """What the page gives for a file of this text, put into the field as if it had been chosen: Playwright's own way
    of handing over a large one takes longer than all the rest.
    """
    with page.expect_file_chooser():
        page.evaluate(ASK, [place, WORDS])
    page.evaluate(PUT, [name, kind, data])
    return dict(page.evaluate("() => window.answer"))


def test_a_photo_leaves_the_page_small_upright_and_without_where_it_was_taken(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """1280 pixels at most and 300 kB; turned as it was held; a large file, a text and a bomb are told apart."""
    server.init()
    server.start()
    place = f"/r/{json.loads((SITE / 'site.json').read_text())['version']}/photo.js"
    with chrome(playwright, tmp_path / "phone") as phone:
        page = phone.page
        page.goto(f"{server.url}/?hulplijnen")
        page.evaluate(NOBODY_TAPPED)
        page.evaluate(ASK, [place, WORDS])
        page.get_by_role("button", name="Sluiten").click()
        assert page.evaluate("() => window.answer") == {}, "nothing was chosen"
        page.evaluate("() => { delete navigator.userActivation; }")
        jpeg = _turned(base64.b64decode(page.evaluate(DRAW)))
        given = _chosen(page, place, "a.jpg", "image/jpeg", base64.b64encode(jpeg).decode())
        small = base64.b64decode(given["jpeg"])
        assert len(small) <= MAX_PHOTO
        assert b"51.69" not in small
        small = bare(small)  # as it is kept: still the same picture
        width, height, top, foot = page.evaluate(LOOK, base64.b64encode(small).decode())
        assert (width, height) == (640, 1280)
        assert (top[0] > 200, foot[2] > 200) == (True, True), "red was on the left of it as it lay: now it is on top"
        bomb = b"\xff\xd8\xff\xc0\0\x11\x08" + struct.pack(">HH", 20_000, 20_000) + bytes(400) + b"\xff\xd9"
        for name, kind, data, problem in (
            ("film.jpg", "image/jpeg", f"x{50 << 20}", "too_large"),
            ("bomb.jpg", "image/jpeg", base64.b64encode(bomb).decode(), "too_large"),
            ("lijst.txt", "text/plain", "aGFsbG8=", "not_image"),
            ("leeg.jpg", "image/jpeg", "", "not_image"),
            ("tekst.jpg", "image/jpeg", "Z2VlbiBmb3Rv", "unreadable"),
        ):
            assert _chosen(page, place, name, kind, data) == {"problem": problem}, name
        phone.close()
