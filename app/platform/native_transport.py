"""Transport over httpx, for devices on CPython (demo, tests, tools)."""

import asyncio

import httpx

from sync.core import versions
from sync.core.errors import Unreachable
from sync.core.ports import Reply
from sync.core.wire import MAX_BODY_BYTES, MEDIA_TYPE

TIMEOUT_SECONDS = 30


class HttpTransport:
    """See sync.core.ports.Transport. `app` takes an ASGI app instead of the network."""

    def __init__(self, base_url: str, app: object | None = None, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._seconds = timeout_seconds
        inner = httpx.ASGITransport(app=app) if app is not None else None  # type: ignore[arg-type]
        self._client = httpx.AsyncClient(
            base_url=base_url, timeout=timeout_seconds, transport=inner, trust_env=False, follow_redirects=False
        )

    async def send(self, method: str, path: str, body: bytes = b"", token: str = "") -> Reply:
        """See the port. What another than our server answers (a proxy, a Wi-Fi sign-in page) is no answer."""
        headers = {"Content-Type": MEDIA_TYPE, versions.HEADER: str(versions.DEVICE)} | (
            {"Authorization": f"Bearer {token}"} if token else {}
        )
        try:
            async with asyncio.timeout(self._seconds):  # the whole, where httpx bounds each step
                async with self._client.stream(method, path, content=body, headers=headers) as answer:
                    if answer.headers.get("content-type") != MEDIA_TYPE:
                        raise Unreachable("not our server")
                    return Reply(answer.status_code, await _bounded(answer), answer.headers.get(versions.HEADER))
        except (httpx.HTTPError, TimeoutError) as e:
            raise Unreachable(type(e).__name__) from e

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()


async def _bounded(answer: httpx.Response) -> bytes:
    """The unpacked body, given up as soon as it is longer than any answer of ours."""
    parts, size = [], 0
    async for chunk in answer.aiter_bytes():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise Unreachable("an answer without end")
        parts.append(chunk)
    return b"".join(parts)
