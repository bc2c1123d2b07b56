"""The help directory: public, so not sealed, but signed and numbered so that it can't be forged or go back.

    DIRECTORY ‖ version ‖ MessagePack [organisation, number, previous, roll head, device, made, entries] ‖ signature

112, 113, 0800-1205 and Veilig Thuis always come first and can't be altered or hidden; an edition is the rest of the
directory. An entry's shape: help_line.py. docs/protocol.md, "Directory".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sync.core import codec, formats, numbered
from sync.core.errors import BadFormat, BadSignature, Forbidden
from sync.core.help_line import HelpLine, as_row, day, from_row, plain_number, row
from sync.core.ids import HASH_BYTES, ID_BYTES, digest
from sync.core.ports import SIGNATURE_BYTES, Primitives, Signed, SigningKey
from sync.core.roll import Roll, State

MAX_DIRECTORY_BYTES = 1 << 18
MAX_LINES = 500
ALWAYS_FIRST = ("112", "113", "08001205", "08002000")
FIXED_NUMBERS = frozenset((*ALWAYS_FIRST, "08000113"))


@dataclass(frozen=True, slots=True)
class Edition:
    """One signed edition as received. `made` is an ISO date, by the coordinator's clock."""

    data: bytes
    organisation: bytes
    number: int
    previous: bytes
    head: bytes
    device: bytes
    made: str
    lines: tuple[HelpLine, ...]

    @property
    def hash(self) -> bytes:
        """What the next edition names."""
        return digest("directory", self.data)


_shape = codec.row(
    codec.blob(HASH_BYTES),
    codec.whole(1, 2**32),
    codec.blob(HASH_BYTES),
    codec.blob(HASH_BYTES),
    codec.blob(ID_BYTES),
    day,
    codec.items(row, MAX_LINES),
)


def parse(data: bytes) -> Edition:
    """Take an edition apart without trusting it. Raises BadFormat, TooLarge or NewerVersion."""
    formats.kind_of(data, formats.DIRECTORY)
    value = codec.checked(_shape, data[2:-SIGNATURE_BYTES], MAX_DIRECTORY_BYTES)
    organisation, number, previous, head, device, made, rows = value
    if not made:
        raise BadFormat("an edition without a day")
    lines = tuple(from_row(x) for x in rows)
    if len({line.id for line in lines}) != len(lines):
        raise BadFormat("a line twice")
    return Edition(data, organisation, number, previous, head, device, made, lines)


async def sign(
    primitives: Primitives,
    key: SigningKey,
    roll: Roll,
    device: bytes,
    last: Edition | None,
    lines: Sequence[HelpLine],
    made: str,
) -> bytes:
    """The next edition's bytes. Raises BadFormat or TooLarge for lines that `parse` refuses."""
    number, previous = numbered.following(last)
    rows = [as_row(line) for line in lines]
    value = [roll.state.organisation, number, previous, roll.state.head, device, made, rows]
    unsigned = formats.prefix(formats.DIRECTORY) + codec.pack(value)
    [signature] = await primitives.sign(key, [unsigned])
    return parse(unsigned + signature).data


def may_publish(state: State, device: bytes) -> bool:
    """Whether a device is a coordinator's, confirmed, at this moment of the roll."""
    here = state.devices.get(device)
    return here is not None and state.coordinates(device, here.team)


async def genuine(primitives: Primitives, roll: Roll, edition: Edition) -> None:
    """Raise unless a confirmed coordinator of this organisation signed it: at the head that it names, that is.

    Raises Forbidden, BadSignature, UnknownHead or RollRefused.
    """
    then = roll.at(edition.head)
    signing = then.device(edition.device).signing
    if edition.organisation != roll.state.organisation or not may_publish(then, edition.device):
        raise Forbidden("directory edition")
    signed = Signed(signing, edition.data[-SIGNATURE_BYTES:], edition.data[:-SIGNATURE_BYTES])
    if not (await primitives.verify([signed]))[0]:
        raise BadSignature("directory edition")


def follow(last: Edition | None, edition: Edition) -> None:
    """Raise Forbidden unless an edition comes after the last, names it when it is the next, and leaps not too far."""
    numbered.follow(last, edition, "directory edition")


async def check(primitives: Primitives, roll: Roll, last: Edition | None, edition: Edition) -> None:
    """Let an edition follow `last`, or raise what `genuine` and `follow` raise.

    Its device has to be a coordinator's still, at the latest head known: whoever has left can name an old head for ever.
    """
    await genuine(primitives, roll, edition)
    if not may_publish(roll.state, edition.device):
        raise Forbidden("directory edition")
    follow(last, edition)


def fixed(built_in: Sequence[HelpLine]) -> list[HelpLine]:
    """The lines of the build that no edition alters or hides, in their order."""
    by_id = {line.id: line for line in built_in}
    return [by_id[name] for name in ALWAYS_FIRST if name in by_id]


def combine(built_in: Sequence[HelpLine], edition: Edition | None) -> list[HelpLine]:
    """The lines to show: the fixed ones first and unchanged, then what an edition says in place of the build.

    A line of an edition with a fixed id, or with a fixed number in any spelling, is left out.
    """
    first = fixed(built_in)
    rest = edition.lines if edition else built_in
    return [*first, *(x for x in rest if x.id not in ALWAYS_FIRST and not _says_a_fixed_number(x))]


def _says_a_fixed_number(line: HelpLine) -> bool:
    return any(plain_number(n.phone) in FIXED_NUMBERS for n in line.numbers)
