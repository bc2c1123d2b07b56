"""The ports through which the pure core reaches the world. Each has one contract suite under tests/contract.

Primitives and Transport are async because WebCrypto and fetch are; calls on many items cross the border
once. Everything else stays synchronous.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

SEED_BYTES = 32  # an Ed25519 or X25519 private key as RFC 8032 / RFC 7748 write it
PUBLIC_BYTES = 32
SIGNATURE_BYTES = 64
KEY_BYTES = 32  # AES-256
NONCE_BYTES = 12
TAG_BYTES = 16


class SigningKey(Protocol):
    """A handle on an Ed25519 private key. The bytes stay on the other side of the port."""

    @property
    def public(self) -> bytes:
        """The 32 public bytes (RFC 8032, 5.1.5)."""


class AgreementKey(Protocol):
    """A handle on an X25519 private key. The bytes stay on the other side of the port."""

    @property
    def public(self) -> bytes:
        """The 32 public bytes (RFC 7748, 5)."""


class Signed(NamedTuple):
    """One signature to check: 32, 64 and any number of bytes."""

    public: bytes
    signature: bytes
    message: bytes


class Sealing(NamedTuple):
    """One AES-256-GCM operation (NIST SP 800-38D): key 32 B, nonce 12 B; `data` is plaintext or ct‖tag."""

    key: bytes
    nonce: bytes
    aad: bytes
    data: bytes


class Primitives(Protocol):
    """The few operations that need a crypto library. Same bytes on CPython and in the browser."""

    async def signing_key(self, seed: bytes) -> SigningKey:
        """Take in 32 secret bytes (else ValueError); the handle can sign and never gives them back."""

    async def agreement_key(self, seed: bytes) -> AgreementKey:
        """Take in 32 secret bytes (else ValueError); the handle can agree and never gives them back."""

    async def sign(self, key: SigningKey, messages: Sequence[bytes]) -> list[bytes]:
        """Ed25519 (RFC 8032) over each message, 64 bytes each."""

    async def verify(self, items: Sequence[Signed]) -> list[bool]:
        """True where the signature holds. Malformed keys or signatures are False, never an exception.

        Strict (sync.core.curves), so that every implementation gives the same answer.
        """

    async def agree(self, key: AgreementKey, publics: Sequence[bytes]) -> list[bytes | None]:
        """X25519 (RFC 7748) with each public key: 32 bytes, or None where it gives the all-zero point."""

    async def agree_once(self, items: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes | None]]:
        """For each (fresh secret seed, public key): the seed's own public key, and what `agree` would give.

        The seeds are used this once and kept nowhere.
        """

    async def seal(self, items: Sequence[Sealing]) -> list[bytes]:
        """AES-256-GCM: ciphertext‖16-byte tag for each item. Raises ValueError for a wrong key or nonce size."""

    async def open(self, items: Sequence[Sealing]) -> list[bytes | None]:
        """The plaintext of each item, or None where key, nonce, aad or tag do not fit."""

    async def stretch(self, secret: bytes, salt: bytes, rounds: int) -> bytes:
        """PBKDF2-HMAC-SHA256 (RFC 8018, 5.2), 32 bytes. Slow on purpose. ValueError for less than one round."""


class Wrapper(Protocol):
    """A handle on a key that vault keys are wrapped under. The bytes stay on the other side of the port."""


class VaultKey(Protocol):
    """A handle on an AES-256 key for what is this device's own. The bytes stay on the other side of the port."""


class Wrapped(NamedTuple):
    """A vault key as it lies in the log: nonce 12 B; AES-256-GCM of its 32 bytes under a wrapper, 48 B."""

    nonce: bytes
    data: bytes


