"""An open device: keys unlocked, log replayed, sync running. Made at unlock, gone at lock."""

from collections.abc import Callable
from dataclasses import dataclass

from app.services.vault import Vault
from app.view import View
from sync.core import ring
from sync.core.ports import Clock, DeviceKey, Log, Primitives, Random, Transport
from sync.core.roll import Roll
from sync.device import keyring as keys
from sync.device import leaving
from sync.device.replica import Replica
from sync.device.secrets import Secrets
from sync.device.steward import Steward
from sync.device.syncer import Syncer
from sync.device.writer import Writer


@dataclass(frozen=True, slots=True)
class World:
    """The ports of one device."""

    primitives: Primitives
    device_key: DeviceKey
    random: Random
    clock: Clock
    transport: Transport


class Session:
    """What services work with while the vault is open."""

    def __init__(self, world: World, log: Log, vault: Vault, roll: Roll, keyring: keys.Keyring, name: str) -> None:
        self.world, self.log, self.vault, self.roll, self.keyring = world, log, vault, roll, keyring
        self.name = name
        self.view = View()
        self.writer = Writer(world.primitives, world.random, world.clock, log, roll, keyring)
        self.replica = Replica(world.primitives, log, roll, keyring, lambda change: self.writer.witness(change.stamp))
        self.on_change: Callable[[], None] = lambda: None
        self.syncer = Syncer(
            world.transport,
            world.primitives,
            world.clock,
            world.random,
            log,
            roll,
            keyring,
            self.replica,
            self.writer,
            self._changed,
        )
        self.steward = Steward(
            world.primitives,
            world.random,
            log,
            roll,
            keyring,
            self.replica,
            self.writer,
            self.syncer,
            vault.secrets,
        )
        self.syncer.upkeep = self._upkeep

    @property
    def device(self) -> bytes:
        """This device's id."""
        return self.keyring.device

    @property
    def member(self) -> bytes:
        """The member whose device this is."""
        return self.keyring.member

    @property
    def team(self) -> bytes:
        """The team this device works for."""
        return self.roll.state.device(self.device).team

    def own_ring(self) -> bytes:
        """The ring of this member's devices."""
        return ring.own_ring(self.member)

    async def catch_up(self, progress: Callable[[int], None] = lambda _: None) -> None:
        """Take in what the log has and the view has not."""
        self._changed(await self.replica.catch_up(progress))

    def _changed(self, records: set[bytes]) -> None:
        if any(r not in self.replica.records for r in records):  # judged anew: some are no longer there
            self.view.clear()
            records = set(self.replica.records)
        self.view.put(self.replica.records[r] for r in records)
        self.on_change()

    async def _upkeep(self) -> None:
        """After each round: what this device owes the team's rings, and what it may no longer hold."""
        await self.steward.keep()
        await leaving.drop_lost(self.log, self.roll, self.keyring, self.replica)
        await self.catch_up()


async def open_session(world: World, log: Log, vault: Vault, secrets: Secrets) -> Session:
    """Everything behind the lock screen, from the log alone. Raises what a damaged roll raises."""
    roll = Roll()
    await roll.extend(world.primitives, log.roll())
    keyring = await keys.unlock(world.primitives, secrets, roll)
    session = Session(world, log, vault, roll, keyring, secrets.name)
    await session.catch_up()
    return session
