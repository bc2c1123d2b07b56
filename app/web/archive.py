"""The app archive: our Python and its packages, as the worker unpacks them. Nothing that would start micropip."""

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from app.web import ROOT
from app.web.packages import read, wheel_of
from app.web.texts import compiled

_OURS = ("app", "sync/core", "sync/device")
_NOT_OURS = re.compile(r"app/(cli\.py|commands/|web/|platform/native)|__pycache__")
_PACKAGES = (
    "flet",
    "msgpack",
    "repath",
    "segno",
    "sqlite_utils",
    "sqlite_fts4",
    "pluggy",
    "python_dateutil",
    "six",
    "click",
    "click_default_group",
    "tabulate",
)
_UNUSED = re.compile(
    r"\.dist-info/(?!METADATA)|/testing/|\.pyi$|/py\.typed$|__pycache__|sqlite_utils/cli\.py$"
    r"|flet/(cli|utils/deprecated_cli)|\.exe$|dateutil/zoneinfo/.*\.tar\.gz$"
)
_WHEN = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever it is built


def make(wheels: list[Path], beside: Mapping[str, bytes]) -> bytes:
    """The zip: deterministic, uncompressed (it travels compressed). `beside` are files that go with the app's code."""
    entries: dict[str, bytes] = {"sync/__init__.py": (ROOT / "sync/__init__.py").read_bytes()}
    for top in _OURS:
        for path in sorted((ROOT / top).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not _NOT_OURS.search(name):
                entries[name] = path.read_bytes()
    entries |= {f"app/{name}": content for name, content in beside.items()}
    entries |= {f"app/locale/{name}": data for name, data in compiled().items()}
    for package in _PACKAGES:
        for name, data in read(wheel_of(wheels, package)).items():
            if is_used(name):
                entries[f"__pypackages__/{name}"] = data
    return zipped(entries)


def is_used(name: str) -> bool:
    """Whether the phone needs this file of a wheel."""
    return not _UNUSED.search(name)


def zipped(entries: Mapping[str, bytes]) -> bytes:
    """The same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(entries):
            archive.writestr(zipfile.ZipInfo(name, _WHEN), entries[name])
    return buffer.getvalue()
