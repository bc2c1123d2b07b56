"""A small organisation made with sync.core alone: the same bytes every time, each step open to tampering."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from app.platform.native_crypto import NativePrimitives
from sync.core import envelope, formats, invitation, ring, sender_key
from sync.core.envelope import Draft, Header, Link, id_of
from sync.core.ids import device_id, invitation_author
from sync.core.ports import AgreementKey, SigningKey
from sync.core.rights import Role
from sync.core.roll import Roll
from sync.core.roll_entry import (
    NO_PREVIOUS,
    AddDevice,
    Epoch,
    Genesis,
    Invite,
    Renew,
    proof_bytes,
    sign,
)
from tests.vectors.vector import fixed

P = NativePrimitives()
T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Wait for one piece of async work."""
    return asyncio.run(work)


@dataclass(frozen=True, slots=True)
class Person:
    """One device, with its keys and what it may open."""

    signing: SigningKey
    agreement: AgreementKey
    member: bytes
    own: bytes  # private half of the own ring, epoch 1

    @property
    def device(self) -> bytes:
        return device_id(self.signing.public, self.agreement.public)

    @property
    def own_ring(self) -> bytes:
        return ring.own_ring(self.member)


@dataclass(slots=True)
class World:
    """A verified roll and the private halves of its rings' first epochs."""

    roll: Roll
    team: bytes
    privates: dict[bytes, bytes]
    coordinator: Person
    contact: Person
    chains: dict[tuple[bytes, bytes], tuple[int, bytes]] = field(default_factory=dict)

    @property
    def team_ring(self) -> bytes:
        return ring.team_ring(self.team)

    @property
    def coordinators_ring(self) -> bytes:
        return ring.coordinators_ring(self.team)

    @property
    def state(self):  # type: ignore[no-untyped-def]
        return self.roll.state

    def links(self, person: Person, rings: list[bytes]) -> tuple[Link, ...]:
        """The next places of this person in these rings."""
        made = []
        for r in sorted(rings):
            number, previous = self.chains.get((person.device, r), (0, envelope.NO_PREVIOUS))
            made.append(Link(r, self.state.rings[r].epoch, number + 1, previous))
        return tuple(made)

    def took(self, person: Person, data: bytes) -> bytes:
        """Move the chains on after an envelope."""
        for link in envelope.parse(data).header.links:
            self.chains[person.device, link.ring] = (link.number, id_of(data))
        return data


async def keys(label: str, member: bytes) -> Person:
    """Fixed keys for a label."""
    return Person(
        await P.signing_key(fixed(f"{label} signing")),
        await P.agreement_key(fixed(f"{label} agreement")),
        member,
        fixed(f"{label} own ring"),
    )


async def public_of(private: bytes) -> bytes:
    """The public half of an X25519 private."""
    return (await P.agreement_key(private)).public


async def bounds(
    label: str, organisation: bytes, member: bytes, role: Role, team: bytes, grants: dict[tuple[bytes, int], bytes]
) -> Invite:
    """An invitation made from the seed `label`, granting these (ring, epoch) → private halves."""
    seed = fixed(f"{label} seed")
    signing, agreement = await invitation.signing_key(P, seed), await invitation.agreement_key(P, seed)
    made = [
        await ring.grant(P, fixed(f"{label} grant {i}"), private, organisation, r, epoch, agreement.public)
        for i, ((r, epoch), private) in enumerate(grants.items())
    ]
    return Invite(signing.public, agreement.public, member, role, team, 1_800_000_000_000, tuple(made))


async def genesis_body() -> tuple[Genesis, dict[bytes, bytes]]:
    """The genesis body of the one organisation here, and its rings' private halves."""
    team = fixed("team", 16)
    privates = {r: fixed(f"private {r.hex()}") for r in (ring.team_ring(team), ring.coordinators_ring(team))}
    granted = {(r, 1): private for r, private in privates.items()}
    first = await bounds("first", NO_PREVIOUS, fixed("first member", 16), Role.COORDINATOR, team, granted)
    publics = [await public_of(private) for private in privates.values()]
    return Genesis(fixed("salt", 16), team, publics[0], publics[1], first), privates