class DeviceKey(Protocol):
    """A secret the browser (or operating system) holds and never gives out, and the vault keys locked with it.

    docs/protocol.md, "Vault". Nothing here gives out a key: a wrapper or vault key is a handle.
    """

    async def mac(self, message: bytes) -> bytes:
        """HMAC-SHA256 of the message under the held secret, 32 bytes."""

    async def exists(self) -> bool:
        """Whether there is a secret already; looking makes none."""

    async def wrapper(self, secret: bytes, salt: bytes, rounds: int) -> Wrapper:
        """The wrapper that a PIN or passphrase gives with the held secret. Slow on purpose."""

    async def make(self, under: Wrapper, aad: bytes) -> tuple[VaultKey, Wrapped]:
        """A fresh vault key, and how it lies wrapped."""

    async def unwrap(self, under: Wrapper, aad: bytes, wrapped: Wrapped) -> VaultKey | None:
        """The vault key, or None where wrapper or AAD do not fit."""

    async def rewrap(
        self, under: Wrapper, aad: bytes, wrapped: Wrapped, anew: Wrapper, new_aad: bytes
    ) -> Wrapped | None:
        """The same vault key under another wrapper; None where the first does not fit."""

    async def seal(self, key: VaultKey, items: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        """Nonce ‖ ciphertext ‖ tag for each (AAD, plaintext)."""

    async def open(self, key: VaultKey, items: Sequence[tuple[bytes, bytes]]) -> list[bytes | None]:
        """The plaintext of each (AAD, nonce ‖ ciphertext ‖ tag), or None where it does not fit."""

    async def forget(self) -> None:
        """Destroy the secret: what was locked with it can never be opened again."""


class Passkeys(Protocol):
    """Passkeys that give a secret (WebAuthn Level 3, 10.1.4: the PRF extension), where the browser has them."""

    async def available(self) -> bool:
        """Whether it is worth offering."""

    async def create(self) -> bytes:
        """Let the person make one; gives the credential's id.

        Raises BadInput("passkey", "cancelled" or "unsupported").
        """

    async def wrapper(self, credential: bytes, salt: bytes) -> Wrapper:
        """Ask for it; the wrapper that its secret for this salt gives with the device's held secret.

        Raises BadInput("passkey", "cancelled" or "unsupported").
        """

    async def forget(self, credential: bytes) -> None:
        """Tell the authenticator, where that can be, that this passkey serves no more."""


class Clock(Protocol):
    """Wall time."""

    def millis(self) -> int:
        """Milliseconds since 1970-01-01 UTC."""


class Random(Protocol):
    """Unpredictable bytes for keys, nonces and ids."""

    def bytes(self, count: int) -> bytes:
        """`count` fresh bytes."""


class Reply(NamedTuple):
    """What the server answered: HTTP status, body, and the header with the protocol versions that it speaks."""

    status: int
    body: bytes
    speaks: str | None = None


class Transport(Protocol):
    """One request to the server. Knows paths and bytes, nothing of their meaning."""

    async def send(self, method: str, path: str, body: bytes = b"", token: str = "") -> Reply:
        """Send and wait for the answer (30 s at most).

        `path` starts with /v1/. Raises errors.Unreachable when there is no answer.
        """


QUIET_SECONDS = 60  # an event stream that has been silent for so long is dead: the server beats more often


@runtime_checkable
class Wakeable(Protocol):
    """What a Transport may do besides: hear from the server without asking. One that can't is asked each minute."""

    def listen(self, path: str, token: str) -> AsyncGenerator[bytes, None]:
        """The pieces of an event stream (sync.core.events) as they come, until the server ends it; to be closed.

        Raises what the server refuses with, and errors.Unreachable when there is no answer or no more comes.
        """


class LogState:
    """Where an envelope in the log stands. Stored as these integers: never renumber."""

    PENDING = 0  # our own, not yet acknowledged by the server
    STORED = 1  # our own, acknowledged; or received and merged (or mergeable)
    WAITING = 2  # received, names a roll head or sender key not yet seen
    ASIDE = 3  # unreadable or forbidden: kept and shown, never merged
    REFUSED = 5  # our own, refused by the server for good: kept, merged here, shown
    CARRIED = 6  # another's, from a phone without a network: merged, and no server is known to have it
    STUB = 4  # erased or expired: the body is gone; header, hash and signature stay, so that its number is explained


GIVEN = "given"  # reason of a stub that came as one: whoever still has the whole may bring it
REWRITTEN = "rewritten"  # reason of what is aside because it was sealed anew (sync.device.rechain): not shown


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One envelope as the log holds it. `position` counts from 1 and is never used twice."""

    position: int
    id: bytes
    data: bytes
    state: int
    reason: str


class Log(Protocol):
    """The durable truth of one device. What a method has returned for is on disk.

    Raises errors.DiskFull (nothing written, database whole) or errors.LogDamaged.
    """

    def append(
        self,
        envelopes: Sequence[tuple[bytes, bytes, int]],
        meta: Mapping[str, bytes] | None = None,
    ) -> list[int]:
        """Write envelopes (id, bytes, state) and meta values in one transaction: all or nothing.

        Gives the position of each; an id already present keeps its place and its state. But a stub that was appended
        as one (state STUB: somebody else dropped the body) gives way to the whole envelope, in a new place.
        """

    def read(self, after: int = 0, limit: int = 1000) -> list[LogEntry]:
        """Entries with position > after, in order."""

    def pending(self, limit: int = 1000) -> list[LogEntry]:
        """Our own entries the server has not acknowledged, in order."""

    def mark(self, ids: Sequence[bytes], state: int, reason: str = "") -> None:
        """Move entries to another state, in one transaction."""

    def fetch(self, ids: Sequence[bytes]) -> list[LogEntry]:
        """Those of these entries that are there, in the order asked."""

    def drop(self, ids: Sequence[bytes], meta: Mapping[str, bytes] | None = None, again: bool = False) -> None:
        """Turn entries into stubs and write meta values, in one transaction. The body is overwritten (secure_delete)
        and never taken again, unless `again` (then as a stub that was appended as one); id and place stay. What is not yet acknowledged stays PENDING: its stub is sent, so that
        its number is there; such an entry that leaves no stub (bytes of version 1) is not dropped.
        """

    def has(self, ids: Sequence[bytes]) -> set[bytes]:
        """Which of these are in the log, stubs included."""

    def count(self) -> dict[int, int]:
        """Number of entries per state."""

    def append_roll(self, entries: Sequence[bytes]) -> None:
        """Append roll entries after those already there, in one transaction."""

    def replace_roll(self, kept: int, entries: Sequence[bytes], meta: Mapping[str, bytes | None]) -> None:
        """Keep the first so many roll entries, and put these in the place of the rest, with named values (None removes
        one), in one transaction.
        """

    def roll(self) -> list[bytes]:
        """Every roll entry, in order."""

    def get(self, key: str) -> bytes | None:
        """A named value (cursor, vault, chain heads…), or None."""

    def put(self, values: Mapping[str, bytes | None]) -> None:
        """Write named values in one transaction; None removes."""

    def drafts(self) -> dict[str, bytes]:
        """Every draft: form name → sealed bytes."""

    def put_draft(self, form: str, data: bytes | None, day: int = 0) -> None:
        """Overwrite one draft, typed on this day (since 1970; 0: not known); None removes it."""

    def draft_days(self) -> dict[str, int]:
        """Form name → the day on which it was last typed in."""

    def date_drafts(self, day: int) -> None:
        """Give this day to every draft of which none is known."""

    def close(self) -> None:
        """Let go of the file."""
