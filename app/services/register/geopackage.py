"""The Dutch address register as a GeoPackage: PDOK's bag-light.gpkg, or a part of it for one municipality.

A GeoPackage is a SQLite file. Only plain tables are read, only their named columns, and nothing that the file itself
defines (views, triggers, functions) is run. Source: OGC GeoPackage 1.3; the columns are those of PDOK's BAG.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.parse import quote

from app.services.register import columns
from app.services.register.rows import Raw
from sync.core.errors import BadInput

_LONGEST = 200  # characters of a value
_FIRST = ("verblijfsobject", "ligplaats", "standplaats", "adres", "nummeraanduiding")


def rows(path: str, far: Callable[[float], None]) -> Iterator[Raw]:
    """Every row of its tables with addresses; `far` hears how far it is, from 0 to 1. Raises BadInput("register", why)."""
    try:
        with closing(_open(path)) as db:
            tables = _tables(db)
            if not tables:
                raise BadInput("register", "no_table")
            line = 0
            for name, found in tables:
                for raw in _rows(db, name, found, far):
                    line += 1
                    yield columns.raw({field: i for i, field in enumerate(found)}, raw, line)
    except sqlite3.Error as error:
        raise BadInput("register", "damaged") from error


def _open(path: str) -> sqlite3.Connection:
    db = sqlite3.connect(f"file:{quote(path)}?mode=ro&immutable=1", uri=True)
    db.text_factory = lambda data: data.decode("utf-8", "replace")
    for safety in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON", "mmap_size = 0"):
        db.execute(f"PRAGMA {safety}")
    return db


def _tables(db: sqlite3.Connection) -> list[tuple[str, dict[str, str]]]:
    """Tables that addresses can be read from, each with field → column. Homes first."""
    made = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid LIMIT 1000")
    names = [name for name, sql in made if str(sql).casefold().startswith("create table")]
    names.sort(key=lambda name: _FIRST.index(name.casefold()) if name.casefold() in _FIRST else len(_FIRST))
    found = []
    for name in names:
        there = [row[1] for row in db.execute("SELECT * FROM pragma_table_xinfo(?) WHERE hidden = 0", (name,))]
        at = columns.by_header(there)
        if at:
            found.append((name, {field: there[i] for field, i in at.items()}))
    return (
        found[:1] if found and found[0][0].casefold() not in _FIRST else [f for f in found if f[0].casefold() in _FIRST]
    )


def _rows(
    db: sqlite3.Connection, name: str, found: dict[str, str], far: Callable[[float], None]
) -> Iterator[tuple[str, ...]]:
    def named(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    table = named(name)
    last = db.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0] or 1  # noqa: S608 quoted
    taken = ", ".join(f"coalesce(substr({named(c)}, 1, {_LONGEST}), '')" for c in found.values())
    for rowid, *values in db.execute(f"SELECT rowid, {taken} FROM {table}"):  # noqa: S608 quoted
        far(rowid / last)
        yield tuple(v if isinstance(v, str) else "" for v in values)
