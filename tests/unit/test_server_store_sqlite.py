"""What only a store on a disk can get wrong. The rest is tests/contract/test_store.py."""

import asyncio
import sqlite3
import stat
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database

from sync.core import envelope
from sync.core.errors import Busy, LogDamaged, NewerVersion
from sync.server.envelopes_sqlite import PAGE
from sync.server.group_commit import GroupCommit
from sync.server.migrations import migrations
from sync.server.schema import CHUNK_BITS, STEPS
from sync.server.store_sqlite import SqliteStore
from tests.contract.contract_store import HERE, OTHER, RING, THERE, Author

SECRET = b"seeded bytes that must go " * 200


def using(path: Path, work: Callable[[SqliteStore], Awaitable[None]]) -> None:
    """Open, work, close."""

    async def whole() -> None:
        store = SqliteStore(path)
        try:
            await work(store)
        finally:
            await store.close()

    asyncio.run(whole())


def on_disk(folder: Path) -> bytes:
    """Every byte of every file of the store."""
    return b"".join(f.read_bytes() for f in folder.iterdir())


def test_what_was_stored_is_there_after_opening_again(tmp_path: Path) -> None:
    """Rolls, envelopes and editions survive the process, and the numbers go on rising."""
    author = Author()
    first, second = author.many(1), author.many(1)

    async def fill(store: SqliteStore) -> None:
        await store.append_roll(HERE, 0, b"genesis")
        await store.put(HERE, first)
        await store.put_edition(HERE, 1, b"edition")

    async def look(store: SqliteStore) -> None:
        assert await store.roll(HERE) == [b"genesis"]
        assert await store.edition(HERE) == b"edition"
        assert await store.put(HERE, [*first, *second]) == ["duplicate", "stored"]
        [(one, _), (two, data)] = (await store.page(HERE, RING, 0, 10, 10_000)).items
        assert one < two
        assert data == second[0].data

    using(tmp_path / "store.db", fill)
    using(tmp_path / "store.db", look)


def test_only_this_user_may_read_the_files(tmp_path: Path) -> None:
    """The database and what SQLite puts beside it have mode 0600."""

    async def look(store: SqliteStore) -> None:
        await store.put(HERE, Author().many(1))
        modes = {f.name: stat.S_IMODE(f.stat().st_mode) for f in tmp_path.iterdir()}
        assert modes == {"store.db": 0o600, "store.db-wal": 0o600, "store.db-shm": 0o600}

    using(tmp_path / "store.db", look)


def test_expired_bytes_leave_the_disk(tmp_path: Path) -> None:
    """After the drop no file of the store holds them: not the database, not the write-ahead file."""
    author = Author()
    old = author.next(expiry=202601)
    old = type(old)(old.id, old.device, old.links, old.expiry, SECRET)

    async def look(store: SqliteStore) -> None:
        await store.put(HERE, [old, *author.many(5)])
        assert SECRET[:50] in on_disk(tmp_path)  # the control: they were readable there
        assert await store.drop_expired(202602) == 1
        assert SECRET[:50] not in on_disk(tmp_path)

    using(tmp_path / "store.db", look)


def test_both_connections_keep_to_the_settings(tmp_path: Path) -> None:
    """Write-ahead journal, every commit flushed, overwritten bytes zeroed, references checked; writer and reader."""
    wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1, "busy_timeout": 10000}

    def settings(db: Database) -> dict[str, object]:
        return {name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}

    async def look(store: SqliteStore) -> None:
        assert await store._file.read(settings) == wanted
        assert await store._file.write(settings, wipes=True) == wanted  # on the thread
        assert await store._file.write(settings) == {**wanted, "busy_timeout": 0}  # on the loop, which never waits

    using(tmp_path / "store.db", look)


