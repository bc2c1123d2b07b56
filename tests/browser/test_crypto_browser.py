"""The Primitives suite, and the device's own ports, in Chromium's worker over WebCrypto."""

import pytest

from tests.browser.worker_harness import run_in_worker

pytestmark = pytest.mark.browser


def test_webcrypto_keeps_every_promise() -> None:
    """Every case of the Primitives suite, and of clock, randomness and device key, holds in the browser."""
    results = run_in_worker("tests.browser.in_worker_crypto")
    assert len(results) > 20
    failed = [f"{r.name}\n{r.error}" for r in results if r.error]
    assert not failed, "\n".join(failed)
