"""How much one device and one organisation may store, and the running totals that say how much is left. Pure.

An envelope weighs its bytes and what is kept to find it again. What does not fit is refused for now (quota_full): the
device keeps it and tries again, so whoever runs the server can make room or allow more. Well before that it is NEAR.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

OVERHEAD = 256
NEAR_TENTHS = 8
MIB = 1 << 20


class Level(IntEnum):
    """How full it is."""

    OK = 0
    NEAR = 1
    OVER = 2


class Limits(NamedTuple):
    """Bytes that one device, and one organisation, may use."""

    device: int = 2048 * MIB
    organisation: int = 51_200 * MIB


def weight(count: int, size: int) -> int:
    """What so many envelopes of so many bytes together use."""
    return size + OVERHEAD * count


def level(used: int, allowed: int) -> Level:
    """NEAR from 80 %, OVER from the last byte on."""
    if used >= allowed:
        return Level.OVER
    return Level.NEAR if used * 10 >= allowed * NEAR_TENTHS else Level.OK


@dataclass(slots=True)
class Meter:
    """One organisation's totals, by device. Whoever writes takes first, and settles when the store has answered."""

    limits: Limits
    devices: dict[bytes, int] = field(default_factory=dict)
    under_way: dict[bytes, int] = field(default_factory=dict)
    used: int = 0  # by all devices together

    def read(self, usage: Iterable[tuple[bytes, int, int]]) -> None:
        """Begin anew from (device, envelopes, bytes) as the store counts them; what is under way stays counted."""
        self.devices = {device: weight(count, size) for device, count, size in usage}
        self.used = sum(self.devices.values()) + sum(self.under_way.values())

    def of(self, device: bytes) -> int:
        """By one device."""
        return self.devices.get(device, 0) + self.under_way.get(device, 0)

    def take(self, device: bytes, size: int, count: int = 1) -> bool:
        """Count so many more envelopes (of this size together), if there is room for all; whether there was."""
        more = weight(count, size)
        if self.of(device) + more > self.limits.device or self.used + more > self.limits.organisation:
            return False
        self.add(device, size, count)
        return True

    def add(self, device: bytes, size: int, count: int = 1) -> None:
        """Count them, room or not."""
        self.under_way[device] = self.under_way.get(device, 0) + weight(count, size)
        self.used += weight(count, size)

    def settle(self, device: bytes, size: int, stored: bool, count: int = 1) -> None:
        """Those that were taken are stored, or are not after all."""
        more = weight(count, size)
        self.under_way[device] -= more
        if not self.under_way[device]:
            del self.under_way[device]
        if stored:
            self.devices[device] = self.devices.get(device, 0) + more
        else:
            self.used -= more

    @property
    def level(self) -> Level:
        """The organisation's own."""
        return level(self.used, self.limits.organisation)

    def at(self, wanted: Level) -> int:
        """How many devices are at this level."""
        return sum(level(used, self.limits.device) is wanted for used in self.devices.values())
