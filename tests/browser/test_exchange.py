"""Two phones in real browsers, with no network: what one shows as QR codes goes through the other's camera."""

import asyncio
from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from app.commands.demo import Demo
from tests.support.chrome import Chrome, chrome
from tests.support.rounds import plan, put_street, street
from tests.support.server_process import ServerProcess

PIN = "274915"
VIEW = {
    "x": 0,
    "y": 200,
    "width": 384,
    "height": 384,
}  # of the phone that shows; Chromium's fake camera wants such sizes


async def _round(folder: Path, url: str, link: str) -> tuple[str, list[str]]:
    """A coordinator with a round of one street, and two collectors asked for it: the round, and their links."""
    joke = await Demo(folder, url).join("joke", "Joke", link)
    tulip = await put_street(joke, street("Tulpstraat", range(1, 13)))
    name = await joke.rounds.make(plan([tulip], []))
    links = [(await joke.rounds.invite(who, name)).url for who in ("Anna", "Bram")]
    await joke.sync_once()
    await joke.locking.stop()
    await joke.live.world.transport.close()  # type: ignore[attr-defined]
    return name.hex(), links


GREY = """async (png) => {
  const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const on = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  on.drawImage(picture, 0, 0);
  const { data } = on.getImageData(0, 0, picture.width, picture.height);
  return btoa(Array.from({ length: data.length / 4 }, (_, i) => String.fromCharCode(data[4 * i])).join(""));
}"""


def film(shower: Chrome, path: Path) -> int:
    """What the other phone's camera sees: pictures of this screen, one after another, as uncompressed video (YUV4MPEG2).
    How many codes.
    """
    dialog = shower.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    counted, seen = dialog.locator(".count"), dict[str, bytes]()
    expect(counted).to_contain_text("van")
    total = int(counted.inner_text().rpartition(" ")[2])
    for _ in range(20 * total):
        before = counted.inner_text()
        shot = shower.page.screenshot(clip=VIEW)
        if before == counted.inner_text():
            seen.setdefault(before, shot)
        if len(seen) == total:
            break
    page = shower.context.new_page()  # the app's own would not let a picture in from outside
    width, height = int(VIEW["width"]), int(VIEW["height"])
    head = f"YUV4MPEG2 W{width} H{height} F3:1 Ip A1:1 C420jpeg\n".encode()
    rest = bytes([128]) * (width * height // 2)
    frames = [b64decode(page.evaluate(GREY, b64encode(shot).decode())) for shot in seen.values()]
    path.write_bytes(head + b"".join(b"FRAME\n" + frame + rest for frame in frames))
    page.close()
    return len(seen)


@pytest.mark.soak
def test_what_one_phone_shows_comes_into_the_other_through_its_camera(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """Anna walks without a network and shows; Bram, without one too, scans and sees her doors. His browser has no
    BarcodeDetector, as Safari and Firefox have none: the app brings its own reader.
    """
    link = server.init()
    server.start()
    with ThreadPoolExecutor(1) as own:
        round_, (annas, brams) = own.submit(asyncio.run, _round(tmp_path / "joke", server.url, link)).result()
    camera = tmp_path / "camera.y4m"  # looked for when the camera is asked for
    flags = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    flags.append(f"--use-file-for-fake-video-capture={camera}")
    with chrome(playwright, tmp_path / "anna") as anna:
        anna.join(annas, "Anna", PIN, "Pincode")
        anna.sees("Najaarsronde")
        with chrome(playwright, tmp_path / "bram", flags=flags) as bram:
            bram.join(brams, "Bram", PIN, "Pincode")
            bram.sees("Najaarsronde")
            for phone in (anna, bram):
                phone.works_offline()
                phone.context.set_offline(True)
            anna.tap("Najaarsronde")
            anna.tap("Ik loop deze")
            for _ in range(3):
                anna.tap("Niet thuis")
            anna.page.evaluate(f"location.hash = '#/ruil/{round_}'")
            anna.sees("Uitwisselen zonder internet")
            anna.tap("Laat zien")
            assert film(anna, camera) > 3
            bram.page.evaluate(f"location.hash = '#/ruil/{round_}'")
            bram.sees("Uitwisselen zonder internet")
            bram.tap("Scan")
            bram.sees("Klaar: alles van de ander is binnen.", timeout=60_000)
            bram.page.evaluate(f"location.hash = '#/ronde/{round_}'")
            bram.sees("3 van 12 deuren gedaan")
            assert [e for e in bram.errors if "Content Security Policy" in e] == []
