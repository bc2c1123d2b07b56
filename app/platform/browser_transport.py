"""The network in the browser's worker: this site's own server, nothing else. Every answer is bounded."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from js import AbortController, Object, fetch
from pyodide.ffi import JsException, JsNull, to_js

from sync.core import events, versions, wire
from sync.core.errors import Unreachable
from sync.core.ports import QUIET_SECONDS, Reply
from sync.core.wire import MAX_BODY_BYTES, MEDIA_TYPE

TIMEOUT_SECONDS = 30


class FetchTransport:
    """See sync.core.ports.Transport and Wakeable."""

    async def send(self, method: str, path: str, body: bytes = b"", token: str = "") -> Reply:
        """See Transport."""
        control = AbortController.new()
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                answer = await _fetched(control, method, path, token, {"Content-Type": MEDIA_TYPE}, body)
                if answer.headers.get("content-type") != MEDIA_TYPE:
                    raise Unreachable("not our server")  # a Wi-Fi sign-in page, or a proxy whose server is down
                said = answer.headers.get(versions.HEADER)
                speaks = said if isinstance(said, str) else None  # JavaScript's null is no None
                return Reply(answer.status, await _bounded(answer), speaks)
        except (JsException, OSError) as e:  # TimeoutError is one
            raise Unreachable(type(e).__name__) from e
        finally:
            control.abort()  # after the end it does nothing

    async def listen(self, path: str, token: str) -> AsyncGenerator[bytes, None]:
        """See Wakeable."""
        control = AbortController.new()
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                answer = await _fetched(control, "GET", path, token, {"Accept": events.MEDIA_TYPE})
                kind = answer.headers.get("content-type")
                if kind == MEDIA_TYPE:
                    raise wire.decode_error(await _bounded(answer))
                if kind != events.MEDIA_TYPE or answer.status != 200:
                    raise Unreachable("not our server")
            reader = answer.body.getReader()
            while True:
                async with asyncio.timeout(QUIET_SECONDS):
                    part = await reader.read()
                if part.done:
                    return
                yield part.value.to_bytes()
        except (JsException, OSError) as e:
            raise Unreachable(type(e).__name__) from e
        finally:
            control.abort()


async def _fetched(control: Any, method: str, path: str, token: str, headers: dict[str, str], body: bytes = b"") -> Any:
    said = headers | {versions.HEADER: str(versions.DEVICE)} | ({"Authorization": f"Bearer {token}"} if token else {})
    options: dict[str, Any] = {
        "method": method,
        "headers": said,
        "cache": "no-store",
        "credentials": "omit",
        "redirect": "error",
        "signal": control.signal,
    }
    if method != "GET":
        options["body"] = body
    return await fetch(path, to_js(options, dict_converter=Object.fromEntries))


async def _bounded(answer: Any) -> bytes:
    """The unpacked body, given up as soon as it is longer than any answer of ours."""
    if isinstance(answer.body, JsNull):
        return b""
    reader, parts, size = answer.body.getReader(), [], 0
    while not (part := await reader.read()).done:
        size += part.value.length
        if size > MAX_BODY_BYTES:
            raise Unreachable("an answer without end")
        parts.append(part.value.to_bytes())
    return b"".join(parts)
