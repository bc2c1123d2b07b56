"""Roll entries as bytes, one shape for each thing that can happen to the roll.

    format ‖ version ‖ MessagePack [previous hash, author, body] ‖ Ed25519 signature (64)

What an entry may do is decided in roll_rules.py; here is only its shape. docs/protocol.md, "Roll".
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sync.core import codec, formats, ring
from sync.core.curves import plausible_agreement
from sync.core.errors import BadFormat, NewerVersion
from sync.core.ids import HASH_BYTES, ID_BYTES, entry_hash
from sync.core.ports import PUBLIC_BYTES, SIGNATURE_BYTES, Primitives, Signed, SigningKey
from sync.core.rights import Role
from sync.core.sender_key import SEALED_BYTES

MAX_ENTRY_BYTES = 1 << 18
MAX_GRANTS = 2048
MAX_CUTS = 256
MAX_CUT_RINGS = 1024
MAX_EPOCHS = 256
MAX_MEMBERS = 64  # on one round
NO_PREVIOUS = bytes(HASH_BYTES)

GENESIS, INVITE, ADD_DEVICE, RENEW, REVOKE, PLACE, TEAM, GRANT, SHEET, RECOVER, WITHDRAW, ROUND = range(1, 13)


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

    `own_public` opens the member's own ring, or renews it when nobody holds it any more, and stands there only
    then. `proof` is the device's own signature over `proof_bytes`, so that whoever else knows the invitation
    (the coordinator who made it) can't put another own ring in its place.
    """

    announced: bytes
    signing: bytes
    agreement: bytes
    own_public: bytes | None
    proof: bytes


@dataclass(frozen=True, slots=True)
class Epoch:
    """A ring's next key pair, granted to each holder that stays. `grants` are (device or sheet, sealed)."""

    ring: bytes
    epoch: int
    public: bytes
    grants: tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """The last numbers and envelope ids seen of a device: what lies beyond them is quarantined."""

    device: bytes
    places: tuple[tuple[bytes, int, bytes], ...] = ()  # (ring, number, envelope id)


@dataclass(frozen=True, slots=True)
class Renew:
    """New key pairs for rings, for those who hold them now."""

    epochs: tuple[Epoch, ...]
    cuts: tuple[Cut, ...] = ()


