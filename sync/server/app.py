"""The server as one ASGI app: the API under /v1, the site for the rest, and the hourly drop of what expired."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from starlette.applications import Starlette

from sync.core.ports import Clock, Primitives
from sync.server.routes import Routes
from sync.server.service import Service
from sync.server.site import Site
from sync.server.store import Store

HOUR = 3600
logger = logging.getLogger("straatcontact")


def make_app(store: Store, primitives: Primitives, clock: Clock, site: Path | None) -> Starlette:
    """Everything wired; the store is closed when the app stops."""
    service = Service(store, primitives, clock)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        try:
            await service.start()
            dropping = asyncio.create_task(_drop_hourly(service))
            try:
                yield
            finally:
                dropping.cancel()
                with suppress(asyncio.CancelledError):
                    await dropping
        finally:
            await store.close()

    routes = Routes(service, clock.millis).all()
    if site is not None:
        routes.append(Site(site).route())
    app = Starlette(routes=routes, lifespan=lifespan)
    app.state.service = service
    return app


async def _drop_hourly(service: Service) -> None:
    """For as long as the server runs; what fails now is tried again in an hour."""
    while True:
        try:
            logger.info("expired and overwritten: %d", await service.drop_expired())
        except Exception as error:
            logger.error("dropping what expired failed: %s", type(error).__name__)
        await asyncio.sleep(HOUR)
