"""What a device must keep secret, as one value that the vault seals: its seeds, its rings' private halves.

Once unlocked, the seeds become handles (Keyring) and this value is only looked at again to grant or extend.
"""

from dataclasses import dataclass, replace

from sync.core import codec
from sync.core.ids import HASH_BYTES, ID_BYTES
from sync.core.ports import SEED_BYTES

_VERSION = 1
_ring = codec.row(codec.blob(ID_BYTES), codec.whole(1, 2**32), codec.blob(SEED_BYTES))
_shape = codec.row(
    codec.whole(_VERSION, _VERSION),
    codec.blob(SEED_BYTES),
    codec.blob(SEED_BYTES),
    codec.blob(HASH_BYTES),
    codec.blob(ID_BYTES),
    codec.text(200),
    codec.items(_ring, 10_000),
    codec.maybe(codec.blob(SEED_BYTES)),
)


@dataclass(frozen=True, slots=True)
class Secrets:
    """`announced` is the roll entry that invited this device; `invitation` its seed, until enrolled."""

    signing: bytes
    agreement: bytes
    announced: bytes
    member: bytes
    name: str
    rings: tuple[tuple[bytes, int, bytes], ...] = ()
    invitation: bytes | None = None

    def __repr__(self) -> str:
        return "Secrets(…)"

    def to_bytes(self) -> bytes:
        """For the vault."""
        rings = [list(r) for r in self.rings]
        fields = [
            self.signing,
            self.agreement,
            self.announced,
            self.member,
            self.name,
            rings,
            self.invitation,
        ]
        return codec.pack([_VERSION, *fields])

    @classmethod
    def from_bytes(cls, data: bytes) -> "Secrets":
        """From the vault. Raises BadFormat."""
        _, *fields = codec.checked(_shape, data, 1 << 20)
        return cls(*fields)

    def enrolled(self) -> "Secrets":
        """Without the invitation: it has done its work."""
        return replace(self, invitation=None)
