"""Names made from content: nobody can claim another's record, key or place in a chain.

Every id is SHA-256 over a label and its parts, each preceded by its length (4 bytes, big endian), so that
no two kinds of id and no two splits of the same bytes can meet. docs/protocol.md, "Ids".
"""

from collections.abc import Sequence
from hashlib import sha256

ID_BYTES = 16  # members, devices, rings, records, teams
HASH_BYTES = 32  # organisations, envelopes, roll entries, sender keys


def digest(label: str, *parts: bytes) -> bytes:
    """SHA-256 of the label and the length-prefixed parts, 32 bytes."""
    h = sha256()
    for part in (b"straatcontact " + label.encode(), *parts):
        h.update(len(part).to_bytes(4, "big"))
        h.update(part)
    return h.digest()


def organisation_id(genesis: bytes) -> bytes:
    """The organisation is its genesis entry."""
    return digest("organisation", genesis)


def entry_hash(entry: bytes) -> bytes:
    """Hash of a roll entry as received, signature included."""
    return digest("roll entry", entry)


def device_id(signing_public: bytes, agreement_public: bytes) -> bytes:
    """A device is its two public keys."""
    return digest("device", signing_public, agreement_public)[:ID_BYTES]


def invitation_author(signing_public: bytes) -> bytes:
    """What stands in the author's place when an invitation's key signs."""
    return digest("invitation", signing_public)[:ID_BYTES]


def ring_id(kind: str, owner: bytes) -> bytes:
    """A ring is its kind and its owner (member, team or round): there is one of each."""
    return digest("ring", kind.encode(), owner)[:ID_BYTES]


def record_id(member: bytes, kind: str, nonce: bytes) -> bytes:
    """A record belongs to the member whose creating change carries the nonce (16 bytes)."""
    return digest("record", member, kind.encode(), nonce)[:ID_BYTES]


def envelope_id(data: bytes) -> bytes:
    """An envelope is its bytes as received, signature included."""
    return digest("envelope", data)


def sender_key_id(key: bytes, device: bytes, rings: Sequence[tuple[bytes, int]]) -> bytes:
    """Binds the id to one key, its device and its (ring, epoch) set, in rising order of ring.

    No author can show two rings two texts under one id, nor use a key of another device or of other epochs.
    """
    named = (ring + epoch.to_bytes(8, "big") for ring, epoch in rings)
    return digest("sender key", key, device, *named)
