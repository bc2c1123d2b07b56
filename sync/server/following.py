"""An envelope that goes on right behind one that was just looked at: same device, head, key, rings, epochs and month.

Most of what a phone pushes at once does. All of such a header is known beforehand but for its nonce: the numbers are one
higher, and `previous` is the envelope before. So the bytes that it has to begin with are written down and compared, in
place of being taken apart; what is not the same byte for byte takes the longer ways, which say what it is. Since a value
has one spelling, what is the same was also spelt as it should be. That this agrees with sync.core.envelope.parse_any is
tested (tests/unit/test_following.py).
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import overload

import msgpack

from sync.core import formats
from sync.core.envelope import MAX_ENVELOPE_BYTES, Link
from sync.core.ids import HASH_BYTES, ID_BYTES
from sync.core.padding import is_padded
from sync.core.ports import NONCE_BYTES, SIGNATURE_BYTES, TAG_BYTES
from sync.server.quick import NAMED
from sync.server.store import NewEnvelope

_CHANGE, _SENDER_KEY = formats.prefix(formats.CHANGE), formats.prefix(formats.SENDER_KEY)
_BIN8, _BIN16, _BIN32 = b"\xc4", b"\xc5", b"\xc6"  # MessagePack: bytes whose length stands in 1, 2 or 4 bytes
_HASH, _ID = _BIN8 + bytes((HASH_BYTES,)), _BIN8 + bytes((ID_BYTES,))
_WHO = 1 + 3 * (2 + HASH_BYTES) + 2 + ID_BYTES  # a header up to its links: a list of organisation, device, head, key
_ALIKE = 5 + _WHO + 2 + 2 + ID_BYTES  # of an envelope: up to the end of its first ring, or nearly
_WIDER = (1 << 7, 1 << 8, 1 << 16, 1 << 32, (1 << 48) + 1)  # where a number takes more bytes, or is too large
_pack = msgpack.Packer(use_bin_type=True).pack


class Onward(Sequence[Link]):
    """Links of the envelope that stands `step` further in every one of these, right behind `previous`. Made as such
    only when somebody asks.
    """

    __slots__ = ("base", "previous", "step")

    def __init__(self, base: Sequence[Link], step: int, previous: bytes) -> None:
        self.base, self.step, self.previous = base, step, previous

    def follows(self, links: Sequence[Link]) -> bool:
        """Whether these are known to be the places right before, without a look at each of them."""
        if type(links) is Onward:
            return links.base is self.base and links.step + 1 == self.step
        return links is self.base and self.step == 1

    def __len__(self) -> int:
        return len(self.base)

    @overload
    def __getitem__(self, at: int) -> Link: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Link]: ...
    def __getitem__(self, at: int | slice) -> Link | Sequence[Link]:
        if isinstance(at, slice):
            return tuple(self)[at]
        link = self.base[at]
        return Link(link.ring, link.epoch, link.number + self.step, self.previous)


def alike(data: bytes, behind: bytes) -> bool:
    """Whether they begin alike: else it is not worth the while to find out whether the one goes on behind the other."""
    return data[:_ALIKE] == behind[:_ALIKE]


class Following:
    """Takes the envelopes that go on behind `e`, which was found right."""

    __slots__ = ("_before", "_end", "_left", "_links", "_named", "_nonce", "_numbers", "_parts")

    def __init__(self, e: NewEnvelope) -> None:
        data, self._links, self._before = e.data, e.links, e
        header = 5 if data[3:4] == _BIN8 else 6  # first bytes, a list of two, and how long the header is
        self._nonce = NONCE_BYTES if data[:2] == _CHANGE else 0
        begins = data[header : header + _WHO] + bytes((0x90 + len(e.links),))
        self._parts: list[bytes] = [b""]
        for link in e.links:
            self._parts += [begins + b"\x94" + _ID + link.ring + _pack(link.epoch), _pack(link.number), _HASH, e.id]
            begins = b""
        self._parts.append(_pack(e.expiry) + _BIN8 + bytes((self._nonce,)))
        size = sum(map(len, self._parts)) + self._nonce
        self._parts[0] = data[:2] + b"\x92" + _bin(size)
        self._end = len(self._parts[0]) + size  # of the header
        self._named = NAMED + (self._end + 2 + HASH_BYTES + SIGNATURE_BYTES).to_bytes(4, "big")
        self._numbers = [link.number for link in e.links]
        self._left = min(wider - number for number in self._numbers for wider in _WIDER if wider > number) - 1
        if data[:2] not in (_CHANGE, _SENDER_KEY):  # an older version is named in another way, and a stub has no body
            self._left = 0

    def taken(self, envelopes: Sequence[bytes], at: int) -> list[NewEnvelope]:
        """Those from this place on that go on. Where it ends: look closer."""
        found: list[NewEnvelope] = []
        parts, end, named, links, size, mark = self._parts, self._end, self._named, self._links, -1, b""
        name, device, expiry = self._before.id, self._before.device, self._before.expiry
        numbers, places = self._numbers, range(2, len(parts) - 1, 4)
        for step, data in enumerate(envelopes[at : at + self._left], 1):
            for place, number in zip(places, numbers, strict=True):
                parts[place], parts[place + 2] = _pack(number + step), name
            if len(data) != size:
                size = len(data)
                mark = self._marked(size)
                start = end + len(mark)
            if not mark or not data.startswith(b"".join(parts)) or not data.startswith(mark, end):
                break
            body = sha256(data[start:-SIGNATURE_BYTES]).digest()
            before, name = name, sha256(b"".join((named, data[:end], _HASH, body, data[-SIGNATURE_BYTES:]))).digest()
            found.append(NewEnvelope(name, device, Onward(links, step, before), expiry, data))
        return found

    def _marked(self, size: int) -> bytes:
        """What stands before the body in an envelope of this size; empty if there is none such."""
        room = size - self._end - SIGNATURE_BYTES
        for taken in (2, 3, 5):
            mark = _bin(room - taken) if room >= taken and size <= MAX_ENVELOPE_BYTES else b""
            if len(mark) == taken:
                return mark if not self._nonce or is_padded(room - taken - TAG_BYTES) else b""
        return b""


def _bin(size: int) -> bytes:
    """How bytes of this size begin in MessagePack."""
    if size < 1 << 8:
        return _BIN8 + size.to_bytes(1, "big")
    return _BIN16 + size.to_bytes(2, "big") if size < 1 << 16 else _BIN32 + size.to_bytes(4, "big")
