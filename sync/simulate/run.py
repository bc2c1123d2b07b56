"""One seed: devices write, crash, lose messages and clocks; at the end nothing is lost and all agree.

Checked: what `write` returned for is there after any crash; queues drain once the network is back; every ring's
holders show the same records; nobody holds a record that is not for them; nothing honest is set aside.
With `trust`, members move between teams and roles, phones are lost while their owners go on noting, one device stays
offline through all of it, and some stop between the roll and the rest of a round (trust.py).
With `fading`, notes have a month and months go by, authors and the coordinator erase, on either side of a crash: what is
over or erased has left every log and the server, to the last byte, and nothing else has.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sync.core import ring
from sync.core.change import Change, Patch
from sync.core.envelope import NEVER, parse
from sync.core.errors import Revoked, StraatError
from sync.core.ids import ID_BYTES, record_id
from sync.core.merge import Record
from sync.core.ports import Primitives
from sync.core.rights import Role
from sync.core.roll import Roll
from sync.device import erasing, terms
from sync.device.keyring import Keyring, unlock
from sync.device.leaving import drop_lost
from sync.device.log import SqliteLog
from sync.device.replica import Replica
from sync.device.secrets import Secrets
from sync.device.steward import Steward
from sync.device.syncer import Syncer
from sync.device.writer import Part, Writer
from sync.server.service import Service
from sync.server.store import Store
from sync.server.store_memory import MemoryStore
from sync.simulate.organisation import make
from sync.simulate.trust import ACTS, adopt_all, play, unkept
from sync.simulate.world import Luck, Network, Time

DAY = 24 * 60 * 60 * 1000
START = 1_795_000_000_000
ROUNDS_TO_DRAIN = 60
FADING = ("erase", "month")


class Broken(AssertionError):
    """An invariant failed: the message is the seed's short story."""


@dataclass(slots=True)
class Device:
    """One simulated device. The log outlives a crash; all else is made anew from it."""

    name: str
    secrets: Secrets
    log: SqliteLog
    time: Time
    keyring: Keyring
    writer: Writer
    replica: Replica
    syncer: Syncer
    roll: Roll
    steward: Steward
    network: Network
    saved: dict[bytes, list[str]] = field(default_factory=dict)  # record → notes whose write returned


