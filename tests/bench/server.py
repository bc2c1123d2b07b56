"""The server on one workload: 50 devices, 200 envelopes each of 1 KiB, batches of 50. A real process, real tokens.

Each figure stands beside its floors from the same run, in turns: a bare Starlette endpoint over SQLite that checks
nothing, and SQLite in this process (tests.bench.server_floor). Rates are of records or requests a second, as the
devices' side saw them; this side's share of a processor goes to stderr, to see that it did not hold things up.
"""

import asyncio
import signal
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgpack

from app.platform.native import SystemClock
from sync.core import wire
from tests.bench import server_floor
from tests.bench.metric import metric
from tests.bench.server_wire import Line, Maker, Server, batches, request, signed_in, stored
from tests.support.organisation import Organisation, founded
from tests.support.process import prepared

DEVICES, EACH, BATCH, ROUNDS, NEW, POLLS = 50, 200, 50, 100, 5, 30
ALONE = 40  # batches that one device pushes alone
MANY = 100_000
RUNS = 3
SITE = Path("build/web")
OURS = [sys.executable, "-m", "app.cli", "serve", "--port", "{port}"]
BARE = [sys.executable, "-m", "tests.bench.server_floor"]
Runs = dict[str, list[float]]


class World:
    """One server with its devices, and where each of them stands."""

    def __init__(self, folder: Path, organisation: Organisation | None, people: Organisation) -> None:
        """`organisation`: what our server has to be told; None for the bare one."""
        folder.mkdir()
        self.folder, self.ours, self._people = folder, organisation is not None, people
        if organisation is not None:
            asyncio.run(prepared(folder, organisation))
        self.server = self._started()
        self.ready = self.server.ready_seconds()
        state = people.roll.state
        [team] = set.intersection(*(p.readable for p in people.people))
        self.team = team
        self.makers = [Maker(p, team) for p in people.people]
        self.after = 0  # where everybody stands in the team's ring
        self.acknowledged: list[bytes] = []
        assert state.rings[team].epoch == 1

    def _started(self) -> Server:
        if not self.ours:
            return Server([*BARE, str(self.folder), "{port}"], self.folder)
        return Server([*OURS, "--data", str(self.folder), "--site", str(SITE)], self.folder)

    async def connected(self) -> None:
        """A line and a token for everyone."""
        self.lines = [await self.server.line() for _ in range(DEVICES)]
        self.tokens = [f"token{n}" for n in range(DEVICES)]
        if self.ours:
            pairs = zip(self.lines, self._people.people, strict=True)
            self.tokens = [await signed_in(line, self._people, person) for line, person in pairs]

    async def there(self) -> None:
        """Everyone who was silent for so long that the server hung up connects again."""
        await asyncio.sleep(0)  # while envelopes were made nobody listened
        self.lines = [await self.server.line() if line.closed else line for line in self.lines]

    def hang_up(self) -> None:
        """All lines."""
        for line in self.lines:
            line.close()

    def again(self) -> float:
        """Start once more; seconds until ready."""
        self.server = self._started()
        return self.server.ready_seconds()

    # -- what devices do: seconds for each ---------------------------------------------------------------

    async def push(self, device: int, bodies: Sequence[bytes]) -> list[bytes]:
        """One after the other."""
        requests = [request("push", body, self.tokens[device]) for body in bodies]
        return [await self.lines[device].ask(r) for r in requests]

    async def push_all(self, each: int = EACH) -> float:
        """All at once."""
        made = [batches(m.made(each), BATCH) for m in self.makers]
        await self.there()
        began = time.perf_counter()
        answers = await asyncio.gather(*(self.push(n, bodies) for n, bodies in enumerate(made)))
        seconds = time.perf_counter() - began
        assert stored([a for answer in answers for a in answer]) == DEVICES * each
        return seconds

    async def push_one(self, count: int = ALONE, device: int = 7) -> float:
        """One alone."""
        bodies = batches(self.makers[device].made(count * BATCH), BATCH)
        await self.there()
        began = time.perf_counter()
        answers = await self.push(device, bodies)
        seconds = time.perf_counter() - began
        assert stored(answers) == count * BATCH
        return seconds

    def question(self, device: int, after: int, own: bool = True) -> bytes:
        """A pull of the team's ring, and of the device's own as a phone does: nothing is new there."""
        rings = [[self.team, after]]
        if own:
            rings.append([self._people.people[device].own_ring, after])
        return request("pull", msgpack.packb(rings), self.tokens[device])

    async def pull_all(self, device: int, most: int = 1 << 60, after: int = 0) -> tuple[float, list[bytes]]:
        """Everything from the beginning, page by page (at least `most`): what a new phone does."""
        await self.there()
        found: list[list[Any]] = []
        more, seconds, count = True, 0.0, 0
        while more and count < most:
            asked = self.question(device, after, own=False)
            began = time.perf_counter()
            answer = await self.lines[device].ask(asked)
            seconds += time.perf_counter() - began
            [[_, items, more]] = msgpack.unpackb(answer)
            found += items
            count += len(items)
            after = items[-1][0] if items else after
        if most == 1 << 60:
            self.after = after
        return seconds, [data for _, data in found]

    async def fetch_new(self, rounds: int = ROUNDS) -> float:
        """Five are new, and everybody fetches them; again and again."""
        await self.there()
        seconds = 0.0
        for turn in range(rounds):
            author = turn % DEVICES
            assert stored(await self.push(author, batches(self.makers[author].made(NEW), NEW))) == NEW
            asked = [self.question(n, self.after) for n in range(DEVICES)]
            began = time.perf_counter()
            answers = await asyncio.gather(*(line.ask(r) for line, r in zip(self.lines, asked, strict=True)))
            seconds += time.perf_counter() - began
            pages = [msgpack.unpackb(answer)[0][1] for answer in answers]
            assert all(len(items) == NEW for items in pages)
            self.after = pages[0][-1][0]
        return seconds

    async def idle_poll(self, polls: int = POLLS) -> float:
        """Everybody asks, again and again, and nothing is new."""
        await self.there()

        async def asking(line: Line, asked: bytes) -> bytes:
            for _ in range(polls):
                answer = await line.ask(asked)
            return answer

        asked = [self.question(n, self.after) for n in range(DEVICES)]
        began = time.perf_counter()
        answers = await asyncio.gather(*(asking(line, r) for line, r in zip(self.lines, asked, strict=True)))
        seconds = time.perf_counter() - began
        assert all(not items for answer in answers for _, items, _ in msgpack.unpackb(answer))
        return seconds


