"""Vectors for the small formats: encoding, ids, stamps, padding, change, invitation, and what is signed."""

from dataclasses import replace
from typing import Any

from sync.core import change, codec, ids, invitation, wire
from sync.core.change import Change, Patch
from sync.core.errors import BadFormat, NewerVersion
from sync.core.hlc import Stamp
from sync.core.invitation import Invitation
from sync.core.padding import pad, unpad
from sync.core.ports import Primitives
from sync.core.roll_entry import proof_bytes
from tests.vectors.vector import Vector, fixed, maker, replay

BAD, NEWER = BadFormat.code, NewerVersion.code


@maker
async def encodings(primitives: Primitives) -> list[Vector]:
    """Canonical MessagePack, and one departure from it each."""
    value = {"a": [0, 127, 128, -1, -33, 2**64 - 1, -(2**63), None, True, "é", b"\0"], "b": {}}
    bad = {
        "long_integer": ("An integer in two bytes that fits one", b"\xcc\x05"),
        "long_text": ("Text with a length byte that fits the short form", b"\xd9\x01a"),
        "long_list": ("A list with a two-byte length", b"\xdc\x00\x01\x01"),
        "key_twice": ("A map key twice", b"\x82\xa1a\x01\xa1a\x01"),
        "key_order": ("Map keys in falling order", b"\x82\xa1b\x01\xa1a\x02"),
        "key_number": ("A map key that is a number", b"\x81\x01\x01"),
        "float": ("A float", b"\xcb" + bytes(8)),
        "extension": ("An extension", b"\xd4\x05a"),
        "timestamp": ("A timestamp", b"\xd6\xff\x00\x00\x00\x01"),
        "trailing": ("A trailing byte", b"\x01\x00"),
        "cut": ("A cut off list", b"\x92\x01"),
        "huge": ("A list that claims four thousand million items", b"\xdd\xff\xff\xff\xff"),
        "deep": ("Seventeen lists in one another", b"\x91" * 16 + b"\x90"),
        "surrogate": ("Half a surrogate pair", b"\xa3\xed\xa0\x80"),
        "nothing": ("No bytes at all", b""),
    }
    sixteen = b"\x91" * 15 + b"\x90"
    return [
        Vector("codec_plain", "codec", "Every plain type, keys in rising order", codec.pack(value)),
        Vector("codec_deepest", "codec", "Sixteen lists in one another", sixteen),
        *(Vector(f"codec_{n}", "codec", comment, data, expect=BAD) for n, (comment, data) in bad.items()),
    ]


@maker
async def names(primitives: Primitives) -> list[Vector]:
    """Each kind of id, from parts as the protocol lists them."""
    a, b, i, nonce = fixed("a"), fixed("b"), fixed("i", 16), fixed("nonce", 16)
    rings = [(fixed("r", 16), 1), (fixed("s", 16), 258)]
    made = {
        "organisation": (ids.organisation_id(a), [a]),
        "roll entry": (ids.entry_hash(a), [a]),
        "envelope": (ids.envelope_id(a), [a]),
        "device": (ids.device_id(a, b), [a, b]),
        "invitation": (ids.invitation_author(a), [a]),
        "ring": (ids.ring_id("team", i), [b"team", i]),
        "record": (ids.record_id(i, "visit", nonce), [i, b"visit", nonce]),
        "sender key": (ids.sender_key_id(a, i, rings), [a, i, *(r + e.to_bytes(8, "big") for r, e in rings)]),
    }
    return [
        Vector(
            f"id_{label.replace(' ', '_')}",
            "digest",
            f"The id of a {label}",
            made_id,
            {"label": label, "parts": codec.pack(parts)},
        )
        for label, (made_id, parts) in made.items()
    ]


@maker
async def paddings(primitives: Primitives) -> list[Vector]:
    """The steps, and padding that `pad` does not write."""
    good = {f"padding_{n}": fixed("padding", n) for n in (0, 255, 256, 1023, 4095, 4096, 9000)}
    bad = {
        "padding_no_mark": ("Only zeros", bytes(256)),
        "padding_after_mark": ("A byte hidden after the mark", b"a\x80".ljust(255, b"\0") + b"\1"),
        "padding_too_large": ("A larger step than needed", b"a\x80".ljust(1024, b"\0")),
        "padding_short": ("Not a step", b"a\x80".ljust(255, b"\0")),
    }
    return [
        *(Vector(n, "padding", f"{len(d)} bytes", pad(d), {"plain": d}) for n, d in good.items()),
        *(Vector(n, "padding", comment, d, {"plain": b"a"}, BAD) for n, (comment, d) in bad.items()),
    ]


