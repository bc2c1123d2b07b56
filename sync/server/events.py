"""Server-sent events: one line that says "something for you", and beats in between so that the line stays open.

An event tells nothing but that: no ring, no count, no id. It has as many bytes as a beat, so that its size tells
nothing either. Source: HTML, "Server-sent events" (a line that begins with a colon is a comment).
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from starlette.types import Receive, Scope, Send

from sync.core import events
from sync.core.errors import StraatError
from sync.server.wakeups import Listener

SEND_SECONDS = 30.0  # whoever has not read a beat by then is gone


class EventStream:
    """One connection, as an ASGI answer. `may_listen` raises when the token is over or the device has left."""

    def __init__(
        self,
        listening: AbstractContextManager[Listener],
        may_listen: Callable[[], None],
        headers: Mapping[str, str],
    ) -> None:
        self._listening, self._may_listen, self._headers = listening, may_listen, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI. Ends when either side wants to."""
        talking = asyncio.create_task(self._talk(send))
        leaving = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait({talking, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (talking, leaving):
                task.cancel()
            results = await asyncio.gather(talking, leaving, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, OSError):  # gone in the middle of a line
                raise result

    async def _talk(self, send: Send) -> None:
        # X-Accel-Buffering: nginx holds back no byte. no-transform: nobody compresses, which would hold bytes back too.
        told = {
            **self._headers,
            "Cache-Control": "no-store, no-transform",
            "X-Accel-Buffering": "no",
            "Content-Type": events.MEDIA_TYPE,
        }
        headers = [(name.lower().encode(), value.encode()) for name, value in told.items()]
        with self._listening as listener:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await _said(send, events.BEAT)  # listening from here on
            try:
                async for something in listener:
                    self._may_listen()
                    await _said(send, events.SOMETHING if something else events.BEAT)
            except StraatError:
                pass  # told by the end of the stream
            except TimeoutError:
                return  # nor would they read the end
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _said(send: Send, line: bytes) -> None:
    async with asyncio.timeout(SEND_SECONDS):
        await send({"type": "http.response.body", "body": line, "more_body": True})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
