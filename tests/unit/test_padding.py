"""Padding: sizes tell little and cost at most 12 %; only what `pad` writes is taken."""

import pytest

from sync.core.errors import BadFormat
from sync.core.padding import is_padded, pad, padded_size, unpad

LARGEST = 1 << 20


@pytest.mark.parametrize(
    ("size", "padded"),
    [
        (0, 256),
        (255, 256),
        (256, 1024),
        (1023, 1024),
        (1024, 4096),
        (4095, 4096),
        (4096, 4352),
        (4351, 4352),
        (9000, 9216),
    ],
)
def test_steps_then_padme(size: int, padded: int) -> None:
    """256 B, 1 KiB, 4 KiB, then Padmé; the mark takes one byte."""
    data = b"x" * size
    assert len(pad(data)) == padded
    assert unpad(pad(data)) == data


def test_padme_costs_at_most_twelve_percent() -> None:
    """Above 4 KiB no size grows by more than 12 %, and sizes fall in few classes."""
    sizes = range(4097, LARGEST, 61)
    assert max((padded_size(s) - s) / s for s in sizes) <= 0.12
    assert len({padded_size(s) for s in sizes}) < 200


def test_a_padded_size_is_its_own_padded_size() -> None:
    """So that everyone can tell a padded size from another."""
    for size in [*range(1, 5000), *range(5000, LARGEST, 997)]:
        assert is_padded(padded_size(size))
        assert padded_size(size) >= size
    assert [is_padded(s) for s in (0, 255, 257, 1025, 4097, 4352)] == [False, False, False, False, False, True]


@pytest.mark.parametrize(
    "data",
    {
        "nothing": b"",
        "no mark": bytes(256),
        "another mark": b"a\x81".ljust(256, b"\0"),
        "something after the mark": b"a\x80".ljust(255, b"\0") + b"\1",
        "not a step": b"a\x80".ljust(255, b"\0"),
        "a larger step than needed": b"a\x80".ljust(1024, b"\0"),
        "not a Padmé size": (b"x" * 4096 + b"\x80").ljust(4353, b"\0"),
    }.items(),
    ids=lambda item: item[0],
)
def test_other_padding_is_refused(data: tuple[str, bytes]) -> None:
    """Hidden bytes, missing marks and odd sizes are BadFormat."""
    with pytest.raises(BadFormat):
        unpad(data[1])


def test_data_that_looks_like_padding_comes_back() -> None:
    """Marks and zeros at the end of the data stay part of it."""
    for data in (b"\x80", b"\x80\0\0", b"\0" * 300, b"a\x80\0\x80"):
        assert unpad(pad(data)) == data
