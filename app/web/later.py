"""Packages that the phone fetches only when they are needed: one zip each, beside the app's archive.

The service worker keeps them with all the rest, so they are there without a network too.
"""

from pathlib import Path

from app.web import archive
from app.web.packages import read, wheel_of

PACKAGES = {"xlsx": "xlsxwriter"}  # the zip's name (app/services/papers/workbook.py) → the package in it


def files(wheels: list[Path]) -> dict[str, bytes]:
    """Each zip, by its name."""
    return {f"later/{name}.zip": archive.zipped(_of(wheels, package)) for name, package in PACKAGES.items()}


def _of(wheels: list[Path], package: str) -> dict[str, bytes]:
    return {name: data for name, data in read(wheel_of(wheels, package)).items() if archive.is_used(name)}
