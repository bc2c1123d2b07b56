"""A round on a real server, with links for those who are to walk it. Nobody in it exists.

team = StreetTeam(folder, server, doors=6, walkers=("Annika", "Bram"))
team.links                             # one for each, each good once: a collector who is on the round at once
team.round                             # as it stands in the route "/ronde/{round}"
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from app.commands.demo import Demo
from tests.support.rounds import plan, put_street, street
from tests.support.server_process import ServerProcess

STREET_SIZE = 100


class StreetTeam:
    """The team, made when this is: "Tulpstraat" of so many doors, or streets of a hundred."""

    def __init__(self, folder: Path, server: ServerProcess, doors: int, walkers: tuple[str, ...]) -> None:
        self.links: list[str] = []
        self.round = self.walk = ""
        link = server.init()
        server.start()
        with ThreadPoolExecutor(1) as own:  # Playwright has a loop of its own in this thread
            own.submit(asyncio.run, self._make(Demo(folder, server.url), link, doors, walkers)).result()

    async def _make(self, demo: Demo, link: str, doors: int, walkers: tuple[str, ...]) -> None:
        joke = await demo.join("joke", "Joke", link)
        streets = []
        for start in range(0, doors, STREET_SIZE):
            name = "Tulpstraat" if not start else f"Straat {start // STREET_SIZE}"
            streets.append(await put_street(joke, street(name, range(1, min(STREET_SIZE, doors - start) + 1))))
        today = joke.today()
        made = replace(plan(streets, []), first=today, last=today + timedelta(days=20))
        name = await joke.rounds.make(made)
        await joke.sync_once()
        self.round, self.walk = name.hex(), joke.rounds.round(name).walks[0].id.hex()
        self.links = [(await joke.rounds.invite(who, name)).url for who in walkers]
        await joke.sync_once()
        await demo.sleep()
        await joke.live.world.transport.close()  # type: ignore[attr-defined]
