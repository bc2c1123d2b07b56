"""What the app needs of the device around it, beyond the ports of sync.core: where its log lies, and its page."""

from dataclasses import dataclass
from typing import Protocol

from sync.core.ports import Log


@dataclass(frozen=True, slots=True)
class Opened:
    """What the storage found: a log (None in a tab that does not lead), and what happened to it."""

    log: Log | None
    evicted: bool = False
    damaged: bool = False


class Storage(Protocol):
    """Where the log lies. One tab leads."""

    async def open(self) -> Opened:
        """Open the log, or tell why not."""

    async def wait_for_lead(self) -> None:
        """Return when the tab that led is gone."""

    async def start_over(self) -> Log:
        """Keep what is there aside and give an empty log."""


class PagePort(Protocol):
    """The page around the app."""

    @property
    def origin(self) -> str:
        """https://host of this site, for links."""

    def reload(self) -> None:
        """Start the page again: ends everything in memory."""

    def apply_update(self) -> None:
        """Take the waiting version and start again."""
