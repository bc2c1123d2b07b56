"""Sender keys: a device's own content key for one set of rings at their exact epochs.

The key is granted to each ring by HPKE in an envelope of its own (format 2), in the same chains as the
changes that follow. It serves a day or 1,000 changes, whichever is first. docs/protocol.md, "Sender key".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sync.core import codec, formats, hpke
from sync.core.envelope import Envelope, Link
from sync.core.errors import BadFormat, NotForThisKey
from sync.core.ids import sender_key_id
from sync.core.ports import KEY_BYTES, TAG_BYTES, AgreementKey, Primitives

MAX_AGE_MILLIS = 24 * 60 * 60 * 1000
MAX_USES = 1000
SUITE = 1  # DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM
SEALED_BYTES = hpke.ENC_BYTES + KEY_BYTES + TAG_BYTES

RingSet = tuple[tuple[bytes, int], ...]  # (ring id, epoch), rising


@dataclass(frozen=True, slots=True)
class SenderKey:
    """A content key and what it is for."""

    key: bytes
    device: bytes
    rings: RingSet
    made_millis: int
    uses: int = 0

    @property
    def id(self) -> bytes:
        """SHA-256 over label, key, device and rings."""
        return sender_key_id(self.key, self.device, self.rings)

    def fresh(self, now: int, rings: RingSet) -> bool:
        """True while it may seal one more change for exactly these rings."""
        young = 0 <= now - self.made_millis < MAX_AGE_MILLIS
        return young and self.uses < MAX_USES and self.rings == rings


def info(organisation: bytes, ring: bytes, epoch: int, device: bytes, key: bytes) -> bytes:
    """What a grant is bound to (HPKE `info`): label, suite, organisation, ring, epoch, device, key id."""
    return codec.pack(["straatcontact sender key", SUITE, organisation, ring, epoch, device, key])


async def grant(
    primitives: Primitives,
    key: bytes,
    organisation: bytes,
    device: bytes,
    rings: Sequence[tuple[bytes, int, bytes]],
    seeds: Sequence[bytes],
) -> bytes:
    """The body of a sender key envelope: the key sealed to each (ring, epoch, public), in that order.

    `seeds` are fresh ephemeral secrets, 32 bytes, one a ring.
    """
    key_id = sender_key_id(key, device, [(ring, epoch) for ring, epoch, _ in rings])
    sealed = await hpke.seal_many(
        primitives,
        [
            hpke.ToSeal(seed, public, info(organisation, ring, epoch, device, key_id), key)
            for seed, (ring, epoch, public) in zip(seeds, rings, strict=True)
        ],
    )
    return codec.pack(sealed)


def grants(envelope: Envelope) -> list[tuple[Link, bytes]]:
    """Each ring's link and sealed key in a sender key envelope. Raises BadFormat."""
    if envelope.format != formats.SENDER_KEY:
        raise BadFormat("not a sender key")
    shape = codec.items(codec.blob(SEALED_BYTES), len(envelope.header.links))
    sealed = codec.checked(shape, envelope.body, 4096)
    if len(sealed) != len(envelope.header.links):
        raise BadFormat("one grant for each ring")
    return list(zip(envelope.header.links, sealed, strict=True))


async def accept(primitives: Primitives, envelope: Envelope, ring: bytes, key: AgreementKey) -> bytes:
    """The content key that the envelope grants to this ring.

    Raises NotForThisKey when the ring's key does not open it, or BadFormat when the key is not the one that
    the header names (an author showing two rings two keys).
    """
    for link, sealed in grants(envelope):
        if link.ring == ring:
            h = envelope.header
            bound = info(h.organisation, ring, link.epoch, h.device, h.key)
            content = await hpke.open_(primitives, key, bound, sealed)
            if sender_key_id(content, h.device, h.rings) != h.key:
                raise BadFormat("another key than the header names")
            return content
    raise NotForThisKey("ring")
