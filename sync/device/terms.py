"""What time it is for sure, where something is dropped because its time is over.

A device's clock may be years ahead, and so may a server that wishes our notes gone. So nothing is dropped before both
say that it is time: the earlier of the device's own clock and the server's time when it was last met, plus a day.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sync.core import envelope
from sync.core.errors import StraatError
from sync.core.ports import Clock, Log, LogState
from sync.device import meta

if TYPE_CHECKING:
    from sync.device.replica import Replica

DAY_MILLIS = 24 * 60 * 60 * 1000


def sure_millis(log: Log, clock: Clock) -> int:
    """A moment that has certainly passed, in milliseconds since 1970; 0 when no server was ever met."""
    met = meta.read_int(log, meta.SERVER_TIME)
    return min(max(clock.millis(), 0), met + DAY_MILLIS) if met else 0


def month_of(millis: int) -> int:
    """The month, as YYYYMM, of a moment."""
    moment = datetime.fromtimestamp(max(millis, 0) / 1000, UTC)
    return moment.year * 100 + moment.month


def expired_month(log: Log, clock: Clock) -> int:
    """What was to be kept until before this month (YYYYMM) has to go."""
    return month_of(sure_millis(log, clock))


def explained_month(log: Log, clock: Clock) -> int:
    """What was to be kept until before this month may have gone elsewhere: a day earlier than here."""
    return month_of(sure_millis(log, clock) + DAY_MILLIS)


def expired(replica: "Replica", log: Log, month: int) -> set[bytes]:
    """The ids of what was to be kept until before this month (YYYYMM), merged or not. Never of what the server has not
    acknowledged.
    """
    names = {e.id for e in log.fetch(sorted(replica.memory.expired(month))) if _may_go(e.state)}
    for entry in log.fetch(sorted(replica.held_back())):
        if _may_go(entry.state):
            try:
                over = 0 < envelope.parse_any(entry.data).header.expiry < month
            except StraatError:
                continue
            names |= {entry.id} if over else set()
    return names


def _may_go(state: int) -> bool:
    return state not in (LogState.PENDING, LogState.STUB)