def measure() -> dict[str, Any]:
    """server.*: see docs/operations.md, "Figures"."""
    organisation = asyncio.run(founded(SystemClock(), DEVICES - 1))
    ours, bare, raw = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list), list[float]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for run in range(RUNS):
            raw.append(_raw(folder / f"raw{run}", organisation))
            for kind, runs in (("bare", bare), ("ours", ours)):
                told = organisation if kind == "ours" else None
                _one_run(World(folder / f"{kind}{run}", told, organisation), runs)
            raw.append(_raw(folder / f"raw-{run}", organisation))
        growth = _growth(folder, organisation, ours)
        _killed(folder, organisation, ours)
    floor = {name: statistics.median(runs) for name, runs in bare.items()}
    figures = {
        f"server.{name}": metric(ours[name], unit, floor[name])
        for name, unit in (
            ("push_all", "/s"),
            ("push_one", "/s"),
            ("pull_all", "/s"),
            ("fetch_new", "/s"),
            ("idle_poll", "/s"),
            ("disk_per_envelope", "B"),
            ("rss_mb", "MB"),
            ("ready_s", "s"),
        )
    }
    figures["server.push_all_vs_sqlite"] = metric(ours["push_all"], "/s", statistics.median(raw))
    figures["server.growth_10x"] = metric([max(growth.values())], "x", 1.0) | {"of": growth}
    figures["server.ready_after_kill_s"] = metric(ours["ready_after_kill_s"], "s", floor["ready_s"])
    return figures


