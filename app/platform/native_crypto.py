"""Primitives over the `cryptography` library, for CPython: server, command line, simulation, tests."""

from collections.abc import Sequence
from hashlib import pbkdf2_hmac

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync.core.curves import plausible
from sync.core.ports import KEY_BYTES, NONCE_BYTES, AgreementKey, Sealing, Signed, SigningKey


class NativeSigningKey:
    """A handle on an Ed25519 private key."""

    def __init__(self, seed: bytes) -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self.private.public_key().public_bytes_raw()


class NativeAgreementKey:
    """A handle on an X25519 private key."""

    def __init__(self, seed: bytes) -> None:
        self.private = X25519PrivateKey.from_private_bytes(seed)
        self.public = self.private.public_key().public_bytes_raw()


class NativePrimitives:
    """See sync.core.ports.Primitives."""

    async def signing_key(self, seed: bytes) -> SigningKey:
        """See the port."""
        return NativeSigningKey(seed)

    async def agreement_key(self, seed: bytes) -> AgreementKey:
        """See the port."""
        return NativeAgreementKey(seed)

    async def sign(self, key: SigningKey, messages: Sequence[bytes]) -> list[bytes]:
        """See the port."""
        assert isinstance(key, NativeSigningKey)
        return [key.private.sign(m) for m in messages]

    async def verify(self, items: Sequence[Signed]) -> list[bool]:
        """See the port."""
        return [plausible(item) and _holds(item) for item in items]

    async def agree(self, key: AgreementKey, publics: Sequence[bytes]) -> list[bytes | None]:
        """See the port."""
        assert isinstance(key, NativeAgreementKey)
        return [_agree(key, public) for public in publics]

    async def agree_once(self, items: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes | None]]:
        """See the port."""
        pairs = [(NativeAgreementKey(seed), public) for seed, public in items]
        return [(key.public, _agree(key, public)) for key, public in pairs]

    async def seal(self, items: Sequence[Sealing]) -> list[bytes]:
        """See the port."""
        if not all(_fits(s) for s in items):  # the library would take shorter keys and other nonces
            raise ValueError("a key is 32 bytes and a nonce 12")
        return [AESGCM(s.key).encrypt(s.nonce, s.data, s.aad) for s in items]

    async def open(self, items: Sequence[Sealing]) -> list[bytes | None]:
        """See the port."""
        return [_open(s) if _fits(s) else None for s in items]

    async def stretch(self, secret: bytes, salt: bytes, rounds: int) -> bytes:
        """See the port."""
        return pbkdf2_hmac("sha256", secret, salt, rounds, KEY_BYTES)


def _holds(item: Signed) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(item.public).verify(item.signature, item.message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _agree(key: NativeAgreementKey, public: bytes) -> bytes | None:
    try:
        return key.private.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:  # the all-zero point, or not 32 bytes
        return None


def _fits(s: Sealing) -> bool:
    return len(s.key) == KEY_BYTES and len(s.nonce) == NONCE_BYTES


def _open(s: Sealing) -> bytes | None:
    try:
        return AESGCM(s.key).decrypt(s.nonce, s.data, s.aad)
    except (InvalidTag, ValueError):
        return None
