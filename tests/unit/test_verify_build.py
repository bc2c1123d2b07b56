"""`straatcontact verify-build`: an honest site passes; each way to serve something else is found and named."""

import asyncio
import gzip
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest

from app.cli import main
from app.commands import verify_build
from app.commands.served import checked_url
from app.web import hashes
from app.web.headers import HEADERS
from sync.core.errors import BadFormat, BadInput, NewerVersion, TooLarge
from tests.support.web_server import Said, web_server

VERSION = "0123456789abcdef"
SCRIPT = b"console.log('a line that gains by being packed');\n" * 50
PAGE = f'<!DOCTYPE html><base href="/"><a href="tel:112"></a><script src="/r/{VERSION}/a.js"></script>'.encode()
WORKER = f'const LIST = "/__list"; const API = "/v1/"; const FILES = {{"/r/{VERSION}/a.js": "00"}};'.encode()
FILES = {"index.html": PAGE, "sw.js": WORKER, f"r/{VERSION}/a.js": SCRIPT}
PUBLISHED = hashes.of(VERSION, FILES, HEADERS)
PACK: dict[str, Callable[[bytes], bytes]] = {"br": brotli.compress, "gzip": gzip.compress}

Change = Callable[[str, dict[str, str], Said], Said]


def site(change: Change = lambda path, headers, said: said) -> Callable[[str, dict[str, str]], Said]:
    """The published site, each answer changed at the last moment."""

    def answer(path: str, headers: dict[str, str]) -> Said:
        page = path in ("/", "/hulplijnen") and "text/html" in headers["accept"]
        body = FILES.get("index.html" if page else path[1:])
        said = Said(b"Not found" if body is None else body, 404 if body is None else 200, list(HEADERS.items()))
        said = change(path, headers, said)
        pack = PACK.get(headers["accept-encoding"])
        if pack and said.status == 200 and not any(name == "Content-Encoding" for name, _ in said.headers):
            said.body = pack(said.body)
            said.headers.append(("Content-Encoding", headers["accept-encoding"]))
        return said

    return answer


def verified(change: Change | None = None) -> tuple[bool, list[str]]:
    """Whether it passed, and the lines that say it did not."""
    said: list[str] = []
    with web_server(site(change) if change else site()) as url:
        passed = asyncio.run(verify_build.verify(url, PUBLISHED, said.append))
    return passed, [line for line in said if not line.endswith(": as published")]


def test_a_site_that_serves_the_build_passes() -> None:
    """Every file, packed each way, the page under its names and the service worker: one line each, and a sum."""
    assert verified() == (True, [f"All 6 are as published (version {VERSION})."])


def on(where: str, **other: object) -> Change:
    """One path answered another way."""

    def change(path: str, headers: dict[str, str], said: Said) -> Said:
        if path != where:
            return said
        return Said(**{"body": said.body, "status": said.status, "headers": said.headers, **other})  # type: ignore[arg-type]

    return change


def with_header(name: str, value: str | None, where: str = "/sw.js") -> Change:
    """One header more, another, or none, on one path."""

    def change(path: str, headers: dict[str, str], said: Said) -> Said:
        if path == where:
            rest = [(n, v) for n, v in said.headers if n != name]
            said.headers = rest + ([(name, value)] if value is not None else [])
        return said

    return change


def only_packed(path: str, headers: dict[str, str], said: Said) -> Said:
    """The file as it is, is right; what a browser gets is not."""
    return Said(said.body + b"//", said.status, said.headers) if headers["accept-encoding"] == "br" else said


def only_to_service_workers(path: str, headers: dict[str, str], said: Said) -> Said:
    """Right for whoever looks, not for the browser that installs it."""
    return Said(said.body + b"//", said.status, said.headers) if "service-worker" in headers else said


def only_to_visitors(path: str, headers: dict[str, str], said: Said) -> Said:
    """The file is right, the page that people open is not."""
    return Said(said.body + b"<!---->", said.status, said.headers) if path == "/" else said


