"""The tables of a store in SQLite, step by step from the first release. What they hold: sync.server.schema.

A new step is named in sync.server.schema.STEPS too, by which a server sees without this module that none is missing.
"""

from os import urandom

from sqlite_utils import Database, Migrations

from sync.server.schema import CHUNK_BITS, SHORT_BYTES

migrations = Migrations("store")


@migrations()
def m001_first(db: Database) -> None:
    """Everything of the first release."""
    for statement in (
        "CREATE TABLE facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT",
        "CREATE TABLE rolls (organisation BLOB NOT NULL, number INTEGER NOT NULL, data BLOB NOT NULL,"
        " PRIMARY KEY (organisation, number)) STRICT, WITHOUT ROWID",
        "CREATE TABLE envelopes (row INTEGER PRIMARY KEY, organisation BLOB NOT NULL, id BLOB NOT NULL,"
        " device BLOB NOT NULL, expiry INTEGER NOT NULL, data BLOB NOT NULL,"
        " UNIQUE (organisation, id)) STRICT",
        "CREATE INDEX expiring ON envelopes (expiry) WHERE expiry > 0 AND data <> x''",
        "CREATE TABLE links (sequence INTEGER PRIMARY KEY AUTOINCREMENT, organisation BLOB NOT NULL,"
        " ring BLOB NOT NULL, device BLOB NOT NULL, number INTEGER NOT NULL,"
        " envelope INTEGER NOT NULL REFERENCES envelopes,"
        " UNIQUE (organisation, ring, device, number)) STRICT",
        "CREATE INDEX pages ON links (organisation, ring, sequence)",
        "CREATE TABLE editions (organisation BLOB NOT NULL, number INTEGER NOT NULL, data BLOB NOT NULL,"
        " PRIMARY KEY (organisation, number)) STRICT, WITHOUT ROWID",
    ):
        db.execute(statement)
    db.execute("INSERT INTO facts VALUES ('incarnation', ?)", [urandom(16)])


@migrations()
def m002_seen(db: Database) -> None:
    """The day on which each device was last here."""
    db.execute(
        "CREATE TABLE seen (organisation BLOB NOT NULL, device BLOB NOT NULL, day INTEGER NOT NULL,"
        " PRIMARY KEY (organisation, device)) STRICT, WITHOUT ROWID"
    )


@migrations()
def m003_erasing(db: Database) -> None:
    """What is kept of an envelope, and the orders to overwrite some. What had gone before left no stub."""
    for statement in (
        "ALTER TABLE envelopes ADD COLUMN kept INTEGER NOT NULL DEFAULT 0",
        "UPDATE envelopes SET kept = 1 WHERE data = x''",
        "DROP INDEX expiring",
        "CREATE INDEX expiring ON envelopes (expiry) WHERE expiry > 0 AND kept <> 1",
        "CREATE TABLE orders (organisation BLOB NOT NULL, id BLOB NOT NULL, device BLOB NOT NULL,"
        " day INTEGER NOT NULL, PRIMARY KEY (organisation, id)) STRICT, WITHOUT ROWID",
    ):
        db.execute(statement)


