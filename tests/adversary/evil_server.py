"""A server of ours turned evil: the real app behind a wrapper that may give any answer to any request.

    async with besieged(settled, tmp_path) as s:      # Joke the coordinator and Fatma, both real and unlocked
        s.evil.on("pull", rewritten(wire.PULLED, drop_the_last))
        await s.note("een bezoek")
        assert await s.round(s.joke) == ""            # the error code that a round ended with
        await s.peace()                               # honest again: everything said arrives, nothing else

Nothing of ours is replaced: the devices speak over their own transport, the honest half is the real server with
its store, and only what travels between them is changed.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import msgpack

from app.platform.native import FileDeviceKey
from app.services.app import App
from app.services.models import QueueFilter
from sync.core import codec, wire
from sync.core.errors import StraatError, from_code
from sync.core.ports import Wrapper
from tests.support.settled_team import FATMA, FORM, JOKE, MINUTE, Team, hushed, session_of, team

ROUND_SECONDS = 20  # a round that takes longer has been caught in a loop

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]
ASGI = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Request:
    """What a device sent: the path after /v1/, the body, the token."""

    path: str
    body: bytes
    token: str

    def value(self, shape: codec.Shape) -> Any:
        """The body, checked."""
        return wire.decode(shape, self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a device gets to hear."""

    status: int
    body: bytes
    kind: str = wire.MEDIA_TYPE
    headers: tuple[tuple[bytes, bytes], ...] = ()


Honest = Callable[[Request], Awaitable[Answer]]
Trick = Callable[[Request, Honest], Awaitable[Answer]]


class EvilServer:
    """An ASGI app. `heard` is all that a server can write down of the requests."""

    def __init__(self, honest: Any) -> None:
        self.honest = honest
        self.heard: list[Request] = []
        self._tricks: dict[str, tuple[Trick, int]] = {}

    @property
    def state(self) -> Any:
        """Of the app behind it."""
        return self.honest.state

    def on(self, path: str, trick: Trick, times: int = 1 << 60) -> None:
        """Answer requests for a path by a trick, so many times; then honestly."""
        self._tricks[path] = (trick, times)

    def calm(self) -> None:
        """Be honest from now on."""
        self._tricks.clear()

    async def ask(self, request: Request) -> Answer:
        """What the honest app answers."""
        return await _through(self.honest, request)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        headers = dict(scope["headers"])
        token = headers.get(b"authorization", b"").decode().removeprefix("Bearer ")
        request = Request(scope["path"].removeprefix("/v1/"), await _body(receive), token)
        self.heard.append(request)
        trick, left = self._tricks.get(request.path, (None, 0))
        if trick is not None and left > 0:
            self._tricks[request.path] = (trick, left - 1)
            answer = await trick(request, self.ask)
        else:
            answer = await self.ask(request)
        start = [(b"content-type", answer.kind.encode()), *answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": start})
        await send({"type": "http.response.body", "body": answer.body})


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _through(app: ASGI, request: Request) -> Answer:
    """One request to an ASGI app, and its answer."""
    headers = [(b"content-type", wire.MEDIA_TYPE.encode()), (b"content-length", str(len(request.body)).encode())]
    if request.token:
        headers.append((b"authorization", f"Bearer {request.token}".encode()))
    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/v1/{request.path}",
        "raw_path": f"/v1/{request.path}".encode(),
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("test", 80),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
    }
    told = False
    status, kind, body = 500, "", b""

    async def receive() -> Scope:
        nonlocal told
        if told:
            await asyncio.Event().wait()
        told = True
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message: Scope) -> None:
        nonlocal status, kind, body
        if message["type"] == "http.response.start":
            status = message["status"]
            kind = dict(message["headers"]).get(b"content-type", b"").decode()
        else:
            body += message.get("body", b"")

    await app(scope, receive, send)
    return Answer(status, body, kind)


# -- answers and tricks ----------------------------------------------------------------------------------


def packed(value: Any) -> bytes:
    """MessagePack without our own writer's scruples."""
    data: bytes = msgpack.packb(value, use_bin_type=True)
    return data


def ok(value: Any) -> Answer:
    """200 with this value."""
    return Answer(200, packed(value))


def refusal(code: str, detail: str = "") -> Answer:
    """A refusal as our server writes one."""
    return Answer(from_code(code).status, packed([code, detail]))


def says(answer: Answer) -> Trick:
    """Always the same."""

    async def trick(_: Request, __: Honest) -> Answer:
        return answer

    return trick


def rewritten(shape: codec.Shape, change: Callable[[Any], Any]) -> Trick:
    """The honest answer after `change`, which gets lists that it may alter in place, and gives what to send."""

    async def trick(request: Request, honest: Honest) -> Answer:
        answer = await honest(request)
        if answer.status != 200:
            return answer
        return ok(change(_lists(wire.decode(shape, answer.body))))

    return trick


def _lists(value: Any) -> Any:
    return [_lists(v) for v in value] if isinstance(value, tuple | list) else value


