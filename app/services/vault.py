"""The vault: what a PIN or passphrase opens, and how slowly.

secret → PBKDF2, about half a second on this device (600,000 rounds at least) → joined by HKDF with a key that
the browser holds and never gives out → opens the vault key → opens the device's secrets and drafts. A copy of
the log alone opens nothing; against someone who holds the whole device only the secret's strength counts.
docs/protocol.md, "Vault"; RFC 8018 (PBKDF2), RFC 5869 (HKDF).
"""

from dataclasses import dataclass

from app.services.models import MIN_PIN
from sync.core import codec
from sync.core.errors import BadFormat, BadInput, Locked, LogDamaged, StorageGone, TrySlower, WrongSecret
from sync.core.hkdf import hkdf
from sync.core.ids import digest
from sync.core.ports import (
    KEY_BYTES,
    NONCE_BYTES,
    TAG_BYTES,
    Clock,
    DeviceKey,
    Log,
    Primitives,
    Random,
    Sealing,
)
from sync.core.rights import Role
from sync.device.secrets import Secrets

MIN_ROUNDS = 600_000
MAX_ROUNDS = 10_000_000
AIM_MILLIS = 500
COORDINATOR_SECRET = 10
FREE_TRIES = 4
LONGEST_WAIT_MILLIS = 15 * 60_000
SALT_BYTES = 16
_COUNTING = "01234567890123456789"

_VAULT, _SECRETS, _TRIES = "vault", "secrets", "wrong tries"
_shape = codec.row(
    codec.whole(1, 1),
    codec.blob(SALT_BYTES),
    codec.whole(MIN_ROUNDS, MAX_ROUNDS),
    codec.blob(NONCE_BYTES),
    codec.blob(KEY_BYTES + TAG_BYTES),
)
_tries = codec.row(codec.whole(0, 10**6), codec.whole(0, 2**48))


@dataclass(frozen=True, slots=True)
class VaultPorts:
    """What the vault needs of the world."""

    primitives: Primitives
    device_key: DeviceKey
    random: Random
    clock: Clock
    log: Log


def check_secret(secret: str, role: Role) -> None:
    """Refuse a secret that is too weak to choose. Raises BadInput("secret", why)."""
    if role is Role.COORDINATOR and (len(secret) < COORDINATOR_SECRET or secret.isdigit()):
        raise BadInput("secret", "weak_coordinator")
    if len(secret) < MIN_PIN:
        raise BadInput("secret", "too_short")
    if len(set(secret)) < 3 or secret in _COUNTING or secret in _COUNTING[::-1]:
        raise BadInput("secret", "too_simple")


