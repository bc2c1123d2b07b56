"""Joining: from an invitation to a device on the roll, in steps that may stop anywhere.

The vault is made, with the invitation in it, before the server hears of the new device; so a lost answer or a
dead phone in the middle costs nothing: at the next unlock the same device asks again.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from app.services.models import InvitationLook
from sync.core import invitation, ring, wire
from sync.core.errors import InvitationUnknown, InvitationUsed, RollMoved, RollRefused, TooLarge
from sync.core.ids import device_id, entry_hash, invitation_author
from sync.core.invitation import Invitation
from sync.core.ports import SEED_BYTES, Primitives, Random, Transport
from sync.core.rights import Role
from sync.core.roll import Roll, State
from sync.core.roll_entry import NO_PREVIOUS, AddDevice, Invite, Recover, proof_bytes, sign
from sync.core.roll_state import SheetKey
from sync.core.sheet import SheetSecret, sheet_id
from sync.device import ring_keys
from sync.device.secrets import Secrets

NO_END_MILLIS = 2**48
MAX_ENTRIES = 100_000  # of a roll: a server that gives more is not telling the truth


@dataclass(frozen=True, slots=True)
class Looked:
    """An invitation and the roll that announces it, verified from genesis. `sheet` when it is a recovery sheet,
    which works as an invitation for its coordinator's new device.
    """

    invitation: Invitation
    roll: Roll
    invite: Invite
    sheet: SheetKey | None = None

    @property
    def second_device(self) -> bool:
        """Whether the member has a device on the roll already."""
        return self.invite.member in self.roll.state.members()

    @property
    def returning(self) -> bool:
        """Whether the member had devices and has none left: this one takes their place."""
        return not self.second_device and any(d.member == self.invite.member for d in self.roll.state.left.values())

    def to_show(self) -> InvitationLook:
        """For the screen."""
        day = None
        if self.sheet is None:
            day = datetime.fromtimestamp(self.invite.expires_millis / 1000, UTC).date()
        return InvitationLook(
            self.invite.role, day, self.second_device, returning=self.returning, sheet=self.sheet is not None
        )


async def look(primitives: Primitives, transport: Transport, invitation_: Invitation) -> Looked:
    """Fetch and verify the roll that announces an invitation. Uses nothing up.

    Raises InvitationUnknown, InvitationUsed, InvitationExpired, Unreachable, or what the roll itself refuses.
    """
    roll = await _whole_roll(primitives, transport, "enrol/roll", invitation_.announced)
    invite = roll.state.invites.get(invitation_.announced)
    if invite is None:
        raise InvitationUnknown()
    if invitation_.announced in roll.state.used:
        raise InvitationUsed()
    signing = await invitation.signing_key(primitives, invitation_.seed)
    if signing.public != invite.signing:
        raise InvitationUnknown("another seed")
    return Looked(invitation_, roll, invite)


async def look_at_sheet(primitives: Primitives, transport: Transport, secret: SheetSecret) -> Looked:
    """Fetch and verify the roll that a recovery sheet belongs to. Uses nothing up. Raises as `look`."""
    seed = secret.seed()
    name = await sheet_id(primitives, seed)
    roll = await _whole_roll(primitives, transport, "recover/roll", name)
    sheet = roll.state.sheets.get(name)
    if sheet is None or not secret.fits(sheet.announced):
        raise InvitationUnknown("sheet")
    bounds = Invite(sheet.signing, sheet.agreement, sheet.member, Role.COORDINATOR, sheet.team, NO_END_MILLIS, ())
    return Looked(Invitation(seed, sheet.announced), roll, bounds, sheet)


async def _whole_roll(primitives: Primitives, transport: Transport, path: str, name: bytes) -> Roll:
    roll = Roll()
    while entries := await _entries(transport, path, name, len(roll.entries)):
        if len(roll.entries) + len(entries) > MAX_ENTRIES:
            raise TooLarge("roll")
        await roll.extend(primitives, entries)
    return roll


async def _entries(transport: Transport, path: str, name: bytes, after: int) -> tuple[bytes, ...]:
    reply = await transport.send("POST", f"/v1/{path}", wire.encode([name, after]))
    entries: tuple[bytes, ...] = wire.decode(wire.ROLL, wire.accepted(reply))
    return entries


async def new_secrets(primitives: Primitives, random: Random, looked: Looked, name: str) -> Secrets:
    """Fresh keys for this device, and the rings that the invitation grants."""
    invite, state = looked.invite, looked.roll.state
    key = await invitation.agreement_key(primitives, looked.invitation.seed)
    # The genesis entry can't name the organisation that is its own hash: its grants are bound to zeros.
    from_genesis = entry_hash(looked.roll.entries[0]) == looked.invitation.announced
    organisation = NO_PREVIOUS if from_genesis else state.organisation
    rings = [(g.ring, g.epoch, await ring.accept(primitives, key, organisation, g)) for g in invite.grants]
    if looked.sheet:
        found = await ring_keys.opened(primitives, key, looked.sheet.id, state, looked.roll.entries)
        rings += [(r, epoch, private) for r, epoch, private, _ in found]
    own, epoch = _fresh_own(state, invite.member)
    if epoch:
        rings.append((own, epoch, random.bytes(SEED_BYTES)))
    return Secrets(
        random.bytes(SEED_BYTES),
        random.bytes(SEED_BYTES),
        looked.invitation.announced,
        invite.member,
        name,
        tuple(rings),
        looked.invitation.seed,
    )


def _fresh_own(state: State, member: bytes) -> tuple[bytes, int]:
    """The member's own ring, and the epoch that a new device opens; 0 when another device of theirs holds it."""
    own = ring.own_ring(member)
    known = state.rings.get(own)
    if known is None:
        return own, 1
    others = known.holders & state.devices.keys()  # a sheet can't grant
    return own, 0 if others else known.epoch + 1


