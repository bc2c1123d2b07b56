"""What makes a device doubt its server, and what it does about it.

A gap in someone's numbers, or bytes whose signature does not hold, mean that something was withheld or altered on
the way. What is right may still be there: the device pulls everything again from the beginning, soon after a new
doubt, once a day while an old one lasts, and once a week in any case (a server that moved the cursor past the last
thing written shows no gap).

What can't be right is kept aside and shown, so that nothing is lost by a fault of ours. But once there is more of it
than any fault explains, only what is certainly a member's is kept: else a server could fill the phone.
"""

from collections.abc import Mapping, Sequence

from sync.core import envelope
from sync.core.envelope import Envelope
from sync.core.errors import BadFormat, BadSignature, RollRefused, StaleEpoch, StraatError
from sync.core.ports import Log, Primitives
from sync.core.roll import Roll
from sync.device import meta
from sync.device.replica import Replica

NEW_DOUBT_MILLIS = 10 * 60_000
OLD_DOUBT_MILLIS = 24 * 60 * 60_000
NO_DOUBT_MILLIS = 7 * OLD_DOUBT_MILLIS
MOST_ITEMS, MOST_BYTES = 1_000, 16 << 20  # of what is aside for being wrong or waits, before only the certain is kept
_ALTERED = (BadSignature.code, BadFormat.code)
_WRONG = (*_ALTERED, RollRefused.code, StaleEpoch.code)

Doubts = frozenset[tuple[bytes, bytes]]


def doubts(replica: Replica) -> Doubts:
    """The gaps and the last words that are wanting, as (device, ring), and what was altered, as (envelope id, nothing)."""
    altered = {(a.id, b"") for a in replica.aside.values() if a.reason in _ALTERED}
    return frozenset(replica.withheld | replica.short_of_cuts() | altered)


def look_again(log: Log, now: int, before: Doubts, after: Doubts) -> bool:
    """Forget the cursors if there is reason to; whether it did. `now` is this device's own clock, in milliseconds."""
    last = meta.read_int(log, meta.LOOKED_AGAIN)
    if last is None:  # the week begins, and a first doubt need not wait
        last = now - NEW_DOUBT_MILLIS
        log.put({meta.LOOKED_AGAIN: meta.int_bytes(last)})
    wait = NEW_DOUBT_MILLIS if after - before else OLD_DOUBT_MILLIS if after else NO_DOUBT_MILLIS
    if abs(now - last) < wait:
        return False
    log.put({meta.CURSORS: None, meta.LOOKED_AGAIN: meta.int_bytes(now)})
    return True


def too_much(replica: Replica) -> bool:
    """Whether more is aside or waits than any fault explains."""
    wrong = [a.size for a in replica.aside.values() if a.reason in _WRONG]
    return len(wrong) + replica.waiting > MOST_ITEMS or sum(wrong) + replica.waiting_bytes > MOST_BYTES


async def certain(primitives: Primitives, roll: Roll, items: Sequence[bytes]) -> list[bytes]:
    """Those that a device on the roll has signed, at a head that is known. The others are looked for another day."""
    found: list[tuple[Envelope, bytes]] = []
    for data in items:
        try:
            e = envelope.parse_any(data)
            if e.header.organisation == roll.state.organisation:
                found.append((e, roll.at(e.header.head).device(e.header.device).signing))
        except StraatError:
            continue
    results = await envelope.verify(primitives, found)
    return [e.data for (e, _), holds in zip(found, results, strict=True) if holds]


async def from_another_roll(
    primitives: Primitives, roll: Roll, early: Mapping[bytes, bytes], forged: set[bytes]
) -> bool:
    """Whether a device on our roll has signed something on a head that is not on it. No server can make that up.

    `forged` are the ids of those that proved false before; what proves so now is added.
    """
    devices = {**roll.state.left, **roll.state.devices}
    parsed = [envelope.parse_any(data) for name, data in early.items() if name not in forged]
    found = [e for e in parsed if e.header.device in devices]
    results = await envelope.verify(primitives, [(e, devices[e.header.device].signing) for e in found])
    forged.update(e.id for e, holds in zip(found, results, strict=True) if not holds)
    return any(results)
