"""uvicorn as this server wants it: figures on a port of their own, and an end in the right order.

Told to stop, it is not ready any more (`GET /v1/health` says so, for as long as `drain_seconds` lets a proxy look), open
event streams end, since they would never do so by themselves, and what has been asked is answered. The store is closed
last (sync.server.app), which empties its write-ahead file.
"""

import asyncio
import logging
import socket
from collections.abc import Callable

import uvicorn

from sync.server import metrics
from sync.server.metrics import Metrics
from sync.server.wakeups import Wakeups

logger = logging.getLogger("straatcontact")


class StoppingServer(uvicorn.Server):
    """A server over an app that holds this hub. `stop` is called at the beginning of the end (if not given: the hub is
    closed); `counted` can be asked for on 127.0.0.1 at `metrics_port`.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        wakeups: Wakeups,
        stop: Callable[[], None] | None = None,
        drain_seconds: float = 0,
        counted: Metrics | None = None,
        metrics_port: int = 0,
    ) -> None:
        super().__init__(config)
        self._stop = stop or wakeups.close
        self._drain_seconds, self._counted, self._metrics_port = drain_seconds, counted, metrics_port
        self._metrics: asyncio.Server | None = None
        self.failed = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn.Server."""
        await super().startup(sockets)
        if self._counted is not None and self.started:
            try:
                self._metrics = await metrics.listen(self._counted, self._metrics_port)
            except OSError:
                logger.error("metrics: port %d is taken", self._metrics_port)
                self.should_exit = self.failed = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn.Server."""
        logger.info("stopping")
        self._stop()
        await asyncio.sleep(self._drain_seconds)
        if self._metrics is not None:
            self._metrics.close()
        await super().shutdown(sockets)
