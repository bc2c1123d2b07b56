"""An organisation of the simulation on a good line, for a story that is told step by step."""

import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sync.simulate import world
from sync.simulate.device import Device
from sync.simulate.fast import FastPrimitives
from sync.simulate.network import Weather
from sync.simulate.run import Parts, Simulation
from sync.simulate.story import Story
from sync.simulate.world import Luck

Script = Callable[[Simulation], Awaitable[None]]
CALM: dict[str, Any] = {
    "seconds": 0,
    "files": False,
    "trust": False,
    "fading": False,
    "ages": False,
    "disks": False,
    "server": False,
    "skew": False,
    "partitions": False,
    "weather": Weather(),
}


def told(script: Script, **plan: Any) -> None:
    """Play a script: the first device is the coordinator's, the second a contact person's, the third a collector's."""
    simulation = Simulation(FastPrimitives(), 1, Parts())
    simulation.luck, simulation.story = Luck(1), Story(1)
    simulation.plan = simulation.planned(**{"devices": 4, **CALM, **plan})

    async def main() -> None:
        await simulation.found()
        await script(simulation)

    with tempfile.TemporaryDirectory() as folder:
        simulation.folder = Path(folder)
        world.run(main())


async def rounds(*devices: Device, times: int = 3) -> None:
    """Everyone syncs, a few times."""
    for _ in range(times):
        for d in devices:
            await d.syncer.once()
