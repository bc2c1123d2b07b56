"""The help directory: public, so not sealed, but signed and numbered so that it can't be forged or go back.

    DIRECTORY ‖ version ‖ MessagePack [organisation, number, previous, roll head, device, entries] ‖ signature

The built-in numbers always come first and can't be altered or hidden. docs/protocol.md, "Directory".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sync.core import codec, formats
from sync.core.errors import BadFormat, BadSignature, Forbidden
from sync.core.ids import HASH_BYTES, ID_BYTES, digest
from sync.core.ports import SIGNATURE_BYTES, Primitives, Signed, SigningKey
from sync.core.rights import Role
from sync.core.roll import Roll

MAX_DIRECTORY_BYTES = 1 << 18
ALWAYS_FIRST = ("112", "113", "08001205", "08002000")


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One entry. `checked` is an ISO date; `phone` holds digits only (and a leading +)."""

    id: str
    name: str
    phone: str
    about: str
    hours: str = ""
    cost: str = ""
    source: str = ""
    checked: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """One signed edition as received."""

    data: bytes
    organisation: bytes
    number: int
    previous: bytes
    head: bytes
    device: bytes
    lines: tuple[HelpLine, ...]

    @property
    def hash(self) -> bytes:
        """What the next edition names."""
        return digest("directory", self.data)


def _phone(value: object) -> str:
    """Digits, with a leading + or not, or nothing: so that no other spelling of a built-in number hides it."""
    number: str = codec.text(20)(value)
    if number and not re.fullmatch(r"\+?[0-9]{2,}", number, re.ASCII):
        raise BadFormat("phone number")
    return number


_texts = [codec.text(n) for n in (400, 120, 80, 400, 10)]
_line = codec.row(codec.text(64), codec.text(120), _phone, *_texts)
_shape = codec.row(
    codec.blob(HASH_BYTES),
    codec.whole(1, 2**32),
    codec.blob(HASH_BYTES),
    codec.blob(HASH_BYTES),
    codec.blob(ID_BYTES),
    codec.items(_line, 500),
)


def parse(data: bytes) -> Edition:
    """Take an edition apart without trusting it. Raises BadFormat, TooLarge or NewerVersion."""
    formats.kind_of(data, formats.DIRECTORY)
    value = codec.checked(_shape, data[2:-SIGNATURE_BYTES], MAX_DIRECTORY_BYTES)
    organisation, number, previous, head, device, lines = value
    if len({line[0] for line in lines}) != len(lines):
        raise BadFormat("a line twice")
    return Edition(data, organisation, number, previous, head, device, tuple(HelpLine(*x) for x in lines))


async def sign(
    primitives: Primitives,
    key: SigningKey,
    roll: Roll,
    device: bytes,
    last: Edition | None,
    lines: Sequence[HelpLine],
) -> bytes:
    """The next edition's bytes. Raises BadFormat or TooLarge for lines that `parse` refuses."""
    number, previous = (last.number + 1, last.hash) if last else (1, bytes(HASH_BYTES))
    rows = [[x.id, x.name, x.phone, x.about, x.hours, x.cost, x.source, x.checked] for x in lines]
    value = [roll.state.organisation, number, previous, roll.state.head, device, rows]
    unsigned = formats.prefix(formats.DIRECTORY) + codec.pack(value)
    [signature] = await primitives.sign(key, [unsigned])
    return parse(unsigned + signature).data


async def check(primitives: Primitives, roll: Roll, last: Edition | None, edition: Edition) -> None:
    """Let an edition follow `last`, or raise Forbidden, BadSignature, UnknownHead or RollRefused."""
    device = roll.at(edition.head).device(edition.device)
    signed = Signed(device.signing, edition.data[-SIGNATURE_BYTES:], edition.data[:-SIGNATURE_BYTES])
    fits = edition.organisation == roll.state.organisation and device.role is Role.COORDINATOR
    if last is not None:
        newer = edition.number > last.number
        chained = edition.number != last.number + 1 or edition.previous == last.hash
        fits = fits and newer and chained
    if not fits:
        raise Forbidden("directory edition")
    if not (await primitives.verify([signed]))[0]:
        raise BadSignature("directory edition")


def combine(built_in: Sequence[HelpLine], edition: Edition | None) -> list[HelpLine]:
    """The lines to show: the built-in ones first and unchanged, then what an edition adds."""
    fixed = {line.id for line in built_in} | {line.phone for line in built_in}
    added = [x for x in (edition.lines if edition else ()) if x.id not in fixed and x.phone not in fixed]
    return [*built_in, *added]
