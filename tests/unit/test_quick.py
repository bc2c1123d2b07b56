"""The short way through an envelope never differs from the long one: what it takes is what parse_any takes, alike."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core import codec, envelope, formats, wire
from sync.core.envelope import NO_PREVIOUS, Header, Link, encode_header
from sync.core.errors import StraatError
from sync.core.ports import SIGNATURE_BYTES, TAG_BYTES
from sync.server.quick import packed, pushed, quick

WHOLE = (32, 16, 32, 32)  # sizes of organisation, device, head and key
ODD = (
    "rings",
    "twice",
    "many",
    "none",
    "number",
    "previous",
    "epoch",
    "size",
    "month",
    "nonce",
    "body",
    "first",
    "byte",
    "cut",
)


@st.composite
def envelopes(draw: st.DrawFn) -> tuple[bytes, str]:
    """One that is right, or right but for one thing (which is named)."""
    odd = draw(st.sampled_from(("", "", "", *ODD)))
    kind = draw(st.sampled_from([formats.CHANGE, formats.SENDER_KEY]))
    count = {"none": 0, "many": 9}.get(odd, draw(st.integers(2, 8) if odd in ("rings", "twice") else st.integers(1, 8)))
    rings = sorted(draw(st.sets(st.binary(min_size=16, max_size=16), min_size=count, max_size=count)))
    if odd == "rings":
        rings.reverse()
    if odd == "twice":
        rings[1] = rings[0]
    links = []
    for ring in rings:
        number = draw(st.sampled_from([0, 2**48 + 1] if odd == "number" else [1, 2, 200, 2**48]))
        epoch = draw(st.sampled_from([0, 2**32 + 1] if odd == "epoch" else [1, 200, 2**32]))
        links.append(Link(ring, epoch, number, NO_PREVIOUS if (number == 1) != (odd == "previous") else b"p" * 32))
    sizes = list(WHOLE)
    if odd == "size":
        sizes[draw(st.integers(0, 3))] += draw(st.sampled_from([-1, 1]))
    month = draw(st.sampled_from([202600, 202613, 1_000_000] if odd == "month" else [0, 202601, 202612, 999_912]))
    nonce = bytes((12 if kind == formats.CHANGE else 0) + (odd == "nonce"))
    header = encode_header(Header(*(bytes(n) for n in sizes), tuple(links), month, nonce))  # type: ignore[arg-type]
    size = draw(st.sampled_from([0, 200, 257, 5000] if odd == "body" else [256, 1024, 4096]))
    first = (
        draw(st.sampled_from([bytes((kind, 1)), bytes((kind, 9)), b"\x09\x01"]))
        if odd == "first"
        else formats.prefix(kind)
    )
    data = bytearray(first + codec.pack([header, bytes(size + TAG_BYTES)]) + bytes(SIGNATURE_BYTES))
    if odd == "byte":
        data[draw(st.integers(0, min(len(data), 400) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data) - 1))] if odd == "cut" else data), odd


@given(envelopes())
@settings(max_examples=200)
def test_what_the_short_way_takes_the_long_way_takes_alike(made: tuple[bytes, str]) -> None:
    """Same id, head, author, links and month; what is refused the long way is never taken."""
    data, odd = made
    try:
        e = envelope.parse_any(data)
    except StraatError:
        assert odd
        assert quick(data) is None
        return
    short = quick(data)
    if data[:2] in (formats.prefix(formats.CHANGE), formats.prefix(formats.SENDER_KEY)):
        assert short is not None
        assert (short.id, short.links, short.expiry) == (e.id, e.header.links, e.header.expiry)
        assert short.standing == (e.header.organisation, e.header.device, e.header.head, e.header.rings)
    else:
        assert short is None


@given(st.binary(max_size=300))
def test_any_bytes_at_all_do_no_harm(data: bytes) -> None:
    """Nothing is raised, and nothing taken that is none."""
    assert quick(b"\x01\x02" + data) is None


def _decoded(body: bytes, how: Callable[[bytes], Sequence[bytes]]) -> list[bytes] | str:
    try:
        return list(how(body))
    except StraatError as error:
        return error.code


@given(
    st.lists(st.sampled_from([0, 255, 256, 300, 65_535, 65_536]), max_size=20),
    st.sampled_from(["", "", "byte", "cut", "more", "wide", "text", "many"]),
    st.integers(0, 2**20),
    st.integers(0, 255),
)
@settings(max_examples=60)
def test_a_push_is_read_the_short_way_as_the_long_way(sizes: list[int], odd: str, place: int, value: int) -> None:
    """The same envelopes or the same error, however it is spelt, damaged or filled."""
    made = [b"\xca" * size for size in sizes]
    body = bytearray(
        wire.encode([*made, "x" * 300] if odd == "text" else [*made, *[bytes(300)] * 200] if odd == "many" else made)
    )
    if odd == "byte":
        body[place % len(body)] = value
    if odd == "wide":  # 256 to 65,535 bytes with their length in 4
        body = bytearray(bytes(body).replace(b"\xc5\x01\x2c", b"\xc6\x00\x00\x01\x2c"))
    whole = bytes(body[: place % len(body)] if odd == "cut" else body + bytes(odd == "more"))
    assert _decoded(whole, pushed) == _decoded(whole, lambda b: wire.decode(wire.PUSH, b))  # type: ignore[no-any-return]


@pytest.mark.parametrize("place", range(3))
def test_a_length_that_is_spelt_at_length_is_no_push(place: int) -> None:
    """300 bytes with their length in 4, anywhere among others."""
    parts = [b"\xc5\x01\x2c" + bytes(300)] * 3
    assert _decoded(b"\x93" + b"".join(parts), pushed) == [bytes(300)] * 3
    parts[place] = b"\xc6\x00\x00\x01\x2c" + bytes(300)
    assert _decoded(b"\x93" + b"".join(parts), pushed) == "bad_format"


ANSWERS = st.recursive(
    st.binary(max_size=300) | st.text(max_size=40) | st.integers(0, 2**63 - 1) | st.booleans(),
    lambda inner: st.lists(inner, max_size=5) | st.lists(inner, max_size=5).map(tuple),
    max_leaves=30,
)


@given(ANSWERS)
def test_an_answer_packed_the_short_way_has_the_same_bytes(value: object) -> None:
    """Canonical, as every device demands."""
    assert packed(value) == wire.encode(value)


def _built(header: bytes) -> bytes:
    body = codec.pack([header, bytes(1024 + TAG_BYTES)])
    return formats.prefix(formats.CHANGE) + body + bytes(SIGNATURE_BYTES)


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("more", [-1, 1])
def test_every_id_has_its_size(place: int, more: int) -> None:
    """Organisation, device, head and key."""
    sizes = [n + more * (place == at) for at, n in enumerate(WHOLE)]
    links = (Link(b"r" * 16, 1, 1, NO_PREVIOUS),)
    header = Header(*(bytes(n) for n in sizes), links, 0, bytes(12))  # type: ignore[arg-type]
    assert quick(_built(encode_header(header))) is None


def test_a_header_spelt_another_way_is_not_taken() -> None:
    """The number 5 in one byte is; in two it is another name for the same envelope."""
    links = (Link(b"r" * 16, 1, 5, b"p" * 32),)
    header = encode_header(Header(bytes(32), bytes(16), bytes(32), bytes(32), links, 0, bytes(12)))
    assert quick(_built(header)) is not None
    odd = header.replace(b"\x01\x05\xc4\x20", b"\x01\xcc\x05\xc4\x20")
    assert len(odd) == len(header) + 1
    assert quick(_built(odd)) is None
