"""Transport over httpx, for devices on CPython (demo, tests, tools)."""

import asyncio
from collections.abc import AsyncGenerator

import httpx

from sync.core import events, versions, wire
from sync.core.errors import Unreachable
from sync.core.ports import QUIET_SECONDS, Reply
from sync.core.wire import MAX_BODY_BYTES, MEDIA_TYPE

TIMEOUT_SECONDS = 30


class HttpTransport:
    """See sync.core.ports.Transport. `app` takes an ASGI app instead of the network."""

    def __init__(self, base_url: str, app: object | None = None, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._seconds, self._streams = timeout_seconds, app is None
        inner = httpx.ASGITransport(app=app) if app is not None else None  # type: ignore[arg-type]
        self._client = httpx.AsyncClient(
            base_url=base_url, timeout=timeout_seconds, transport=inner, trust_env=False, follow_redirects=False
        )

    async def send(self, method: str, path: str, body: bytes = b"", token: str = "") -> Reply:
        """See the port. What another than our server answers (a proxy, a Wi-Fi sign-in page) is no answer."""
        headers = _headers(token) | {"Content-Type": MEDIA_TYPE}
        try:
            async with asyncio.timeout(self._seconds):  # the whole, where httpx bounds each step
                async with self._client.stream(method, path, content=body, headers=headers) as answer:
                    if answer.headers.get("content-type") != MEDIA_TYPE:
                        raise Unreachable("not our server")
                    return Reply(answer.status_code, await _bounded(answer), answer.headers.get(versions.HEADER))
        except (httpx.HTTPError, TimeoutError) as e:
            raise Unreachable(type(e).__name__) from e

    async def listen(self, path: str, token: str) -> AsyncGenerator[bytes, None]:
        """See sync.core.ports.Wakeable. An app in this process gives whole answers only: there it is unreachable."""
        if not self._streams:
            raise Unreachable("in this process")
        headers = _headers(token) | {"Accept": events.MEDIA_TYPE}
        patience = httpx.Timeout(self._seconds, read=QUIET_SECONDS)
        try:
            async with self._client.stream("GET", path, headers=headers, timeout=patience) as answer:
                kind = answer.headers.get("content-type")
                if kind == MEDIA_TYPE:
                    raise wire.decode_error(await _bounded(answer))
                if kind != events.MEDIA_TYPE or answer.status_code != 200:
                    raise Unreachable("not our server")
                async for piece in answer.aiter_raw():
                    yield piece
        except (httpx.HTTPError, TimeoutError) as e:
            raise Unreachable(type(e).__name__) from e

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()


def _headers(token: str) -> dict[str, str]:
    return {versions.HEADER: str(versions.DEVICE)} | ({"Authorization": f"Bearer {token}"} if token else {})


async def _bounded(answer: httpx.Response) -> bytes:
    """The unpacked body, given up as soon as it is longer than any answer of ours."""
    parts, size = [], 0
    async for chunk in answer.aiter_bytes():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise Unreachable("an answer without end")
        parts.append(chunk)
    return b"".join(parts)
