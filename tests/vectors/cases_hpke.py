"""Vectors for HPKE (RFC 9180) and HKDF (RFC 5869): the published ones, and every way not to open."""

from sync.core import hpke
from sync.core.errors import NotForThisKey
from sync.core.hkdf import hkdf
from sync.core.ports import Primitives, Sealing
from tests.vectors.vector import Vector, fixed, maker, replay


@maker
async def published(primitives: Primitives) -> list[Vector]:
    """What the RFCs' authors published."""
    from tests.vectors.published import rfc_5869, rfc_9180

    made = []
    names = ("skEm", "skRm", "pkRm", "enc", "info", "shared_secret", "key", "base_nonce")
    for v in rfc_9180():
        first = v["encryptions"][0]
        values = {k: v[k] for k in names} | {"aad": first["aad"], "pt": first["pt"]}
        comment = "RFC 9180's published vector for this suite in base mode, first message"
        made.append(Vector("hpke_rfc9180", "rfc9180", comment, bytes.fromhex(first["ct"]), values))
    for i, v in enumerate(rfc_5869(), 1):
        values = {"ikm": v["IKM"], "salt": v["salt"], "info": v["info"]}
        made.append(Vector(f"hkdf_rfc5869_a{i}", "hkdf", f"RFC 5869, A.{i}", bytes.fromhex(v["OKM"]), values))
    return made


@maker
async def messages(primitives: Primitives) -> list[Vector]:
    """Our own single-shot messages: opened, and refused for one reason each."""
    secret, ephemeral, info = fixed("hpke recipient"), fixed("hpke ephemeral"), b"straatcontact"
    mine = await primitives.agreement_key(secret)
    text = b"Welkom in de buurt"
    good = await hpke.seal(primitives, ephemeral, mine.public, info, text)
    empty = await hpke.seal(primitives, ephemeral, mine.public, b"", b"")
    zero = hpke.shared_secret(bytes(32), bytes(32), mine.public)
    key, nonce = hpke.key_and_nonce(zero, info)
    [forged] = await primitives.seal([Sealing(key, nonce, b"", text)])

    def one(name: str, comment: str, sealed: bytes, **other: bytes) -> Vector:
        values = {"recipient": secret, "info": info, "plaintext": text} | other
        expect = "success" if name.startswith("opens") else NotForThisKey.code
        return Vector(f"hpke_{name}", "hpke", comment, sealed, values, expect)

    return [
        one("opens", "enc ‖ ciphertext ‖ tag, sealed with this ephemeral secret", good, ephemeral=ephemeral),
        one("opens_empty", "No text and no info", empty, ephemeral=ephemeral, info=b"", plaintext=b""),
        one("other_recipient", "Sealed to someone else", good, recipient=fixed("hpke stranger")),
        one("other_info", "The info has one byte more", good, info=info + b"\0"),
        one("no_info", "The info is empty", good, info=b""),
        one("enc_bit", "The first bit of enc is flipped", _flipped(good, 0, 1)),
        one("enc_ignored_bit", "The bit of enc that X25519 ignores is flipped", _flipped(good, 31, 128)),
        one("ciphertext_bit", "One bit of the ciphertext is flipped", _flipped(good, 32, 1)),
        one("tag_bit", "The last bit of the tag is flipped", _flipped(good, len(good) - 1, 1)),
        one("tag_short", "The last byte of the tag is missing", good[:-1]),
        one("trailing", "One byte follows the tag", good + b"\0"),
        one("enc_only", "Nothing follows enc", good[:32]),
        one("enc_short", "Less than enc", good[:31]),
        one("nothing", "No bytes at all", b""),
        one("zero_enc", "Sealed to the all-zero secret, which anyone can", bytes(32) + forged),
    ]


def _flipped(data: bytes, place: int, bit: int) -> bytes:
    return data[:place] + bytes((data[place] ^ bit,)) + data[place + 1 :]


@replay("hpke")
async def _(primitives: Primitives, v: Vector) -> None:
    key = await primitives.agreement_key(v.raw("recipient"))
    assert await hpke.open_(primitives, key, v.raw("info"), v.payload) == v.raw("plaintext")
    if "ephemeral" in v.values:
        again = await hpke.seal(primitives, v.raw("ephemeral"), key.public, v.raw("info"), v.raw("plaintext"))
        assert again == v.payload


@replay("rfc9180")
async def _(primitives: Primitives, v: Vector) -> None:
    [(enc, dh)] = await primitives.agree_once([(v.raw("skEm"), v.raw("pkRm"))])
    recipient = await primitives.agreement_key(v.raw("skRm"))
    assert (enc, recipient.public) == (v.raw("enc"), v.raw("pkRm"))
    assert await primitives.agree(recipient, [enc]) == [dh]
    assert dh is not None
    shared = hpke.shared_secret(dh, enc, v.raw("pkRm"))
    assert shared == v.raw("shared_secret")
    key, nonce = hpke.key_and_nonce(shared, v.raw("info"))
    assert (key, nonce) == (v.raw("key"), v.raw("base_nonce"))
    assert await primitives.seal([Sealing(key, nonce, v.raw("aad"), v.raw("pt"))]) == [v.payload]


@replay("hkdf")
async def _(primitives: Primitives, v: Vector) -> None:
    assert hkdf(v.raw("ikm"), v.raw("salt"), v.raw("info"), len(v.payload)) == v.payload
