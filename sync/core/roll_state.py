"""What the roll says at one moment: who is there in which place, who holds which ring, who has left and where
their envelopes were cut off. docs/protocol.md, "Roll".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sync.core import ring
from sync.core.errors import RollRefused
from sync.core.rights import Author, Role
from sync.core.roll_entry import NO_PREVIOUS, Invite


@dataclass(frozen=True, slots=True)
class Device:
    """A phone or laptop on the roll. `inviter` is the device (or sheet) through which it came, or no bytes."""

    id: bytes
    signing: bytes
    agreement: bytes
    member: bytes
    role: Role
    team: bytes
    inviter: bytes = b""


@dataclass(frozen=True, slots=True)
class SheetKey:
    """A recovery sheet that can still be used: its public keys, whose it is, and the entry that announced it."""

    id: bytes
    signing: bytes
    agreement: bytes
    member: bytes
    team: bytes
    announced: bytes


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring's public halves, epoch 1 first, and who holds the current private half (devices and sheets)."""

    id: bytes
    kind: str
    owner: bytes
    publics: tuple[bytes, ...]
    holders: frozenset[bytes] = frozenset()

    @property
    def epoch(self) -> int:
        """The current epoch, from 1."""
        return len(self.publics)

    @property
    def public(self) -> bytes:
        """The current public half."""
        return self.publics[-1]


