"""Vectors for envelopes, sender keys and ring grants: opened, and refused for one reason each."""

from dataclasses import replace

from sync.core import codec, envelope, formats, hpke, ring, sender_key
from sync.core.envelope import Draft, Header, encode_header, parse
from sync.core.errors import BadFormat, BadSignature, NewerVersion, NotForThisKey, TooLarge
from sync.core.ids import sender_key_id
from sync.core.ports import Primitives, Sealing, SigningKey
from tests.vectors.vector import Vector, fixed, maker, replay

KEY, TEXT = fixed("content key"), b"Mevrouw komt graag koffiedrinken"
SECRET, EPHEMERAL = fixed("author"), (fixed("ephemeral 1"), fixed("ephemeral 2"))
RINGS = tuple(sorted((fixed("ring 1", 16), fixed("ring 2", 16))))
PRIVATES = dict(zip(RINGS, (fixed("ring private 1"), fixed("ring private 2")), strict=True))
DEVICE, ORGANISATION = fixed("device", 16), fixed("organisation")
NAME = sender_key_id(KEY, DEVICE, [(r, 1) for r in RINGS])
CHANGE, SENDER_KEY = formats.prefix(formats.CHANGE), formats.prefix(formats.SENDER_KEY)
BAD = BadFormat.code


def header(number: int, previous: bytes, nonce: bytes) -> Header:
    """A header in both rings."""
    links = tuple(envelope.Link(r, 1, number, previous) for r in RINGS)
    return Header(ORGANISATION, DEVICE, fixed("head"), NAME, links, 202811 if nonce else 0, nonce)


async def _signed(primitives: Primitives, key: SigningKey, unsigned: bytes) -> bytes:
    return unsigned + (await primitives.sign(key, [envelope.to_sign(unsigned)]))[0]


async def _granted(primitives: Primitives, keys: tuple[bytes, bytes], name: bytes = NAME) -> bytes:
    made = []
    for r, seed, key in zip(RINGS, EPHEMERAL, keys, strict=True):
        public = (await primitives.agreement_key(PRIVATES[r])).public
        made.append(await hpke.seal(primitives, seed, public, sender_key.info(ORGANISATION, r, 1, DEVICE, name), key))
    return codec.pack(made)


@maker
async def sender_keys(primitives: Primitives) -> list[Vector]:
    """Granted to two rings, and tricks with it."""
    author = await primitives.signing_key(SECRET)
    first = header(1, envelope.NO_PREVIOUS, b"")

    async def one(
        name: str, comment: str, body: bytes, ring_: bytes, expect: str = "success", **other: bytes
    ) -> Vector:
        data = await envelope.seal(primitives, author, Draft(first, body))
        values = {"public": author.public, "ring": ring_, "private": PRIVATES[RINGS[0]], "key": KEY} | other
        return Vector(f"sender_key_{name}", "sender_key", comment, data, values, expect)

    good, trick = await _granted(primitives, (KEY, KEY)), await _granted(primitives, (KEY, fixed("other key")))
    moved = await _granted(primitives, (KEY, KEY), fixed("another id"))
    one_ring = codec.pack(codec.unpack(good, 4096)[:1])
    second = {"private": PRIVATES[RINGS[1]]}
    stranger = {"private": fixed("stranger")}
    return [
        await one("opens", "The first ring opens it", good, RINGS[0]),
        await one("opens_second", "The second ring opens the same key", good, RINGS[1], **second),
        await one("two_keys", "The second ring is granted another key", trick, RINGS[1], BAD, **second),
        await one("other_private", "Another private half", good, RINGS[0], NotForThisKey.code, **stranger),
        await one("other_ring", "No grant for this ring", good, fixed("ring 3", 16), NotForThisKey.code),
        await one("moved", "Grants that were bound to another key id", moved, RINGS[0], NotForThisKey.code),
        await one("too_few", "One grant for two rings", one_ring, RINGS[0], BAD),
    ]


