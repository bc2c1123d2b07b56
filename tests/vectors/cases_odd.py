"""Vectors for envelopes, changes and stamps of which one value is not as the protocol says."""

from typing import Any

from sync.core import change, codec, envelope, formats, hlc, hpke, invitation
from sync.core.errors import NotForThisKey
from sync.core.ports import Primitives
from tests.vectors.odd import BAD, LARGE, Wrong, bytes_of, bytes_up_to, departures, items, text_of, whole
from tests.vectors.vector import Vector, fixed, maker, replay

HASH, ID = fixed("hash"), fixed("id", 16)
LINK = [ID, 1, 2, HASH]
HEADER = [HASH, ID, HASH, HASH, [LINK], 202811, fixed("nonce", 12)]
BODY = bytes(256 + 16)
SIGNATURE = fixed("signature", 64)  # never looked at: all of these are refused before


def _envelope(header: Any, body: Any = BODY, first: bytes = b"\1\1", extra: tuple[Any, ...] = ()) -> bytes:
    return first + codec.pack([header if isinstance(header, str) else codec.pack(header), body, *extra]) + SIGNATURE


@maker
async def envelopes(primitives: Primitives) -> list[Vector]:
    """Each value of the header and of a link; the two parts; the first bytes."""

    def one(name: str, comment: str, data: bytes, expect: str = BAD, **values: Any) -> Vector:
        return Vector(f"envelope_{name}", "envelope", comment, data, values, expect)

    link = [
        ("ring", bytes_of(16, "A ring")),
        ("epoch", whole(1, 2**32, "An epoch")),
        ("number", whole(1, 2**48, "A number")),
        ("previous", bytes_of(32, "A previous")),
    ]
    header: list[tuple[str, list[Wrong]]] = [
        ("organisation", bytes_of(32, "The organisation")),
        ("device", bytes_of(16, "The device")),
        ("head", bytes_of(32, "The head")),
        ("key", bytes_of(32, "The key id")),
        ("links", [w for w in items(8, LINK, "links") if w[0] != "many"]),  # nine rings: cases_envelope.py
        ("expiry", whole(0, 999_912, "The expiry")),
        ("nonce", bytes_up_to(12, "The nonce")),
    ]
    links = departures(LINK, link)
    return [
        *(one(f"header_{n}", c, _envelope(value), e) for n, c, value, e in departures(HEADER, header)),
        *(one(f"link_{n}", c, _envelope([*HEADER[:4], [v], *HEADER[5:]]), e) for n, c, v, e in links),
        one("month_0", "Month 0", _envelope([*HEADER[:5], 202800, HEADER[6]])),
        one("nonce_11", "A nonce of 11 bytes", _envelope([*HEADER[:6], bytes(11)])),
        one("header_text", "The header is text", _envelope("header")),
        one("header_map", "The header is a map", _envelope({})),
        one("header_4097", "A header of 4,097 bytes", b"\1\1" + codec.pack([bytes(4097), BODY]) + SIGNATURE, LARGE),
        one("header_spelling", "The header is not in the one spelling", _respelt()),
        one("body_text", "The body is text", _envelope(HEADER, "body")),
        one("body_nothing", "A change without a body", _envelope(HEADER, b"")),
        one("one_part", "A header without a body", b"\1\1" + codec.pack([codec.pack(HEADER)]) + SIGNATURE),
        one("three_parts", "Something beside header and body", _envelope(HEADER, extra=(None,))),
        one("signature_only", "Nothing but first bytes and a signature", b"\1\1" + SIGNATURE),
        one("signature_63", "Less than first bytes and a signature", b"\1\1" + SIGNATURE[1:]),
        one("one_byte", "One byte", b"\1"),
        one("nothing", "No bytes at all", b""),
        one("version_0", "There is no version 0", _envelope(HEADER, first=b"\1\0")),
        one("format_0", "There is no format 0", _envelope(HEADER, first=b"\0\1")),
        one(
            "too_large", "A byte more than an envelope may have", b"\1\1", LARGE, zeros=envelope.MAX_ENVELOPE_BYTES + 65
        ),
    ]


def _respelt() -> bytes:
    packed = codec.pack(HEADER)
    at = packed.index(bytes(ID)) + len(ID) + len(codec.pack(HASH)) * 2 + 2 + len(codec.pack(ID))
    assert packed[at] == 1
    return b"\1\1" + codec.pack([packed[:at] + b"\xcc\1" + packed[at + 1 :], BODY]) + SIGNATURE


@maker
async def sender_keys(primitives: Primitives) -> list[Vector]:
    """What stands where one sealed key for each link must stand."""
    private = fixed("ring private 1")
    ring = min(fixed("ring 1", 16), fixed("ring 2", 16))
    author = await primitives.signing_key(fixed("author"))
    bare = [*HEADER[:4], [[ring, 1, 1, bytes(32)]], 0, b""]

    async def one(
        name: str, comment: str, body: bytes, expect: str, header: Any = bare, first: bytes = b"\2\1"
    ) -> Vector:
        unsigned = first + codec.pack([codec.pack(header), body])
        data = unsigned + (await primitives.sign(author, [unsigned]))[0]
        values = {"public": author.public, "ring": ring, "private": private}
        return Vector(f"sender_key_{name}", "sender_key", comment, data, values, expect)

    return [
        await one("grant_79", "A grant of 79 bytes", codec.pack([bytes(79)]), BAD),
        await one("grant_81", "A grant of 81 bytes", codec.pack([bytes(81)]), BAD),
        await one("too_many", "Two grants for one ring", codec.pack([bytes(80)] * 2), LARGE),
        await one("no_list", "A grant that is not in a list", codec.pack(bytes(80)), BAD),
        await one("no_body", "No body", b"", BAD),
        await one("large_body", "A body of more than 4,096 bytes", bytes(4097), LARGE),
        await one("change", "A change is no sender key", BODY, BAD, [*bare[:6], fixed("nonce", 12)], b"\1\1"),
    ]


