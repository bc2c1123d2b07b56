"""The server as a real process over real files, to kill and to listen to."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from sync.server.store_sqlite import SqliteStore
from tests.support.organisation import Organisation
from tests.support.ports import free_port

SERVE = """
import pathlib, resource, sys
from app.commands.serve import serve
folder, port, limit = sys.argv[1:]
if int(limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
serve(pathlib.Path(folder), "127.0.0.1", int(port), None)
"""
START_SECONDS = 30


class ServerProcess:
    """One run. What it says goes to `log`, which is appended to."""

    def __init__(self, command: Sequence[str], port: int, log: Path) -> None:
        self.url, self.port = f"http://127.0.0.1:{port}", port
        with log.open("ab") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL)

    async def ready(self) -> None:
        """Wait until it answers; it must not end before."""
        async with httpx.AsyncClient(trust_env=False) as client:
            for _ in range(START_SECONDS * 20):
                assert self._process.poll() is None, "the server ended by itself"
                try:
                    if (await client.get(f"{self.url}/v1/health")).status_code == 200:
                        return
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
        raise AssertionError("the server did not start")

    async def ended(self) -> int:
        """Wait for the end; gives the exit code."""
        return await asyncio.to_thread(self._process.wait, START_SECONDS)

    async def end(self, how: signal.Signals) -> int:
        """Send a signal and wait for the end; gives the exit code."""
        if self._process.poll() is None:
            os.kill(self._process.pid, how)
        return await self.ended()


def commanded(folder: Path, *more: str) -> ServerProcess:
    """`straatcontact serve` as an administrator types it, over `folder` and without a site to build; just started."""
    port, site = free_port(), folder / "site"
    site.mkdir(exist_ok=True)
    (site / "site.json").write_text('{"files": {}, "headers": {}}', encoding="utf-8")
    command = [sys.executable, "-m", "app.cli", "serve", "--data", str(folder), "--port", str(port)]
    return ServerProcess([*command, "--site", str(site), *more], port, folder / "server.log")


def served(folder: Path, port: int, limit_bytes: int = 0) -> ServerProcess:
    """A process that serves `folder`, just started.

    `limit_bytes`: no file may grow beyond (a full disk, as a process meets it); 0: no limit.
    """
    command = [sys.executable, "-c", SERVE, str(folder), str(port), str(limit_bytes)]
    return ServerProcess(command, port, folder / "server.log")


@asynccontextmanager
async def running(folder: Path, limit_bytes: int = 0) -> AsyncIterator[ServerProcess]:
    """A server over `folder`, killed at the end if it still runs."""
    process = served(folder, free_port(), limit_bytes)
    try:
        await process.ready()
        yield process
    finally:
        await process.end(signal.SIGKILL)


async def prepared(folder: Path, organisation: Organisation) -> None:
    """Put a roll into the store that `running` will serve."""
    store = SqliteStore(folder / "store.db")
    for number, entry in enumerate(organisation.roll.entries):
        assert await store.append_roll(organisation.id, number, entry)
    await store.close()
