"""HPKE and HKDF: the RFCs' own bytes, `cryptography` as second opinion both ways, and what is refused."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.platform.native_crypto import NativePrimitives
from sync.core import hpke
from sync.core.errors import NotForThisKey
from sync.core.hkdf import expand, extract, hkdf
from sync.core.ports import Sealing
from tests.vectors.published import rfc_5869, rfc_9180

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
SEED, OTHER = bytes(range(32)), bytes(range(32, 64))

seeds = st.binary(min_size=32, max_size=32)
texts = st.binary(max_size=5000)
infos = st.binary(max_size=300)


class Counting:
    """Primitives that count how often each call crosses the port."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self._real = NativePrimitives()

    def __getattr__(self, name: str) -> Any:
        async def call(*args: Any) -> Any:
            self.calls[name] += 1
            return await getattr(self._real, name)(*args)

        return call


def test_rfc_9180_vectors_hold() -> None:
    """Shared secret, key, nonce and first ciphertext are those that RFC 9180's authors published."""
    found = rfc_9180()
    assert found

    async def replay(v: dict[str, bytes], first: dict[str, bytes]) -> None:
        p = NativePrimitives()
        [(enc, dh)] = await p.agree_once([(v["skEm"], v["pkRm"])])
        assert (enc, dh is None) == (v["enc"], False)
        shared = hpke.shared_secret(dh or b"", enc, v["pkRm"])
        assert shared == v["shared_secret"]
        key, nonce = hpke.key_and_nonce(shared, v["info"])
        assert (key, nonce) == (v["key"], v["base_nonce"])
        assert await p.seal([Sealing(key, nonce, first["aad"], first["pt"])]) == [first["ct"]]
        recipient = await p.agreement_key(v["skRm"])
        assert recipient.public == v["pkRm"]
        sealed = await hpke.seal(p, v["skEm"], v["pkRm"], v["info"], first["pt"])
        assert sealed[:32] == v["enc"]
        assert await hpke.open_(p, recipient, v["info"], sealed) == first["pt"]

    for vector in found:
        plain = {k: bytes.fromhex(x) for k, x in vector.items() if isinstance(x, str)}
        asyncio.run(replay(plain, {k: bytes.fromhex(x) for k, x in vector["encryptions"][0].items()}))


def test_rfc_5869_vectors_hold() -> None:
    """HKDF-SHA256 gives the bytes of RFC 5869, appendix A."""
    cases = rfc_5869()
    assert len(cases) == 3
    for v in cases:
        ikm, salt, info, prk, okm = (bytes.fromhex(v[k]) for k in ("IKM", "salt", "info", "PRK", "OKM"))
        assert extract(salt, ikm) == prk
        assert expand(prk, info, int(v["L"])) == hkdf(ikm, salt, info, int(v["L"])) == okm


def test_hkdf_refuses_more_than_it_can_give() -> None:
    """8,160 bytes are the most (RFC 5869, 2.3)."""
    assert len(hkdf(b"k", b"", b"", 8160)) == 8160
    with pytest.raises(ValueError, match="8160"):
        hkdf(b"k", b"", b"", 8161)


@given(seed=seeds, ephemeral=seeds, info=infos, text=texts)
@settings(deadline=None, max_examples=60)
def test_what_we_seal_cryptography_opens(seed: bytes, ephemeral: bytes, info: bytes, text: bytes) -> None:
    """Another implementation opens what ours sealed, with the same info and no other."""
    private = X25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes_raw()
    sealed = asyncio.run(hpke.seal(NativePrimitives(), ephemeral, public, info, text))
    assert len(sealed) == 32 + len(text) + 16
    assert SUITE.decrypt(sealed, private, info) == text
    with pytest.raises(InvalidTag):
        SUITE.decrypt(sealed, private, info + b"!")


@given(seed=seeds, info=infos, text=texts)
@settings(deadline=None, max_examples=60)
def test_what_cryptography_seals_we_open(seed: bytes, info: bytes, text: bytes) -> None:
    """Ours opens what another implementation sealed, with the same info and no other."""

    async def both() -> tuple[bytes, list[bytes | None]]:
        p = NativePrimitives()
        key = await p.agreement_key(seed)
        sealed = SUITE.encrypt(text, X25519PublicKey.from_public_bytes(key.public), info)
        return await hpke.open_(p, key, info, sealed), await hpke.open_many(p, key, [(info + b"!", sealed)])

    assert asyncio.run(both()) == (text, [None])


