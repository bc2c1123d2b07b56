"""The OpenAPI document as the server gives it out. `python -m tests.openapi.document` writes docs/openapi.json anew."""

from pathlib import Path

from sync.server import openapi
from sync.server.routes import Routes
from sync.server.service import Service
from sync.server.store_memory import MemoryStore
from tests.support.native_app import TestClock
from tests.support.organisation import P

FILE = Path(__file__).parents[2] / "docs" / "openapi.json"


def routes() -> Routes:
    """Of a server with nothing in it."""
    clock = TestClock()
    return Routes(Service(MemoryStore(), P, clock), clock.millis)


def made() -> openapi.Json:
    """The document of today's routes."""
    return openapi.document(routes().told())


if __name__ == "__main__":
    FILE.write_bytes(openapi.written(made()))
