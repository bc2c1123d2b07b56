"""Clock, randomness and the held secret in the browser's worker (assets/web/crypto.js).

Imports no JavaScript until an object is made, so that a memory snapshot may hold this module.
"""

import time

from pyodide.ffi import JsException, to_js

from sync.core.errors import DiskFull


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

        self._key = crypto.deviceKey

    async def mac(self, message: bytes) -> bytes:
        """See the port. Raises DiskFull when the first use finds no room for the secret."""
        return (await _roomy(self._key.mac(to_js(message)))).to_bytes()

    async def exists(self) -> bool:
        """Whether the browser has one stored now. False beside a log: the browser cleared its data."""
        return await self._key.exists()

    async def put_back(self) -> bool:
        """Store the key that is still in memory again, after site data were cleared. False: none in memory.

        Raises DiskFull; the key stays in memory.
        """
        return await _roomy(self._key.putBack())

    async def forget(self) -> None:
        """See the port."""
        await self._key.forget()


async def _roomy(answer):
    """What JavaScript answers; DiskFull where it found no room."""
    try:
        return await answer
    except JsException as e:
        if "QuotaExceededError" in str(e):
            raise DiskFull("device key") from e
        raise
