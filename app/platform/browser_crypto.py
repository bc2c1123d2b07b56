"""Primitives over the browser's WebCrypto, through assets/web/crypto.js: one crossing a batch.

Private keys are non-extractable and stay on the JavaScript side; a handle holds a number and the public bytes,
and its end is the key's end. Imports no JavaScript until a BrowserPrimitives is made, so that a memory snapshot
may hold this module.
"""

import struct
import weakref
from collections.abc import Iterable, Sequence
from itertools import chain

from pyodide.ffi import to_js

from sync.core.curves import plausible
from sync.core.ports import (
    KEY_BYTES,
    NONCE_BYTES,
    SEED_BYTES,
    AgreementKey,
    Sealing,
    Signed,
    SigningKey,
)

_NONE = 0xFFFFFFFF
_LENGTH = struct.Struct(">I")


def pack(fields: Iterable[bytes]):
    """A Uint8Array of fields, each after its length; see assets/web/crypto.js."""
    return to_js(b"".join(part for field in fields for part in (_LENGTH.pack(len(field)), field)))


def unpack(array) -> list[bytes | None]:
    """The fields of such a Uint8Array."""
    data, at, fields = array.to_bytes(), 0, []
    while at < len(data):
        (length,) = _LENGTH.unpack_from(data, at)
        at += 4
        if length == _NONE:
            fields.append(None)
        else:
            fields.append(data[at : at + length])
            at += length
    return fields


class BrowserKey:
    """A handle on a private key in the browser."""

    def __init__(self, crypto, taken) -> None:
        number, self.public = unpack(taken)
        self.number = int.from_bytes(number, "little")
        weakref.finalize(self, crypto.release, self.number).atexit = False


class BrowserSigningKey(BrowserKey):
    """A handle on an Ed25519 private key."""


class BrowserAgreementKey(BrowserKey):
    """A handle on an X25519 private key."""


class BrowserPrimitives:
    """See sync.core.ports.Primitives."""

    def __init__(self) -> None:
        from straat_js import crypto

        self._crypto = crypto

    async def signing_key(self, seed: bytes) -> SigningKey:
        """See the port."""
        return BrowserSigningKey(self._crypto, await self._crypto.signingKey(_seed(seed)))

    async def agreement_key(self, seed: bytes) -> AgreementKey:
        """See the port."""
        return BrowserAgreementKey(self._crypto, await self._crypto.agreementKey(_seed(seed)))

    async def sign(self, key: SigningKey, messages: Sequence[bytes]) -> list[bytes]:
        """See the port."""
        assert isinstance(key, BrowserSigningKey)
        return _all(await self._crypto.sign(key.number, pack(messages)), "signing failed")

    async def verify(self, items: Sequence[Signed]) -> list[bool]:
        """See the port."""
        asked = [i for i, item in enumerate(items) if plausible(item)]
        answers = unpack(await self._crypto.verify(pack(chain.from_iterable(items[i] for i in asked))))
        held = {i for i, answer in zip(asked, answers, strict=True) if answer is not None}
        return [i in held for i in range(len(items))]

    async def agree(self, key: AgreementKey, publics: Sequence[bytes]) -> list[bytes | None]:
        """See the port."""
        assert isinstance(key, BrowserAgreementKey)
        return unpack(await self._crypto.agree(key.number, pack(publics)))

    async def agree_once(self, items: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes | None]]:
        """See the port."""
        if any(len(seed) != SEED_BYTES for seed, _ in items):
            raise ValueError("a private key is 32 bytes")
        answers = unpack(await self._crypto.agreeOnce(pack(chain.from_iterable(items))))
        return list(zip(answers[::2], answers[1::2], strict=True))

    async def seal(self, items: Sequence[Sealing]) -> list[bytes]:
        """See the port."""
        if not all(_fits(s) for s in items):
            raise ValueError("a key is 32 bytes and a nonce 12")
        return _all(await self._crypto.seal(pack(chain.from_iterable(items))), "sealing failed")

    async def open(self, items: Sequence[Sealing]) -> list[bytes | None]:
        """See the port."""
        asked = [i for i, s in enumerate(items) if _fits(s)]
        answers = unpack(await self._crypto.open(pack(chain.from_iterable(items[i] for i in asked))))
        plain = dict(zip(asked, answers, strict=True))
        return [plain.get(i) for i in range(len(items))]

    async def stretch(self, secret: bytes, salt: bytes, rounds: int) -> bytes:
        """See the port."""
        if rounds < 1:
            raise ValueError("at least one round")
        return (await self._crypto.stretch(to_js(secret), to_js(salt), rounds)).to_bytes()


def _seed(seed: bytes):
    if len(seed) != SEED_BYTES:
        raise ValueError("a private key is 32 bytes")
    return to_js(seed)


def _fits(s: Sealing) -> bool:
    return len(s.key) == KEY_BYTES and len(s.nonce) == NONCE_BYTES


def _all(answer, failure: str) -> list[bytes]:
    fields = unpack(answer)
    if None in fields:
        raise RuntimeError(failure)
    return fields
