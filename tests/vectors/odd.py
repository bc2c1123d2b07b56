"""One thing wrong at a time: a good row with one of its values replaced, one left out, one too many."""

from collections.abc import Iterator, Sequence
from typing import Any

from sync.core.errors import BadFormat, TooLarge

BAD, LARGE = BadFormat.code, TooLarge.code
Wrong = tuple[str, str, Any, str]  # name, comment, the value in its place, the outcome


def bytes_of(size: int, what: str) -> list[Wrong]:
    """What is wrong where exactly `size` bytes must stand."""
    return [
        ("short", f"{what} of {size - 1} bytes", bytes([7]) * (size - 1), BAD),
        ("long", f"{what} of {size + 1} bytes", bytes([7]) * (size + 1), BAD),
        ("text", f"{what} is text", "7" * size, BAD),
    ]


def bytes_up_to(size: int, what: str) -> list[Wrong]:
    """What is wrong where at most `size` bytes must stand."""
    return [
        ("long", f"{what} of {size + 1:,} bytes", bytes(size + 1), LARGE),
        ("text", f"{what} is text", "7", BAD),
    ]


def text_of(limit: int, what: str) -> list[Wrong]:
    """What is wrong where text of at most `limit` characters must stand."""
    return [
        ("long", f"{what} of {limit + 1} characters", "é" * (limit + 1), LARGE),
        ("bytes", f"{what} is bytes", b"7", BAD),
    ]


def whole(low: int, high: int, what: str) -> list[Wrong]:
    """What is wrong where a whole number from low to high must stand."""
    below = [("below", f"{what} is {low - 1}", low - 1, BAD)]
    return [
        *below,
        ("above", f"{what} is {high + 1:,}", high + 1, BAD),
        ("true", f"{what} is True, which counts as 1 in some languages", True, BAD),
        ("text", f"{what} is text", "1", BAD),
    ]


def items(limit: int, item: Any, what: str) -> list[Wrong]:
    """What is wrong where a list of at most `limit` must stand."""
    return [
        ("many", f"{limit + 1:,} {what}", [item] * (limit + 1), LARGE),
        ("map", f"A map instead of a list of {what}", {}, BAD),
        ("none", f"None instead of a list of {what}", None, BAD),
    ]


def folded(data: bytes) -> tuple[bytes, dict[str, int]]:
    """A payload, and the number of zero bytes that follow it where there are too many for a file."""
    short = data.rstrip(b"\0")
    return (short, {"zeros": len(data) - len(short)}) if len(data) - len(short) > 4096 else (data, {})


def departures(good: Sequence[Any], places: Sequence[tuple[str, list[Wrong]]]) -> Iterator[Wrong]:
    """Every good row with one value replaced (name, comment, whole row, outcome), then a value fewer and one more.

    `places` has one entry for each value, so that none is forgotten.
    """
    for place, (value, (name, wrongs)) in enumerate(zip(good, places, strict=True)):
        for how, comment, wrong, expect in wrongs:
            assert repr(wrong) != repr(value), (name, how)  # True == 1 in Python
            yield f"{name}_{how}", comment, [*good[:place], wrong, *good[place + 1 :]], expect
    yield "value_fewer", f"{len(good) - 1} values", list(good[:-1]), BAD
    yield "value_more", f"{len(good) + 1} values", [*good, None], BAD
