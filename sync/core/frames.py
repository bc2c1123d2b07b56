"""Bytes as a series of QR codes: from one phone's screen to another's camera, where there is no network.

The bytes are cut into blocks of one size; a frame carries one block, or the exclusive or of several (parity), so that a
frame that was missed does not cost a whole turn: any frames from which the blocks follow will do, in any order, however
often. What comes out is exactly the bytes that went in (their hash is the series' name), or nothing. Nobody has signed a
frame: what the bytes hold has to prove itself. docs/protocol.md, "Frames"; Base45: RFC 9285, which fits the
alphanumeric mode of QR codes (every reader gives that as the same text; of other bytes it does not).
"""

from dataclasses import dataclass

from sync.core import formats
from sync.core.errors import BadFormat, TooLarge
from sync.core.ids import digest

NAME_BYTES, CHECK_BYTES, SIZE_BYTES, INDEX_BYTES = 8, 4, 3, 2
OVERHEAD = 2 + NAME_BYTES + SIZE_BYTES + INDEX_BYTES + CHECK_BYTES
MAX_CONTENT_BYTES = 192 << 10
MAX_BLOCK_BYTES = 1_024
MAX_BLOCKS = 512
MAX_INDEX = (1 << 8 * INDEX_BYTES) - 1
MAX_FRAME_BYTES = OVERHEAD + MAX_BLOCK_BYTES
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {letter: value for value, letter in enumerate(_LETTERS)}


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, taken apart. `index` below the number of blocks: that block; above: a parity."""

    name: bytes
    size: int
    index: int
    block: bytes

    @property
    def blocks(self) -> int:
        """Of how many the series consists."""
        return -(-self.size // len(self.block))


class Series:
    """The frames of some bytes, to be shown: number 0, 1, 2 … up to MAX_INDEX; after the blocks come parities."""

    def __init__(self, content: bytes, most: int) -> None:
        """In blocks of `most` bytes or a little less. Raises TooLarge, or BadFormat for nothing at all."""
        if not content:
            raise BadFormat("nothing to show")
        if len(content) > MAX_CONTENT_BYTES:
            raise TooLarge(f"{len(content)} bytes in frames")
        count = -(-len(content) // min(most, MAX_BLOCK_BYTES))
        self.block = -(-len(content) // count)  # all blocks equally full
        self.name, self.size = _name(content), len(content)
        self.blocks = -(-len(content) // self.block)
        if self.blocks > MAX_BLOCKS:
            raise TooLarge(f"{self.blocks} blocks")
        padded = content.ljust(self.blocks * self.block, b"\0")
        self._values = [int.from_bytes(padded[at : at + self.block], "big") for at in range(0, len(padded), self.block)]

    def frame(self, index: int) -> bytes:
        """One frame's bytes."""
        value, mask = 0, _mask(self.name, index, self.blocks)
        for place, block in enumerate(self._values):
            if mask >> place & 1:
                value ^= block
        said = formats.prefix(formats.FRAME) + self.name + self.size.to_bytes(SIZE_BYTES, "big")
        said += index.to_bytes(INDEX_BYTES, "big") + value.to_bytes(self.block, "big")
        return said + _check(said)


