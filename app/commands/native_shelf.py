"""The saved view's place on CPython: a file beside the log."""

import hashlib
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from sync.core.errors import DiskFull


class NativeShelf:
    """See sync.device.saved.Shelf: a file in the same folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "view"

    @property
    def version(self) -> str:
        """Of the sources that judge a log."""
        return _sources()

    async def read(self) -> bytes | None:
        """See Shelf."""
        return self._path.read_bytes() if self._path.exists() else None

    async def write(self, pieces: Sequence[bytes]) -> None:
        """See Shelf."""
        beside = self._path.with_name("view.new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
        except OSError as e:
            raise DiskFull(str(beside)) from e
        beside.replace(self._path)

    async def remove(self) -> None:
        """See Shelf."""
        self._path.unlink(missing_ok=True)


@cache
def _sources() -> str:
    here = Path(__file__).parents[2]
    found = sorted(
        [
            *(here / "app" / "view").glob("*.py"),
            *(here / "sync" / "core").glob("*.py"),
            *(here / "sync" / "device").glob("*.py"),
        ]
    )
    return hashlib.sha256(b"".join(path.read_bytes() for path in found)).hexdigest()
