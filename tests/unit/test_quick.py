"""The short way through an envelope never differs from the long one: what it takes is what parse_any takes, alike."""

from hypothesis import given
from hypothesis import strategies as st

from sync.core import codec, envelope, formats, wire
from sync.core.envelope import NO_PREVIOUS, Header, Link, encode_header
from sync.core.errors import StraatError
from sync.core.ports import SIGNATURE_BYTES, TAG_BYTES
from sync.server.quick import packed, quick

MONTHS = st.sampled_from([0, 202601, 202612, 202613, 202600, 999_912, 1_000_000])
SIZES = st.sampled_from([0, 1, 200, 256, 1024, 4096])


@st.composite
def headers(draw: st.DrawFn) -> tuple[int, bytes]:
    """A kind and header bytes, most of them right."""
    count = draw(st.sampled_from([0, 1, 2, 2, 2, 3, 8, 9]))
    rings = draw(st.lists(st.binary(min_size=16, max_size=16), min_size=count, max_size=count))
    rings = draw(st.sampled_from([sorted(rings), sorted(rings), rings]))
    links = []
    for ring in rings:
        number = draw(st.sampled_from([1, 1, 2, 77, 2**48, 2**48 + 1, 0]))
        previous = NO_PREVIOUS if draw(st.booleans()) == (number == 1) else b"p" * 32
        links.append(Link(ring, draw(st.sampled_from([1, 1, 3, 2**32, 2**32 + 1, 0])), number, previous))
    kind = draw(st.sampled_from([formats.CHANGE, formats.SENDER_KEY]))
    nonce = draw(st.sampled_from([bytes(12), b"", bytes(11)] if kind == formats.CHANGE else [b"", bytes(12)]))
    sizes = draw(st.sampled_from([(32, 16, 32, 32)] * 5 + [(31, 16, 32, 32), (32, 17, 32, 32), (32, 16, 0, 32)]))
    return kind, encode_header(Header(*(bytes(s) for s in sizes), tuple(links), draw(MONTHS), nonce))  # type: ignore[arg-type]


@st.composite
def envelopes(draw: st.DrawFn) -> bytes:
    """Whole ones, damaged ones, ones of another version, and stubs."""
    kind, header = draw(headers())
    body = bytes(draw(SIZES) + TAG_BYTES)
    first = draw(st.sampled_from([formats.prefix(kind)] * 6 + [bytes((kind, 1)), bytes((kind, 9)), b"\x09\x01"]))
    data = bytearray(first + codec.pack([header, body]) + bytes(SIGNATURE_BYTES))
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.sampled_from([len(data)] * 5 + [0, 1, 66, 67, len(data) // 2]))])


@given(envelopes())
def test_what_the_short_way_takes_the_long_way_takes_alike(data: bytes) -> None:
    """Same id, head, author, links and month; what is refused the long way is never taken."""
    try:
        e = envelope.parse_any(data)
    except StraatError:
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


ANSWERS = st.recursive(
    st.binary(max_size=300) | st.text(max_size=40) | st.integers(0, 2**63 - 1) | st.booleans(),
    lambda inner: st.lists(inner, max_size=5) | st.lists(inner, max_size=5).map(tuple),
    max_leaves=30,
)


@given(ANSWERS)
def test_an_answer_packed_the_short_way_has_the_same_bytes(value: object) -> None:
    """Canonical, as every device demands."""
    assert packed(value) == wire.encode(value)
