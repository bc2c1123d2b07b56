"""The saved view: what a device remembers of its log, sealed and kept beside it, so that unlocking takes a moment.

Guarantees: what comes back is what was put away, for exactly this log, by exactly this version of the app; anything
else (none, cut off, altered, stale, another's) comes back as nothing, and the log is replayed. Nothing readable
leaves memory. The log stays the truth: this may be lost at any time.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from sync.core import codec
from sync.core.ids import HASH_BYTES, digest
from sync.core.ports import NONCE_BYTES, TAG_BYTES, Log, Random
from sync.device import meta
from sync.device.memory import Memory

logger = logging.getLogger(__name__)
FORMAT = 3  # of what lies in the image; a build has a version of its own besides
PIECE = 1 << 20  # sealed apart: a phone does one in a few milliseconds
MAX_IMAGE = 1 << 30
_HEADER = codec.row(
    codec.whole(FORMAT, FORMAT), codec.whole(0, 2**48), codec.blob(HASH_BYTES), codec.whole(1, MAX_IMAGE)
)
_HEADER_BYTES = 96  # at most
_NOTHING = bytes(HASH_BYTES)


class Shelf(Protocol):
    """A place for one file beside the log."""

    @property
    def version(self) -> str:
        """Of the app that writes here: another build may judge the same log otherwise."""

    async def read(self) -> bytes | None:
        """What was written last, or None. It may be damaged."""

    async def write(self, pieces: Sequence[bytes]) -> None:
        """Replace it, whole or not at all. Raises DiskFull."""

    async def remove(self) -> None:
        """Take it away, if it is there."""


class Sealer(Protocol):
    """What seals under the vault key: app.services.vault."""

    async def seal_bytes(self, purpose: str, data: bytes) -> bytes:
        """Seal for one purpose."""

    async def open_bytes(self, purpose: str, sealed: bytes) -> bytes | None:
        """What was sealed for this purpose, or None."""


@dataclass(frozen=True, slots=True)
class Beside:
    """One log, what seals, and where its saved view lies."""

    log: Log
    shelf: Shelf
    sealer: Sealer
    random: Random

    def bound(self) -> bytes:
        """What a saved view has to be of: this log as it is now (its end apart), this app."""
        return digest(
            "saved view",
            meta.identity(self.log, self.random),
            self.log.get(meta.REVISION) or b"",
            self.shelf.version.encode(),
        )

    def last(self, position: int) -> bytes:
        """The id of the envelope at a position: zeros before the first, nothing where there is none."""
        if not position:
            return _NOTHING
        found = self.log.read(position - 1, 1)
        return found[0].id if found and found[0].position == position else b""


async def save(beside: Beside, image: bytes, position: int, bound: bytes) -> None:
    """Seal and write. `bound` and `position` are those of the moment at which the image was made. Raises DiskFull."""
    header = codec.pack([FORMAT, position, beside.last(position), len(image)])
    pieces = [len(header).to_bytes(1, "big") + header]
    for start in range(0, len(image), PIECE):
        purpose = _purpose(bound, header, start)
        pieces.append(await beside.sealer.seal_bytes(purpose, image[start : start + PIECE]))
    await beside.shelf.write(pieces)


async def load(beside: Beside) -> Memory | None:
    """The memory as it was put away, or None: then the log is to be replayed."""
    try:
        data = await beside.shelf.read()
        if data is None:
            return None
        image = await _opened(beside, data)
        if image is not None:
            return Memory(image)
        reason = "it is not of this log as it is now, or damaged"
    except Exception as error:  # whatever it is, it must not stand between a person and the notes
        reason = type(error).__name__
    logger.warning("the saved view is not used: %s", reason)
    with suppress(Exception):  # it is of no use to anybody, and may hold what has been dropped since
        await beside.shelf.remove()
    return None


async def _opened(beside: Beside, data: bytes) -> bytes | None:
    header = data[1 : 1 + data[0]] if data else b""
    _, position, last, size = codec.checked(_HEADER, header, _HEADER_BYTES)
    at, bound, pieces = 1 + len(header), beside.bound(), []
    if last != beside.last(position) or len(data) != at + size + -(-size // PIECE) * (NONCE_BYTES + TAG_BYTES):
        return None
    for start in range(0, size, PIECE):
        sealed = data[at : at + PIECE + NONCE_BYTES + TAG_BYTES]
        plain = await beside.sealer.open_bytes(_purpose(bound, header, start), sealed)
        if plain is None:
            return None
        pieces.append(plain)
        at += len(sealed)
    return b"".join(pieces)


def _purpose(bound: bytes, header: bytes, start: int) -> str:
    return f"saved view {digest('saved view', bound, header).hex()} {start}"


class NoShelf:
    """No place: nothing is kept, the log is always replayed."""

    version = ""

    async def read(self) -> bytes | None:
        """See Shelf."""
        return None

    async def write(self, pieces: Sequence[bytes]) -> None:
        """See Shelf."""

    async def remove(self) -> None:
        """See Shelf."""
