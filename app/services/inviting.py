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
from sync.core.roll import Roll, State
from sync.core.roll_entry import Invite, sign
from sync.device import ring_keys
from sync.device.keyring import Keyring
from sync.device.secrets import Secrets
from sync.device.syncer import Syncer

DAY_MILLIS = 24 * 60 * 60 * 1000
VALID_MILLIS = 14 * DAY_MILLIS
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
    team: bytes = b"",
    back: bytes = b"",
    valid_millis: int = VALID_MILLIS,
    member: bytes = b"",
) -> InviteLink:
    """Announce an invitation for a new member with this role, or (role None) for another device of oneself.

    `team` is where the new member will work (by default the author's own); `back` is a member who has no device
    left, for whom this is a new one; `member` an id of 16 random bytes for a new one, for whoever has put it on a round
    before: the invitation carries the rings of all rounds that it is on, as far as this device holds them.

    Raises BadInput, RollRefused or Unreachable (nothing was announced).
    """
    name = name.strip()
    if role is not None and not name:
        raise BadInput("name", "missing")
    if len(name) > MAX_NAME:
        raise BadInput("name", "too_long")
    seed = random.bytes(SEED_BYTES)
    expires = clock.millis() + valid_millis
    signing = await invitation.signing_key(primitives, seed)
    agreement = await invitation.agreement_key(primitives, seed)
    me = roll.state.device(keyring.device)
    place = team or me.team
    member = keyring.member if role is None else back or member or random.bytes(ID_BYTES)
    held = await ring_keys.privates(primitives, keyring.agreement, keyring.device, secrets.rings, roll)

    async def bounds() -> Invite:
        state = roll.state
        mine = state.readable(keyring.device)
        if role is not None:
            mine &= {ring.team_ring(place), *_walked(state, place, member)}
        grants = [
            await ring.grant(
                primitives, random.bytes(SEED_BYTES), private, state.organisation, ring_, epoch, agreement.public
            )
            for (ring_, epoch), private in sorted(held.items())
            if ring_ in mine and (ring_, state.rings[ring_].epoch) in held
        ]
        return Invite(signing.public, agreement.public, member, role or me.role, place, expires, tuple(grants))

    async def make() -> bytes:
        return await sign(primitives, keyring.signing, roll.state.head, keyring.device, await bounds())

    entry = await syncer.append_roll(make)
    return to_link(Invitation(seed, entry_hash(entry)), origin, expires, role or me.role, name)


def _walked(state: State, team: bytes, member: bytes) -> set[bytes]:
    """The rings of the team's rounds that a member is on."""
    return {ring.round_ring(n) for n, crew in state.rounds.items() if crew.team == team and member in crew.members}


def to_link(what: Invitation, origin: str, expires_millis: int, role: Role, name: str) -> InviteLink:
    """The link and its QR code. The secret stands in the fragment, which browsers never send."""
    url = url_of(origin, ROUTE, what.to_text())
    return InviteLink(url, datetime.fromtimestamp(expires_millis / 1000, UTC).date(), role, name, qr(url))


def qr(url: str) -> tuple[tuple[bool, ...], ...]:
    """The rows of a QR code, True is dark, quiet zone included."""
    code = segno.make(url, error="m")
    return tuple(tuple(bool(cell) for cell in row) for row in code.matrix_iter(border=4))


def url_of(origin: str, route: str, secret: str) -> str:
    """The whole link with a secret part."""
    return f"{origin.rstrip('/')}/#/{route}/{secret}"


def from_text(text: str) -> Invitation:
    """Read a whole link, a route or only the secret part. Raises BadFormat or NewerVersion."""
    return Invitation.from_text(text.strip().rsplit("/", 1)[-1].split("?", 1)[0])
