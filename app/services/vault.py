"""The vault: what a PIN, a passphrase or a passkey opens, and how slowly.

secret → PBKDF2, about half a second on this device (600,000 rounds at least) → joined by HKDF with a key that
the browser holds and never gives out → opens the vault key → opens the device's secrets and drafts. A passkey's
secret opens the same vault key by a second wrapping. A copy of the log alone opens nothing; against someone who
holds the whole device only the secret's strength counts. The keys themselves are handles: their bytes stay on the
other side of the DeviceKey port. docs/protocol.md, "Vault"; RFC 8018 (PBKDF2), RFC 5869 (HKDF).
"""

from dataclasses import dataclass

from app.services.models import MIN_PIN
from sync.core import codec
from sync.core.errors import BadFormat, BadInput, Locked, LogDamaged, StorageGone, TrySlower, WrongSecret
from sync.core.ids import digest
from sync.core.ports import (
    KEY_BYTES,
    NONCE_BYTES,
    TAG_BYTES,
    Clock,
    DeviceKey,
    Log,
    Passkeys,
    Primitives,
    Random,
    VaultKey,
    Wrapped,
    Wrapper,
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
PRF_SALT_BYTES = 32
MAX_CREDENTIAL_BYTES = 1023  # WebAuthn Level 3, 4
_COUNTING = "01234567890123456789"

_VAULT, _SECRETS, _TRIES, _PASSKEY, _NAMES = "vault", "secrets", "wrong tries", "passkey", "local names"
_wrapped = codec.blob(KEY_BYTES + TAG_BYTES)
_shape = codec.row(
    codec.whole(1, 1),
    codec.blob(SALT_BYTES),
    codec.whole(MIN_ROUNDS, MAX_ROUNDS),
    codec.blob(NONCE_BYTES),
    _wrapped,
)
_passkey = codec.row(
    codec.whole(1, 1),
    codec.blob(PRF_SALT_BYTES),
    codec.blob_up_to(MAX_CREDENTIAL_BYTES),
    codec.blob(NONCE_BYTES),
    _wrapped,
)
_KEPT = "kept vault"
_tries = codec.row(codec.whole(0, 10**6), codec.whole(0, 2**48))


@dataclass(frozen=True, slots=True)
class VaultPorts:
    """What the vault needs of the world."""

    primitives: Primitives
    device_key: DeviceKey
    random: Random
    clock: Clock
    log: Log
    passkeys: Passkeys | None = None


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
        self._key: VaultKey | None = None
        self._names = b""

    @property
    def exists(self) -> bool:
        """Whether this device has one."""
        return self._ports.log.get(_VAULT) is not None

    async def create(self, secret: str, secrets: Secrets) -> None:
        """Make the vault and keep the secrets in it, in one transaction. Leaves it open."""
        p = self._ports
        salt, rounds, wrapper = await self._new_wrapper(secret)
        key, wrapped = await p.device_key.make(wrapper, _aad(salt, rounds))
        names = p.random.bytes(KEY_BYTES)
        sealed, sealed_names = await p.device_key.seal(
            key, [(_SECRETS.encode(), secrets.to_bytes()), (_NAMES.encode(), names)]
        )
        vault = codec.pack([1, salt, rounds, *wrapped])
        p.log.put({_VAULT: vault, _SECRETS: sealed, _NAMES: sealed_names, _TRIES: None, _PASSKEY: None})
        self._key, self._names = key, names

    async def open(self, secret: str) -> Secrets:
        """Open with the secret.

        Raises TrySlower, WrongSecret, LogDamaged (the vault is unreadable) or StorageGone (the key that the
        browser held is gone: no secret opens it any more, and saying "wrong PIN" would be a lie).
        """
        wrapper, aad, wrapped = await self._try(secret)
        key = await self._ports.device_key.unwrap(wrapper, aad, wrapped)
        if key is None:
            raise WrongSecret()
        return await self._opened(key)

    async def _try(self, secret: str) -> tuple[Wrapper, bytes, Wrapped]:
        """The wrapper that a secret gives, after counting the try; and what it ought to open."""
        salt, rounds, wrapped = self._read_vault()
        await self._may_try()
        self._count_try()  # before trying: pulling the plug does not give a free try
        wrapper = await self._ports.device_key.wrapper(secret.encode(), salt, rounds)
        return wrapper, _aad(salt, rounds), wrapped

    async def _may_try(self) -> None:
        wait = self.wait_millis()
        if wait:
            raise TrySlower(wait)
        if not await self._ports.device_key.exists():
            raise StorageGone("device key")

    def _read_vault(self) -> tuple[bytes, int, Wrapped]:
        try:
            _, salt, rounds, nonce, data = codec.checked(_shape, self._ports.log.get(_VAULT) or b"", 1024)
        except BadFormat as e:
            raise LogDamaged("vault") from e
        return salt, rounds, Wrapped(nonce, data)

    async def _opened(self, key: VaultKey) -> Secrets:
        p = self._ports
        self._key = key
        p.log.put({_TRIES: None})
        names = await self.open_bytes(_NAMES, p.log.get(_NAMES) or b"")
        if names is None:
            names = p.random.bytes(KEY_BYTES)
            p.log.put({_NAMES: await self.seal_bytes(_NAMES, names)})
        self._names = names
        return await self.secrets()

    # -- another secret ------------------------------------------------------------------------------------

    async def change(self, old: str, new: str) -> None:
        """Another secret from now on: one transaction, so that the old or the new one stands, never neither.

        Raises TrySlower or WrongSecret for the old one, which counts as a try.
        """
        await self._change(*await self._try(old), new)

    async def change_by_passkey(self, new: str) -> None:
        """The same for whoever has a passkey and forgot the secret."""
        await self._change(*await self._try_passkey(), new)

    async def _change(self, under: Wrapper, aad: bytes, wrapped: Wrapped, new: str) -> None:
        salt, rounds, anew = await self._new_wrapper(new)
        fresh = await self._ports.device_key.rewrap(under, aad, wrapped, anew, _aad(salt, rounds))
        if fresh is None:
            raise WrongSecret()
        self._ports.log.put({_VAULT: codec.pack([1, salt, rounds, *fresh]), _TRIES: None})

    async def _new_wrapper(self, secret: str) -> tuple[bytes, int, Wrapper]:
        salt, rounds = self._ports.random.bytes(SALT_BYTES), await self._calibrate()
        return salt, rounds, await self._ports.device_key.wrapper(secret.encode(), salt, rounds)

    # -- a passkey beside it -------------------------------------------------------------------------------

    @property
    def has_passkey(self) -> bool:
        """Whether a passkey opens this vault too."""
        return self._ports.log.get(_PASSKEY) is not None

    async def add_passkey(self, secret: str) -> None:
        """Let the person make a passkey that opens this vault from now on, beside the secret.

        Raises TrySlower or WrongSecret, or BadInput("passkey", why) with everything as it was.
        """
        passkeys, under = self._require_passkeys(), await self._try(secret)
        if await self._ports.device_key.unwrap(*under) is None:
            raise WrongSecret()
        self._ports.log.put({_TRIES: None})
        salt, credential = self._ports.random.bytes(PRF_SALT_BYTES), await passkeys.create()
        try:
            anew = await passkeys.wrapper(credential, salt)
        except BadInput:
            await passkeys.forget(credential)
            raise
        fresh = await self._ports.device_key.rewrap(*under, anew, _passkey_aad(salt, credential))
        if fresh is None:
            raise WrongSecret()
        self._ports.log.put({_PASSKEY: codec.pack([1, salt, credential, *fresh])})

    async def open_by_passkey(self) -> Secrets:
        """Open with the passkey. Raises what `open` raises, or BadInput("passkey", why): that is no try."""
        key = await self._ports.device_key.unwrap(*await self._try_passkey())
        if key is None:
            raise WrongSecret()
        return await self._opened(key)

    async def remove_passkey(self) -> None:
        """The secret alone opens from now on."""
        passkeys, data = self._ports.passkeys, self._ports.log.get(_PASSKEY)
        self._ports.log.put({_PASSKEY: None})
        if passkeys is not None and data is not None:
            _, _, credential, *_ = codec.checked(_passkey, data, 4096)
            await passkeys.forget(credential)

    async def _try_passkey(self) -> tuple[Wrapper, bytes, Wrapped]:
        try:
            _, salt, credential, nonce, data = codec.checked(_passkey, self._ports.log.get(_PASSKEY) or b"", 4096)
        except BadFormat as e:
            raise BadInput("passkey", "unsupported") from e
        await self._may_try()
        wrapper = await self._require_passkeys().wrapper(credential, salt)
        self._count_try()
        return wrapper, _passkey_aad(salt, credential), Wrapped(nonce, data)

    def _require_passkeys(self) -> Passkeys:
        if self._ports.passkeys is None:
            raise BadInput("passkey", "unsupported")
        return self._ports.passkeys

    # -- what is inside ------------------------------------------------------------------------------------

    async def secrets(self) -> Secrets:
        """The secrets of an open vault. Raises Locked or LogDamaged."""
        plain = await self.open_bytes(_SECRETS, self._ports.log.get(_SECRETS) or b"")
        if plain is None:
            raise LogDamaged("secrets")
        return Secrets.from_bytes(plain)

    async def keep(self, secrets: Secrets) -> None:
        """Replace the secrets in an open vault."""
        self._ports.log.put({_SECRETS: await self.seal_bytes(_SECRETS, secrets.to_bytes())})

    def discard(self) -> None:
        """Take away a vault whose invitation turned out to be used: it never held a note."""
        self._ports.log.put({_VAULT: None, _SECRETS: None, _TRIES: None, _PASSKEY: None, _NAMES: None})
        self.close()

    def set_aside(self) -> None:
        """Make room for a new vault and keep this one: whoever remembers its secret after all loses nothing."""
        log = self._ports.log
        parts = [log.get(name) for name in (_VAULT, _SECRETS, _NAMES)]
        kept = f"{_KEPT} {next(n for n in range(1, 1000) if log.get(f'{_KEPT} {n}') is None)}"
        gone = dict.fromkeys((_VAULT, _SECRETS, _TRIES, _PASSKEY, _NAMES))
        log.put({kept: codec.pack([1, *parts]), **gone})
        self.close()

    def close(self) -> None:
        """Forget the key."""
        self._key, self._names = None, b""

    async def seal_bytes(self, purpose: str, data: bytes) -> bytes:
        """Seal something of this device's own (a draft). Raises Locked."""
        [sealed] = await self._ports.device_key.seal(self._open_key(), [(purpose.encode(), data)])
        return sealed

    async def open_bytes(self, purpose: str, sealed: bytes) -> bytes | None:
        """What `seal_bytes` sealed for this purpose, or None. Raises Locked."""
        if len(sealed) < NONCE_BYTES + TAG_BYTES:
            return None
        [opened] = await self._ports.device_key.open(self._open_key(), [(purpose.encode(), sealed)])
        return opened

    def local_name(self, name: str) -> str:
        """A name for a row on disk that tells nothing. Raises Locked."""
        self._open_key()
        return digest("local name", self._names, name.encode())[:16].hex()

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

    def _open_key(self) -> VaultKey:
        if self._key is None:
            raise Locked()
        return self._key

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


def _passkey_aad(salt: bytes, credential: bytes) -> bytes:
    return codec.pack(["straatcontact passkey", salt, credential])
