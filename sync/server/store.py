"""What the server keeps: rolls, envelopes by ring, directory editions. Opaque bytes, by organisation.

The Store port. It stands here and not in sync.core.ports, since only the server knows it. Every implementation
passes tests/contract/contract_store.py; a new rule of storage is written there first. Methods that write return
only when the result is durable, and raise errors.Busy when it can't be (disk full, closing): then nothing is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sync.core.envelope import Link


@dataclass(frozen=True, slots=True)
class NewEnvelope:
    """An envelope to store. `links` are its places in its device's chains, one for each ring."""

    id: bytes
    device: bytes
    links: tuple[Link, ...]
    expiry: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """Part of one ring's envelopes, in order of their sequence numbers; `more` when it goes on."""

    items: tuple[tuple[int, bytes], ...]
    more: bool


class Store(Protocol):
    """Any number of organisations; nothing crosses between them. Ids and hashes are as in sync.core.ids."""

    async def incarnation(self) -> bytes:
        """16 random bytes, made with the store, new at each restore from a backup."""

    async def organisations(self) -> list[bytes]:
        """Every organisation held here."""

    async def roll(self, organisation: bytes, after: int = 0) -> list[bytes]:
        """Roll entries after the first `after`, in order; empty for an unknown organisation."""

    async def append_roll(self, organisation: bytes, length: int, entry: bytes) -> bool:
        """Append an entry if the roll still has `length` entries; False (and nothing) when it has moved."""

    async def put(self, organisation: bytes, envelopes: Sequence[NewEnvelope]) -> list[str]:
        """Store envelopes, in order, in one transaction; an outcome for each.

        "stored"; "duplicate" when this id is here; "broken_chain" (and nothing stored of this one) when in one
        of its rings its number is not the next one of its device, or its `previous` not the last one's id.
        """

    async def page(self, organisation: bytes, ring: bytes, after: int, limit: int, max_bytes: int) -> Page:
        """Envelopes of a ring with sequence number > after: at most `limit`, and `max_bytes` (but always one).

        An `after` above every number given out so far comes from another numbering: it counts as 0.
        Numbers rise in the order of commits: none ever appears behind a page that was given.
        """

    async def drop_expired(self, month: int) -> int:
        """Overwrite what was to be kept until before this month (YYYYMM), in every file; how many went.

        Id, device and numbers stay: what was dropped still is a "duplicate", and its chain goes on.
        """

    async def edition(self, organisation: bytes) -> bytes | None:
        """The newest directory edition."""

    async def put_edition(self, organisation: bytes, number: int, data: bytes) -> bool:
        """Keep an edition if its number is higher than the newest; False otherwise."""

    async def note_seen(self, organisation: bytes, device: bytes, day: int) -> None:
        """Remember the day (since 1970) on which a device was last here; an earlier day changes nothing."""

    async def seen_days(self, organisation: bytes) -> list[tuple[bytes, int]]:
        """(device, day) of every device that was ever here, by device."""

    async def close(self) -> None:
        """Finish what is being written and let go of the files."""
