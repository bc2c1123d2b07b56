"""The envelope: a change, or the grant of a sender key, as sealed and signed bytes.

    format ‖ version ‖ MessagePack [header, body] ‖ Ed25519 signature (64)

The header is readable to the server and is the AAD of the body, whole. For each ring it is sealed to, it
carries its device's gapless number in that ring and the hash of that device's previous envelope there, so
that a gap shows as withheld. The signature covers everything before it, as received.
docs/protocol.md, "Envelope"; AES-256-GCM: NIST SP 800-38D; Ed25519: RFC 8032.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sync.core import codec, formats
from sync.core.errors import BadFormat, NotForThisKey
from sync.core.ids import HASH_BYTES, ID_BYTES, envelope_id, sender_key_id
from sync.core.padding import is_padded, pad, unpad
from sync.core.ports import NONCE_BYTES, SIGNATURE_BYTES, TAG_BYTES, Primitives, Sealing, Signed, SigningKey

MAX_ENVELOPE_BYTES = (1 << 20) + (1 << 18)
MAX_RINGS = 8
NO_PREVIOUS = bytes(HASH_BYTES)
NEVER = 0  # expiry month of what has no end of its own


@dataclass(frozen=True, slots=True)
class Link:
    """An envelope's place in its device's chain in one ring. Numbers count from 1."""

    ring: bytes
    epoch: int
    number: int
    previous: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """What the server may see. `expiry` is a month as YYYYMM, or 0 for none."""

    organisation: bytes
    device: bytes
    head: bytes
    key: bytes
    links: tuple[Link, ...]
    expiry: int
    nonce: bytes

    @property
    def rings(self) -> tuple[tuple[bytes, int], ...]:
        """The (ring, epoch) set that the content key has to be for."""
        return tuple((x.ring, x.epoch) for x in self.links)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One envelope as received. Nothing of it is ever encoded again. `id`: 32 bytes over everything received."""

    data: bytes
    format: int
    header: Header
    header_bytes: bytes
    body: bytes
    id: bytes

    @property
    def signature(self) -> bytes:
        """The last 64 bytes."""
        return self.data[-SIGNATURE_BYTES:]

    @property
    def signed(self) -> bytes:
        """Everything that the signature covers."""
        return self.data[:-SIGNATURE_BYTES]

    @property
    def aad(self) -> bytes:
        """What the body is bound to: first bytes and header."""
        return self.data[:2] + self.header_bytes


_link = codec.row(codec.blob(ID_BYTES), codec.whole(1, 2**32), codec.whole(1, 2**48), codec.blob(HASH_BYTES))
_header = codec.row(
    codec.blob(HASH_BYTES),
    codec.blob(ID_BYTES),
    codec.blob(HASH_BYTES),
    codec.blob(HASH_BYTES),
    codec.items(_link, MAX_RINGS),
    codec.whole(0, 999_912),
    codec.blob_up_to(NONCE_BYTES),
)
_outer = codec.row(codec.blob_up_to(4096), codec.blob_up_to(MAX_ENVELOPE_BYTES))


def encode_header(h: Header) -> bytes:
    """The header's bytes, rings in rising order of id."""
    links = [[x.ring, x.epoch, x.number, x.previous] for x in h.links]
    return codec.pack([h.organisation, h.device, h.head, h.key, links, h.expiry, h.nonce])


def parse(data: bytes) -> Envelope:
    """Take an envelope apart without trusting it. Raises BadFormat, TooLarge or NewerVersion."""
    kind = formats.kind_of(data, formats.CHANGE, formats.SENDER_KEY)
    if len(data) < 2 + SIGNATURE_BYTES:
        raise BadFormat("cut off")
    header_bytes, body = codec.checked(_outer, data[2:-SIGNATURE_BYTES], MAX_ENVELOPE_BYTES)
    organisation, device, head, key, links, expiry, nonce = codec.checked(_header, header_bytes, 4096)
    header = Header(organisation, device, head, key, tuple(Link(*x) for x in links), expiry, nonce)
    _refuse_odd(kind, header)
    if kind == formats.CHANGE and not is_padded(len(body) - TAG_BYTES):
        raise BadFormat("a body that is not padded tells its size")
    return Envelope(data, kind, header, header_bytes, body, envelope_id(data))


def _refuse_odd(kind: int, header: Header) -> None:
    rings = [x.ring for x in header.links]
    if not rings or rings != sorted(set(rings)):
        raise BadFormat("rings must be there once, in rising order")
    if len(header.nonce) != (NONCE_BYTES if kind == formats.CHANGE else 0):
        raise BadFormat("nonce")
    if header.expiry and not 1 <= header.expiry % 100 <= 12:
        raise BadFormat("expiry month")
    for link in header.links:
        if (link.number == 1) != (link.previous == NO_PREVIOUS):
            raise BadFormat("first in a chain has no previous, and only the first")


@dataclass(frozen=True, slots=True)
class Draft:
    """An envelope still to be sealed and signed. `body` is the plaintext of a change, or ready grants."""

    header: Header
    body: bytes
    content_key: bytes | None = None  # None: the body goes in as it is (sender key grants)


async def seal(primitives: Primitives, key: SigningKey, draft: Draft) -> bytes:
    """Encrypt where there is a content key, then sign. Gives the envelope's bytes.

    Raises BadFormat or TooLarge instead of making what no reader would take.
    """
    kind = formats.SENDER_KEY if draft.content_key is None else formats.CHANGE
    header_bytes = encode_header(draft.header)
    body = draft.body
    if draft.content_key is not None:
        aad = formats.prefix(kind) + header_bytes
        [body] = await primitives.seal([Sealing(draft.content_key, draft.header.nonce, aad, pad(draft.body))])
    unsigned = formats.prefix(kind) + codec.pack([header_bytes, body])
    [signature] = await primitives.sign(key, [unsigned])
    return parse(unsigned + signature).data


async def verify(primitives: Primitives, items: Sequence[tuple[Envelope, bytes]]) -> list[bool]:
    """Which (envelope, signing public) pairs hold, in one crossing."""
    return await primitives.verify([Signed(public, e.signature, e.signed) for e, public in items])


async def open_many(
    primitives: Primitives, items: Sequence[tuple[Envelope, bytes]]
) -> list[bytes | NotForThisKey | BadFormat]:
    """The plaintext of each (envelope, content key), or the error in its place: one never blocks another.

    A key that its device made for other rings or epochs, or that another device made, is refused as BadFormat.
    """
    opened = await primitives.open([Sealing(k, e.header.nonce, e.aad, e.body) for e, k in items])
    return [_plain(e, key, plain) for (e, key), plain in zip(items, opened, strict=True)]


def _plain(e: Envelope, key: bytes, plain: bytes | None) -> bytes | NotForThisKey | BadFormat:
    if sender_key_id(key, e.header.device, e.header.rings) != e.header.key:
        return BadFormat("a key for other rings")
    if plain is None:
        return NotForThisKey("content")
    try:
        return unpad(plain)
    except BadFormat as e:
        return e
