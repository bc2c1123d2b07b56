"""The tables of a store in SQLite as they are now; docs/decisions says why. How they came to be: sync.server.migrations.

`envelopes` is in order of commits, and `sequence` is the number that cursors go by, one for an envelope in all its
rings. Which ring it is in, and until which month it is kept, stands in stretches of such numbers (`runs`, `months`),
since what a device pushes at once mostly goes to the same rings. `chains` has the last of each device in each ring.
`ids` finds an envelope by its name: by 4,096 numbers (a chunk), each written at once and in order when it is full, since
names are random and would each touch another page; in the newest chunk all names are read. Organisations, devices and rings are small numbers in all of these (`devices`, `rings`).
"""

from sync.core.errors import NewerVersion
from sync.server.connection import Database

STEPS = ("m001_first", "m002_seen", "m003_erasing", "m004_lean", "m005_names", "m006_stories")
WHOLE, STUB, BROUGHT = 0, 1, 2  # what is kept of an envelope; the last: a stub that came as one
CHUNK_BITS = 12
SHORT_BYTES = 8  # of an id that stand in the index of names


def prepare(db: Database) -> None:
    """Make or migrate the tables. Raises NewerVersion for a store that a newer server has written."""
    before = db.execute("SELECT 1 FROM sqlite_schema WHERE name = '_sqlite_migrations'").fetchone()
    query = "SELECT name FROM _sqlite_migrations WHERE migration_set = 'store'"
    applied = {row[0] for row in db.execute(query)} if before else set()
    if unknown := sorted(applied - set(STEPS)):
        raise NewerVersion(f"store {unknown[0]}")
    if applied != set(STEPS):
        _migrate(db)
    if not applied:
        db.execute("VACUUM")  # a new file has no room left over from tables of before


def _migrate(db: Database) -> None:
    import sqlite_utils  # late: it takes longer to import than all the rest of the store

    from sync.server.migrations import migrations

    migrations.apply(sqlite_utils.Database(db.conn))
