"""Areas: where a team, or a member within it, is at work. Kept as records that the team can read.

Codes: gemeente GM0796, wijk WK079601, buurt BU07960101 (CBS, each with its year); complex a free name of the housing
association; address a BAG id of 16 digits; street the name of one. docs/records.md.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from app.services import areas_streets, records
from app.services.area_tree import Place, Put, homes, place_of, within
from app.services.models import AreaCode
from app.services.records import Group
from app.services.session import Session
from sync.core import ring
from sync.core.errors import BadInput

KIND = "area"
MAX_NAME, MAX_CODES = 80, 200
_CODES = {
    "gemeente": re.compile(r"GM\d{4}"),
    "wijk": re.compile(r"WK\d{6}"),
    "buurt": re.compile(r"BU\d{8}"),
    "complex": re.compile(r"\S.{0,39}"),
    "address": re.compile(r"\d{16}"),
    "street": re.compile(r"\S.{0,99}"),
}
_CBS = ("gemeente", "wijk", "buurt")


def check(codes: Sequence[AreaCode]) -> None:
    """Refuse what is no area. Raises BadInput("code", why)."""
    if len(codes) > MAX_CODES:
        raise BadInput("code", "too_many")
    for c in codes:
        if c.kind not in _CODES or not _CODES[c.kind].fullmatch(c.code) or len(c.name) > MAX_NAME:
            raise BadInput("code", "unknown")
        if c.kind in _CBS and not re.fullmatch(r"20\d\d", c.year):
            raise BadInput("code", "year")


def check_team(name: str, codes: Sequence[AreaCode]) -> None:
    """Refuse a team without a name or with odd areas. Raises BadInput("name" or "code", why)."""
    if not name.strip():
        raise BadInput("name", "missing")
    if len(name) > MAX_NAME:
        raise BadInput("name", "too_long")
    check(codes)


def of_team(session: Session, team: bytes) -> tuple[str, tuple[AreaCode, ...]]:
    """A team's name and areas, as far as they have arrived here."""
    query = "SELECT * FROM areas WHERE team = :team AND member = '' ORDER BY id LIMIT 1"
    return _first(session.view.ask(query, team=team.hex()))


def of_member(session: Session, member: bytes) -> tuple[AreaCode, ...]:
    """The areas within the team where a member is at work."""
    return _first(session.view.ask("SELECT * FROM areas WHERE member = :it ORDER BY id LIMIT 1", it=member.hex()))[1]


def _first(rows: list[dict[str, Any]]) -> tuple[str, tuple[AreaCode, ...]]:
    if not rows:
        return "", ()
    return rows[0]["name"], tuple(AreaCode(*c) for c in json.loads(rows[0]["codes"]) if len(c) == 4)


def puts(session: Session) -> list[Put]:
    """Where every team is put, as far as it has arrived here, the top one first."""
    return [Put(t, parent, of_team(session, t)[1]) for t, parent in session.roll.state.teams.items()]


def homes_and_streets(session: Session, put: Sequence[Put]) -> tuple[dict[Place, Place], dict[str, Place]]:
    """Where each complex lies, and by the key of a street its area."""
    home = homes(put)
    return home, areas_streets.where((row for p in put for row in streets_of(session, p.team).items()), home)


def only_place(session: Session, member: bytes) -> Place | None:
    """The one area where a member works, with others in it or not; None where that is not one."""
    at = {place_of(c) for c in of_member(session, member) if c.kind != areas_streets.STREET}
    if not at:
        devices = session.roll.state.members().get(member)
        at = {place_of(c) for c in of_team(session, devices[0].team)[1]} if devices else set()
    home = homes(puts(session))
    return next((place for place in at if all(within(other, place, home) for other in at)), None)


async def put_team(session: Session, team: bytes, name: str, codes: Sequence[AreaCode]) -> None:
    """Name a team and say where it works. Raises BadInput or DiskFull."""
    check_team(name, codes)
    await _write(session, team, b"", {"name": name.strip(), "codes": _plain(codes)})


async def put_member(session: Session, team: bytes, member: bytes, codes: Sequence[AreaCode]) -> None:
    """Say where within the team a member works. Raises BadInput or DiskFull."""
    check(codes)
    await _write(session, team, member, {"codes": _plain(codes)})


def streets_of(session: Session, team: bytes) -> dict[Place, tuple[str, ...]]:
    """Which streets a team's record says lie in which area."""
    query = "SELECT streets FROM areas WHERE team = :team AND member = '' ORDER BY id LIMIT 1"
    rows = session.view.ask(query, team=team.hex())
    listed = json.loads(rows[0]["streets"]) if rows else []
    return {(kind, code, year): tuple(names) for kind, code, year, names in listed}


async def put_streets(session: Session, team: bytes, place: Place, names: Sequence[str]) -> None:
    """Say which streets lie in one area of a team (app.services.areas_streets reads and checks them). Raises DiskFull."""
    kept = {at: some for at, some in streets_of(session, team).items() if at != place}
    whole = {**kept, place: tuple(names)} if names else kept
    await _write(session, team, b"", {"streets": [[*at, list(some)] for at, some in sorted(whole.items())]})


async def put_wishes(session: Session, team: bytes, codes: Sequence[str]) -> None:
    """Say which wishes a team's area asks for (app.services.wishes checks them). Raises DiskFull."""
    await _write(session, team, b"", {"wishes": [[code, ""] for code in codes]})


def _plain(codes: Sequence[AreaCode]) -> list[list[str]]:
    return [[c.kind, c.code, c.year, c.name] for c in codes]


async def _write(session: Session, team: bytes, member: bytes, values: dict[str, Any]) -> None:
    query = "SELECT id FROM areas WHERE team = :team AND member = :member ORDER BY id LIMIT 1"
    rows = session.view.ask(query, team=team.hex(), member=member.hex())
    known = session.replica.records[bytes.fromhex(rows[0]["id"])] if rows else None
    whole = values if known else {**values, "team": team, "member": member}
    group = Group("detail", whole, frozenset({ring.team_ring(team)}))
    await records.write(session, records.parts(session, KIND, [group], known)[1])
