"""Public lists of an organisation that are signed and numbered: each names the one before, and none goes back.

What the help directory (directory.py) and the list of published stories (stories.py) have in common.
"""

from typing import Protocol

from sync.core.errors import Forbidden
from sync.core.ids import HASH_BYTES

MAX_LEAP = 1000  # numbers that a device can have missed: no one takes all of them at once


class Numbered(Protocol):
    """One list as received."""

    @property
    def number(self) -> int:
        """1 for the first."""

    @property
    def previous(self) -> bytes:
        """The hash of the one before; zeros for the first."""

    @property
    def hash(self) -> bytes:
        """What the next one names."""


def following(last: Numbered | None) -> tuple[int, bytes]:
    """The number of the next list, and the hash that it names."""
    return (last.number + 1, last.hash) if last else (1, bytes(HASH_BYTES))


def follow(last: Numbered | None, found: Numbered, what: str) -> None:
    """Raise Forbidden(what) unless a list comes after the last, names it when it is the next, and leaps not too far."""
    number, hash_ = following(last)
    chained = found.number != number or found.previous == hash_
    if not (number <= found.number < number + MAX_LEAP and chained):
        raise Forbidden(what)