async def entry_for(primitives: Primitives, secrets: Secrets, state: State) -> bytes:
    """The roll entry that adds this device, signed on the given head. Raises RollRefused when enrolled."""
    if secrets.invitation is None:
        raise RollRefused("no invitation left")
    signing = await primitives.signing_key(secrets.signing)
    agreement = await primitives.agreement_key(secrets.agreement)
    sheet = next((s for s in state.sheets.values() if s.announced == secrets.announced), None)
    own = await _own_public(primitives, secrets, state, sheet)
    proof = proof_bytes(secrets.announced, signing.public, agreement.public, own)
    [signature] = await primitives.sign(signing, [proof])
    inviting = await invitation.signing_key(primitives, secrets.invitation)
    keys = (signing.public, agreement.public, own, signature)
    if sheet:
        return await sign(primitives, inviting, state.head, sheet.id, Recover(sheet.id, *keys))
    body = AddDevice(secrets.announced, *keys)
    return await sign(primitives, inviting, state.head, invitation_author(inviting.public), body)


async def _own_public(primitives: Primitives, secrets: Secrets, state: State, sheet: SheetKey | None) -> bytes | None:
    own, fresh = _fresh_own(state, secrets.member)
    seed = next((seed for r, epoch, seed in secrets.rings if (r, epoch) == (own, fresh)), None)
    if fresh and seed is None:
        raise RollRefused("the member's last device has left meanwhile")
    return (await primitives.agreement_key(seed)).public if seed else None


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
        try:
            wire.accepted(await transport.send("POST", "/v1/enrol", body))
        except RollMoved:
            path, name = _where(secrets, roll.state)
            await roll.extend(primitives, await _entries(transport, path, name, len(roll.entries)))
        else:
            await roll.extend(primitives, [entry])
            return roll
    raise RollMoved()


def _where(secrets: Secrets, state: State) -> tuple[str, bytes]:
    """Where the rest of the roll is to be had: as whoever holds the sheet, or the invitation."""
    sheet = next((s.id for s in state.sheets.values() if s.announced == secrets.announced), None)
    return ("recover/roll", sheet) if sheet else ("enrol/roll", secrets.announced)
