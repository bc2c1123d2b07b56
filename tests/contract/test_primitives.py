"""The Primitives suite on CPython. The browser's half is tests/browser/test_crypto_browser.py."""

import asyncio

import pytest

from app.platform.native_crypto import NativePrimitives
from sync.simulate.fast import FastPrimitives
from tests.contract.contract_primitives import CASES, PUBLISHED, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_native_primitives(case: Case) -> None:
    """The adapter over `cryptography` keeps every promise of the port."""
    asyncio.run(case(NativePrimitives()))  # type: ignore[arg-type]


@pytest.mark.parametrize("case", [c for c in CASES if c not in PUBLISHED], ids=lambda case: case.__name__)
def test_the_simulations_primitives_behave_as_real_ones_do(case: Case) -> None:
    """The fast stand-in keeps every promise but the published bytes."""
    asyncio.run(case(FastPrimitives()))  # type: ignore[arg-type]


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case.__name__)
def test_the_simulations_primitives_are_no_real_ones(case: Case) -> None:
    """Nobody mistakes them for something that protects: their bytes are not those of any standard."""
    with pytest.raises(AssertionError):
        asyncio.run(case(FastPrimitives()))  # type: ignore[arg-type]
