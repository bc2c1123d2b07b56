"""Runs in the worker: the log's contract on OPFS, and the loops that tests kill."""

import asyncio
import base64
import json
import os
import time

from pyodide.ffi import to_js
from straat_js import storage

from sync.core.errors import DiskFull
from sync.core.ports import LogState
from sync.device.log import SqliteLog
from tests.contract import contract_log
from tests.contract.contract_log import *  # noqa: F403 the contract's own tests run here
from tests.support import log_steps

PATH = "/store/log.db"


async def mount() -> str:
    """Open the storage once; what it found."""
    return await storage.open(False)


def _fresh() -> SqliteLog:
    for name in (PATH, PATH + "-journal"):
        if os.path.exists(name):
            os.unlink(name)
    return SqliteLog(PATH)


def use_opfs() -> None:
    """From now on the contract runs on OPFS."""
    contract_log.FRESH = _fresh
    contract_log.AGAIN = lambda: SqliteLog(PATH)


def row(number: int) -> tuple[bytes, bytes, int]:
    """An envelope-like row that carries its own check."""
    return number.to_bytes(32, "big"), number.to_bytes(4, "big") * 300, LogState.PENDING


async def write_on(pause: float) -> None:
    """Append one by one for ever; each acknowledgement leaves the browser before the next."""
    log = SqliteLog(PATH)
    number = len(log.read(limit=1_000_000))
    while True:
        number += 1
        log.append([row(number)], {"last": number.to_bytes(4, "big")})
        print(f"ack {number}")  # noqa: T201 the console is the wire to the test
        await asyncio.sleep(pause)


def start_writing(pause: float = 0.0) -> str:
    """Begin `write_on` in the background."""
    global task
    task = asyncio.ensure_future(write_on(pause))
    return "writing"


def verify() -> str:
    """JSON {ok, count}: integrity, no gap, no torn row, and the value that belongs to the last row."""
    log = SqliteLog(PATH)
    entries = log.read(limit=1_000_000)
    check = log._db.execute("PRAGMA integrity_check").fetchone()[0]
    whole = all((e.id, e.data) == row(n)[:2] for n, e in enumerate(entries, 1))
    last = log.get("last")
    fits = int.from_bytes(last, "big") == len(entries) if last else not entries
    log.close()
    return json.dumps({"ok": check == "ok" and whole and fits, "count": len(entries), "check": check})


def flushes_of_one_commit() -> int:
    """How often a durable commit reached the disk's own flush."""
    log = _fresh()
    before = storage.stats.flushes
    log.append([row(1)])
    count = storage.stats.flushes - before
    log.close()
    return count


def fill_until_full() -> str:
    """Write until there is no room: what happened, and what is whole."""
    log = SqliteLog(PATH)
    for number in range(1, 5000):
        try:
            log.append([(number.to_bytes(32, "big"), os.urandom(16_384), LogState.PENDING)])
        except DiskFull:
            entries = log.read(limit=10_000)
            check = log._db.execute("PRAGMA integrity_check").fetchone()[0]
            log.close()
            return json.dumps({"full": True, "check": check, "whole": len(entries) == 99 + number, "rows": number - 1})
    return json.dumps({"full": False})


def record(transactions: int) -> str:
    """JSON of every write, truncation and flush of so many commits, with the acknowledgements between them."""
    storage.stats.operations = to_js([])
    log = _fresh()
    for number in range(1, transactions + 1):
        log_steps.step(log, number)
        storage.stats.operations.push(to_js(["a", number]))
    operations = storage.stats.operations.to_py()
    storage.stats.operations = None
    log.close()
    return json.dumps(
        [[base64.b64encode(bytes(x)).decode() if not isinstance(x, (str, int)) else x for x in op] for op in operations]
    )


async def time_commits(rows: int, times: int) -> str:
    """JSON {commits, raw}: milliseconds of durable commits of 1 KiB beside `rows` rows, and of a bare flush."""
    log = _fresh()
    log.append([row(n) for n in range(1, rows + 1)])
    commits, raw = [], []
    handle = await storage.bareHandle()
    data = to_js(bytes(1200))
    for number in range(rows + 1, rows + times + 1):
        began = time.perf_counter()
        log.append([row(number)])
        commits.append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        handle.write(data)
        handle.flush()
        raw.append((time.perf_counter() - began) * 1000)
    handle.close()
    log.close()
    return json.dumps({"commits": commits, "raw": raw})
