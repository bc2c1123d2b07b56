"""The figures that are read when they are asked for: totals of the store, the disk and this process."""

import os
import resource
import shutil
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.applications import Starlette

from sync.server.metrics import Figure

STARTED = time.time()


def of(app: Starlette, store: Path, connections: Callable[[], int]) -> Callable[[], Awaitable[list[Figure]]]:
    """A reader of all figures of an app over this store."""

    async def read() -> list[Figure]:
        service, rates = app.state.service, app.state.rates
        organisations, devices, envelopes = await service.totals()
        quotas = await service.quotas.totals()
        disk = shutil.disk_usage(store.parent)
        return [
            _gauge("organisations", "Organisations in the store.", organisations),
            _gauge("devices", "Devices on the rolls.", devices),
            _gauge("envelopes", "Envelopes and stubs in the store.", envelopes),
            _gauge(
                "rolls_unconfirmed", "Rolls that no coordinator confirmed since a restore.", len(service.unconfirmed)
            ),
            _gauge("store_bytes", "Size of store.db.", _size(store)),
            _gauge("store_wal_bytes", "Size of its write-ahead file.", _size(store.with_name(store.name + "-wal"))),
            _gauge("disk_free_bytes", "Free on the disk of the store.", disk.free),
            _gauge("disk_bytes", "Size of that disk.", disk.total),
            _gauge("event_streams", "Devices that listen for a word.", len(service.wakeups)),
            _gauge("connections", "Open connections.", connections()),
            *(
                Figure("slowed_down_total", "counter", "Requests over a rate.", r.refused, f'{{whose="{name}"}}')
                for name, r in rates.items()
            ),
            _gauge("quota_devices_near", "Devices that use 80 % of theirs.", quotas.devices_near),
            _gauge("quota_devices_over", "Devices that have used theirs up.", quotas.devices_over),
            _gauge("quota_organisations_near", "Organisations that use 80 % of theirs.", quotas.organisations_near),
            _gauge("quota_organisations_over", "Organisations that have used theirs up.", quotas.organisations_over),
            Figure("quota_refused_total", "counter", "Envelopes refused for want of room.", quotas.refused),
            _gauge("resident_bytes", "Memory of this process.", _resident()),
            Figure("cpu_seconds_total", "counter", "Time that it computed.", time.process_time()),
            _gauge("started_seconds", "When it started, since 1970.", STARTED),
            Figure(
                "build_info", "gauge", "Versions.", 1, f'{{python="{_python()}",sqlite="{sqlite3.sqlite_version}"}}'
            ),
        ]

    return read


def _gauge(name: str, about: str, value: float) -> Figure:
    return Figure(name, "gauge", about, value)


def _python() -> str:
    return ".".join(map(str, sys.version_info[:3]))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _resident() -> int:
    """Now, where the system tells; else the most that it was."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    return pages * os.sysconf("SC_PAGE_SIZE")
