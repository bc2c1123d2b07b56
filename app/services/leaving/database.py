"""The readable tables as one SQLite file, to look at on one's own computer: `datasette -i straatcontact.db`.

Made in memory and handed over as bytes; nothing of it stays here. docs/export.md, "A database to look at".
"""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from time import monotonic

from app import VERSION
from app.services import people
from app.services.leaving import unopened
from app.services.leaving.tables import rows_of
from app.services.session import Session
from app.view import TABLES
from app.view.table import Table

FORMAT_VERSION = 1
BREATH = 0.03
Progress = Callable[[float], None]
_TYPES = {str: "TEXT", int: "INTEGER", bytes: "BLOB"}
# A visit with the names of whoever made it and of the area's own words beside it: what one wants to look at first.
_READABLE = """
CREATE VIEW visits_readable AS
SELECT v.day, v.part, coalesce(m.name, '') AS by, v.address, v.outcome, v.gift, v.wishes, v.note, v.come_back,
       (SELECT r.state FROM reviews r WHERE r.visit = v.id LIMIT 1) AS review
FROM visits v LEFT JOIN members m ON m.member = v.creator ORDER BY v.day DESC
"""


async def database(session: Session, progress: Progress = lambda _: None) -> bytes:
    """The file's bytes. `progress` hears how far it is, from 0 to 1."""
    await session.replica.memory.settle()
    until = 0.0
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        for number, table in enumerate(TABLES):
            _create(db, table)
            into = f"INSERT INTO {table.name} VALUES ({', '.join('?' * len(table.columns))})"  # noqa: S608 our own names
            for rows in rows_of(session, table):
                db.execute("BEGIN")
                db.executemany(into, [tuple(row.values()) for row in rows])
                db.execute("COMMIT")
                if monotonic() >= until:
                    progress((number + 0.5) / len(TABLES))
                    await asyncio.sleep(0)
                    until = monotonic() + BREATH
        _about(db, session)
        for index in ("visits (day)", "visits (address)", "activities (day)"):
            db.execute(f"CREATE INDEX by_{''.join(c for c in index if c.isalpha())} ON {index}")
        db.execute(_READABLE)
        progress(1.0)
        return db.serialize()


def _create(db: sqlite3.Connection, table: Table) -> None:
    typed = ", ".join(
        f"{c} {_TYPES[kind]}{' PRIMARY KEY' * (not i)}" for i, (c, kind) in enumerate(table.columns.items())
    )
    db.execute(f"CREATE TABLE {table.name} ({typed})")


def _about(db: sqlite3.Connection, session: Session) -> None:
    """What this file is, in the file."""
    left_out = unopened.look(session).as_json()
    rows = {
        "format": "straatcontact-database",
        "version": str(FORMAT_VERSION),
        "app": VERSION,
        "made": datetime.fromtimestamp(session.writer.now() / 1000, UTC).isoformat(timespec="seconds"),
        "made_by": people.my_name(session),
        "warning": "Not encrypted: notes about residents can be read. Delete it when you are done.",
        **{f"not in it: {name}": str(value) for name, value in left_out.items()},
    }
    db.execute("CREATE TABLE about (what TEXT PRIMARY KEY, value TEXT)")
    db.executemany("INSERT INTO about VALUES (?, ?)", rows.items())
