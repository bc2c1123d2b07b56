"""Roll entries as bytes: genesis, announced invitation, add device, ring epoch.

    format ‖ version ‖ MessagePack [previous hash, author, body] ‖ Ed25519 signature (64)

What an entry may do is decided in roll.py; here is only its shape. docs/protocol.md, "Roll".
"""

from dataclasses import dataclass

from sync.core import codec, formats, ring
from sync.core.curves import plausible_agreement
from sync.core.errors import BadFormat, NewerVersion
from sync.core.ids import HASH_BYTES, ID_BYTES, entry_hash
from sync.core.ports import PUBLIC_BYTES, SIGNATURE_BYTES, Primitives, Signed, SigningKey
from sync.core.rights import Role
from sync.core.sender_key import SEALED_BYTES

MAX_ENTRY_BYTES = 1 << 16
MAX_GRANTS = 512
NO_PREVIOUS = bytes(HASH_BYTES)

GENESIS, INVITE, ADD_DEVICE, RING_EPOCH = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Invite:
    """The bounds of one invitation: its two public keys, for whom, until when, and the rings it grants."""

    signing: bytes
    agreement: bytes
    member: bytes
    role: Role
    team: bytes
    expires_millis: int
    grants: tuple[ring.Grant, ...]


@dataclass(frozen=True, slots=True)
class Genesis:
    """The first entry: a team, its two rings' public halves, and the first coordinator's invitation."""

    salt: bytes
    team: bytes
    team_public: bytes
    coordinators_public: bytes
    invite: Invite


@dataclass(frozen=True, slots=True)
class AddDevice:
    """A device joins by an announced invitation (named by its entry's hash).

    `own_public` opens the member's own ring and stands there only with the member's first device. `proof` is
    the device's own signature over `proof_bytes`, so that whoever else knows the invitation (the coordinator
    who made it) can't put another own ring in its place.
    """

    announced: bytes
    signing: bytes
    agreement: bytes
    own_public: bytes | None
    proof: bytes


@dataclass(frozen=True, slots=True)
class RingEpoch:
    """A ring's next key pair, granted to each device that stays. `grants` are (device, sealed)."""

    ring: bytes
    epoch: int
    public: bytes
    grants: tuple[tuple[bytes, bytes], ...]


Body = Genesis | Invite | AddDevice | RingEpoch


@dataclass(frozen=True, slots=True)
class Entry:
    """One roll entry as received."""

    data: bytes
    previous: bytes
    author: bytes
    body: Body

    @property
    def hash(self) -> bytes:
        """32 bytes over everything received: what the next entry names."""
        return entry_hash(self.data)

    def signed_by(self, public: bytes) -> Signed:
        """The check that this key signed this entry."""
        return Signed(public, self.data[-SIGNATURE_BYTES:], self.data[:-SIGNATURE_BYTES])


def proof_bytes(announced: bytes, signing: bytes, agreement: bytes, own_public: bytes | None) -> bytes:
    """What a joining device signs with its own key, so that nobody can enrol another's key or alter the rest."""
    return formats.prefix(formats.PROOF) + codec.pack([announced, signing, agreement, own_public])


def _agreement(value: object) -> bytes:
    """An X25519 public that a secret can be agreed with."""
    if not isinstance(value, bytes) or not plausible_agreement(value):
        raise BadFormat("not an agreement key")
    return value


