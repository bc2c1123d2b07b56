"""A shelf in memory for the saved view, whose content a test may look at and spoil."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class MemoryShelf:
    """See sync.device.saved.Shelf."""

    version: str = "this app"
    data: bytes | None = None

    async def read(self) -> bytes | None:
        return self.data

    async def write(self, pieces: Sequence[bytes]) -> None:
        self.data = b"".join(pieces)

    async def remove(self) -> None:
        self.data = None
