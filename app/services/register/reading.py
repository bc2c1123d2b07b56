"""A file with addresses, whatever its form: its rows one by one, and how far it is.

What a file is, is seen from its first bytes, never from its name. Its size is looked at before it is read.
"""

import codecs
import os
from collections.abc import Iterator

from app.services.register import locatieserver, texts
from app.services.register.rows import Bad, Raw
from sync.core.errors import BadInput

MIB = 1 << 20
MAX_GEOPACKAGE, MAX_TEXT, MAX_JSON = 200 * MIB, 64 * MIB, 16 * MIB
MOST_BYTES = MAX_GEOPACKAGE  # of any file; larger ones are refused unread
_SQLITE = b"SQLite format 3\0"
_OTHER = {b"PK": "zip", b"\xd0\xcf\x11\xe0": "excel", b"%PDF": "unknown", b"\x1f\x8b": "zip", b"(\xb5/\xfd": "zip"}


class Reading:
    """One file being read. Raises BadInput("register", "empty" | "too_large" | "zip" | "excel" | "unknown") at once, and
    BadInput("register", "columns" | "no_table" | "no_docs" | "damaged") at the first row.
    """

    def __init__(self, path: str) -> None:
        self.done = 0.0  # from 0 to 1
        self._path = path
        try:
            with open(path, "rb") as file:
                self._size = os.fstat(file.fileno()).st_size
                start = file.read(4096)
        except OSError as error:
            raise BadInput("register", "damaged") from error
        self._kind = _kind(start)
        if self._size > {"geopackage": MAX_GEOPACKAGE, "json": MAX_JSON}.get(self._kind, MAX_TEXT):
            raise BadInput("register", "too_large")

    def rows(self) -> Iterator[Raw | Bad]:
        """Every row of it."""
        try:
            if self._kind == "geopackage":
                from app.services.register import geopackage  # most lists are none

                yield from geopackage.rows(self._path, self._far)
            elif self._kind == "json":
                yield from locatieserver.rows(self._path)
            else:
                yield from texts.rows(self._path, self._far)
        except OSError as error:  # it was taken away or changed meanwhile
            raise BadInput("register", "damaged") from error
        self.done = 1.0

    def _far(self, done: float) -> None:
        self.done = min(1.0, done)


def _kind(start: bytes) -> str:
    """Raises BadInput("register", why) for what is no list of addresses."""
    if not start.strip(b"\xef\xbb\xbf\r\n\t \0"):
        raise BadInput("register", "empty")
    if start.startswith(_SQLITE):
        return "geopackage"
    for first, why in _OTHER.items():
        if start.startswith(first):
            raise BadInput("register", why)
    if start.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"["):
        return "json"
    wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or start[:200].count(0) > 20
    controls = sum(start.count(bytes((c,))) for c in (*range(1, 9), *range(14, 32)))
    if controls > len(start) // 20 or (start.count(0) and not wide):
        raise BadInput("register", "unknown")
    return "text"