def each_envelope(change: Callable[[bytes], bytes]) -> Trick:
    """A pull in which every envelope went through `change`."""

    def pages(value: Any) -> Any:
        return [[ring, [[s, change(data)] for s, data in items], more] for ring, items, more in value]

    return rewritten(wire.PULLED, pages)


def each_page(change: Callable[[list[Any]], list[Any]]) -> Trick:
    """A pull in which every ring's [sequence, envelope] list went through `change`."""
    return rewritten(wire.PULLED, lambda value: [[ring, change(items), more] for ring, items, more in value])


@contextmanager
def in_memory() -> Iterator[Path]:
    """A folder that is gone afterwards, in memory where the system has a place for that."""
    place = Path("/dev/shm")
    with TemporaryDirectory(dir=place if os.access(place, os.W_OK) else None, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


# -- the siege -------------------------------------------------------------------------------------------


class QuickKey(FileDeviceKey):
    """Remembers what a PIN gave: the same result, and hundreds of unlocks take no minute."""

    _known: ClassVar[dict[tuple[bytes, bytes, int, bytes], Wrapper]] = {}

    async def wrapper(self, secret: bytes, salt: bytes, rounds: int) -> Wrapper:
        """See the port."""
        asked = (secret, salt, rounds, await self.mac(b"which device"))
        if asked not in self._known:
            self._known[asked] = await super().wrapper(secret, salt, rounds)
        return self._known[asked]


@dataclass(slots=True)
class Siege:
    """Two real devices before an evil server, and every note that was ever said."""

    t: Team
    evil: EvilServer
    joke: App = field(init=False)
    fatma: App = field(init=False)
    said: set[str] = field(default_factory=set)

    async def opened(self, name: str, secret: str) -> App:
        """A device unlocked (again), with nothing going on by itself."""
        app = self.t.device(name)
        app.live.world = replace(app.live.world, device_key=QuickKey(self.t.folder / name / "device.key"))
        await app.start()
        await app.unlock(secret)
        return await hushed(app)

    async def note(self, text: str, **other: Any) -> bytes:
        """Fatma saves a visit."""
        visit = await self.fatma.save_visit(replace(FORM, note=text, **other))
        self.said.add(text)
        return visit

    async def round(self, app: App) -> str:
        """One round, which must end; the error code that the home screen shows after it ("unreachable" included)."""
        async with asyncio.timeout(ROUND_SECONDS):
            try:
                await app.sync_once()
            except StraatError as error:
                code = error.code
            else:
                return app.sync_status().trouble
        shown = app.sync_status().trouble
        if shown != ("" if code == "unreachable" else code):
            raise AssertionError(f"the home screen says {shown!r} after {code!r}")
        return code

    def read(self, app: App | None = None) -> set[str]:
        """The notes that the coordinator reads."""
        return {v.form.note for v in (app or self.joke).queue(QueueFilter.ALL) if v.detail and v.form.note}

    def nothing_unsaid(self) -> None:
        """No screen shows a note that nobody wrote; the author still has every one."""
        assert self.read() <= self.said
        assert {v.form.note for v in self.fatma.visits()} == self.said

    async def restarted(self) -> None:
        """Both devices anew from their logs."""
        self.joke, self.fatma = await self.opened("joke", JOKE), await self.opened("fatma", FATMA)

    async def peace(self, after: int = 61 * MINUTE, restart: bool = False, rounds: int = 2) -> None:
        """The server is honest again, for so many milliseconds (tokens last an hour). What was saved is not lost,
        what is written now arrives, all is well.
        """
        self.nothing_unsaid()
        self.evil.calm()
        self.t.clock.now += after
        if restart:
            await self.restarted()
            self.nothing_unsaid()
        await self.note("na afloop")
        for _ in range(rounds):
            await self.round(self.fatma)
            await self.round(self.joke)
        codes = (await self.round(self.fatma), await self.round(self.joke))
        assert codes == ("", ""), codes
        assert self.read() == self.said
        self.nothing_unsaid()
        assert {v.synced for v in self.fatma.visits()} == {True}
        for app in (self.fatma, self.joke):
            status = app.sync_status()
            assert (status.unsent, status.trouble, status.clock_off_minutes) == (0, "", 0)
            assert session_of(app).replica.withheld == set()


@asynccontextmanager
async def besieged(settled: Path, folder: Path) -> AsyncIterator[Siege]:
    """A settled team whose server has turned evil. Everything was synced once before."""
    async with team(settled, folder) as t:
        evil = EvilServer(t.asgi)
        t.asgi = evil  # type: ignore[assignment]
        siege = Siege(t, evil)
        await siege.restarted()
        await siege.note("van vroeger")
        for app in (siege.fatma, siege.joke):
            assert await siege.round(app) == ""
        yield siege


def aside(app: App) -> list[str]:
    """The reasons in the list of what was kept aside, as Settings shows it."""
    return sorted(item.reason for item in app.aside())