def parse(data: bytes) -> Frame:
    """Take a frame apart. Raises BadFormat, TooLarge or NewerVersion."""
    if len(data) > MAX_FRAME_BYTES:
        raise TooLarge("frame")
    formats.kind_of(data, formats.FRAME)
    if len(data) <= OVERHEAD or _check(data[:-CHECK_BYTES]) != data[-CHECK_BYTES:]:
        raise BadFormat("a frame that was cut off or misread")
    at = 2 + NAME_BYTES
    size = int.from_bytes(data[at : at + SIZE_BYTES], "big")
    at += SIZE_BYTES
    index = int.from_bytes(data[at : at + INDEX_BYTES], "big")
    frame = Frame(data[2 : 2 + NAME_BYTES], size, index, data[at + INDEX_BYTES : -CHECK_BYTES])
    if not 0 < size <= MAX_CONTENT_BYTES or frame.blocks > MAX_BLOCKS:
        raise TooLarge("series")
    if len(frame.block) != -(-size // frame.blocks):
        raise BadFormat("blocks that are fuller than they need be")
    return frame


class Collector:
    """What was seen of a series. Holds one at a time, of at most MAX_CONTENT_BYTES: another takes its place."""

    def __init__(self) -> None:
        self.content: bytes | None = None  # once it is whole
        self.blocks = 0  # of which the series consists; 0: nothing seen yet
        self.broken = 0  # series that did not give what their name says
        self._start(b"", 0, 0)

    def _start(self, name: bytes, size: int, block: int) -> None:
        self._series = (name, size, block)
        self._rows: dict[int, tuple[int, int]] = {}  # highest block in it → (which blocks, their exclusive or)

    @property
    def seen(self) -> int:
        """How many of the blocks follow from what was seen, in the end."""
        return self.blocks if self.content is not None else len(self._rows)

    def add(self, frame: Frame) -> bool:
        """Take a frame in; whether it told something new. What does not fit what was seen before begins anew."""
        series = (frame.name, frame.size, len(frame.block))
        if series != self._series:
            self.content, self.blocks = None, frame.blocks
            self._start(*series)
        if self.content is not None:
            return False
        mask, value = _mask(frame.name, frame.index, frame.blocks), int.from_bytes(frame.block, "big")
        while mask:
            top = mask.bit_length() - 1
            if top not in self._rows:
                self._rows[top] = (mask, value)
                if len(self._rows) == frame.blocks:
                    self._finish(frame)
                return True
            row, known = self._rows[top]
            mask, value = mask ^ row, value ^ known
        if value:  # two frames that can't both be right
            self._fail(frame)
        return False

    def _finish(self, frame: Frame) -> None:
        values = [0] * frame.blocks
        for top in range(frame.blocks):  # those below it are known by then
            mask, value = self._rows[top]
            for place in range(top):
                if mask >> place & 1:
                    value ^= values[place]
            values[top] = value
        padded = b"".join(value.to_bytes(len(frame.block), "big") for value in values)
        content = padded[: frame.size]
        if _name(content) == frame.name and not padded[frame.size :].strip(b"\0"):
            self.content = content
            self._rows = {}
        else:
            self._fail(frame)

    def _fail(self, frame: Frame) -> None:
        self.broken += 1
        self._start(frame.name, frame.size, len(frame.block))


def to_text(data: bytes) -> str:
    """Base45, for a QR code in alphanumeric mode."""
    said = []
    for at in range(0, len(data) - 1, 2):
        value = data[at] << 8 | data[at + 1]
        said.append(_LETTERS[value % 45] + _LETTERS[value // 45 % 45] + _LETTERS[value // 2025])
    if len(data) % 2:
        said.append(_LETTERS[data[-1] % 45] + _LETTERS[data[-1] // 45])
    return "".join(said)


def from_text(text: str) -> bytes:
    """What `to_text` wrote, of a frame. Raises BadFormat or TooLarge for anything else."""
    if len(text) > (MAX_FRAME_BYTES + 1) // 2 * 3:
        raise TooLarge("text of a frame")
    try:
        values = [_VALUES[letter] for letter in text]
    except KeyError as e:
        raise BadFormat("a letter that is not in Base45") from e
    data = bytearray()
    for at in range(0, len(values), 3):
        some = values[at : at + 3]
        value, room = sum(v * 45**place for place, v in enumerate(some)), len(some) - 1
        if not room or value >= 1 << 8 * room:
            raise BadFormat("not Base45")
        data += value.to_bytes(room, "big")
    return bytes(data)


def _name(content: bytes) -> bytes:
    return digest("carried", content)[:NAME_BYTES]


def _check(said: bytes) -> bytes:
    return digest("frame", said)[:CHECK_BYTES]


def _mask(name: bytes, index: int, blocks: int) -> int:
    """Which blocks are in a frame, the lowest bit for block 0: the one of its number, or about half of them, drawn by
    name and number. All, should the draw give none.
    """
    if index < blocks:
        return 1 << index
    seed = name + index.to_bytes(INDEX_BYTES, "big")
    drawn = b"".join(digest("parity", seed, bytes((part,))) for part in range(-(-blocks // 256)))
    return int.from_bytes(drawn, "big") & ((1 << blocks) - 1) or (1 << blocks) - 1
