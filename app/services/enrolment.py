"""Joining: from an invitation to a device on the roll, in steps that may stop anywhere.

The vault is made, with the invitation in it, before the server hears of the new device; so a lost answer or a
dead phone in the middle costs nothing: at the next unlock the same device asks again.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from app.services.models import InvitationLook
from sync.core import invitation, ring, wire
from sync.core.errors import InvitationUnknown, InvitationUsed, RollMoved, RollRefused
from sync.core.ids import device_id, invitation_author
from sync.core.invitation import Invitation
from sync.core.ports import SEED_BYTES, Primitives, Random, Transport
from sync.core.roll import Roll, State
from sync.core.roll_entry import NO_PREVIOUS, AddDevice, Genesis, Invite, parse, proof_bytes, sign
from sync.device.secrets import Secrets


@dataclass(frozen=True, slots=True)
class Looked:
    """An invitation and the roll that announces it, verified from genesis."""

    invitation: Invitation
    roll: Roll
    invite: Invite

    @property
    def second_device(self) -> bool:
        """Whether the member is on the roll already."""
        return self.invite.member in self.roll.state.members()

    def to_show(self) -> InvitationLook:
        """For the screen."""
        day = datetime.fromtimestamp(self.invite.expires_millis / 1000, UTC).date()
        return InvitationLook(self.invite.role, day, self.second_device)


async def look(primitives: Primitives, transport: Transport, invitation_: Invitation) -> Looked:
    """Fetch and verify the roll that announces an invitation. Uses nothing up.

    Raises InvitationUnknown, InvitationUsed, InvitationExpired, Unreachable, or what the roll itself refuses.
    """
    roll = Roll()
    while entries := await _enrol_roll(transport, invitation_.announced, len(roll.entries)):
        await roll.extend(primitives, entries)
    invite = roll.state.invites.get(invitation_.announced)
    if invite is None:
        raise InvitationUnknown()
    signing = await invitation.signing_key(primitives, invitation_.seed)
    if signing.public != invite.signing:
        raise InvitationUnknown("another seed")
    if invitation_.announced in roll.state.used:
        raise InvitationUsed()
    return Looked(invitation_, roll, invite)


async def _enrol_roll(transport: Transport, announced: bytes, after: int) -> tuple[bytes, ...]:
    reply = await transport.send("POST", "/v1/enrol/roll", wire.encode([announced, after]))
    if reply.status != 200:
        raise wire.decode_error(reply.body)
    entries: tuple[bytes, ...] = wire.decode(wire.ROLL, reply.body)
    return entries


async def new_secrets(primitives: Primitives, random: Random, looked: Looked, name: str) -> Secrets:
    """Fresh keys for this device, and the rings that the invitation grants."""
    invite, state = looked.invite, looked.roll.state
    key = await invitation.agreement_key(primitives, looked.invitation.seed)
    # The genesis entry can't name the organisation that is its own hash: its grants are bound to zeros.
    from_genesis = isinstance(parse(looked.roll.entries[0]).body, Genesis) and (
        parse(looked.roll.entries[0]).hash == looked.invitation.announced
    )
    organisation = NO_PREVIOUS if from_genesis else state.organisation
    rings = [(g.ring, g.epoch, await ring.accept(primitives, key, organisation, g)) for g in invite.grants]
    if not looked.second_device:
        rings.append((ring.own_ring(invite.member), 1, random.bytes(SEED_BYTES)))
    return Secrets(
        random.bytes(SEED_BYTES),
        random.bytes(SEED_BYTES),
        looked.invitation.announced,
        invite.member,
        name,
        tuple(rings),
        looked.invitation.seed,
    )


async def entry_for(primitives: Primitives, secrets: Secrets, state: State) -> bytes:
    """The roll entry that adds this device, signed on the given head. Raises RollRefused when enrolled."""
    if secrets.invitation is None:
        raise RollRefused("no invitation left")
    signing = await primitives.signing_key(secrets.signing)
    agreement = await primitives.agreement_key(secrets.agreement)
    own = await _own_public(primitives, secrets, state)
    proof = proof_bytes(secrets.announced, signing.public, agreement.public, own)
    [signature] = await primitives.sign(signing, [proof])
    body = AddDevice(secrets.announced, signing.public, agreement.public, own, signature)
    inviting = await invitation.signing_key(primitives, secrets.invitation)
    return await sign(primitives, inviting, state.head, invitation_author(inviting.public), body)


async def _own_public(primitives: Primitives, secrets: Secrets, state: State) -> bytes | None:
    own = ring.own_ring(secrets.member)
    if own in state.rings:
        return None
    seed = next(seed for r, epoch, seed in secrets.rings if r == own and epoch == 1)
    return (await primitives.agreement_key(seed)).public


async def enrol(primitives: Primitives, transport: Transport, secrets: Secrets, roll: Roll) -> Roll:
    """Put this device on the roll, whatever happened before; gives the roll that has it.

    Raises InvitationUsed, InvitationExpired or Unreachable: everything is kept and may be tried again.
    """
    signing = await primitives.signing_key(secrets.signing)
    agreement = await primitives.agreement_key(secrets.agreement)
    device = device_id(signing.public, agreement.public)
    for _ in range(5):
        if device in roll.state.devices:
            return roll
        entry = await entry_for(primitives, secrets, roll.state)
        body = wire.encode([roll.state.head, entry])
        reply = await transport.send("POST", "/v1/enrol", body)
        if reply.status == 200:
            await roll.extend(primitives, [entry])
            return roll
        error = wire.decode_error(reply.body)
        if not isinstance(error, RollMoved):
            raise error
        await roll.extend(primitives, await _enrol_roll(transport, secrets.announced, len(roll.entries)))
    raise RollMoved()
