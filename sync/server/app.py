"""The server as one ASGI app: the API under /v1, the site for the rest, and the hourly drop of what expired."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from sync.core.errors import StraatError
from sync.core.ports import Clock, Primitives
from sync.server.limits import Limits
from sync.server.metrics import Counting, Metrics
from sync.server.quotas import Totals
from sync.server.routes import Routes
from sync.server.service import LIMITS, Service
from sync.server.site import Site
from sync.server.store import Store
from sync.server.story_pages import StoryPages

HOUR = 3600
logger = logging.getLogger("straatcontact")


class _App(Starlette):
    """What is posted to `posted` goes there at once: these answer every error themselves. All else as Starlette does."""

    posted: Mapping[str, ASGIApp] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        found = self.posted.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        await (found or super().__call__)(scope, receive, send)


def make_app(
    store: Store,
    primitives: Primitives,
    clock: Clock,
    site: Path | None,
    limits: Limits = LIMITS,
    metrics: Metrics | None = None,
) -> Starlette:
    """Everything wired; the store is closed when the app stops. `metrics` counts what is asked."""
    service = Service(store, primitives, clock, limits)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        try:
            try:
                await service.start()
            except StraatError as e:
                logger.error("not started: %s; the store is as it was. straatcontact doctor says more", e.code)
                raise
            count = len(await store.organisations())
            logger.info("started: %d organisations", count)
            if not count:
                logger.warning("no organisation here: is --data right? If it is: straatcontact init")
            dropping = asyncio.create_task(_drop_hourly(service))
            try:
                yield
            finally:
                dropping.cancel()
                with suppress(asyncio.CancelledError):
                    await dropping
        finally:
            await store.close()

    asked = Routes(service, clock.millis)
    routes = [*asked.all(), *StoryPages(service, asked.take_reader).routes()]
    if site is not None:
        routes.append(Site(site).route())
    app = _App(routes=routes, lifespan=lifespan)
    app.state.service = service
    app.state.rates = asked.rates
    app.posted = dict(asked.posted())
    if metrics is not None:
        app.posted = {path: Counting(answering, metrics) for path, answering in app.posted.items()}
        app.add_middleware(Counting, metrics=metrics)
    return app


def _warn(t: Totals) -> None:
    """Before anything is refused."""
    figures = (t.devices_near, t.devices, t.devices_over, t.organisations_near, t.organisations_over)
    if any((t.devices_near, t.devices_over, t.organisations_near, t.organisations_over)):
        logger.warning("quota: %d of %d devices near theirs, %d over; organisations near: %d, over: %d", *figures)


async def _drop_hourly(service: Service) -> None:
    """For as long as the server runs; what fails now is tried again in an hour."""
    while True:
        try:
            logger.info("expired and overwritten: %d", await service.drop_expired())
            _warn(await service.quotas.totals())
        except Exception as error:
            logger.error("dropping what expired failed: %s", type(error).__name__)
        await asyncio.sleep(HOUR)
