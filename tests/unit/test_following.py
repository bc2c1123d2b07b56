"""What goes on right behind an envelope is taken for just what the long way would take it for, and nothing else is."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core import codec, envelope, formats
from sync.core.envelope import NO_PREVIOUS, Header, Link, encode_header
from sync.core.ports import SIGNATURE_BYTES, TAG_BYTES
from sync.server.following import Following, Onward
from sync.server.store import NewEnvelope

COUNT = 4
ODD = (
    "number",
    "previous",
    "epoch",
    "ring",
    "key",
    "head",
    "device",
    "month",
    "nonce",
    "body",
    "length",
    "byte",
    "cut",
)


def _built(kind: int, header: Header, size: int, odd: str = "") -> bytes:
    header = replace(header, nonce=header.nonce + bytes(odd == "nonce"))
    body = bytes(size + (TAG_BYTES if kind == formats.CHANGE else 0) + (odd == "body"))
    inner = codec.pack([encode_header(header), body])
    if odd == "length":  # of the body, in 4 bytes where 2 are enough
        inner = inner.replace(b"\xc5" + len(body).to_bytes(2, "big"), b"\xc6" + len(body).to_bytes(4, "big"), 1)
    return formats.prefix(kind) + inner + bytes(SIGNATURE_BYTES)


def _turned(header: Header, odd: str) -> Header:
    """Something else in one place."""
    link = header.links[-1]
    links = {
        "number": replace(link, number=link.number + 1),
        "previous": replace(link, previous=b"q" * 32),
        "epoch": replace(link, epoch=link.epoch + 1),
        "ring": replace(link, ring=b"\xff" * 16),
    }
    if odd in links:
        return replace(header, links=(*header.links[:-1], links[odd]))
    if odd == "month":
        return replace(header, expiry=202711)
    sizes = {"key": 32, "head": 32, "device": 16}
    return replace(header, **{odd: b"x" * sizes[odd]}) if odd in sizes else header  # type: ignore[arg-type]


@st.composite
def pushes(draw: st.DrawFn) -> tuple[list[bytes], str, int, bool]:
    """Envelopes of one device one behind the other; at one place perhaps something odd. Whether a number gets wider."""
    kind = draw(st.sampled_from([formats.CHANGE, formats.SENDER_KEY]))
    rings = sorted(
        draw(st.sets(st.binary(min_size=16, max_size=16).filter(lambda r: r[0] < 255), min_size=1, max_size=8))
    )
    start = {ring: draw(st.sampled_from([1, 5, 125, 253, 300, 65_533, 2**32 - 3, 2**48 - 2])) for ring in rings}
    epochs = {ring: draw(st.sampled_from([1, 200, 2**32 - 1])) for ring in rings}
    odd, where = draw(st.sampled_from(("", *ODD))), draw(st.integers(1, COUNT - 1))
    month, wider = draw(st.sampled_from([0, 202601, 202712])), False
    made, previous = list[bytes](), b"p" * 32
    for step in range(COUNT):
        numbers = {ring: start[ring] + step for ring in rings}
        if max(numbers.values()) > 2**48:
            break
        wider = wider or (step > 0 and any(n in (128, 256, 65_536, 2**32) for n in numbers.values()))
        links = tuple(Link(r, epochs[r], n, NO_PREVIOUS if n == 1 else previous) for r, n in numbers.items())
        nonce = bytes([step] * 12) if kind == formats.CHANGE else b""
        header = Header(bytes(32), b"d" * 16, bytes(32), bytes(32), links, month, nonce)
        here = odd if step == where else ""
        size = draw(st.sampled_from([256, 1024, 4096]))
        data = bytearray(_built(kind, _turned(header, here), size, here))
        if here == "byte":
            data[draw(st.integers(0, len(data) - SIGNATURE_BYTES - size - 1))] ^= draw(st.integers(1, 255))
        made.append(bytes(data[: draw(st.integers(0, len(data) - 1))] if here == "cut" else data))
        previous = envelope.id_of(made[-1])
    return made, odd if where < len(made) else "", where, wider


def _long(data: bytes) -> NewEnvelope:
    e = envelope.parse_any(data)
    return NewEnvelope(e.id, e.header.device, e.header.links, e.header.expiry, data)


@given(pushes())
@settings(max_examples=60)
def test_what_is_taken_is_what_the_long_way_takes_and_stands_right_behind(
    made: tuple[list[bytes], str, int, bool],
) -> None:
    """Same id, author, places and month; the same head, key, rings and epochs; and it ends at the first odd one."""
    envelopes, odd, where, wider = made
    first = _long(envelopes[0])
    found = Following(first).taken(envelopes, 1)
    before = envelope.parse_any(first.data)
    for data, e in zip(envelopes[1:], found, strict=False):
        whole = envelope.parse_any(data)
        assert (e.id, e.device, e.expiry, e.data) == (whole.id, whole.header.device, whole.header.expiry, data)
        assert tuple(e.links) == whole.header.links
        places = tuple(Link(x.ring, x.epoch, x.number + 1, before.id) for x in before.header.links)
        assert whole.header == replace(before.header, links=places, nonce=whole.header.nonce)
        before = whole
    right = 1
    while right < len(envelopes) and not (odd and right == where):
        right += 1
    if odd in ("nonce", "byte"):  # may be one that is right all the same
        assert len(found) <= len(envelopes) - 1
    elif odd != "body" or first.data[:1] == bytes((formats.CHANGE,)):  # a sender key has a body of any size
        assert len(found) <= right - 1
    if not wider and not odd:
        assert len(found) == len(envelopes) - 1


@pytest.mark.parametrize("odd", ["", *(odd for odd in ODD if odd not in ("byte", "cut"))])
@pytest.mark.parametrize("kind", [formats.CHANGE, formats.SENDER_KEY])
def test_one_odd_thing_and_it_ends_there(kind: int, odd: str) -> None:
    """Each of them, for changes and sender keys. Only a sender key's body may have any size."""
    chain, before = list[bytes](), NO_PREVIOUS
    for number in (1, 2, 3):
        links = tuple(Link(ring * 16, 1, number, before) for ring in (b"a", b"b"))
        nonce = bytes(12 if kind == formats.CHANGE else 0)
        header, here = Header(*map(bytes, (32, 16, 32, 32)), links, 202701, nonce), odd if number == 3 else ""
        chain.append(_built(kind, _turned(header, here), 1024, here))
        before = envelope.id_of(chain[-1])
    right = not odd or (odd == "body" and kind == formats.SENDER_KEY)
    assert len(Following(_long(chain[0])).taken(chain, 1)) == 1 + right


