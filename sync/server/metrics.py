"""Figures for Prometheus, on a port of its own on the loopback: totals only, no id, no address, no content.

The one that behind a proxy comes from the loopback too is everybody; so this is no path of the public server. The text
format is version 0.0.4, https://prometheus.io/docs/instrumenting/exposition_formats/. Labels are words of the code: a
route that is none of ours counts as `other`.
"""

import asyncio
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.server.answering import WHOLE

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
SIZES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)
STREAMS = frozenset({"events"})  # last for as long as they are wanted: that is no latency
PREFIX = "straatcontact_"
ASKING_SECONDS, MOST_ASKED = 5, 8 << 10


class Figure(NamedTuple):
    """A gauge or counter that is read when it is asked for."""

    name: str
    kind: str
    about: str
    value: float
    labels: str = ""


class Histogram:
    """How many were at most so large."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds, self._counts, self._sum = bounds, [0] * (len(bounds) + 1), 0.0

    def add(self, value: float) -> None:
        """One more."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def lines(self, name: str, labels: str = "") -> Iterator[str]:
        """As the format wants it: cumulative, with the sum and the count."""
        total, comma = 0, "," if labels else ""
        for bound, count in zip((*self._bounds, None), self._counts, strict=True):
            total += count
            yield f'{name}_bucket{{{labels}{comma}le="{"+Inf" if bound is None else bound}"}} {total}'
        braces = f"{{{labels}}}" if labels else ""
        yield f"{name}_sum{braces} {self._sum:.6f}"
        yield f"{name}_count{braces} {total}"


class Metrics:
    """What is counted while the server runs. `routes` are the names under /v1."""

    def __init__(self, routes: Iterable[str]) -> None:
        self._routes = {f"/v1/{name}": name for name in routes}
        self._requests: Counter[tuple[str, int]] = Counter()
        self._seconds: dict[str, Histogram] = {}
        self._received = self._sent = 0
        self.commits = Histogram(SIZES)
        self.more: Callable[[], Awaitable[list[Figure]]] | None = None  # what the server itself knows

    def route_of(self, path: str) -> str:
        """A name that no caller can choose."""
        return self._routes.get(path, "other" if path.startswith("/v1") else "site")

    def count(self, route: str, status: int, seconds: float, received: int, sent: int) -> None:
        """One request has been answered."""
        self._requests[route, status] += 1
        self._received += received
        self._sent += sent
        if route not in STREAMS:
            self._seconds.setdefault(route, Histogram(SECONDS)).add(seconds)

    async def text(self) -> str:
        """All of it."""
        lines: list[str] = []
        if self.more is not None:
            told = ""
            for f in await self.more():
                lines += [] if f.name == told else _head(f.name, f.kind, f.about)
                lines.append(f"{PREFIX}{f.name}{f.labels} {f.value:.10g}")
                told = f.name
        lines += _head("requests_total", "counter", "Requests answered, by route and HTTP status.")
        for (route, status), count in sorted(self._requests.items()):
            lines.append(f'{PREFIX}requests_total{{route="{route}",code="{status}"}} {count}')
        lines += _head("received_bytes_total", "counter", "Bytes of bodies that requests announced.")
        lines.append(f"{PREFIX}received_bytes_total {self._received}")
        lines += _head("sent_bytes_total", "counter", "Bytes of bodies that were answered.")
        lines.append(f"{PREFIX}sent_bytes_total {self._sent}")
        lines += _head("request_seconds", "histogram", "Time from the headers of a request to the end of its answer.")
        for route, histogram in sorted(self._seconds.items()):
            lines += histogram.lines(PREFIX + "request_seconds", f'route="{route}"')
        lines += _head("commit_jobs", "histogram", "Jobs that went to the disk in one commit.")
        lines += self.commits.lines(PREFIX + "commit_jobs")
        return "\n".join(lines) + "\n"


def _head(name: str, kind: str, about: str) -> list[str]:
    return [f"# HELP {PREFIX}{name} {about}", f"# TYPE {PREFIX}{name} {kind}"]


class Counting:
    """ASGI around an app: every request is counted when it has been answered."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, sent = time.perf_counter(), 500, 0

        async def counting(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                sent += len(message.get("body", b""))
            await send(message)

        def counting_whole(lines: bytes, body: bytes) -> bool:
            nonlocal status, sent
            done = bool(whole(lines, body))
            if done:
                status, sent = 200, len(body)
            return done

        if whole := scope.get("state", {}).get(WHOLE):
            scope["state"][WHOLE] = counting_whole
        try:
            await self._app(scope, receive, counting)
        finally:
            size = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
            received = int(size) if size.isdigit() and len(size) < 12 else 0
            route = self._metrics.route_of(scope["path"])
            self._metrics.count(route, status, time.perf_counter() - began, received, sent)


async def listen(metrics: Metrics, port: int) -> asyncio.Server:
    """Answer GET /metrics on 127.0.0.1, and nothing else anywhere. Raises OSError when the port is taken."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(ASKING_SECONDS):
                asked = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)
                found = asked[:2] == [b"GET", b"/metrics"]
                body = (await metrics.text()).encode() if found else b"not here\n"
                status = b"200 OK" if found else b"404 Not Found"
                kind = b"text/plain; version=0.0.4; charset=utf-8"
                head = b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
                writer.write(head % (status, kind, len(body)) + body)
                await writer.drain()
        writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", port, limit=MOST_ASKED)
