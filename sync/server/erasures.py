"""The orders to erase, once more, in a file of their own beside the store: `erasures`.

A backup is older than the store that it stands in for, so an order given since is not in it. This file outlives a lost
store, a copy of it goes with each backup, and a restore carries out all of it again. It only ever grows; each order is
on disk before whoever gave it has an answer. One line an order: day since 1970, organisation, envelope id, device, in
hexadecimal but for the day. A line that is not whole (a dead battery) is passed over: nobody was told that it counts.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from sync.server.store import Store

FILE = "erasures"
_LINE = re.compile(rb"([0-9]{1,9}) ([0-9a-f]{64}) ([0-9a-f]{64}) ([0-9a-f]{32})")


class Order(NamedTuple):
    """What one device asked to erase. `day` is since 1970."""

    day: int
    organisation: bytes
    id: bytes
    device: bytes


class Erasures:
    """The file at `path`, made (mode 0600) with the first order."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, orders: Iterable[Order]) -> None:
        """Add these; they are on disk when this returns. Raises OSError, and then some of them may be there."""
        lines = b"".join(_spelled(o) for o in orders)
        new = not self._path.exists()
        file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(file).st_size
            if size and os.pread(file, 1, size - 1) != b"\n":
                lines = b"\n" + lines  # the last write was cut off
            while lines:
                lines = lines[os.write(file, lines) :]
            os.fsync(file)
        finally:
            os.close(file)
        if new:
            sync_folder(self._path.parent)


def read(path: Path) -> set[Order]:
    """The whole lines of such a file; none when there is no file. Raises OSError."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return set()
    found = (_LINE.fullmatch(line) for line in lines)
    return {Order(int(m[1]), *(bytes.fromhex(m[n].decode()) for n in (2, 3, 4))) for m in found if m}


def merge(path: Path, orders: Iterable[Order]) -> int:
    """Add to a file those that it lacks; how many. Raises OSError."""
    missing = sorted(set(orders) - read(path))
    if missing:
        Erasures(path).append(missing)
    return len(missing)


async def in_store(store: Store) -> set[Order]:
    """Every order that a store holds."""
    return {
        Order(day, organisation, name, device)
        for organisation in await store.organisations()
        for name, device, day in await store.orders(organisation)
    }


async def replay(store: Store, orders: Iterable[Order]) -> int:
    """Carry out those that a store does not hold yet, for the organisations in it; how many."""
    here = {(o.organisation, o.id) for o in await in_store(store)}
    known = set(await store.organisations())
    groups: dict[tuple[bytes, bytes, int], list[bytes]] = {}
    for o in sorted(orders):
        if o.organisation in known and (o.organisation, o.id) not in here:
            here.add((o.organisation, o.id))
            groups.setdefault((o.organisation, o.device, o.day), []).append(o.id)
    for (organisation, device, day), ids in groups.items():
        await store.erase(organisation, ids, device, day)
    return sum(map(len, groups.values()))


def sync_folder(folder: Path) -> None:
    """What was put into, taken out of or renamed in this folder is so after a power cut too. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _spelled(o: Order) -> bytes:
    return f"{o.day} {o.organisation.hex()} {o.id.hex()} {o.device.hex()}\n".encode()
