"""One readable table: its columns, its indexes, and the row that a record gives."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.core.hlc import ZERO, Stamp
from sync.core.merge import Record

Row = dict[str, Any]
_DAY_MILLIS = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Table:
    """A table of one kind of record. The first column is its key; `row` gives what to show of a record."""

    name: str
    kind: str
    columns: Mapping[str, type]
    row: Callable[[Record], Row]
    indexes: tuple[str, ...] = ()
    upsert: str = field(init=False)

    def __post_init__(self) -> None:
        """An insert that keeps the row's number when the row is there already: lists keep their order."""
        key, *others = columns = list(self.columns)
        into = f"INSERT INTO {self.name} ({', '.join(columns)}) VALUES ({', '.join(':' + c for c in columns)})"  # noqa: S608
        upsert = f"{into} ON CONFLICT ({key}) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in others)}"
        object.__setattr__(self, "upsert", upsert)


# Fields of another version may hold anything: only what has the right type is shown.


def text(value: Any, most: int | None = None) -> str:
    """A text, or "" for anything else."""
    return value[:most] if isinstance(value, str) else ""


def number(value: Any) -> int | None:
    """A whole number that SQLite holds, or None."""
    fits = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
    return value if fits else None


def name(value: Any) -> str:
    """An id as hex, or "" for anything else."""
    return value.hex() if isinstance(value, bytes) else ""


def codes(value: Any) -> list[str]:
    """The texts of a list."""
    return [x for x in value if isinstance(x, str)] if isinstance(value, list) else []


def placed(value: Any) -> str:
    """[kind, code, year] of an area as "kind|code|year", "" for anything else."""
    good = isinstance(value, list) and len(value) == 3 and all(isinstance(x, str) and "|" not in x for x in value)
    return "|".join(value) if good and value[0] and value[1] else ""


def plain(value: Any) -> str:
    """Lists and maps as JSON, for whoever asks to read and check; what JSON can't say is null. "" for nothing at all."""
    return (
        json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=lambda _: None)
        if value is not None
        else ""
    )


def creator(record: Record) -> str:
    """Who made a record, as hex."""
    return (record.creator or b"").hex()


def made(record: Record, field: str) -> str:
    """When a field was first written: what stands first in a list on one device does so on all."""
    return _first(record, field).to_bytes().hex() if field in record.fields else ""


def made_on(record: Record, field: str) -> str:
    """The day (UTC) on which a field was first written, spelt as a moment: it sorts among those and says no more."""
    millis = _first(record, field).millis
    return Stamp(millis - millis % _DAY_MILLIS, 0).to_bytes().hex()


def _first(record: Record, field: str) -> Stamp:
    register = record.fields.get(field)
    return min((v.stamp for v in register.versions.values()), default=ZERO) if register else ZERO


def last(record: Record, field: str) -> str:
    """When a field was last written."""
    register = record.fields.get(field)
    live = register.live() if register else []
    return live[-1].stamp.to_bytes().hex() if live else ""
