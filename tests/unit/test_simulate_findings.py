"""What the simulation found in sync/, each reduced to the promise that it broke."""

import asyncio
from pathlib import Path

from sync.core.roll import Roll
from sync.server.store_sqlite import SqliteStore
from sync.server.unconfirmed import Told, Unconfirmed

ORGANISATION = bytes(32)


def test_two_coordinators_may_confirm_a_roll_in_the_same_moment(tmp_path: Path) -> None:
    """Both are told that it is confirmed: the second used to be told that the server had failed."""

    async def both() -> list[Told]:
        store = SqliteStore(tmp_path / "store.db")
        await store.append_roll(ORGANISATION, 0, b"entry")
        await store.restored(0)
        unconfirmed = Unconfirmed(store, lambda: 1)
        await unconfirmed.load()
        told = await asyncio.gather(*(unconfirmed.confirm(ORGANISATION, Roll()) for _ in range(2)))
        await store.close()
        return told

    assert [t.confirmed for t in asyncio.run(both())] == [True, True]
