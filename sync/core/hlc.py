"""Hybrid logical clock: stamps that sort as bytes, go on when the wall clock stops or jumps back,
and never follow a clock that runs more than a day ahead.

Source: Kulkarni et al., "Logical Physical Clocks", 2014. A stamp is 8 bytes: 48 bits of milliseconds since
1970 and a 16-bit counter, big endian.
"""

from typing import NamedTuple, Self

from sync.core.errors import BadFormat

STAMP_BYTES = 8
MAX_LEAD_MILLIS = 24 * 60 * 60 * 1000
SKEW_WORTH_SAYING_MILLIS = 10 * 60 * 1000
_MAX_MILLIS = 2**48 - 1
_MAX_COUNTER = 2**16 - 1


class Stamp(NamedTuple):
    """A moment as one device saw it. Compares by time, then counter."""

    millis: int
    counter: int

    def to_bytes(self) -> bytes:
        """8 bytes that sort as the stamp does."""
        return self.millis.to_bytes(6, "big") + self.counter.to_bytes(2, "big")

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read 8 bytes. Raises BadFormat for any other length."""
        if len(data) != STAMP_BYTES:
            raise BadFormat("a stamp is 8 bytes")
        return cls(int.from_bytes(data[:6], "big"), int.from_bytes(data[6:], "big"))


ZERO = Stamp(0, 0)


def tick(last: Stamp, now: int) -> Stamp:
    """The stamp for a new change: after `last`, at `now` milliseconds if the clock has moved on."""
    now = min(now, _MAX_MILLIS)
    if now > last.millis:
        return Stamp(now, 0)
    return _after(last)


def witness(last: Stamp, seen: Stamp, now: int) -> Stamp:
    """What the clock becomes after seeing another's stamp: never behind it, unless that stamp is more than a
    day ahead of `now`, which is then not followed (the change itself is merged all the same).
    """
    if seen.millis - now > MAX_LEAD_MILLIS:
        return last
    return max(last, seen)


def _after(stamp: Stamp) -> Stamp:
    if stamp.counter < _MAX_COUNTER:
        return Stamp(stamp.millis, stamp.counter + 1)
    if stamp.millis < _MAX_MILLIS:
        return Stamp(stamp.millis + 1, 0)
    return stamp  # the year 10889: never back