@given(pushes(), st.binary(max_size=400))
@settings(max_examples=20)
def test_any_bytes_at_all_are_not_taken(made: tuple[list[bytes], str, int, bool], data: bytes) -> None:
    """And nothing is raised."""
    first = _long(made[0][0])
    for odd in (data, first.data + data, first.data[:60] + data, first.data):
        assert Following(first).taken([first.data, odd], 1) == []


@pytest.mark.parametrize("size", [254, 255, 256, 257, 65_534, 65_535, 65_536, 65_537])
def test_a_body_of_any_size_is_spelt_in_one_way(size: int) -> None:
    """Where its length takes another byte or two."""
    chain = list[bytes]()
    for number in (1, 2):
        links = (Link(b"r" * 16, 1, number, envelope.id_of(chain[0]) if chain else NO_PREVIOUS),)
        chain.append(_built(formats.SENDER_KEY, Header(*map(bytes, (32, 16, 32, 32)), links, 0, b""), size))
    assert [e.id for e in Following(_long(chain[0])).taken(chain, 1)] == [envelope.id_of(chain[1])]


def test_one_that_is_too_large_is_not_taken() -> None:
    """The bound that the long way has."""
    links = (Link(b"r" * 16, 1, 1, NO_PREVIOUS),)
    first = _long(_built(formats.SENDER_KEY, Header(*map(bytes, (32, 16, 32, 32)), links, 0, b""), 10))
    header = Header(*map(bytes, (32, 16, 32, 32)), (Link(b"r" * 16, 1, 2, first.id),), 0, b"")
    around = len(_built(formats.SENDER_KEY, header, 1 << 20)) - (1 << 20)
    for more, taken in ((0, 1), (1, 0)):
        data = _built(formats.SENDER_KEY, header, envelope.MAX_ENVELOPE_BYTES - around + more)
        assert len(Following(first).taken([first.data, data], 1)) == taken


@pytest.mark.parametrize("number", [127, 255, 65_535, 2**32 - 1, 2**48])
def test_where_a_number_gets_wider_or_ends_somebody_looks_closer(number: int) -> None:
    """Nothing is taken beyond; up to there it is."""
    chain, before = list[bytes](), b"p" * 32
    for n in (number - 1, number, number + 1):
        links = (Link(b"r" * 16, 1, n, before),)
        chain.append(_built(formats.SENDER_KEY, Header(*map(bytes, (32, 16, 32, 32)), links, 0, b""), 300))
        before = envelope.id_of(chain[-1])
    assert [e.data for e in Following(_long(chain[0])).taken(chain, 1)] == chain[1:2]
    assert Following(_long(chain[1])).taken(chain, 2) == []


@pytest.mark.parametrize("kind", [formats.CHANGE, formats.SENDER_KEY])
def test_what_is_named_in_another_way_is_not_taken(kind: int) -> None:
    """Envelopes of version 1, whose ids are over all of their bytes, and stubs: whatever follows, somebody looks closer."""
    chain = list[bytes]()
    for number in (1, 2):
        links = (Link(b"r" * 16, 1, number, envelope.id_of(chain[0]) if chain else NO_PREVIOUS),)
        nonce = bytes(12 if kind == formats.CHANGE else 0)
        data = _built(kind, Header(*map(bytes, (32, 16, 32, 32)), links, 0, nonce), 256)
        chain.append(bytes((kind, 1)) + data[2:])
    assert Following(_long(chain[0])).taken(chain, 1) == []
    if kind == formats.CHANGE:
        links = (Link(b"r" * 16, 1, 1, NO_PREVIOUS),)
        stub = envelope.stub(_built(kind, Header(*map(bytes, (32, 16, 32, 32)), links, 0, nonce), 256))
        assert Following(_long(stub)).taken([stub, stub], 1) == []


def test_places_further_on_are_told_as_links() -> None:
    """By place, in slices, and in order."""
    base = (Link(b"a" * 16, 2, 7, b"p" * 32), Link(b"b" * 16, 3, 9, b"p" * 32))
    onward: Sequence[Link] = Onward(base, 2, b"q" * 32)
    expected = (Link(b"a" * 16, 2, 9, b"q" * 32), Link(b"b" * 16, 3, 11, b"q" * 32))
    assert (tuple(onward), onward[1], onward[:1], len(onward)) == (expected, expected[1], expected[:1], 2)
