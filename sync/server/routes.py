"""The HTTP face of the service: bounded bodies in, typed errors out. Logs names and counts, never content."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sync.core import codec, events, versions, wire
from sync.core.directory import MAX_DIRECTORY_BYTES
from sync.core.errors import NotAuthorized, NotFound, StraatError, WrongMethod
from sync.core.roll_entry import MAX_ENTRY_BYTES
from sync.core.stories import MAX_LIST_BYTES, MAX_PHOTO_BYTES
from sync.server import openapi
from sync.server.answering import Answering, Asked, headers, refused, retry
from sync.server.events import EventStream
from sync.server.quick import pushed
from sync.server.service import Service
from sync.server.sessions import Carrier, Rates

logger = logging.getLogger("straatcontact")
SMALL = 4096
ERASE_BYTES = wire.MAX_ERASE * 40
ONE_ENTRY = MAX_ENTRY_BYTES + SMALL
OFFER_BYTES = 4 << 20
Endpoint = Callable[[Request], Awaitable[Response | EventStream]]


class _Message(NamedTuple):
    """One kind of request. `shape` None: the body is taken as it is. `limit` is in bytes."""

    path: str
    shape: codec.Shape | None
    limit: int
    act: Callable[..., Awaitable[Any]]


class Routes:
    """Everything under /v1. `millis` is the server's clock."""

    def __init__(self, service: Service, millis: Callable[[], int]) -> None:
        self._service = service
        self._document = b""  # made when it is asked for
        self._posted: dict[str, Answering] = {}
        self._strangers = Rates(millis, burst=300, per_second=10)
        self._carriers = Rates(millis, burst=600, per_second=20)
        self._readers = Rates(millis, burst=300, per_second=10)  # of pages: they take nothing from phones
        self.rates = {"strangers": self._strangers, "devices": self._carriers, "readers": self._readers}

    def _messages(self) -> tuple[list[_Message], list[_Message]]:
        """What anybody may ask, and what takes a token."""
        s = self._service
        open_to_all = [
            _Message("challenge", wire.CHALLENGE, SMALL, lambda body: s.challenge(*body)),
            _Message("token", wire.TOKEN, SMALL, lambda body: s.token(*body)),
            _Message("enrol/roll", wire.ENROL_ROLL, SMALL, lambda body: s.enrol_roll(*body)),
            _Message("recover/roll", wire.RECOVER_ROLL, SMALL, lambda body: s.recover_roll(*body)),
            _Message("enrol", wire.APPEND, ONE_ENTRY, lambda body: s.enrol(*body)),
            _Message("enrol/again", wire.APPEND, ONE_ENTRY, lambda body: s.enrol(body[0], body[1], again=True)),
            _Message("enrol/offer", wire.OFFER, OFFER_BYTES, s.enrol_offer),
            _Message("directory", wire.DIRECTORY, SMALL, lambda body: s.edition(*body)),
            _Message("stories", wire.DIRECTORY, SMALL, lambda body: s.story_list(*body)),
            _Message("stories/part", wire.PART, SMALL, lambda body: s.story_part(*body)),
            _Message("stories/stop", wire.STOP, SMALL, lambda body: s.stop_story(*body)),
            _Message("directory/earlier", wire.DIRECTORY, SMALL, lambda body: s.earlier_edition(*body)),
        ]
        with_token = [
            _Message("roll", wire.ROLL_AFTER, SMALL, s.roll),
            _Message("roll/append", wire.APPEND, ONE_ENTRY, lambda carrier, body: s.append(carrier, *body)),
            _Message("roll/offer", wire.OFFER, OFFER_BYTES, s.offer),
            _Message("roll/confirm", wire.CONFIRM, SMALL, lambda carrier, body: s.confirm(carrier, *body)),
            _Message("push", wire.PUSH, wire.MAX_BODY_BYTES, s.push),
            _Message("erase", wire.ERASE, ERASE_BYTES, s.erase),
            _Message("pull", wire.PULL, SMALL, s.pull),
            _Message("pull/small", wire.PULL, SMALL, s.pull_small),
            _Message("devices", wire.NOTHING, SMALL, lambda carrier, _: s.devices(carrier)),
            _Message("directory/publish", None, MAX_DIRECTORY_BYTES + SMALL, s.publish),
            _Message("stories/publish", None, MAX_LIST_BYTES + SMALL, s.publish_stories),
            _Message("stories/deliver", None, MAX_PHOTO_BYTES + SMALL, s.deliver_story),
        ]
        return open_to_all, with_token

    def told(self) -> list[openapi.Told]:
        """Every message as it is routed, for the OpenAPI document."""
        return [
            openapi.Told(m.path, m.shape, m.limit, token)
            for messages, token in zip(self._messages(), (False, True), strict=True)
            for m in messages
        ]

    def all(self) -> list[Route]:
        """For a Starlette app."""
        found = [
            Route("/v1/health", self._health, methods=["GET"]),
            Route("/v1/openapi.json", self._openapi, methods=["GET"]),
            Route("/v1/events", _endpoint("events", self._events), methods=["GET"]),
            *(Route(path, answering, methods=["POST"]) for path, answering in self.posted().items()),
        ]
        allowed = {r.path: ", ".join(sorted(r.methods or ())) for r in found}
        rest = _Rest(allowed)
        return [*found, Route("/v1", rest), Route("/v1/{rest:path}", rest)]

    def take_reader(self, request: Request) -> None:
        """Count a request of anybody for a page. Raises SlowDown."""
        self._readers.take(_neighbourhood(request.client.host if request.client else ""))

    def posted(self) -> dict[str, Answering]:
        """What answers a POST to each path, without a way through Starlette."""
        if not self._posted:
            open_to_all, with_token = self._messages()
            self._posted = {
                **{f"/v1/{m.path}": self._open(m) for m in open_to_all},
                **{f"/v1/{m.path}": self._closed(m) for m in with_token},
            }
        return self._posted

    def _open(self, m: _Message) -> Answering:
        async def work(asked: Asked) -> Any:
            self._strangers.take(_neighbourhood(asked.host))
            return await m.act(await _read(m, asked))

        return Answering(m.path, work)

    def _closed(self, m: _Message) -> Answering:
        async def work(asked: Asked) -> Any:
            carrier = self._carrier(asked.header(b"authorization"))
            self._carriers.take(carrier.device.hex())
            return await m.act(carrier, await _read(m, asked))

        return Answering(m.path, work)

    def _carrier(self, authorization: str | None) -> Carrier:
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            raise NotAuthorized()
        return self._service.sessions.carrier(token)

    async def _events(self, request: Request) -> Response | EventStream:
        """A word to this device each time that something comes in for it, for as long as its token lasts."""
        carrier = self._carrier(request.headers.get("authorization"))
        self._carriers.take(carrier.device.hex())
        listening = await self._service.listen(carrier)
        if request.method == "HEAD":
            return Response(headers=headers(), media_type=events.MEDIA_TYPE)
        return EventStream(
            listening, lambda: self._service.may_listen(self._carrier(request.headers.get("authorization"))), headers()
        )

    async def _openapi(self, request: Request) -> Response:
        """The document of everything here, made of the same tables."""
        if not self._document:
            self._document = openapi.written(openapi.document(self.told()))
        return Response(self._document, headers=headers(), media_type="application/json")

    async def _health(self, request: Request) -> Response:
        """200 when the store answers, for whoever watches over the server."""
        try:
            await self._service.ready()
        except StraatError as error:
            return JSONResponse({"status": error.code}, error.status, headers())
        return JSONResponse({"status": "ok"}, headers=headers())


