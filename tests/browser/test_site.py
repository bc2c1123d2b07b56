"""The built site: what it holds, what it weighs, and that no page of it asks another host for anything."""

import gzip
import hashlib
import json
import shutil
import zipfile
from pathlib import Path

import brotli
import pytest
from playwright.sync_api import Playwright

from app.web.runtime import _replaced
from tests.browser.net_log import requests_by
from tests.support.chrome import chrome
from tests.support.server_process import SITE, ServerProcess

OTHER_HOSTS = ("jsdelivr.net", "gstatic.com", "unpkg.com", "googleapis.com", "pypi.org", "pythonhosted.org")
OTHER = "http://127.0.0.1:9"  # another origin at which nobody answers
ASKERS = {
    "page": "fetch('{0}/page', {{mode: 'no-cors'}}).catch(() => 0)",
    "worker": "new Promise(r => {{ const w = new Worker('/asks.js'); w.onmessage = r; w.postMessage('{0}/worker'); }})",
    "service": "navigator.serviceWorker.ready.then(r => new Promise(d => {{"
    " navigator.serviceWorker.onmessage = d; r.active.postMessage('{0}/service'); }}))",
}
ASKS_JS = "onmessage = async (e) => {{ await fetch(e.data, {{mode: 'no-cors'}}).catch(() => 0); {0}.postMessage(1); }};"


def _site() -> dict[str, dict[str, dict[str, object]]]:
    return json.loads((SITE / "site.json").read_text())  # type: ignore[no-any-return]


def test_every_file_is_what_the_manifest_says() -> None:
    """Each file in site.json is there with its hash, and each encoding decodes to the same bytes."""
    for name, about in _site()["files"].items():
        data = (SITE / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == about["hash"], name
        assert len(data) == about["size"], name
        for encoding in about["encodings"]:  # type: ignore[attr-defined]
            packed = (SITE / (name + {"br": ".br", "gzip": ".gz"}[encoding])).read_bytes()
            assert (brotli.decompress(packed) if encoding == "br" else gzip.decompress(packed)) == data, name


def test_the_whole_site_travels_in_twelve_mebibytes() -> None:
    """Every file counted as it is sent at best, the whole is at most 12 MiB. A build for this machine alone is packed
    roughly and may be a tenth more (`make bench ONLY=build` measures the other).
    """
    suffixes = {"br": ".br", "gzip": ".gz"}
    sent = sum(
        min([(SITE / name).stat().st_size] + [(SITE / (name + suffixes[e])).stat().st_size for e in about["encodings"]])  # type: ignore[attr-defined]
        for name, about in _site()["files"].items()
    )
    assert sent <= 12 * 2**20 * 1.1


def test_nothing_in_the_site_starts_a_package_installer_or_loads_from_elsewhere() -> None:
    """No micropip, no requirements in the archive, and no file that runs names a host that hands out code or fonts."""
    for name in _site()["files"]:
        assert "micropip" not in name
        if name.endswith((".js", ".mjs", ".html", ".css")):
            text = (SITE / name).read_text(encoding="utf-8")
            assert [host for host in OTHER_HOSTS if host in text] == [], name


def test_the_archive_holds_the_phone_and_nothing_else() -> None:
    """Our phone packages are in it; the server, the command line, compiled files and requirement lists are not."""
    with zipfile.ZipFile(next(SITE.rglob("app.zip"))) as archive:
        names = archive.namelist()
    assert {"app/main.py", "sync/core/envelope.py", "sync/device/log.py", "app/helplines.json"} <= set(names)
    forbidden = (
        "sync/server",
        "app/cli",
        "app/web",
        "app/commands",
        "app/platform/native",
        "app/platform/native_crypto",
    )
    assert [
        n for n in names if n.startswith(forbidden) or n.endswith((".pyc", "pyproject.toml", "requirements.txt"))
    ] == []


def test_a_runtime_that_changed_is_noticed_when_the_site_is_built() -> None:
    """Where the text that must be rewritten is gone, or is there twice, the build stops instead of going on."""
    assert _replaced("a b", "b", "c") == "a c"
    for text in ("a", "b b"):
        with pytest.raises(ValueError, match="found"):
            _replaced(text, "b", "c")


def test_no_request_leaves_for_another_host(playwright: Playwright, server: ServerProcess, tmp_path: Path) -> None:
    """Two starts, odd letters typed: the browser's own log holds requests to our server only, and no few at that."""
    server.start()
    log = tmp_path / "net.json"
    with chrome(playwright, tmp_path / "phone", flags=[f"--log-net-log={log}"]) as phone:
        for _ in range(2):
            phone.open(server.url)
            phone.sees("Welkom bij Straatcontact")
            phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        before = len(phone.requests)
        phone.type("Plak hier je uitnodiging", "☃ ✓ 漢 😀 →")  # letters that the bundled fonts lack
        phone.page.wait_for_timeout(2_000)
        phone.not_blank()
        assert len(phone.requests) - before < 20, "the search for fonts goes on and on"
        assert [e for e in phone.errors if "Content Security Policy" in e] == []
        phone.close()
    asked = requests_by(server.url, log)
    assert [url for url in asked if not url.startswith(f"{server.url}/")] == []
    assert {f"{server.url}/sw.js", f"{server.url}/index.html"} <= set(asked)
    assert any(url.endswith("pyodide.asm.wasm") for url in asked)


def test_the_log_of_requests_misses_nobody(playwright: Playwright, server: ServerProcess, tmp_path: Path) -> None:
    """A control: without our policy, a page, a worker and a service worker that ask another host all show up."""
    server.site = _site_that_asks(tmp_path / "site")
    server.start()
    log = tmp_path / "net.json"
    with chrome(playwright, tmp_path / "phone", flags=[f"--log-net-log={log}"]) as phone:
        phone.page.goto(server.url)
        phone.page.evaluate(
            "navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then(() => 1)"
        )
        for ask in ASKERS.values():
            phone.page.evaluate(ask.format(OTHER) + ".then(() => 1)")
        phone.close()
    asked = requests_by(server.url, log)
    assert {f"{OTHER}/{who}" for who in ASKERS} <= set(asked)


def _site_that_asks(folder: Path) -> Path:
    files = {
        "index.html": "<!DOCTYPE html><title>asks</title>",
        "asks.js": ASKS_JS.format("self"),
        "sw.js": ASKS_JS.format("e.source"),
    }
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    about = {}
    for name, text in files.items():
        (folder / name).write_text(text)
        kind = "text/html" if name.endswith("html") else "text/javascript"
        about[name] = {"type": kind, "hash": hashlib.sha256(text.encode()).hexdigest(), "encodings": [], "ask": True}
    (folder / "site.json").write_text(json.dumps({"headers": {}, "files": about}))
    return folder
