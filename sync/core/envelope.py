"""The envelope: a change, or the grant of a sender key, as sealed and signed bytes.

    format ‖ version ‖ MessagePack [header, body] ‖ Ed25519 signature (64)

The header is readable to the server and is the AAD of the body, whole. For each ring it is sealed to, it
carries its device's gapless number in that ring and the hash of that device's previous envelope there, so
that a gap shows as withheld. The signature covers the trunk: first bytes, header and the hash of the body. So when
the body is overwritten, because its month is over or its record was erased, what is left (a stub) still proves whose
it was, its number and its month, under the same id.
docs/protocol.md, "Envelope", "Stub"; AES-256-GCM: NIST SP 800-38D; Ed25519: RFC 8032.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sync.core import codec, formats
from sync.core.errors import BadFormat, NotForThisKey, StraatError
from sync.core.ids import HASH_BYTES, ID_BYTES, envelope_id, sender_key_id
from sync.core.padding import is_padded, pad, unpad
from sync.core.ports import NONCE_BYTES, SIGNATURE_BYTES, TAG_BYTES, Primitives, Sealing, Signed, SigningKey

MAX_ENVELOPE_BYTES = (1 << 20) + (1 << 18)
MAX_HEADER_BYTES = 4096
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
    """One envelope as received, or its stub (`gone`: the body is no more). `signed`: what the signature covers.

    `id`: 32 bytes over trunk and signature, the same for both.
    """

    data: bytes
    format: int
    header: Header
    header_bytes: bytes
    body: bytes
    signed: bytes
    id: bytes
    gone: bool = False

    @property
    def signature(self) -> bytes:
        """The last 64 bytes."""
        return self.data[-SIGNATURE_BYTES:]

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
_outer = codec.row(codec.blob_up_to(MAX_HEADER_BYTES), codec.blob_up_to(MAX_ENVELOPE_BYTES))
_stub = codec.row(codec.blob_up_to(MAX_HEADER_BYTES), codec.blob(HASH_BYTES))
_FIRST = (bytes((formats.CHANGE, 1)), bytes((formats.SENDER_KEY, 1)))  # version 1: signed and named as a whole


def encode_header(h: Header) -> bytes:
    """The header's bytes, rings in rising order of id."""
    links = [[x.ring, x.epoch, x.number, x.previous] for x in h.links]
    return codec.pack([h.organisation, h.device, h.head, h.key, links, h.expiry, h.nonce])


def parse(data: bytes) -> Envelope:
    """Take a whole envelope apart without trusting it. Raises BadFormat, TooLarge or NewerVersion."""
    kind = data[0] if data[:2] in _FIRST else formats.kind_of(data, formats.CHANGE, formats.SENDER_KEY)
    header_bytes, body = _outer_parts(data, _outer)
    header = _read_header(kind, header_bytes)
    if kind == formats.CHANGE and not is_padded(len(body) - TAG_BYTES):
        raise BadFormat("a body that is not padded tells its size")
    signed = _trunk(data, header_bytes, body)
    return Envelope(data, kind, header, header_bytes, body, signed, envelope_id(signed + data[-SIGNATURE_BYTES:]))


def parse_any(data: bytes) -> Envelope:
    """A whole envelope, or the stub of one. Raises as `parse` does."""
    if data[:1] != bytes((formats.STUB,)):
        return parse(data)
    formats.kind_of(data, formats.STUB)
    header_bytes, _ = _outer_parts(data, _stub)
    header = _read_header(formats.CHANGE, header_bytes)
    signed = _stub_trunk(data)
    name = envelope_id(signed + data[-SIGNATURE_BYTES:])
    return Envelope(data, formats.CHANGE, header, header_bytes, b"", signed, name, gone=True)


def is_stub(data: bytes) -> bool:
    """Whether these bytes say that they are what is left of an envelope."""
    return data[:1] == bytes((formats.STUB,))


def stub(data: bytes) -> bytes:
    """What is left of a change when its body goes. Of a stub: itself.

    Raises BadFormat for what leaves none: a sender key, a change of version 1, or bytes that are no envelope.
    """
    e = parse_any(data)
    if e.gone:
        return data
    if data[:2] != formats.prefix(formats.CHANGE):
        raise BadFormat("leaves no stub")
    return formats.prefix(formats.STUB) + e.signed[2:] + e.signature


def id_of(data: bytes) -> bytes:
    """The id of an envelope or stub; of any other bytes, a name that no envelope has."""
    try:
        parts = _outer_parts(data, _stub if is_stub(data) else _outer)
    except StraatError:
        return envelope_id(data)
    trunk = _stub_trunk(data) if is_stub(data) else _trunk(data, *parts)
    return envelope_id(trunk + data[-SIGNATURE_BYTES:])


def to_sign(unsigned: bytes) -> bytes:
    """What is signed of these bytes without their signature; of what is no envelope, all of it."""
    try:
        return _trunk(unsigned, *_outer_parts(unsigned + bytes(SIGNATURE_BYTES), _outer))
    except StraatError:
        return unsigned


def _outer_parts(data: bytes, shape: codec.Shape) -> tuple[bytes, bytes]:
    if len(data) < 2 + SIGNATURE_BYTES:
        raise BadFormat("cut off")
    header_bytes, rest = codec.checked(shape, data[2:-SIGNATURE_BYTES], MAX_ENVELOPE_BYTES)
    return header_bytes, rest


def _trunk(data: bytes, header_bytes: bytes, body: bytes) -> bytes:
    if data[:2] in _FIRST:
        return data[:-SIGNATURE_BYTES]
    return data[:2] + codec.pack([header_bytes, sha256(body).digest()])


def _stub_trunk(data: bytes) -> bytes:
    return formats.prefix(formats.CHANGE) + data[2:-SIGNATURE_BYTES]


def _read_header(kind: int, header_bytes: bytes) -> Header:
    organisation, device, head, key, links, expiry, nonce = codec.checked(_header, header_bytes, MAX_HEADER_BYTES)
    header = Header(organisation, device, head, key, tuple(Link(*x) for x in links), expiry, nonce)
    _refuse_odd(kind, header)
    return header


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
    """Encrypt where there is a content key, then sign. Gives the envelope's bytes. Raises as `sealed` does."""
    return (await sealed(primitives, key, draft)).data


async def sealed(primitives: Primitives, key: SigningKey, draft: Draft) -> Envelope:
    """The same as an envelope, as `parse` gives it.

    Raises BadFormat or TooLarge instead of making what no reader would take.
    """
    kind = formats.SENDER_KEY if draft.content_key is None else formats.CHANGE
    header_bytes = encode_header(draft.header)
    body = draft.body
    if draft.content_key is not None:
        aad = formats.prefix(kind) + header_bytes
        [body] = await primitives.seal([Sealing(draft.content_key, draft.header.nonce, aad, pad(draft.body))])
    prefix = formats.prefix(kind)
    unsigned = prefix + codec.pack([header_bytes, body])
    [signature] = await primitives.sign(key, [prefix + codec.pack([header_bytes, sha256(body).digest()])])
    return parse(unsigned + signature)


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
