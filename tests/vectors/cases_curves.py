"""Vectors for Ed25519 (RFC 8032) and X25519 (RFC 7748): published ones, and keys and signatures to refuse."""

from hashlib import sha512

from sync.core.errors import BadSignature, NotForThisKey
from sync.core.ports import Primitives, Signed
from tests.vectors.vector import Vector, fixed, maker, replay

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
SHA_ABC = (  # RFC 8032, 7.1, TEST SHA(abc): secret, message, signature
    "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
    "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
)
LOW_ORDER = {  # the u of every point of small order, also written one too high
    "zero": bytes(32),
    "one": (1).to_bytes(32, "little"),
    "order_8": bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    "order_8_other": bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    "minus_one": (P - 1).to_bytes(32, "little"),
    "p": P.to_bytes(32, "little"),
    "p_plus_one": (P + 1).to_bytes(32, "little"),
}


@maker
async def published(primitives: Primitives) -> list[Vector]:
    """What the RFCs print."""
    from tests.vectors.published import rfc_7748, rfc_8032

    made = []
    tests = rfc_8032() | {"test_sha_abc": tuple(bytes.fromhex(x) for x in SHA_ABC)}
    for name, (secret, message, signature) in tests.items():
        public = (await primitives.signing_key(secret)).public
        values = {"secret": secret, "public": public, "signature": signature}
        made.append(Vector(f"ed25519_rfc8032_{name}", "ed25519", f"RFC 8032, 7.1, {name}", message, values))
    for i, v in enumerate(rfc_7748(), 1):
        values = {"secret": v["INPUT_SCALAR"], "public": v["INPUT_U"]}
        shared = bytes.fromhex(v["OUTPUT_U"])
        made.append(Vector(f"x25519_rfc7748_{i}", "x25519", "RFC 7748, 5.2", shared, values))
    return made


@maker
async def refused_signatures(primitives: Primitives) -> list[Vector]:
    """One thing wrong with each."""
    secret, message = fixed("ed25519"), b"Wie: de buurt"
    key = await primitives.signing_key(secret)
    other = (await primitives.signing_key(fixed("ed25519 other"))).public
    [good] = await primitives.sign(key, [message])
    above = good[:32] + (int.from_bytes(good[32:], "little") + ORDER).to_bytes(32, "little")
    one, zero = (1).to_bytes(32, "little"), bytes(32)

    def bad(name: str, comment: str, public: bytes, signature: bytes, text: bytes = message) -> Vector:
        values = {"public": public, "signature": signature}
        return Vector(f"ed25519_{name}", "ed25519", comment, text, values, BadSignature.code)

    return [
        bad("message_bit", "One bit of the message is flipped", key.public, good, b"wie: de buurt"),
        bad("message_longer", "One byte follows the message", key.public, good, message + b"\0"),
        bad("other_key", "Signed by someone else", other, good),
        bad("r_bit", "One bit of R is flipped", key.public, bytes((good[0] ^ 1,)) + good[1:]),
        bad("s_bit", "One bit of S is flipped", key.public, good[:32] + bytes((good[32] ^ 1,)) + good[33:]),
        bad("s_not_reduced", "S is larger by the order of the group", key.public, above),
        bad("zero", "All zero", key.public, bytes(64)),
        bad("short", "One byte of the signature is missing", key.public, good[:-1]),
        bad("long", "One byte follows the signature", key.public, good + b"\0"),
        bad("nothing", "No signature at all", key.public, b""),
        bad("key_short", "One byte of the key is missing", key.public[:-1], good),
        bad("key_off_curve", "No point has y = 2", (2).to_bytes(32, "little"), good),
        bad("key_identity", "Under the neutral point this would hold for every message", one, one + zero),
        bad("key_zero", "The key is a point of order 4", zero, zero + zero),
        bad("key_not_canonical", "The neutral point, y written one p too high", _high(1), one + zero),
        bad(
            "r_identity",
            "R is the neutral point, and the equation holds",
            key.public,
            _no_nonce(secret, key.public, message),
        ),
    ]


def _no_nonce(secret: bytes, public: bytes, message: bytes) -> bytes:
    """A signature made with nonce zero, which gives the secret away: R is the neutral point and S is k·a."""
    scalar = int.from_bytes(sha512(secret).digest()[:32], "little") & (2**254 - 8) | 2**254
    neutral = (1).to_bytes(32, "little")
    k = int.from_bytes(sha512(neutral + public + message).digest(), "little")
    return neutral + (k * scalar % ORDER).to_bytes(32, "little")


def _high(y: int) -> bytes:
    return (y + P).to_bytes(32, "little")


@maker
async def refused_points(primitives: Primitives) -> list[Vector]:
    """Public keys with which every secret gives zero, and keys of another length."""
    secret = fixed("x25519")
    sizes = {"short": fixed("short", 31), "long": fixed("long", 33), "nothing": b""}
    return [
        Vector(f"x25519_{name}", "x25519", comment, b"", {"secret": secret, "public": p}, NotForThisKey.code)
        for points, comment in ((LOW_ORDER, "A point of small order"), (sizes, "Not 32 bytes"))
        for name, p in points.items()
    ]


@replay("ed25519")
async def _(primitives: Primitives, v: Vector) -> None:
    if "secret" in v.values:
        key = await primitives.signing_key(v.raw("secret"))
        assert key.public == v.raw("public")
        assert await primitives.sign(key, [v.payload]) == [v.raw("signature")]
    if await primitives.verify([Signed(v.raw("public"), v.raw("signature"), v.payload)]) != [True]:
        raise BadSignature()


@replay("x25519")
async def _(primitives: Primitives, v: Vector) -> None:
    key = await primitives.agreement_key(v.raw("secret"))
    [shared] = await primitives.agree(key, [v.raw("public")])
    assert await primitives.agree_once([(v.raw("secret"), v.raw("public"))]) == [(key.public, shared)]
    if shared is None:
        raise NotForThisKey()
    assert shared == v.payload
