"""The Store suite on each implementation."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.server.store import Store
from sync.server.store_memory import MemoryStore
from sync.server.store_sqlite import SqliteStore
from sync.simulate.disk import Disk
from sync.simulate.server import open_store
from sync.simulate.world import Luck
from tests.contract.contract_store import CASES, Case, closing_finishes_what_was_asked

MAKERS: dict[str, Callable[[Path], Store]] = {
    "memory": lambda folder: MemoryStore(),
    "sqlite": lambda folder: SqliteStore(folder / "store.db"),
    "sqlite as simulated": lambda folder: open_store(folder / "store.db", Disk(Luck(1), folder / "store.db")),
}
STOPPED = ("sqlite as simulated", closing_finishes_what_was_asked)  # there to close is to lose power


@pytest.mark.parametrize(
    ("kind", "case"),
    [(kind, case) for case in CASES for kind in MAKERS if (kind, case) != STOPPED],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_store(case: Case, kind: str, tmp_path: Path) -> None:
    """Every store keeps every promise of the port."""

    async def work() -> None:
        store = MAKERS[kind](tmp_path)
        try:
            await case(store)
        finally:
            await store.close()

    asyncio.run(work())


def test_stores_differ_in_incarnation(tmp_path: Path) -> None:
    """Two stores are told apart; one opened again is the same."""

    async def incarnation(name: str) -> bytes:
        store = SqliteStore(tmp_path / name)
        try:
            return await store.incarnation()
        finally:
            await store.close()

    first, second, again = (asyncio.run(incarnation(name)) for name in ("a.db", "b.db", "a.db"))
    assert first == again
    assert first != second
