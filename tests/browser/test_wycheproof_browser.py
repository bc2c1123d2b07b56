"""Wycheproof over WebCrypto, in Chromium's worker: the same verdicts as on CPython, case by case."""

import json

import pytest

from tests.browser.worker_harness import WorkerPage
from tests.vectors.wycheproof import cases, differences

pytestmark = pytest.mark.browser
ASK = """
import json
from app.platform.browser_crypto import BrowserPrimitives
from tests.vectors.wycheproof import answers
json.dumps(await answers(BrowserPrimitives(), {name!r}, json.loads({given!r})))
"""


@pytest.mark.soak
def test_webcrypto_gives_the_same_verdicts() -> None:
    """Ed25519, X25519, AES-256-GCM and HKDF-SHA256: what is valid, what is not, and our choice where there is one."""
    with WorkerPage() as page:
        for name, all_of in cases().items():
            got = json.loads(page.evaluate(ASK.format(name=name, given=json.dumps(all_of))))
            assert differences(name, all_of, got) == []
