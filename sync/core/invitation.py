"""The invitation: the secret in the fragment of a link or QR code, which never reaches the server.

    INVITATION ‖ version ‖ seed (32) ‖ hash of the roll entry that announces it (32), as base64url

The seed gives, by HKDF, an Ed25519 key that signs the new device onto the roll within the announced bounds,
and an X25519 key to which the ring grants are sealed. docs/protocol.md, "Invitation".
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from sync.core import formats
from sync.core.errors import BadFormat
from sync.core.hkdf import hkdf
from sync.core.ids import HASH_BYTES
from sync.core.ports import SEED_BYTES, AgreementKey, Primitives, SigningKey

_LENGTH = 2 + SEED_BYTES + HASH_BYTES


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the link carries. Whoever holds it can enrol one device."""

    seed: bytes
    announced: bytes

    def __repr__(self) -> str:
        return "Invitation(…)"

    def to_text(self) -> str:
        """88 characters for a link's fragment."""
        data = formats.prefix(formats.INVITATION) + self.seed + self.announced
        return urlsafe_b64encode(data).rstrip(b"=").decode()

    @classmethod
    def from_text(cls, text: str) -> "Invitation":
        """Read the fragment's text, forgiving of white space around it. Raises BadFormat or NewerVersion."""
        text = text.strip()
        try:
            data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except ValueError as e:
            raise BadFormat("not an invitation") from e
        formats.kind_of(data, formats.INVITATION)
        if len(data) != _LENGTH or urlsafe_b64encode(data).rstrip(b"=").decode() != text:
            raise BadFormat("not an invitation")
        return cls(data[2 : 2 + SEED_BYTES], data[2 + SEED_BYTES :])


async def signing_key(primitives: Primitives, seed: bytes) -> SigningKey:
    """The key that signs the new device onto the roll."""
    return await primitives.signing_key(hkdf(seed, b"", b"straatcontact invitation signing", SEED_BYTES))


async def agreement_key(primitives: Primitives, seed: bytes) -> AgreementKey:
    """The key to which the ring grants are sealed."""
    return await primitives.agreement_key(hkdf(seed, b"", b"straatcontact invitation agreement", SEED_BYTES))
