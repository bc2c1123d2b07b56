"""Vault keys and passkeys on CPython. The handles here hold bytes; in the browser nothing does."""

import hmac
import os
from collections.abc import Callable, Sequence
from hashlib import pbkdf2_hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync.core.errors import BadInput
from sync.core.hkdf import hkdf
from sync.core.ports import KEY_BYTES, NONCE_BYTES, VaultKey, Wrapped, Wrapper


class NativeSecret:
    """A handle on a wrapper or a vault key."""

    def __init__(self, key: bytes) -> None:
        self.cipher = AESGCM(key)
        self.key = key

    def __repr__(self) -> str:
        return "NativeSecret(…)"


class NativeVaultKeys:
    """The vault's half of sync.core.ports.DeviceKey, over `mac` with the held secret."""

    async def mac(self, message: bytes) -> bytes:
        """See DeviceKey."""
        raise NotImplementedError

    async def wrapper(self, secret: bytes, salt: bytes, rounds: int) -> Wrapper:
        """See DeviceKey."""
        stretched = pbkdf2_hmac("sha256", secret, salt, rounds, KEY_BYTES)
        held = await self.mac(b"straatcontact vault" + salt)
        return NativeSecret(hkdf(stretched + held, salt, b"straatcontact vault wrapping", KEY_BYTES))

    async def make(self, under: Wrapper, aad: bytes) -> tuple[VaultKey, Wrapped]:
        """See DeviceKey."""
        key = os.urandom(KEY_BYTES)
        return NativeSecret(key), _wrap(under, key, aad)

    async def unwrap(self, under: Wrapper, aad: bytes, wrapped: Wrapped) -> VaultKey | None:
        """See DeviceKey."""
        key = _open(under, aad, wrapped.nonce, wrapped.data)
        return NativeSecret(key) if key is not None else None

    async def rewrap(
        self, under: Wrapper, aad: bytes, wrapped: Wrapped, anew: Wrapper, new_aad: bytes
    ) -> Wrapped | None:
        """See DeviceKey."""
        key = _open(under, aad, wrapped.nonce, wrapped.data)
        return _wrap(anew, key, new_aad) if key is not None else None

    async def seal(self, key: VaultKey, items: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        """See DeviceKey."""
        wrapped = [_wrap(key, data, aad) for aad, data in items]
        return [w.nonce + w.data for w in wrapped]

    async def open(self, key: VaultKey, items: Sequence[tuple[bytes, bytes]]) -> list[bytes | None]:
        """See DeviceKey."""
        return [_open(key, aad, data[:NONCE_BYTES], data[NONCE_BYTES:]) for aad, data in items]


class NativePasskeys:
    """An authenticator of bytes, for tests and the demo: `confirm` says whether the person goes along."""

    def __init__(self, mac: Callable[[bytes], bytes] | None = None) -> None:
        self.held: dict[bytes, bytes] = {}
        self.there = mac is not None
        self.confirm = True
        self._mac = mac

    async def available(self) -> bool:
        """See Passkeys."""
        return self.there

    async def create(self) -> bytes:
        """See Passkeys."""
        self._ask()
        credential = os.urandom(16)
        self.held[credential] = os.urandom(KEY_BYTES)
        return credential

    async def wrapper(self, credential: bytes, salt: bytes) -> Wrapper:
        """See Passkeys."""
        self._ask()
        if credential not in self.held or self._mac is None:
            raise BadInput("passkey", "cancelled")
        given = hmac.digest(self.held[credential], salt, "sha256")
        held = self._mac(b"straatcontact passkey" + salt)
        return NativeSecret(hkdf(given + held, salt, b"straatcontact passkey wrapping", KEY_BYTES))

    async def forget(self, credential: bytes) -> None:
        """See Passkeys."""
        self.held.pop(credential, None)

    def _ask(self) -> None:
        if not self.there:
            raise BadInput("passkey", "unsupported")
        if not self.confirm:
            raise BadInput("passkey", "cancelled")


def _cipher(key: object) -> AESGCM:
    assert isinstance(key, NativeSecret)
    return key.cipher


def _wrap(under: Wrapper, key: bytes, aad: bytes) -> Wrapped:
    nonce = os.urandom(NONCE_BYTES)
    return Wrapped(nonce, _cipher(under).encrypt(nonce, key, aad))


def _open(key: object, aad: bytes, nonce: bytes, data: bytes) -> bytes | None:
    try:
        return _cipher(key).decrypt(nonce, data, aad)
    except (InvalidTag, ValueError):
        return None
