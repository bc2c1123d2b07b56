"""The static site over HTTP: what a browser is sent, compressed how, kept how long."""

import asyncio
import gzip
import hashlib
import json
from pathlib import Path

import brotli
import httpx
import pytest
from starlette.applications import Starlette

from app.web.headers import HEADERS
from sync.server.site import Site

SCRIPT = b"console.log('a line that gains by being packed');\n" * 50
PAGE = b"<!DOCTYPE html><title>Straatcontact</title>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A site of one page and one versioned script, and a file that its manifest does not name."""
    site = tmp_path / "site"
    (site / "r/1").mkdir(parents=True)
    (site / "index.html").write_bytes(PAGE)
    (site / "r/1/a.js").write_bytes(SCRIPT)
    (site / "r/1/a.js.br").write_bytes(brotli.compress(SCRIPT))
    (site / "r/1/a.js.gz").write_bytes(gzip.compress(SCRIPT))
    (site / "secret.txt").write_bytes(b"not named")
    (tmp_path / "outside.txt").write_bytes(b"not ours")
    files = {
        "index.html": {"type": "text/html", "hash": hashlib.sha256(PAGE).hexdigest(), "encodings": [], "ask": True},
        "r/1/a.js": {
            "type": "text/javascript",
            "hash": hashlib.sha256(SCRIPT).hexdigest(),
            "encodings": ["br", "gzip"],
            "ask": False,
        },
    }
    (site / "site.json").write_text(json.dumps({"headers": HEADERS, "files": files}))
    return site


def get(folder: Path, path: str, **headers: str) -> httpx.Response:
    """One answer, as sent."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=[Site(folder).route()]))
        async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            return await client.get(path, headers={"accept-encoding": "identity", **names})

    return asyncio.run(ask())


@pytest.mark.parametrize("path", ["/", "/r/1/a.js", "/nowhere.js"])
def test_every_answer_carries_the_security_headers(folder: Path, path: str) -> None:
    """Found or not, an answer forbids other hosts, inline scripts, frames, guessing of types and referrers."""
    answer = get(folder, path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == policy["worker-src"] == "'self'"
    assert "unsafe-inline" not in policy["script-src"]
    assert "http" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br, gzip", "br"),
        ("gzip, deflate", "gzip"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("*", "br"),
        ("*;q=0", None),
        ("identity", None),
        ("br;q=nonsense", None),
    ],
)
def test_a_file_travels_packed_as_the_browser_can_open_it(folder: Path, accepted: str, encoding: str | None) -> None:
    """Brotli where it is welcome, else gzip, else as it is: always the same bytes in the end."""
    answer = get(folder, "/r/1/a.js", accept_encoding=accepted)
    assert answer.headers.get("content-encoding") == encoding
    assert answer.content == SCRIPT
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["vary"] == "Accept-Encoding"


def test_versioned_files_are_kept_for_ever_and_the_page_is_asked_for_anew(folder: Path) -> None:
    """What has its version in its path never changes; the page is checked each time, which costs no body."""
    assert "immutable" in get(folder, "/r/1/a.js").headers["cache-control"]
    page = get(folder, "/")
    assert page.headers["cache-control"] == "no-cache"
    tag = page.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        again = get(folder, "/", if_none_match=known)
        assert (again.status_code, again.content) == (304, b"")
    assert get(folder, "/", if_none_match='"other"').content == PAGE


@pytest.mark.parametrize(
    "path", ["/secret.txt", "/site.json", "/../outside.txt", "/%2e%2e/outside.txt", "/r/1/a.js.br"]
)
def test_what_the_manifest_does_not_name_is_not_served(folder: Path, path: str) -> None:
    """Neither a stray file, nor the manifest itself, nor anything outside the folder."""
    answer = get(folder, path, accept="text/html")
    assert (answer.status_code, answer.content) == (404, b"Not found")


def test_a_person_at_another_address_gets_the_app_and_a_program_gets_not_found(folder: Path) -> None:
    """A page asked for under an unknown name is the app; files and the API are never a page."""
    assert get(folder, "/hulplijnen", accept="text/html,*/*").content == PAGE
    assert get(folder, "/hulplijnen", accept="*/*").status_code == 404
    assert get(folder, "/v1/unknown", accept="text/html").status_code == 404
    assert get(folder, "/r/0/old", accept="text/html").status_code == 404
