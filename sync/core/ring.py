"""Rings: groups that can read. An X25519 key pair per epoch; the private half is granted by HPKE.

docs/protocol.md, "Ring". A grant's plaintext is the private half as 32 bytes (RFC 7748).
"""

from dataclasses import dataclass

from sync.core import codec, hpke
from sync.core.ids import ring_id
from sync.core.ports import AgreementKey, Primitives
from sync.core.sender_key import SUITE

OWN = "own"  # one member's devices
TEAM = "team"  # all members of a team
COORDINATORS = "coordinators"  # the coordinators of a team
ROUND = "round"  # whoever walks a round, and the coordinators of its team
KINDS = (OWN, TEAM, COORDINATORS, ROUND)


@dataclass(frozen=True, slots=True)
class Grant:
    """One epoch's private half of a ring, sealed to a device or an invitation."""

    ring: bytes
    epoch: int
    sealed: bytes


def own_ring(member: bytes) -> bytes:
    """The ring of one member's devices."""
    return ring_id(OWN, member)


def team_ring(team: bytes) -> bytes:
    """The ring of all members of a team."""
    return ring_id(TEAM, team)


def coordinators_ring(team: bytes) -> bytes:
    """The ring of a team's coordinators."""
    return ring_id(COORDINATORS, team)


def round_ring(round_: bytes) -> bytes:
    """The ring of whoever walks a round, named by the id of the round's record."""
    return ring_id(ROUND, round_)


def info(organisation: bytes, ring: bytes, epoch: int, recipient: bytes) -> bytes:
    """What a grant is bound to (HPKE `info`). In the genesis entry the organisation is 32 zero bytes."""
    return codec.pack(["straatcontact ring grant", SUITE, organisation, ring, epoch, recipient])


async def grant(
    primitives: Primitives,
    seed: bytes,
    private: bytes,
    organisation: bytes,
    ring: bytes,
    epoch: int,
    recipient: bytes,
) -> Grant:
    """Seal a ring's private half (32 bytes) to a recipient's X25519 public, with a fresh ephemeral seed."""
    bound = info(organisation, ring, epoch, recipient)
    return Grant(ring, epoch, await hpke.seal(primitives, seed, recipient, bound, private))


async def accept(primitives: Primitives, key: AgreementKey, organisation: bytes, grant: Grant) -> bytes:
    """The private half in a grant to this key. Raises NotForThisKey."""
    bound = info(organisation, grant.ring, grant.epoch, key.public)
    return await hpke.open_(primitives, key, bound, grant.sealed)
