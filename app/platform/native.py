"""Clock, randomness and the held secret on CPython."""

import hmac
import os
import time
from hashlib import sha256
from pathlib import Path


class SystemClock:
    """See sync.core.ports.Clock."""

    def millis(self) -> int:
        """Milliseconds since 1970-01-01 UTC."""
        return time.time_ns() // 1_000_000


class SystemRandom:
    """See sync.core.ports.Random."""

    def bytes(self, count: int) -> bytes:
        """From the operating system."""
        return os.urandom(count)


class FileDeviceKey:
    """A DeviceKey in a file that only this user may read; made at first use."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def _secret(self) -> bytes:
        if not self._path.exists():
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(os.urandom(32))
        return self._path.read_bytes()

    async def mac(self, message: bytes) -> bytes:
        """See sync.core.ports.DeviceKey."""
        return hmac.digest(self._secret(), message, sha256)

    async def forget(self) -> None:
        """See sync.core.ports.DeviceKey."""
        self._path.unlink(missing_ok=True)
