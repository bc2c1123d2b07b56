"""A device that is lost: which records it could have opened, by the rings that it held and their epochs.

"Could have" is wide on purpose: whoever holds a ring's epoch counts as able to open all epochs before it, as those are
handed on; what has expired or was erased since counts too, because it may have lain there in time. What a contact
person's phone drops after ninety days is told apart: it was no longer on it when it was last in use, most likely.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.services import people, retention
from app.services.law.receipts import Receipts
from app.services.law.requests import coordinating
from app.services.law.trail import Act, Trail
from sync.core import envelope, ring, words
from sync.core.errors import NotFound, StraatError
from sync.core.rights import Role
from sync.core.roll import Device, State
from sync.core.roll_entry import parse
from sync.device.memory import BREATH

if TYPE_CHECKING:
    from app.services.live import Live
    from app.services.session import Session

AT_ONCE = 200
GONE = "gone"  # expired or erased since: only a stub is left, and what it was is not known any more
# Kinds that say something about residents, in the order in which they are told; all else is of the team itself.
WITH_ADDRESS = frozenset({"visit", "welcome", "mark", "followup"})
OF_RESIDENTS = (
    "visit",
    "welcome",
    "mark",
    "review",
    "followup",
    "task",
    "story",
    "activity",
    "request",
    "door",
    "walk",
)


@dataclass(frozen=True, slots=True)
class Opened:
    """How many records of a kind it could have opened, and of those how many it will have dropped by itself."""

    kind: str
    count: int
    dropped: int


@dataclass(frozen=True, slots=True)
class Place:
    """One address that it could have read, with its day (ISO) and the record."""

    record: bytes
    kind: str
    day: str
    address: str
    dropped: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """The answer. `words`: the device's fingerprint. `revoked`: whether it is off the roll. `alone`: visits whose detail
    only this member can read, so that what stood in them is not known here. `unseen`: rings that it held and this device
    does not.
    """

    device: bytes
    by: str
    words: tuple[str, ...]
    coordinator: bool
    revoked: bool
    opened: tuple[Opened, ...]
    places: tuple[Place, ...]
    alone: int
    unseen: int
    brought_in: tuple[str, ...]
    unconfirmed: int = 0  # records with an address that are erased, without a receipt of this device: it may have them

    @property
    def addresses(self) -> int:
        """How many different addresses are among them."""
        return len({p.address for p in self.places})

    def count(self, *kinds: str) -> int:
        """How many records of these kinds."""
        return sum(o.count for o in self.opened if o.kind in kinds)


class LostDevices:
    """Looking. Hung on App's `law` as `lost`."""

    def __init__(self, live: "Live", trail: Trail) -> None:
        self._live, self._trail = live, trail

    async def look(self, device: bytes) -> Lost:
        """What a device could have opened, on the roll or not any more. That somebody looked stands in the trail.

        Raises NotFound for a device that never was, Forbidden or DiskFull.
        """
        session = coordinating(self._live)
        state = session.roll.state
        d = state.devices.get(device) or state.left.get(device)
        if d is None:
            raise NotFound("device")
        held = reach(session, device)
        names, gone = await _opened(session, device, held)
        found = replace(_told(session, d, names, gone, held), unconfirmed=await self._unconfirmed(device))
        await self._trail.note(Act.READ, "device")
        return found

    async def _unconfirmed(self, device: bytes) -> int:
        """Which address it was is not known any more, nor whether two were of the same: so many at most."""
        erased = [e for e in await Receipts(self._live).erasings() if e.kind in WITH_ADDRESS]
        return sum(any(h.device == device and not h.receipt for h in e.holders) for e in erased)

    def left(self, member: bytes) -> list[tuple[bytes, str]]:
        """The devices of a member that are off the roll: id, and the first two words of each."""
        state = self._live.require_session().roll.state
        return [(d.id, " ".join(words.fingerprint(d.id)[:2])) for d in state.left.values() if d.member == member]

    async def print(self, lines: Sequence[str]) -> None:
        """A letter on paper: its first line is the heading. Noted in the trail. Raises Forbidden or DiskFull."""
        await self.note_copied()
        self._live.page.print_list(lines[0], lines[1:], (), ())

    async def note_copied(self) -> None:
        """What a device could have opened, in numbers, is about to leave the app. Raises Forbidden or DiskFull."""
        coordinating(self._live)
        await self._trail.note(Act.EXPORTED, "device")


