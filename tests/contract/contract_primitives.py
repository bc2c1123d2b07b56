"""What every implementation of the Primitives port promises. Runs on CPython and in the browser's worker.

Each case is an async function of one implementation; expected bytes are fixed, so that all agree. The cases that
demand published bytes stand in PUBLISHED: the simulation's fast stand-in (sync.simulate.fast) keeps the others.
"""

from collections.abc import Awaitable, Callable

from sync.core.ports import Primitives, Sealing, Signed

SEED, OTHER = bytes(range(32)), bytes(range(32, 64))
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
KEY, NONCE = bytes(range(32)), bytes(range(12))

Case = Callable[[Primitives], Awaitable[None]]
CASES: list[Case] = []
PUBLISHED: list[Case] = []


def case(function: Case) -> Case:
    """Make this function part of the suite."""
    CASES.append(function)
    return function


def published(function: Case) -> Case:
    """Part of the suite for whatever protects: it demands bytes that a standard gives."""
    PUBLISHED.append(function)
    return case(function)


async def refuses(attempt: Awaitable[object]) -> None:
    """Assert that this raises ValueError."""
    try:
        await attempt
    except ValueError:
        return
    raise AssertionError("was not refused")


@case
async def a_signature_holds_for_its_message_only(primitives: Primitives) -> None:
    """A signature holds for its own key and message, and for nothing that differs in one bit."""
    key, other = await primitives.signing_key(SEED), await primitives.signing_key(OTHER)
    [signature] = await primitives.sign(key, [b"welkom"])
    flipped = bytes((signature[0] ^ 1,)) + signature[1:]
    late = signature[:40] + bytes((signature[40] ^ 1,)) + signature[41:]
    assert await primitives.verify(
        [
            Signed(key.public, signature, b"welkom"),
            Signed(key.public, signature, b"welkom "),
            Signed(other.public, signature, b"welkom"),
            Signed(key.public, flipped, b"welkom"),
            Signed(key.public, late, b"welkom"),
            Signed(key.public, signature, b"welkom"),
        ]
    ) == [True, False, False, False, False, True]


@case
async def signing_is_deterministic(primitives: Primitives) -> None:
    """The same key and message give the same 64 bytes everywhere (RFC 8032), also for an empty message."""
    key = await primitives.signing_key(SEED)
    once = await primitives.sign(key, [b"", b"a" * 5000])
    assert once == await primitives.sign(key, [b"", b"a" * 5000])
    assert [len(s) for s in once] == [64, 64]


@published
async def keys_have_their_published_halves(primitives: Primitives) -> None:
    """A secret has the public half that RFC 8032 and RFC 7748 give it."""
    signing, agreement = await primitives.signing_key(SEED), await primitives.agreement_key(SEED)
    assert signing.public.hex() == "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    assert agreement.public.hex() == "8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f"


@case
async def malformed_signatures_are_false(primitives: Primitives) -> None:
    """Keys and signatures of a wrong length, off the curve or not canonical are False, never an exception."""
    key = await primitives.signing_key(SEED)
    [signature] = await primitives.sign(key, [b"m"])
    scalar = int.from_bytes(signature[32:], "little")
    bad = [
        Signed(b"", signature, b"m"),
        Signed(key.public[:31], signature, b"m"),
        Signed(key.public + b"\0", signature, b"m"),
        Signed(key.public, b"", b"m"),
        Signed(key.public, signature[:63], b"m"),
        Signed(key.public, signature + b"\0", b"m"),
        Signed(key.public, signature[:32] + (scalar + ORDER).to_bytes(32, "little"), b"m"),
        Signed((2).to_bytes(32, "little"), signature, b"m"),  # no point has y = 2
        Signed(b"\xff" * 32, signature, b"m"),
        Signed(key.public, b"\xff" * 64, b"m"),
        Signed(key.public, bytes(64), b"m"),
    ]
    assert await primitives.verify(bad) == [False] * len(bad)


@case
async def no_signature_holds_for_every_message(primitives: Primitives) -> None:
    """Points of small order, with which one signature would hold for any message, are refused."""
    identity, zero = (1).to_bytes(32, "little"), bytes(32)
    not_canonical = (P + 1).to_bytes(32, "little")
    order_two = (P - 1).to_bytes(32, "little")
    items = [
        Signed(public, point + zero, message)
        for public in (identity, not_canonical, order_two)
        for point in (identity, not_canonical, order_two)
        for message in (b"yes", b"no", b"maybe", b"4")
    ]
    assert await primitives.verify(items) == [False] * len(items)


