"""The first page: help lines that can be called before, beside and without the app."""

import json
import shutil
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Playwright, expect

from app.services.directory import osm_hours, page_copy
from sync.core.help_line import HelpLine, Number
from tests.support.chrome import LAPTOP, PHONE, chrome
from tests.support.server_process import SITE, ServerProcess

FIRST = ["tel:112", "tel:113", "tel:08000113", "tel:08001205", "tel:08002000"]
FIXED = len(FIRST)
LONGEST = HelpLine(
    "lang",
    "L" * 120,
    "a" * 400,
    numbers=(Number("0" * 20, "n" * 120, "c" * 80, "s" * 400),),
    hours=osm_hours.read(
        "; ".join(f"{day} 08:0{n}-09:00,10:00-11:0{n},12:00-13:00,22:00-02:00" for n, day in enumerate(osm_hours.DAYS))
    ),
    conflict="x" * 400,
    alert="y" * 300,
)
COPY = page_copy.copy(
    [
        HelpLine(
            "img",
            "<img src=x onerror=alert(1)>",
            "Open inloop",
            numbers=(Number("0736128888", cost="gratis"), Number("+31612345678")),
            checked="2026-11-25",
        ),
        HelpLine("gemeente", "Gemeente", "Ideeën", email="a@example.nl", checked="2020-01-01"),
        HelpLine("nep", "Bel niet 112", numbers=(Number("+318001205"),)),
        LONGEST,
    ],
    date(2026, 12, 1),
)
SPOILT = (
    "no JSON",
    "a number that is a script",
    "an address that is more",
    "text that is turned",
    "a day that is none",
)
CONTRASTS = """() => {
  const light = (css) => {
    const part = css.match(/[\\d.]+/g).slice(0, 3).map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
  };
  const ground = (e) => {
    const css = getComputedStyle(e).backgroundColor;
    return css === "rgba(0, 0, 0, 0)" ? ground(e.parentElement) : css;
  };
  const texts = [...document.querySelectorAll("#first :is(h1, p, a, b, span, strong)")]
    .filter((e) => e.innerText.trim());
  return texts.map((e) => {
    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
    return [e.innerText, (a + 0.05) / (b + 0.05)];
  });
}"""


def _without(site: Path, *names: str) -> Path:
    """A copy of the build in which some files are spoiled."""
    shutil.copytree(SITE, site)
    for name in names:
        for path in site.rglob(f"{name}*"):
            path.write_bytes(b"not this")
    return site


def _lines_can_be_called(page: Page) -> None:
    links = page.locator("#hulplijnen a")
    expect(links.first).to_be_visible()
    assert [x.get_attribute("href") for x in links.all()][:FIXED] == FIRST
    assert (
        page.evaluate(
            """() => {
          const { x, y } = document.querySelector("#hulplijnen a").getBoundingClientRect();
          return document.elementFromPoint(x + 30, y + 10).closest("a").href;
        }"""
        )
        == "tel:112"
    ), "nothing lies over it"


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_help_lines_need_no_script_and_can_be_read_and_tapped(
    playwright: Playwright, server: ServerProcess, tmp_path: Path, size: tuple[int, int], dark: bool
) -> None:
    """With every script gone: 112 first, letters at a contrast of 4.5 at least, and lines a thumb can't miss."""
    server.site = _without(tmp_path / "site", "page.js")
    server.start()
    with chrome(playwright, tmp_path / "phone", size, dark) as phone:
        phone.page.goto(server.url)
        _lines_can_be_called(phone.page)
        expect(phone.page.locator("html")).to_have_attribute("lang", "nl")
        assert [(text, ratio) for text, ratio in phone.page.evaluate(CONTRASTS) if ratio < 4.5] == []
        boxes = [x.bounding_box() for x in phone.page.locator("#hulplijnen a").all()]
        assert all(box and box["height"] >= 48 and box["width"] >= 300 for box in boxes)
        assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_page_that_stays_says_so_by_itself(playwright: Playwright, server: ServerProcess, tmp_path: Path) -> None:
    """Without any script the page tells after a while, in Dutch, that it takes long, and offers to try again."""
    server.site = _without(tmp_path / "site", "page.js")
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        phone.page.goto(server.url)
        late = phone.page.get_by_text("Het starten duurt lang")
        expect(late).to_be_hidden()
        phone.page.evaluate("document.getAnimations().forEach((a) => a.finish())")  # the while is over
        expect(late).to_be_visible()
        expect(phone.page.get_by_role("link", name="Opnieuw proberen")).to_be_visible()


