"""`straatcontact init` and `serve`, as an administrator runs them."""

import asyncio
import json
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing, nullcontext, suppress
from pathlib import Path

import httpx
import pytest

from app.services.inviting import from_text
from sync.core import wire
from sync.core.roll import Roll
from tests.support.organisation import Organisation, P
from tests.support.ports import free_port
from tests.support.process import ServerProcess
from tests.support.server import Caller

CLI = [sys.executable, "-m", "app.cli"]


def init(data: Path, *more: str) -> str:
    """What `init` prints."""
    done = subprocess.run([*CLI, "init", "--data", str(data), *more], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


def site(folder: Path) -> Path:
    """The smallest site there can be."""
    folder.mkdir()
    (folder / "index.html").write_text("<p>112</p>")
    page = {"type": "text/html; charset=utf-8", "hash": "0" * 64, "encodings": [], "ask": True}
    (folder / "site.json").write_text(json.dumps({"files": {"index.html": page}, "headers": {}}))
    return folder


def test_init_prints_one_link_with_which_the_first_coordinator_joins(tmp_path: Path) -> None:
    """The link's secret fits the genesis entry that `serve` gives out; health and site answer beside it."""
    data, port = tmp_path / "data", free_port()
    link = init(data, "--port", str(port)).strip()
    assert link.startswith(f"http://localhost:{port}/#/uitnodiging/")
    made = from_text(link)
    command = [*CLI, "serve", "--data", str(data), "--port", str(port), "--site", str(site(tmp_path / "web"))]
    process = ServerProcess(command, port, tmp_path / "server.log")

    async def whole() -> None:
        try:
            await process.ready()
            caller = Caller(base_url=process.url)
            roll = Roll()
            await roll.extend(P, await caller.ask("enrol/roll", [made.announced, 0], wire.ROLL))
            assert roll.state.head == made.announced
            organisation = Organisation(None, roll)  # type: ignore[arg-type]
            entry, joke = await organisation.join_entry(made)
            await caller.ask("enrol", [made.announced, entry])
            await roll.extend(P, [entry])
            assert len(joke.readable) == 3  # own, team and coordinators' ring
            assert await caller.push(await caller.signed_in(joke), [await joke.envelope(b"x")]) == ["stored"]
            await caller.close()
            async with httpx.AsyncClient(base_url=process.url, trust_env=False) as client:
                assert (await client.get("/v1/health")).json() == {"status": "ok"}
                assert (await client.get("/")).text == "<p>112</p>"
                assert "server" not in (await client.get("/")).headers
        finally:
            assert await process.end(signal.SIGTERM) in (0, -signal.SIGTERM)

    asyncio.run(whole())


def test_init_keeps_no_secret_and_lets_nobody_else_look(tmp_path: Path) -> None:
    """The seed is in the link only; the data folder is for this user."""
    data = tmp_path / "data"
    seed = from_text(init(data).strip()).seed
    for file in data.iterdir():
        assert seed not in file.read_bytes()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_init_takes_the_address_people_use(tmp_path: Path) -> None:
    """--origin stands in the link, with or without a slash at its end; a second organisation is another one."""
    links = [init(tmp_path, "--origin", f"https://straat.example{end}") for end in ("", "/")]
    assert all(link.startswith("https://straat.example/#/uitnodiging/") for link in links)
    assert from_text(links[0]).announced != from_text(links[1]).announced


@pytest.mark.parametrize(
    "more",
    [["--device-mib", "0"], ["--device-mib", "-5"], ["--organisation-mib", "0"], ["--organisation-mib", "100"]],
)
def test_room_that_is_none_is_refused(tmp_path: Path, more: list[str]) -> None:
    """Nothing is started, and nothing made; 100 MiB for all is less than one device may have."""
    command = [*CLI, "serve", "--data", str(tmp_path / "data"), "--site", str(site(tmp_path / "web")), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode in (1, 2)
    assert more[0].removeprefix("--") in done.stderr.splitlines()[-1]
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("damaged", [False, True])
def test_the_log_says_that_nobody_is_here_or_that_the_store_is_damaged(tmp_path: Path, damaged: bool) -> None:
    """A wrong --data, and a roll that was altered: a line with what to do."""
    data, port = tmp_path / "data", free_port()
    if damaged:
        init(data)
        with closing(sqlite3.connect(data / "store.db")) as db, db:
            db.execute("UPDATE rolls SET data = CAST(substr(data, 1, length(data) - 1) || x'00' AS BLOB)")
    command = [*CLI, "serve", "--data", str(data), "--port", str(port), "--site", str(site(tmp_path / "web"))]
    process = ServerProcess(command, port, tmp_path / "server.log")

    async def whole() -> None:
        try:
            await process.ready()
        finally:
            await process.end(signal.SIGTERM)

    with suppress(Exception) if damaged else nullcontext():
        asyncio.run(whole())
    log = (tmp_path / "server.log").read_text()
    assert ("not started: " if damaged else "no organisation here: is --data right?") in log


def test_the_first_start_of_the_demo_says_nothing_that_looks_like_an_error(tmp_path: Path) -> None:
    """It makes its organisation itself, so nobody has to `init` one."""
    data, port = tmp_path / "data", free_port()
    command = [*CLI, "demo", "--data", str(data), "--port", str(port), "--site", str(site(tmp_path / "web"))]
    process = ServerProcess(command, port, tmp_path / "server.log")

    async def whole() -> None:
        try:
            await process.ready()
            async with asyncio.timeout(60):
                while "made-up team" not in (tmp_path / "server.log").read_text():
                    await asyncio.sleep(0.1)
        finally:
            await process.end(signal.SIGTERM)

    asyncio.run(whole())
    assert "no organisation here" not in (tmp_path / "server.log").read_text()


def test_a_data_folder_that_can_not_serve_is_said_in_a_line(tmp_path: Path) -> None:
    """A file that is no database, or a folder that can't be: exit code 1 and one line, no trace."""
    (tmp_path / "store.db").write_bytes(b"somebody's text " * 100)
    for data in (tmp_path, tmp_path / "store.db" / "below"):
        done = subprocess.run([*CLI, "init", "--data", str(data)], capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert done.stdout == ""
        assert len(done.stderr.splitlines()) == 1
        assert done.stderr.startswith("straatcontact: ")
