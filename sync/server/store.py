"""What the server keeps: rolls, envelopes by ring, directory editions. Opaque bytes, by organisation.

The Store port. It stands here and not in sync.core.ports, since only the server knows it. Every implementation
passes tests/contract/contract_store.py; a new rule of storage is written there first. Methods that write return
only when the result is durable, and raise errors.Busy when it can't be (disk full, closing): then nothing is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sync.core import envelope, formats
from sync.core.envelope import Link
from sync.core.errors import StraatError


@dataclass(slots=True)
class NewEnvelope:
    """An envelope to store. `links` are its places in its device's chains, one for each ring.

    Not to be altered; nothing enforces that, since a frozen one takes three times as long to make.
    """

    id: bytes
    device: bytes
    links: Sequence[Link]
    expiry: int
    data: bytes


def left_of(data: bytes) -> bytes:
    """What stays of an envelope when its body is overwritten: its stub; nothing of what leaves none."""
    try:
        return envelope.stub(data)
    except StraatError:
        return b""


def is_change(data: bytes) -> bool:
    """Whether this is a change, or what is left of one. A sender key is never erased: it opens the rest."""
    return data[:1] in (bytes((formats.CHANGE,)), bytes((formats.STUB,)))


@dataclass(frozen=True, slots=True)
class Page:
    """Part of one ring's envelopes and stubs, in order of their sequence numbers; `more` when it goes on."""

    items: tuple[tuple[int, bytes], ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Usage:
    """How much there is of one device: envelopes and stubs, and their bytes as they lie."""

    device: bytes
    envelopes: int
    bytes: int


class Store(Protocol):
    """Any number of organisations; nothing crosses between them. Ids and hashes are as in sync.core.ids."""

    async def incarnation(self) -> bytes:
        """16 random bytes, made with the store, new at each restore from a backup."""

    async def restored(self, millis: int) -> None:
        """This is a backup put back: another incarnation from now on, and every organisation's roll is unconfirmed."""

    async def unconfirmed(self) -> dict[bytes, int]:
        """Organisation → the moment at which its roll was put back, for those whose head nobody confirmed since."""

    async def confirm(self, organisation: bytes) -> None:
        """The head of this roll is the right one. Idempotent."""

    async def note_heard(self, organisation: bytes, device: bytes) -> None:
        """This device has given back all that it knows of an unconfirmed roll. Kept until that is confirmed."""

    async def heard(self, organisation: bytes) -> set[bytes]:
        """The devices that have, since the restore."""

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
        Of what an order names only the stub is kept. A stub that was brought as one gives way to the whole envelope
        ("stored", with new sequence numbers), unless its month was over here or an order names it.
        """

    async def page(self, organisation: bytes, ring: bytes, after: int, limit: int, max_bytes: int) -> Page:
        """Envelopes of a ring with sequence number > after: at most `limit`, and `max_bytes` (but always one).

        An `after` above every number given out so far comes from another numbering: it counts as 0.
        Numbers rise in the order of commits: none ever appears behind a page that was given.
        """

    async def usage(self, organisation: bytes) -> list[Usage]:
        """Every device that ever had an envelope stored, by device: totals kept with each put and each overwriting."""

    async def drop_expired(self, month: int) -> int:
        """Overwrite what was to be kept until before this month (YYYYMM), in every file; how many went.

        Its stub stays, also in pages: what was dropped still is a "duplicate", and its chain goes on.
        """

    async def authors(self, organisation: bytes, ids: Sequence[bytes]) -> dict[bytes, bytes]:
        """Envelope id → the device that it says to be of, for those changes (whole or stub) that are here."""

    async def erase(self, organisation: bytes, ids: Sequence[bytes], device: bytes, day: int) -> None:
        """Keep the order of this device, and overwrite what it names, in every file, now or when it comes.

        `day` is since 1970. Idempotent. The orders are what a store put back from a backup replays.
        """

    async def orders(self, organisation: bytes) -> list[tuple[bytes, bytes, int]]:
        """(envelope id, device, day) of every order, by id."""

    async def edition(self, organisation: bytes) -> bytes | None:
        """The newest directory edition."""

    async def earlier_edition(self, organisation: bytes, number: int) -> bytes | None:
        """The directory edition of this number."""

    async def put_edition(self, organisation: bytes, number: int, data: bytes) -> bool:
        """Keep an edition if its number is higher than the newest; False otherwise."""

    async def story_list(self, organisation: bytes) -> bytes | None:
        """The newest list of published stories; older ones are kept nowhere."""

    async def put_story_list(self, organisation: bytes, number: int, data: bytes) -> bool:
        """Keep a list in the last one's place if its number is higher; False otherwise."""

    async def story_parts(self, organisation: bytes) -> set[bytes]:
        """The hashes of the sheets and photos that are here."""

    async def story_part(self, organisation: bytes, name: bytes) -> bytes | None:
        """A sheet or photo by its hash."""

    async def put_story_part(self, organisation: bytes, name: bytes, data: bytes) -> None:
        """Keep a sheet or photo. Idempotent."""

    async def drop_story_parts(self, organisation: bytes, names: Sequence[bytes]) -> int:
        """Overwrite these, in every file; how many were here."""

    async def stop_story(self, organisation: bytes, secret: bytes) -> None:
        """Remember a secret that stops a story, for good. Idempotent."""

    async def stopped_stories(self, organisation: bytes) -> set[bytes]:
        """Every secret that was shown."""

    async def note_seen(self, organisation: bytes, device: bytes, day: int) -> None:
        """Remember the day (since 1970) on which a device was last here; an earlier day changes nothing."""

    async def seen_days(self, organisation: bytes) -> list[tuple[bytes, int]]:
        """(device, day) of every device that was ever here, by device."""

    async def close(self) -> None:
        """Finish what is being written and let go of the files."""
