"""A web server in a thread that says what a test tells it to say: the site's own answers, or anything else."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Said:
    """One answer as it goes over the wire."""

    body: bytes
    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)


Answering = Callable[[str, dict[str, str]], Said]


@contextmanager
def web_server(answer: Answering) -> Iterator[str]:
    """The address of a server on this machine that answers each GET (path, headers in lower case) as told."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet, or each answer waits 40 ms for the other side's word

        def do_GET(self) -> None:
            said = answer(self.path, {k.lower(): v for k, v in self.headers.items()})
            self.send_response(said.status)
            for name, value in [*said.headers, ("Content-Length", str(len(said.body)))]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.body)
            self.wfile.flush()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