def _raw(folder: Path, organisation: Organisation) -> float:
    """Records a second into SQLite, in this process."""
    folder.mkdir()
    [team] = set.intersection(*(p.readable for p in organisation.people))
    makers = [Maker(p, team) for p in organisation.people]
    made = [m.made(BATCH) for _ in range(EACH // BATCH) for m in makers]
    return DEVICES * EACH / server_floor.raw(folder, made)


@contextmanager
def _watched(world: World, what: str) -> Iterator[None]:
    """Say what this side and the server took of a processor."""
    began, ours, theirs = time.perf_counter(), time.process_time(), world.server.cpu_seconds()
    yield
    took = time.perf_counter() - began
    ours, theirs = time.process_time() - ours, world.server.cpu_seconds() - theirs
    told = f"{took:.2f} s, of a core: devices {ours / took:.0%}, server {theirs / took:.0%} ({theirs:.2f} s)"
    sys.stderr.write(f"bench: {world.folder.name} {what}: {told}\n")


def _one_run(world: World, runs: Runs) -> None:
    """A fresh server to its end."""

    async def work() -> None:
        await world.connected()
        with _watched(world, "push_all"):
            runs["push_all"].append(DEVICES * EACH / await world.push_all())
        seconds = []
        with _watched(world, "pull_all"):
            for device in (3, 4, 5):
                took, found = await world.pull_all(device)
                assert len(found) == DEVICES * EACH
                seconds.append(took)
        runs["pull_all"].append(DEVICES * EACH / statistics.median(seconds))
        with _watched(world, "fetch_new"):
            runs["fetch_new"].append(DEVICES * NEW * ROUNDS / await world.fetch_new())
        with _watched(world, "idle_poll"):
            runs["idle_poll"].append(DEVICES * POLLS / await world.idle_poll())
        with _watched(world, "push_one"):
            runs["push_one"].append(ALONE * BATCH / await world.push_one())
        runs["rss_mb"].append(world.server.resident_mb())
        world.hang_up()

    runs["ready_s"].append(world.ready)
    asyncio.run(work())
    world.server.end()
    count = DEVICES * EACH + ROUNDS * NEW + ALONE * BATCH
    runs["disk_per_envelope"].append((world.folder / "store.db").stat().st_size / count)


def _growth(folder: Path, organisation: Organisation, runs: Runs) -> dict[str, float]:
    """Latency at 100,000 stored over that at 10,000: two servers, in turns."""
    worlds = [World(folder / f"stored{n}", organisation, organisation) for n in (1, 10)]
    took: dict[str, list[list[float]]] = defaultdict(lambda: [[], []])

    async def whole() -> None:
        for world, times in zip(worlds, (1, MANY // (DEVICES * EACH)), strict=True):
            await world.connected()
            for _ in range(times):
                await world.push_all()
            await world.pull_all(1)
        for turn in range(12):
            for at in (0, 1) if turn % 2 else (1, 0):
                world = worlds[at]
                took["push_one"][at].append(await world.push_one(4, device=turn))
                took["push_all"][at].append(await world.push_all(BATCH))
                took["pull"][at].append((await world.pull_all(turn, most=2000))[0])
                _, (_) = await world.pull_all(0, after=world.after)
                took["fetch_new"][at].append(await world.fetch_new(2))
                took["idle_poll"][at].append(await world.idle_poll(2))
        runs["rss_mb"].append(worlds[1].server.resident_mb())
        for world in worlds:
            world.hang_up()

    asyncio.run(whole())
    for world in worlds:
        world.server.end()
    size = (worlds[1].folder / "store.db").stat().st_size
    sys.stderr.write(f"bench: file at over {MANY} stored: {size} bytes\n")
    return {n: round(statistics.median(b) / statistics.median(a), 2) for n, (a, b) in took.items()}


def _killed(folder: Path, organisation: Organisation, runs: Runs) -> None:
    """SIGKILL while all push: what was acknowledged is there; the rest still fits; ready again at once."""
    world = World(folder / "killed", organisation, organisation)
    made = [m.made(EACH) for m in world.makers]
    sure: list[list[bytes]] = [[] for _ in made]

    async def pushing(device: int) -> None:
        for at in range(0, EACH, BATCH):
            batch = made[device][at : at + BATCH]
            try:
                [answer] = await world.push(device, batches(batch, BATCH))
            except ConnectionError:
                return
            assert stored([answer]) == len(batch)
            sure[device] += batch

    async def killing() -> None:
        await world.connected()
        tasks = [asyncio.create_task(pushing(n)) for n in range(DEVICES)]
        while sum(map(len, sure)) < DEVICES * EACH // 4:
            await asyncio.sleep(0.001)
        world.server.end(signal.SIGKILL)
        await asyncio.gather(*tasks)

    async def looking() -> None:
        await world.connected()
        _, held = await world.pull_all(0)
        assert len(set(held)) == len(held)
        assert {data for batch in sure for data in batch} <= set(held), "lost what was acknowledged"
        for device, envelopes in enumerate(made):
            outcomes = [o for a in await world.push(device, batches(envelopes, BATCH)) for _, o in msgpack.unpackb(a)]
            assert set(outcomes) <= {wire.STORED, wire.DUPLICATE}
            assert set(outcomes[: len(sure[device])]) <= {wire.DUPLICATE}
        _, held = await world.pull_all(0)
        assert len(held) == DEVICES * EACH
        world.hang_up()

    asyncio.run(killing())
    count = sum(map(len, sure))
    assert 0 < count < DEVICES * EACH, "not killed in the middle"
    runs["ready_after_kill_s"].append(world.again())
    asyncio.run(looking())
    world.server.end()
    sys.stderr.write(f"bench: killed with {count} of {DEVICES * EACH} acknowledged: all there\n")
