"""Encoding: one value has one spelling, and whatever else comes in is refused with a typed error."""

import msgpack
import pytest

from sync.core import codec
from sync.core.errors import BadFormat, TooLarge

NOT_CANONICAL = {
    "an integer in two bytes that fits one": b"\xcc\x05",
    "an integer in nine bytes": b"\xcf" + bytes(7) + b"\x01",
    "a negative in two bytes that fits one": b"\xd0\xff",
    "a positive as signed": b"\xd1\x00\x80",
    "text with a length byte that fits the short form": b"\xd9\x01a",
    "text with a four-byte length": b"\xdb\x00\x00\x00\x01a",
    "bytes with a two-byte length": b"\xc5\x00\x01a",
    "a list with a two-byte length": b"\xdc\x00\x01\x01",
    "a map with a four-byte length": b"\xdf\x00\x00\x00\x01\xa1a\x01",
    "a key twice": b"\x82\xa1a\x01\xa1a\x02",
    "a key twice with one value": b"\x82\xa1a\x01\xa1a\x01",
    "keys in falling order": b"\x82\xa1b\x01\xa1a\x02",
    "keys in falling order, deep inside": b"\x91\x91\x82\xa1b\x01\xa1a\x02",
    "a number as key": b"\x81\x01\x01",
    "bytes as key": b"\x81\xc4\x01a\x01",
    "None as key": b"\x81\xc0\x01",
    "a list as key": b"\x81\x90\x01",
    "an extension": b"\xd4\x05a",
    "an extension inside a list": b"\x91\xd4\x05a",
    "a timestamp of 32 bits": b"\xd6\xff\x00\x00\x00\x01",
    "a timestamp of 64 bits": b"\xd7\xff" + bytes(8),
    "a timestamp of 96 bits": b"\xc7\x0c\xff" + bytes(12),
    "a float": b"\xcb" + bytes(8),
    "a short float": b"\xca" + bytes(4),
    "not a number": b"\xcb\x7f\xf8" + bytes(6),
    "a float inside a map": b"\x81\xa1a\xcb" + bytes(8),
    "the byte that is never used": b"\xc1",
    "a trailing byte": b"\x01\x00",
    "a second value": b"\x01\x01",
    "nothing": b"",
    "a cut off list": b"\x92\x01",
    "a cut off text": b"\xa5abc",
    "a list that claims four thousand million items": b"\xdd\xff\xff\xff\xff",
    "a map that claims four thousand million keys": b"\xdf\xff\xff\xff\xff",
    "text that claims four gigabytes": b"\xdb\xff\xff\xff\xffabc",
    "bytes that claim four gigabytes": b"\xc6\xff\xff\xff\xffabc",
    "text that is not UTF-8": b"\xa2\xff\xfe",
    "half a surrogate pair": b"\xa3\xed\xa0\x80",
    "an overlong slash": b"\xa2\xc0\xaf",
    "17 lists deep": b"\x91" * 17 + b"\x90",
    "10,000 lists deep": b"\x91" * 10_000 + b"\xc0",
    "10,000 maps deep": b"\x81\xa1a" * 10_000 + b"\xc0",
}


@pytest.mark.parametrize("data", NOT_CANONICAL.values(), ids=NOT_CANONICAL.keys())
def test_another_spelling_is_refused(data: bytes) -> None:
    """Bytes that `pack` would not write are a BadFormat, and no other exception."""
    with pytest.raises(BadFormat):
        codec.unpack(data, 1 << 20)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        0,
        -1,
        127,
        128,
        2**63,
        2**64 - 1,
        -(2**63),
        "",
        "é",
        "a\0b",
        b"",
        b"\xc1",
        [],
        [[]],
        {},
        {"a": {"b": [1]}},
    ],
    ids=repr,
)
def test_plain_values_come_back(value: object) -> None:
    """What is packed is unpacked as the same value of the same type."""
    again = codec.unpack(codec.pack(value), 1 << 20)
    assert again == value
    assert type(again) is type(value)


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        {1: 2},
        {None: 1},
        {b"a": 1},
        pytest.param(object(), id="object()"),
        {1, 2},
        2**64,
        -(2**63) - 1,
        "\ud800",
        {"\ud800": 1},
        [1j],
    ],
    ids=repr,
)
def test_what_could_not_be_read_back_is_not_written(value: object) -> None:
    """Packing refuses with BadFormat whatever unpacking would refuse."""
    with pytest.raises(BadFormat):
        codec.pack(value)


