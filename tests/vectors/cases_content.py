"""Vectors for AES-256-GCM (NIST SP 800-38D) and PBKDF2-HMAC-SHA256 (RFC 8018)."""

from sync.core.errors import NotForThisKey
from sync.core.ports import Primitives, Sealing
from tests.vectors.vector import Vector, fixed, maker, replay


@maker
async def sealed(primitives: Primitives) -> list[Vector]:
    """Opened, and not opened for one reason each."""
    key, nonce, aad, text = fixed("gcm key"), fixed("gcm nonce", 12), b"header", b"tekst van een verslag"
    right = Sealing(key, nonce, aad, text)
    good, empty = await primitives.seal([right, right._replace(aad=b"", data=b"")])
    [long] = await primitives.seal([right._replace(data=fixed("long text", 1000))])

    def one(name: str, comment: str, data: bytes = good, **other: bytes) -> Vector:
        values = {"key": key, "nonce": nonce, "aad": aad, "plaintext": text} | other
        expect = "success" if name.startswith("opens") else NotForThisKey.code
        return Vector(f"gcm_{name}", "gcm", comment, data, values, expect)

    spec = "GCM specification, test case 14: everything zero"
    zeros = {"key": bytes(32), "nonce": bytes(12), "aad": b"", "plaintext": bytes(16)}
    case_14 = bytes.fromhex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919")
    return [
        one("opens", "ciphertext ‖ tag"),
        one("opens_empty", "Only a tag", empty, aad=b"", plaintext=b""),
        one("opens_long", "More than one block", long, plaintext=fixed("long text", 1000)),
        one("opens_specification", spec, case_14, **zeros),
        one("other_key", "Another key", key=fixed("other")),
        one("other_nonce", "Another nonce", nonce=fixed("other", 12)),
        one("other_aad", "Another header", aad=b"Header"),
        one("no_aad", "No header", aad=b""),
        one("text_bit", "One bit of the ciphertext is flipped", bytes((good[0] ^ 1,)) + good[1:]),
        one("tag_bit", "One bit of the tag is flipped", good[:-1] + bytes((good[-1] ^ 1,))),
        one("tag_short", "The tag is one byte short", good[:-1]),
        one("trailing", "One byte follows the tag", good + b"\0"),
        one("nothing", "No bytes at all", b""),
        one("key_128", "A key of 128 bits", key=key[:16]),
        one("nonce_64", "A nonce of 64 bits", nonce=nonce[:8]),
    ]


@maker
async def stretched(primitives: Primitives) -> list[Vector]:
    """RFC 7914, 11 (first 32 bytes of each), and a PIN with our least number of rounds."""
    cases = {
        "rfc7914_1": (b"passwd", b"salt", 1),
        "rfc7914_2": (b"Password", b"NaCl", 80_000),
        "600000": (b"194728", fixed("pbkdf2 salt", 16), 600_000),
    }
    return [
        Vector(
            f"pbkdf2_{name}",
            "pbkdf2",
            "RFC 7914, 11" if name.startswith("rfc") else "Six digits, 600,000 rounds",
            await primitives.stretch(secret, salt, rounds),
            {"secret": secret, "salt": salt, "rounds": rounds},
        )
        for name, (secret, salt, rounds) in cases.items()
    ]


@replay("gcm")
async def _(primitives: Primitives, v: Vector) -> None:
    s = Sealing(v.raw("key"), v.raw("nonce"), v.raw("aad"), v.payload)
    [plain] = await primitives.open([s])
    if plain is None:
        raise NotForThisKey()
    assert plain == v.raw("plaintext")
    assert await primitives.seal([s._replace(data=plain)]) == [v.payload]


@replay("pbkdf2")
async def _(primitives: Primitives, v: Vector) -> None:
    assert await primitives.stretch(v.raw("secret"), v.raw("salt"), v.number("rounds")) == v.payload
