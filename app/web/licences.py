"""The licences of all that the site passes on, as those licences ask: one text file beside the app."""

from email import message_from_bytes
from pathlib import Path

from app.web import decoder
from app.web.packages import read

NAME = "licenties.txt"
_RUNTIME = """Pyodide 314: Mozilla Public License 2.0, source at https://github.com/pyodide/pyodide
CPython 3.14 and its standard library: Python Software Foundation License, source at https://github.com/python/cpython
SQLite: public domain
"""


def text(wheels: list[Path]) -> bytes:
    """Each package with its licence, then the notices of Flutter and what it is built of."""
    parts = ["Straatcontact is built with the software below.\n", _RUNTIME]
    notices = b""
    for wheel in sorted(wheels):
        files = read(wheel)
        about = next(data for name, data in files.items() if name.endswith(".dist-info/METADATA"))
        facts = message_from_bytes(about)
        licence = facts["License-Expression"] or facts["License"] or "see below"
        parts.append(f"{facts['Name']} {facts['Version']}: {licence}\n")
        parts += [data.decode() for name, data in sorted(files.items()) if _is_licence(name)]
        notices = files.get("flet_web/web/assets/NOTICES", notices)
    parts.append(decoder.licence(wheels))
    return "\n----\n\n".join(parts).encode() + b"\n----\n\n" + notices


def _is_licence(name: str) -> bool:
    return ".dist-info/" in name and any(word in name.rsplit("/", 1)[1] for word in ("LICENSE", "COPYING", "AUTHORS"))
