"""Published tables as they stand in records (report/table), and how they are read: nothing in one is believed unseen.

Whatever can't be read is damaged, and stays in the way of publishing anything that it may be about: what readers know of
it is not known here. A second version of any field is damage too: what was published does not change.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeGuard

from app.services.area_tree import CBS, Place
from app.services.records import iso
from app.services.reports import measures
from app.services.reports.frozen import CellKey, Table, Tree, parts_of
from app.services.reports.models import MOST_THRESHOLD, ROUND_TO, THRESHOLD, Damaged, Note, Period, Standing, from_key

VERSION = 1
MOST_AREAS, MOST_WISHES, MAX_TEXT, MOST_BASE = 2_000, 60, 80, 500
_HELD, _ASIDE = "held", "aside"


@dataclass(frozen=True, slots=True)
class Kept:
    """A table that was published, or is waiting to be. `exact` is False where this device may not know its counts."""

    id: str
    table: Table
    day: date
    base: frozenset[str]  # those that it was made with
    standing: Standing
    exact: bool
    notes: tuple[Note, ...]
    rank: tuple[str, str]  # of two that don't know one another the lower one is first

    @property
    def area(self) -> Place:
        """What it is about."""
        return self.table.tree.places[0]


@dataclass(frozen=True, slots=True)
class Shelf:
    """All that was read."""

    tables: tuple[Kept, ...]
    damaged: tuple[Damaged, ...]
    threshold: int


def to_fields(table: Table, day: date, base: list[bytes], notes: tuple[Note, ...]) -> dict[str, Any]:
    """The fields of a table, but for its exact counts."""
    per_cell = {m: [table.cells[i, m] for i in range(len(table.tree.nodes))] for _, m in table.cells}
    return {
        "version": VERSION,
        "period": table.period.key,
        "area": list(table.tree.places[0]),
        "threshold": table.threshold,
        "day": day.isoformat(),
        "base": base,
        "tree": [[*place, parent] for place, parent in table.tree.nodes],
        "wishes": list(table.wishes),
        "cells": per_cell,
        "notes": [n.value for n in notes],
    }


def exact_counts(table: Table) -> dict[str, list[int]]:
    """The counts that a table was made of: for each part one of every area, without those below it."""
    return {part: [table.own.get(p, {}).get(part, 0) for p in table.tree.places] for part in parts_of(table)}


def read(rows: list[dict[str, Any]]) -> Shelf:
    """Everything that stands in rows of the view."""
    disowned = {row["about"] for row in rows if row["about"]}
    tables, damaged, thresholds = [], [], [THRESHOLD]
    for row in rows:
        fields = _json(row["fields"])
        if row["about"]:
            continue
        threshold = fields.get("threshold")
        if fields.get("period") is None and fields.get("tree") is None and _whole(threshold, MOST_THRESHOLD):
            thresholds.append(threshold)  # nothing but the threshold: an organisation has set it higher
            continue
        kept = _kept(row, fields)
        if isinstance(kept, Kept):
            tables.append(kept)
            thresholds.append(kept.table.threshold)
        elif not (kept.why == "unreadable" and row["id"] in disowned):
            damaged.append(kept)
    return Shelf(tuple(tables), tuple(damaged), max(thresholds))


def _json(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _kept(row: Mapping[str, Any], fields: Mapping[str, Any]) -> Kept | Damaged:
    name = bytes.fromhex(row["id"])
    period = from_key(fields["period"]) if isinstance(fields.get("period"), str) else None
    area = _place(fields.get("area"))
    if period is None or area is None or area[0] not in CBS:
        return Damaged(name, "unreadable")
    if _whole(fields.get("version"), 2**16) and fields["version"] > VERSION:
        return Damaged(name, "newer", period, area)
    table = None if row["changed"] else _table(period, area, fields)
    day, base = iso(fields["day"]) if isinstance(fields.get("day"), str) else None, fields.get("base")
    if table is None or day is None or not _texts(base, MOST_BASE):
        return Damaged(name, "damaged", period, area)
    said = set(_said(row["said"]))
    standing = Standing.HELD if _HELD in said else Standing.ASIDE if _ASIDE in said else Standing.WAITING
    notes = tuple(n for n in Note if n.value in (fields.get("notes") or []))
    exact = fields.get("exact") is not None
    return Kept(row["id"], table, day, frozenset(base), standing, exact, notes, (row["made"], row["id"]))


def _said(text: str) -> list[str]:
    found = json.loads(text) if text else []
    return [x for x in found if isinstance(x, str)]


def _table(period: Period, area: Place, fields: Mapping[str, Any]) -> Table | None:
    tree, wishes, threshold = _tree(fields.get("tree")), fields.get("wishes"), fields.get("threshold")
    if tree is None or tree.places[0] != area or not _texts(wishes, MOST_WISHES):
        return None
    if not _whole(threshold, MOST_THRESHOLD) or threshold < THRESHOLD:
        return None
    bare = Table(period, tree, threshold, {}, tuple(wishes))
    cells = _cells(bare, fields.get("cells"))
    own = _own(bare, fields["exact"]) if fields.get("exact") is not None else {}
    if cells is None or own is None:
        return None
    made = Table(period, tree, threshold, own, bare.wishes, cells)
    if own or fields.get("exact") is not None:
        totals = made.totals()  # cells of earlier tables stand in it, that may have had a lower threshold
        if any(cell is not None and cell != measures.image(totals[key], THRESHOLD) for key, cell in cells.items()):
            return None
    return made


def _tree(value: object) -> Tree | None:
    rows = value if isinstance(value, list) else []
    nodes: list[tuple[Place, int]] = []
    for row in rows[: MOST_AREAS + 1]:
        place = _place(row[:3]) if isinstance(row, list) and len(row) == 4 else None
        parent = row[3] if place else None
        lowest = 0 if nodes else -1
        if place is None or type(parent) is not int or not lowest <= parent < max(len(nodes), lowest + 1):
            return None
        nodes.append((place, parent))
    good = 0 < len(nodes) <= MOST_AREAS and len({p for p, _ in nodes}) == len(nodes)
    return Tree(tuple(nodes)) if good else None


def _cells(table: Table, value: object) -> dict[CellKey, int | None] | None:
    wanted = [m for group in measures.groups(table.wishes) for m in group]
    if not isinstance(value, dict) or set(value) != set(wanted):
        return None
    found: dict[CellKey, int | None] = {}
    for measure in wanted:
        column = value[measure]
        if not isinstance(column, list) or len(column) != len(table.tree.nodes):
            return None
        for i, cell in enumerate(column):
            if cell is not None and not (_whole(cell, measures.MOST) and cell >= THRESHOLD and cell % ROUND_TO == 0):
                return None
            found[i, measure] = cell
    return found


def _own(table: Table, value: object) -> dict[Place, dict[str, int]] | None:
    if not isinstance(value, dict) or set(value) != set(parts_of(table)):
        return None
    found: dict[Place, dict[str, int]] = {}
    for part, column in value.items():
        if not isinstance(column, list) or len(column) != len(table.tree.nodes):
            return None
        if not all(_whole(n, measures.MOST) for n in column):
            return None
        for place, n in zip(table.tree.places, column, strict=True):
            if n:
                found.setdefault(place, {})[part] = n
    return found


def _place(value: object) -> Place | None:
    good = isinstance(value, list) and len(value) == 3 and _texts(value, 3) and value[0] and value[1]
    return (value[0], value[1], value[2]) if isinstance(value, list) and good else None


def _texts(value: object, most: int) -> TypeGuard[list[str]]:
    return (
        isinstance(value, list) and len(value) <= most and all(isinstance(x, str) and len(x) <= MAX_TEXT for x in value)
    )


def _whole(value: object, most: int) -> TypeGuard[int]:
    return type(value) is int and 0 <= value <= most
