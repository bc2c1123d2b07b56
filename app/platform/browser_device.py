"""Clock, randomness and the held secret in the browser's worker.

Pyodide's clock is the browser's, and its `os.urandom` is WebCrypto's getRandomValues, also after a memory
snapshot was restored; so both are the system's own. The device key is a non-extractable HMAC key in IndexedDB
(assets/web/crypto.js). Nothing of JavaScript is imported until a BrowserDeviceKey is made.
"""

from pyodide.ffi import to_js

from app.platform.native import SystemClock as BrowserClock
from app.platform.native import SystemRandom as BrowserRandom

__all__ = ["BrowserClock", "BrowserDeviceKey", "BrowserRandom"]


class BrowserDeviceKey:
    """A DeviceKey that the browser keeps; made at first use."""

    def __init__(self) -> None:
        from straat_js import crypto

        self._crypto = crypto

    async def mac(self, message: bytes) -> bytes:
        """See sync.core.ports.DeviceKey."""
        return (await self._crypto.deviceMac(to_js(message))).to_bytes()

    async def exists(self) -> bool:
        """Whether the browser has one stored now. False beside a log: the browser cleared its data."""
        return bool(await self._crypto.deviceKeyExists())

    async def put_back(self) -> bool:
        """Store the key that is still in memory again, after site data were cleared. False: none in memory."""
        return bool(await self._crypto.deviceKeyPutBack())

    async def forget(self) -> None:
        """See sync.core.ports.DeviceKey."""
        await self._crypto.deviceKeyForget()
