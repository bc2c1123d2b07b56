"""uvicorn that ends open event streams before it waits for what has been asked: they would never end by themselves."""

import socket

import uvicorn

from sync.server.wakeups import Wakeups


class StoppingServer(uvicorn.Server):
    """A server over an app that holds this hub."""

    def __init__(self, config: uvicorn.Config, wakeups: Wakeups) -> None:
        super().__init__(config)
        self._wakeups = wakeups

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn.Server."""
        self._wakeups.close()
        await super().shutdown(sockets)
