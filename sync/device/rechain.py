"""A device whose numbers do not follow what the server has of it: what is unsent is sealed anew behind that.

It comes of a phone that was put back from a copy of itself (it gives out numbers that are taken), of an envelope that the
server refuses for good (nothing behind it fits), or of a disk that forgot the last moment. Without this nothing that
such a device writes would ever arrive.

Only what the server does not have is sealed again, and only where its own acknowledged envelopes prove that the numbers
do not follow: a server that just says so moves nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sync.core import change, envelope
from sync.core.envelope import NO_PREVIOUS, Envelope
from sync.core.errors import BrokenChain, StraatError
from sync.core.formats import SENDER_KEY
from sync.core.ports import REWRITTEN, Log, LogEntry, LogState, Primitives
from sync.core.roll import Roll, State
from sync.device import meta
from sync.device.keyring import Keyring
from sync.device.replica import Replica
from sync.device.writer import Part, Writer

FIRST_WAIT_MILLIS, LONGEST_WAIT_MILLIS = 10 * 60_000, 24 * 60 * 60_000
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class _Mine:
    """What this device has written, as far as it can be parsed: where the server has it, and what it has not."""

    last: meta.Chains  # of what the server has acknowledged, or gave: ring → (number, id)
    unsent: list[tuple[LogEntry, Envelope]]  # in order


async def mend(
    primitives: Primitives, log: Log, roll: Roll, keyring: Keyring, replica: Replica, writer: Writer, now: int
) -> int:
    """Seal anew what can't follow; how many changes. To be asked after everything was pulled, with this device's own
    clock in milliseconds. Raises DiskFull.

    Ever more seldom while it does not help: else a server that refuses everything could fill the disk.
    """
    if not any(a.reason == BrokenChain.code and a.device == keyring.device for a in replica.aside.values()):
        return 0
    last, count = meta.read_int(log, meta.MENDED) or 0, meta.read_int(log, meta.MENDED_COUNT) or 0
    if abs(now - last) < min(FIRST_WAIT_MILLIS << min(count, 16), LONGEST_WAIT_MILLIS):
        return 0
    if _fits(_mine(log, keyring.device)):
        return 0
    log.put({meta.MENDED: meta.int_bytes(now), meta.MENDED_COUNT: meta.int_bytes(count + 1)})
    gone: list[bytes] = []

    async def again_of(e: Envelope) -> Part | None:
        return await sealed_again(primitives, roll, roll.state, keyring.device, keyring.content, e)

    async def again() -> tuple[meta.Chains, list[tuple[bytes, Part]]]:
        mine = _mine(log, keyring.device)
        first = next(i for i, (_, e) in enumerate(mine.unsent) if not _fits(_Mine(mine.last, mine.unsent[: i + 1])))
        base = dict(mine.last)
        for _, e in mine.unsent[:first]:
            base.update({link.ring: (link.number, e.id) for link in e.header.links})
        parts: list[tuple[bytes, Part]] = []
        for _, e in mine.unsent[first:]:
            if e.gone or e.format == SENDER_KEY:
                gone.append(e.id)
            elif (part := await again_of(e)) is not None:
                parts.append((e.id, part))
        rings = {link.ring for _, e in mine.unsent[first:] for link in e.header.links}
        return {ring: base.get(ring, (0, NO_PREVIOUS)) for ring in rings}, parts

    new = await writer.rewrite(again)
    log.mark([*gone, *new], LogState.ASIDE, REWRITTEN)
    await replica.without([*gone, *new])
    return len(new)


def _mine(log: Log, device: bytes) -> _Mine:
    last: meta.Chains = {}
    unsent: list[tuple[LogEntry, Envelope]] = []
    position = 0
    while entries := log.read(position, _PAGE):
        position = entries[-1].position
        for entry in entries:
            try:
                e = envelope.parse_any(entry.data)
            except StraatError:
                continue
            if e.header.device != device:
                continue
            if entry.state in (LogState.STORED, LogState.STUB):
                for link in e.header.links:
                    if link.number > last.get(link.ring, (0, b""))[0]:
                        last[link.ring] = (link.number, e.id)
            elif entry.state == LogState.PENDING or (
                entry.state == LogState.REFUSED and entry.reason == BrokenChain.code
            ):
                unsent.append((entry, e))
    return _Mine(last, unsent)


def _fits(mine: _Mine) -> bool:
    """Whether what is unsent follows on what the server has, one after the other."""
    last = dict(mine.last)
    for _, e in mine.unsent:
        for link in e.header.links:
            number, previous = last.get(link.ring, (0, NO_PREVIOUS))
            if (link.number, link.previous) != (number + 1, previous):
                return False
            last[link.ring] = (link.number, e.id)
    return True


async def sealed_again(
    primitives: Primitives, roll: Roll, now: State, device: bytes, content: Mapping[bytes, bytes], e: Envelope
) -> Part | None:
    """What an envelope of this device says, to be sealed again; None when it can't be, and then it stays as it is. `roll`
    has the head that it names, `now` is the state on which it is to stand.
    """
    head = e.header.head
    if e.header.key not in content or not roll.knows(head) or device not in now.devices:
        return None
    then, here = roll.at(head).devices.get(device), now.devices[device]
    if then is None or (then.role, then.team) != (here.role, here.team):  # at the present head less may be allowed
        return None
    [plain] = await envelope.open_many(primitives, [(e, content[e.header.key])])
    if not isinstance(plain, bytes):
        return None
    return Part(change.decode(plain), frozenset(link.ring for link in e.header.links), e.header.expiry)
