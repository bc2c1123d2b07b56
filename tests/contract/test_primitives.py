"""The Primitives suite on CPython. The browser's half is tests/browser/test_crypto_browser.py."""

import asyncio

import pytest

from app.platform.native_crypto import NativePrimitives
from tests.contract.contract_primitives import CASES, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_native_primitives(case: Case) -> None:
    """The adapter over `cryptography` keeps every promise of the port."""
    asyncio.run(case(NativePrimitives()))  # type: ignore[arg-type]
