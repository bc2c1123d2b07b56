"""A connection to the store's file. What sqlite-utils has more than this is for migrations, which import it themselves:
a server that finds its tables as they should be starts without it.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any


class Database:
    """Statements outside BEGIN … COMMIT are each a transaction of their own. Not tied to a thread: one at a time."""

    def __init__(self, file: Path | sqlite3.Connection) -> None:
        self.conn = (
            sqlite3.connect(file, isolation_level=None, check_same_thread=False, cached_statements=256)
            if isinstance(file, Path)
            else file
        )

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        """See sqlite3.Connection."""
        return self.conn.execute(sql, parameters)

    def rollback(self) -> None:
        """Undo the transaction, if there is one."""
        if self.conn.in_transaction:
            self.conn.execute("ROLLBACK")

    def close(self) -> None:
        """Let go of the file."""
        self.conn.close()
