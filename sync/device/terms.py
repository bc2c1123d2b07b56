"""What time it is for sure, where something is dropped because its time is over.

A device's clock may be years ahead, and so may a server that wishes our notes gone. So nothing is dropped before both
say that it is time: the earlier of the device's own clock and the server's time when it was last met, plus a day.
"""

from datetime import UTC, datetime

from sync.core.ports import Clock, Log
from sync.device import meta

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
