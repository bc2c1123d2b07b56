"""An envelope taken apart the short way, for the common case; and answers packed without looking at them again.

`quick` gives only what sync.core.envelope.parse_any would give, and None in every case that is out of the ordinary: a
stub, an older version, anything wrong. Then whoever asks takes the long way, which says what is wrong. That they
agree is tested on whole, damaged and invented bytes (tests/unit/test_quick.py).
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import msgpack

from sync.core import formats, wire
from sync.core.envelope import MAX_ENVELOPE_BYTES, MAX_HEADER_BYTES, MAX_RINGS, NO_PREVIOUS, Link
from sync.core.ids import HASH_BYTES, ID_BYTES
from sync.core.padding import is_padded
from sync.core.ports import NONCE_BYTES, SIGNATURE_BYTES, TAG_BYTES

_CHANGE, _SENDER_KEY = formats.prefix(formats.CHANGE), formats.prefix(formats.SENDER_KEY)
_LABEL = b"straatcontact envelope"
NAMED = len(_LABEL).to_bytes(4, "big") + _LABEL  # as sync.core.ids.digest begins
_unpack = msgpack.unpackb
_pack = msgpack.Packer(use_bin_type=True).pack  # one for all: a new one takes longer than a header


class Quick(NamedTuple):
    """What the server needs of an envelope. `standing`: what its right to be here hangs on (organisation, device,
    head, and the epoch of each ring).
    """

    id: bytes
    standing: tuple[bytes, bytes, bytes, tuple[tuple[bytes, int], ...]]
    links: tuple[Link, ...]
    expiry: int


def quick(data: bytes) -> Quick | None:
    """The parts of an ordinary envelope, checked as parse_any does; None: look closer."""
    kind = data[:2]
    if kind not in (_CHANGE, _SENDER_KEY) or not 2 + SIGNATURE_BYTES < len(data) <= MAX_ENVELOPE_BYTES:
        return None
    inner = data[2:-SIGNATURE_BYTES]
    try:
        header_bytes, body = _unpack(inner, raw=False)
        if type(header_bytes) is not bytes or type(body) is not bytes or _pack([header_bytes, body]) != inner:
            return None
        header = _unpack(header_bytes, raw=False)
        organisation, device, head, key, rows, expiry, nonce = header
        if type(header) is not list or len(header_bytes) > MAX_HEADER_BYTES or _pack(header) != header_bytes:
            return None
    except Exception:  # whatever it was, the long way says it
        return None
    if not (type(organisation) is bytes is type(device) and type(head) is bytes is type(key)):
        return None
    if not (len(organisation) == len(head) == len(key) == HASH_BYTES and len(device) == ID_BYTES):
        return None
    if type(nonce) is not bytes or len(nonce) != (NONCE_BYTES if kind == _CHANGE else 0):
        return None
    if type(expiry) is not int or not 0 <= expiry <= 999_912 or (expiry and not 1 <= expiry % 100 <= 12):
        return None
    if kind == _CHANGE and not is_padded(len(body) - TAG_BYTES):
        return None
    links = _links(rows)
    if links is None:
        return None
    trunk = kind + _pack([header_bytes, sha256(body).digest()]) + data[-SIGNATURE_BYTES:]
    name = sha256(NAMED + len(trunk).to_bytes(4, "big") + trunk).digest()
    return Quick(name, (organisation, device, head, tuple([(x.ring, x.epoch) for x in links])), links, expiry)


def _links(rows: Any) -> tuple[Link, ...] | None:
    """Rings in rising order, each with its epoch and place in the chain."""
    if type(rows) is not list or not 1 <= len(rows) <= MAX_RINGS:
        return None
    links = list[Link]()
    last = b""
    for row in rows:
        if type(row) is not list or len(row) != 4:
            return None
        ring, epoch, number, previous = row
        if type(ring) is not bytes or type(previous) is not bytes or type(epoch) is not int or type(number) is not int:
            return None
        if len(ring) != ID_BYTES or len(previous) != HASH_BYTES:
            return None
        if not (1 <= epoch <= 2**32 and 1 <= number <= 2**48):
            return None
        if ring <= last or (number == 1) != (previous == NO_PREVIOUS):
            return None
        links.append(Link(ring, epoch, number, previous))
        last = ring
    return tuple(links)


def pushed(body: bytes) -> Sequence[bytes]:
    """The envelopes of a push, as wire.decode gives them. Raises what that raises."""
    try:
        found = _unpack(body, raw=False)
    except Exception:  # whatever it was, the long way says it
        return _pushed(body)
    if type(found) is not list or len(found) > wire.MAX_PUSH or set(map(type, found)) != {bytes}:
        return _pushed(body)
    # Bytes have a spelling for each way to write down their length, the shortest is the right one. So whatever is as
    # short as can be is spelt right.
    sizes = list(map(len, found))
    least = (1 if len(found) < 16 else 3) + sum(sizes) + 3 * len(sizes)
    if min(sizes) < 1 << 8 or max(sizes) >= 1 << 16 or least != len(body):
        return _pushed(body)
    return found


def _pushed(body: bytes) -> Sequence[bytes]:
    decoded: Sequence[bytes] = wire.decode(wire.PUSH, body)
    return decoded


def packed(value: object) -> bytes:
    """An answer that this server made itself, of lists, tuples, bytes, text, whole numbers and truths: the same bytes
    as sync.core.codec.pack gives, without a copy.
    """
    body: bytes = _pack(value)
    return body
