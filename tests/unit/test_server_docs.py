"""docs/operations.md says what is so: its commands parse, its SQL works, its bounds are the code's."""

import asyncio
import re
import shlex
import sqlite3
from pathlib import Path

from app.cli import _parser
from app.commands.serve import MAX_CONNECTIONS
from sync.core import directory, envelope, roll_entry, wire
from sync.server import answering, routes, service, sessions
from sync.server.store_sqlite import SqliteStore
from tests.contract.contract_store import HERE, RING, Author

TEXT = Path("docs/operations.md").read_text(encoding="utf-8")


def test_every_command_in_it_parses() -> None:
    """Each `straatcontact …` line, the service's own included."""
    lines = re.findall(r"^(?:ExecStart=\S*/)?straatcontact +([a-z].*)$", TEXT, re.MULTILINE)
    jobs = [_parser().parse_args(shlex.split(line)).job for line in lines]
    assert jobs == ["init", "serve", "verify-build", "verify-build", "serve", "directory", "directory"]


def test_its_backup_and_restore_work(tmp_path: Path) -> None:
    """The copy made while the server runs holds everything; the restored store has another incarnation."""
    backup, renew = (shlex.split(line)[2] for line in re.findall(r"^sqlite3 .*$", TEXT, re.MULTILINE))
    made = Author().many(3)

    async def look(path: Path) -> tuple[bytes, list[bytes]]:
        store = SqliteStore(path)
        page = await store.page(HERE, RING, 0, 10, 10_000)
        first = await store.incarnation()
        await store.close()
        return first, [data for _, data in page.items]

    async def whole() -> None:
        store = SqliteStore(tmp_path / "store.db")
        await store.put(HERE, made)
        copy = tmp_path / "copy.db"
        _run(tmp_path / "store.db", re.sub(r"'/backup/[^']+'", f"'{copy}'", backup))
        await store.put(HERE, Author(2).many(1))
        before = await store.incarnation()
        await store.close()
        _run(copy, renew)
        after, held = await look(copy)
        assert held == [e.data for e in made]
        assert after != before
        assert len(after) == 16

    asyncio.run(whole())


def _run(path: Path, statement: str) -> None:
    db = sqlite3.connect(path)
    db.execute(statement)
    db.commit()
    db.close()


def test_its_bounds_are_those_of_the_code() -> None:
    """The table of limits, figure by figure."""
    r = routes.Routes(None, lambda: 0)  # type: ignore[arg-type]
    assert wire.MAX_BODY_BYTES == 8 << 20
    assert wire.MAX_PUSH == 200
    assert envelope.MAX_ENVELOPE_BYTES == 1.25 * (1 << 20)
    assert (routes.SMALL, roll_entry.MAX_ENTRY_BYTES, directory.MAX_DIRECTORY_BYTES) == (4 << 10, 256 << 10, 256 << 10)
    assert answering.BODY_SECONDS == 60
    assert (wire.MAX_PULL_BYTES, service.PAGE_ITEMS, wire.MAX_PULL_RINGS) == (4 << 20, 500, 64)
    assert (r._carriers._burst, r._carriers._per_second) == (600, 20)
    assert (r._strangers._burst, r._strangers._per_second) == (300, 10)
    assert MAX_CONNECTIONS == 2000
    assert (sessions.CHALLENGE_MILLIS, sessions.TOKEN_MILLIS) == (60_000, 3_600_000)
