"""One device: what lies on its disk, and all that is made anew from it at each start. Composed as app.services.session
composes an open app.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync.core.envelope import parse
from sync.core.errors import DiskFull, StraatError
from sync.core.hlc import Stamp
from sync.core.ids import entry_hash
from sync.core.ports import Primitives
from sync.core.roll import Roll
from sync.device import erasing, meta, saved, terms
from sync.device.keyring import unlock
from sync.device.leaving import drop_lost
from sync.device.log import SqliteLog
from sync.device.memory import Memory
from sync.device.secrets import Secrets
from sync.device.steward import Steward
from sync.device.syncer import Syncer
from sync.device.writer import Part, Writer
from sync.simulate.ages import NEW, AgedReplica
from sync.simulate.disk import Crash, Disk
from sync.simulate.network import Link, Weather
from sync.simulate.server import Server
from sync.simulate.story import Story
from sync.simulate.truth import Truth
from sync.simulate.world import Luck, Time

_REPLICA, _STAMP = "replica", "stamp"


@dataclass(slots=True)
class Common:
    """What all devices of a simulation share. `rolls`: verified ones by their head, not to verify each sixty times."""

    primitives: Primitives
    luck: Luck
    story: Story
    server: Server
    log: type[SqliteLog] = SqliteLog
    replica: type[AgedReplica] = AgedReplica
    old: bool = False  # whether there may be apps of the older version
    rolls: dict[bytes, Roll] = field(default_factory=dict)
    truth: Truth = field(default_factory=Truth)


class Shelf:
    """Where the saved view lies; sealed by nobody, since nobody looks (saved.Shelf and saved.Sealer)."""

    def __init__(self, age: int) -> None:
        self.version, self.data = f"{age}", b""

    async def read(self) -> bytes | None:
        """See saved.Shelf."""
        return self.data or None

    async def write(self, pieces: Sequence[bytes]) -> None:
        """See saved.Shelf."""
        self.data = b"".join(pieces)

    async def remove(self) -> None:
        """See saved.Shelf."""
        self.data = b""

    async def seal_bytes(self, purpose: str, data: bytes) -> bytes:
        """See saved.Sealer."""
        return bytes(12) + data + purpose.encode()[-16:].rjust(16)

    async def open_bytes(self, purpose: str, sealed: bytes) -> bytes | None:
        """See saved.Sealer."""
        return sealed[12:-16] if sealed[-16:] == purpose.encode()[-16:].rjust(16) else None


class _Telling(Writer):
    """The writer; what it seals anew goes by its new name from then on."""

    truth: Truth

    async def rewrite(
        self, old: Callable[[], Awaitable[tuple[meta.Chains, Sequence[tuple[bytes, Part]]]]]
    ) -> dict[bytes, bytes]:
        """See Writer."""
        new = await super().rewrite(old)
        self.truth.sealed_again(new, {e.id: parse(e.data).body for e in self._log.fetch(list(new.values()))})
        return new


class Device:
    """A phone or laptop. `start` opens it; after a crash it is opened again from its disk."""

    def __init__(self, common: Common, name: str, secrets: Secrets, disk: Disk, skew: int, age: int) -> None:
        self._common, self.name, self.secrets, self.disk, self.age = common, name, secrets, disk, age
        self.clock = Time(skew)
        self.link = Link(common.server, common.luck, common.story, Weather())
        self.shelf = Shelf(age)
        self.evicted = self.asleep = False  # its disk is wiped; its owner is away for all of it
        self.reviving = self.syncing = False
        self.crashed = 0
        self.tasks: set[asyncio.Task[None]] = set()
        self.log: SqliteLog
        self.roll: Roll
        self.replica: AgedReplica
        self._tidied = -1

    @property
    def member(self) -> bytes:
        """Whose it is."""
        return self.secrets.member

    @property
    def present(self) -> bool:
        """Whether it is on the roll, as far as it knows."""
        return self.keyring.device in self.roll.state.devices

    async def start(self, first_roll: Sequence[bytes] = ()) -> None:
        """Open the log, verify the roll, unlock, and take in what is not in the saved view."""
        p, luck = self._common.primitives, self._common.luck
        self.log = self._common.log("", self.disk.connect)
        if first_roll:
            self.log.append_roll(first_roll)
        self.roll = await self._verified(self.log.roll())
        self.keyring = await unlock(p, self.secrets, self.roll)
        self.writer = _Telling(p, luck, self.clock, self.log, self.roll, self.keyring)
        self.writer.truth = self._common.truth
        self._make(await saved.load(self._beside()))
        await self.replica.catch_up()
        self._tidied = -1

    async def _verified(self, entries: list[bytes]) -> Roll:
        roll, rolls = Roll(), self._common.rolls
        head = entry_hash(entries[-1])
        if head in rolls and len(rolls[head].entries) == len(entries):
            roll.take_over(rolls[head])
            return roll
        await roll.extend(self._common.primitives, entries)
        rolls[head] = Roll()
        rolls[head].take_over(roll)
        return roll

    def _make(self, memory: Memory | None) -> None:
        c, writer, log, clock = self._common, self.writer, self.log, self.clock
        self.replica = c.replica(
            c.primitives, log, self.roll, self.keyring, lambda change: writer.witness(change.stamp), memory
        )
        self.replica.age = self.age
        self.replica.month = lambda: terms.explained_month(log, clock)
        self.replica.before_drop = self.shelf.remove
        if memory is not None:
            try:
                self.replica.recall(memory.fact(_REPLICA))
                writer.witness(Stamp.from_bytes(memory.fact(_STAMP)))
            except StraatError:
                self._make(None)
                return
        self.syncer = Syncer(self.link, c.primitives, clock, c.luck, log, self.roll, self.keyring, self.replica, writer)
        self.steward = Steward(
            c.primitives, c.luck, log, self.roll, self.keyring, self.replica, writer, self.syncer, self._own_secrets
        )
        self.syncer.upkeep = self._upkeep

    async def _own_secrets(self) -> Secrets:
        return self.secrets

    def _beside(self) -> saved.Beside:
        return saved.Beside(self.log, self.shelf, self.shelf, self._common.luck)

    async def put_away(self) -> None:
        """Keep the view beside the log, as the app does now and then."""
        beside, replica = self._beside(), self.replica
        try:
            await replica.memory.settle()
            async with replica.still():
                position, bound = replica.position, beside.bound()
                stamp = self.writer.seen().to_bytes()
                replica.memory.put_facts({_REPLICA: replica.facts(), _STAMP: stamp})
                image = replica.memory.image()
            if bound == beside.bound():
                await saved.save(beside, image, position, bound)
        except DiskFull:
            return

    def update(self) -> None:
        """From the next start on it is an app of the newer version."""
        self.age = NEW
        self.shelf.version = f"{NEW}"

    # -- what it does ------------------------------------------------------------------------------------

    async def _upkeep(self) -> None:
        """As app.services.session does after each round."""
        await self.steward.keep()
        await drop_lost(self.log, self.roll, self.keyring, self.replica)
        await self.replica.catch_up()
        await erasing.name_late(self)
        await self.tidy()

    async def tidy(self) -> None:
        """Drop what is over, once a day."""
        day = self.clock.millis() // terms.DAY_MILLIS
        if day == self._tidied:
            return
        over = terms.expired(self.replica, self.log, terms.expired_month(self.log, self.clock))
        if over:
            await self.replica.drop(over)
        self._tidied = day if terms.sure_millis(self.log, self.clock) else -1

    def spawn(self, act: Coroutine[Any, Any, None]) -> None:
        """Do this while everything else goes on."""
        task = asyncio.get_running_loop().create_task(act)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def halt(self) -> None:
        """Whatever it was doing stops where it is."""
        others = [t for t in self.tasks if t is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def revive(self) -> None:
        """After a crash: everything anew from what its disk has. It may crash while it starts."""
        self.crashed += 1
        await self.halt()
        self.disk.restart()
        try:
            await self.start()
        except Crash:
            await self.revive()
