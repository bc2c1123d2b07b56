"""What really happened: every note whose saving was confirmed, for whom it is, and what became of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sync.core import ring
from sync.core.envelope import NEVER
from sync.core.rights import Role
from sync.core.roll import State
from sync.device import terms

Audience = frozenset[tuple[str, bytes]]  # (kind of ring, its member or team)


@dataclass(frozen=True, slots=True)
class Note:
    """One change that a person made. `id` and `body` are its envelope's, known once it was written."""

    record: bytes
    field: str
    text: str
    member: bytes
    device: bytes
    audience: Audience
    group: str
    expiry: int = NEVER
    place: int = 0  # how many entries of the roll its author knew
    id: bytes = b""
    body: bytes = b""


@dataclass(slots=True)
class Truth:
    """Of one simulation."""

    notes: dict[bytes, Note] = field(default_factory=dict)  # envelope id → what was saved under it
    of_record: dict[bytes, list[bytes]] = field(default_factory=dict)
    erased: set[bytes] = field(default_factory=set)  # records
    burnt: set[bytes] = field(default_factory=set)  # envelope ids of which every copy we count on went with a phone
    came_back: set[bytes] = field(default_factory=set)  # members who lost every device and have a new one

    def add(self, note: Note) -> None:
        """It was saved."""
        self.notes[note.id] = note
        self.of_record.setdefault(note.record, []).append(note.id)

    def sealed_again(self, new: Mapping[bytes, bytes], bodies: Mapping[bytes, bytes]) -> None:
        """A device sealed these notes anew (old id → new id), since what they stood on is gone; `bodies` by new id."""
        for old, name in new.items():
            if old in self.notes:
                note = replace(self.notes.pop(old), id=name, body=bodies[name])
                self.notes[name] = note
                self.of_record[note.record] = [name if n == old else n for n in self.of_record[note.record]]

    def gone(self, note: Note, now_millis: int) -> bool:
        """Whether nothing of it may be left: its record was erased, or its month is over."""
        return note.record in self.erased or 0 < note.expiry < terms.month_of(now_millis)

    def by_device(self, device: bytes) -> Iterable[Note]:
        """What was written on one device."""
        return [n for n in self.notes.values() if n.device == device]


def ring_ids(audience: Audience) -> frozenset[bytes]:
    """The rings that stand for an audience."""
    make = {ring.OWN: ring.own_ring, ring.TEAM: ring.team_ring, ring.COORDINATORS: ring.coordinators_ring}
    return frozenset(make[kind](owner) for kind, owner in audience)


def may_see(state: State, device: bytes, note: Note) -> bool:
    """Whether this device's owner may read the note now: theirs, their team's, or of a team that they coordinate.

    Said once more here, from who is where, without rings and keys.
    """
    here = state.devices.get(device)
    if here is None:
        return False
    if note.member == here.member:
        return True
    for kind, owner in note.audience:
        above = here.role is Role.COORDINATOR and kind != ring.OWN and state.covers(here.team, owner)
        if above or (kind == ring.TEAM and here.team == owner) or (kind == ring.OWN and here.member == owner):
            return True
    return False
