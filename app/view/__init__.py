"""The readable tables: an in-memory SQLite database that services ask, made from the replica's records.

Nothing here ever touches a disk. A row is replaced whole when its record changes; what a table does not know
of a record (fields of newer versions) stays in the record. Plain `sqlite3`: sqlite-utils takes half a second to
import in the browser, and this stands between the PIN and the list (docs/decisions/0003). One file a table.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from app.view import (
    activities,
    areas,
    audit,
    doors,
    followups,
    marks,
    members,
    offers,
    receipts,
    reports,
    requests,
    reviews,
    rounds,
    stories,
    streets,
    tasks,
    terms,
    visits,
    walks,
    welcomes,
)
from app.view.search import Index
from app.view.table import Row, Table
from sync.core.merge import Record

TABLES: tuple[Table, ...] = tuple(
    m.TABLE
    for m in (
        visits,
        reviews,
        members,
        areas,
        welcomes,
        marks,
        activities,
        stories,
        tasks,
        offers,
        streets,
        rounds,
        walks,
        doors,
        audit,
        receipts,
        reports,
        requests,
        terms,
        followups,
    )
)
logger = logging.getLogger(__name__)
_OF_KIND = {table.kind: table for table in TABLES}
_TYPES = {str: "TEXT", int: "INTEGER", bytes: "BLOB"}


def _put(kind: str, rows: list[Row], index: Index) -> None:
    index.put(kind, rows)


class View:
    """The tables of this package; ids and stamps are hex, days ISO, lists JSON or joined by commas."""

    def __init__(self, db: sqlite3.Connection | None = None) -> None:
        """In a database of its own, or in one that may hold the tables already."""
        self._db = db or sqlite3.connect(":memory:", isolation_level=None)
        self.index: Index | None = None  # once somebody searches
        for table in TABLES:
            typed = ", ".join(
                f"{c} {_TYPES[kind]}{' PRIMARY KEY' * (not i)}" for i, (c, kind) in enumerate(table.columns.items())
            )
            self._db.execute(f"CREATE TABLE IF NOT EXISTS {table.name} ({typed})")
            for index in table.indexes:
                self._db.execute(f"CREATE INDEX IF NOT EXISTS {index}")

    changes = 0  # how often rows were put or cleared: what was asked before stands as long as this does

    def put(self, records: Iterable[Record]) -> None:
        """Bring the rows of these records up to date, in one transaction."""
        rows: dict[str, list[Row]] = {}
        for record in records:
            table = _OF_KIND.get(record.kind)
            if table is not None and record.creator:
                rows.setdefault(table.kind, []).append(table.row(record))
        self.changes += 1
        with self._atomic():
            for kind, some in rows.items():
                self._db.executemany(_OF_KIND[kind].upsert, some)
        for kind, some in rows.items():
            self._follow(partial(_put, kind, some))

    def remove(self, records: Iterable[bytes]) -> None:
        """Forget the rows of these records: something of them was dropped, and what is left is put in again."""
        names = [(record.hex(),) for record in records]
        self.changes += 1
        with self._atomic():
            for table in TABLES:
                if "id" in table.columns:
                    self._db.executemany(f"DELETE FROM {table.name} WHERE id = ?", names)  # noqa: S608 our own names
        self._follow(lambda index: index.remove(name for (name,) in names))

    def clear(self) -> None:
        """Forget every row: all of it is about to be judged anew."""
        self.changes += 1
        with self._atomic():
            for table in TABLES:
                self._db.execute(f"DELETE FROM {table.name}")  # noqa: S608 our own names
        self._follow(Index.clear)

    def _follow(self, act: Callable[[Index], None]) -> None:
        """Let the index follow. Whatever goes wrong in it costs a search, never what comes in."""
        try:
            if self.index is not None:
                act(self.index)
        except sqlite3.Error as error:
            logger.error("the index is begun anew: %s", type(error).__name__)
            self.index = None

    @contextmanager
    def _atomic(self) -> Iterator[None]:
        self._db.execute("BEGIN")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise

    def ask(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """The rows of a query with named parameters."""
        found = self._db.execute(sql, values)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]
