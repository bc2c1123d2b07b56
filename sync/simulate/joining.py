"""How a device comes on the roll in a simulation: the messages of app.services.inviting and app.services.enrolment."""

from sync.core import invitation, ring, wire
from sync.core.errors import RollMoved
from sync.core.ids import ID_BYTES, entry_hash, invitation_author
from sync.core.ports import SEED_BYTES
from sync.core.rights import Role
from sync.core.roll import Roll
from sync.core.roll_entry import AddDevice, Invite, proof_bytes, sign
from sync.device import ring_keys
from sync.device.secrets import Secrets
from sync.simulate.device import Common, Device
from sync.simulate.network import Link

FAR = 2**47  # no invitation of a simulation expires
Invited = tuple[bytes, bytes]  # (seed, hash of the entry that announces it)


async def invite(common: Common, by: Device, role: Role | None, team: bytes, back: bytes = b"") -> Invited:
    """Announce an invitation: for someone new in this role, for a member who lost every device (`back`), or (role None)
    for another device of the member's own. Raises what the roll or the network does.
    """
    p, random, roll = common.primitives, common.luck, by.roll
    seed = random.bytes(SEED_BYTES)
    signing, agreement = await invitation.signing_key(p, seed), await invitation.agreement_key(p, seed)
    me = roll.state.device(by.keyring.device)
    member = by.member if role is None else back or random.bytes(ID_BYTES)
    wanted = None if role is None else ring.team_ring(team)

    async def make() -> bytes:
        state = roll.state
        held = await ring_keys.privates(p, by.keyring.agreement, by.keyring.device, by.secrets.rings, roll)
        mine = state.readable(by.keyring.device)
        grants = [
            await ring.grant(p, random.bytes(SEED_BYTES), private, state.organisation, r, epoch, agreement.public)
            for (r, epoch), private in sorted(held.items())
            if wanted in (None, r) and r in mine and (r, state.rings[r].epoch) in held
        ]
        bounds = Invite(signing.public, agreement.public, member, role or me.role, team, FAR, tuple(grants))
        return await sign(p, by.keyring.signing, state.head, by.keyring.device, bounds)

    return seed, entry_hash(await by.syncer.append_roll(make))


async def join(common: Common, link: Link, invited: Invited) -> tuple[Secrets, Roll]:
    """A new device's secrets, and the roll that has it. Raises what the roll or the network does."""
    p, random, (seed, announced) = common.primitives, common.luck, invited
    roll = Roll()
    await _follow(common, link, roll, announced)
    bounds = roll.state.invites[announced]
    key = await invitation.agreement_key(p, seed)
    rings = [(g.ring, g.epoch, await ring.accept(p, key, roll.state.organisation, g)) for g in bounds.grants]
    own, known = ring.own_ring(bounds.member), roll.state.rings.get(ring.own_ring(bounds.member))
    fresh = 1 if known is None else 0 if known.holders & roll.state.devices.keys() else known.epoch + 1
    if fresh:
        rings.append((own, fresh, random.bytes(SEED_BYTES)))
    secrets = Secrets(random.bytes(SEED_BYTES), random.bytes(SEED_BYTES), announced, bounds.member, "", tuple(rings))
    signing, agreement = await p.signing_key(secrets.signing), await p.agreement_key(secrets.agreement)
    public = (await p.agreement_key(rings[-1][2])).public if fresh else None
    [proof] = await p.sign(signing, [proof_bytes(announced, signing.public, agreement.public, public)])
    body = AddDevice(announced, signing.public, agreement.public, public, proof)
    inviting = await invitation.signing_key(p, seed)
    while True:
        entry = await sign(p, inviting, roll.state.head, invitation_author(inviting.public), body)
        reply = await link.send("POST", "/v1/enrol", wire.encode([roll.state.head, entry]))
        if reply.status == 200:
            await roll.extend(p, [entry])
            return secrets, roll
        error = wire.decode_error(reply.body)
        if not isinstance(error, RollMoved):
            raise error
        await _follow(common, link, roll, announced)


async def _follow(common: Common, link: Link, roll: Roll, announced: bytes) -> None:
    while True:
        reply = await link.send("POST", "/v1/enrol/roll", wire.encode([announced, len(roll.entries)]))
        if reply.status != 200:
            raise wire.decode_error(reply.body)
        entries = wire.decode(wire.ROLL, reply.body)
        if not entries:
            return
        await roll.extend(common.primitives, entries)
