"""Inviting: announcing an invitation on the roll, and the link and QR code to hand over."""

from datetime import UTC, datetime

import segno

from app.services.models import InviteLink
from sync.core import invitation, ring
from sync.core.errors import BadInput
from sync.core.ids import ID_BYTES, entry_hash
from sync.core.invitation import Invitation
from sync.core.ports import SEED_BYTES, Clock, Primitives, Random
from sync.core.rights import Role
from sync.core.roll import Roll
from sync.core.roll_entry import Invite, sign
from sync.device.keyring import Keyring
from sync.device.secrets import Secrets
from sync.device.syncer import Syncer

VALID_MILLIS = 14 * 24 * 60 * 60 * 1000
ROUTE = "uitnodiging"
MAX_NAME = 80


async def invite(
    primitives: Primitives,
    random: Random,
    clock: Clock,
    syncer: Syncer,
    roll: Roll,
    keyring: Keyring,
    secrets: Secrets,
    origin: str,
    name: str,
    role: Role | None,
) -> InviteLink:
    """Announce an invitation for a new member with this role, or (role None) for another device of oneself.

    Raises BadInput, RollRefused or Unreachable (nothing was announced).
    """
    name = name.strip()
    if role is not None and not name:
        raise BadInput("name", "missing")
    if len(name) > MAX_NAME:
        raise BadInput("name", "too_long")
    seed = random.bytes(SEED_BYTES)
    expires = clock.millis() + VALID_MILLIS
    signing = await invitation.signing_key(primitives, seed)
    agreement = await invitation.agreement_key(primitives, seed)
    me = roll.state.device(keyring.device)
    member = keyring.member if role is None else random.bytes(ID_BYTES)
    wanted = None if role is None else ring.team_ring(me.team)
    grants = [
        await ring.grant(
            primitives,
            random.bytes(SEED_BYTES),
            private,
            roll.state.organisation,
            ring_,
            epoch,
            agreement.public,
        )
        for ring_, epoch, private in secrets.rings
        if wanted in (None, ring_)
    ]
    bounds = Invite(signing.public, agreement.public, member, role or me.role, me.team, expires, tuple(grants))

    async def make() -> bytes:
        return await sign(primitives, keyring.signing, roll.state.head, keyring.device, bounds)

    entry = await syncer.append_roll(make)
    return to_link(Invitation(seed, entry_hash(entry)), origin, expires, role or me.role, name)


def to_link(what: Invitation, origin: str, expires_millis: int, role: Role, name: str) -> InviteLink:
    """The link and its QR code. The secret stands in the fragment, which browsers never send."""
    url = f"{origin.rstrip('/')}/#/{ROUTE}/{what.to_text()}"
    code = segno.make(url, error="m")
    rows = tuple(tuple(bool(cell) for cell in row) for row in code.matrix_iter(border=4))
    return InviteLink(url, datetime.fromtimestamp(expires_millis / 1000, UTC).date(), role, name, rows)


def from_text(text: str) -> Invitation:
    """Read a whole link, a route or only the secret part. Raises BadFormat or NewerVersion."""
    return Invitation.from_text(text.strip().rsplit("/", 1)[-1].split("?", 1)[0])
