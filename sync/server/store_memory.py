"""A Store in memory: for tests and simulation. Passes the same contract as the others."""

from collections.abc import Sequence
from dataclasses import replace
from os import urandom

from sync.core.envelope import NO_PREVIOUS, is_stub
from sync.server.store import NewEnvelope, Page, Usage, is_change, left_of


class MemoryStore:
    """See Store."""

    def __init__(self, incarnation: bytes = bytes(16)) -> None:
        self._incarnation = incarnation
        self._unconfirmed: dict[bytes, int] = {}
        self._heard: dict[bytes, set[bytes]] = {}
        self._rolls: dict[bytes, list[bytes]] = {}
        self._envelopes: dict[tuple[bytes, bytes], NewEnvelope] = {}
        self._chains: dict[tuple[bytes, bytes, bytes], tuple[int, bytes]] = {}
        self._rings: dict[tuple[bytes, bytes], list[tuple[int, bytes]]] = {}
        self._editions: dict[bytes, dict[int, bytes]] = {}
        self._story_lists: dict[bytes, tuple[int, bytes]] = {}
        self._story_parts: dict[tuple[bytes, bytes], bytes] = {}
        self._stopped: dict[bytes, set[bytes]] = {}
        self._seen: dict[tuple[bytes, bytes], int] = {}
        self._orders: dict[bytes, dict[bytes, tuple[bytes, int]]] = {}
        self._brought: set[tuple[bytes, bytes]] = set()  # stubs that came as stubs
        self._sequence = 0

    async def incarnation(self) -> bytes:
        """See Store."""
        return self._incarnation

    async def restored(self, millis: int) -> None:
        """See Store."""
        self._incarnation = urandom(16)
        self._unconfirmed = dict.fromkeys(self._rolls, millis)
        self._heard.clear()

    async def unconfirmed(self) -> dict[bytes, int]:
        """See Store."""
        return dict(self._unconfirmed)

    async def confirm(self, organisation: bytes) -> None:
        """See Store."""
        self._unconfirmed.pop(organisation, None)
        self._heard.pop(organisation, None)

    async def note_heard(self, organisation: bytes, device: bytes) -> None:
        """See Store."""
        self._heard.setdefault(organisation, set()).add(device)

    async def heard(self, organisation: bytes) -> set[bytes]:
        """See Store."""
        return set(self._heard.get(organisation, ()))

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
        place, ordered = (organisation, e.id), e.id in self._orders.get(organisation, {})
        if place in self._envelopes:
            if place not in self._brought or ordered or is_stub(e.data):
                return "duplicate"
            self._brought.discard(place)
            self._envelopes[place] = e
            for link in e.links:
                ring = self._rings[organisation, link.ring]
                ring[:] = [x for x in ring if x[1] != e.id]
                self._number(organisation, link.ring, e.id)
            return "stored"
        for link in e.links:
            number, last = self._chains.get((organisation, e.device, link.ring), (0, NO_PREVIOUS))
            if (link.number, link.previous) != (number + 1, last):
                return "broken_chain"
        self._envelopes[place] = replace(e, data=left_of(e.data)) if ordered else e
        if is_stub(e.data):
            self._brought.add(place)
        for link in e.links:
            self._chains[organisation, e.device, link.ring] = (link.number, e.id)
            self._number(organisation, link.ring, e.id)
        return "stored"

    def _number(self, organisation: bytes, ring: bytes, name: bytes) -> None:
        self._sequence += 1
        self._rings.setdefault((organisation, ring), []).append((self._sequence, name))

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

    async def usage(self, organisation: bytes) -> list[Usage]:
        """See Store."""
        counted: dict[bytes, Usage] = {}
        for (of, _), e in self._envelopes.items():
            if of == organisation:
                before = counted.get(e.device, Usage(e.device, 0, 0))
                counted[e.device] = Usage(e.device, before.envelopes + 1, before.bytes + len(e.data))
        return sorted(counted.values(), key=lambda u: u.device)

    async def drop_expired(self, month: int) -> int:
        """See Store."""
        over = [k for k, e in self._envelopes.items() if 0 < e.expiry < month and e.data]
        return sum(map(self._overwrite, over))

    def _overwrite(self, place: tuple[bytes, bytes]) -> bool:
        """Leave the stub; whether anything went."""
        self._brought.discard(place)
        e = self._envelopes[place]
        left = left_of(e.data)
        self._envelopes[place] = replace(e, data=left)
        return left != e.data

    async def authors(self, organisation: bytes, ids: Sequence[bytes]) -> dict[bytes, bytes]:
        """See Store."""
        here = {name: e for name in ids if (e := self._envelopes.get((organisation, name)))}
        return {name: e.device for name, e in here.items() if is_change(e.data)}

    async def erase(self, organisation: bytes, ids: Sequence[bytes], device: bytes, day: int) -> None:
        """See Store."""
        orders = self._orders.setdefault(organisation, {})
        for name in ids:
            orders.setdefault(name, (device, day))
            if (organisation, name) in self._envelopes:
                self._overwrite((organisation, name))

    async def orders(self, organisation: bytes) -> list[tuple[bytes, bytes, int]]:
        """See Store."""
        return sorted((name, *by) for name, by in self._orders.get(organisation, {}).items())

    async def note_seen(self, organisation: bytes, device: bytes, day: int) -> None:
        """See Store."""
        self._seen[organisation, device] = max(day, self._seen.get((organisation, device), 0))

    async def seen_days(self, organisation: bytes) -> list[tuple[bytes, int]]:
        """See Store."""
        return sorted((device, day) for (o, device), day in self._seen.items() if o == organisation)

    async def edition(self, organisation: bytes) -> bytes | None:
        """See Store."""
        editions = self._editions.get(organisation, {})
        return editions[max(editions)] if editions else None

    async def earlier_edition(self, organisation: bytes, number: int) -> bytes | None:
        """See Store."""
        return self._editions.get(organisation, {}).get(number)

    async def put_edition(self, organisation: bytes, number: int, data: bytes) -> bool:
        """See Store."""
        editions = self._editions.setdefault(organisation, {})
        if number <= max(editions, default=0):
            return False
        editions[number] = data
        return True

    async def story_list(self, organisation: bytes) -> bytes | None:
        """See Store."""
        return self._story_lists.get(organisation, (0, None))[1]

    async def put_story_list(self, organisation: bytes, number: int, data: bytes) -> bool:
        """See Store."""
        if number <= self._story_lists.get(organisation, (0, b""))[0]:
            return False
        self._story_lists[organisation] = (number, data)
        return True

    async def story_parts(self, organisation: bytes) -> set[bytes]:
        """See Store."""
        return {name for whose, name in self._story_parts if whose == organisation}

    async def story_part(self, organisation: bytes, name: bytes) -> bytes | None:
        """See Store."""
        return self._story_parts.get((organisation, name))

    async def put_story_part(self, organisation: bytes, name: bytes, data: bytes) -> None:
        """See Store."""
        self._story_parts[organisation, name] = data

    async def drop_story_parts(self, organisation: bytes, names: Sequence[bytes]) -> int:
        """See Store."""
        return sum(self._story_parts.pop((organisation, name), None) is not None for name in set(names))

    async def stop_story(self, organisation: bytes, secret: bytes) -> None:
        """See Store."""
        self._stopped.setdefault(organisation, set()).add(secret)

    async def stopped_stories(self, organisation: bytes) -> set[bytes]:
        """See Store."""
        return set(self._stopped.get(organisation, ()))

    async def close(self) -> None:
        """See Store."""
