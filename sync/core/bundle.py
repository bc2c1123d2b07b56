"""What one phone shows another without a network: whole envelopes as they are, and how far its own knowledge goes.

    0x0D ‖ 0x01 ‖ [ring, [[device's first 8 bytes, number] …], [[shared, rest] …]]

An envelope is written as how many of its first bytes are those of the one before, and the rest: headers of one device
are alike, sealed bodies never (packing them otherwise saves nothing). Nobody signs a bundle: each envelope proves itself.
docs/protocol.md, "Frames".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sync.core import codec, formats
from sync.core.errors import BadFormat, TooLarge
from sync.core.frames import MAX_CONTENT_BYTES
from sync.core.ids import ID_BYTES

TAG_BYTES = 8
MAX_ENVELOPES = 500
MAX_DEVICES = 200
MAX_ONE_BYTES = 16 << 10  # a larger envelope waits for the network
MAX_OPENED_BYTES = 1 << 20  # of all envelopes in a bundle together, written out

_have = codec.items(codec.row(codec.blob(TAG_BYTES), codec.whole(1, 2**48)), MAX_DEVICES)
_envelopes = codec.items(codec.row(codec.whole(0, MAX_ONE_BYTES), codec.blob_up_to(MAX_ONE_BYTES)), MAX_ENVELOPES)
_bundle = codec.row(codec.blob(ID_BYTES), _have, _envelopes)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Of one ring: the number up to which its author has everything of each device (by `tag`), and envelopes."""

    ring: bytes
    have: Mapping[bytes, int]
    envelopes: tuple[bytes, ...] = ()


def tag(device: bytes) -> bytes:
    """How a device is named in `have`."""
    return device[:TAG_BYTES]


def encode(bundle: Bundle) -> bytes:
    """Its bytes. Raises TooLarge or BadFormat instead of making what no reader would take."""
    said, before = [], b""
    for data in bundle.envelopes:
        shared = _shared(before, data)
        said.append([shared, data[shared:]])
        before = data
    have = [[name, number] for name, number in sorted(bundle.have.items())]
    data = formats.prefix(formats.CARRIED) + codec.pack([bundle.ring, have, said])
    parse(data)
    return data


def parse(data: bytes) -> Bundle:
    """Take a bundle apart without trusting it. Raises BadFormat, TooLarge or NewerVersion."""
    formats.kind_of(data, formats.CARRIED)
    ring, have, said = codec.checked(_bundle, data[2:], MAX_CONTENT_BYTES - 2)
    names = [name for name, _ in have]
    if names != sorted(set(names)):
        raise BadFormat("devices must be there once, in rising order")
    envelopes, before, size = list[bytes](), b"", 0
    for shared, rest in said:
        whole = before[:shared] + rest
        if shared != _shared(before, whole):
            raise BadFormat("shared bytes")
        size += len(whole)
        if len(whole) > MAX_ONE_BYTES or size > MAX_OPENED_BYTES:
            raise TooLarge("envelopes in a bundle")
        envelopes.append(whole)
        before = whole
    return Bundle(ring, dict(have), tuple(envelopes))


def fitting(ring: bytes, have: Mapping[bytes, int], envelopes: Sequence[bytes], most: int) -> Bundle:
    """A bundle with as many of the first envelopes as it has room for in `most` bytes."""
    room = most - len(encode(Bundle(ring, have))) - 8
    chosen, before = list[bytes](), b""
    for data in envelopes[:MAX_ENVELOPES]:
        room -= len(data) - _shared(before, data) + 10
        if room < 0:
            break
        chosen.append(data)
        before = data
    return Bundle(ring, have, tuple(chosen))


def _shared(before: bytes, data: bytes) -> int:
    """How many of the first bytes are the same."""
    low, high = 0, min(len(before), len(data))
    while low < high:
        middle = (low + high + 1) // 2
        if before[:middle] == data[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