A_JS = f"/r/{VERSION}/a.js"
WEAKER = HEADERS["Content-Security-Policy"].replace("script-src 'self'", "script-src 'self' https://elsewhere.example")
BOMB = [*HEADERS.items(), ("Content-Encoding", "gzip")]
BROTLI_BOMB = [*HEADERS.items(), ("Content-Encoding", "br")]
CASES: dict[str, tuple[Change, str]] = {
    "one byte of the service worker": (on("/sw.js", body=WORKER[:-1] + b" "), "sw.js: DIFFERENT: "),
    "one byte of the page": (on("/index.html", body=PAGE.replace(b"112", b"113")), "index.html: DIFFERENT: "),
    "one byte of a script": (on(A_JS, body=SCRIPT[:-1] + b" "), f"r/{VERSION}/a.js: DIFFERENT: "),
    "an added script": (
        on("/index.html", body=PAGE + b"<script src=/extra.js></script>"),
        "it asks for '/extra.js', which nobody published",
    ),
    "a script from elsewhere": (
        on("/index.html", body=PAGE + b"<script src='https://elsewhere.example/x.js'></script>"),
        "it asks for 'https://elsewhere.example/x.js'",
    ),
    "a file more in the service worker": (
        on("/sw.js", body=WORKER + b'importScripts("/extra.js")'),
        "it asks for '/extra.js'",
    ),
    "another version": (
        on("/index.html", body=PAGE.replace(VERSION.encode(), b"f" * 16)),
        f"it is of version {'f' * 16}, the list of {VERSION}",
    ),
    "a missing file": (on(A_JS, body=b"", status=404), f"r/{VERSION}/a.js: MISSING: the server answers 404"),
    "a weaker policy": (with_header("Content-Security-Policy", WEAKER), "sw.js: HEADER Content-Security-Policy is "),
    "no policy": (with_header("Content-Security-Policy", None), "HEADER Content-Security-Policy is missing"),
    "no policy on what is not found": (
        lambda path, headers, said: Said(said.body, said.status) if said.status == 404 else said,
        "a script that nobody published: HEADER Content-Security-Policy is missing",
    ),
    "a script for the asking": (
        lambda path, headers, said: Said(SCRIPT, 200, said.headers) if said.status == 404 else said,
        "a script that nobody published: DIFFERENT: the server answers 200",
    ),
    "a header that loads": (with_header("Link", "</x.js>; rel=preload"), "HEADER link does not belong here"),
    "a header that goes elsewhere": (
        with_header("Refresh", "0; url=https://elsewhere.example", "/"),
        "the start page (/): HEADER refresh does not belong here",
    ),
    "a wider service worker": (with_header("Service-Worker-Allowed", "/"), "service-worker-allowed does not belong"),
    "right as it is, not packed": (only_packed, "index.html: DIFFERENT: "),
    "right to look at, not to install": (only_to_service_workers, "sw.js: DIFFERENT: "),
    "right by its name, not by the address": (only_to_visitors, "the start page (/): DIFFERENT: "),
    "sent on to another host": (
        on("/sw.js", status=302, headers=[("Location", "https://elsewhere.example/sw.js")]),
        "sw.js: DIFFERENT: sends on to 'https://elsewhere.example/sw.js': not followed",
    ),
    "sent on within the host": (on("/sw.js", status=307, headers=[("Location", "/")]), "sw.js: DIFFERENT: sends on"),
    "a bomb": (on("/sw.js", body=gzip.compress(bytes(100 << 20)), headers=BOMB), "sw.js: DIFFERENT: larger than"),
    "another bomb": (
        on("/sw.js", body=brotli.compress(bytes(100 << 20), quality=1), headers=BROTLI_BOMB),
        "sw.js: DIFFERENT: larger than published",
    ),
    "without end": (on("/sw.js", body=bytes(3 << 20)), "sw.js: DIFFERENT: larger than published: not read further"),
    "half a packed file": (on("/sw.js", body=gzip.compress(WORKER)[:-9], headers=BOMB), "can't be opened whole"),
    "two packed files": (on("/sw.js", body=gzip.compress(WORKER) * 2, headers=BOMB), "can't be opened whole"),
    "packed some other way": (
        on("/sw.js", headers=[*HEADERS.items(), ("Content-Encoding", "zstd")]),
        "packed in a way that was not asked for ('zstd')",
    ),
    "no HTTP": (on("/sw.js", headers=[("Bad\nheader", "x")]), "sw.js: "),
}


