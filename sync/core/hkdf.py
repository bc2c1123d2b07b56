"""HKDF with SHA-256 (RFC 5869), over the standard library's HMAC."""

import hmac

HASH_BYTES = 32
_HASH = "sha256"  # by name: the C implementation, on CPython and in Pyodide, instead of one in Python


def extract(salt: bytes, ikm: bytes) -> bytes:
    """RFC 5869, 2.2: 32 bytes."""
    return hmac.digest(salt or bytes(HASH_BYTES), ikm, _HASH)


def expand(prk: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869, 2.3: `length` bytes, at most 8,160 (else ValueError)."""
    if length > 255 * HASH_BYTES:
        raise ValueError("HKDF gives at most 8160 bytes")
    block, out = b"", b""
    for counter in range(1, -(-length // HASH_BYTES) + 1):
        block = hmac.digest(prk, block + info + bytes((counter,)), _HASH)
        out += block
    return out[:length]


def hkdf(ikm: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """Extract, then expand."""
    return expand(extract(salt, ikm), info, length)