@migrations()
def m004_lean(db: Database) -> None:
    """One number for an envelope in all its rings, and a quarter of the rows.

    An envelope keeps the lowest of the numbers it had, so that a cursor between them goes on behind it; the newest
    keeps its highest, so that no cursor is beyond all numbers. Within a ring all stay in the same order.
    """
    db.conn.create_function("short", 1, lambda name: int.from_bytes(name[:8], "big", signed=True), deterministic=True)
    for statement in (
        "ALTER TABLE envelopes RENAME TO old_envelopes",
        "DROP INDEX expiring",
        "CREATE TABLE devices (row INTEGER PRIMARY KEY, organisation BLOB NOT NULL, device BLOB NOT NULL,"
        " envelopes INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,"
        " UNIQUE (organisation, device)) STRICT",
        "CREATE TABLE rings (row INTEGER PRIMARY KEY, organisation BLOB NOT NULL, ring BLOB NOT NULL,"
        " UNIQUE (organisation, ring)) STRICT",
        "CREATE TABLE envelopes (sequence INTEGER PRIMARY KEY, id BLOB NOT NULL, device INTEGER NOT NULL,"
        " expiry INTEGER NOT NULL, kept INTEGER NOT NULL, data BLOB NOT NULL) STRICT",
        "CREATE TABLE ids (chunk INTEGER NOT NULL, short INTEGER NOT NULL, sequence INTEGER NOT NULL,"
        " PRIMARY KEY (chunk, short, sequence)) STRICT, WITHOUT ROWID",
        "CREATE TABLE runs (ring INTEGER NOT NULL, last INTEGER NOT NULL, first INTEGER NOT NULL,"
        " PRIMARY KEY (ring, last)) STRICT, WITHOUT ROWID",
        "CREATE TABLE months (expiry INTEGER NOT NULL, last INTEGER NOT NULL, first INTEGER NOT NULL,"
        " PRIMARY KEY (expiry, last)) STRICT, WITHOUT ROWID",
        "CREATE TABLE chains (ring INTEGER NOT NULL, device INTEGER NOT NULL, number INTEGER NOT NULL,"
        " id BLOB NOT NULL, PRIMARY KEY (ring, device)) STRICT, WITHOUT ROWID",
        "CREATE TEMP TABLE moved (old INTEGER PRIMARY KEY, new INTEGER NOT NULL)",
        "INSERT INTO moved SELECT envelope, min(sequence) FROM links GROUP BY envelope",
        "UPDATE moved SET new = (SELECT max(sequence) FROM links)"
        " WHERE old = (SELECT envelope FROM links ORDER BY sequence DESC LIMIT 1)",
        "INSERT INTO devices (organisation, device, envelopes, bytes)"
        " SELECT organisation, device, count(*), sum(length(data)) FROM old_envelopes GROUP BY organisation, device",
        "INSERT INTO rings (organisation, ring) SELECT DISTINCT organisation, ring FROM links",
        "INSERT INTO envelopes SELECT new, id, d.row, expiry, kept, data FROM moved"
        " JOIN old_envelopes e ON e.row = old"
        " JOIN devices d ON d.organisation = e.organisation AND d.device = e.device ORDER BY new",
        f"INSERT INTO ids SELECT sequence >> {CHUNK_BITS}, short(id), sequence FROM envelopes"  # noqa: S608
        f" WHERE sequence < ((SELECT max(sequence) + 1 FROM envelopes) >> {CHUNK_BITS}) << {CHUNK_BITS}",
        "INSERT INTO runs SELECT r.row, new, new FROM links l JOIN moved ON old = envelope"
        " JOIN rings r ON r.organisation = l.organisation AND r.ring = l.ring",
        "INSERT INTO months SELECT expiry, sequence, sequence FROM envelopes WHERE expiry > 0 AND kept <> 1",
        "INSERT INTO chains SELECT r.row, d.row, max(l.number), e.id FROM links l"
        " JOIN old_envelopes e ON e.row = l.envelope"
        " JOIN rings r ON r.organisation = l.organisation AND r.ring = l.ring"
        " JOIN devices d ON d.organisation = l.organisation AND d.device = l.device GROUP BY r.row, d.row",
        "DROP TABLE moved",
        "DROP TABLE links",
        "DROP TABLE old_envelopes",
    ):
        db.execute(statement)


@migrations()
def m005_names(db: Database) -> None:
    """Names in the index as bytes: SQLite makes and sorts them by itself, four times as fast as through Python."""
    for statement in (
        "ALTER TABLE ids RENAME TO old_ids",
        "CREATE TABLE ids (chunk INTEGER NOT NULL, short BLOB NOT NULL, sequence INTEGER NOT NULL,"
        " PRIMARY KEY (chunk, short, sequence)) STRICT, WITHOUT ROWID",
        f"INSERT INTO ids SELECT chunk, substr(id, 1, {SHORT_BYTES}), sequence FROM old_ids JOIN envelopes USING"  # noqa: S608
        " (sequence) ORDER BY 1, 2, 3",
        "DROP TABLE old_ids",
    ):
        db.execute(statement)


@migrations()
def m006_stories(db: Database) -> None:
    """Published stories: the newest list, the sheets and photos that it names, and the secrets that stopped some."""
    for statement in (
        "CREATE TABLE story_lists (organisation BLOB PRIMARY KEY, number INTEGER NOT NULL, data BLOB NOT NULL)"
        " STRICT, WITHOUT ROWID",
        "CREATE TABLE story_parts (organisation BLOB NOT NULL, name BLOB NOT NULL, data BLOB NOT NULL,"
        " UNIQUE (organisation, name)) STRICT",
        "CREATE TABLE story_stops (organisation BLOB NOT NULL, secret BLOB NOT NULL,"
        " PRIMARY KEY (organisation, secret)) STRICT, WITHOUT ROWID",
    ):
        db.execute(statement)
