"""Vectors for frames and what they carry: a short series whole, and one slip each."""

from sync.core import bundle, frames
from sync.core.bundle import Bundle
from sync.core.errors import BadFormat, NewerVersion, TooLarge
from sync.core.frames import Collector, Series
from sync.core.ids import digest
from sync.core.ports import Primitives
from tests.vectors.vector import Vector, fixed, maker, replay

BAD, NEWER, LARGE = BadFormat.code, NewerVersion.code, TooLarge.code


def _checked(said: bytes) -> bytes:
    return said + digest("frame", said)[: frames.CHECK_BYTES]


@maker
async def series(primitives: Primitives) -> list[Vector]:
    """Three blocks and two parities of one series; what no reader takes."""
    content = fixed("content", 100)
    made = Series(content, 40)
    one = made.frame(0)
    said = one[: -frames.CHECK_BYTES]
    at = 2 + frames.NAME_BYTES
    bad = {
        "check": ("One bit of the block is another", said[:-1] + bytes((said[-1] ^ 1,)) + one[-4:], BAD),
        "cut": ("Cut off", one[:-1], BAD),
        "no_block": ("No block at all", _checked(said[: at + 5]), BAD),
        "loose": (
            "Blocks that are fuller than they need be",
            _checked(said[:at] + (81).to_bytes(3, "big") + said[at + 3 :]),
            BAD,
        ),
        "format": ("The first byte of a bundle", _checked(b"\x0d" + said[1:]), BAD),
        "version": ("A later version", _checked(said[:1] + b"\x02" + said[2:]), NEWER),
        "size": (
            "A series of more bytes than the bound",
            _checked(said[:at] + (frames.MAX_CONTENT_BYTES + 1).to_bytes(3, "big") + bytes(2 + 400)),
            LARGE,
        ),
        "blocks": (
            "A series of 513 blocks",
            _checked(said[:at] + (513 * 16).to_bytes(3, "big") + bytes(2 + 16)),
            LARGE,
        ),
        "empty": ("A series of no bytes", _checked(said[:at] + bytes(3) + bytes(2 + 16)), LARGE),
        "long": ("A block over the bound", _checked(said[: at + 5] + bytes(frames.MAX_BLOCK_BYTES + 1)), LARGE),
    }
    return [
        *(
            Vector(
                f"frame_{n}",
                "frame",
                f"Number {n} of a series of three blocks{', a parity' if n > 2 else ''}",
                made.frame(n),
                {"number": n, "text": frames.to_text(made.frame(n)), "content": content, "block": made.block},
            )
            for n in range(5)
        ),
        *(Vector(f"frame_{n}", "frame", comment, data, expect=e) for n, (comment, data, e) in bad.items()),
    ]


@maker
async def whole(primitives: Primitives) -> list[Vector]:
    """Series from which the bytes follow, and one that contradicts its name."""
    content = fixed("content", 100)
    made = Series(content, 40)
    lie = _checked(made.frame(0)[: -frames.CHECK_BYTES - 1] + b"!")
    rows = {
        "blocks": ("The three blocks", [made.frame(n) for n in (2, 0, 1)]),
        "parities": ("One block and parities", [made.frame(n) for n in (1, 3, 4, 5, 6, 7)]),
    }
    return [
        *(
            Vector(f"series_{name}", "series", comment, content, {"frames": b"".join(some)})
            for name, (comment, some) in rows.items()
        ),
        Vector(
            "series_lie",
            "series",
            "A block that its series' name does not fit",
            content,
            {"frames": lie + made.frame(1) + made.frame(2)},
            BAD,
        ),
    ]


@maker
async def bundles(primitives: Primitives) -> list[Vector]:
    """What frames carry: two envelopes that begin alike, and one slip each."""
    ring, names = fixed("ring", 16), sorted((fixed("a", 8), fixed("b", 8)))
    alike = fixed("header", 60)
    some = (alike + fixed("one", 40), alike + fixed("two", 40))
    made = bundle.encode(Bundle(ring, {names[0]: 3, names[1]: 70}, some))
    first, at = bundle.encode(Bundle(ring, {names[0]: 3, names[1]: 70})), made.index(b"\x3c\xc4")
    bad = {
        "less_shared": (
            "Less shared than there is",
            made.replace(b"\x92\x3c\xc4\x28", b"\x92\x3b\xc4\x29" + some[1][59:60], 1),
            BAD,
        ),
        "more_shared": ("More shared than the one before has", made[:at] + b"\x7f" + made[at + 1 :], BAD),
        "order": ("Devices in falling order", first.replace(names[0], names[1], 1), BAD),
        "trailing": ("A trailing byte", made + b"\0", BAD),
        "format": ("The first byte of a frame", b"\x0c" + made[1:], BAD),
        "version": ("A later version", made[:1] + b"\x02" + made[2:], NEWER),
    }
    return [
        Vector(
            "bundle", "bundle", "What one has of two devices, and two envelopes", made, {"envelopes": b"".join(some)}
        ),
        Vector("bundle_empty", "bundle", "Only what one has", first, {"envelopes": b""}),
        *(Vector(f"bundle_{n}", "bundle", comment, data, expect=e) for n, (comment, data, e) in bad.items()),
    ]


@replay("frame")
async def _(primitives: Primitives, v: Vector) -> None:
    frame = frames.parse(v.payload)
    made = Series(v.raw("content"), v.number("block"))
    assert (frame.index, frame.name, frame.size) == (v.number("number"), made.name, made.size)
    assert made.frame(frame.index) == v.payload
    assert frames.from_text(str(v.values["text"])) == v.payload
    assert frames.to_text(v.payload) == v.values["text"]


@replay("series")
async def _(primitives: Primitives, v: Vector) -> None:
    data, seen = v.raw("frames"), Collector()
    size = len(Series(v.payload, 40).frame(0))
    for start in range(0, len(data), size):
        seen.add(frames.parse(data[start : start + size]))
    if seen.content is None:
        raise BadFormat("never whole")
    assert seen.content == v.payload


@replay("bundle")
async def _(primitives: Primitives, v: Vector) -> None:
    parsed = bundle.parse(v.payload)
    assert b"".join(parsed.envelopes) == v.raw("envelopes")
    assert bundle.encode(parsed) == v.payload
