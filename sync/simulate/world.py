"""Time and luck of a simulation: an event loop that never waits, clocks that follow it, randomness from one seed."""

import asyncio
import selectors
from collections.abc import Coroutine
from random import Random as Seeded
from typing import Any, TypeVar

T = TypeVar("T")
START = 1_795_000_000_000  # the moment at which every simulation begins, in milliseconds since 1970
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0  # seconds
_TICK = 1e-6  # seconds: finer than that, a float of some years does not move


class Luck:
    """sync.core.ports.Random from a seed: for simulation only, never for keys that matter."""

    def __init__(self, seed: int) -> None:
        self.seeded = Seeded(seed)  # noqa: S311 a simulation has to repeat itself

    def bytes(self, count: int) -> bytes:
        """The next bytes of this seed."""
        return self.seeded.randbytes(count)

    def chance(self, likely: float) -> bool:
        """True so often (0 to 1)."""
        return likely > 0 and self.seeded.random() < likely


class _Nothing(selectors.SelectSelector):
    """Waits for no file: every wait is a step of the virtual clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Let the time pass that nobody has anything to do in."""
        if timeout is None:
            raise RuntimeError("everyone waits for someone else")
        self.now += max(timeout, _TICK) if timeout else 0.0
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """asyncio on a clock of its own: a day passes as soon as nothing is left to do in it."""

    def __init__(self) -> None:
        self._nothing = _Nothing()
        super().__init__(self._nothing)
        self._clock_resolution = _TICK

    def time(self) -> float:
        """Seconds since this loop began."""
        return self._nothing.now


def run(main: Coroutine[Any, Any, T]) -> T:
    """As asyncio.run, in virtual time: the same coroutine does the same in the same order every time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


def millis() -> int:
    """The simulation's own time, in milliseconds since 1970."""
    return START + int(asyncio.get_running_loop().time() * 1000)


class Time:
    """A clock (sync.core.ports.Clock) that is off by `skew` milliseconds."""

    def __init__(self, skew: int = 0) -> None:
        self.skew = skew

    def millis(self) -> int:
        """See the port."""
        return millis() + self.skew
