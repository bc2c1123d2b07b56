"""When the view of an open session is put away beside the log, and taken up again at the next unlocking."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from sync.core.errors import DiskFull, StraatError
from sync.core.hlc import Stamp
from sync.device.memory import Memory
from sync.device.replica import Replica
from sync.device.saved import Beside, NoShelf, save

logger = logging.getLogger(__name__)
NOW_AND_THEN = 200  # envelopes: the view is put away when so many came in since it was
AT_THE_END = 20  # and at locking or hiding when so many did: fewer are replayed in no time
_REPLICA, _STAMP = "replica", "stamp"


class Keeping:
    """One session's saved view. `stamp` gives the last stamp that its clock has seen."""

    def __init__(self, beside: Beside, replica: Replica, stamp: Callable[[], Stamp]) -> None:
        self._beside, self._replica, self._stamp = beside, replica, stamp
        self._there: tuple[int, bytes] = (0, b"")  # position and binding of the one that lies on the shelf
        self._task: asyncio.Task[None] | None = None

    def recall(self, memory: Memory) -> Stamp | None:
        """Go on from what was put away; its last stamp. None: it is of no use."""
        try:
            self._replica.recall(memory.fact(_REPLICA))
            stamp = Stamp.from_bytes(memory.fact(_STAMP))
        except (StraatError, ValueError, TypeError) as error:
            logger.warning("the saved view is not used: %s", type(error).__name__)
            return None
        self._there = (self._replica.position, self._beside.bound())
        return stamp

    def soon(self, at_least: int = AT_THE_END) -> None:
        """Put the view away while everything else goes on, if so many envelopes came in since it was."""
        if self._task is None and self._worth(at_least):
            self._task = asyncio.create_task(self._keep())

    async def destroy(self) -> None:
        """Bytes are about to go from the log: what was put away may hold them, so it goes first."""
        try:
            await self._beside.shelf.remove()
        except Exception as error:  # it fits the log no more then, and goes at the next unlocking
            logger.error("the saved view was not removed: %s", type(error).__name__)

    async def now(self) -> None:
        """Put the view away, before the keys go."""
        self.soon()
        if self._task is not None:
            with suppress(asyncio.CancelledError):
                await self._task

    def _worth(self, at_least: int) -> bool:
        if isinstance(self._beside.shelf, NoShelf):
            return False
        position, bound = self._there
        return self._replica.position - position >= at_least or (bool(position) and bound != self._beside.bound())

    async def _keep(self) -> None:
        """Whatever goes wrong costs time at the next unlocking, no more."""
        memory = self._replica.memory
        try:
            await memory.settle()
            async with self._replica.still():
                position, bound = self._replica.position, self._beside.bound()
                memory.put_facts({_REPLICA: self._replica.facts(), _STAMP: self._stamp().to_bytes()})
                image = memory.image()
            if bound == self._beside.bound():
                await save(self._beside, image, position, bound)
            if bound != self._beside.bound():  # something was dropped meanwhile, and may lie in this one
                await self._beside.shelf.remove()
            self._there = position, bound
        except DiskFull:
            logger.warning("no room for the saved view")
        except Exception as error:
            logger.error("the view was not saved: %s", type(error).__name__)
        finally:
            self._task = None