_role = codec.whole(min(Role), max(Role))
_grant = codec.row(codec.blob(ID_BYTES), codec.whole(1, 2**32), codec.blob(SEALED_BYTES))
_invite = codec.row(
    codec.blob(PUBLIC_BYTES),
    _agreement,
    codec.blob(ID_BYTES),
    _role,
    codec.blob(ID_BYTES),
    codec.whole(0, 2**48),
    codec.items(_grant, MAX_GRANTS),
)
_BODIES = {
    GENESIS: codec.row(
        codec.whole(GENESIS, GENESIS),
        codec.blob(ID_BYTES),
        codec.blob(ID_BYTES),
        _agreement,
        _agreement,
        _invite,
    ),
    INVITE: codec.row(codec.whole(INVITE, INVITE), _invite),
    ADD_DEVICE: codec.row(
        codec.whole(ADD_DEVICE, ADD_DEVICE),
        codec.blob(HASH_BYTES),
        codec.blob(PUBLIC_BYTES),
        _agreement,
        codec.maybe(_agreement),
        codec.blob(SIGNATURE_BYTES),
    ),
    RING_EPOCH: codec.row(
        codec.whole(RING_EPOCH, RING_EPOCH),
        codec.blob(ID_BYTES),
        codec.whole(2, 2**32),
        _agreement,
        codec.items(codec.row(codec.blob(ID_BYTES), codec.blob(SEALED_BYTES)), MAX_GRANTS),
    ),
}
_outer = codec.row(codec.blob(HASH_BYTES), codec.blob(ID_BYTES), codec.anything)


def _invite_from(value: tuple[object, ...]) -> Invite:
    signing, agreement, member, role, team, expires, grants = value
    return Invite(
        signing,  # type: ignore[arg-type]
        agreement,  # type: ignore[arg-type]
        member,  # type: ignore[arg-type]
        Role(role),  # type: ignore[arg-type]
        team,  # type: ignore[arg-type]
        expires,  # type: ignore[arg-type]
        tuple(ring.Grant(*g) for g in grants),  # type: ignore[attr-defined]
    )


def parse(data: bytes) -> Entry:
    """Take an entry apart without trusting it. Raises BadFormat, TooLarge or NewerVersion."""
    formats.kind_of(data, formats.ROLL_ENTRY)
    previous, author, raw = codec.checked(_outer, data[2:-SIGNATURE_BYTES], MAX_ENTRY_BYTES)
    if not isinstance(raw, list) or not raw or type(raw[0]) is not int or raw[0] < GENESIS:
        raise BadFormat("unknown roll action")
    if raw[0] not in _BODIES:
        raise NewerVersion(f"roll action {raw[0]}")
    action, *rest = _BODIES[raw[0]](raw)
    body: Body
    if action == GENESIS:
        salt, team, team_public, coordinators_public, invite = rest
        body = Genesis(salt, team, team_public, coordinators_public, _invite_from(invite))
    elif action == INVITE:
        body = _invite_from(rest[0])
    elif action == ADD_DEVICE:
        body = AddDevice(*rest)
    else:
        body = RingEpoch(*rest)
    return Entry(data, previous, author, body)


def _plain_invite(i: Invite) -> list[object]:
    grants = [[g.ring, g.epoch, g.sealed] for g in i.grants]
    return [i.signing, i.agreement, i.member, int(i.role), i.team, i.expires_millis, grants]


def _plain(body: Body) -> list[object]:
    match body:
        case Genesis():
            rings = [body.team_public, body.coordinators_public]
            return [GENESIS, body.salt, body.team, *rings, _plain_invite(body.invite)]
        case Invite():
            return [INVITE, _plain_invite(body)]
        case AddDevice():
            keys = [body.signing, body.agreement, body.own_public]
            return [ADD_DEVICE, body.announced, *keys, body.proof]
        case RingEpoch():
            grants = [[device, sealed] for device, sealed in body.grants]
            return [RING_EPOCH, body.ring, body.epoch, body.public, grants]


async def sign(primitives: Primitives, key: SigningKey, previous: bytes, author: bytes, body: Body) -> bytes:
    """The bytes of a new entry on top of `previous`. Raises BadFormat or TooLarge for what `parse` refuses."""
    unsigned = formats.prefix(formats.ROLL_ENTRY) + codec.pack([previous, author, _plain(body)])
    [signature] = await primitives.sign(key, [unsigned])
    return parse(unsigned + signature).data