def reach(session: "Session", device: bytes) -> dict[bytes, int]:
    """Ring → the highest epoch that this device ever held: now, and before each time that it was cut off from some."""
    state, found = session.roll.state, dict[bytes, int]()
    moments: list[State] = [state]
    for mark in state.marks.get(device, ()):
        with suppress(StraatError, IndexError):
            moments.append(session.roll.at(parse(session.roll.entries[mark.place - 2]).hash))
    for moment in moments:
        for r in moment.rings.values():
            if device in r.holders:
                found[r.id] = max(found.get(r.id, 0), r.epoch)
    return found


async def _opened(session: "Session", device: bytes, held: Mapping[bytes, int]) -> tuple[set[bytes], set[bytes]]:
    """Ids of the envelopes that it could have opened or wrote itself: those that are merged here, and stubs."""
    merged, gone = set[bytes](), set[bytes]()
    position = 0
    while entries := session.log.read(position, AT_ONCE):
        position = entries[-1].position
        for entry in entries:
            with suppress(StraatError):
                header = envelope.parse_any(entry.data).header
                if header.device == device or any(link.epoch <= held.get(link.ring, 0) for link in header.links):
                    if entry.id in session.replica.origins:
                        merged.add(entry.id)
                    elif envelope.is_stub(entry.data):
                        gone.add(entry.id)
        await asyncio.sleep(BREATH)
    return merged, gone


def _told(session: "Session", d: Device, names: set[bytes], gone: set[bytes], held: Mapping[bytes, int]) -> Lost:
    records_, whats = set[bytes](), dict[bytes, set[str]]()
    for name in names:
        origin = session.replica.origins[name]
        records_.add(origin.record)
        whats.setdefault(origin.record, set()).add(origin.what)
    counts, dropped, places = Counter[str](), Counter[str](), list[Place]()
    today = session.writer.now() // retention.DAY_MILLIS
    for record in records_:
        known = session.replica.records.get(record)
        if known is None or known.erased or known.kind not in OF_RESIDENTS:
            continue
        early = set(retention.groups(known.kind)) & whats[record]
        last = retention.last_day(known) if early and d.role is not Role.COORDINATOR else None
        off = last is not None and last + retention.CONTACT_DAYS <= today
        counts[known.kind] += 1
        dropped[known.kind] += off
        address = next(
            (v for f in ("detail", "task", "address") if isinstance(v := known.value(f"{f}.address"), str)), ""
        )
        seen = known.kind != "visit" or "visit/detail" in whats[record]
        if address and seen:
            day = next(
                (v for f in ("count.day", "task.since", "detail.due") if isinstance(v := known.value(f), str)), ""
            )
            places.append(Place(record, known.kind, day, address, off))
    opened = [Opened(kind, counts[kind], dropped[kind]) for kind in OF_RESIDENTS if counts[kind]]
    opened += [Opened(GONE, len(gone), len(gone))] if gone else []
    known_names, state = people.names(session), session.roll.state
    return Lost(
        device=d.id,
        by=known_names.get(d.member.hex(), ""),
        words=tuple(words.fingerprint(d.id)),
        coordinator=d.role is Role.COORDINATOR,
        revoked=d.id not in state.devices,
        opened=tuple(opened),
        places=tuple(sorted(places, key=lambda p: (p.day, p.record), reverse=True)),
        alone=_alone(session, d.member),
        unseen=len({r for r in held if r not in state.readable(session.device)} - {ring.own_ring(d.member)}),
        brought_in=tuple(known_names.get(x.member.hex(), "") for x in state.brought_in_by(d.id)),
    )


def _alone(session: "Session", member: bytes) -> int:
    """Visits of this member whose detail, if there is one, can't be read here."""
    if member == session.member:
        return 0
    query = "SELECT COUNT(*) AS n FROM visits WHERE creator = :who AND NOT detail AND NOT shared AND outcome NOT IN ('', 'no_contact')"
    return int(session.view.ask(query, who=member.hex())[0]["n"])
