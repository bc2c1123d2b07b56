"""Clock, randomness and the held secret in the browser's worker (assets/web/crypto.js).

Imports no JavaScript until an object is made, so that a memory snapshot may hold this module.
"""

import time
import weakref
from collections.abc import Sequence
from itertools import chain

from pyodide.ffi import JsException, to_js

from app.platform.browser_crypto import pack, unpack
from sync.core.errors import BadInput, DiskFull
from sync.core.ports import VaultKey, Wrapped, Wrapper


class BrowserClock:
    """See sync.core.ports.Clock."""

    def millis(self) -> int:
        """Milliseconds since 1970-01-01 UTC."""
        return time.time_ns() // 1_000_000


class BrowserRandom:
    """See sync.core.ports.Random. Straight from WebCrypto, so that no snapshot can repeat it."""

    def __init__(self) -> None:
        from straat_js import crypto

        self._random = crypto.random

    def bytes(self, count: int) -> bytes:
        """From crypto.getRandomValues."""
        return self._random(count).to_bytes()


class BrowserDeviceKey:
    """See sync.core.ports.DeviceKey: a non-extractable CryptoKey in IndexedDB, made at first use."""

    def __init__(self) -> None:
        from straat_js import crypto

        self._crypto, self._key, self._vault = crypto, crypto.deviceKey, crypto.vault

    async def mac(self, message: bytes) -> bytes:
        """See the port. Raises DiskFull when the first use finds no room for the secret."""
        return (await roomy(self._key.mac(to_js(message)), "device key")).to_bytes()

    async def exists(self) -> bool:
        """Whether the browser has one stored now. False beside a log: the browser cleared its data."""
        return await self._key.exists()

    async def put_back(self) -> bool:
        """Store the key that is still in memory again, after site data were cleared. False: none in memory.

        Raises DiskFull; the key stays in memory.
        """
        return await roomy(self._key.putBack(), "device key")

    async def forget(self) -> None:
        """See the port."""
        await self._key.forget()

    async def wrapper(self, secret: bytes, salt: bytes, rounds: int) -> Wrapper:
        """See the port."""
        return BrowserSecret(
            self._crypto, await roomy(self._vault.wrapper(to_js(secret), to_js(salt), rounds), "device key")
        )

    async def make(self, under: Wrapper, aad: bytes) -> tuple[VaultKey, Wrapped]:
        """See the port."""
        number, nonce, data = unpack(await self._vault.make(under.number, to_js(aad)))
        return BrowserSecret(self._crypto, int.from_bytes(number, "little")), Wrapped(nonce, data)

    async def unwrap(self, under: Wrapper, aad: bytes, wrapped: Wrapped) -> VaultKey | None:
        """See the port."""
        number = await self._vault.unwrap(under.number, pack((aad, *wrapped)))
        return BrowserSecret(self._crypto, number) if number else None

    async def rewrap(
        self, under: Wrapper, aad: bytes, wrapped: Wrapped, anew: Wrapper, new_aad: bytes
    ) -> Wrapped | None:
        """See the port."""
        answer = await self._vault.rewrap(under.number, pack((aad, *wrapped)), anew.number, to_js(new_aad))
        fields = unpack(answer)
        return Wrapped(*fields) if fields else None

    async def seal(self, key: VaultKey, items: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        """See the port."""
        sealed = unpack(await self._vault.seal(key.number, pack(chain.from_iterable(items))))
        if None in sealed:
            raise RuntimeError("sealing failed")
        return sealed

    async def open(self, key: VaultKey, items: Sequence[tuple[bytes, bytes]]) -> list[bytes | None]:
        """See the port."""
        return unpack(await self._vault.open(key.number, pack(chain.from_iterable(items))))


class BrowserSecret:
    """A handle on a wrapper or vault key, which is a non-extractable CryptoKey; its end is the key's end."""

    def __init__(self, crypto, number: int) -> None:
        self.number = number
        weakref.finalize(self, crypto.release, number).atexit = False


class BrowserPasskeys:
    """See sync.core.ports.Passkeys: asked on the page's side (assets/web/passkey.js)."""

    def __init__(self) -> None:
        from straat_js import crypto

        self._crypto, self._passkeys = crypto, crypto.passkeys

    async def available(self) -> bool:
        """See the port."""
        return await self._passkeys.available()

    async def create(self) -> bytes:
        """See the port."""
        return (await _agreed(self._passkeys.create())).to_bytes()

    async def wrapper(self, credential: bytes, salt: bytes) -> Wrapper:
        """See the port."""
        number = await _agreed(self._passkeys.wrapper(to_js(credential), to_js(salt)))
        return BrowserSecret(self._crypto, number)

    async def forget(self, credential: bytes) -> None:
        """See the port."""
        await _agreed(self._passkeys.forget(to_js(credential)))


async def _agreed(answer):
    """What the page answers; BadInput where the person or the browser did not go along."""
    try:
        return await answer
    except JsException as e:
        raise BadInput("passkey", "unsupported" if "unsupported" in str(e) else "cancelled") from e


async def roomy(answer, what: str):
    """What JavaScript answers; DiskFull where it found no room for this."""
    try:
        return await answer
    except JsException as e:
        if "QuotaExceededError" in str(e):
            raise DiskFull(what) from e
        raise