class Vault:
    """One device's vault. Closed until `create` or `open`."""

    def __init__(self, ports: VaultPorts) -> None:
        self._ports = ports
        self._key: bytes | None = None

    @property
    def exists(self) -> bool:
        """Whether this device has one."""
        return self._ports.log.get(_VAULT) is not None

    async def create(self, secret: str, secrets: Secrets) -> None:
        """Make the vault and keep the secrets in it, in one transaction. Leaves it open."""
        p = self._ports
        salt, nonce, key = p.random.bytes(SALT_BYTES), p.random.bytes(NONCE_BYTES), p.random.bytes(KEY_BYTES)
        rounds = await self._calibrate()
        wrapping = await self._wrapping_key(secret, salt, rounds)
        [wrapped] = await p.primitives.seal([Sealing(wrapping, nonce, _aad(salt, rounds), key)])
        sealed = await self._seal(key, "secrets", secrets.to_bytes())
        vault = codec.pack([1, salt, rounds, nonce, wrapped])
        p.log.put({_VAULT: vault, _SECRETS: sealed, _TRIES: None})
        self._key = key

    async def open(self, secret: str) -> Secrets:
        """Open with the secret.

        Raises TrySlower, WrongSecret, LogDamaged (the vault is unreadable) or StorageGone (the key that the
        browser held is gone: no secret opens it any more, and saying "wrong PIN" would be a lie).
        """
        p = self._ports
        wait = self.wait_millis()
        if wait:
            raise TrySlower(wait)
        try:
            _, salt, rounds, nonce, wrapped = codec.checked(_shape, p.log.get(_VAULT) or b"", 1024)
        except BadFormat as e:
            raise LogDamaged("vault") from e
        if not await p.device_key.exists():
            raise StorageGone("device key")
        self._count_try()  # before trying: pulling the plug does not give a free try
        wrapping = await self._wrapping_key(secret, salt, rounds)
        [key] = await p.primitives.open([Sealing(wrapping, nonce, _aad(salt, rounds), wrapped)])
        if key is None:
            raise WrongSecret()
        self._key = key
        p.log.put({_TRIES: None})
        return await self.secrets()

    async def secrets(self) -> Secrets:
        """The secrets of an open vault. Raises Locked or LogDamaged."""
        plain = await self.open_bytes("secrets", self._ports.log.get(_SECRETS) or b"")
        if plain is None:
            raise LogDamaged("secrets")
        return Secrets.from_bytes(plain)

    async def keep(self, secrets: Secrets) -> None:
        """Replace the secrets in an open vault."""
        self._ports.log.put({_SECRETS: await self.seal_bytes("secrets", secrets.to_bytes())})

    def discard(self) -> None:
        """Take away a vault whose invitation turned out to be used: it never held a note."""
        self._ports.log.put({_VAULT: None, _SECRETS: None, _TRIES: None})
        self._key = None

    def close(self) -> None:
        """Forget the key."""
        self._key = None

    async def seal_bytes(self, purpose: str, data: bytes) -> bytes:
        """Seal something of this device's own (a draft). Raises Locked."""
        return await self._seal(self._open_key(), purpose, data)

    async def open_bytes(self, purpose: str, sealed: bytes) -> bytes | None:
        """What `seal_bytes` sealed for this purpose, or None. Raises Locked."""
        nonce, data = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        if len(nonce) != NONCE_BYTES or len(data) < TAG_BYTES:
            return None
        opened = await self._ports.primitives.open([Sealing(self._open_key(), nonce, purpose.encode(), data)])
        return opened[0]

    def local_name(self, name: str) -> str:
        """A name for a row on disk that tells nothing. Raises Locked."""
        return digest("local name", self._open_key(), name.encode())[:16].hex()

    # -- slowing down ------------------------------------------------------------------------------------

    def wait_millis(self) -> int:
        """How long the next try has to wait: nothing for four wrong ones, then 5 s doubling to 15 minutes."""
        count, last = self._read_tries()
        if count <= FREE_TRIES:
            return 0
        wait = min(5_000 << min(count - FREE_TRIES - 1, 20), LONGEST_WAIT_MILLIS)
        now = self._ports.clock.millis()
        if now < last:  # put back: the wait begins anew, instead of lasting until the clock has caught up
            last = now
            self._ports.log.put({_TRIES: codec.pack([count, last])})
        return max(0, wait - (now - last))

    def _read_tries(self) -> tuple[int, int]:
        try:
            count, last = codec.checked(_tries, self._ports.log.get(_TRIES) or b"", 64)
        except BadFormat:
            return 0, 0
        return count, last

    def _count_try(self) -> None:
        count, _ = self._read_tries()
        self._ports.log.put({_TRIES: codec.pack([min(count + 1, 10**6), self._ports.clock.millis()])})

    # -- keys --------------------------------------------------------------------------------------------

    def _open_key(self) -> bytes:
        if self._key is None:
            raise Locked()
        return self._key

    async def _seal(self, key: bytes, purpose: str, data: bytes) -> bytes:
        nonce = self._ports.random.bytes(NONCE_BYTES)
        [sealed] = await self._ports.primitives.seal([Sealing(key, nonce, purpose.encode(), data)])
        return nonce + sealed

    async def _wrapping_key(self, secret: str, salt: bytes, rounds: int) -> bytes:
        stretched = await self._ports.primitives.stretch(secret.encode(), salt, rounds)
        held = await self._ports.device_key.mac(b"straatcontact vault" + salt)
        return hkdf(stretched + held, salt, b"straatcontact vault wrapping", KEY_BYTES)

    async def _calibrate(self) -> int:
        """Rounds that take about half a second here; the minimum when the clock jumped meanwhile."""
        clock = self._ports.clock
        started = clock.millis()
        await self._ports.primitives.stretch(b"how fast", bytes(SALT_BYTES), MIN_ROUNDS)
        took = clock.millis() - started
        if took <= 0:
            return MIN_ROUNDS
        return max(MIN_ROUNDS, min(MIN_ROUNDS * AIM_MILLIS // took, MAX_ROUNDS))


def _aad(salt: bytes, rounds: int) -> bytes:
    return codec.pack(["straatcontact vault", salt, rounds])