@dataclass(frozen=True, slots=True)
class Crew:
    """Who walks a round: its team, the members on it (also some who have not joined yet), and whether it is over."""

    team: bytes
    members: frozenset[bytes]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A cut in a device's envelopes: what lies beyond `numbers` and names a head before `place` is not taken
    as it is. `role` and `teams` are what the device's member may do since then; None when the device left.

    `numbers`: ring → (last number, its envelope's id), for every ring that the cut's author held. `round` is set
    when only that was left, or was over: then it is of that ring alone.
    """

    place: int
    role: Role | None
    teams: frozenset[bytes]
    numbers: Mapping[bytes, tuple[int, bytes]]
    round: bytes = b""


@dataclass(frozen=True, slots=True)
class State:
    """What the roll says after its entry number `length`."""

    organisation: bytes = b""
    head: bytes = NO_PREVIOUS
    length: int = 0
    teams: Mapping[bytes, bytes | None] = field(default_factory=dict)  # team → the one above
    devices: Mapping[bytes, Device] = field(default_factory=dict)
    left: Mapping[bytes, Device] = field(default_factory=dict)  # those revoked
    marks: Mapping[bytes, tuple[Mark, ...]] = field(default_factory=dict)  # device → its cuts
    sheets: Mapping[bytes, SheetKey] = field(default_factory=dict)
    rings: Mapping[bytes, Ring] = field(default_factory=dict)
    rounds: Mapping[bytes, Crew] = field(default_factory=dict)  # by the round's id, also those that are over
    exposed: frozenset[bytes] = frozenset()  # rings that lost a holder and have not been renewed since
    invites: Mapping[bytes, Invite] = field(default_factory=dict)
    inviters: Mapping[bytes, bytes] = field(default_factory=dict)  # announced → the device that invited
    used: frozenset[bytes] = frozenset()

    def device(self, device: bytes) -> Device:
        """A device on the roll. Raises RollRefused."""
        if device not in self.devices:
            raise RollRefused("unknown device")
        return self.devices[device]

    def covers(self, above: bytes, team: bytes) -> bool:
        """Whether `team` is `above`, or lies below it."""
        at: bytes | None = team
        while at is not None:
            if at == above:
                return True
            at = self.teams.get(at)
        return False

    def coordinates(self, device: bytes, team: bytes) -> bool:
        """Whether this device may act as a coordinator of the team: in that role there or above, and confirmed,
        which is to hold the coordinators' ring of its own team.
        """
        d = self.devices.get(device)
        if d is None or d.role is not Role.COORDINATOR or not self.covers(d.team, team):
            return False
        return device in self.rings[ring.coordinators_ring(d.team)].holders

    def team_of(self, r: Ring) -> bytes | None:
        """The team whose ring this is; None for a member's own."""
        if r.kind == ring.OWN:
            return None
        return self.rounds[r.owner].team if r.kind == ring.ROUND else r.owner

    def over(self, r: Ring) -> bool:
        """Whether this is the ring of a round that is over: nothing is sealed to it any more, so it is never renewed."""
        return r.kind == ring.ROUND and self.rounds[r.owner].closed

    def walks(self, device: bytes, round_: bytes) -> bool:
        """Whether this device holds the ring of a round that goes on."""
        crew = self.rounds.get(round_)
        return crew is not None and not crew.closed and device in self.rings[ring.round_ring(round_)].holders

    def author(self, device: bytes, round_: bytes = b"") -> Author:
        """The device as the rights table sees it, for something that is sealed to this round's ring alone. A
        coordinator not yet confirmed writes as a contact person.
        """
        d = self.device(device)
        role = d.role
        if role is Role.COORDINATOR and not self.coordinates(device, d.team):
            role = Role.CONTACT
        return Author(d.member, role, d.team, self.within(d.team, role), self.walks(device, round_))

    def within(self, team: bytes, role: Role) -> frozenset[bytes]:
        """The teams in which someone with this role in this team may write."""
        if role is not Role.COORDINATOR:
            return frozenset({team})
        return frozenset(t for t in self.teams if self.covers(team, t))

    def may_hold(self, holder: bytes, r: Ring) -> bool:
        """Whether this device or sheet may have the ring's private half."""
        known = self.devices.get(holder) or self.sheets.get(holder)
        if known is None:
            return False
        if r.kind == ring.OWN:
            return known.member == r.owner
        if r.kind == ring.ROUND:
            crew = self.rounds[r.owner]
            if holder in self.devices and known.member in crew.members and known.team == crew.team:
                return True
            return self.confirmed(holder) and self.covers(known.team, crew.team)
        if isinstance(known, SheetKey) or known.role is Role.COORDINATOR:
            return self.covers(known.team, r.owner)
        return r.kind == ring.TEAM and known.team == r.owner

    def readable(self, device: bytes) -> set[bytes]:
        """The rings whose current private half this device holds."""
        return {r.id for r in self.rings.values() if device in r.holders}

    def renewable(self, device: bytes) -> set[bytes]:
        """The rings that this device may renew: held, and its own or, as a coordinator, its teams' and their rounds'."""
        held = (r for r in self.rings.values() if device in r.holders)
        return {r.id for r in held if r.kind == ring.OWN or self._decides(device, r)}

    def orphaned(self, device: bytes) -> set[bytes]:
        """The rings that nobody present could renew, and that this device may therefore open anew: its member's
        own, or as a coordinator its teams'. Else all that is written there could be read by those who left alone.
        """
        here = self.devices.get(device)
        if here is None:
            return set()
        mine = (r for r in self.rings.values() if self._may_renew(here, r))
        return {
            r.id for r in mine if not any(h in self.devices and self._may_renew(self.devices[h], r) for h in r.holders)
        }

    def _may_renew(self, d: Device, r: Ring) -> bool:
        """Whether this device would be one to renew the ring, if it held it."""
        return d.member == r.owner if r.kind == ring.OWN else self._decides(d.id, r)

    def _decides(self, device: bytes, r: Ring) -> bool:
        """Whether this device coordinates the team whose ring, or whose round's, this is; over is over."""
        team = self.team_of(r)
        return team is not None and not self.over(r) and self.coordinates(device, team)

    def cut_in(self, device: bytes) -> frozenset[bytes]:
        """The rings in which a device that has left was cut: when it left, or when the round was over."""
        marks = self.marks.get(device, ())
        last = (m for m in marks if m.role is None or (m.round and self.rounds[m.round].closed))
        return frozenset(r for m in last for r in m.numbers)

    def uncut(self, device: bytes, renewing: Iterable[bytes], by: bytes) -> set[bytes]:
        """Of the rings that `by` renews, those in which a device that has left is still to be cut."""
        gone, author = self.left.get(device), self.devices.get(by)
        if gone is None or author is None:
            return set()
        open_ = (self.rings[r] for r in set(renewing) - self.cut_in(device) if r in self.rings)
        return {r.id for r in open_ if r.kind != ring.OWN or r.owner == gone.member == author.member}

    def lacking(self, device: bytes) -> list[tuple[bytes, bytes]]:
        """(ring, device) pairs to which this device may and should grant: who may hold a ring and does not.

        What only a coordinator may hold waits for compared words, even when the role is there already.
        """
        found = []
        for ring_id in sorted(self.renewable(device)):
            r = self.rings[ring_id]
            here, on = self.devices.values(), self.rounds[r.owner].members if r.kind == ring.ROUND else None
            some = here if on is None else [d for d in here if d.member in on or d.role is Role.COORDINATOR]
            others: list[Device | SheetKey] = [*some, *self.sheets.values()]
            for other in others:
                if other.id in r.holders or not self.may_hold(other.id, r):
                    continue
                theirs = r.kind in (ring.OWN, ring.ROUND) or (r.kind, r.owner) == (ring.TEAM, other.team)
                if theirs or self.confirmed(other.id):
                    found.append((ring_id, other.id))
        return found

    def confirmed(self, holder: bytes) -> bool:
        """Whether this sheet, or device on the roll, acts as a coordinator in earnest."""
        return holder in self.sheets or self.coordinates(holder, self.devices[holder].team)

    def unconfirmed(self) -> list[Device]:
        """Devices with a coordinator's role whose words nobody has compared yet."""
        return [d for d in self.devices.values() if d.role is Role.COORDINATOR and not self.confirmed(d.id)]

    def members(self) -> dict[bytes, list[Device]]:
        """Devices by member, in order of joining."""
        by_member: dict[bytes, list[Device]] = {}
        for d in self.devices.values():
            by_member.setdefault(d.member, []).append(d)
        return by_member

    def brought_in_by(self, device: bytes) -> list[Device]:
        """Every device that came through this one's invitations, present or left: what a revocation lists."""
        everyone = (*self.devices.values(), *self.left.values())
        return [d for d in everyone if d.inviter == device]
