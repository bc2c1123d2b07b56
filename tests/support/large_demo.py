"""The large demo's organisation of some visits, made once for all test files and workers of a run; each takes a copy.

data, played = large_demo(tmp_path_factory, tmp_path)
app = await woken(data, "joke")            # somebody's device after a restart, without a server
"""

import asyncio
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from app.commands import demo_large
from app.commands.demo import FOLDER, READY, Demo
from app.commands.demo_plan import Script, script
from app.services.app import App

VISITS, SEED, PATIENCE = 160, 11, 600


def large_demo(factory: pytest.TempPathFactory, to: Path) -> tuple[Path, Script]:
    """A copy of its data folder in `to`, and what was played. Whoever is first makes it; others wait."""
    base = factory.getbasetemp()
    base = base.parent if base.name.startswith("popen-") else base  # one worker of several
    data, claim, day = base / "large demo", base / "large demo.making", base / "large demo.day"
    try:
        claim.mkdir()
    except FileExistsError:
        until = time.monotonic() + PATIENCE
        while not (data / FOLDER / READY).exists() or not day.exists():
            assert time.monotonic() < until
            time.sleep(0.2)
    else:
        with ThreadPoolExecutor(1) as own:  # Playwright's loop may have this one
            own.submit(demo_large.make, data, "http://localhost:8550", VISITS, SEED, lambda _: None).result()
        day.write_text(date.today().isoformat())
    copy = Path(shutil.copytree(data, to / "large demo"))
    return copy, script(SEED, VISITS, date.fromisoformat(day.read_text()))


async def woken(data: Path, who: str, url: str = "http://127.0.0.1:1") -> App:
    """Somebody's device after a restart, its own sync stopped."""
    team = Demo(data / FOLDER, url)
    app = team._device(who)
    await app.start()
    await app.unlock(team._secret(who))
    await app.locking.stop()
    return app


def waited(data: Path, url: str) -> str:
    """A link for a second device of the coordinator's, made in a thread of its own."""

    async def link() -> str:
        app = await woken(data, "joke", url)
        await app.sync_once()
        made = (await app.second_device()).url
        await app.sync_once()  # its keys are handed on
        await app.lock()
        await app.live.world.transport.close()  # type: ignore[attr-defined]
        return made

    with ThreadPoolExecutor(1) as own:
        return own.submit(asyncio.run, link()).result()
