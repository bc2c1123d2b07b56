"""What the server is measured against: the same bytes with nothing checked.

`python -m tests.bench.server_floor FOLDER PORT`: a bare Starlette endpoint over one table in SQLite, in WAL with
synchronous FULL, with the same uvicorn settings as `straatcontact serve`. Each push is one commit, made where the
request is: in the loop, without a thread (with endpoints in Starlette's threads, measured too, it is slower). It
takes the token from a dictionary and the bodies as they are, and puts out what it has.
`raw`: the same batches into the same table in this process, with no HTTP at all.
"""

import sqlite3
import sys
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import msgpack
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.commands.serve import UVICORN
from sync.core import wire

LIMIT = 500
TOKENS = {f"token{n}": n for n in range(1000)}


def opened(path: Path) -> sqlite3.Connection:
    """One table."""
    db = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL"):
        db.execute(f"PRAGMA {pragma}")
    db.execute("CREATE TABLE IF NOT EXISTS e (sequence INTEGER PRIMARY KEY, id BLOB, data BLOB)")
    return db


def store(db: sqlite3.Connection, rows: Sequence[tuple[bytes, bytes]]) -> None:
    """(id, data) of each in one commit."""
    db.execute("BEGIN IMMEDIATE")
    db.executemany("INSERT INTO e (id, data) VALUES (?, ?)", rows)
    db.execute("COMMIT")


def raw(folder: Path, made: Sequence[Sequence[bytes]]) -> float:
    """Seconds for these batches."""
    db = opened(folder / "raw.db")
    ready = [[(sha256(data).digest(), data) for data in items] for items in made]
    began = time.perf_counter()
    for rows in ready:
        store(db, rows)
    seconds = time.perf_counter() - began
    db.close()
    return seconds


def app(folder: Path) -> Starlette:
    """The endpoints."""
    db = opened(folder / "store.db")

    def answer(request: Request, value: object) -> Response:
        who = TOKENS.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        return Response(msgpack.packb(value), 200 if who is not None else 401, media_type=wire.MEDIA_TYPE)

    async def push(request: Request) -> Response:
        rows = [(sha256(data).digest(), data) for data in msgpack.unpackb(await request.body())]
        store(db, rows)
        return answer(request, [[name, wire.STORED] for name, _ in rows])

    async def pull(request: Request) -> Response:
        [[ring, after], *_] = msgpack.unpackb(await request.body())
        query = "SELECT sequence, data FROM e WHERE sequence > ? ORDER BY sequence LIMIT ?"
        rows = db.execute(query, (after, LIMIT + 1)).fetchall()
        return answer(request, [[ring, rows[:LIMIT], len(rows) > LIMIT]])

    async def health(request: Request) -> Response:
        return PlainTextResponse("ok")

    return Starlette(
        routes=[
            Route("/v1/push", push, methods=["POST"]),
            Route("/v1/pull", pull, methods=["POST"]),
            Route("/v1/health", health, methods=["GET"]),
        ]
    )


if __name__ == "__main__":
    uvicorn.run(app(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]), **UVICORN)
