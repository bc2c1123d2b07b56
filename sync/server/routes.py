"""The HTTP face of the service: bounded bodies in, typed errors out. Logs names and counts, never content."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sync.core import codec, wire
from sync.core.errors import BadFormat, NotAuthorized, SlowDown, StraatError, TooLarge
from sync.server.service import Service
from sync.server.sessions import Carrier, Rates

logger = logging.getLogger("straatcontact")
RETRY_SECONDS = "5"


async def _body(request: Request) -> bytes:
    """The whole body, refused as soon as it is too large."""
    if request.headers.get("content-type", "") != wire.MEDIA_TYPE:
        raise BadFormat("content type")
    parts, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > wire.MAX_BODY_BYTES:
            raise TooLarge(f"over {wire.MAX_BODY_BYTES} bytes")
        parts.append(chunk)
    return b"".join(parts)


def _carrier(service: Service, request: Request) -> Carrier:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer":
        raise NotAuthorized()
    return service.sessions.carrier(token)


def _answer(error: StraatError) -> Response:
    headers = {"Retry-After": RETRY_SECONDS} if isinstance(error, SlowDown) else {}
    return Response(wire.encode_error(error), error.status, headers, media_type=wire.MEDIA_TYPE)


class Routes:
    """Everything under /v1."""

    def __init__(self, service: Service, millis: Callable[[], int]) -> None:
        self._service = service
        self._strangers = Rates(millis, burst=120, per_second=4)
        self._carriers = Rates(millis, burst=600, per_second=20)

    def all(self) -> list[Route]:
        """For a Starlette app."""
        s = self._service
        open_to_all: list[tuple[str, codec.Shape, Callable[..., Awaitable[Any]]]] = [
            ("challenge", wire.CHALLENGE, lambda body: s.challenge(*body)),
            ("token", wire.TOKEN, lambda body: s.token(*body)),
            ("enrol/roll", wire.ENROL_ROLL, lambda body: s.enrol_roll(*body)),
            ("enrol", wire.APPEND, lambda body: s.enrol(*body)),
            ("directory", wire.DIRECTORY, s.edition),
        ]
        with_token: list[tuple[str, codec.Shape, Callable[..., Awaitable[Any]]]] = [
            ("roll", wire.ROLL_AFTER, s.roll),
            ("roll/append", wire.APPEND, lambda carrier, body: s.append(carrier, *body)),
            ("push", wire.PUSH, s.push),
            ("pull", wire.PULL, s.pull),
        ]
        return [
            Route("/v1/health", _health, methods=["GET"]),
            Route("/v1/directory/publish", self._publish, methods=["POST"]),
            *(Route(f"/v1/{p}", self._open(p, shape, act), methods=["POST"]) for p, shape, act in open_to_all),
            *(Route(f"/v1/{p}", self._closed(p, shape, act), methods=["POST"]) for p, shape, act in with_token),
        ]

    def _open(
        self, name: str, shape: codec.Shape, act: Callable[..., Awaitable[Any]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            async def work() -> Any:
                self._strangers.take(request.client.host if request.client else "")
                return await act(wire.decode(shape, await _body(request)))

            return await self._run(name, work)

        return endpoint

    def _closed(
        self, name: str, shape: codec.Shape, act: Callable[..., Awaitable[Any]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            async def work() -> Any:
                carrier = _carrier(self._service, request)
                self._carriers.take(carrier.device.hex())
                return await act(carrier, wire.decode(shape, await _body(request)))

            return await self._run(name, work)

        return endpoint

    async def _publish(self, request: Request) -> Response:
        async def work() -> Any:
            return await self._service.publish(_carrier(self._service, request), await _body(request))

        return await self._run("directory/publish", work)

    async def _run(self, name: str, work: Callable[[], Awaitable[Any]]) -> Response:
        """The answer, or the typed error; whatever else goes wrong is 'internal' and tells nothing."""
        try:
            value = await work()
        except StraatError as error:
            logger.info("%s refused: %s", name, error.code)
            return _answer(error)
        except Exception as error:
            logger.error("%s failed: %s", name, type(error).__name__)
            return _answer(StraatError())
        logger.info("%s ok", name)
        body = value if isinstance(value, bytes) else wire.encode(value)
        return Response(body, media_type=wire.MEDIA_TYPE)


async def _health(request: Request) -> Response:
    return JSONResponse({"status": "ok"})
