"""Clock, randomness and the held secret of the operating system: CPython, and what the browser shares of it."""

import hmac
import os
import time
from contextlib import suppress
from pathlib import Path

from app.platform.native_vault import NativeVaultKeys

SECRET_BYTES = 32


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


class FileDeviceKey(NativeVaultKeys):
    """A DeviceKey in a file that only this user may read; made at first use, whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held = b""

    def _secret(self) -> bytes:
        if not self._held:
            if not self._path.exists():
                self._keep(os.urandom(SECRET_BYTES))
            secret = self._path.read_bytes()
            if len(secret) != SECRET_BYTES:
                raise ValueError(f"{self._path} is not a device key")
            self._held = secret
        return self._held

    def _keep(self, secret: bytes) -> None:
        """Write beside, then link into place: another process that was first keeps its key."""
        beside = self._path.with_name(f"{self._path.name}.{os.urandom(8).hex()}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(beside, self._path)
        beside.unlink()

    async def mac(self, message: bytes) -> bytes:
        """See sync.core.ports.DeviceKey."""
        return self.mac_now(message)

    def mac_now(self, message: bytes) -> bytes:
        """The same, without waiting."""
        return hmac.digest(self._secret(), message, "sha256")

    async def exists(self) -> bool:
        """See sync.core.ports.DeviceKey."""
        return self._path.exists()

    async def put_back(self) -> bool:
        """Write the secret that is still in memory again, after the file was taken away. False: none in memory."""
        if self._held:
            self._keep(self._held)
        return bool(self._held)

    async def forget(self) -> None:
        """See sync.core.ports.DeviceKey."""
        self._held = b""
        self._path.unlink(missing_ok=True)
