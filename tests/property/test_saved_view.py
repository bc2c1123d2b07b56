"""The saved view, for any history and any moment of saving: what is taken up again is what a replay would give."""

import asyncio
from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from app.view import View
from sync.core.ports import LogState, Sealing
from sync.device import saved
from sync.device.keyring import Keyring
from sync.device.log import SqliteLog
from sync.device.memory import Memory, pack_record, unpack_record
from sync.device.replica import Replica
from tests.property.histories import acts, erasure, play, snapshot
from tests.property.test_convergence import NAMES, WORLD, _id, told
from tests.support.core_world import P, run
from tests.support.organisation import RANDOM
from tests.support.shelf import MemoryShelf
from tests.vectors.vector import fixed

common = settings(max_examples=50, deadline=None)


@dataclass(frozen=True, slots=True)
class Seal:
    """AES-GCM under one key, as the vault does it."""

    key: bytes = fixed("vault key")

    async def seal_bytes(self, purpose: str, data: bytes) -> bytes:
        nonce = RANDOM.bytes(12)
        return nonce + (await P.seal([Sealing(self.key, nonce, purpose.encode(), data)]))[0]

    async def open_bytes(self, purpose: str, sealed: bytes) -> bytes | None:
        return (await P.open([Sealing(self.key, sealed[:12], purpose.encode(), sealed[12:])]))[0]


class Reader:
    """The coordinator's device on one log: its replica and its view."""

    def __init__(self, log: SqliteLog, key: object, memory: Memory | None) -> None:
        w = WORLD.w
        keyring = Keyring(w.coordinator.device, w.coordinator.member, w.coordinator.signing, w.coordinator.agreement)
        keyring.rings[w.coordinators_ring, 1] = key  # type: ignore[assignment]
        self.replica = Replica(P, log, w.roll, keyring, memory=memory)
        self.view = View(self.replica.memory.db)
        self.replica.on_merged = lambda names: self.view.put(self.replica.records[n] for n in names)
        self.replica.on_forget = self.view.clear
        if memory is not None:
            self.replica.recall(memory.fact("replica"))

    def image(self) -> bytes:
        self.replica.memory.put_facts({"replica": self.replica.facts()})
        return self.replica.memory.image()

    def says(self) -> object:
        r = self.replica
        rows = [sorted(map(repr, self.view.ask(f"SELECT * FROM {t}"))) for t in ("visits", "reviews", "members")]
        origins = {name: r.origins[name] for name in r.origins}
        return told(r), rows, origins, r.doubled, r.position, r._keyring.content, r.seen(WORLD.w.contact.device)


async def _lived(deliveries: list[list[str]], put_away: set[int]) -> tuple[object, object]:
    """What a device says that was locked and unlocked after some of the deliveries, and what a replay gives."""
    key = await P.agreement_key(WORLD.w.privates[WORLD.w.coordinators_ring])
    log, shelf = SqliteLog(":memory:"), MemoryShelf()
    beside = saved.Beside(log, shelf, Seal(), RANDOM)
    reader, taken_up = Reader(log, key, None), 0
    for number, names in enumerate(deliveries):
        log.append([(fixed(n) if n == "garbage" else _id(n), WORLD.sent[n], LogState.STORED) for n in names])
        await reader.replica.catch_up()
        if number in put_away:
            await saved.save(beside, reader.image(), reader.replica.position, beside.bound())
        memory = await saved.load(beside)
        taken_up += memory is not None
        reader = Reader(log, key, memory)
        await reader.replica.catch_up()
    again = Reader(log, key, None)
    await again.replica.catch_up()
    assert taken_up or not put_away
    log.close()
    return reader.says(), again.says()


@common
@given(
    st.permutations(NAMES),
    st.lists(st.integers(0, len(NAMES)), max_size=5),
    st.frozensets(st.integers(0, 5), min_size=1),
)
def test_taken_up_again_is_what_a_replay_gives(order: list[str], cuts: list[int], put_away: frozenset[int]) -> None:
    """Any order, any deliveries, saved after any of them, locked and unlocked after each."""
    places = [0, *sorted(cuts), len(order)]
    deliveries = [order[i:j] for i, j in pairwise(places)]
    moments = {n % len(deliveries) for n in put_away}
    lived, replayed = run(_lived(deliveries, moments))
    assert lived == replayed


@common
@given(acts)
def test_a_record_comes_out_of_memory_as_it_went_in(history: list) -> None:
    """Every part of it, whatever was written and by whom."""
    for record in [*play(history), erasure()]:
        assert snapshot(unpack_record(record.id, pack_record(record))) == snapshot(record)


def test_the_machine_waits_for_nothing() -> None:
    """The helpers above leave no loop behind that would hide a hanging test."""
    assert asyncio.run(saved.load(saved.Beside(SqliteLog(":memory:"), MemoryShelf(), Seal(), RANDOM))) is None
