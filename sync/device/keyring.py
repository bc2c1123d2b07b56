"""The unlocked keys of one device: handles, and the content keys opened so far. Gone when the app locks."""

from dataclasses import dataclass, field

from sync.core.ids import device_id
from sync.core.ports import AgreementKey, Primitives, SigningKey
from sync.core.sender_key import RingSet, SenderKey
from sync.device.secrets import Secrets


@dataclass(slots=True)
class Keyring:
    """`rings` maps (ring, epoch) to its private half; `content` maps key ids to content keys."""

    device: bytes
    member: bytes
    signing: SigningKey
    agreement: AgreementKey
    rings: dict[tuple[bytes, int], AgreementKey] = field(default_factory=dict)
    content: dict[bytes, bytes] = field(default_factory=dict)
    sending: dict[tuple[bytes, ...], SenderKey] = field(default_factory=dict)

    def sender_key(self, rings: RingSet, now: int) -> SenderKey | None:
        """The content key still fresh for exactly these rings and epochs, if any."""
        key = self.sending.get(tuple(ring for ring, _ in rings))
        return key if key and key.fresh(now, rings) else None

    def use(self, key: SenderKey) -> None:
        """Remember a content key that this device sends with."""
        self.sending[tuple(ring for ring, _ in key.rings)] = key
        self.content[key.id] = key.key


async def unlock(primitives: Primitives, secrets: Secrets) -> Keyring:
    """Turn seeds into handles."""
    signing = await primitives.signing_key(secrets.signing)
    agreement = await primitives.agreement_key(secrets.agreement)
    keyring = Keyring(device_id(signing.public, agreement.public), secrets.member, signing, agreement)
    for ring, epoch, seed in secrets.rings:
        keyring.rings[ring, epoch] = await primitives.agreement_key(seed)
    return keyring