class Simulation:
    """A seed's organisation and what happens to it."""

    def __init__(
        self,
        primitives: Primitives,
        seed: int,
        contacts: int,
        steps: int,
        store: Callable[[bytes], Store] = MemoryStore,
        *,
        trust: bool = False,
        fading: bool = False,
    ) -> None:
        """`store` makes the server's store from an incarnation number: a test may plant a fault there."""
        self._trust, self._fading = trust, fading
        self._erased: set[bytes] = set()  # records that somebody erased
        self._bodies: dict[bytes, dict[bytes, bytes]] = {}  # record → envelope → its sealed body
        self._months: dict[bytes, int] = {}  # record → the month after which it goes
        self._primitives, self._seed, self._contacts, self._steps = primitives, seed, contacts, steps
        self._make_store = store
        self._luck = Luck(seed)
        self._now = [START]
        self._draining = False
        self.story: list[str] = []
        self.devices: list[Device] = []

    async def run(self) -> int:
        """Play the seed; the number of notes written. Raises Broken."""
        self._organisation = await make(self._primitives, self._luck, self._contacts)
        store = self._store = self._make_store(self._luck.bytes(16))
        service = Service(store, self._primitives, Time(self._now))
        await service.found(self._organisation.roll.entries[0])
        for number, entry in enumerate(self._organisation.roll.entries[1:], 1):
            await store.append_roll(self._organisation.roll.state.organisation, number, entry)
        self._service = Service(store, self._primitives, Time(self._now))
        await self._service.start()
        for number, secrets in enumerate(self._organisation.secrets):
            log = SqliteLog(":memory:")
            log.append_roll(self._organisation.roll.entries)
            skew = self._luck.seeded.choice([0, 0, 0, 2 * DAY, -3 * DAY, 7 * 60_000])
            self.devices.append(await self._start(f"device{number}", secrets, log, skew, 0.2))
        for _ in range(self._steps):
            await self._step()
        await self._drain()
        await self._check()
        return sum(len(notes) for d in self.devices for notes in d.saved.values())

    async def _start(self, name: str, secrets: Secrets, log: SqliteLog, skew: int, loss: float) -> Device:
        p, time = self._primitives, Time(self._now, skew)
        roll = Roll()
        await roll.extend(p, log.roll())
        keyring = await unlock(p, secrets, roll)
        writer = Writer(p, self._luck, time, log, roll, keyring)
        replica = Replica(p, log, roll, keyring, lambda change: writer.witness(change.stamp))
        replica.month = lambda: terms.explained_month(log, time)
        network = Network(self._service, self._luck, loss)
        syncer = Syncer(network, p, time, self._luck, log, roll, keyring, replica, writer)

        async def own_secrets() -> Secrets:
            return secrets

        steward = Steward(p, self._luck, log, roll, keyring, replica, writer, syncer, own_secrets)
        syncer.upkeep = steward.keep if self._trust else None
        return Device(name, secrets, log, time, keyring, writer, replica, syncer, roll, steward, network)

    # -- what may happen -------------------------------------------------------------------------------------

    async def _step(self) -> None:
        luck = self._luck.seeded
        place = luck.randrange(len(self.devices))
        device = self.devices[place]
        self._now[0] += luck.randrange(0, 6 * 60 * 60 * 1000)
        more = [*(ACTS if self._trust else ()), *(FADING if self._fading else ())]
        act = luck.choice(["write", "write", "edit", "sync", "sync", "crash", *more])
        self.story.append(f"{device.name} {act}")
        if act == "write":
            await self._write(device, None)
        elif act == "edit" and device.saved:
            await self._write(device, luck.choice(sorted(device.saved)))
        elif act == "sync":
            await self._sync(device)
        elif act in ("crash", "half"):
            if act == "half":  # the roll is in, the rest of the round is not
                device.network.shut = frozenset({"push", "pull"})
                await self._sync(device)
            revived = await self._start(device.name, device.secrets, device.log, device.time.skew, 0.2)
            revived.saved = device.saved
            self.devices[place] = revived
            await revived.replica.catch_up()
        elif act == "erase":
            await self._erase(device)
        elif act == "month":
            await self._pass(20 * DAY)
        elif act in ACTS:
            try:
                await play(act, luck, self.devices)
            except StraatError as error:
                self.story.append(f"{act}: {error.code}")

    async def _write(self, device: Device, record: bytes | None) -> None:
        text = f"note {self._luck.bytes(4).hex()}"
        nonce = None if record else self._luck.bytes(ID_BYTES)
        name = record or record_id(device.secrets.member, "visit", nonce or b"")
        known = device.replica.records.get(name)
        patch = Patch(text, known.replaces("detail.note") if known else ())
        change = Change("visit", "detail", name, device.writer.stamp(), {"note": patch}, nonce)
        here = device.roll.state.devices.get(device.keyring.device)
        if here is None:
            return  # it knows that it has left: the app takes no more notes
        rings = frozenset({ring.own_ring(device.secrets.member), ring.coordinators_ring(here.team)})
        if self._fading and record is None:
            self._months[name] = self._luck.seeded.choice([NEVER, NEVER, *_months_from(self._now[0])])
        await device.writer.write([Part(change, rings, self._months.get(name, NEVER))])
        device.saved.setdefault(name, []).append(text)  # from here on it may not be lost
        last = device.log.pending(100_000)[-1]
        self._bodies.setdefault(name, {})[last.id] = parse(last.data).body
        await device.replica.catch_up()

    async def _erase(self, device: Device) -> None:
        """Their own note, or for the coordinator any that is known there."""
        records = device.replica.records
        theirs = sorted(set(records) if device is self.devices[0] else set(device.saved))
        there = [r for r in theirs if r in records and records[r].kind == "visit" and not records[r].erased]
        if not there:
            return
        known: Record = records[self._luck.seeded.choice(there)]
        await device.writer.write([await erasing.part(device, known)])
        self._erased.add(known.id)
        if self._luck.seeded.random() < 0.8:  # else it stops before the bytes went
            await device.replica.catch_up()

    async def _pass(self, millis: int) -> None:
        """Time goes by: the server overwrites what is over."""
        self._now[0] += millis
        await self._service.drop_expired()

    async def _tidy(self, device: Device) -> None:
        """As the app does after a round and at unlocking."""
        over = terms.expired(device.replica, device.log, terms.expired_month(device.log, device.time))
        if over:
            await device.replica.drop(over)
        await erasing.name_late(device)

    async def _sync(self, device: Device) -> None:
        if self._trust and device is self.devices[-1] and not self._draining:
            return  # offline through all of it
        try:
            await device.syncer.once()
        except StraatError as error:
            self.story.append(f"{device.name}: {error.code}")
        if self._fading:
            await self._tidy(device)

    # -- what must hold --------------------------------------------------------------------------------------

    async def _drain(self) -> None:
        """The network is back: a few rounds for everyone."""
        self._draining = True
        if self._fading:
            await self._pass(_to_mid_month(self._now[0]))
        for _ in range(ROUNDS_TO_DRAIN):
            for device in self.devices:
                await self._sync(device)
            if not any(d.log.pending(1) for d in self.devices):
                break
        for place, device in enumerate(self.devices):
            whole = await self._start(device.name, device.secrets, device.log, device.time.skew, 0.0)
            whole.saved = device.saved
            self.devices[place] = whole
        for _ in range(4 if self._trust or self._fading else 1):
            for device in self.devices:
                await self._last_round(device)
        if self._trust:
            await adopt_all(self.devices[0], self._luck)
            for device in self.devices:
                await self._last_round(device)

    async def _last_round(self, device: Device) -> None:
        try:
            await device.syncer.once()
            if self._fading:
                await self._tidy(device)
        except Revoked:
            self._demand(device.keyring.device in self.devices[0].roll.state.left, f"{device.name} has not left")
        if device.keyring.device in device.roll.state.devices:
            await drop_lost(device.log, device.roll, device.keyring, device.replica)
            await device.replica.catch_up()

    async def _check(self) -> None:
        coordinator = self.devices[0]
        for device in self.devices:
            present = device.keyring.device in coordinator.roll.state.devices
            self._demand(not device.log.pending(1), f"{device.name}'s queue is stuck")
            if present:
                self._demand(not device.replica.aside, f"{device.name} set something honest aside")
                self._demand(not device.replica.withheld, f"{device.name} sees a gap")
                self._demand(device.replica.waiting == 0, f"{device.name} waits for something")
            for record, notes in device.saved.items():
                if self._gone(record):
                    continue
                for holder in [coordinator, device] if present else [coordinator]:
                    shown = holder.replica.records.get(record)
                    value = shown.value("detail.note") if shown else None
                    self._demand(value == notes[-1], f"{holder.name} shows {value} instead of {notes[-1]}")
            if present and coordinator.roll.state.devices[device.keyring.device].role is Role.CONTACT:
                there = {r for r, known in device.replica.records.items() if not known.erased}
                theirs = {r for r in device.saved if not self._gone(r)}
                self._demand(there == theirs, f"{device.name} holds what is not theirs")
        if self._fading:
            await self._check_gone()
        for wrong in unkept(self.devices) if self._trust else ():
            self._demand(False, wrong)

    def faded(self) -> int:
        """How many records were erased or are over."""
        return sum(map(self._gone, self._bodies))

    def _gone(self, record: bytes) -> bool:
        over = 0 < self._months.get(record, NEVER) < terms.month_of(self._now[0])
        return record in self._erased or over

    async def _check_gone(self) -> None:
        """Nothing of a record that is over or erased is shown, and no byte of its bodies is anywhere."""
        await self._service.drop_expired()  # as each hour
        gone = {
            name: body for record, some in self._bodies.items() if self._gone(record) for name, body in some.items()
        }
        organisation = self._organisation.roll.state.organisation
        for device in self.devices:
            shown = [r for r, known in device.replica.records.items() if self._gone(r) and not known.erased]
            self._demand(not shown, f"{device.name} shows what is gone")
            held = {e.id: e.data for e in device.log.read(0, 100_000)}
            for name, body in gone.items():
                self._demand(body not in held.get(name, b""), f"{device.name} still has the bytes of what is gone")
            rings = device.roll.state.readable(device.keyring.device)
            for r in sorted(rings):
                page = await self._store.page(organisation, r, 0, 100_000, 1 << 30)
                stored = b"".join(data for _, data in page.items)
                self._demand(
                    not any(b in stored for b in gone.values()), "the server still has the bytes of what is gone"
                )

    def _demand(self, holds: bool, what: str) -> None:
        if not holds:
            raise Broken(f"seed {self._seed}: {what}\n  " + "\n  ".join(self.story[-12:]))


def _months_from(millis: int) -> list[int]:
    """This month and the next two."""
    return [terms.month_of(millis + days * DAY) for days in (0, 31, 62)]


def _to_mid_month(millis: int) -> int:
    """From a moment to the middle of a month at least a month later: no wrong clock stands in another month then."""
    ahead = 31 * DAY
    while not 13 <= datetime.fromtimestamp((millis + ahead) / 1000, UTC).day <= 17:
        ahead += DAY
    return ahead
