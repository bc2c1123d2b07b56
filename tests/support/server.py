"""A server to talk to as a device does: the real app over a real store, and a caller that knows the wire."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette

from app.platform.native_transport import HttpTransport
from sync.core import codec, wire
from sync.core.ports import Clock
from sync.server.app import make_app
from sync.server.store import Store
from tests.support.native_app import ORIGIN
from tests.support.organisation import Organisation, P, Person


@asynccontextmanager
async def serving(store: Store, clock: Clock, *told: Organisation) -> AsyncIterator[Starlette]:
    """A running app that holds these organisations' rolls as they are now."""
    for organisation in told:
        for number, entry in enumerate(organisation.roll.entries):
            assert await store.append_roll(organisation.id, number, entry)
    app = make_app(store, P, clock, None)
    async with app.router.lifespan_context(app):
        yield app


class Caller:
    """Asks over the wire; a refusal is raised as the typed error that it stands for."""

    def __init__(self, app: Starlette | None = None, base_url: str = ORIGIN) -> None:
        self.transport = HttpTransport(base_url, app)

    async def ask(self, path: str, value: Any, shape: codec.Shape | None = None, token: str = "") -> Any:
        return await self.send(path, wire.encode(value), shape, token)

    async def send(self, path: str, body: bytes, shape: codec.Shape | None = None, token: str = "") -> Any:
        reply = await self.transport.send("POST", f"/v1/{path}", body, token)
        if reply.status != 200:
            error = wire.decode_error(reply.body)
            assert error.status == reply.status
            raise error
        return wire.decode(shape, reply.body) if shape else reply.body

    async def signed_in(self, person: Person) -> str:
        """A token."""
        organisation = person.organisation.id
        nonce, _ = await self.ask("challenge", [organisation, person.device], wire.CHALLENGED)
        [proof] = await P.sign(person.keyring.signing, [wire.session_bytes(organisation, person.device, nonce)])
        token, _, _ = await self.ask("token", [organisation, person.device, nonce, proof], wire.TOKENED)
        return str(token)

    async def push(self, token: str, envelopes: Sequence[bytes]) -> list[str]:
        """The outcome of each."""
        return [outcome for _, outcome in await self.ask("push", list(envelopes), wire.PUSHED, token)]

    async def pull(self, token: str, ring: bytes, after: int = 0) -> list[tuple[int, bytes]]:
        """Everything in a ring after a cursor, page after page."""
        items: list[tuple[int, bytes]] = []
        more = True
        while more:
            [(_, page, more)] = await self.ask("pull", [[ring, after]], wire.PULLED, token)
            items += page
            after = page[-1][0] if page else after
        return items

    async def close(self) -> None:
        await self.transport.close()
