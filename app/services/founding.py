"""Founding an organisation: its genesis entry, and the one invitation for the first coordinator.

Whoever founds keeps nothing: every secret is in the invitation's seed.
"""

from dataclasses import dataclass

from app.services.inviting import VALID_MILLIS
from sync.core import invitation, ring
from sync.core.ids import ID_BYTES, entry_hash, invitation_author
from sync.core.invitation import Invitation
from sync.core.ports import SEED_BYTES, Clock, Primitives, Random
from sync.core.rights import Role
from sync.core.roll_entry import NO_PREVIOUS, Genesis, Invite, sign


@dataclass(frozen=True, slots=True)
class Founding:
    """A new organisation: the bytes for the server and the link's secret for the first coordinator."""

    genesis: bytes
    invitation: Invitation
    expires_millis: int


async def found(primitives: Primitives, random: Random, clock: Clock) -> Founding:
    """Make a new organisation with one team."""
    seed, team = random.bytes(SEED_BYTES), random.bytes(ID_BYTES)
    signing = await invitation.signing_key(primitives, seed)
    agreement = await invitation.agreement_key(primitives, seed)
    privates = [random.bytes(SEED_BYTES), random.bytes(SEED_BYTES)]
    publics = [(await primitives.agreement_key(p)).public for p in privates]
    rings = [ring.team_ring(team), ring.coordinators_ring(team)]
    grants = [
        await ring.grant(primitives, random.bytes(SEED_BYTES), private, NO_PREVIOUS, r, 1, agreement.public)
        for r, private in zip(rings, privates, strict=True)
    ]
    expires = clock.millis() + VALID_MILLIS
    member = random.bytes(ID_BYTES)
    invite = Invite(signing.public, agreement.public, member, Role.COORDINATOR, team, expires, tuple(grants))
    body = Genesis(random.bytes(ID_BYTES), team, publics[0], publics[1], invite)
    genesis = await sign(primitives, signing, NO_PREVIOUS, invitation_author(signing.public), body)
    return Founding(genesis, Invitation(seed, entry_hash(genesis)), expires)
