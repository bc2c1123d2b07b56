"""The server killed in the middle of everything: a real process over real files. Nothing acknowledged is lost."""

import asyncio
import random
import signal
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest

from sync.core.envelope import id_of
from sync.core.errors import Busy, Unreachable
from tests.support.native_app import TestClock
from tests.support.organisation import Person, founded
from tests.support.process import prepared, running, served
from tests.support.server import Caller

CONTACTS = 3


class Device:
    """A device as the syncer is: what is not acknowledged is sent again, in order."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.unsent: list[bytes] = []
        self.acknowledged: list[bytes] = []
        self.cut_off = 0

    async def push_once(self, caller: Caller, token: str) -> None:
        batch = self.unsent[: random.randint(1, 8)]
        for data, outcome in zip(batch, await caller.push(token, batch), strict=True):
            assert outcome in ("stored", "duplicate")
            self.acknowledged.append(data)
        del self.unsent[: len(batch)]

    async def write_and_push(self, caller: Caller) -> None:
        """Until the server is gone."""
        try:
            token = await caller.signed_in(self.person)
            while True:
                while len(self.unsent) < 8:
                    self.unsent.append(await self.person.envelope(random.randbytes(random.randint(1, 3000))))
                await self.push_once(caller, token)
        except Unreachable:
            self.cut_off += 1

    async def push_rest(self, caller: Caller) -> None:
        """Everything that is still unsent."""
        token = await caller.signed_in(self.person)
        while self.unsent:
            await self.push_once(caller, token)

    async def check(self, caller: Caller) -> None:
        """All that was acknowledged is there, once, in order."""
        held = await caller.pull(await caller.signed_in(self.person), self.person.own_ring)
        assert [data for _, data in held][: len(self.acknowledged)] == self.acknowledged
        assert len({id_of(data) for _, data in held}) == len(held)


async def _round(folder: Path, devices: list[Device]) -> None:
    async with running(folder) as server:
        caller = Caller(base_url=server.url)
        for device in devices:
            await device.check(caller)
        pushing = [asyncio.create_task(d.write_and_push(caller)) for d in devices]
        await asyncio.sleep(random.uniform(0.05, 0.5))
        assert await server.end(signal.SIGKILL) == -signal.SIGKILL
        await asyncio.gather(*pushing)
        await caller.close()


async def _killed(folder: Path, rounds: int) -> list[Device]:
    organisation = await founded(TestClock(), CONTACTS)
    await prepared(folder, organisation)
    devices = [Device(p) for p in organisation.people]
    for _ in range(rounds):
        await _round(folder, devices)
    async with running(folder) as server:
        caller = Caller(base_url=server.url)
        for device in devices:
            await device.check(caller)
            await device.push_rest(caller)
            await device.check(caller)
        await caller.close()
    return devices


def _whole(folder: Path) -> bool:
    db = sqlite3.connect(folder / "store.db")
    with suppress(sqlite3.Error):
        answer = db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
    return answer


@pytest.mark.parametrize("rounds", [4, pytest.param(100, marks=pytest.mark.soak)])
def test_a_server_killed_in_mid_push_loses_nothing_acknowledged(tmp_path: Path, rounds: int) -> None:
    """SIGKILL while four devices push; started again: each acknowledged envelope is there and the rest still fits."""
    devices = asyncio.run(_killed(tmp_path, rounds))
    assert all(d.cut_off == rounds for d in devices)  # every kill came in the middle of somebody's push
    assert sum(len(d.acknowledged) for d in devices) > 10 * rounds
    assert _whole(tmp_path)


def test_a_server_that_is_stopped_answers_what_it_was_asked(tmp_path: Path) -> None:
    """SIGTERM under load: it ends by itself, has committed and put away everything, and starts again."""

    async def whole() -> None:
        organisation = await founded(TestClock(), CONTACTS)
        await prepared(tmp_path, organisation)
        devices = [Device(p) for p in organisation.people]
        async with running(tmp_path) as server:
            caller = Caller(base_url=server.url)
            pushing = [asyncio.create_task(d.write_and_push(caller)) for d in devices]
            await asyncio.sleep(0.5)
            assert await server.end(signal.SIGTERM) in (0, -signal.SIGTERM)
            await asyncio.gather(*pushing)
            await caller.close()
        assert sorted(f.name for f in tmp_path.iterdir()) == ["server.log", "store.db"]  # no -wal left behind
        async with running(tmp_path) as server:
            caller = Caller(base_url=server.url)
            for device in devices:
                await device.check(caller)
            await caller.close()

    asyncio.run(whole())


def test_two_servers_on_one_port_is_said_and_harms_nothing(tmp_path: Path) -> None:
    """The second does not start; the first goes on."""

    async def whole() -> None:
        organisation = await founded(TestClock())
        await prepared(tmp_path, organisation)
        async with running(tmp_path) as server:
            second = served(tmp_path, server.port)
            assert await second.ended() != 0
            assert b"address already in use" in (tmp_path / "server.log").read_bytes()
            caller = Caller(base_url=server.url)
            me = organisation.people[0]
            assert await caller.push(await caller.signed_in(me), [await me.envelope(b"x")]) == ["stored"]
            await caller.close()

    asyncio.run(whole())


def test_a_disk_that_is_full_is_answered_busy_and_heals(tmp_path: Path) -> None:
    """A real process that may write no file over 400 KiB: busy, nothing half stored; with room all goes on."""

    async def whole() -> None:
        organisation = await founded(TestClock())
        await prepared(tmp_path, organisation)
        me = organisation.people[1]
        made = [await me.envelope(random.randbytes(60_000)) for _ in range(20)]
        stored: list[bytes] = []
        async with running(tmp_path, limit_bytes=400 << 10) as server:
            caller = Caller(base_url=server.url)
            token = await caller.signed_in(me)
            with suppress(Busy):
                for data in made:
                    assert await caller.push(token, [data]) == ["stored"]
                    stored.append(data)
            assert 0 < len(stored) < 20
            assert [data for _, data in await caller.pull(token, me.own_ring)] == stored
            await caller.close()
        async with running(tmp_path) as server:
            caller = Caller(base_url=server.url)
            token = await caller.signed_in(me)
            assert await caller.push(token, made) == ["duplicate"] * len(stored) + ["stored"] * (20 - len(stored))
            await caller.close()

    asyncio.run(whole())
    assert _whole(tmp_path)
