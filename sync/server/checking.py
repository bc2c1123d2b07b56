"""Whether a store is whole: SQLite's own check, every roll from its first entry with real signatures, and a sample of
envelopes that must read as such and be found by the hash of their bytes. For backup, restore and doctor.
"""

import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from sync.core.envelope import parse_any
from sync.core.errors import LogDamaged, NewerVersion, StraatError
from sync.core.ports import Primitives
from sync.core.roll import Roll
from sync.server.limits import weight
from sync.server.store import Store, is_change

SAMPLE, PAGE = 500, 25
PAGE_BYTES = 1 << 20


class Whole(NamedTuple):
    """What was found, in totals; `rolls` are all that hold."""

    rolls: dict[bytes, Roll]
    entries: int
    envelopes: int
    sampled: int
    orders: int
    used: dict[bytes, tuple[int, int]]  # organisation → what all its devices use, and the one that uses most (limits)


def check_file(path: Path) -> None:
    """SQLite's integrity_check. Raises LogDamaged with the first thing that it found."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=10)) as db:
            found = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as e:
        raise LogDamaged(f"{path}: {e}") from e
    if found != "ok":
        raise LogDamaged(f"{path}: {found}")


async def check_content(store: Store, primitives: Primitives) -> Whole:
    """Raises LogDamaged, also for a roll that does not hold, or NewerVersion."""
    rolls: dict[bytes, Roll] = {}
    used: dict[bytes, tuple[int, int]] = {}
    envelopes = sampled = orders = 0
    for organisation in await store.organisations():
        roll = rolls[organisation] = Roll()
        try:
            await roll.extend(primitives, await store.roll(organisation))
        except NewerVersion:
            raise
        except StraatError as e:  # what it says is for who holds a phone and may try again
            raise LogDamaged(f"the member roll in this store is damaged or was altered ({e.code})") from e
        if roll.state.organisation != organisation:
            raise LogDamaged("the roll of another organisation")
        usage = await store.usage(organisation)
        weights = [weight(u.envelopes, u.bytes) for u in usage]
        used[organisation] = sum(weights), max(weights, default=0)
        count = sum(u.envelopes for u in usage)
        envelopes += count
        orders += len(await store.orders(organisation))
        sampled += await _sampled(store, organisation, sorted(roll.state.rings), count)
    return Whole(rolls, sum(len(r.entries) for r in rolls.values()), envelopes, sampled, orders, used)


async def _sampled(store: Store, organisation: bytes, rings: Sequence[bytes], count: int) -> int:
    """Look at some envelopes of each ring: the first, and some from anywhere. Raises LogDamaged."""
    looked = 0
    for ring in rings:
        for after in (0, *(random.randrange(count + 1) for _ in range(max(1, SAMPLE // PAGE // len(rings))))):  # noqa: S311
            page = await store.page(organisation, ring, after, PAGE, PAGE_BYTES)
            for number, data in page.items:
                try:
                    e = parse_any(data)
                except NewerVersion:
                    raise
                except StraatError as error:
                    raise LogDamaged(f"envelope {number} is damaged or was altered ({error.code})") from error
                author = (await store.authors(organisation, [e.id])).get(e.id)
                if is_change(data) and author != e.header.device:
                    raise LogDamaged(f"envelope {number} is not found by the hash of its bytes")
            looked += len(page.items)
    return looked
