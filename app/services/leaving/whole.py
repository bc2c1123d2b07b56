"""The zip of everything: one file of lines for each kind of record, tables for a spreadsheet, and a word on how to read
it. Made piece by piece: what lies in memory is the packed zip, one record at a time, and nothing else.
"""

import asyncio
import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from time import monotonic
from typing import Any

from app import VERSION
from app.services import people
from app.services.leaving import unopened
from app.services.leaving.read_me import read_me
from app.services.leaving.records_out import PHOTO, guarded, line
from app.services.leaving.tables import rows_of
from app.services.session import Session
from app.view import TABLES
from app.view.table import Table
from sync.core.merge import Record
from sync.device.memory import kind_of, unpack_record

FORMAT, FORMAT_VERSION = "straatcontact-organisation", 1
BREATH = 0.03  # seconds of work between two moments in which the screen may move
Progress = Callable[[float], None]
SECRET_KINDS = frozenset({"grant"})  # keys, handed on from device to device: they open nothing outside of the app


@dataclass(slots=True)
class _Made:
    """The zip as far as it is; `files` are (name, lines or None, SHA-256)."""

    zip: zipfile.ZipFile
    moment: tuple[int, int, int, int, int, int]
    progress: Progress
    files: list[dict[str, Any]] = field(default_factory=list)
    until: float = 0.0

    def put(self, name: str, data: bytes, stored: bool = False, **told: Any) -> None:
        """A whole file."""
        self.zip.writestr(self._info(name, stored), data)
        self.files.append({"name": name, "sha256": sha256(data).hexdigest(), **told})

    def _info(self, name: str, stored: bool = False) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self.moment)
        info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return info

    async def write(self, name: str, pieces: Iterator[bytes], part: tuple[float, float]) -> int:
        """A file piece by piece; how many pieces. The screen moves in between; `part`: how far the whole is before it, and
        how much of the whole it is at most.
        """
        digest, count = sha256(), 0
        with self.zip.open(self._info(name), "w") as file:
            for piece in pieces:
                file.write(piece)
                digest.update(piece)
                count += 1
                await self.breathe(part[0] + part[1] * count / (count + 100))
        self.files.append({"name": name, "sha256": digest.hexdigest()})
        return count

    async def breathe(self, done: float) -> None:
        """Let the screen move, now and then."""
        if monotonic() >= self.until:
            self.progress(done)
            await asyncio.sleep(0)
            self.until = monotonic() + BREATH


async def whole(session: Session, help_lines: bytes, calendar: bytes, progress: Progress = lambda _: None) -> bytes:
    """The zip's bytes. `help_lines` is the directory as HSDS, `calendar` all activities; `progress` hears how far it is,
    from 0 to 1. What comes in meanwhile may or may not be in it.
    """
    await session.replica.memory.settle()
    now = datetime.fromtimestamp(session.writer.now() / 1000, UTC)
    to = io.BytesIO()
    names = {bytes.fromhex(member): name for member, name in people.names(session).items() if member}
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as zip_:
        made = _Made(zip_, (max(now.year, 1980), *now.timetuple()[1:6]), progress)
        kinds = await _records(session, made, names)
        made.put("people.json", _json(_people(session, names)))
        made.put("teams.json", _json(_teams(session)))
        await _tables(session, made)
        made.put("help_lines_hsds.json", help_lines)
        made.put("activities.ics", calendar)
        left_out = unopened.look(session)
        made.put("README.txt", read_me(now, session.name, kinds, left_out).encode())
        about = {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "app": VERSION,
            "made": now.isoformat(timespec="seconds"),
            "organisation": session.roll.state.organisation.hex(),
            "member": session.member.hex(),
            "kinds": kinds,
            "not_in_it": left_out.as_json(),
            "files": list(made.files),
        }
        made.put("manifest.json", _json(about))
    progress(1.0)
    return to.getvalue()


