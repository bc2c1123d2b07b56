"""Primitives for simulations: the port's contract kept with hashes and small powers. **They protect nothing.**

Signatures can be made by anyone, agreement has the strength of 64 bits, sealing is a hash stream. What they keep is
what the rest relies on: the same in gives the same out, what does not fit does not open, whoever lacks a private half
can't come by what was agreed with it. tests/contract/test_primitives.py holds them to the suite of all Primitives,
published vectors apart. Nothing outside sync.simulate may use them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b, pbkdf2_hmac, sha256, shake_128

from sync.core.curves import plausible, plausible_agreement
from sync.core.ports import KEY_BYTES, NONCE_BYTES, SEED_BYTES, TAG_BYTES, AgreementKey, Sealing, Signed, SigningKey

_P = 2**255 - 19
_BASE = 9


@dataclass(frozen=True, slots=True)
class FastSigningKey:
    """A name that signs; there is no secret in it."""

    public: bytes


@dataclass(frozen=True, slots=True)
class FastAgreementKey:
    """An exponent of 64 bits and its power."""

    public: bytes
    exponent: int = field(repr=False)


class FastPrimitives:
    """See sync.core.ports.Primitives, and the warning above."""

    async def signing_key(self, seed: bytes) -> SigningKey:
        """See the port."""
        return FastSigningKey(sha256(b"signing" + _sized(seed)).digest())

    async def agreement_key(self, seed: bytes) -> AgreementKey:
        """See the port."""
        return _agreement(seed)

    async def sign(self, key: SigningKey, messages: Sequence[bytes]) -> list[bytes]:
        """See the port."""
        return [_signature(key.public, m) for m in messages]

    async def verify(self, items: Sequence[Signed]) -> list[bool]:
        """See the port."""
        return [s.signature == _signature(s.public, s.message) and plausible(s) for s in items]

    async def agree(self, key: AgreementKey, publics: Sequence[bytes]) -> list[bytes | None]:
        """See the port."""
        assert isinstance(key, FastAgreementKey)
        return [_agreed(key, public) for public in publics]

    async def agree_once(self, items: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes | None]]:
        """See the port."""
        pairs = [(_agreement(seed), public) for seed, public in items]
        return [(key.public, _agreed(key, public)) for key, public in pairs]

    async def seal(self, items: Sequence[Sealing]) -> list[bytes]:
        """See the port."""
        if not all(len(s.key) == KEY_BYTES and len(s.nonce) == NONCE_BYTES for s in items):
            raise ValueError("a key is 32 bytes and a nonce 12")
        return [_seal(s) for s in items]

    async def open(self, items: Sequence[Sealing]) -> list[bytes | None]:
        """See the port."""
        return [_open(s) for s in items]

    async def stretch(self, secret: bytes, salt: bytes, rounds: int) -> bytes:
        """See the port."""
        return pbkdf2_hmac("sha256", secret, salt, rounds, KEY_BYTES)


def _sized(seed: bytes) -> bytes:
    if len(seed) != SEED_BYTES:
        raise ValueError("a seed is 32 bytes")
    return seed


def _signature(public: bytes, message: bytes) -> bytes:
    first = sha256(public + message).digest()
    return first + sha256(first).digest()[:31] + b"\0"  # below the order, as a scalar is


def _agreement(seed: bytes) -> FastAgreementKey:
    exponent = int.from_bytes(sha256(b"agreement" + _sized(seed)).digest()[:8], "little")
    return FastAgreementKey(pow(_BASE, exponent, _P).to_bytes(32, "little"), exponent)


def _agreed(key: FastAgreementKey, public: bytes) -> bytes | None:
    if not plausible_agreement(public):
        return None
    return pow(int.from_bytes(public, "little"), key.exponent, _P).to_bytes(32, "little")


def _stream(key: bytes, nonce: bytes, data: bytes) -> bytes:
    pad = int.from_bytes(shake_128(key + nonce).digest(len(data)), "little")
    return (int.from_bytes(data, "little") ^ pad).to_bytes(len(data), "little")


def _tag(key: bytes, nonce: bytes, aad: bytes, sealed: bytes) -> bytes:
    whole = b"".join((nonce, len(aad).to_bytes(8, "little"), aad, sealed))
    return blake2b(whole, key=key, digest_size=TAG_BYTES).digest()


def _seal(s: Sealing) -> bytes:
    sealed = _stream(s.key, s.nonce, s.data)
    return sealed + _tag(s.key, s.nonce, s.aad, sealed)


def _open(s: Sealing) -> bytes | None:
    if len(s.key) != KEY_BYTES or len(s.nonce) != NONCE_BYTES or len(s.data) < TAG_BYTES:
        return None
    sealed, tag = s.data[:-TAG_BYTES], s.data[-TAG_BYTES:]
    return _stream(s.key, s.nonce, sealed) if tag == _tag(s.key, s.nonce, s.aad, sealed) else None
