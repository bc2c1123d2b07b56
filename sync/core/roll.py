"""The roll: the hash-chained, signed list of devices, role codes, rings and epochs, and what it allows.

`Roll` gives the state at every head since genesis, so that rights can be judged at the head an envelope names.
No entry is believed before its signature holds. docs/protocol.md, "Roll".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sync.core import ring
from sync.core.errors import (
    BadSignature,
    InvitationUnknown,
    InvitationUsed,
    RollForked,
    RollMoved,
    RollRefused,
    UnknownHead,
)
from sync.core.ids import device_id, invitation_author, organisation_id
from sync.core.ports import Primitives, Signed
from sync.core.rights import Author, Role
from sync.core.roll_entry import (
    NO_PREVIOUS,
    AddDevice,
    Entry,
    Genesis,
    Invite,
    RingEpoch,
    parse,
    proof_bytes,
)

KEEP_EVERY = 64


@dataclass(frozen=True, slots=True)
class Device:
    """A phone or laptop on the roll."""

    id: bytes
    signing: bytes
    agreement: bytes
    member: bytes
    role: Role
    team: bytes


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring's public halves, epoch 1 first, and the devices that hold the private half."""

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
class State:
    """What the roll says after its entry number `length`."""

    organisation: bytes = b""
    head: bytes = NO_PREVIOUS
    length: int = 0
    devices: Mapping[bytes, Device] = field(default_factory=dict)
    rings: Mapping[bytes, Ring] = field(default_factory=dict)
    invites: Mapping[bytes, Invite] = field(default_factory=dict)
    used: frozenset[bytes] = frozenset()

    def device(self, device: bytes) -> Device:
        """A device on the roll. Raises RollRefused."""
        if device not in self.devices:
            raise RollRefused("unknown device")
        return self.devices[device]

    def author(self, device: bytes) -> Author:
        """The device as the rights table sees it."""
        d = self.device(device)
        return Author(d.member, d.role, d.team)

    def readable(self, device: bytes) -> set[bytes]:
        """The rings whose private half this device holds."""
        return {r.id for r in self.rings.values() if device in r.holders}

    def members(self) -> dict[bytes, list[Device]]:
        """Devices by member, in order of joining."""
        by_member: dict[bytes, list[Device]] = {}
        for d in self.devices.values():
            by_member.setdefault(d.member, []).append(d)
        return by_member


def _next(state: State, entry: Entry) -> tuple[State, list[Signed]]:
    """The state after the entry, and the signatures that must hold for it. Raises RollRefused and its kin."""
    if entry.previous != state.head:
        raise RollMoved()
    match entry.body:
        case Genesis() as body:
            after, checks = _genesis(state, entry, body)
        case Invite() as body:
            after, checks = _invite(state, entry, body)
        case AddDevice() as body:
            after, checks = _add_device(state, entry, body)
        case RingEpoch() as body:
            after, checks = _ring_epoch(state, entry, body)
    return replace(after, head=entry.hash, length=state.length + 1), checks


def _genesis(state: State, entry: Entry, body: Genesis) -> tuple[State, list[Signed]]:
    if state.length:
        raise RollRefused("a second genesis")
    invite = body.invite
    team, coordinators = ring.team_ring(body.team), ring.coordinators_ring(body.team)
    granted = sorted((g.ring, g.epoch) for g in invite.grants)
    if invite.role is not Role.COORDINATOR or invite.team != body.team:
        raise RollRefused("the first member is a coordinator of the team")
    if granted != sorted([(team, 1), (coordinators, 1)]):
        raise RollRefused("the first invitation grants the two rings")
    if entry.author != invitation_author(invite.signing):
        raise RollRefused("author of the genesis")
    rings = {
        team: Ring(team, ring.TEAM, body.team, (body.team_public,)),
        coordinators: Ring(coordinators, ring.COORDINATORS, body.team, (body.coordinators_public,)),
    }
    organisation = organisation_id(entry.data)
    after = replace(state, organisation=organisation, rings=rings, invites={entry.hash: invite})
    return after, [entry.signed_by(invite.signing)]


def _invite(state: State, entry: Entry, body: Invite) -> tuple[State, list[Signed]]:
    author = state.device(entry.author)
    known = {d.member: d for d in state.devices.values()}
    invited = {i.member for i in state.invites.values()}
    if body.member in known:  # another device of the same member, who hands on what that device holds
        held = state.readable(author.id)
        if body.member != author.member or body.role != author.role:
            raise RollRefused("only for oneself, in one's own role")
    else:
        held = {ring.team_ring(author.team)} & state.readable(author.id)
        if author.role is not Role.COORDINATOR or body.member in invited:
            raise RollRefused("only a coordinator invites a new member, once")
    if body.team != author.team:
        raise RollRefused("another team")
    for g in body.grants:
        if g.ring not in held or g.epoch > state.rings[g.ring].epoch:
            raise RollRefused("grants more than the author may")
    granted = {(g.ring, g.epoch) for g in body.grants}
    if len(granted) != len(body.grants):
        raise RollRefused("a grant twice")
    if any((g.ring, state.rings[g.ring].epoch) not in granted for g in body.grants):
        raise RollRefused("a grant without the current epoch")
    after = replace(state, invites={**state.invites, entry.hash: body})
    return after, [entry.signed_by(author.signing)]


