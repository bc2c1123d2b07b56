"""Wycheproof on CPython. The worker's half is tests/browser/test_wycheproof_browser.py."""

import asyncio
from collections import Counter

import pytest

from app.platform.native_crypto import NativePrimitives
from tests.vectors.wycheproof import FILES, NOT_OURS, OUR_REFUSALS, REFUSED, answers, cases, differences, expected

CASES = cases()


@pytest.mark.parametrize("name", FILES)
def test_every_verdict_is_wycheproofs_or_named_as_ours(name: str) -> None:
    """Valid gives the published bytes, invalid is refused, and of what it leaves open only what is listed is refused."""
    got = asyncio.run(answers(NativePrimitives(), name, CASES[name]))
    assert differences(name, CASES[name], got) == []


def test_the_package_still_has_what_it_had() -> None:
    """How many cases there are, how many we refuse of our own choice, and how many are for sizes that we never use."""
    assert {name: len(all_of) for name, all_of in CASES.items()} == {
        "ed25519": 210,
        "x25519": 518,
        "aes-gcm": 316,
        "hkdf": 86,
    }
    chosen = Counter(
        flag
        for name, all_of in CASES.items()
        for case in all_of
        for flag in OUR_REFUSALS
        if case["result"] == "acceptable" and flag in case["flags"]
    )
    assert chosen == {"SmallOrderPublicKey": 8, "ZeroSharedSecret": 31}
    assert sum(NOT_OURS["aes-gcm"](case) for case in CASES["aes-gcm"]) == 250
    taken = Counter(name for name, all_of in CASES.items() for case in all_of if expected(name, case) != REFUSED)
    assert taken == {"ed25519": 138, "x25519": 487, "aes-gcm": 39, "hkdf": 83}


def test_a_wrong_verdict_is_seen() -> None:
    """The comparison itself fails where an answer is another."""
    got = [expected("hkdf", case) for case in CASES["hkdf"]]
    assert differences("hkdf", CASES["hkdf"], ["00", *got[1:]]) != []
