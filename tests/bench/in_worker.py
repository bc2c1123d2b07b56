"""Runs inside the phone app's own worker (its source is handed over): watches the event loop, times and seals.

`WATCH.longest` is the longest that Python's event loop did not answer, in milliseconds: what a tap would have waited.
"""

import asyncio
import json
import time

from app.platform.browser_crypto import BrowserPrimitives
from app.platform.browser_device import BrowserClock, BrowserRandom
from app.services import enrolment
from app.services.app import App
from app.services.finder import Filters
from app.services.founding import found
from app.services.vault import Vault
from sync.core import envelope, ring
from sync.core.change import Change, Patch
from sync.core.hlc import Stamp
from sync.core.ids import record_id
from sync.core.ports import Sealing, Signed
from sync.core.roll import Roll
from sync.device import keyring as keys
from sync.device.log import SqliteLog
from sync.device.replica import Replica
from sync.device.syncer import Syncer
from sync.device.writer import Part, Writer

COUNT = 1000
NOTE = "Een rustig gesprek aan de deur, met een plantje. " * 6
MET = Filters(outcome="met", days=92)
SEARCHES = [(typed, Filters()) for typed in ("wi", "wilgen", "koffie", "moestuin woensdag", "de hoef 2001", "xyz 9")]
SEARCHES += [("Wilgenstaat 4005", Filters()), ("Van Berkelstraat 4", Filters()), ("", MET), ("koffie", MET)]
TOOK: dict[str, list[float]] = {}
HELD: dict[str, object] = {}  # whose it was


class _Watch:
    """A task that wakes every few milliseconds and notes how late it is."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._task = asyncio.ensure_future(self._tick())

    async def _tick(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.004)
            self.longest = max(self.longest, (time.perf_counter() - before) * 1000 - 4)


WATCH = _Watch()


def _time(owner, name: str, key: str) -> None:
    real = getattr(owner, name)

    async def timed(*given, **named):
        HELD[key] = given[0]
        began = time.perf_counter()
        try:
            return await real(*given, **named)
        finally:
            TOOK.setdefault(key, []).append((time.perf_counter() - began) * 1000)

    setattr(owner, name, timed)


_time(Syncer, "once", "round")
_time(App, "unlock", "unlock")
_time(Vault, "open", "vault")


def told() -> str:
    """What was timed so far, and the longest silence; both begin anew."""
    answer = json.dumps({"took": TOOK, "longest": WATCH.longest})
    TOOK.clear()
    WATCH.longest = 0.0
    return answer


def position() -> int:
    """How many envelopes the open session has taken in."""
    return HELD["round"]._replica.position


async def search() -> str:
    """Milliseconds for the index to be filled, and for each of some queries, in the open app's notes."""
    finder, day = HELD["unlock"].finder, HELD["unlock"].today()
    fill = await _millis(finder.prepare())
    times = []
    for _ in range(5):
        for typed, filters in SEARCHES:
            began = time.perf_counter()
            finder.find(typed, filters, {"coffee": "koffie drinken"}, day)
            times.append((time.perf_counter() - began) * 1000)
    return json.dumps([fill, times])


async def seal_and_open() -> str:
    """Milliseconds for COUNT changes: sealed, opened, and the bare operations for both."""
    primitives, random = BrowserPrimitives(), BrowserRandom()
    founding = await found(primitives, random, BrowserClock())
    roll = Roll()
    await roll.extend(primitives, [founding.genesis])
    looked = enrolment.Looked(founding.invitation, roll, roll.state.invites[founding.invitation.announced])
    secrets = await enrolment.new_secrets(primitives, random, looked, "Bench")
    await roll.extend(primitives, [await enrolment.entry_for(primitives, secrets, roll.state)])
    keyring, log = await keys.unlock(primitives, secrets, roll), SqliteLog(":memory:")
    parts = [_part(random, keyring.member) for _ in range(COUNT)]
    writer = Writer(primitives, random, BrowserClock(), log, roll, keyring)
    seal = await _millis(writer.write(parts))
    replica = Replica(primitives, log, roll, await keys.unlock(primitives, secrets, roll))
    opened = await _millis(replica.catch_up())
    assert len(replica.records) == COUNT
    made = [envelope.parse(e.data) for e in log.read(limit=10_000)]
    key, nonce = bytes(32), bytes(12)
    plain = [Sealing(key, nonce, b"", e.body[:-16]) for e in made]
    bare_seal = await _millis(primitives.seal(plain)) + await _millis(
        primitives.sign(keyring.signing, [e.signed for e in made])
    )
    sealed = [Sealing(key, nonce, b"", s) for s in await primitives.seal(plain)]
    bare_open = await _millis(primitives.open(sealed)) + await _millis(
        primitives.verify([Signed(keyring.signing.public, e.signature, e.signed) for e in made])
    )
    return json.dumps([seal, opened, bare_seal, bare_open])


def _part(random: BrowserRandom, member: bytes) -> Part:
    nonce = random.bytes(16)
    change = Change("visit", "detail", record_id(member, "visit", nonce), Stamp(1, 0), {"note": Patch(NOTE)}, nonce)
    return Part(change, frozenset({ring.own_ring(member)}))


async def _millis(work) -> float:
    began = time.perf_counter()
    await work
    return (time.perf_counter() - began) * 1000
