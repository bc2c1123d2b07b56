"""What happened, told shortly; and how a simulation says that something is broken."""

import asyncio

from sync.simulate.world import DAY, HOUR, MINUTE

LAST_LINES = 25


class Broken(AssertionError):
    """An invariant failed: the message is what broke, and the seed's short story."""


class Story:
    """The events of one seed, in order."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.lines: list[str] = []

    def tell(self, what: str) -> None:
        """One event, at the virtual time that it is now."""
        now = asyncio.get_running_loop().time()
        hour, minute = now % DAY / HOUR, now % HOUR / MINUTE
        self.lines.append(f"day {int(now // DAY)} {int(hour):02}:{int(minute):02}:{now % 60:04.1f} {what}")

    def broken(self, what: str) -> Broken:
        """To raise: what broke, and the last that happened."""
        return Broken("\n  ".join([f"seed {self.seed}: {what}", *self.lines[-LAST_LINES:]]))

    def demand(self, holds: bool, what: str) -> None:
        """Go on, or raise Broken."""
        if not holds:
            raise self.broken(what)
