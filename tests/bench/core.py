"""Sealing and opening 1,000 changes on CPython. Floor: the bare AES-GCM and Ed25519 calls for the same bytes."""

import asyncio
import time
from typing import Any

from app.platform.native import SystemClock, SystemRandom
from app.platform.native_crypto import NativePrimitives
from app.services import enrolment
from app.services.founding import found
from sync.core import envelope, ring
from sync.core.change import Change, Patch
from sync.core.hlc import Stamp
from sync.core.ids import record_id
from sync.core.ports import Sealing, Signed
from sync.core.roll import Roll
from sync.device import keyring as keys
from sync.device.log import SqliteLog
from sync.device.replica import Replica
from sync.device.writer import Part, Writer
from tests.bench.metric import metric

COUNT, RUNS = 1000, 5
NOTE = "Een rustig gesprek aan de deur, met een plantje. " * 6


def measure() -> dict[str, Any]:
    """core.seal_1000_ms and core.open_1000_ms."""
    return asyncio.run(_measure())


async def _measure() -> dict[str, Any]:
    primitives = NativePrimitives()
    seals, opens, seal_floors, open_floors = [], [], [], []
    for _ in range(RUNS):
        log, roll, keyring = await _device(primitives)
        writer = Writer(primitives, SystemRandom(), SystemClock(), log, roll, keyring)
        parts = [_part(keyring.member) for _ in range(COUNT)]
        began = time.perf_counter()
        await writer.write(parts)
        seals.append((time.perf_counter() - began) * 1000)
        replica = Replica(primitives, log, roll, await _same(primitives, keyring))
        began = time.perf_counter()
        await replica.catch_up()
        opens.append((time.perf_counter() - began) * 1000)
        assert len(replica.records) == COUNT
        entries = [envelope.parse(e.data) for e in log.read(limit=10_000)]
        seal, open_ = await _floors(primitives, keyring, entries)
        seal_floors.append(seal)
        open_floors.append(open_)
    return {
        "core.seal_1000_ms": metric(seals, "ms", sorted(seal_floors)[RUNS // 2]),
        "core.open_1000_ms": metric(opens, "ms", sorted(open_floors)[RUNS // 2]),
    }


async def _device(primitives: NativePrimitives) -> tuple[SqliteLog, Roll, keys.Keyring]:
    founding = await found(primitives, SystemRandom(), SystemClock())
    roll = Roll()
    await roll.extend(primitives, [founding.genesis])
    looked = enrolment.Looked(founding.invitation, roll, roll.state.invites[founding.invitation.announced])
    secrets = await enrolment.new_secrets(primitives, SystemRandom(), looked, "Bench")
    await roll.extend(primitives, [await enrolment.entry_for(primitives, secrets, roll.state)])
    return SqliteLog(":memory:"), roll, await keys.unlock(primitives, secrets, roll)


async def _same(primitives: NativePrimitives, keyring: keys.Keyring) -> keys.Keyring:
    """The keys after a fresh unlock: no content key known yet."""
    return keys.Keyring(keyring.device, keyring.member, keyring.signing, keyring.agreement, dict(keyring.rings))


def _part(member: bytes) -> Part:

    nonce = SystemRandom().bytes(16)
    record = record_id(member, "visit", nonce)
    change = Change("visit", "detail", record, Stamp(1, 0), {"note": Patch(NOTE)}, nonce)
    return Part(change, frozenset({ring.own_ring(member)}))


async def _floors(
    primitives: NativePrimitives, keyring: keys.Keyring, entries: list[envelope.Envelope]
) -> tuple[float, float]:
    key, nonce = bytes(32), bytes(12)
    plain = [e.body[:-16] for e in entries]
    began = time.perf_counter()
    sealed = await primitives.seal([Sealing(key, nonce, b"", p) for p in plain])
    signatures = await primitives.sign(keyring.signing, [e.signed for e in entries])
    seal = (time.perf_counter() - began) * 1000
    began = time.perf_counter()
    await primitives.verify(
        [Signed(keyring.signing.public, s, e.signed) for s, e in zip(signatures, entries, strict=True)]
    )
    await primitives.open([Sealing(key, nonce, b"", s) for s in sealed])
    return seal, (time.perf_counter() - began) * 1000
