"""How long to wait: after failures, and when a server says too often that there is something."""

from sync.core.ports import Random

FIRST_WAIT_MILLIS = 1_000
LONGEST_WAIT_MILLIS = 5 * 60_000


def backoff(failures: int, random: Random) -> int:
    """Milliseconds: doubling from a second to five minutes, and anywhere in the upper half of it."""
    doublings: int = min(failures - 1, 16)
    longest = min(FIRST_WAIT_MILLIS << doublings, LONGEST_WAIT_MILLIS)
    return longest // 2 + upto(longest // 2, random)


def upto(millis: int, random: Random) -> int:
    """Anywhere from 0 to this, so that devices that heard the same at the same moment do not ask at the same moment."""
    return int.from_bytes(random.bytes(4), "big") % (millis + 1)


class Pace:
    """So many at once, and after that one each so often: no server can keep a phone busy."""

    def __init__(self, burst: int, seconds: float) -> None:
        self._burst, self._seconds = burst, seconds
        self._left, self._since = float(burst), 0.0

    def wait(self, now: float) -> float:
        """Seconds before the next may be (0: now), which is then counted. `now` is in seconds and never goes back."""
        self._left = min(float(self._burst), self._left + (now - self._since) / self._seconds)
        self._since = now
        self._left -= 1
        return max(0.0, -self._left * self._seconds)
