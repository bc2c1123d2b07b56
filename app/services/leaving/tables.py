"""The app's readable tables, read bit by bit: without what somebody removed."""

from collections.abc import Iterator
from typing import Any

from app.services.session import Session
from app.view.table import Table

AT_ONCE = 500


def rows_of(session: Session, table: Table) -> Iterator[list[dict[str, Any]]]:
    """The rows of a table, so many at a time, by their key."""
    key, last = next(iter(table.columns)), ""
    there = "AND NOT hidden" if "hidden" in table.columns else ""
    query = f"SELECT * FROM {table.name} WHERE {key} > :last {there} ORDER BY {key} LIMIT {AT_ONCE}"  # noqa: S608 our names
    while rows := session.view.ask(query, last=last):
        yield rows
        last = str(rows[-1][key])