@pytest.mark.parametrize("broken", ["app.zip", "worker.js", "main.dart.js", "canvaskit.wasm"])
def test_a_start_that_fails_says_so_and_can_be_tried_again(
    playwright: Playwright, server: ServerProcess, tmp_path: Path, broken: str
) -> None:
    """With a part missing the page stays, says it in Dutch, moves no help line, and starts once all is there."""
    server.site = _without(tmp_path / "site", broken)
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        phone.page.goto(server.url, wait_until="load")  # its style is there: before that, everything moves
        line = phone.page.locator("#hulplijnen a").first
        expect(line).to_be_visible()
        before = line.bounding_box()
        expect(phone.page.get_by_text("De app werkt nu niet")).to_be_visible(timeout=60_000)
        assert line.bounding_box() == before
        _lines_can_be_called(phone.page)
        server.stop()
        shutil.rmtree(server.site)
        shutil.copytree(SITE, server.site)
        server.start()
        phone.page.get_by_role("button", name="Opnieuw proberen").click()
        expect(phone.page.locator("#first")).to_be_hidden(timeout=60_000)
        phone.sees("Welkom bij Straatcontact")


def test_a_page_without_https_says_what_is_wrong(playwright: Playwright, server: ServerProcess, tmp_path: Path) -> None:
    """On an address that browsers don't trust the app can't run: it names the reason, and the lines work."""
    server.start()
    rules = "--host-resolver-rules=MAP straat.test 127.0.0.1"
    with chrome(playwright, tmp_path / "phone", flags=[rules]) as phone:
        phone.page.goto(f"http://straat.test:{urlsplit(server.url).port}/")
        expect(phone.page.get_by_text("beveiligd adres")).to_be_visible()
        _lines_can_be_called(phone.page)


def test_progress_is_real_and_ends_when_the_app_is_there(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """The bar only grows, in many steps as bytes come in, and is nearly full when the app takes over."""
    server.start()
    watch = """
      globalThis.seen = [];
      new MutationObserver(() => {
        const bar = document.getElementById("progress");
        if (bar && seen.at(-1) !== bar.value) seen.push(bar.value);
      }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["value"] });
    """
    with chrome(playwright, tmp_path / "phone") as phone:
        phone.page.add_init_script(watch)
        phone.open(server.url)
        seen = phone.page.evaluate("seen")
        assert seen == sorted(seen)
        assert len(seen) > 10
        assert seen[0] < 0.1 < 0.9 < seen[-1]
        phone.page.wait_for_timeout(500)
        assert phone.page.evaluate("document.elementFromPoint(100, 300).closest('#first')") is None


def _spoilt(name: str) -> str:
    """A copy of the help lines as something else might have left it in the browser."""
    copy = json.loads(COPY)
    line = copy["lines"][0]
    if name == "a number that is a script":
        line["numbers"][0][0] = "javascript:alert(1)"
    elif name == "an address that is more":
        line["email"] = "a@example.nl?bcc=b@example.nl"
    elif name == "text that is turned":
        line["name"] = "\u202e211"
    elif name == "a day that is none":
        copy["day"] = "<b>vandaag</b>"
    return "{" if name == "no JSON" else json.dumps(copy)


def test_a_verified_list_stands_on_the_first_page_and_nothing_of_it_is_believed(
    playwright: Playwright, server: ServerProcess, tmp_path: Path
) -> None:
    """The copy that the app left becomes text and numbers after the five fixed ones; a spoilt one becomes nothing."""
    server.start()
    with chrome(playwright, tmp_path / "phone") as phone:
        page = phone.page
        hidden = f"{server.url}/?hulplijnen"  # the first page alone
        page.goto(hidden)
        links = page.locator("#hulplijnen a")
        expect(page.locator("#again")).to_be_visible()
        built = [x.get_attribute("href") for x in links.all()]
        assert built[:FIXED] == FIRST
        assert {"tel:09008020", "tel:08008020", "mailto:g.boehmer@vught.nl"} <= set(built)
        page.evaluate("(copy) => localStorage.setItem('straat.directory', copy)", COPY)
        page.goto(hidden)
        expect(page.locator("#day")).to_have_text("1 december 2026")
        shown = [x.get_attribute("href") for x in links.all()]
        assert shown == [*FIRST, "tel:0736128888", "tel:+31612345678", "mailto:a@example.nl", f"tel:{'0' * 20}"]
        expect(page.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()  # as text
        expect(page.locator("li.old", has_text="Gemeente")).to_contain_text("Langer dan een jaar niet nagekeken")
        assert page.locator("li.old").count() == 2  # that one, and one that nobody ever read at its source
        assert page.locator("#hulplijnen img").count() == 0
        assert [(text, ratio) for text, ratio in page.evaluate(CONTRASTS) if ratio < 4.5] == []
        for name in SPOILT:
            page.evaluate("(copy) => localStorage.setItem('straat.directory', copy)", _spoilt(name))
            page.goto(hidden)
            expect(page.locator("#again")).to_be_visible()
            assert [x.get_attribute("href") for x in links.all()] == built, name
