"""A Store in memory: for tests and simulation. Passes the same contract as the others."""

from collections.abc import Sequence
from dataclasses import replace

from sync.core.envelope import NO_PREVIOUS
from sync.server.store import NewEnvelope, Page


class MemoryStore:
    """See Store."""

    def __init__(self, incarnation: bytes = bytes(16)) -> None:
        self._incarnation = incarnation
        self._rolls: dict[bytes, list[bytes]] = {}
        self._envelopes: dict[tuple[bytes, bytes], NewEnvelope] = {}
        self._chains: dict[tuple[bytes, bytes, bytes], tuple[int, bytes]] = {}
        self._rings: dict[tuple[bytes, bytes], list[tuple[int, bytes]]] = {}
        self._editions: dict[bytes, tuple[int, bytes]] = {}
        self._seen: dict[tuple[bytes, bytes], int] = {}
        self._sequence = 0

    async def incarnation(self) -> bytes:
        """See Store."""
        return self._incarnation

    async def organisations(self) -> list[bytes]:
        """See Store."""
        return list(self._rolls)

    async def roll(self, organisation: bytes, after: int = 0) -> list[bytes]:
        """See Store."""
        return self._rolls.get(organisation, [])[after:]

    async def append_roll(self, organisation: bytes, length: int, entry: bytes) -> bool:
        """See Store."""
        roll = self._rolls.get(organisation, [])
        if len(roll) != length:
            return False
        self._rolls[organisation] = [*roll, entry]
        return True

    async def put(self, organisation: bytes, envelopes: Sequence[NewEnvelope]) -> list[str]:
        """See Store."""
        return [self._put(organisation, e) for e in envelopes]

    def _put(self, organisation: bytes, e: NewEnvelope) -> str:
        if (organisation, e.id) in self._envelopes:
            return "duplicate"
        for link in e.links:
            number, last = self._chains.get((organisation, e.device, link.ring), (0, NO_PREVIOUS))
            if (link.number, link.previous) != (number + 1, last):
                return "broken_chain"
        self._envelopes[organisation, e.id] = e
        for link in e.links:
            self._chains[organisation, e.device, link.ring] = (link.number, e.id)
            self._sequence += 1
            self._rings.setdefault((organisation, link.ring), []).append((self._sequence, e.id))
        return "stored"

    async def page(self, organisation: bytes, ring: bytes, after: int, limit: int, max_bytes: int) -> Page:
        """See Store."""
        items: list[tuple[int, bytes]] = []
        size = 0
        after = after if after <= self._sequence else 0
        for sequence, name in self._rings.get((organisation, ring), []):
            data = self._envelopes[organisation, name].data
            if sequence <= after or not data:
                continue
            if len(items) == limit or (items and size + len(data) > max_bytes):
                return Page(tuple(items), True)
            items.append((sequence, data))
            size += len(data)
        return Page(tuple(items), False)

    async def drop_expired(self, month: int) -> int:
        """See Store."""
        gone = [k for k, e in self._envelopes.items() if e.data and 0 < e.expiry < month]
        for key in gone:
            e = self._envelopes[key]
            self._envelopes[key] = replace(e, data=b"")
        return len(gone)

    async def note_seen(self, organisation: bytes, device: bytes, day: int) -> None:
        """See Store."""
        self._seen[organisation, device] = max(day, self._seen.get((organisation, device), 0))

    async def seen_days(self, organisation: bytes) -> list[tuple[bytes, int]]:
        """See Store."""
        return sorted((device, day) for (o, device), day in self._seen.items() if o == organisation)

    async def edition(self, organisation: bytes) -> bytes | None:
        """See Store."""
        return self._editions.get(organisation, (0, None))[1]

    async def put_edition(self, organisation: bytes, number: int, data: bytes) -> bool:
        """See Store."""
        if number <= self._editions.get(organisation, (0, b""))[0]:
            return False
        self._editions[organisation] = (number, data)
        return True

    async def close(self) -> None:
        """See Store."""
