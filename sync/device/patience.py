"""How long to wait after failures."""

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