@example(seed=SEED, place=31, bit=7, text=b"the bit of enc that X25519 itself ignores")
@given(seed=seeds, place=st.integers(min_value=0), bit=st.integers(0, 7), text=st.binary(max_size=100))
@settings(deadline=None, max_examples=100)
def test_one_changed_bit_opens_nothing(seed: bytes, place: int, bit: int, text: bytes) -> None:
    """Whatever bit of enc, text or tag is flipped, nothing opens, and the answer is always the same error."""

    async def attempt() -> None:
        p = NativePrimitives()
        key = await p.agreement_key(seed)
        sealed = bytearray(await hpke.seal(p, OTHER, key.public, b"info", text))
        sealed[place % len(sealed)] ^= 1 << bit
        with pytest.raises(NotForThisKey):
            await hpke.open_(p, key, b"info", bytes(sealed))

    asyncio.run(attempt())


def test_anything_too_short_opens_nothing() -> None:
    """Every truncation, down to nothing at all, is the same error."""

    async def attempt() -> None:
        p = NativePrimitives()
        key = await p.agreement_key(SEED)
        sealed = await hpke.seal(p, OTHER, key.public, b"", b"hallo")
        for length in range(len(sealed)):
            with pytest.raises(NotForThisKey):
                await hpke.open_(p, key, b"", sealed[:length])

    asyncio.run(attempt())


@pytest.mark.parametrize("public", [bytes(32), (1).to_bytes(32, "little"), b"", bytes(31)])
def test_a_key_that_gives_zero_is_refused(public: bytes) -> None:
    """Nothing is sealed to a public key with which the shared secret would be known to all."""
    with pytest.raises(NotForThisKey):
        asyncio.run(hpke.seal(NativePrimitives(), SEED, public, b"", b"secret"))


def test_an_enc_that_gives_zero_opens_nothing() -> None:
    """A message sealed to the all-zero secret, which anyone can make, is not opened."""

    async def attempt() -> None:
        p = NativePrimitives()
        key = await p.agreement_key(SEED)
        enc = bytes(32)
        content, nonce = hpke.key_and_nonce(hpke.shared_secret(bytes(32), enc, key.public), b"")
        [ct] = await p.seal([Sealing(content, nonce, b"", b"forged")])
        with pytest.raises(NotForThisKey):
            await hpke.open_(p, key, b"", enc + ct)

    asyncio.run(attempt())


def test_many_cross_as_often_as_one() -> None:
    """Sealing to fifty and opening fifty cross the port twice each, as for one."""

    async def crossings(count: int) -> tuple[Counter[str], Counter[str]]:
        sealing, opening = Counting(), Counting()
        key = await NativePrimitives().agreement_key(SEED)
        messages = [hpke.ToSeal(bytes((i,)) * 32, key.public, bytes((i,)), b"%d" % i) for i in range(1, count + 1)]
        sealed = await hpke.seal_many(sealing, messages)
        opened = await hpke.open_many(opening, key, [(m.info, s) for m, s in zip(messages, sealed, strict=True)])
        assert opened == [m.plaintext for m in messages]
        return sealing.calls, opening.calls

    assert asyncio.run(crossings(1)) == asyncio.run(crossings(50))
    assert [c.total() for c in asyncio.run(crossings(50))] == [2, 2]


def test_one_bad_message_leaves_the_rest() -> None:
    """In a batch what does not open is None, in its place, and the rest opens."""

    async def attempt() -> None:
        p = NativePrimitives()
        mine, theirs = await p.agreement_key(SEED), await p.agreement_key(OTHER)
        fine = await hpke.seal(p, OTHER, mine.public, b"i", b"fine")
        foreign = await hpke.seal(p, SEED, theirs.public, b"i", b"not mine")
        batch = [(b"i", fine), (b"i", foreign), (b"i", b""), (b"other", fine), (b"i", fine)]
        assert await hpke.open_many(p, mine, batch) == [b"fine", None, None, None, b"fine"]

    asyncio.run(attempt())
