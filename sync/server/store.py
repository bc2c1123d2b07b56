"""What the server keeps: rolls, envelopes by ring, directory editions. Opaque bytes, by organisation.

Every Store passes tests/contract/test_store.py; a new rule of storage is written there first. Methods that
write return only when the result is durable.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class NewEnvelope:
    """An envelope to store. `links` are (ring, number): its place in its device's chain in each ring."""

    id: bytes
    device: bytes
    links: tuple[tuple[bytes, int], ...]
    expiry: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """Part of one ring's envelopes, in order of their sequence numbers; `more` when it goes on."""

    items: tuple[tuple[int, bytes], ...]
    more: bool


class Store(Protocol):
    """Any number of organisations. Ids and hashes are as in sync.core.ids."""

    async def incarnation(self) -> bytes:
        """16 random bytes, new at each restore from a backup."""

    async def organisations(self) -> list[bytes]:
        """Every organisation held here."""

    async def roll(self, organisation: bytes, after: int = 0) -> list[bytes]:
        """Roll entries after the first `after`, in order; empty for an unknown organisation."""

    async def append_roll(self, organisation: bytes, length: int, entry: bytes) -> bool:
        """Append an entry if the roll still has `length` entries; False (and nothing) when it has moved."""

    async def put(self, organisation: bytes, envelopes: Sequence[NewEnvelope]) -> list[str]:
        """Store envelopes; for each "stored", "duplicate" (this id is here) or "broken_chain" (another id has
        its number in a ring). Raises errors.Busy when the disk is full: then nothing of this call is stored.
        """

    async def page(self, organisation: bytes, ring: bytes, after: int, limit: int, max_bytes: int) -> Page:
        """Envelopes of a ring with sequence number > after. Numbers never appear behind a given page."""

    async def drop_expired(self, month: int) -> int:
        """Overwrite what was to be kept until before this month (YYYYMM); how many went."""

    async def edition(self, organisation: bytes) -> bytes | None:
        """The newest directory edition."""

    async def put_edition(self, organisation: bytes, number: int, data: bytes) -> bool:
        """Keep an edition if its number is higher than the newest; False otherwise."""

    async def close(self) -> None:
        """Finish what is being written and let go of the files."""