@maker
async def changes(primitives: Primitives) -> list[Vector]:
    """A visit's detail, a removal, an erasure, and one departure each."""
    stamp = Stamp(1_764_000_000_000, 3)
    member, nonce, version = fixed("member", 16), fixed("nonce", 16), fixed("version")
    record = ids.record_id(member, "visit", nonce)
    patches = {"note": Patch("Koffie", (version,)), "wishes": Patch(["bingo"])}
    visit = Change("visit", "detail", record, stamp, patches, nonce)
    removal = Change("visit", "life", record, stamp, {"removed": Patch(True)}, None, (version,))
    rows = codec.unpack(change.encode(visit), 4096)

    def made(name: str, comment: str, data: bytes, expect: str = "success", **values: Any) -> Vector:
        return Vector(f"change_{name}", "change", comment, data, values, expect)

    def other(place: int, value: object) -> bytes:
        return codec.pack([value if i == place else row for i, row in enumerate(rows)])

    told = {"record": record, "stamp": stamp.to_bytes()}
    return [
        made("visit", "The detail of a visit, with its creation nonce", change.encode(visit), **told),
        made("removal", "A removal that names what it saw", change.encode(removal), **told),
        made("erasure", "An erasure has no fields", change.encode(Change("visit", "erase", record, stamp)), **told),
        made("newer_kind", "A kind of a newer version is read", change.encode(replace(visit, kind="moon")), **told),
        made("newer_version", "A change of version 2 is kept for later", other(0, 2), NEWER),
        made("version_0", "There is no version 0", other(0, 0), BAD),
        made("record_15", "A record id of 15 bytes", other(3, record[1:]), BAD),
        made("stamp_7", "A stamp of 7 bytes", other(5, bytes(7)), BAD),
        made("replaces_31", "A replaced version of 31 bytes", other(6, {"note": ["x", [version[1:]]]}), BAD),
        made("replaces_257", "257 replaced versions", other(6, {"note": ["x", [version] * 257]}), "too_large"),
        made("fields_65", "65 fields", other(6, {f"f{i}": ["", []] for i in range(65)}), "too_large"),
        made("trailing", "A byte after the change", change.encode(visit) + b"\0", BAD),
    ]


@maker
async def invitations(primitives: Primitives) -> list[Vector]:
    """A link's text and the keys that its seed gives, and texts that are none."""
    what = Invitation(fixed("seed"), fixed("announced"))
    text = what.to_text()
    signing, agreement = (
        await invitation.signing_key(primitives, what.seed),
        await invitation.agreement_key(primitives, what.seed),
    )
    keys = {"signing": signing.public, "agreement": agreement.public}
    bad = {
        "short": ("The last character is missing", text[:-1], BAD),
        "padded": ("With base64 padding", text + "=", BAD),
        "skipped": ("A character that decoders skip", text[:40] + "!" + text[40:], BAD),
        "format": ("Another format byte", "A" + text[1:], BAD),
        "newer": ("Version 2", text[:2] + "I" + text[3:], NEWER),
    }
    return [
        Vector("invitation_opens", "invitation", "Seed and hash", what.seed + what.announced, {"text": text} | keys),
        *(Vector(f"invitation_{n}", "invitation", c, b"", {"text": t} | keys, e) for n, (c, t, e) in bad.items()),
    ]


@maker
async def signed_messages(primitives: Primitives) -> list[Vector]:
    """What a device signs besides envelopes, entries and editions."""
    h, i, a, b, c = fixed("hash"), fixed("id", 16), fixed("a"), fixed("b"), fixed("c")
    session = {"organisation": h, "device": i, "nonce": a}
    proof = {"announced": h, "signing": a, "agreement": b}
    return [
        Vector("session_bytes", "session", "Signed to get a token", wire.session_bytes(h, i, a), session),
        Vector(
            "proof_first", "proof", "A first device brings its own ring", proof_bytes(h, a, b, c), proof | {"own": c}
        ),
        Vector("proof_next", "proof", "A next device does not", proof_bytes(h, a, b, None), proof | {"own": b""}),
    ]


@replay("codec")
async def _(primitives: Primitives, v: Vector) -> None:
    assert codec.pack(codec.unpack(v.payload, 1 << 20)) == v.payload


@replay("digest")
async def _(primitives: Primitives, v: Vector) -> None:
    digest = ids.digest(str(v.values["label"]), *codec.unpack(v.raw("parts"), 4096))
    assert digest[: len(v.payload)] == v.payload


@replay("padding")
async def _(primitives: Primitives, v: Vector) -> None:
    assert unpad(v.payload) == v.raw("plain")
    assert pad(v.raw("plain")) == v.payload


@replay("change")
async def _(primitives: Primitives, v: Vector) -> None:
    c = change.decode(v.whole())
    assert change.encode(c) == v.payload
    assert (c.record, c.stamp.to_bytes()) == (v.raw("record"), v.raw("stamp"))


@replay("invitation")
async def _(primitives: Primitives, v: Vector) -> None:
    what = Invitation.from_text(str(v.values["text"]))
    assert what.seed + what.announced == v.payload
    assert (await invitation.signing_key(primitives, what.seed)).public == v.raw("signing")
    assert (await invitation.agreement_key(primitives, what.seed)).public == v.raw("agreement")


@replay("session")
async def _(primitives: Primitives, v: Vector) -> None:
    assert wire.session_bytes(v.raw("organisation"), v.raw("device"), v.raw("nonce")) == v.payload


@replay("proof")
async def _(primitives: Primitives, v: Vector) -> None:
    own = v.raw("own") or None
    assert proof_bytes(v.raw("announced"), v.raw("signing"), v.raw("agreement"), own) == v.payload