@dataclass(frozen=True, slots=True)
class Revoke:
    """Devices or sheets leave: the cut of each, and new key pairs for all that they held."""

    cuts: tuple[Cut, ...]
    epochs: tuple[Epoch, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A member gets another role or team; rings that are no longer theirs are renewed."""

    member: bytes
    role: Role
    team: bytes
    cuts: tuple[Cut, ...]
    epochs: tuple[Epoch, ...]


@dataclass(frozen=True, slots=True)
class Team:
    """A new team below another, with its two rings at epoch 1."""

    team: bytes
    parent: bytes
    epochs: tuple[Epoch, ...]


@dataclass(frozen=True, slots=True)
class Granted:
    """Private halves of rings for devices that are there already: (ring, epoch, device or sheet, sealed)."""

    items: tuple[tuple[bytes, int, bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A recovery sheet: two public keys that hold rings as a device does, and can do one thing, `Recover`."""

    signing: bytes
    agreement: bytes
    grants: tuple[ring.Grant, ...]


@dataclass(frozen=True, slots=True)
class Recover:
    """A sheet adds one coordinator device for its member, and is used up. `proof` as in AddDevice."""

    sheet: bytes
    signing: bytes
    agreement: bytes
    own_public: bytes | None
    proof: bytes


@dataclass(frozen=True, slots=True)
class Withdraw:
    """An invitation that is not used yet stops to work."""

    announced: bytes


@dataclass(frozen=True, slots=True)
class Round:
    """A round opens, gets other members, or is over (`closed`: it has none then).

    `members` may be some who have not joined yet. `epochs` is the ring's first; or its next, when somebody leaves
    it; or nothing. `cuts` are of the devices that leave it, and at the end of all that held it.
    """

    round: bytes
    team: bytes
    members: tuple[bytes, ...]
    closed: bool
    cuts: tuple[Cut, ...]
    epochs: tuple[Epoch, ...]


Body = Genesis | Invite | AddDevice | Renew | Revoke | Place | Team | Granted | Sheet | Recover | Withdraw | Round


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
    """What a joining device signs with its own key, so that nobody can enrol another's key or alter the rest.

    `announced` is the hash of the entry that announced its invitation or its recovery sheet.
    """
    return formats.prefix(formats.PROOF) + codec.pack([announced, signing, agreement, own_public])


# -- shapes ------------------------------------------------------------------------------------------------


def _agreement(value: object) -> bytes:
    """An X25519 public that a secret can be agreed with."""
    if not isinstance(value, bytes) or not plausible_agreement(value):
        raise BadFormat("not an agreement key")
    return value


_id, _hash, _sealed = codec.blob(ID_BYTES), codec.blob(HASH_BYTES), codec.blob(SEALED_BYTES)
_signing, _proof = codec.blob(PUBLIC_BYTES), codec.blob(SIGNATURE_BYTES)
_role = codec.whole(min(Role), max(Role))
_epoch_number = codec.whole(1, 2**32)
_grants = codec.items(codec.row(_id, _epoch_number, _sealed), MAX_GRANTS)
_invite = codec.row(_signing, _agreement, _id, _role, _id, codec.whole(0, 2**48), _grants)
_epoch = codec.row(_id, _epoch_number, _agreement, codec.items(codec.row(_id, _sealed), MAX_GRANTS))
_epochs = codec.items(_epoch, MAX_EPOCHS)
_cut = codec.row(_id, codec.items(codec.row(_id, codec.whole(1, 2**48), _hash), MAX_CUT_RINGS))
_cuts = codec.items(_cut, MAX_CUTS)
_granted = codec.items(codec.row(_id, _epoch_number, _id, _sealed), MAX_GRANTS)
_joining = (_signing, _agreement, codec.maybe(_agreement), _proof)
_outer = codec.row(codec.blob(HASH_BYTES), codec.blob(ID_BYTES), codec.anything)


def _to_invite(v: Any) -> Invite:
    signing, agreement, member, role, team, expires, grants = v
    return Invite(signing, agreement, member, Role(role), team, expires, _to_grants(grants))


def _to_grants(v: Any) -> tuple[ring.Grant, ...]:
    return tuple(ring.Grant(*g) for g in v)


def _to_epochs(v: Any) -> tuple[Epoch, ...]:
    return tuple(Epoch(*e) for e in v)


def _to_cuts(v: Any) -> tuple[Cut, ...]:
    return tuple(Cut(*c) for c in v)


# action → the shapes of what follows it, and how that becomes a body
_READ: dict[int, tuple[tuple[codec.Shape, ...], Callable[..., Body]]] = {
    GENESIS: ((_id, _id, _agreement, _agreement, _invite), lambda s, t, a, b, i: Genesis(s, t, a, b, _to_invite(i))),
    INVITE: ((_invite,), _to_invite),
    ADD_DEVICE: ((_hash, *_joining), AddDevice),
    RENEW: ((_epochs, _cuts), lambda e, c: Renew(_to_epochs(e), _to_cuts(c))),
    REVOKE: ((_cuts, _epochs), lambda c, e: Revoke(_to_cuts(c), _to_epochs(e))),
    PLACE: (
        (_id, _role, _id, _cuts, _epochs),
        lambda m, r, t, c, e: Place(m, Role(r), t, _to_cuts(c), _to_epochs(e)),
    ),
    TEAM: ((_id, _id, _epochs), lambda t, p, e: Team(t, p, _to_epochs(e))),
    GRANT: ((_granted,), Granted),
    SHEET: ((_signing, _agreement, _grants), lambda s, a, g: Sheet(s, a, _to_grants(g))),
    RECOVER: ((_id, *_joining), Recover),
    WITHDRAW: ((_hash,), Withdraw),
    ROUND: (
        (_id, _id, codec.items(_id, MAX_MEMBERS), codec.truth, _cuts, _epochs),
        lambda r, t, m, closed, c, e: Round(r, t, m, closed, _to_cuts(c), _to_epochs(e)),
    ),
}


def parse(data: bytes) -> Entry:
    """Take an entry apart without trusting it. Raises BadFormat, TooLarge or NewerVersion."""
    formats.kind_of(data, formats.ROLL_ENTRY)
    previous, author, raw = codec.checked(_outer, data[2:-SIGNATURE_BYTES], MAX_ENTRY_BYTES)
    if not isinstance(raw, list) or not raw or type(raw[0]) is not int or raw[0] < GENESIS:
        raise BadFormat("unknown roll action")
    if raw[0] not in _READ:
        raise NewerVersion(f"roll action {raw[0]}")
    shapes, make = _READ[raw[0]]
    return Entry(data, previous, author, make(*codec.row(*shapes)(raw[1:])))


# -- writing -----------------------------------------------------------------------------------------------


def _plain_invite(i: Invite) -> list[Any]:
    return [i.signing, i.agreement, i.member, int(i.role), i.team, i.expires_millis, _plain_grants(i.grants)]


def _plain_grants(grants: tuple[ring.Grant, ...]) -> list[Any]:
    return [[g.ring, g.epoch, g.sealed] for g in grants]


def _plain_epochs(epochs: tuple[Epoch, ...]) -> list[Any]:
    return [[e.ring, e.epoch, e.public, [list(g) for g in e.grants]] for e in epochs]


def _plain_cuts(cuts: tuple[Cut, ...]) -> list[Any]:
    return [[c.device, [list(p) for p in c.places]] for c in cuts]


def _plain(body: Body) -> list[Any]:
    match body:
        case Genesis(salt, team, team_public, coordinators_public, invite):
            return [GENESIS, salt, team, team_public, coordinators_public, _plain_invite(invite)]
        case Invite():
            return [INVITE, _plain_invite(body)]
        case AddDevice(announced, signing, agreement, own, proof):
            return [ADD_DEVICE, announced, signing, agreement, own, proof]
        case Renew(epochs, cuts):
            return [RENEW, _plain_epochs(epochs), _plain_cuts(cuts)]
        case Revoke(cuts, epochs):
            return [REVOKE, _plain_cuts(cuts), _plain_epochs(epochs)]
        case Place(member, role, team, cuts, epochs):
            return [PLACE, member, int(role), team, _plain_cuts(cuts), _plain_epochs(epochs)]
        case Team(team, parent, epochs):
            return [TEAM, team, parent, _plain_epochs(epochs)]
        case Granted(items):
            return [GRANT, [list(i) for i in items]]
        case Sheet(signing, agreement, grants):
            return [SHEET, signing, agreement, _plain_grants(grants)]
        case Recover(sheet, signing, agreement, own, proof):
            return [RECOVER, sheet, signing, agreement, own, proof]
        case Withdraw(announced):
            return [WITHDRAW, announced]
        case Round(round_, team, members, closed, cuts, epochs):
            return [ROUND, round_, team, list(members), closed, _plain_cuts(cuts), _plain_epochs(epochs)]


async def sign(primitives: Primitives, key: SigningKey, previous: bytes, author: bytes, body: Body) -> bytes:
    """The bytes of a new entry on top of `previous`. Raises BadFormat or TooLarge for what `parse` refuses."""
    unsigned = formats.prefix(formats.ROLL_ENTRY) + codec.pack([previous, author, _plain(body)])
    [signature] = await primitives.sign(key, [unsigned])
    return parse(unsigned + signature).data
