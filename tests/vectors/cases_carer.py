"""Vectors for the way in of care workers: the link, the sealed address, and what is refused."""

from base64 import urlsafe_b64encode

from sync.core import carer, codec, formats, hpke
from sync.core.carer import Link, Request
from sync.core.errors import BadFormat, BadInput, NewerVersion, NotForThisKey
from sync.core.padding import pad
from sync.core.ports import Primitives
from tests.vectors.vector import Vector, fixed, maker, replay

BAD, NEWER, INPUT, OTHER = BadFormat.code, NewerVersion.code, BadInput.code, NotForThisKey.code
ORGANISATION, RING = fixed("organisation"), fixed("ring", 16)


def _spelt(kind: int, value: object, version: int = 1) -> str:
    return urlsafe_b64encode(bytes((kind, version)) + codec.pack(value)).rstrip(b"=").decode()


@maker
async def links(primitives: Primitives) -> list[Vector]:
    """A link as it is, and departures from it."""
    row = [ORGANISATION, RING, 3, fixed("public")]
    kind = formats.CARER_LINK
    good = Link(ORGANISATION, RING, 3, fixed("public")).to_text()
    bad = {
        "epoch_zero": ("Epochs count from 1", _spelt(kind, [ORGANISATION, RING, 0, row[3]]), BAD),
        "public_short": ("A public key of 31 bytes", _spelt(kind, [*row[:3], fixed("public", 31)]), BAD),
        "more": ("A fifth value", _spelt(kind, [*row, 1]), BAD),
        "newer": ("Version 2", _spelt(kind, row, 2), NEWER),
        "other_format": ("The first byte of an invitation", _spelt(formats.INVITATION, row), BAD),
        "long": ("More than 2,000 characters", good + "A" * 2_000, BAD),
        "padded": ("With base64's padding", good + "=" * (-len(good) % 4 or 4), BAD),
    }
    return [
        Vector("carer_link", "carer link", "A coordinator's link", codec.pack(row), {"text": good}),
        Vector("carer_link_broken", "carer link", "Broken by a mail program", codec.pack(row), {"text": _folded(good)}),
        *(Vector(f"carer_link_{n}", "carer link", c, b"", {"text": t}, e) for n, (c, t, e) in bad.items()),
    ]


def _folded(text: str) -> str:
    return " ".join([text[:60], text[60:]])


@maker
async def requests(primitives: Primitives) -> list[Vector]:
    """An address sealed to a ring; anything but an address, and what was sealed to another."""
    key = await primitives.agreement_key(fixed("ring key"))
    link = Link(ORGANISATION, RING, 3, key.public)
    good = await carer.seal(primitives, fixed("seed"), link, "Tulpstraat 12")
    values = {"text": good.to_text(), "key": fixed("ring key")}

    async def odd(plain: bytes) -> str:
        sealed = await hpke.seal(primitives, fixed("odd seed"), key.public, carer._info(link), plain)
        return Request(ORGANISATION, RING, 3, sealed).to_text()

    moved = Request(ORGANISATION, RING, 4, good.sealed).to_text()
    bad = {
        "note": ("More than one line", await odd(pad(codec.pack(["Tulpstraat 12\nziek"]))), INPUT),
        "phone": ("A telephone number", await odd(pad(codec.pack(["Tulpstraat 12 0612345678"]))), INPUT),
        "no_number": ("No house number", await odd(pad(codec.pack(["Tulpstraat"]))), INPUT),
        "two_values": ("A second value", await odd(pad(codec.pack(["Tulpstraat 12", "ziek"]))), BAD),
        "unpadded": ("Without padding", await odd(codec.pack(["Tulpstraat 12"])), BAD),
        "other_epoch": ("Sealed for another epoch", moved, OTHER),
    }
    return [
        Vector("carer_request", "carer request", "An address, sealed", b"Tulpstraat 12", values),
        *(
            Vector(f"carer_request_{n}", "carer request", c, b"", {"text": t, "key": fixed("ring key")}, e)
            for n, (c, t, e) in bad.items()
        ),
    ]


@replay("carer link")
async def _(primitives: Primitives, v: Vector) -> None:
    found = carer.read(str(v.values["text"]))
    assert isinstance(found, Link)
    assert [found.organisation, found.ring, found.epoch, found.public] == codec.unpack(v.payload, 1024)
    assert found.to_text() == "".join(str(v.values["text"]).split())


@replay("carer request")
async def _(primitives: Primitives, v: Vector) -> None:
    found = carer.read(str(v.values["text"]))
    assert isinstance(found, Request)
    key = await primitives.agreement_key(v.raw("key"))
    assert (await carer.open_(primitives, key, found)).encode() == v.payload
