"""The hybrid logical clock: stamps go on, sort as bytes, and follow no clock that is far ahead."""

from itertools import pairwise

import pytest

from sync.core.errors import BadFormat
from sync.core.hlc import MAX_LEAD_MILLIS, STAMP_BYTES, ZERO, Stamp, tick, witness

NOW = 1_764_000_000_000
LAST_MILLIS, LAST_COUNTER = 2**48 - 1, 2**16 - 1


def test_the_wall_clock_leads_when_it_moves_on() -> None:
    """A later wall clock gives its own time with counter 0."""
    assert tick(Stamp(NOW, 7), NOW + 1) == Stamp(NOW + 1, 0)


@pytest.mark.parametrize(
    "now", [NOW, NOW - 1, NOW - 10**9, 0, -5], ids=["stutters", "back", "days back", "1970", "before 1970"]
)
def test_a_clock_that_stops_or_jumps_back_still_gives_later_stamps(now: int) -> None:
    """The counter goes on from the last stamp."""
    assert tick(Stamp(NOW, 7), now) == Stamp(NOW, 8)


def test_a_full_counter_borrows_a_millisecond() -> None:
    """After 65,536 stamps in one millisecond the next is in the next."""
    assert tick(Stamp(NOW, LAST_COUNTER), NOW) == Stamp(NOW + 1, 0)


def test_many_stamps_in_one_millisecond_rise() -> None:
    """70,000 stamps with a clock that stands still are all different and rising, as bytes too."""
    stamp, made = Stamp(NOW, 0), []
    for _ in range(70_000):
        stamp = tick(stamp, NOW)
        made.append(stamp.to_bytes())
    assert all(a < b for a, b in pairwise(made))


def test_the_very_last_stamp_never_turns_back() -> None:
    """At the end of 48 bits the clock stays, rather than going back."""
    end = Stamp(LAST_MILLIS, LAST_COUNTER)
    assert tick(end, NOW) == end
    assert tick(end, 2**60) == end
    assert tick(ZERO, 2**60) == Stamp(LAST_MILLIS, 0)


def test_another_s_stamp_is_followed_up_to_a_day_ahead() -> None:
    """A stamp exactly a day ahead is followed, one millisecond more is not."""
    last = Stamp(NOW, 3)
    at_most = Stamp(NOW + MAX_LEAD_MILLIS, 0)
    assert witness(last, at_most, NOW) == at_most
    assert witness(last, Stamp(NOW + MAX_LEAD_MILLIS + 1, 0), NOW) == last


def test_an_older_stamp_changes_nothing() -> None:
    """Seeing the past never moves the clock back."""
    assert witness(Stamp(NOW, 3), Stamp(NOW, 2), NOW) == Stamp(NOW, 3)
    assert witness(Stamp(NOW, 3), ZERO, NOW) == Stamp(NOW, 3)


def test_what_was_seen_comes_before_what_is_written_next() -> None:
    """A change written after seeing another's has a later stamp, though the own clock is behind."""
    seen = Stamp(NOW + 60_000, 5)
    assert tick(witness(Stamp(NOW, 0), seen, NOW), NOW) > seen


def test_eight_bytes_big_endian() -> None:
    """48 bits of milliseconds, then 16 of counter."""
    assert Stamp(0x010203040506, 0x0708).to_bytes() == bytes(range(1, 9))
    assert Stamp.from_bytes(bytes(range(1, 9))) == Stamp(0x010203040506, 0x0708)


@pytest.mark.parametrize("size", [0, 7, 9])
def test_any_other_length_is_refused(size: int) -> None:
    """A stamp is 8 bytes."""
    assert size != STAMP_BYTES
    with pytest.raises(BadFormat):
        Stamp.from_bytes(bytes(size))
