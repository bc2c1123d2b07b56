"""Connections that take their time: uvicorn waits for ever for a request's headers, and for a client that reads nothing.

Each connection has so many seconds to say what it wants, and may stop reading an answer for so long. More connections
than there is room for are closed as they come, so that a file can still be opened for those that are served. A body has
its own bound (sync.server.routes), and so has an idle connection between two requests (uvicorn's keep-alive).

And an answer that goes out whole: h11 looks at each header of an answer as closely as at a stranger's, which takes longer
than all that this server does for a poll. What comes in goes through h11, all of it.
"""

import asyncio
import resource

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from sync.server.answering import WHOLE

HEADER_SECONDS = 15
STALLED_SECONDS = 60
MAX_HEADER_BYTES = 16 << 10
COPIED_BYTES = 64 << 10  # of a body: a larger one is written by itself
FILES_BESIDE = 200  # open files besides connections: the store, the site, Python's own


class PatientProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, with an end to patience. It is given to uvicorn as `http`."""

    _waiting: asyncio.TimerHandle | None = None  # for the headers of a request
    _stalled: asyncio.TimerHandle | None = None  # for somebody to read

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See asyncio.Protocol."""
        super().connection_made(transport)
        most = self.config.limit_concurrency
        if most is not None and len(self.connections) > most:
            transport.abort()
            return
        self.app_state = {**self.app_state, WHOLE: self._whole}
        self._wait_for_headers()

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._no_wait()
        elif self._waiting is None and not self.transport.is_closing():
            self._wait_for_headers()

    def pause_writing(self) -> None:
        """See asyncio.Protocol."""
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(STALLED_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """See asyncio.Protocol."""
        self._no_stall()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._no_wait()
        self._no_stall()
        self.app_state = {}  # it led back here
        super().connection_lost(exc)

    def _whole(self, lines: bytes, body: bytes) -> bool:
        """Answer 200 with these header lines (each with its end) and this body. False, and nothing is written, wherever
        it is not the plain case: something follows already, the connection ends with this answer, nobody reads.
        """
        cycle, conn = self.cycle, self.conn
        if conn.their_state is not h11.DONE or conn.our_state is not h11.SEND_RESPONSE or conn.trailing_data[0]:
            return False
        if cycle.response_started or cycle.disconnected or not cycle.keep_alive or cycle.waiting_for_100_continue:
            return False
        if self.access_log or self.flow.write_paused or self.transport.is_closing():
            return False
        always = b"".join([b"%b: %b\r\n" % header for header in self.server_state.default_headers])
        head = b"HTTP/1.1 200 OK\r\n%b%b\r\n" % (always, lines)
        if len(body) > COPIED_BYTES:
            self.transport.write(head)
            self.transport.write(body)
        else:
            self.transport.write(head + body)
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        most = self.config.h11_max_incomplete_event_size or MAX_HEADER_BYTES
        self.conn = h11.Connection(h11.SERVER, most)  # as it is before each request
        self.on_response_complete()
        return True

    def _wait_for_headers(self) -> None:
        self._waiting = self.loop.call_later(HEADER_SECONDS, self.transport.abort)

    def _no_wait(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _no_stall(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None


def room_for(connections: int) -> int:
    """Let this process have so many files open, if it may; how many connections there is room for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + FILES_BESIDE
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(connections, soft - FILES_BESIDE))
