"""What this device holds about its member or made by them: to look at, to take along, and to leave.

A person's own data are found by one rule for every table of the view: the records that they made, and those that are
about them. What others wrote about residents is not theirs, also when they may read it. docs/export.md.
"""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app import VERSION
from app.services import erasing, people, visits
from app.services.live import Live
from app.services.ports import Room
from app.services.session import Session
from app.view import TABLES
from app.view.table import Table
from sync.core import words
from sync.core.errors import RollRefused, Unreachable
from sync.core.ports import LogState

FORMAT, FORMAT_VERSION = "straatcontact-export", 1
Row = Mapping[str, Any]

# Beside what they made themselves: the rows that are about this member. Every table of the view has its line here.
ABOUT: Mapping[str, str] = {
    "visits": "",
    "reviews": "visit IN (SELECT id FROM visits WHERE creator = :me)",
    "members": "member = :me",
    "areas": "member = :me",
    "welcomes": "whom = :me",
    "marks": "",
    "activities": "",
    "stories": "",
    "tasks": "",
    "offers": "",
    "reports": "",
    "streets": "",
    "rounds": "",
    "walks": "",
    "doors": "",
    "followups": "member = :me",
    "events": "",
    "receipts": "",
    "requests": "",
    "terms": "",
}


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one table that are this member's, as in the view but with bytes as base64."""

    table: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Mine:
    """All of it. `devices` are (words, joined by whose invitation, this one); `local` is what is on this device only."""

    member: str
    name: str
    role: str
    team: str
    devices: tuple[tuple[str, str, bool], ...]
    sections: tuple[Section, ...]
    local: Mapping[str, Any]
    unsent: int


