"""One message under /v1 as a plain ASGI app: what was asked, and its answer. The hot path, so without a framework.

sync.server.routes says what there is and what each may be; Starlette still finds its way to all the rest.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

from starlette.types import Receive, Scope, Send

from sync.core import versions, wire
from sync.core.errors import BadFormat, Busy, SlowDown, StraatError, TooLarge
from sync.server.quick import packed

RETRY_SECONDS = "5"
BODY_SECONDS = 60
_SPOKEN = versions.HEADER.lower().encode()
WHOLE = "whole"  # in a request's scope["state"]: writes an answer in one go (sync.server.connections)
_NOTHING: dict[str, Any] = {}
_TYPE = (b"content-type", wire.MEDIA_TYPE.encode())
logger = logging.getLogger("straatcontact")


def headers() -> dict[str, str]:
    """Those of every answer."""
    said = str(versions.SERVER)
    return {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", versions.HEADER: said}


@lru_cache(1)
def _plain(server: versions.Range) -> list[tuple[bytes, bytes]]:
    return [*((name.lower().encode(), text.encode()) for name, text in headers().items()), _TYPE]


@lru_cache(1)
def _lines(server: versions.Range) -> bytes:
    return b"".join(b"%b: %b\r\n" % header for header in _plain(server))


class Asked:
    """A request: its headers (the first of each name counts), who sends it, and its body when it is wanted."""

    __slots__ = ("_headers", "_receive", "host")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._headers: dict[bytes, bytes] = dict(reversed(scope["headers"]))
        self._receive = receive
        client = scope.get("client")
        self.host: str = client[0] if client else ""

    def header(self, name: bytes) -> str | None:
        """By its name in small letters."""
        value = self._headers.get(name)
        return None if value is None else value.decode("latin-1")

    async def body(self, limit: int) -> bytes:
        """The whole body. Raises BadFormat, TooLarge as soon as it is known to be, or Busy for one that takes for ever."""
        if self.header(b"content-type") != wire.MEDIA_TYPE:
            raise BadFormat("content type")
        announced = self.header(b"content-length") or ""
        if announced.isdecimal() and int(announced) > limit:
            raise TooLarge(f"over {limit} bytes")
        try:
            async with asyncio.timeout(BODY_SECONDS):
                return await self._whole(limit)
        except TimeoutError as e:
            raise Busy("the body did not arrive") from e

    async def _whole(self, limit: int) -> bytes:
        parts, size, more = list[bytes](), 0, True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise Busy("the body did not arrive")
            part = message.get("body", b"")
            size += len(part)
            if size > limit:
                raise TooLarge(f"over {limit} bytes")
            parts.append(part)
            more = message.get("more_body", False)
        return parts[0] if len(parts) == 1 else b"".join(parts)


class Answering:
    """The answer, or the typed error; whatever else goes wrong is 'internal' and tells nothing."""

    def __init__(self, name: str, work: Callable[[Asked], Awaitable[Any]]) -> None:
        self._name, self._work = name, work

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        asked = Asked(scope, receive)
        status, more = 200, dict[str, str]()
        try:
            versions.agreed(versions.read(asked.header(_SPOKEN)), versions.SERVER)
            value = await self._work(asked)
            body = value if isinstance(value, bytes) else packed(value)
            whole = scope.get("state", _NOTHING).get(WHOLE)
            if whole and whole(b"%bcontent-length: %d\r\n" % (_lines(versions.SERVER), len(body)), body):
                return
        except Exception as error:
            told = refused(self._name, error)
            status, body = told.status, wire.encode_error(told)
            more = retry(told)
        told_with = [*_plain(versions.SERVER), (b"content-length", b"%d" % len(body))]
        told_with += [(name.lower().encode(), text.encode()) for name, text in more.items()]
        await send({"type": "http.response.start", "status": status, "headers": told_with})
        await send({"type": "http.response.body", "body": body})


def refused(name: str, error: Exception) -> StraatError:
    """What is told of an error, and written down: its code, or where it happened. Never what it says."""
    if isinstance(error, StraatError):
        logger.info("%s refused: %s", name, error.code)
        return error
    logger.error("%s failed: %s", name, _place(error))
    return StraatError()


def retry(error: StraatError) -> dict[str, str]:
    """The header that says when to come again."""
    return {"Retry-After": RETRY_SECONDS} if isinstance(error, SlowDown | Busy) else {}


def _place(error: Exception) -> str:
    """Kind and line of code: what an exception says may quote what it choked on."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} in {where}"
