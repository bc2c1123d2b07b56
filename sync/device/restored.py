"""A server put back from a backup: what it had acknowledged and lost is offered to it again.

It shows itself by a new incarnation number, or, when nobody gave it one, by a broken chain or an unknown roll
head in its answer to a push. Everything is idempotent, so offering too much does no harm.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from sync.core import codec, roll_entry, wire
from sync.core.envelope import parse
from sync.core.errors import BrokenChain, RollMoved, StraatError
from sync.core.ports import Log, LogEntry, LogState
from sync.core.roll import Roll
from sync.device import meta

Ask = Callable[[str, Any, codec.Shape | None], Awaitable[Any]]
_PAGE = 1000


def offer_envelopes(log: Log, device: bytes) -> set[bytes]:
    """Queue every envelope of our own again, in order, and pull from the beginning: the server's numbering may
    differ. Gives the ids.
    """
    position, offered = 0, set[bytes]()
    while entries := log.read(position, _PAGE):
        own = [e.id for e in entries if _sent(e) and _sender(e.data) == device]
        log.mark(own, LogState.PENDING)
        offered.update(own)
        position = entries[-1].position
    log.put({meta.CURSORS: None})
    return offered


def _sent(entry: LogEntry) -> bool:
    """Acknowledged once, or refused only because something before it was missing."""
    return entry.state == LogState.STORED or (entry.state == LogState.REFUSED and entry.reason == BrokenChain.code)


def _sender(data: bytes) -> bytes | None:
    try:
        return parse(data).header.device
    except StraatError:
        return None


async def offer_roll(ask: Ask, roll: Roll, device: bytes) -> bool:
    """Give the server the roll entries that it lost: those that this device signed, and devices that joined.
    One that another device signed waits for that device, as does all after it. Gives whether any were lost.
    """
    theirs = 0
    while entries := await ask("roll", theirs, wire.ROLL):
        theirs += len(entries)
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