def test_the_deepest_value_is_sixteen_deep() -> None:
    """Sixteen lists in one another pass both ways, seventeen neither."""
    value: object = 1
    for _ in range(codec.MAX_DEPTH):
        value = [value]
    assert codec.unpack(codec.pack(value), 100) == value
    with pytest.raises(BadFormat):
        codec.pack([value])


def test_key_order_does_not_matter_to_the_writer() -> None:
    """Two dicts that are equal have one spelling, inside lists as well."""
    assert codec.pack([{"b": 1, "a": {"d": 1, "c": 2}}]) == codec.pack([{"a": {"c": 2, "d": 1}, "b": 1}])
    assert codec.pack({"b": 1, "a": 2}) == b"\x82\xa1a\x02\xa1b\x01"


def test_a_tuple_is_a_list() -> None:
    """Tuples are written as lists."""
    assert codec.pack((1, (2,))) == codec.pack([1, [2]])


def test_the_limit_is_exact() -> None:
    """A value of just the limit passes, one byte more is TooLarge."""
    data = codec.pack(b"x" * 10)
    assert codec.unpack(data, len(data)) == b"x" * 10
    with pytest.raises(TooLarge):
        codec.unpack(data, len(data) - 1)


SHAPES = {
    "blob": (codec.blob(2), b"ab", [b"a", b"abc", "ab", None, [97, 98]]),
    "blob_up_to": (codec.blob_up_to(2), b"", ["a", None, 1]),
    "text": (codec.text(2), "é!", [b"a", None, 1]),
    "whole": (codec.whole(-1, 3), 3, [4, -2, True, False, "1", None, 1.0]),
    "truth": (codec.truth, False, [0, 1, None, "true"]),
    "maybe": (codec.maybe(codec.truth), None, [0, "None"]),
    "items": (codec.items(codec.truth, 2), [True], [True, {}, b"", [1], None]),
    "row": (codec.row(codec.truth, codec.text(1)), [True, "a"], [[], [True], [True, "a", 1], ["a", True], {}, None]),
    "mapping": (codec.mapping(codec.truth, 2), {"a": True}, [[], None, {"a": 1}, {1: True}]),
}


@pytest.mark.parametrize(("shape", "good", "bad"), SHAPES.values(), ids=SHAPES.keys())
def test_shapes_take_their_own_and_nothing_else(shape: codec.Shape, good: object, bad: list[object]) -> None:
    """Each shape gives the right value back and refuses every other type or bound with BadFormat."""
    assert shape(good) == (tuple(good) if isinstance(good, list) else good)
    for value in bad:
        with pytest.raises(BadFormat):
            shape(value)


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (codec.blob_up_to(2), b"abc"),
        (codec.text(2), "abc"),
        (codec.items(codec.truth, 2), [True] * 3),
        (codec.mapping(codec.truth, 1), {"a": True, "b": True}),
        (codec.mapping(codec.truth, 1, key_limit=1), {"ab": True}),
    ],
)
def test_too_much_is_too_large(shape: codec.Shape, value: object) -> None:
    """Over a bound is TooLarge: another answer than wrong."""
    with pytest.raises(TooLarge):
        shape(value)


def test_the_library_itself_would_take_other_spellings() -> None:
    """The control: plain msgpack accepts what is refused above, so the refusals are ours."""
    assert msgpack.unpackb(b"\xcc\x05") == 5
    assert msgpack.unpackb(b"\x82\xa1a\x01\xa1a\x02") == {"a": 2}
