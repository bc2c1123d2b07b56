"""Whatever bytes come in, a parser gives a value or a typed error: never another exception, never a crash."""

import msgpack
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sync.core import wire
from sync.core.errors import StraatError
from tests.property.samples import SHAPES, Parser, specimens

common = settings(max_examples=60, deadline=None)
NAMES = sorted(specimens())
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=70),
    lambda inner: (
        st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=4) | st.integers(0, 3), inner, max_size=3)
    ),
    max_leaves=20,
)
tails = st.binary(max_size=90)
BOMBS = [
    b"\xdd\xff\xff\xff\xff",
    b"\xdf\xff\xff\xff\xff",
    b"\xdb\x7f\xff\xff\xff",
    b"\xc9\xff\xff\xff\xff\xff",
    b"\x91" * 2000,
]


def tried(parser: Parser, data: bytes) -> None:
    """Parse; a typed error is as good as a value."""
    code = ""
    try:
        parser(data)
    except StraatError as error:
        code = error.code
    assert code in {"", "bad_format", "too_large", "newer_version"}


@pytest.mark.parametrize("name", NAMES)
def test_specimens_are_valid(name: str) -> None:
    """What is mutated below does parse when it is left alone."""
    parser, data = specimens()[name]
    parser(data)


def test_every_wire_shape_has_a_specimen() -> None:
    """A message added to the wire has to be fuzzed."""
    shapes = {name for name, shape in vars(wire).items() if name.isupper() and callable(shape)}
    assert {n.removeprefix("wire ") for n in NAMES if n.startswith("wire ")} == set(SHAPES) == shapes


@common
@pytest.mark.parametrize("name", NAMES)
@given(st.data())
def test_any_bytes(name: str, data: st.DataObject) -> None:
    """Random bytes, and random bytes behind the right first ones."""
    parser, good = specimens()[name]
    noise = data.draw(tails)
    tried(parser, noise)
    tried(parser, good[:2] + noise)


@common
@pytest.mark.parametrize("name", NAMES)
@given(value=values, tail=tails)
@example(value=[], tail=bytes(64))
def test_any_value_of_the_right_format(name: str, value: object, tail: bytes) -> None:
    """Well-formed MessagePack that says something else, with and without first bytes and signature."""
    parser, good = specimens()[name]
    body = msgpack.packb(value)
    tried(parser, body)
    tried(parser, good[:2] + body + bytes(64))
    tried(parser, good[:2] + body + tail)
    tried(parser, good[:2] + msgpack.packb([bytes(32), bytes(16), value]) + bytes(64))


@common
@pytest.mark.parametrize("name", NAMES)
@given(st.data())
def test_a_valid_one_altered(name: str, data: st.DataObject) -> None:
    """Bytes replaced, cut out, put in or turned into a claim of gigabytes, anywhere."""
    parser, good = specimens()[name]
    start = data.draw(st.integers(0, len(good)))
    stop = data.draw(st.integers(start, min(len(good), start + 40)))
    middle = data.draw(st.one_of(st.binary(max_size=12), st.sampled_from(BOMBS), st.just(good[start:stop] * 2)))
    tried(parser, good[:start] + middle + good[stop:])


@pytest.mark.parametrize("name", NAMES)
def test_a_valid_one_cut_off(name: str) -> None:
    """At every length, and with each of the bombs at the end."""
    parser, good = specimens()[name]
    for size in range(min(len(good), 700)):
        tried(parser, good[:size])
    for bomb in BOMBS:
        tried(parser, good + bomb)
        tried(parser, bomb + good)
        tried(parser, good[:2] + bomb + bytes(64))