@pytest.mark.parametrize("case", CASES)
def test_whatever_else_is_served_is_found_and_named(case: str) -> None:
    """Each difference fails the whole, is told on the line of its file, and what is right stays right."""
    change, told = CASES[case]
    passed, lines = verified(change)
    assert not passed
    assert any(told in line for line in lines[:-1]), lines
    assert "NOT as published" in lines[-1]


def test_a_server_that_takes_for_ever_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole has an end, and says that it did not get to know."""
    monkeypatch.setattr(verify_build, "WHOLE_SECONDS", 0.2)

    def slow(path: str, headers: dict[str, str], said: Said) -> Said:
        import time

        time.sleep(0.15)
        return said

    passed, lines = verified(slow)
    assert not passed
    assert lines[-1].startswith("STOPPED")


def test_the_command_says_it_with_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0 for a site as published, 1 for another, 1 for no site at all."""
    listed = tmp_path / "hashes.txt"
    listed.write_text(PUBLISHED.to_text())
    with web_server(site()) as url:
        assert main(["verify-build", url, "--hashes", str(listed)]) == 0
        gone = url
    assert "All 6 are as published" in capsys.readouterr().out
    with web_server(site(CASES["a weaker policy"][0])) as url:
        assert main(["verify-build", f"{url}/", "--hashes", str(listed)]) == 1
    assert main(["verify-build", gone, "--hashes", str(listed)]) == 1
    assert "no answer that can be read (ConnectError)" in capsys.readouterr().out


@pytest.mark.parametrize(
    "url",
    [
        "straat.example",
        "http://straat.example",
        "http://10.0.0.1",
        "https://straat.example/app",
        "https://user@straat.example",
        "https://straat.example/?x",
        "ftp://straat.example",
        "https://",
    ],
)
def test_an_address_that_no_phone_would_be_given_is_refused(url: str) -> None:
    """Without https (but for this machine itself), with a path, or with more than an address."""
    with pytest.raises(BadInput):
        checked_url(url)
    assert checked_url("https://straat.example/") == "https://straat.example"


GOOD = PUBLISHED.to_text()
LINE = GOOD.splitlines()[-1]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", BadFormat),
        ("straatcontact 2" + GOOD[15:], NewerVersion),
        (GOOD[:-1], BadFormat),
        (GOOD + LINE + "\n", BadFormat),
        (GOOD.replace("file ", "File ", 1), BadFormat),
        (GOOD.replace(" index.html", " ../index.html"), BadFormat),
        (GOOD.replace(" index.html", " /index.html"), BadFormat),
        (GOOD.replace(" index.html", " https://x/index.html"), BadFormat),
        (GOOD.replace(f" {len(PAGE)} ", f" {len(PAGE):06} "), BadFormat),
        (GOOD.replace(f" {len(PAGE)} ", " 99999999 "), TooLarge),
        ("".join(line for line in GOOD.splitlines(True) if not line.startswith("file")), BadFormat),
        ("x" * (hashes.MAX_LIST_CHARACTERS + 1), TooLarge),
    ],
)
def test_a_list_that_no_build_wrote_is_refused(text: str, error: type[Exception]) -> None:
    """Cut off, doubled, with an odd line, a path that leads elsewhere, or nothing to compare with."""
    assert hashes.read(GOOD) == PUBLISHED
    with pytest.raises(error):
        hashes.read(text)