@case
async def two_sides_agree(primitives: Primitives) -> None:
    """X25519 gives both sides the same 32 bytes, also when one of them is used once."""
    mine, theirs = await primitives.agreement_key(SEED), await primitives.agreement_key(OTHER)
    [one] = await primitives.agree(mine, [theirs.public])
    [two] = await primitives.agree(theirs, [mine.public])
    once = await primitives.agree_once([(SEED, theirs.public), (OTHER, mine.public)])
    assert one == two
    assert one is not None
    assert len(one) == 32
    assert once == [(mine.public, one), (theirs.public, one)]


@case
async def low_order_points_are_refused(primitives: Primitives) -> None:
    """A public key that makes the result all zero gives None (RFC 7748, 6.1), as does one of a wrong length."""
    key = await primitives.agreement_key(SEED)
    eight = "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"
    other_eight = "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"
    low = [
        bytes(32),
        (1).to_bytes(32, "little"),
        (P - 1).to_bytes(32, "little"),
        P.to_bytes(32, "little"),
        (P + 1).to_bytes(32, "little"),
        bytes.fromhex(eight),
        bytes.fromhex(other_eight),
    ]
    wrong_size = [b"", bytes((9,)), bytes((9,)) + bytes(30), bytes((9,)) + bytes(32)]
    assert await primitives.agree(key, low + wrong_size) == [None] * 11
    assert await primitives.agree_once([(SEED, p) for p in low + wrong_size]) == [(key.public, None)] * 11


@case
async def one_bad_item_leaves_the_rest(primitives: Primitives) -> None:
    """In a batch, what fails is None and everything else is answered, in order."""
    key, good = await primitives.agreement_key(SEED), await primitives.agreement_key(OTHER)
    first, second, third = await primitives.agree(key, [good.public, bytes(32), good.public])
    assert second is None
    assert first == third is not None
    [sealed] = await primitives.seal([Sealing(KEY, NONCE, b"", b"hallo")])
    items = [Sealing(KEY, NONCE, b"", d) for d in (sealed, sealed[:-1] + b"?", b"", sealed)]
    assert await primitives.open(items) == [b"hallo", None, None, b"hallo"]


@case
async def nothing_in_gives_nothing_out(primitives: Primitives) -> None:
    """Empty batches give empty lists."""
    signing, agreement = await primitives.signing_key(SEED), await primitives.agreement_key(SEED)
    assert await primitives.sign(signing, []) == []
    assert await primitives.verify([]) == []
    assert await primitives.agree(agreement, []) == []
    assert await primitives.agree_once([]) == []
    assert await primitives.seal([]) == []
    assert await primitives.open([]) == []


@published
async def sealing_gives_known_bytes(primitives: Primitives) -> None:
    """AES-256-GCM with a zero key and nonce gives the tags of the GCM specification (test cases 13 and 14)."""
    sealed = await primitives.seal(
        [Sealing(bytes(32), bytes(12), b"", b""), Sealing(bytes(32), bytes(12), b"", bytes(16))]
    )
    assert sealed[0].hex() == "530f8afbc74536b9a963b4f1c4cb738b"
    assert sealed[1].hex() == "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"


@case
async def nothing_opens_with_another_part(primitives: Primitives) -> None:
    """Another key, nonce, aad or one flipped bit of text or tag gives None."""
    [sealed] = await primitives.seal([Sealing(KEY, NONCE, b"header", b"text")])
    right = Sealing(KEY, NONCE, b"header", sealed)
    wrong = [
        right._replace(key=bytes(32)),
        right._replace(nonce=bytes(12)),
        right._replace(aad=b"Header"),
        right._replace(aad=b""),
        right._replace(data=bytes((sealed[0] ^ 1,)) + sealed[1:]),
        right._replace(data=sealed[:-1] + bytes((sealed[-1] ^ 128,))),
        right._replace(data=sealed[:-1]),
        right._replace(data=sealed + b"\0"),
        right._replace(data=sealed[:15]),
    ]
    assert await primitives.open([right, *wrong]) == [b"text"] + [None] * len(wrong)


