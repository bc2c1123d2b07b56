"""What makes a device doubt its server, and what it does about it.

A gap in someone's numbers, or bytes whose signature does not hold, mean that something was withheld or altered on
the way. What is right may still be there: the device pulls everything again from the beginning, soon after a new
doubt, once a day while an old one lasts, and once a week in any case (a server that moved the cursor past the last
thing written shows no gap).
"""

from sync.core.errors import BadFormat, BadSignature
from sync.core.ports import Log
from sync.device import meta
from sync.device.replica import Replica

NEW_DOUBT_MILLIS = 10 * 60_000
OLD_DOUBT_MILLIS = 24 * 60 * 60_000
NO_DOUBT_MILLIS = 7 * OLD_DOUBT_MILLIS
_ALTERED = (BadSignature.code, BadFormat.code)

Doubts = frozenset[tuple[bytes, bytes]]


def doubts(replica: Replica) -> Doubts:
    """The gaps, as (device, ring), and what was altered, as (envelope id, nothing)."""
    altered = {(a.id, b"") for a in replica.aside.values() if a.reason in _ALTERED}
    return frozenset(replica.withheld | altered)


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
