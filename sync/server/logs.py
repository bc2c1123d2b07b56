"""The server's log: one line an event, as text or as JSON. What happened and how often, never who, and never content.

Every message that this server logs stands in EVENTS, by the text that the code gives to the logger; its values are
counts and words of the code itself. Of what others log (uvicorn, a library) only who logged is told, and where.
"""

import json
import logging
import os
import sys
from datetime import UTC, datetime
from typing import Any

OTHER = "other"
# The text in the code → what the event is called, and what its values are.
EVENTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "%s refused: %s": ("refused", ("route", "code")),
    "%s failed: %s": ("failed", ("route", "where")),
    "expired and overwritten: %d": ("expired", ("count",)),
    "dropping what expired failed: %s": ("expiring_failed", ("error",)),
    "store: nothing of %d jobs written: %s": ("store_not_written", ("count", "error")),
    "store: write-ahead file not emptied, the next round tries again": ("store_not_emptied", ()),
    "quota: %d of %d devices near theirs, %d over; organisations near: %d, over: %d": (
        "quota",
        ("devices_near", "devices", "devices_over", "organisations_near", "organisations_over"),
    ),
    "stopping": ("stopping", ()),
    "metrics: port %d is taken": ("metrics_port_taken", ("port",)),
    "no organisation here: is --data right? If it is: straatcontact init": ("no_organisation", ()),
    "not started: %s; the store is as it was. straatcontact doctor says more": ("not_started", ("code",)),
    "started: %d organisations": ("started", ("organisations",)),
}


def event_of(record: logging.LogRecord) -> tuple[str, dict[str, Any]]:
    """What happened, and its values by name."""
    name, keys = EVENTS.get(str(record.msg), (OTHER, ()))
    args = record.args if isinstance(record.args, tuple) else ()
    if name == OTHER or len(args) != len(keys):
        return OTHER, {"logger": record.name, "where": f"{record.module}, line {record.lineno}"} | _kind(record)
    return name, {key: value if isinstance(value, int) else str(value) for key, value in zip(keys, args, strict=True)}


def _kind(record: logging.LogRecord) -> dict[str, str]:
    """The kind of an exception: what it says may quote what it choked on. Of the system's own (a port that is taken):
    the words that the system has for it.
    """
    if isinstance(record.msg, OSError) and record.msg.errno:
        return {"error": os.strerror(record.msg.errno).lower()}
    error = record.exc_info[0] if isinstance(record.exc_info, tuple) else None
    return {"error": error.__name__} if error else {}


class AsText(logging.Formatter):
    """2026-11-25 09:15:00 INFO push refused: bad_format"""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter. No trace: its lines are ours, but its last one quotes values."""
        name, values = event_of(record)
        told = " ".join(f"{k}={v}" for k, v in values.items()) if name == OTHER else record.getMessage()
        return f"{_moment(record)} {record.levelname} {told}"


class AsJson(logging.Formatter):
    """{"time": "2026-11-25T09:15:00Z", "level": "info", "event": "refused", "route": "push", "code": "bad_format"}"""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        name, values = event_of(record)
        return json.dumps({"time": _moment(record), "level": record.levelname.lower(), "event": name, **values})


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def start(as_json: bool) -> None:
    """All that this process logs goes to standard error in this way."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(AsJson() if as_json else AsText())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
