"""The open line on which the server says that there is something, so that nobody has to ask all the time.

It is a convenience and proves nothing: what it says only makes the device ask. When it breaks it is opened again, each
time later, until it has held for a while; without it (an old server, a proxy that holds everything back) the device
asks each minute. Something may have come in while there was no line: whenever one opens or ends, that counts as a word.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing, suppress

from sync.core import events
from sync.core.errors import NotAuthorized, StraatError
from sync.core.ports import Random, Wakeable
from sync.device.line import Line
from sync.device.patience import backoff

logger = logging.getLogger(__name__)
PATH = "/v1/events"
HELD_SECONDS = 60.0  # a line that held for so long was a good one


class Listening:
    """One device's. `heard` is called when there may be something."""

    def __init__(self, transport: Wakeable, line: Line, random: Random, heard: Callable[[], None]) -> None:
        self._transport, self._line, self._random, self._heard = transport, line, random, heard
        self._failures = 0
        self._signed_in, self._hurry = asyncio.Event(), asyncio.Event()
        self.open = False

    def signed_in(self) -> None:
        """A round went well: there is a token that the server takes."""
        self._signed_in.set()

    def hurry(self) -> None:
        """The network is back, or somebody looks: don't wait."""
        self._failures = 0
        self._hurry.set()

    async def run(self) -> None:
        """One line after another, for as long as the app is open. Ends only by cancellation."""
        loop = asyncio.get_running_loop()
        while True:
            await self._signed_in.wait()
            began, refused = loop.time(), ""
            try:
                await self._listen()
            except StraatError as error:
                refused = error.code
            except Exception as error:  # a fault of ours: notes go on without wake-ups
                logger.error("listening failed: %s", type(error).__name__)
            was_open, self.open = self.open, False
            self._failures = 0 if was_open and loop.time() - began >= HELD_SECONDS else self._failures + 1
            if was_open or refused == NotAuthorized.code:
                self._signed_in.clear()
                self._heard()
            await self._rest()

    async def _listen(self) -> None:
        reader = events.Reader()
        async with aclosing(self._transport.listen(PATH, self._line.token)) as pieces:
            async for piece in pieces:
                if reader.hear(piece) or not self.open:
                    self.open = True
                    self._heard()

    async def _rest(self) -> None:
        self._hurry.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), backoff(max(self._failures, 1), self._random) / 1000)