async def genesis_entry(body: Genesis) -> bytes:
    """The genesis as bytes, signed by its own invitation."""
    signing = await invitation.signing_key(P, fixed("first seed"))
    return await sign(P, signing, NO_PREVIOUS, invitation_author(signing.public), body)


async def add_device(
    roll: Roll, label: str, announced: bytes, person: Person, *, own: bool = True, prover: Person | None = None
) -> bytes:
    """The entry with which `person` joins by the invitation made from `label`."""
    inviting = await invitation.signing_key(P, fixed(f"{label} seed"))
    own_public = await public_of(person.own) if own else None
    signing, agreement = person.signing.public, person.agreement.public
    [proof] = await P.sign((prover or person).signing, [proof_bytes(announced, signing, agreement, own_public)])
    body = AddDevice(announced, signing, agreement, own_public, proof)
    return await sign(P, inviting, roll.state.head, invitation_author(inviting.public), body)


async def invite(roll: Roll, by: Person, body: Invite) -> bytes:
    """The entry that announces an invitation."""
    return await sign(P, by.signing, roll.state.head, by.device, body)


async def ring_epoch(roll: Roll, by: Person, ring_: bytes, epoch: int, private: bytes, holders: list[Person]) -> bytes:
    """The entry that renews a ring for these devices."""
    grants = []
    for i, h in enumerate(holders):
        seed = fixed(f"epoch {ring_.hex()} {epoch} {i}")
        g = await ring.grant(P, seed, private, roll.state.organisation, ring_, epoch, h.agreement.public)
        grants.append((h.device, g.sealed))
    body = Renew((Epoch(ring_, epoch, await public_of(private), tuple(grants)),))
    return await sign(P, by.signing, roll.state.head, by.device, body)


async def founded() -> World:
    """Genesis, a coordinator, and a contact person invited by them."""
    body, privates = await genesis_body()
    roll = Roll()
    await roll.extend(P, [await genesis_entry(body)])
    coordinator = await keys("coordinator", body.invite.member)
    await roll.extend(P, [await add_device(roll, "first", roll.state.head, coordinator)])
    contact = await keys("contact", fixed("contact member", 16))
    team_ring = ring.team_ring(body.team)
    granted = {(team_ring, 1): privates[team_ring]}
    second = await bounds("second", roll.state.organisation, contact.member, Role.CONTACT, body.team, granted)
    await roll.extend(P, [await invite(roll, coordinator, second)])
    await roll.extend(P, [await add_device(roll, "second", roll.state.head, contact)])
    return World(roll, body.team, privates, coordinator, contact)


def key_id(person: Person, key: bytes, links: tuple[Link, ...]) -> bytes:
    """The id of a content key for these links."""
    return sender_key.sender_key_id(key, person.device, [(x.ring, x.epoch) for x in links])


async def sealed_key(w: World, person: Person, key: bytes, rings: list[bytes], label: str = "key") -> bytes:
    """A sender key envelope, next in its chains."""
    links = w.links(person, rings)
    targets = [(x.ring, x.epoch, w.state.rings[x.ring].publics[x.epoch - 1]) for x in links]
    seeds = [fixed(f"{label} seed {i}") for i in range(len(targets))]
    body = await sender_key.grant(P, key, w.state.organisation, person.device, targets, seeds)
    header = Header(w.state.organisation, person.device, w.state.head, key_id(person, key, links), links, 0, b"")
    return w.took(person, await envelope.seal(P, person.signing, Draft(header, body)))


async def sealed_change(
    w: World, person: Person, key: bytes, rings: list[bytes], plain: bytes, expiry: int = 0, label: str = "nonce"
) -> bytes:
    """A change envelope, next in its chains."""
    links = w.links(person, rings)
    name = key_id(person, key, links)
    header = Header(w.state.organisation, person.device, w.state.head, name, links, expiry, fixed(label, 12))
    return w.took(person, await envelope.seal(P, person.signing, Draft(header, plain, key)))


def resigned(person: Person, unsigned: bytes) -> bytes:
    """Bytes with this person's right signature under them, whatever they say."""
    return unsigned + run(P.sign(person.signing, [envelope.to_sign(unsigned)]))[0]


CHANGE_PREFIX = formats.prefix(formats.CHANGE)