async def _read(m: _Message, asked: Asked) -> Any:
    """The checked body. Raises BadFormat, TooLarge, or Busy for one that takes for ever to arrive."""
    body = await asked.body(m.limit)
    if m.shape is wire.PUSH:
        return pushed(body)
    return body if m.shape is None else wire.decode(m.shape, body)


def _neighbourhood(host: str) -> str:
    """Whose rate an address counts for: an IPv6 subscriber has a whole /64."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, 64), strict=False))
    return host


def _endpoint(name: str, work: Endpoint) -> Endpoint:
    """The answer, or the typed error, for what takes the way through Starlette."""

    async def endpoint(request: Request) -> Response | EventStream:
        try:
            versions.agreed(versions.read(request.headers.get(versions.HEADER)), versions.SERVER)
            return await work(request)
        except Exception as error:
            return _refusal(refused(name, error))

    return endpoint


def _refusal(error: StraatError) -> Response:
    return Response(wire.encode_error(error), error.status, {**headers(), **retry(error)}, media_type=wire.MEDIA_TYPE)


class _Rest:
    """What no message is for: not found, or found but not for this method. Any method at all ends here."""

    def __init__(self, allowed: Mapping[str, str]) -> None:
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        allowed = self._allowed.get(scope["path"])
        answer = _refusal(WrongMethod()) if allowed else _refusal(NotFound())
        if allowed:
            answer.headers["Allow"] = allowed
        await answer(scope, receive, send)
