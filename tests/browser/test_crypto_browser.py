"""Crypto in Chromium's worker, over WebCrypto: both suites, every vector, and a key that stays."""

from pathlib import Path

import pytest

from tests.browser.worker_harness import Result, Scripts, WorkerPage, serve

pytestmark = pytest.mark.browser
MAC = "from app.platform.browser_device import BrowserDeviceKey\n(await BrowserDeviceKey().mac(b'a')).hex()"


def _failures(results: list[Result]) -> str:
    return "\n".join(f"{r.name}\n{r.error}" for r in results if r.error)


def test_webcrypto_keeps_every_promise() -> None:
    """The Primitives and device suites, and every vector, hold in the browser as on CPython."""
    with WorkerPage() as page:
        suites = page.run("tests.browser.in_worker_crypto")
        vectors = page.run("tests.browser.in_worker_vectors")
    assert len(suites) > 25
    assert len(vectors) == 1
    assert not _failures(suites + vectors)


def test_the_device_key_outlives_the_browser(tmp_path: Path) -> None:
    """Closed and opened again, the browser gives the same answer; another profile gives another."""
    with serve((), Scripts()) as address:
        macs = []
        for profile in ("mine", "mine", "someone else's"):
            with WorkerPage(profile=tmp_path / profile, address=address) as page:
                macs.append(page.evaluate(MAC))
    first, again, other = macs
    assert len(first) == 64
    assert first == again != other


def test_a_full_disk_is_told_and_mended() -> None:
    """Without room for the first device key the error says so; with room again there is a key."""
    told = (
        "from app.platform.browser_device import BrowserDeviceKey\n"
        "from sync.core.errors import DiskFull\n"
        "try:\n    await BrowserDeviceKey().mac(b'a')\nexcept DiskFull as e:\n    full = e.code\n"
        "full"
    )
    with WorkerPage() as page:
        devtools = page.page.context.new_cdp_session(page.page)
        devtools.send("Storage.overrideQuotaForOrigin", {"origin": page.address, "quotaSize": 1})
        assert page.evaluate(told) == "disk_full"
        devtools.send("Storage.overrideQuotaForOrigin", {"origin": page.address})
        assert len(page.evaluate(MAC)) == 64


def test_the_harness_sees_a_failure() -> None:
    """A function that fails in the worker comes back with its traceback, and the next one still runs."""
    with WorkerPage() as page:
        page.evaluate(
            "import sys, types\n"
            "module = types.ModuleType('made_here')\n"
            "exec('def test_bad():\\n    assert 1 == 2\\nasync def test_good():\\n    pass', module.__dict__)\n"
            "sys.modules['made_here'] = module"
        )
        bad, good = page.run("made_here")
        foreign = page.page.evaluate("() => fetch('http://127.0.0.1:9/').then(() => 'reached', () => 'refused')")
    assert "assert 1 == 2" in bad.error or "AssertionError" in bad.error
    assert (good.name, good.error) == ("test_good", "")
    assert foreign == "refused"