def test_a_full_disk_stores_nothing_half(tmp_path: Path) -> None:
    """Busy for what did not fit, nothing of it stored; what was there is whole, and all goes on with new room."""
    author = Author()
    before, large, after = author.many(3), author.many(20, size=50_000), author.many(1)

    async def look(store: SqliteStore) -> None:
        def room(pages: int) -> Callable[[Database], None]:
            return lambda db: db.execute(f"PRAGMA max_page_count = {pages}").close()

        assert await store.put(HERE, before) == ["stored"] * 3
        await store._file.write(room(60))
        with pytest.raises(Busy):
            await store.put(HERE, large)
        assert len((await store.page(HERE, RING, 0, 100, 1 << 30)).items) == 3
        await store._file.write(room(100_000))
        assert await store.put(HERE, [*before, *large, *after]) == ["duplicate"] * 3 + ["stored"] * 21

    using(tmp_path / "store.db", look)
    with sqlite3.connect(tmp_path / "store.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()


def test_callers_at_the_same_time_share_a_commit(tmp_path: Path) -> None:
    """A hundred waiting callers take far fewer transactions than a hundred, and each gets its answer."""

    async def look(store: SqliteStore) -> None:
        commits: list[str] = []
        await store._file.write(lambda db: db.conn.set_trace_callback(commits.append))
        outcomes = await asyncio.gather(*(store.put(HERE, Author(n).many(1)) for n in range(1, 101)))
        await store._file.write(lambda db: db.conn.set_trace_callback(None))
        assert outcomes == [["stored"]] * 100
        assert 1 <= commits.count("COMMIT") <= 20

    using(tmp_path / "store.db", look)


def test_a_job_that_fails_takes_only_itself(tmp_path: Path) -> None:
    """In one commit with others it is undone alone, and its caller alone hears of it."""

    def prepare(db: Database) -> None:
        db.execute("CREATE TABLE t (n INTEGER PRIMARY KEY) STRICT")

    def add(number: int, fail: bool = False) -> Callable[[Database], None]:
        def work(db: Database) -> None:
            db.execute("INSERT INTO t VALUES (?)", [number])
            if fail:
                raise LookupError("this one")

        return work

    async def whole() -> None:
        file = GroupCommit(tmp_path / "t.db", prepare)
        jobs = (file.write(add(n, fail=n == 3)) for n in (1, 2, 3, 4, 4))
        answers = await asyncio.gather(*jobs, return_exceptions=True)
        assert [type(a) for a in answers] == [type(None), type(None), LookupError, type(None), sqlite3.IntegrityError]
        assert await file.read(lambda db: db.execute("SELECT n FROM t").fetchall()) == [(1,), (2,), (4,)]
        await file.close()

    asyncio.run(whole())


def test_a_caller_that_gives_up_stops_nobody(tmp_path: Path) -> None:
    """Callers cancelled while they wait leave the writer at work for the others."""

    async def look(store: SqliteStore) -> None:
        for _ in range(20):
            waiting = [asyncio.create_task(store.put(HERE, [])) for _ in range(20)]
            await asyncio.sleep(0)
            for task in waiting[::2]:
                task.cancel()
            answers = await asyncio.gather(*waiting, return_exceptions=True)
            assert answers[1::2] == [[]] * 10
        assert await store.put(HERE, Author().many(1)) == ["stored"]

    using(tmp_path / "store.db", look)


def test_a_closed_store_is_busy(tmp_path: Path) -> None:
    """It answers at once instead of waiting for ever; closing again does nothing."""

    async def look(store: SqliteStore) -> None:
        await store.close()
        with pytest.raises(Busy):
            await store.put(HERE, [])
        with pytest.raises(Busy):
            await store.incarnation()

    using(tmp_path / "store.db", look)


def test_another_process_may_write_in_between(tmp_path: Path) -> None:
    """`init` beside a running server: both write, neither is refused."""

    async def look(store: SqliteStore) -> None:
        other = SqliteStore(tmp_path / "store.db")
        puts = [s.put(HERE, Author(n).many(1)) for n, s in enumerate([store, other] * 20, 1)]
        assert await asyncio.gather(*puts) == [["stored"]] * 40
        await other.close()

    using(tmp_path / "store.db", look)


def test_the_store_of_a_newer_server_is_left_alone(tmp_path: Path) -> None:
    """A migration that this version does not know is a reason not to start."""
    path = tmp_path / "store.db"

    async def mark(store: SqliteStore) -> None:
        row = {"migration_set": "store", "name": "m999_later", "applied_at": "2030-01-01"}
        await store._file.write(lambda db: Database(db.conn)["_sqlite_migrations"].insert(row) and None)

    using(path, mark)
    with pytest.raises(NewerVersion):
        SqliteStore(path)


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    """The server does not start, and the file keeps its bytes."""
    path = tmp_path / "store.db"
    path.write_bytes(b"not a database, but somebody's file " * 100)
    before = path.read_bytes()
    with pytest.raises(LogDamaged):
        SqliteStore(path)
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    """A path that can't be opened raises what the command line can tell."""
    with pytest.raises(Busy, match="nowhere"):
        SqliteStore(tmp_path / "nowhere" / "store.db")


def test_a_store_of_before_is_taken_along(tmp_path: Path) -> None:
    """What had gone left no stub, and keeps its place; what is there can go from now on."""
    path = tmp_path / "store.db"
    author = Author()
    gone, here = author.next(expiry=202501), author.sealed(expiry=202610)
    old = Database(path)
    migrations.apply(old, stop_before="m003_erasing")
    for row, (e, data) in enumerate([(gone, b""), (here, here.data)], 1):
        old.execute("INSERT INTO envelopes VALUES (?, ?, ?, ?, ?, ?)", [row, HERE, e.id, e.device, e.expiry, data])
        old.execute("INSERT INTO links VALUES (?, ?, ?, ?, ?, ?)", [row, HERE, RING, e.device, row, row])
    old.conn.commit()
    old.close()

    async def look(store: SqliteStore) -> None:
        assert await store.put(HERE, [gone, here]) == ["duplicate"] * 2
        assert await store.drop_expired(202701) == 1
        assert [data for _, data in (await store.page(HERE, RING, 0, 10, 1 << 20)).items] == [envelope.stub(here.data)]
        assert await store.put(HERE, [author.sealed()]) == ["stored"]

    using(path, look)


def test_cursors_of_before_go_on_where_they_were(tmp_path: Path) -> None:
    """An envelope in two rings had a number in each, and has one now: whoever stood anywhere between them misses
    nothing, and meets nothing again but perhaps the newest; chains, totals and what came as a stub are taken along.
    """
    path = tmp_path / "store.db"
    author, other = Author(), Author(2)
    made = [author.sealed(RING, OTHER), other.sealed(RING), author.sealed(OTHER), author.sealed(RING, OTHER)]
    brought = author.sealed(RING, expiry=203001)
    all_ = [*made, brought]
    old = Database(path)
    migrations.apply(old, stop_before="m004_lean")
    numbers: dict[bytes, list[tuple[int, bytes]]] = {RING: [], OTHER: []}
    sequence = 0
    for row, e in enumerate(all_, 1):
        data, kept = (envelope.stub(e.data), 2) if e is brought else (e.data, 0)
        old.execute(
            "INSERT INTO envelopes VALUES (?, ?, ?, ?, ?, ?, ?)", [row, HERE, e.id, e.device, e.expiry, data, kept]
        )
        for link in e.links:
            sequence += 1
            place = [sequence, HERE, link.ring, e.device, link.number, row]
            old.execute("INSERT INTO links VALUES (?, ?, ?, ?, ?, ?)", place)
            numbers[link.ring].append((sequence, data))
    old.conn.commit()
    old.close()

    async def look(store: SqliteStore) -> None:
        for ring, before in numbers.items():
            assert await everything(store, ring) == [data for _, data in before]
            for cursor, data in before:
                after = await everything(store, ring, cursor)
                assert after[after[:1] == [data] and before[-1] == (cursor, data) :] == [
                    d for n, d in before if n > cursor
                ]
        assert [(u.device, u.envelopes) for u in await store.usage(HERE)] == [(author.device, 4), (other.device, 1)]
        assert await store.authors(HERE, [e.id for e in all_]) == {e.id: e.device for e in all_}
        assert await store.put(HERE, all_) == ["duplicate"] * 4 + ["stored"]
        following = [author.sealed(RING, OTHER), other.sealed(RING)]
        assert await store.put(HERE, following) == ["stored"] * 2
        assert await everything(store, RING, sequence) == [brought.data, *(e.data for e in following)]
        assert await store.drop_expired(203002) == 1

    using(path, look)


def test_names_of_before_are_found_in_the_index_as_it_is_now(tmp_path: Path) -> None:
    """Those of full chunks, also where the first byte made a negative number of it; and the next chunk goes on."""
    path, count = tmp_path / "store.db", (1 << CHUNK_BITS) + 5
    author = Author()
    made = [replace(e, id=bytes([n % 256]) * 2 + e.id[2:]) for n, e in enumerate(author.many(count - 1, size=0), 1)]
    old = Database(path)
    migrations.apply(old, stop_before="m005_names")
    old.execute("INSERT INTO devices VALUES (1, ?, ?, ?, 0)", [HERE, author.device, len(made)])
    old.conn.executemany(
        "INSERT INTO envelopes VALUES (?, ?, 1, 0, 0, ?)", ((n, e.id, e.data) for n, e in enumerate(made, 1))
    )
    first = [(int.from_bytes(e.id[:8], "big", signed=True), n) for n, e in enumerate(made, 1) if n < 1 << CHUNK_BITS]
    assert any(short < 0 for short, _ in first)
    old.conn.executemany("INSERT INTO ids VALUES (0, ?, ?)", sorted(first))
    old.conn.commit()
    old.close()

    async def look(store: SqliteStore) -> None:
        for e in (made[0], made[200], made[-7], made[-1]):
            assert await store.put(HERE, [replace(e, links=())]) == ["duplicate"]
        assert await store.authors(HERE, [e.id for e in made]) == dict.fromkeys([e.id for e in made], author.device)
        more = Author(2).many(1 << CHUNK_BITS, size=0)
        assert set(await store.put(HERE, more)) == {"stored"}
        assert await store.put(HERE, [replace(made[0], links=()), more[0], more[-1]]) == ["duplicate"] * 3
        indexed = await store._file.read(lambda db: db.execute("SELECT chunk, count(*) FROM ids GROUP BY 1").fetchall())
        assert indexed == [(0, (1 << CHUNK_BITS) - 1), (1, 1 << CHUNK_BITS)]

    using(path, look)


async def everything(store: SqliteStore, ring: bytes, after: int = 0) -> list[bytes]:
    """All of a ring behind a cursor."""
    return [data for _, data in (await store.page(HERE, ring, after, 1000, 1 << 30)).items]


def test_a_page_is_read_in_order_without_sorting(tmp_path: Path) -> None:
    """However much a ring holds: a page costs what is in it."""

    async def look(store: SqliteStore) -> None:
        await store.put(HERE, Author().many(3))
        plan = await store._file.read(
            lambda db: db.execute("EXPLAIN QUERY PLAN " + PAGE, [RING, 1, HERE, 9]).fetchall()
        )
        told = " ".join(row[3] for row in plan)
        assert "SEARCH runs USING PRIMARY KEY (ring=? AND last>?)" in told
        assert "SEARCH envelopes USING INTEGER PRIMARY KEY" in told
        assert "B-TREE" not in told

    using(tmp_path / "store.db", look)


def test_the_steps_a_start_looks_for_are_those_there_are(tmp_path: Path) -> None:
    """Else a server would go on with tables of before, or migrate at each start."""
    db = Database(tmp_path / "m.db")
    migrations.apply(db)
    assert tuple(m.name for m in migrations.applied(db)) == STEPS
    db.close()


def test_names_are_found_in_full_chunks_and_in_the_newest(tmp_path: Path) -> None:
    """Across the borders of the index of names: duplicates are told, authors known, orders carried out."""
    author, other = Author(), Author(2)
    brought = other.sealed()
    made = author.many(8_300, size=0)
    sealed = [author.sealed(), author.sealed()]

    async def look(store: SqliteStore) -> None:
        await store.put(HERE, [replace(brought, data=envelope.stub(brought.data))])
        for at in range(0, len(made), 190):
            await store.put(HERE, made[at : at + 190])
        await store.put(HERE, sealed)
        await store.put(THERE, made[:3])
        count = await store._file.read(lambda db: db.execute("SELECT count(*), max(chunk) FROM ids").fetchone())
        assert count == (2 * 4096 - 1, 1)
        picked = [made[0], made[4093], made[4094], made[4095], made[4096], made[8191], made[8299], *sealed]
        assert await store.put(HERE, picked) == ["duplicate"] * len(picked)
        assert await store.put(HERE, [author.sealed(), made[7], sealed[0]]) == ["stored", "duplicate", "duplicate"]
        assert await store.put(THERE, [made[2], made[3], made[3]]) == ["duplicate", "stored", "duplicate"]
        assert await store.authors(HERE, [e.id for e in [*sealed, brought]]) == {
            brought.id: other.device,
            **dict.fromkeys((e.id for e in sealed), author.device),
        }
        assert await store.put(HERE, [brought, brought]) == ["stored", "duplicate"]
        await store.erase(HERE, [sealed[1].id], author.device, 1)
        stub = envelope.stub(sealed[1].data)
        assert stub in await everything(store, RING, 8_200)

    async def look_again(store: SqliteStore) -> None:
        assert await store.put(HERE, [brought, made[5000], sealed[0]]) == ["duplicate"] * 3

    using(tmp_path / "store.db", look)
    using(tmp_path / "store.db", look_again)
