"""An open device: keys unlocked, log replayed, sync running. Made at unlock, gone at lock."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from app.services import erasing, retention
from app.services.keeping import NOW_AND_THEN, Keeping
from app.services.vault import Vault
from app.view import View
from sync.core import ring
from sync.core.errors import StraatError
from sync.core.ports import Clock, DeviceKey, Log, Passkeys, Primitives, Random, Transport
from sync.core.roll import Roll
from sync.device import keyring as keys
from sync.device import leaving, saved, terms
from sync.device.editions import Editions
from sync.device.memory import Memory
from sync.device.public_stories import PublicStories
from sync.device.replica import Replica
from sync.device.secrets import Secrets
from sync.device.steward import Steward
from sync.device.syncer import Syncer
from sync.device.writer import Writer

logger = logging.getLogger(__name__)
TELL_MILLIS = 1_000  # while much comes in, the screen follows this often


@dataclass(frozen=True, slots=True)
class World:
    """The ports of one device."""

    primitives: Primitives
    device_key: DeviceKey
    random: Random
    clock: Clock
    transport: Transport
    shelf: saved.Shelf = field(default_factory=saved.NoShelf)
    passkeys: Passkeys | None = None


class Session:
    """What services work with while the vault is open."""

    def __init__(
        self,
        world: World,
        log: Log,
        vault: Vault,
        roll: Roll,
        keyring: keys.Keyring,
        name: str,
        memory: Memory | None = None,
    ) -> None:
        self.world, self.log, self.vault, self.roll, self.keyring = world, log, vault, roll, keyring
        self.name = name
        memory = memory or Memory()
        self.view = View(memory.db)
        self.writer = Writer(world.primitives, world.random, world.clock, log, roll, keyring)
        self.replica = Replica(
            world.primitives, log, roll, keyring, lambda change: self.writer.witness(change.stamp), memory
        )
        self.replica.on_merged, self.replica.on_forget = self._merged, self.view.clear
        self.on_change: Callable[[], None] = lambda: None
        self.on_directory: Callable[[], None] = lambda: None  # other help lines are to be shown
        self._told, self._tidied = 0, -1
        self.receipts_for: object = None  # what was dropped and named when receipts were last looked for
        self.short: set[bytes] = set()  # devices whose last words, named by a cut, did not come in
        beside = saved.Beside(log, world.shelf, vault, world.random)
        self.keeping = Keeping(beside, self.replica, self.writer.seen)
        self.replica.before_drop, self.replica.on_gone = self.keeping.destroy, self.view.remove
        self.replica.month = lambda: terms.explained_month(log, world.clock)
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
            self._synced,
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
        self.editions = Editions(world.primitives, log, roll, keyring, self.syncer)
        self.syncer.upkeep = self._upkeep
        self.stories = PublicStories(world.primitives, log, roll, keyring, self.syncer)
        self.syncer.soon = self._soon

    def _soon(self) -> int | None:
        """In how long upkeep has something to do, None for nothing."""
        now = self.world.clock.millis()
        waits = [asking.wait_millis(now) for asking in (self.editions.asking, self.stories.asking)]
        return min((wait for wait in waits if wait is not None), default=None)

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
        await self.replica.catch_up(progress)
        self._changed()

    def _merged(self, records: set[bytes]) -> None:
        """The view follows at once, the screen now and then."""
        self.view.put(self.replica.records[r] for r in records)
        if abs(self.world.clock.millis() - self._told) >= TELL_MILLIS:
            self._tell()

    def _tell(self) -> None:
        self._told = self.world.clock.millis()
        self.on_change()

    def _synced(self, records: set[bytes]) -> None:
        """Some came in, or (none) a round is over: only then is the view put away, since more may be coming."""
        if not records:
            self._changed()

    def _changed(self) -> None:
        self._tell()
        self.keeping.soon(NOW_AND_THEN)

    async def _upkeep(self) -> None:
        """After each round: what this device owes the team's rings, and what it may no longer hold."""
        await self.steward.keep()
        await self._end_rounds()
        await leaving.drop_lost(self.log, self.roll, self.keyring, self.replica)
        await self.catch_up()
        await erasing.follow_up(self)
        await self._settle_reports()
        await self.tidy()
        self.short = {device for device, _ in self.replica.short_of_cuts()}
        if await self.editions.look(self.world.clock.millis(), self.syncer.woken):
            self.on_directory()
        await self._keep_stories()

    async def _keep_stories(self) -> None:
        from app.services import stories_placing  # late: it writes records, as this does

        try:
            if await stories_placing.follow_up(self):
                self.on_directory()
        except StraatError as error:
            logger.warning("stories are not looked after yet: %s", error.code)

    async def _settle_reports(self) -> None:
        if self.view.ask("SELECT 1 FROM reports LIMIT 1"):
            from app.services.reports import settling  # late: it writes records, as this does

            try:
                await settling.follow_up(self)
            except StraatError as error:
                logger.warning("a publication is not settled yet: %s", error.code)

    async def _end_rounds(self) -> None:
        from app.services.rounds import closing, marking  # late: they write records, as this does

        await closing.follow_up(self)
        try:
            await marking.follow_up(self)
        except StraatError as error:  # on a full disk, say: it keeps nothing else from going on
            logger.warning("marks are not handed on yet: %s", error.code)

    async def tidy(self) -> None:
        """Drop what has to go, once on each day that has come for sure: it must keep nobody from the notes. After a
        long time without a server that day comes with the first answer, not with the unlocking.
        """
        day = terms.sure_millis(self.log, self.world.clock) // retention.DAY_MILLIS
        if day and day == self._tidied:
            return
        try:
            await retention.tidy(self)
            self._tidied = day
        except StraatError as error:
            logger.warning("not tidied: %s", error.code)


async def open_session(world: World, log: Log, vault: Vault, secrets: Secrets) -> Session:
    """Everything behind the lock screen: the view as it was put away and what the log has since, or the log alone.

    Raises what a damaged roll raises.
    """
    roll = Roll()
    await roll.extend(world.primitives, log.roll())
    keyring = await keys.unlock(world.primitives, secrets, roll)
    memory = await saved.load(saved.Beside(log, world.shelf, vault, world.random))
    session = Session(world, log, vault, roll, keyring, secrets.name, memory)
    if memory is not None:
        stamp = session.keeping.recall(memory)
        if stamp is None:
            session = Session(world, log, vault, roll, keyring, secrets.name)
        else:
            session.writer.witness(stamp)
    await session.catch_up()
    await session.tidy()
    return session
