"""All that a device writes into its log, step by step and always the same; and the log as a whole, to compare.

Runs on CPython and in the browser's worker.
"""

from collections.abc import Callable

from sync.core.ports import LogState
from sync.device.log import SqliteLog

BYTES = 1200


def row(number: int) -> tuple[bytes, bytes, int]:
    """An envelope of nobody's, about as large as one."""
    return number.to_bytes(32, "big"), number.to_bytes(8, "big") * (BYTES // 8), LogState.PENDING


def _note(log: SqliteLog, n: int) -> None:
    log.append([row(10 * n)], {"last": n.to_bytes(4, "big"), "chains": n.to_bytes(4, "big") * 20})


def _page(log: SqliteLog, n: int) -> None:
    """What a pull brings, with the cursor that stands for it."""
    rows = [(name, data, LogState.STORED) for name, data, _ in (row(10 * n + place) for place in range(5))]
    log.append(rows, {"cursors": n.to_bytes(4, "big") * 30})


def _draft(log: SqliteLog, n: int) -> None:
    log.put_draft("new", bytes([n % 256]) * (300 + 97 * (n % 40)), n)


def _acknowledged(log: SqliteLog, n: int) -> None:
    log.mark([e.id for e in log.pending(3)], LogState.STORED)


def _drop(log: SqliteLog, n: int) -> None:
    """Bytes go from the middle of the file, and are overwritten there."""
    log.drop([e.id for e in log.read() if e.state == LogState.STORED][:2], {"noted": n.to_bytes(4, "big")})


def _secret(log: SqliteLog, n: int) -> None:
    """Another PIN: the vault's key wrapped anew, and the tries forgotten."""
    log.put({"vault": bytes([n % 256]) * 110, "secrets": bytes([n % 251]) * 400, "wrong tries": None})


def _member(log: SqliteLog, n: int) -> None:
    log.append_roll([n.to_bytes(4, "big") * 60, n.to_bytes(4, "big") * 80])


def _sent(log: SqliteLog, n: int) -> None:
    log.put_draft("new", None)


_STEPS: tuple[Callable[[SqliteLog, int], None], ...] = (
    _note, _draft, _page, _acknowledged, _drop, _draft, _secret, _note, _sent, _member,
)  # fmt: skip


def step(log: SqliteLog, number: int) -> None:
    """The step with this number."""
    _STEPS[number % len(_STEPS)](log, number)


def whole(log: SqliteLog) -> object:
    """Everything that the log says."""
    named = log._db.execute("SELECT key, value FROM meta ORDER BY key").fetchall()
    return log.read(limit=1_000_000), log.roll(), named, log.drafts(), log.draft_days()
