"""Joining while the network comes and goes: nothing is used up, nothing is lost, and it goes on by itself."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from app.services.models import Stage
from app.views.common import stages
from tests.support.native_app import TestClock, device, server
from tests.support.screens import Person


class Cable:
    """A network cable between a device and the server, in or out."""

    def __init__(self, app: Starlette) -> None:
        self.app, self.out = app, False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """See ASGI."""
        if self.out:
            raise httpx.ConnectError("the cable is out")
        await self.app(scope, receive, send)


def test_an_invitation_opened_without_a_network_works_at_the_next_try(tmp_path: Path) -> None:
    """The screen says what is wrong, and the same link goes on when the network is back."""

    async def story() -> None:
        clock = TestClock()
        async with server(tmp_path / "server", clock) as (asgi, link):
            cable = Cable(asgi)
            cable.out = True
            app = device(tmp_path / "phone", cable, clock)  # type: ignore[arg-type]
            route = "/" + link.partition("#/")[2]
            person = Person(app, route=route)
            await person.arrive()
            await app.start(route)
            await person.breathe()
            assert person.sees("Geen verbinding met de server.")
            cable.out = False
            await person.tap("Nog een keer proberen")
            assert person.sees("Je bent uitgenodigd als coördinator")
            assert person.calm()

    asyncio.run(story())


@pytest.mark.parametrize("by_itself", [True, False])
def test_joining_that_lost_the_network_goes_on(
    by_itself: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The PIN is kept; when the network is back the device joins, by itself or at a tap."""
    monkeypatch.setattr(stages, "RETRY_SECONDS", 0.05 if by_itself else 60)

    async def story() -> None:
        clock = TestClock()
        async with server(tmp_path / "server", clock) as (asgi, link):
            cable = Cable(asgi)
            app = device(tmp_path / "phone", cable, clock)  # type: ignore[arg-type]
            await app.start(link)
            person = Person(app)
            await person.arrive()
            cable.out = True
            await person.type("Je naam", "Joke")
            for field in ("Wachtzin", "Nog een keer"):
                await person.type(field, "een lange zin")
            await person.tap("Meedoen")
            assert app.stage is Stage.ENROLLING
            assert person.sees("Je pincode is gezet.")
            cable.out = False
            if not by_itself:
                await person.tap("Nog een keer proberen")
            for _ in range(200):
                if app.stage is Stage.OPEN:
                    break
                await asyncio.sleep(0.05)
            await person.breathe()
            assert person.sees("Beoordelen")
            assert app.my_name == "Joke"
            assert person.calm()

    asyncio.run(story())
