"""Whole organisations made by hand: real keys, a verified roll, envelopes sealed through sync.core. No mocks.

    organisation = await founded(clock)
    joke = organisation.people[0]                                  # the first coordinator's device
    fatma = await organisation.joined(await organisation.invited(joke, Role.CONTACT))
    data = await fatma.envelope(b"a visit")                        # next in its chains

`organisation.roll.entries` is what a server or another device has to be told.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from app.platform.native import SystemRandom
from app.platform.native_crypto import NativePrimitives
from app.services.enrolment import Looked, entry_for, new_secrets
from app.services.founding import found
from app.services.inviting import VALID_MILLIS
from sync.core import envelope, invitation, ring, sender_key
from sync.core.envelope import Draft, Header, Link, id_of
from sync.core.ids import ID_BYTES, entry_hash, sender_key_id
from sync.core.invitation import Invitation
from sync.core.ports import KEY_BYTES, NONCE_BYTES, SEED_BYTES, Clock
from sync.core.rights import Role
from sync.core.roll import Roll
from sync.core.roll_entry import Invite, sign
from sync.device.keyring import Keyring, unlock
from sync.device.secrets import Secrets

P, RANDOM = NativePrimitives(), SystemRandom()


@dataclass(slots=True)
class Person:
    """One enrolled device, with its keys, the private halves of its rings and its place in each chain."""

    organisation: "Organisation"
    secrets: Secrets
    keyring: Keyring
    content_key: bytes = field(default_factory=lambda: RANDOM.bytes(KEY_BYTES))
    chains: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)

    @property
    def device(self) -> bytes:
        return self.keyring.device

    @property
    def own_ring(self) -> bytes:
        return ring.own_ring(self.keyring.member)

    @property
    def readable(self) -> set[bytes]:
        return self.organisation.roll.state.readable(self.device)

    def header(self, rings: Iterable[bytes] = (), expiry: int = 0, nonce: bytes = b"") -> Header:
        """The header of this device's next envelope in these rings (the own one when none is named)."""
        state = self.organisation.roll.state
        links = []
        for r in sorted(rings) or [self.own_ring]:
            number, previous = self.chains.get(r, (0, envelope.NO_PREVIOUS))
            links.append(Link(r, state.rings[r].epoch, number + 1, previous))
        key = sender_key_id(self.content_key, self.device, [(x.ring, x.epoch) for x in links])
        return Header(state.organisation, self.device, state.head, key, tuple(links), expiry, nonce)

    async def envelope(self, plain: bytes, rings: Iterable[bytes] = (), expiry: int = 0, **odd: Any) -> bytes:
        """A change envelope, and one step in its chains. `odd` replaces fields of the header: then no step."""
        header = replace(self.header(rings, expiry, RANDOM.bytes(NONCE_BYTES)), **odd)
        data = await envelope.seal(P, self.keyring.signing, Draft(header, plain, self.content_key))
        return data if odd else self._took(header, data)

    async def key_envelope(self, rings: Iterable[bytes] = ()) -> bytes:
        """The envelope that grants this device's content key to these rings, and one step in their chains."""
        header, state = self.header(rings), self.organisation.roll.state
        targets = [(x.ring, x.epoch, state.rings[x.ring].public) for x in header.links]
        seeds = [RANDOM.bytes(SEED_BYTES) for _ in targets]
        body = await sender_key.grant(P, self.content_key, state.organisation, self.device, targets, seeds)
        return self._took(header, await envelope.seal(P, self.keyring.signing, Draft(header, body)))

    def _took(self, header: Header, data: bytes) -> bytes:
        for link in header.links:
            self.chains[link.ring] = (link.number, id_of(data))
        return data


@dataclass(slots=True)
class Organisation:
    """A verified roll and the devices on it, in order of joining."""

    clock: Clock
    roll: Roll
    people: list[Person] = field(default_factory=list)

    @property
    def id(self) -> bytes:
        return self.roll.state.organisation

    async def invite_entry(self, by: Person, role: Role, expires_millis: int = 0) -> tuple[bytes, Invitation]:
        """An entry that invites a new member, signed on the present head and not yet on the roll."""
        seed = RANDOM.bytes(SEED_BYTES)
        signing, agreement = await invitation.signing_key(P, seed), await invitation.agreement_key(P, seed)
        team = self.roll.state.device(by.device).team
        wanted = ring.team_ring(team)
        grants = [
            await ring.grant(P, RANDOM.bytes(SEED_BYTES), private, self.id, r, epoch, agreement.public)
            for r, epoch, private in by.secrets.rings
            if r == wanted
        ]
        until = expires_millis or self.clock.millis() + VALID_MILLIS
        member = RANDOM.bytes(ID_BYTES)
        body = Invite(signing.public, agreement.public, member, role, team, until, tuple(grants))
        entry = await sign(P, by.keyring.signing, self.roll.state.head, by.device, body)
        return entry, Invitation(seed, entry_hash(entry))

    async def invited(self, by: Person, role: Role, expires_millis: int = 0) -> Invitation:
        """An invitation that stands on the roll."""
        entry, made = await self.invite_entry(by, role, expires_millis)
        await self.roll.extend(P, [entry])
        return made

    async def join_entry(self, accepted: Invitation) -> tuple[bytes, Person]:
        """An entry that adds a new device, signed on the present head and not yet on the roll."""
        looked = Looked(accepted, self.roll, self.roll.state.invites[accepted.announced])
        secrets = await new_secrets(P, RANDOM, looked, "")
        entry = await entry_for(P, secrets, self.roll.state)
        return entry, Person(self, secrets, await unlock(P, secrets, self.roll))

    async def joined(self, accepted: Invitation) -> Person:
        """A device that stands on the roll by this invitation."""
        entry, person = await self.join_entry(accepted)
        await self.roll.extend(P, [entry])
        self.people.append(person)
        return person


async def new_organisation(clock: Clock) -> tuple[Organisation, Invitation]:
    """Only the genesis entry, and the invitation for the first coordinator."""
    founding = await found(P, RANDOM, clock)
    roll = Roll()
    await roll.extend(P, [founding.genesis])
    return Organisation(clock, roll), founding.invitation


async def founded(clock: Clock, contacts: int = 1) -> Organisation:
    """A coordinator (the first of `people`) and some contact persons."""
    organisation, first = await new_organisation(clock)
    coordinator = await organisation.joined(first)
    for _ in range(contacts):
        await organisation.joined(await organisation.invited(coordinator, Role.CONTACT))
    return organisation