STAMP = bytes(8)
CHANGE = [1, "visit", "detail", ID, None, STAMP, {"note": ["x", [HASH]]}, []]


@maker
async def changes(primitives: Primitives) -> list[Vector]:
    """Each value of a change and of a field."""

    def one(name: str, comment: str, data: bytes, expect: str = BAD, **values: Any) -> Vector:
        return Vector(f"change_{name}", "change", comment, data, values, expect)

    def noted(value: Any) -> bytes:
        return codec.pack([*CHANGE[:6], value, []])

    def replaced(value: Any) -> bytes:
        return noted({"note": value})

    version = [w for w in whole(1, 65_536, "The version") if w[0] == "text"]
    places: list[tuple[str, list[Wrong]]] = [
        ("version", [*version, ("true", "The version is True", True, BAD), ("minus", "The version is -1", -1, BAD)]),
        ("kind", text_of(32, "The kind")),
        ("group", text_of(32, "The group")),
        ("record", [w for w in bytes_of(16, "The record") if w[0] != "short"]),  # cases_formats.py
        ("nonce", bytes_of(16, "The nonce")),
        ("stamp", [w for w in bytes_of(8, "The stamp") if w[0] != "short"]),
        ("fields", [("list", "The fields are a list", [], BAD), ("none", "No fields", None, BAD)]),
        (
            "seen",
            [*items(change.MAX_SEEN, HASH, "seen versions"), ("short", "A seen version of 31 bytes", [HASH[1:]], BAD)],
        ),
    ]
    good = codec.pack(CHANGE)
    return [
        *(one(f"odd_{n}", c, codec.pack(value), e) for n, c, value, e in departures(CHANGE, places)),
        one("field_65", "A field's name of 65 characters", noted({"n" * 65: ["x", []]}), LARGE),
        one("field_map", "A field is a map", replaced({}), BAD),
        one("field_one", "A field without replaced versions", replaced(["x"]), BAD),
        one("field_three", "A field of three values", replaced(["x", [], None]), BAD),
        one("replaces_map", "Replaced versions in a map", replaced(["x", {}]), BAD),
        one("replaces_text", "A replaced version is text", replaced(["x", ["7" * 32]]), BAD),
        one("value_float", "A value is a float", good.replace(b"\xa1x", b"\xca" + bytes(4)), BAD),
        one("map", "A map instead of a list", codec.pack({}), BAD),
        one("empty", "An empty list", codec.pack([]), BAD),
        one("nothing", "No bytes at all", b"", BAD),
        one(
            "too_large", "A byte more than a change may have", good, LARGE, zeros=change.MAX_PLAIN_BYTES + 1 - len(good)
        ),
    ]


@maker
async def small(primitives: Primitives) -> list[Vector]:
    """Stamps, texts that are no invitation, and a ring to which nobody can seal."""
    stamp = hlc.Stamp(1_764_000_000_000, 3)
    told = {"millis": stamp.millis, "counter": stamp.counter}
    text = invitation.Invitation(fixed("seed"), fixed("announced")).to_text()
    texts = {
        "not_base64": ("One character is no base64", "A"),
        "nothing": ("No text at all", ""),
        "long": ("A byte too many", text + "AA"),
        "other_alphabet": ("A slash, as in plain base64", text[:-1] + "/"),
        "version_0": ("There is no version 0", "BQ" + "A" + text[3:]),
        "bits": ("Bits that no byte needs", _with_bits()),
    }
    low = {
        "zero": bytes(32),
        "order_8": bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    }
    return [
        Vector("stamp_opens", "stamp", "Milliseconds and counter", stamp.to_bytes(), told),
        Vector("stamp_short", "stamp", "Seven bytes", stamp.to_bytes()[1:], told, BAD),
        Vector("stamp_long", "stamp", "Nine bytes", stamp.to_bytes() + b"\0", told, BAD),
        *(Vector(f"invitation_{n}", "invitation", c, b"", {"text": t}, BAD) for n, (c, t) in texts.items()),
        *(
            Vector(
                f"hpke_seal_{n}",
                "hpke_seal",
                "Nothing is sealed to this public",
                b"",
                {"public": p},
                NotForThisKey.code,
            )
            for n, p in low.items()
        ),
        Vector(
            "hpke_seal",
            "hpke_seal",
            "Sealed with this ephemeral secret",
            await hpke.seal(primitives, fixed("e"), (await primitives.agreement_key(fixed("r"))).public, b"i", b"t"),
            {"public": (await primitives.agreement_key(fixed("r"))).public},
        ),
    ]


def _with_bits() -> str:
    """A text of one byte fewer, whose last character has bits set that stand for nothing."""
    from base64 import urlsafe_b64encode

    data = formats.prefix(formats.INVITATION) + fixed("seed") + fixed("announced")
    text = urlsafe_b64encode(data + b"\0").rstrip(b"=").decode()
    return text[:-1] + "B"


@replay("stamp")
async def _(primitives: Primitives, v: Vector) -> None:
    assert hlc.Stamp.from_bytes(v.payload) == hlc.Stamp(v.number("millis"), v.number("counter"))
    assert hlc.Stamp.from_bytes(v.payload).to_bytes() == v.payload


@replay("hpke_seal")
async def _(primitives: Primitives, v: Vector) -> None:
    assert await hpke.seal(primitives, fixed("e"), v.raw("public"), b"i", b"t") == v.payload
