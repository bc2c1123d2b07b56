"""The clock, the padding and the encoding, for any input."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core import codec
from sync.core.errors import StraatError
from sync.core.hlc import MAX_LEAD_MILLIS, ZERO, Stamp, tick, witness
from sync.core.padding import is_padded, pad, unpad

common = settings(max_examples=300, deadline=None)
millis = st.integers(0, 2**48 - 2)
stamps = st.builds(Stamp, millis, st.integers(0, 2**16 - 1))
walls = st.one_of(st.integers(-(2**50), 2**50), st.integers(1_700_000_000_000, 1_700_000_000_003))
plain: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@common
@given(stamps, st.lists(walls, max_size=30))
def test_own_stamps_rise_whatever_the_wall_clock_does(last: Stamp, clock: list[int]) -> None:
    """Stuttering, jumping back, before 1970 or far ahead: every stamp is later than the one before, as bytes too."""
    for now in clock:
        following = tick(last, now)
        assert following > last or following.millis == 2**48 - 1
        assert following.to_bytes() > last.to_bytes() or following.millis == 2**48 - 1
        last = following


@common
@given(stamps, st.lists(st.tuples(stamps, walls), max_size=10))
def test_a_clock_far_ahead_is_not_followed(last: Stamp, seen: list[tuple[Stamp, int]]) -> None:
    """What others' stamps do to the clock: never back, and never over a day past the wall clock."""
    for stamp, now in seen:
        following = witness(last, stamp, now)
        assert following >= last
        assert following == last or following.millis <= now + MAX_LEAD_MILLIS
        last = following


@common
@given(stamps, stamps)
def test_stamps_collate_as_bytes(a: Stamp, b: Stamp) -> None:
    """Sorting the bytes is sorting the stamps, and they come back."""
    assert (a < b) == (a.to_bytes() < b.to_bytes())
    assert Stamp.from_bytes(a.to_bytes()) == a
    assert a >= ZERO


@common
@given(st.binary(max_size=20_000))
def test_padding_comes_off(data: bytes) -> None:
    """Any data come back from a size that tells little."""
    padded = pad(data)
    assert unpad(padded) == data
    assert is_padded(len(padded))
    assert len(padded) <= max(256, 4 * (len(data) + 1), int(1.12 * (len(data) + 1)))


@common
@given(plain)
def test_plain_values_come_back_in_one_spelling(value: Any) -> None:
    """Packing, unpacking and packing again gives the same bytes and the same value."""
    data = codec.pack(value)
    again = codec.unpack(data, len(data))
    assert again == value
    assert codec.pack(again) == data


@common
@given(st.binary(max_size=200))
def test_bytes_that_are_taken_are_the_one_spelling(data: bytes) -> None:
    """Any bytes are refused with a typed error, or are exactly what `pack` writes."""
    try:
        value = codec.unpack(data, 200)
    except StraatError:
        return
    assert codec.pack(value) == data
