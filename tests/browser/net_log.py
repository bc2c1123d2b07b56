"""Chromium's own record of its network: every request, whoever made it (page, worker or service worker)."""

import json
from pathlib import Path
from typing import Any

KIND = "URL_REQUEST_START_JOB"


def requests_by(origin: str, log: Path) -> list[str]:
    """The URLs that pages of `origin` asked for, in a log made with --log-net-log.

    What the browser asks for by itself (updates, its own accounts) has no origin and is left out. The log may lack
    its end, as when the browser was killed.
    """
    first, *rest = log.read_text(encoding="utf-8", errors="replace").splitlines()
    kinds = json.loads(first.removeprefix('{"constants":').rstrip(","))["logEventTypes"]
    events = (_event(line) for line in rest)
    started = [e["params"] for e in events if e.get("type") == kinds[KIND] and "url" in e.get("params", {})]
    return [p["url"] for p in started if p.get("initiator") == origin]


def _event(line: str) -> dict[str, Any]:
    try:
        event = json.loads(line.rstrip(","))
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}