@case
async def only_aes_256_with_96_bits(primitives: Primitives) -> None:
    """A shorter key or another nonce is refused when sealing and opens nothing."""
    for key, nonce in ((KEY[:16], NONCE), (KEY[:24], NONCE), (KEY + KEY, NONCE), (b"", NONCE), (KEY, b"")):
        await refuses(primitives.seal([Sealing(key, nonce, b"", b"text")]))
        assert await primitives.open([Sealing(key, nonce, b"", bytes(32))]) == [None]
    await refuses(primitives.seal([Sealing(KEY, NONCE + b"\0\0\0\0", b"", b"text")]))
    assert await primitives.open([Sealing(KEY, NONCE[:8], b"", bytes(32))]) == [None]


@case
async def what_others_sealed_smaller_does_not_open(primitives: Primitives) -> None:
    """Right tags under AES-128, AES-192 or another nonce size, which libraries would take, open nothing."""
    right = {
        (16, 12): "58e2fccefa7e3061367f1d57a4e7455a",  # GCM specification, test case 1
        (24, 12): "cd33b28ac773f74ba00ed1f312572435",  # test case 7
        (32, 16): "8312357a2111ea33b1b67eb2fe05fe86",
        (32, 8): "d77c1e0b274d9f54f9e1cb02b59420be",
    }
    items = [Sealing(bytes(k), bytes(n), b"", bytes.fromhex(tag)) for (k, n), tag in right.items()]
    assert await primitives.open(items) == [None] * 4


@case
async def a_private_key_is_32_bytes(primitives: Primitives) -> None:
    """Secrets of another length are refused."""
    for seed in (b"", SEED[:31], SEED + b"\0"):
        await refuses(primitives.signing_key(seed))
        await refuses(primitives.agreement_key(seed))
        await refuses(primitives.agree_once([(seed, bytes((9,)) + bytes(31))]))


@case
async def a_thousand_at_once(primitives: Primitives) -> None:
    """A batch of a thousand, under several keys and of all sizes, comes back whole and in order."""
    texts = [bytes((i % 251,)) * (i * 7 % 2000) for i in range(1000)]
    items = [Sealing(bytes((i % 3,)) * 32, i.to_bytes(12, "big"), b"h" * (i % 50), t) for i, t in enumerate(texts)]
    sealed = await primitives.seal(items)
    opened = await primitives.open([s._replace(data=c) for s, c in zip(items, sealed, strict=True)])
    assert opened == texts


@case
async def stretching_gives_known_bytes(primitives: Primitives) -> None:
    """PBKDF2-HMAC-SHA256 gives the published bytes (RFC 7914, 11, first half of each) and counts its rounds."""
    assert (
        await primitives.stretch(b"passwd", b"salt", 1)
    ).hex() == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
    assert (
        await primitives.stretch(b"Password", b"NaCl", 80000)
    ).hex() == "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
    assert len(await primitives.stretch(b"", b"", 2)) == 32
    await refuses(primitives.stretch(b"x", b"y", 0))


@case
async def what_python_holds_stays_as_it_was(primitives: Primitives) -> None:
    """Seeds and keys handed in are not changed by the wiping on the other side."""
    seed, key = bytes(range(32)), bytes(range(32))
    handle = await primitives.signing_key(seed)
    again = await primitives.signing_key(seed)
    await primitives.seal([Sealing(key, NONCE, b"", b"text")])
    assert handle.public == again.public
    assert seed == key == bytes(range(32))


@case
async def keys_stay_apart(primitives: Primitives) -> None:
    """Handles go on working while others come and go."""
    kept = [await primitives.signing_key(bytes((i,)) * 32) for i in range(5)]
    for i in range(20):
        await primitives.signing_key(bytes((100 + i,)) * 32)
    for i, key in enumerate(kept):
        [signature] = await primitives.sign(key, [b"m"])
        fresh = await primitives.signing_key(bytes((i,)) * 32)
        assert key.public == fresh.public
        assert await primitives.verify([Signed(fresh.public, signature, b"m")]) == [True]


@case
async def no_handle_shows_its_secret(primitives: Primitives) -> None:
    """Neither repr nor str of a handle holds the secret bytes, in any usual writing."""
    for key in (await primitives.signing_key(SEED), await primitives.agreement_key(SEED)):
        shown = repr(key) + str(key)
        assert SEED.hex() not in shown
        assert repr(SEED)[2:-1] not in shown