class MyData:
    """Looking at it, taking it along, and leaving. Hung on App as `mine`."""

    def __init__(self, live: Live) -> None:
        self._live = live

    # -- looking -----------------------------------------------------------------------------------------

    def all(self) -> Mine:
        """Everything, from memory."""
        s = self._live.require_session()
        state, known = s.roll.state, people.names(s)
        here = state.device(s.device)
        inviters = {d.id: known.get(d.member.hex(), "") for d in (*state.left.values(), *state.devices.values())}
        devices = tuple(
            (" ".join(words.fingerprint(d.id)), inviters.get(d.inviter, ""), d.id == s.device)
            for d in state.members()[s.member]
        )
        return Mine(
            member=s.member.hex(),
            name=people.my_name(s),
            role=here.role.name.lower(),
            team=here.team.hex(),
            devices=devices,
            sections=tuple(Section(t.name, tuple(_rows(s, t))) for t in TABLES),
            local=self._local(),
            unsent=visits.unsent_notes(s),
        )

    def _local(self) -> dict[str, Any]:
        """What is on this device only: half-typed forms, and when it locks."""
        drafts, log = self._live.drafts, self._live.require_log()
        forms = {key: drafts.get(key) for key in drafts.keys()} if drafts else {}  # noqa: SIM118 not a mapping
        kept = {
            name: log.get(name)
            for name in ("locking", "tour", "help area", "read reviews", "read answers", "desk keys")
        }
        return {"drafts": _plain(forms), "kept": {k: _plain(v) for k, v in kept.items() if v is not None}}

    async def room(self) -> Room:
        """How much room the browser gives, and whether it keeps what is there."""
        return await self._live.page.room()

    # -- taking along ------------------------------------------------------------------------------------

    def to_json(self, settings: Mapping[str, str]) -> bytes:
        """The export for machines. `settings` are the choices that the screens keep. See docs/export.md."""
        mine = self.all()
        made = datetime.fromtimestamp(self._live.require_session().writer.now() / 1000, UTC)
        whole = {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "app": VERSION,
            "made": made.isoformat(timespec="seconds"),
            "person": {"member": mine.member, "name": mine.name, "role": mine.role, "team": mine.team},
            "devices": [{"words": w, "invited_by": by, "this": here} for w, by, here in mine.devices],
            "records": {s.table: [dict(row) for row in s.rows] for s in mine.sections},
            "local": {**mine.local, "settings": dict(settings)},
            "unsent": mine.unsent,
        }
        return json.dumps(whole, ensure_ascii=False, indent=1).encode()

    # -- leaving -----------------------------------------------------------------------------------------

    def only_mine(self) -> list[bytes]:
        """Visits whose detail nobody but this member can read."""
        s = self._live.require_session()
        rows = s.view.ask("SELECT id FROM visits WHERE creator = :me AND detail AND NOT shared", me=s.member.hex())
        return [bytes.fromhex(row["id"]) for row in rows]

    def may_leave(self) -> bool:
        """Whether the roll lets this member go: not the last coordinator there is."""
        s = self._live.require_session()
        root = next(t for t, above in s.roll.state.teams.items() if above is None)
        staying = [d for d in s.roll.state.devices.values() if d.member != s.member]
        mine = [d for d in s.roll.state.devices.values() if d.member == s.member]
        coordinates = any(s.roll.state.coordinates(d.id, root) for d in mine)
        return not coordinates or any(s.roll.state.coordinates(d.id, root) for d in staying)

    async def leave(self, erase_own: bool) -> None:
        """Stop: erase what only I can read (if so chosen), hand in what is unsent, and take all my devices off the
        roll. This device then hands over its receipt and wipes itself (signing_off.py).

        Raises RollRefused (the last coordinator), Unreachable and its kin: then I am still on the roll, and can try
        again; nothing unsent is lost.
        """
        s = self._live.require_session()
        if not self.may_leave():
            raise RollRefused("the last coordinator stays")
        if erase_own:
            await self._erase_own(s)
        await s.syncer.once()
        if s.log.count().get(LogState.PENDING, 0):  # what the round itself gave rise to: receipts of what was erased
            await s.syncer.once()
        if s.log.count().get(LogState.PENDING, 0):
            raise Unreachable("not all was handed in")
        theirs = [d.id for d in s.roll.state.devices.values() if d.member == s.member]
        sheets = [x.id for x in s.roll.state.sheets.values() if x.member == s.member]
        await s.steward.revoke([*theirs, *sheets])
        s.syncer.wake()
        self._live.tell()

    async def _erase_own(self, s: Session) -> None:
        today = datetime.fromtimestamp(s.writer.now() / 1000).date()
        for visit in self.only_mine():
            await visits.change_consent(s, visit, noted=False, shared=False, today=today)
        for table in ("activities", "stories"):
            if any(t.name == table for t in TABLES):
                await self._erase_unshared(s, table)

    async def _erase_unshared(self, s: Session, table: str) -> None:
        """Drafts of stories and the like: what never went to a coordinator's ring."""
        for row in _rows(s, next(t for t in TABLES if t.name == table)):
            record = s.replica.records[bytes.fromhex(row["id"])]
            if not record.teams:
                await erasing.erase(s, record)


def _rows(s: Session, table: Table) -> list[Row]:
    """The rows of a table that this member made, or that are about them."""
    me = s.member.hex()
    key = next(iter(table.columns))
    about = ABOUT.get(table.name, "")
    close = {row[key] for row in s.view.ask(f"SELECT {key} FROM {table.name} WHERE {about}", me=me)} if about else set()  # noqa: S608
    found = s.view.ask(f"SELECT * FROM {table.name} ORDER BY {key}")  # noqa: S608 our own names
    mine = [row for row in found if row[key] in close or _made_by(s, row, me)]
    return [_plain({**row, **_beside(s, table, row)}) for row in mine]


def _beside(s: Session, table: Table, row: Row) -> Row:
    """What the view leaves in the record: a story's photo."""
    if table.name != "stories" or not row["photo"]:
        return {}
    return {"jpeg": s.replica.records[bytes.fromhex(row["id"])].value("photo.jpeg")}


def _made_by(s: Session, row: Row, me: str) -> bool:
    if row.get("creator"):
        return bool(row["creator"] == me)
    record = s.replica.records.get(bytes.fromhex(row["id"])) if "id" in row else None
    return record is not None and record.creator == s.member


def _plain(value: Any) -> Any:
    """As JSON knows it: bytes as base64."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(v) for v in value]
    return value
