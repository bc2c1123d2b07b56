"""`straatcontact demo --visits 10000`: a large made-up organisation, made before its server starts.

It is made in memory where the machine has such a place (each act is as durable as on a phone, which a disk takes its time
for), and then put into the data folder: what lies there is whole, or is not there.
"""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from app.commands.demo import FOLDER, READY, Demo
from app.commands.demo_plan import Script, script
from app.commands.demo_play import Play, StoryClock
from app.commands.serve import open_store
from app.platform.native import SystemRandom
from app.platform.native_crypto import NativePrimitives
from app.services.app import App
from app.services.founding import found
from app.services.inviting import ROUTE
from sync.core.errors import BadInput, Busy
from sync.server.app import make_app
from sync.server.store_sqlite import STORE

MOST = 100_000
IN_MEMORY = Path("/dev/shm")  # noqa: S108 a folder of our own in it, mode 0700
BYTES_A_VISIT, LEAST_BYTES = 40_000, 50_000_000


def make(data: Path, origin: str, visits: int, seed: int, say: Callable[[str], None]) -> Script:
    """Make it, in a data folder without a store; gives what was played. Raises BadInput, or Busy where one is there."""
    if not 1 <= visits <= MOST:
        raise BadInput("visits", f"1 to {MOST}")
    if (data / STORE).exists():
        raise Busy(f"{data / STORE} is there already: give another folder (--data)")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="straatcontact-", dir=_room(visits)) as made:
        plan = script(seed, visits, date.today())
        folder = Path(made)
        asyncio.run(_play(folder, origin, plan, lambda line: say(f"{time.monotonic() - began:6.0f} s  {line}")))
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / FOLDER / READY).touch()
        shutil.rmtree(data / FOLDER, ignore_errors=True)  # an earlier start was cut off half way
        for path in sorted(folder.iterdir(), key=lambda p: p.name == STORE):  # the store last
            shutil.move(path, data / path.name)
    return plan


def _room(visits: int) -> Path | None:
    """Where to make it: None is where temporary files go on this machine."""
    wanted = LEAST_BYTES + BYTES_A_VISIT * visits
    return IN_MEMORY if IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > wanted else None


async def _play(folder: Path, origin: str, plan: Script, say: Callable[[str], None]) -> None:
    clock = StoryClock(datetime.combine(plan.first - timedelta(days=3), datetime.min.time()) + timedelta(hours=9))
    server = make_app(open_store(folder), NativePrimitives(), clock, None)
    team = Demo(folder / FOLDER, origin, clock, server)

    async def join(key: str, name: str, link: str) -> App:
        app = await team.join(key, name, link)
        await app.locking.stop()  # the script says when there is a round
        return app

    async with server.router.lifespan_context(server):
        founding = await found(NativePrimitives(), SystemRandom(), clock)
        await server.state.service.found(founding.genesis)
        await Play(plan, clock, join, say).run(f"{origin}/#/{ROUTE}/{founding.invitation.to_text()}")
        await team.sleep()