@maker
async def changes(primitives: Primitives) -> list[Vector]:
    """A change under that key, and one thing wrong with each."""
    author, other = await primitives.signing_key(SECRET), await primitives.signing_key(fixed("other author"))
    right = header(2, fixed("previous"), fixed("nonce", 12))
    good = await envelope.seal(primitives, author, Draft(right, TEXT, KEY))
    body = parse(good).body

    def one(name: str, comment: str, data: bytes, expect: str = "success", **other: bytes) -> Vector:
        values = {"public": author.public, "key": KEY, "plaintext": TEXT} | other
        return Vector(f"envelope_{name}", "envelope", comment, data, values, expect)

    async def around(h: Header, sealed: bytes = body, prefix: bytes = CHANGE) -> bytes:
        return await _signed(primitives, author, prefix + codec.pack([encode_header(h), sealed]))

    [hidden] = await primitives.seal([Sealing(KEY, right.nonce, parse(good).aad, TEXT.ljust(256, b"x"))])
    link = right.links[0]
    moved, stolen = replace(right, key=sender_key_id(KEY, DEVICE, [(RINGS[0], 1)])), replace(right, key=fixed("k"))
    thin = await envelope.seal(primitives, author, Draft(moved, TEXT, KEY))
    return [
        one("opens", "A change in two rings", good, author=SECRET),
        one(
            "signature_bit",
            "The last bit of the signature is flipped",
            good[:-1] + bytes((good[-1] ^ 1,)),
            BadSignature.code,
        ),
        one(
            "body_bit",
            "The last bit of the body is flipped",
            good[:-65] + bytes((good[-65] ^ 1,)) + good[-64:],
            BadSignature.code,
        ),
        one(
            "other_author", "Signed by another device", await _signed(primitives, other, good[:-64]), BadSignature.code
        ),
        one(
            "other_expiry",
            "Another month in the header, signed anew",
            await around(replace(right, expiry=202812)),
            NotForThisKey.code,
        ),
        one(
            "other_head",
            "Another roll head, signed anew",
            await around(replace(right, head=fixed("x"))),
            NotForThisKey.code,
        ),
        one(
            "other_nonce",
            "Another nonce, signed anew",
            await around(replace(right, nonce=bytes(12))),
            NotForThisKey.code,
        ),
        one("other_key", "Another content key", good, BAD, key=fixed("other key")),
        one("key_for_fewer_rings", "A key that was made for the first ring only", thin, BAD),
        one("key_id", "A key id that is not the key's", await around(stolen), BAD),
        one("no_padding", "The plaintext has no padding mark", await around(right, hidden), BAD),
        one("unpadded", "A body that tells its size", await around(right, bytes(48)), BAD),
        one("ring_order", "Rings in falling order", await around(replace(right, links=right.links[::-1])), BAD),
        one("ring_twice", "A ring twice", await around(replace(right, links=(link, link))), BAD),
        one("no_ring", "In no ring", await around(replace(right, links=())), BAD),
        one("nine_rings", "In nine rings", await around(replace(right, links=(link,) * 9)), TooLarge.code),
        one("second_without_previous", "Number 2 without a previous", await around(_linked(right, 2, bytes(32))), BAD),
        one("first_with_previous", "Number 1 with a previous", await around(_linked(right, 1, fixed("p"))), BAD),
        one("month_13", "Month 13", await around(replace(right, expiry=202813)), BAD),
        one("no_nonce", "A change without a nonce", await around(replace(right, nonce=b"")), BAD),
        one("sender_key_nonce", "A sender key with a nonce", await around(right, prefix=SENDER_KEY), BAD),
        one("format", "The format of a roll entry", await around(right, prefix=b"\3\1"), BAD),
        one("newer", "Version 3", await around(right, prefix=b"\1\3"), NewerVersion.code),
        one("trailing", "A byte after the signature", good + b"\0", BAD),
        one("cut", "The last byte is missing", good[:-1], BAD),
    ]


