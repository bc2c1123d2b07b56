"""The RFCs' own vectors, read from the development package `cryptography_vectors`. CPython only."""

import json
from pathlib import Path
from typing import Any


def _folder() -> Path:
    import cryptography_vectors

    return Path(cryptography_vectors.__file__).parent


def rfc_9180() -> list[dict[str, Any]]:
    """HPKE in base mode with our suite: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM."""
    ours = {"mode": 0, "kem_id": 0x20, "kdf_id": 1, "aead_id": 2}
    every = json.loads((_folder() / "HPKE" / "test-vectors.json").read_text())
    return [v for v in every if all(v[key] == want for key, want in ours.items())]


def _counted(path: str) -> list[dict[str, str]]:
    """The cases of a file in NIST's style: `COUNT = n`, then `name = value` lines."""
    cases = []
    for part in (_folder() / path).read_text().split("COUNT = ")[1:]:
        lines = (line.partition("=") for line in part.splitlines() if "=" in line)
        cases.append({key.strip(): value.strip() for key, _, value in lines})
    return cases


def rfc_5869() -> list[dict[str, str]]:
    """HKDF-SHA256, appendix A.1 to A.3."""
    return _counted("KDF/rfc-5869-HKDF-SHA256.txt")


def rfc_7748() -> list[dict[str, str]]:
    """X25519, section 5.2 (the third is the first round of its iterated test)."""
    return _counted("asymmetric/X25519/rfc7748.txt")


def rfc_8032() -> dict[str, tuple[bytes, bytes, bytes]]:
    """Ed25519, section 7.1, by name: secret, message, signature. They are the first three lines and line 1,024
    of the original authors' list; TEST SHA(abc) is not in it.
    """
    lines = (_folder() / "asymmetric" / "Ed25519" / "sign.input").read_text().splitlines()
    chosen = {"test_1": lines[0], "test_2": lines[1], "test_3": lines[2], "test_1024": lines[-1]}
    found = {}
    for name, line in chosen.items():
        secret, _, message, signed = (bytes.fromhex(x) for x in line.split(":")[:4])
        found[name] = secret[:32], message, signed[:64]
    return found