def _add_device(state: State, entry: Entry, body: AddDevice) -> tuple[State, list[Signed]]:
    invite = state.invites.get(body.announced)
    if invite is None:
        raise InvitationUnknown()
    if body.announced in state.used:
        raise InvitationUsed()
    if entry.author != invitation_author(invite.signing):
        raise RollRefused("author of an enrolment")
    device = device_id(body.signing, body.agreement)
    own = ring.own_ring(invite.member)
    if device in state.devices:
        raise RollRefused("device twice")
    if (body.own_public is None) != (own in state.rings):
        raise RollRefused("the own ring comes with the first device, and only then")
    rings = dict(state.rings)
    if body.own_public is not None:
        rings[own] = Ring(own, ring.OWN, invite.member, (body.own_public,), frozenset({device}))
    for g in invite.grants:  # a ring renewed since the invitation was made is not opened by it
        if g.epoch == rings[g.ring].epoch:
            rings[g.ring] = replace(rings[g.ring], holders=rings[g.ring].holders | {device})
    joined = Device(device, body.signing, body.agreement, invite.member, invite.role, invite.team)
    after = replace(
        state,
        devices={**state.devices, device: joined},
        rings=rings,
        used=state.used | {body.announced},
    )
    proof = Signed(body.signing, body.proof, proof_bytes(body.announced, body.signing, body.agreement, body.own_public))
    return after, [entry.signed_by(invite.signing), proof]


def _ring_epoch(state: State, entry: Entry, body: RingEpoch) -> tuple[State, list[Signed]]:
    author = state.device(entry.author)
    known = state.rings.get(body.ring)
    if known is None or author.id not in known.holders:
        raise RollRefused("not a holder of the ring")
    if known.kind != ring.OWN and author.role is not Role.COORDINATOR:
        raise RollRefused("only a coordinator renews this ring")
    if body.epoch != known.epoch + 1:
        raise RollRefused("epochs follow one another")
    granted = [device for device, _ in body.grants]
    if len(set(granted)) != len(granted) or not set(granted) <= known.holders:
        raise RollRefused("grants go to holders, once each")
    if author.id not in granted:
        raise RollRefused("who renews a ring keeps it")
    after = replace(known, publics=(*known.publics, body.public), holders=frozenset(granted))
    return replace(state, rings={**state.rings, body.ring: after}), [entry.signed_by(author.signing)]


class Roll:
    """A verified roll: its entries in order, and the state at any of them.

    Only now and then a state is kept; one in between is made again from the entries after the kept one, which
    were verified when they came in. So a roll of thousands of entries fits a phone.
    """

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self.state = State()
        self._places = {NO_PREVIOUS: 0}  # head → number of entries up to it
        self._kept = {0: self.state}
        self._recent: dict[int, State] = {}

    def at(self, head: bytes) -> State:
        """The state at a head. Raises UnknownHead."""
        place = self._places.get(head)
        if place is None:
            raise UnknownHead()
        if place == self.state.length:
            return self.state
        if place not in self._recent:
            if len(self._recent) >= KEEP_EVERY:
                self._recent.pop(next(iter(self._recent)))
            self._recent[place] = self._made_again(place)
        return self._recent[place]

    def _made_again(self, place: int) -> State:
        start = place - place % KEEP_EVERY
        state = self._kept[start]
        for data in self.entries[start:place]:
            state, _ = _next(state, parse(data))
        return state

    def knows(self, head: bytes) -> bool:
        """Whether this head is part of the roll."""
        return head in self._places

    def take_over(self, other: "Roll") -> None:
        """Become a copy of another verified roll, to try an entry on."""
        self.entries, self.state = list(other.entries), other.state
        self._places, self._kept, self._recent = dict(other._places), dict(other._kept), dict(other._recent)

    async def extend(self, primitives: Primitives, entries: Sequence[bytes]) -> None:
        """Append entries: all of them, or none.

        Raises BadFormat, NewerVersion, RollRefused and its kin, RollMoved, BadSignature, or RollForked: another
        entry, allowed and signed as well, follows a predecessor that already has one. A mere claim proves
        nothing, so nobody can stop a team with unsigned bytes.
        """
        before = self.state
        state, checks = before, list[Signed]()
        places, kept = dict[bytes, int](), dict[int, State]()
        forked = False
        for data in entries:
            entry = parse(data)
            if entry.previous != state.head and self.knows(entry.previous):
                if self.knows(entry.hash):
                    raise RollMoved("already there")
                _, needed = _next(self.at(entry.previous), entry)
                forked = True
                checks += needed
                break
            state, needed = _next(state, entry)
            places[state.head] = state.length
            if state.length % KEEP_EVERY == 0:
                kept[state.length] = state
            checks += needed
        if not all(await primitives.verify(checks)):
            raise BadSignature("roll entry")
        if forked:
            raise RollForked()
        if self.state is not before:
            raise RollMoved("meanwhile")
        self.entries += entries
        self._places.update(places)
        self._kept.update(kept)
        self.state = state


def changed_by(before: State, after: State) -> set[bytes]:
    """Rings that became readable or changed epoch between two states: what a device has to look at again."""
    return {i for i, r in after.rings.items() if before.rings.get(i) != r}
