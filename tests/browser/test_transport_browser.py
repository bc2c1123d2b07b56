"""The phone's transport in Chromium's worker: every answer is bounded, and a line that nobody hears is let go of."""

import gzip
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler

from sync.core import events, wire
from sync.core.errors import Busy
from tests.browser.worker_harness import Scripts, WorkerPage, serve

MEGABYTE = b"a" * (1 << 20)


class Server:
    """Answers under /v1/. `sent`: megabytes of what has no end; `open`: lines that somebody still hears."""

    def __init__(self) -> None:
        self.sent = self.open = 0
        self._lock = threading.Lock()

    def __call__(self, to: BaseHTTPRequestHandler) -> None:
        """One request."""
        path = to.path.removeprefix("/v1/")
        kind = events.MEDIA_TYPE if path.startswith("events/") else wire.MEDIA_TYPE
        with suppress(ConnectionError):
            if path.startswith("bytes/"):
                _say(to, kind, b"a" * int(path[6:]))
            elif path == "endless":
                _head(to, kind)
                while self.sent < 500:
                    to.wfile.write(b"%x\r\n" % len(MEGABYTE) + MEGABYTE + b"\r\n")
                    self.sent += 1
            elif path == "bomb":
                _say(to, kind, gzip.compress(MEGABYTE * 100), [("Content-Encoding", "gzip")])
            elif path == "elsewhere":
                _say(to, kind, b"", [("Location", "/v1/bytes/1")], 302)
            elif path == "cut":
                _head(to, kind, [("Content-Length", "1000")])
                to.wfile.write(b"half")
                to.close_connection = True
            elif path in ("page", "events/page"):
                _say(to, "text/html", b"<p>Wi-Fi</p>")
            elif path == "events/busy":
                _say(to, wire.MEDIA_TYPE, wire.encode_error(Busy("too many")), status=503)
            else:
                self._line(to, path)

    def _line(self, to: BaseHTTPRequestHandler, path: str) -> None:
        with self._lock:
            self.open += 1
        try:
            _head(to, events.MEDIA_TYPE)
            _chunk(to, events.BEAT)
            if path == "events/three":
                for _ in range(3):
                    time.sleep(0.1)
                    _chunk(to, events.SOMETHING)
                _chunk(to, b"")
            while path == "events/ever":
                time.sleep(0.05)
                _chunk(to, events.BEAT)
            if path == "events/silent":
                to.rfile.read(1)  # until the other side has gone
        finally:
            with self._lock:
                self.open -= 1


def _head(to: BaseHTTPRequestHandler, kind: str, more: list[tuple[str, str]] | None = None, status: int = 200) -> None:
    to.send_response(status)
    for name, value in [("Content-Type", kind), *(more or [("Transfer-Encoding", "chunked")])]:
        to.send_header(name, value)
    to.end_headers()


def _say(
    to: BaseHTTPRequestHandler, kind: str, body: bytes, more: list[tuple[str, str]] | None = None, status: int = 200
) -> None:
    _head(to, kind, [("Content-Length", str(len(body))), *(more or [])], status)
    to.wfile.write(body)


def _chunk(to: BaseHTTPRequestHandler, data: bytes) -> None:
    to.wfile.write(b"%x\r\n" % len(data) + data + b"\r\n")
    to.wfile.flush()


def test_the_phone_takes_no_more_than_an_answer_can_be_and_lets_go_of_a_line_that_nobody_hears() -> None:
    """In the real worker, over fetch; what the server sees of it as well."""
    server = Server()
    scripts = Scripts()
    with (
        serve(("msgpack",), scripts, server) as address,
        WorkerPage(scripts=scripts, address=address) as page,
    ):
        results = page.run("tests.browser.in_worker_transport")
        until = time.monotonic() + 5
        while server.open and time.monotonic() < until:
            time.sleep(0.05)
        left = server.open  # while the page is still there
    assert len(results) == 8
    assert not [f"{r.name}\n{r.error}" for r in results if r.error]
    assert 8 < server.sent < 100
    assert left == 0