# -- records ---------------------------------------------------------------------------------------------


async def _records(session: Session, made: _Made, names: Mapping[bytes, str]) -> dict[str, int]:
    """A file for each kind; how many records each has."""
    found: dict[str, int] = {}
    keys = _keys(session)
    total, done = sum(map(len, keys.values())) or 1, 0
    for kind, ids in sorted(keys.items()):
        lines = (_line(record, names) for record in _some(session, ids))
        found[kind] = await made.write(f"records/{kind}.jsonl", lines, (0.9 * done / total, 0.9 * len(ids) / total))
        done += len(ids)
    for record in _some(session, keys.get("story", [])):
        if name := _photo_name(record):
            made.put(name, record.value(PHOTO), stored=True)
            await made.breathe(0.9)
    return found


def _keys(session: Session) -> dict[str, list[bytes]]:
    """The ids of the records of each kind, in one order for every export; no keys."""
    found: dict[str, list[bytes]] = {}
    for key, value in session.replica.memory.db.execute("SELECT key, value FROM records ORDER BY key"):
        kind = kind_of(value)
        if kind not in SECRET_KINDS:
            found.setdefault(kind, []).append(key)
    return found


def _some(session: Session, ids: list[bytes]) -> Iterator[Record]:
    """Records one at a time, none of them held on to: what somebody removed, or what was dropped meanwhile, is left out."""
    for key in ids:
        row = session.replica.memory.db.execute("SELECT value FROM records WHERE key = ?", (key,)).fetchone()
        record = unpack_record(key, row[0]) if row is not None else None
        if record is not None and not record.hidden and record.creator is not None:
            yield record


def _line(record: Record, names: Mapping[bytes, str]) -> bytes:
    told = line(record, names, _photo_name(record))
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def _photo_name(record: Record) -> str:
    there = record.kind == "story" and isinstance(record.value(PHOTO), bytes) and record.value(PHOTO)
    return f"photos/{record.id.hex()}.jpg" if there else ""


# -- people ----------------------------------------------------------------------------------------------


def _people(session: Session, names: Mapping[bytes, str]) -> list[dict[str, Any]]:
    state = session.roll.state
    present = [(d, True) for d in state.devices.values()] + [(d, False) for d in state.left.values()]
    return [
        {
            "member": device.member.hex(),
            "name": names.get(device.member, ""),
            "device": device.id.hex(),
            "role": device.role.name.lower(),
            "team": device.team.hex(),
            "here": here,
        }
        for device, here in sorted(present, key=lambda x: (x[0].member, x[0].id))
    ]


def _teams(session: Session) -> list[dict[str, Any]]:
    from app.services import areas

    found = []
    for team, parent in session.roll.state.teams.items():
        name, codes = areas.of_team(session, team)
        listed = [{"kind": c.kind, "code": c.code, "year": c.year, "name": c.name} for c in codes]
        found.append({"team": team.hex(), "parent": parent.hex() if parent else None, "name": name, "areas": listed})
    return found


# -- tables ----------------------------------------------------------------------------------------------


async def _tables(session: Session, made: _Made) -> None:
    """The app's own tables, for whoever opens them in a spreadsheet: `;` between cells, no cell a formula."""
    for number, table in enumerate(TABLES):
        part = (0.9 + 0.1 * number / len(TABLES), 0.1 / len(TABLES))
        await made.write(f"tables/{table.name}.csv", _csv(session, table), part)


def _csv(session: Session, table: Table) -> Iterator[bytes]:
    yield "\ufeff".encode() + _row(table.columns)
    for rows in rows_of(session, table):
        yield b"".join(_row(row.values()) for row in rows)


def _row(cells: Any) -> bytes:
    to = io.StringIO()
    csv.writer(to, delimiter=";", lineterminator="\r\n").writerow([guarded(cell) for cell in cells])
    return to.getvalue().encode("utf-8", "replace")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