@maker
async def stubs(primitives: Primitives) -> list[Vector]:
    """What is left of a change whose body is gone."""
    author = await primitives.signing_key(SECRET)
    right = header(2, fixed("previous"), fixed("nonce", 12))
    good = await envelope.seal(primitives, author, Draft(right, TEXT, KEY))
    granted = await envelope.seal(primitives, author, Draft(header(1, envelope.NO_PREVIOUS, b""), codec.pack([])))
    first = CHANGE[:1] + b"\1" + good[2:]
    left = envelope.stub(good)

    def one(name: str, comment: str, data: bytes, expect: str = "success", whole: bytes = good) -> Vector:
        return Vector(f"stub_{name}", "stub", comment, data, {"public": author.public, "whole": whole}, expect)

    def around(parts: list[bytes]) -> bytes:
        return left[:2] + codec.pack(parts) + left[-64:]

    name, hashed = encode_header(right), codec.unpack(left[2:-64], 4096)[1]
    other = encode_header(replace(right, expiry=202701))
    return [
        one("holds", "The stub of a change proves its header, under the same id", left),
        one("of_itself", "A stub is its own stub", left, whole=left),
        one("signature_bit", "A bit of the signature", left[:-1] + bytes((left[-1] ^ 1,)), BadSignature.code),
        one("other_month", "Another month in the header", around([other, hashed]), BadSignature.code),
        one("other_body", "The hash of another body", around([name, fixed("another body")]), BadSignature.code),
        one("sender_key", "A sender key leaves no stub", left, BAD, granted),
        one("first_version", "A change of version 1 leaves no stub", left, BAD, first),
        one("short_hash", "A hash of 31 bytes", around([name, hashed[:31]]), BAD),
        one("with_body", "A stub with its body", around([name, hashed, parse(good).body]), BAD),
        one("newer", "Version 2 of a stub", left[:1] + b"\2" + left[2:], NewerVersion.code),
        one("cut", "Cut off in the signature", left[:40], BAD),
        one("trailing", "A byte after the signature", left + b"\0", BAD),
    ]


def _linked(h: Header, number: int, previous: bytes) -> Header:
    return replace(h, links=tuple(replace(x, number=number, previous=previous) for x in h.links))


@maker
async def grants(primitives: Primitives) -> list[Vector]:
    """A ring's private half for one recipient."""
    secret, private, r = fixed("recipient"), fixed("ring private"), fixed("ring", 16)
    public = (await primitives.agreement_key(secret)).public
    g = await ring.grant(primitives, fixed("ephemeral"), private, ORGANISATION, r, 3, public)

    def one(name: str, comment: str, **other: bytes | int) -> Vector:
        values = {"recipient": secret, "private": private, "organisation": ORGANISATION, "ring": r, "epoch": 3} | other
        expect = "success" if name == "opens" else NotForThisKey.code
        return Vector(f"grant_{name}", "grant", comment, g.sealed, values, expect)

    return [
        one("opens", "Epoch 3 of a ring"),
        one("other_recipient", "Another recipient", recipient=fixed("other")),
        one("other_organisation", "Another organisation", organisation=bytes(32)),
        one("other_ring", "Another ring", ring=bytes(16)),
        one("other_epoch", "Another epoch", epoch=2),
    ]


@replay("envelope")
async def _(primitives: Primitives, v: Vector) -> None:
    e = parse(v.whole())
    if not (await envelope.verify(primitives, [(e, v.raw("public"))]))[0]:
        raise BadSignature()
    [plain] = await envelope.open_many(primitives, [(e, v.raw("key"))])
    if not isinstance(plain, bytes):
        raise plain
    assert plain == v.raw("plaintext")
    author = await primitives.signing_key(v.raw("author"))
    assert await envelope.seal(primitives, author, Draft(e.header, plain, v.raw("key"))) == v.payload


@replay("stub")
async def _(primitives: Primitives, v: Vector) -> None:
    e = envelope.parse_any(v.payload)
    if not (await envelope.verify(primitives, [(e, v.raw("public"))]))[0]:
        raise BadSignature()
    whole = envelope.parse_any(v.raw("whole"))
    assert envelope.stub(v.raw("whole")) == v.payload
    assert (e.id, e.header, e.gone) == (whole.id, whole.header, True)
    assert envelope.id_of(v.payload) == envelope.id_of(v.raw("whole")) == e.id


@replay("sender_key")
async def _(primitives: Primitives, v: Vector) -> None:
    e = parse(v.payload)
    assert await envelope.verify(primitives, [(e, v.raw("public"))]) == [True]
    key = await primitives.agreement_key(v.raw("private"))
    assert await sender_key.accept(primitives, e, v.raw("ring"), key) == v.raw("key")


@replay("grant")
async def _(primitives: Primitives, v: Vector) -> None:
    key = await primitives.agreement_key(v.raw("recipient"))
    g = ring.Grant(v.raw("ring"), v.number("epoch"), v.payload)
    assert await ring.accept(primitives, key, v.raw("organisation"), g) == v.raw("private")
