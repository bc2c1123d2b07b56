"""The recovery sheet's secret: what the printed page carries, as a QR code and as thirty words.

    SHEET ‖ version ‖ secret (16) ‖ first 12 bytes of the hash of the entry that announced it, as base64url

The secret gives, by HKDF, a seed from which its two keys come as an invitation's do. The 12 bytes bind it to one
roll: a server can't hand a new device a roll of its own. docs/protocol.md, "Recovery sheet".
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from sync.core import formats, invitation, words
from sync.core.errors import BadFormat
from sync.core.hkdf import hkdf
from sync.core.ids import device_id
from sync.core.ports import SEED_BYTES, Primitives

SECRET_BYTES, CHECK_BYTES = 16, 12
_LENGTH = 2 + SECRET_BYTES + CHECK_BYTES


@dataclass(frozen=True, slots=True)
class SheetSecret:
    """What stands on the page. Whoever holds it can add one coordinator device."""

    secret: bytes
    check: bytes

    def __repr__(self) -> str:
        return "SheetSecret(…)"

    @classmethod
    def announced_by(cls, secret: bytes, entry_hash: bytes) -> "SheetSecret":
        """The secret together with the entry that announced it."""
        return cls(secret, entry_hash[:CHECK_BYTES])

    def fits(self, entry_hash: bytes) -> bool:
        """Whether this entry announced it."""
        return entry_hash[:CHECK_BYTES] == self.check

    def seed(self) -> bytes:
        """32 bytes from which both keys come."""
        return hkdf(self.secret, b"", b"straatcontact recovery sheet", SEED_BYTES)

    def to_text(self) -> str:
        """40 characters for the fragment of a link."""
        return urlsafe_b64encode(formats.prefix(formats.SHEET) + self.secret + self.check).decode()

    @classmethod
    def from_text(cls, text: str) -> "SheetSecret":
        """Read the fragment's text. Raises BadFormat or NewerVersion."""
        text = text.strip()
        try:
            data = urlsafe_b64decode(text)
        except ValueError as e:
            raise BadFormat("not a sheet") from e
        formats.kind_of(data, formats.SHEET)
        if len(data) != _LENGTH or urlsafe_b64encode(data).decode() != text:
            raise BadFormat("not a sheet")
        return cls(data[2 : 2 + SECRET_BYTES], data[2 + SECRET_BYTES :])

    def to_words(self) -> tuple[str, ...]:
        """Thirty words to write down."""
        return words.to_words(self.secret + self.check)

    @classmethod
    def from_words(cls, typed: str) -> "SheetSecret":
        """Read thirty words. Raises BadInput("words", why)."""
        payload = words.from_words(typed)
        return cls(payload[:SECRET_BYTES], payload[SECRET_BYTES:])


async def sheet_id(primitives: Primitives, seed: bytes) -> bytes:
    """The sheet's name on the roll, 16 bytes."""
    signing = await invitation.signing_key(primitives, seed)
    agreement = await invitation.agreement_key(primitives, seed)
    return device_id(signing.public, agreement.public)
