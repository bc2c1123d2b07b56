"""One seed: an organisation lives through what its plan has for it, and is looked at all along.

Two times, in the middle and at the end, the network is back for everyone (`_calm`): then everything must be well
(sync.simulate.invariants). docs/simulation.md says what is played and what is checked.
"""

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sync.core.errors import Revoked, StraatError
from sync.core.ports import Primitives
from sync.core.rights import Role
from sync.core.roll import Roll
from sync.device.log import SqliteLog
from sync.simulate import faults, world
from sync.simulate.ages import NEW, OLD, AgedReplica
from sync.simulate.device import Common, Device
from sync.simulate.disk import Crash, Disk
from sync.simulate.invariants import Invariants
from sync.simulate.network import Weather
from sync.simulate.organisation import make
from sync.simulate.people import People
from sync.simulate.plan import Plan, plan
from sync.simulate.server import MakeStore, Server, open_store
from sync.simulate.story import Broken, Story
from sync.simulate.trust import adopt_all
from sync.simulate.truth import Truth
from sync.simulate.world import DAY, HOUR, MINUTE, Luck, millis

__all__ = ["Broken", "Parts", "Simulation"]

MOST_ROUNDS = 30
SKEWS = (0, 0, 2 * int(DAY) * 1000, -3 * int(DAY) * 1000, 7 * 60_000)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a test may plant a fault in."""

    make_store: MakeStore = open_store
    log: type[SqliteLog] = SqliteLog
    replica: type[AgedReplica] = AgedReplica


@dataclass(slots=True)
class Simulation:
    """A seed's organisation and what happens to it. `set_up`, when given, changes the seed's plan."""

    primitives: Primitives
    seed: int
    parts: Parts = field(default_factory=Parts)
    changes: dict[str, Any] = field(default_factory=dict)
    story: Story = field(init=False)
    truth: Truth = field(init=False, default_factory=Truth)
    devices: list[Device] = field(init=False, default_factory=list)
    luck: Luck = field(init=False)
    plan: Plan = field(init=False)
    common: Common = field(init=False)
    server: Server = field(init=False)
    people: People = field(init=False)
    invariants: Invariants = field(init=False)
    troubles: list[BaseException] = field(init=False, default_factory=list)
    folder: Path = field(init=False)

    def play(self) -> int:
        """The whole seed; how many notes were saved. Raises Broken."""
        self.luck, self.story = Luck(self.seed), Story(self.seed)
        self.plan = self.planned(**self.changes)
        memory = Path("/dev/shm")  # noqa: S108 a disk that costs nothing to flush, where there is one
        with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
            self.folder = Path(folder)
            world.run(self._play())
        return len(self.truth.notes)

    def planned(self, **changes: Any) -> Plan:
        """The seed's plan, and what is to be otherwise."""
        return replace(plan(self.seed, self.luck), **changes)

    async def _play(self) -> None:
        try:
            await self.found()
            for half in range(2):
                for _ in range(self.plan.steps // 2):
                    await self._step()
                await self._calm(last=half == 1)
        except (Broken, asyncio.CancelledError):
            raise
        except BaseException as error:
            raise self.story.broken(f"{type(error).__name__}: {error}") from error

    # -- founding ----------------------------------------------------------------------------------------

    async def found(self) -> None:
        """The organisation, its server and its devices are there."""
        p, luck, chosen = self.primitives, self.luck, self.plan
        self.server = Server(p, luck, self.story, self.folder, self.parts.make_store)
        self.common = Common(p, luck, self.story, self.server, self.parts.log, self.parts.replica, truth=self.truth)
        roles = [Role.CONTACT, Role.COLLECTOR, *luck.seeded.choices((Role.CONTACT, Role.COORDINATOR), (6, 1), k=99)]
        made = await make(p, luck, roles[: chosen.devices - chosen.seconds - 1])
        organisation = made.roll.state.organisation
        await self.server.start()
        await self.server.service.found(made.roll.entries[0])
        for number, entry in enumerate(made.roll.entries[1:], 1):
            await self.server.store.append_roll(organisation, number, entry)
        await self.server.restart()
        self.people = People(luck, self.story, self.truth, chosen.fading, chosen.ages)
        self.invariants = Invariants(self.common, self.truth, self.people, organisation, luck)
        for secrets in made.secrets:
            await self.admit(secrets, made.roll)
        for _ in range(chosen.seconds):
            await faults.second(self, luck.seeded.choice(self.devices))
        if chosen.trust:
            self.devices[-1].asleep = True  # offline through all of it
        await self.weather()

    async def admit(self, secrets: Any, roll: Roll) -> Device:
        """A device that is on the roll by now is there."""
        name = f"device{len(self.devices)}"
        disk = Disk(self.luck, self.folder / f"{name}.db" if self.plan.files else None)
        skew = self.luck.seeded.choice(SKEWS) if self.plan.skew else 0
        age = self.luck.seeded.choice((OLD, NEW)) if self.plan.ages else NEW
        d = Device(self.common, name, secrets, disk, skew, age)
        await d.start(roll.entries)
        self.devices.append(d)
        return d

    async def weather(self) -> None:
        """Every line as bad as this seed has it."""
        for d in self.devices:
            d.link.weather = replace(self.plan.weather)

    # -- what may happen ---------------------------------------------------------------------------------

    @property
    def awake(self) -> list[Device]:
        """Devices that somebody uses."""
        return [d for d in self.devices if not d.evicted]

    def _paired(self) -> list[Device]:
        """Devices of members who have more than one: they change the same notes. All, where nobody has."""
        members = [d.member for d in self.awake]
        return [d for d in self.awake if members.count(d.member) > 1] or self.awake

    async def _step(self) -> None:
        luck = self.luck.seeded
        d = luck.choice(self._paired() if luck.random() < 0.35 else self.awake)
        acts = ["write", "write", "write", "sync", "sync", "sync", *faults.acts(self.plan)]
        act = luck.choice(acts)
        if act == "write":
            self.start(d, lambda: self.people.act(d))
        elif act == "sync":
            self.start(d, lambda: self.sync(d))
        else:
            await faults.play(self, act, d)
        await asyncio.sleep(luck.choice((0.001, 0.02, 0.05, 1.0, MINUTE, 20 * MINUTE, 5 * HOUR)))
        if self.troubles:
            raise self.troubles[0]

    def start(self, d: Device, act: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """This device does something, while everything else goes on."""
        d.spawn(self._doing(d, act))

    async def _doing(self, d: Device, act: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await act()
        except Crash:
            await self.revive(d)
        except StraatError as error:
            self.story.tell(f"{d.name}: {error.code}")
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self.troubles.append(error)

    async def revive(self, d: Device) -> None:
        """It crashed: on again, and all that it had saved is there."""
        if d.reviving or d.evicted:
            return
        d.reviving = True
        try:
            self.story.tell(f"{d.name} crashed")
            await d.revive()
            await self.invariants.after_start(d)
        except (Broken, StraatError) as error:
            self.troubles.append(error)
        finally:
            d.reviving = False

    async def sync(self, d: Device) -> None:
        """One round, if it is not at one; and what must hold after it."""
        if d.asleep or d.syncing:
            return
        d.syncing = True
        try:
            await d.syncer.once()
            self.story.tell(f"{d.name} synced")
            await self.invariants.after_round(d)
        finally:
            d.syncing = False

    # -- when the network is back ------------------------------------------------------------------------

    async def _calm(self, *, last: bool) -> None:
        self.story.tell("the network is back")
        await self._mend(last=last)
        if self.plan.fading:
            await asyncio.sleep(_to_mid_month(millis()))
            await self.server.tidy()
        there = [d for d in self.awake if not d.asleep]
        await self._settle(there)
        for _ in range(3):
            held = [d for d in there if d.present and d.replica.quarantine]
            for d in held:
                await adopt_all(d, self.luck)
            if not held:
                break
            await self._settle(there)
        if self.plan.fading:  # what came in after a device had tidied goes the day after
            await self.server.tidy()
            await asyncio.sleep(DAY)
            await self._settle(there)
            await self.server.tidy()
        await self.invariants.all_well(there)
        self.story.tell("all is well")
        if not last:
            await self.weather()

    async def _mend(self, *, last: bool) -> None:
        """Good lines, room on every disk, the server on, whatever was going on finished."""
        self.server.disk.free()
        self.server.disk.calm()
        if self.server.down or self.server.disk.dead:
            await self.server.restart()
            await self.invariants.after_server_start()
        for d in self.awake:
            d.link.cut, d.link.shut, d.link.weather = False, frozenset(), Weather()
            d.disk.free()
            d.disk.calm()
            d.asleep = d.asleep and not last
        for _ in range(5):
            await asyncio.gather(*[t for d in self.awake for t in d.tasks])
        if self.troubles:
            raise self.troubles[0]
        for d in self.awake if last else ():
            if d.age == OLD:
                await self._update(d)
        self.common.old = self.plan.ages and not last

    async def _update(self, d: Device) -> None:
        """The old app is replaced by the new one."""
        d.update()
        d.disk.kill()
        await self.revive(d)
        if self.troubles:
            raise self.troubles[0]

    async def _settle(self, there: list[Device]) -> None:
        """Rounds until nothing changes any more; with days between, when some wait for those."""
        before: object = None
        for number in range(MOST_ROUNDS):
            await asyncio.gather(*(self._round(d) for d in there))
            if self.troubles:
                raise self.troubles[0]
            now = [self._signs(d) for d in there]
            if now == before and all(self._at_rest(d) for d in there):
                return
            before = now
            await asyncio.sleep(11 * MINUTE if number < 10 else DAY)

    def _signs(self, d: Device) -> object:
        return (d.replica.position, len(d.roll.entries), d.replica.waiting, d.replica.rebuilt, d.keyring.rings.keys())

    @staticmethod
    def _at_rest(d: Device) -> bool:
        return not d.log.pending(1) and not d.replica.withheld and d.syncer.state.trouble in ("", Revoked.code)

    async def _round(self, d: Device) -> None:
        async def round_() -> None:
            with suppress(Revoked):
                await d.syncer.once()

        await self._doing(d, round_)


def _to_mid_month(now_millis: int) -> float:
    """Seconds from a moment to the middle of a month at least a month later: no wrong clock stands in another then."""
    ahead = 31 * DAY
    while not 13 <= datetime.fromtimestamp(now_millis / 1000 + ahead, UTC).day <= 17:
        ahead += DAY
    return ahead
