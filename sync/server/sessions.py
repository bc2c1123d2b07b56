"""Challenges, tokens and rates, in memory: losing them at a restart costs a device one more challenge."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sync.core.errors import NotAuthorized, SlowDown
from sync.core.wire import CHALLENGE_BYTES

CHALLENGE_MILLIS = 60_000
TOKEN_MILLIS = 60 * 60_000
MAX_KEPT = 100_000
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who a token stands for."""

    organisation: bytes
    device: bytes


class Sessions:
    """`millis` is the server's clock."""

    def __init__(self, millis: Callable[[], int]) -> None:
        self._millis = millis
        self._challenges: OrderedDict[bytes, tuple[Carrier, int]] = OrderedDict()
        self._tokens: OrderedDict[str, tuple[Carrier, int]] = OrderedDict()

    def challenge(self, carrier: Carrier) -> bytes:
        """A nonce that this device has a minute to sign, once."""
        nonce = secrets.token_bytes(CHALLENGE_BYTES)
        self._challenges[nonce] = (carrier, self._millis() + CHALLENGE_MILLIS)
        _bound(self._challenges)
        return nonce

    def redeem(self, nonce: bytes, carrier: Carrier) -> None:
        """Use a nonce up. Raises NotAuthorized for another's, an old or a used one."""
        known, until = self._challenges.pop(nonce, (None, 0))
        if known != carrier or until < self._millis():
            raise NotAuthorized("challenge")

    def token(self, carrier: Carrier) -> tuple[str, int]:
        """A fresh opaque token and its last moment."""
        token, until = secrets.token_urlsafe(32), self._millis() + TOKEN_MILLIS
        self._tokens[token] = (carrier, until)
        _bound(self._tokens)
        return token, until

    def carrier(self, token: str) -> Carrier:
        """Who carries this token. Raises NotAuthorized."""
        known, until = self._tokens.get(token, (None, 0))
        if known is None or until < self._millis():
            self._tokens.pop(token, None)
            raise NotAuthorized()
        return known


class Rates:
    """A token bucket for each key: `burst` at once, `per_second` on average."""

    def __init__(self, millis: Callable[[], int], burst: int, per_second: float) -> None:
        self._millis, self._burst, self._per_second = millis, burst, per_second
        self._buckets: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self.refused = 0  # since the start

    def take(self, key: str) -> None:
        """One more. Raises SlowDown."""
        now = self._millis()
        left, since = self._buckets.pop(key, (float(self._burst), now))
        left = min(float(self._burst), left + max(0, now - since) / 1000 * self._per_second)
        self._buckets[key] = (max(left - 1, 0.0) if left >= 1 else left, now)
        _bound(self._buckets)
        if left < 1:
            self.refused += 1
            raise SlowDown()


def _bound(kept: "OrderedDict[K, V]") -> None:
    while len(kept) > MAX_KEPT:
        kept.popitem(last=False)
