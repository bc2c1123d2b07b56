"""The unlocked keys of one device: handles, and the content keys opened so far. Gone when the app locks."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sync.core.envelope import Header
from sync.core.ids import device_id, sender_key_id
from sync.core.ports import AgreementKey, Primitives, SigningKey
from sync.core.roll import Roll, State
from sync.core.sender_key import RingSet, SenderKey
from sync.device import ring_keys
from sync.device.secrets import Secrets


@dataclass(slots=True)
class Keyring:
    """`rings` maps (ring, epoch) to its private half; `content` maps key ids to content keys.

    `granted` are content keys that someone handed on, not yet proved to be what their id says.
    """

    device: bytes
    member: bytes
    signing: SigningKey
    agreement: AgreementKey
    rings: dict[tuple[bytes, int], AgreementKey] = field(default_factory=dict)
    content: dict[bytes, bytes] = field(default_factory=dict)
    granted: dict[bytes, set[bytes]] = field(default_factory=dict)
    sending: dict[tuple[bytes, ...], SenderKey] = field(default_factory=dict)

    def sender_key(self, rings: RingSet, now: int) -> SenderKey | None:
        """The content key still fresh for exactly these rings and epochs, if any."""
        key = self.sending.get(tuple(ring for ring, _ in rings))
        return key if key and key.fresh(now, rings) else None

    def use(self, key: SenderKey) -> None:
        """Remember a content key that this device sends with."""
        self.sending[tuple(ring for ring, _ in key.rings)] = key
        self.content[key.id] = key.key

    def take_granted(self, header: Header) -> None:
        """Use a key that was handed on for this envelope, if it is the one that the envelope names."""
        if header.key not in self.content:
            for key in self.granted.get(header.key, ()):
                if sender_key_id(key, header.device, header.rings) == header.key:
                    self.content[header.key] = key

    async def absorb(self, primitives: Primitives, state: State, entries: Iterable[bytes]) -> None:
        """Take in what these roll entries grant to this device; `state` is the roll with them."""
        found = await ring_keys.opened(primitives, self.agreement, self.device, state, entries)
        self.rings.update({(ring, epoch): half for ring, epoch, _, half in found})


async def unlock(primitives: Primitives, secrets: Secrets, roll: Roll) -> Keyring:
    """Turn seeds into handles, and open what the roll grants to this device."""
    signing = await primitives.signing_key(secrets.signing)
    agreement = await primitives.agreement_key(secrets.agreement)
    keyring = Keyring(device_id(signing.public, agreement.public), secrets.member, signing, agreement)
    for ring, epoch, seed in secrets.rings:
        half = await primitives.agreement_key(seed)
        if ring_keys.fits(roll.state, ring, epoch, half.public):
            keyring.rings[ring, epoch] = half
    await keyring.absorb(primitives, roll.state, roll.entries)
    return keyring
