"""HPKE (RFC 9180) in base mode, single shot: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.

Written once, over the Primitives port; however many messages, sealing and opening cross it twice. A sealed
message is enc (32) ‖ ciphertext ‖ tag (16). No AAD: `info` binds. A public key that makes the shared secret
all zero is refused, as RFC 9180, 7.1.4 asks.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sync.core.errors import NotForThisKey
from sync.core.hkdf import expand, extract
from sync.core.ports import AgreementKey, Primitives, Sealing

ENC_BYTES = 32
_KEM, _KDF, _AEAD = 0x0020, 0x0001, 0x0002
_KEM_SUITE = b"KEM" + _KEM.to_bytes(2, "big")
_SUITE = b"HPKE" + _KEM.to_bytes(2, "big") + _KDF.to_bytes(2, "big") + _AEAD.to_bytes(2, "big")


class ToSeal(NamedTuple):
    """One message: a fresh ephemeral secret (32), the recipient's public (32), info and plaintext."""

    seed: bytes
    public: bytes
    info: bytes
    plaintext: bytes


def _labeled_extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return extract(salt, b"HPKE-v1" + suite + label + ikm)


def _labeled_expand(suite: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    return expand(prk, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, length)


def shared_secret(dh: bytes, enc: bytes, public: bytes) -> bytes:
    """ExtractAndExpand of RFC 9180, 4.1: 32 bytes. Public for the RFC's own vectors."""
    prk = _labeled_extract(_KEM_SUITE, b"", b"eae_prk", dh)
    return _labeled_expand(_KEM_SUITE, prk, b"shared_secret", enc + public, 32)


def key_and_nonce(shared: bytes, info: bytes) -> tuple[bytes, bytes]:
    """KeySchedule of RFC 9180, 5.1, mode_base: key (32) and base_nonce (12), the nonce of the first message."""
    context = b"\0" + _NO_PSK + _labeled_extract(_SUITE, b"", b"info_hash", info)
    secret = _labeled_extract(_SUITE, shared, b"secret", b"")
    key = _labeled_expand(_SUITE, secret, b"key", context, 32)
    return key, _labeled_expand(_SUITE, secret, b"base_nonce", context, 12)


_NO_PSK = _labeled_extract(_SUITE, b"", b"psk_id_hash", b"")


async def seal_many(primitives: Primitives, messages: Sequence[ToSeal]) -> list[bytes]:
    """Each message sealed to its recipient. Raises NotForThisKey for a public key of low order."""
    agreed = await primitives.agree_once([(m.seed, m.public) for m in messages])
    sealings = []
    for m, (enc, dh) in zip(messages, agreed, strict=True):
        if dh is None:
            raise NotForThisKey("low order public key")
        key, nonce = key_and_nonce(shared_secret(dh, enc, m.public), m.info)
        sealings.append(Sealing(key, nonce, b"", m.plaintext))
    sealed = await primitives.seal(sealings)
    return [enc + ct for (enc, _), ct in zip(agreed, sealed, strict=True)]


async def seal(primitives: Primitives, seed: bytes, public: bytes, info: bytes, plaintext: bytes) -> bytes:
    """One message: enc ‖ ciphertext ‖ tag. The seed must be fresh randomness, used for nothing else."""
    return (await seal_many(primitives, [ToSeal(seed, public, info, plaintext)]))[0]


async def open_many(
    primitives: Primitives, key: AgreementKey, messages: Sequence[tuple[bytes, bytes]]
) -> list[bytes | None]:
    """The plaintext of each (info, sealed), or None where this key does not open it."""
    encs = [sealed[:ENC_BYTES] for _, sealed in messages]
    shared = await primitives.agree(key, encs)
    sealings, places = [], []
    for i, ((info, sealed), dh) in enumerate(zip(messages, shared, strict=True)):
        if dh is not None:  # else a point of low order, or too short to hold one
            content, nonce = key_and_nonce(shared_secret(dh, encs[i], key.public), info)
            sealings.append(Sealing(content, nonce, b"", sealed[ENC_BYTES:]))
            places.append(i)
    out: list[bytes | None] = [None] * len(messages)
    for i, plain in zip(places, await primitives.open(sealings), strict=True):
        out[i] = plain
    return out


async def open_(primitives: Primitives, key: AgreementKey, info: bytes, sealed: bytes) -> bytes:
    """One message. Raises NotForThisKey."""
    [plain] = await open_many(primitives, key, [(info, sealed)])
    if plain is None:
        raise NotForThisKey("sealed to another")
    return plain
