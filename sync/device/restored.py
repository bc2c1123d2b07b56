"""A server put back from a backup: what it had acknowledged and lost is offered to it again.

It shows itself by a new incarnation number, or, when nobody gave it one, by a broken chain or an unknown roll
head in its answer to a push. Everything is idempotent, so offering too much does no harm.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from sync.core import codec, roll_entry, wire
from sync.core.envelope import parse_any
from sync.core.errors import BadFormat, BadSignature, RollMoved, StraatError
from sync.core.ids import device_id
from sync.core.ports import GIVEN, Log, LogState
from sync.core.roll import Roll
from sync.device import meta
from sync.device.replica import Aside

Ask = Callable[[str, Any, codec.Shape | None], Awaitable[Any]]
_PAGE = 1000
_FORGED = (BadSignature.code, BadFormat.code)


def offer_envelopes(log: Log, device: bytes, aside: dict[bytes, Aside]) -> None:
    """Queue every envelope of our own again, in order, and pull from the beginning: the server's numbering may
    differ. Of what was dropped here its stub is offered, so that its number is there. `aside` is the list that is shown: what waits in the queue again leaves it.
    """
    _offer(log, device, aside, {LogState.STORED, LogState.REFUSED, LogState.STUB})
    log.put({meta.CURSORS: None})


def offer_refused(log: Log, device: bytes, aside: dict[bytes, Aside]) -> None:
    """Queue again what a server once refused of our own: a refusal proves nothing, and would stop all after it."""
    if log.count().get(LogState.REFUSED):
        _offer(log, device, aside, {LogState.REFUSED})


def _offer(log: Log, device: bytes, aside: dict[bytes, Aside], states: set[int]) -> None:
    """What somebody forged in our name (its signature does not hold) stays where it is."""
    position = 0
    while entries := log.read(position, _PAGE):
        came = [e.id for e in entries if e.state == LogState.STORED and e.id in aside]
        forged = {name for name in came if aside[name].reason in _FORGED}
        ours = [e for e in entries if e.state in states and e.id not in forged and e.reason != GIVEN]
        own = [e.id for e in ours if _sender(e.data) == device]
        log.mark(own, LogState.PENDING)
        for name in own:
            aside.pop(name, None)
        position = entries[-1].position


def _sender(data: bytes) -> bytes | None:
    try:
        return parse_any(data).header.device
    except StraatError:
        return None


async def join_again(ask: Ask, roll: Roll, device: bytes) -> bool:
    """Give the server the entry with which this device joined, if that still follows its head; whether it took it."""
    for data in reversed(roll.entries):
        entry = roll_entry.parse(data)
        body = entry.body
        if isinstance(body, roll_entry.AddDevice) and device_id(body.signing, body.agreement) == device:
            try:
                await ask("enrol", [entry.previous, data], wire.APPENDED)
            except StraatError as error:
                if error.retryable and not isinstance(error, RollMoved):
                    raise
                return False
            return True
    return False


async def offer_roll(ask: Ask, roll: Roll, device: bytes, theirs: int) -> bool:
    """Give the server, which has `theirs` entries, the ones that it lost: those that this device signed, and
    devices that joined. One that another device signed waits for that device, as does all after it. Gives whether
    any were lost.
    """
    for data in roll.entries[theirs:]:
        entry = roll_entry.parse(data)
        joining = isinstance(entry.body, roll_entry.AddDevice | roll_entry.Recover)
        if not joining and entry.author != device:
            break
        try:
            await ask("enrol" if joining else "roll/append", [entry.previous, data], wire.APPENDED)
        except StraatError as error:
            if error.retryable and not isinstance(error, RollMoved):
                raise
            break  # another has been there first, or the server will not have it: that must not stop the sync
    return theirs < len(roll.entries)
