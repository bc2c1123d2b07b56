"""Marks that not everyone on a round can read: a coordinator's device adds the doors to the walk, and nothing else of
them. Of two coordinators one may see less, and where nobody rings is never undone by that: a door is freed only by who sees
every mark on it lifted, and later than it was last said that nobody rings there.
"""

import json
from collections.abc import Mapping

from app.services import addresses, marks
from app.services.records import Group, iso, known, parts, write
from app.services.rounds import kinds
from app.services.rounds.here import coordinates
from app.services.rounds.looking import Looking
from app.services.rounds.writing import expiry, rings_of
from app.services.session import Session
from sync.core.hlc import ZERO, Stamp
from sync.core.merge import Record
from sync.device.writer import Part


async def follow_up(session: Session) -> None:
    """After a round of sync, on a coordinator's device. Raises DiskFull: the next time, then."""
    going = {
        n: c
        for n, c in session.roll.state.rounds.items()
        if not c.closed and session.roll.state.walks(session.device, n)
    }
    if not going or not coordinates(session):
        return
    looking, made = Looking(lambda: session), list[Part]()
    lifted = _lifted(session)
    for name, crew in going.items():
        marked = _foreign(session, crew.team)
        if marked or lifted:
            made += _adding(looking, name, marked, lifted)
    await write(session, made)


def _foreign(session: Session, team: bytes) -> frozenset[str]:
    """The keys of addresses with a mark that this team can't read."""
    found = set()
    for row in session.view.ask("SELECT id, addresses FROM marks WHERE NOT lifted"):
        if team not in session.replica.records[bytes.fromhex(row["id"])].teams:
            found |= {addresses.key(a) for a in json.loads(row["addresses"])}
    return frozenset(found)


def _lifted(session: Session) -> dict[str, Stamp]:
    """The keys of addresses of which every mark that this device can read is lifted, and when the last one was."""
    found: dict[str, Stamp] = {}
    standing = marks.blocked(session)
    for row in session.view.ask("SELECT id, addresses FROM marks WHERE lifted"):
        when = _written(session.replica.records[bytes.fromhex(row["id"])], "lift.lifted")
        for spelt in {addresses.key(a) for a in json.loads(row["addresses"])} - standing:
            found[spelt] = max(when, found.get(spelt, when))
    return found


def _written(record: Record, field: str) -> Stamp:
    live = record.fields[field].live() if field in record.fields else []
    return max((version.stamp for version in live), default=ZERO)


def _adding(looking: Looking, name: bytes, marked: frozenset[str], lifted: Mapping[str, Stamp]) -> list[Part]:
    made: list[Part] = []
    for row in looking.walk_rows(name):
        plan = looking.planned(row)
        said = _written(known(looking.session(), kinds.WALK, bytes.fromhex(row["id"])), "plan.blocked")
        freed = {key for key in plan.blocked if lifted.get(plan.spelt.get(key, ""), ZERO) > said}
        blocked = (plan.blocked - freed) | {key for key, spelt in plan.spelt.items() if spelt in marked}
        if blocked != plan.blocked:
            last = iso(looking.row(name)["last"])
            group = Group("plan", {"blocked": sorted(blocked)}, rings_of(name), expiry(last) if last else 0)
            walk = known(looking.session(), kinds.WALK, bytes.fromhex(row["id"]))
            made += parts(looking.session(), kinds.WALK, [group], walk)[1]
    return made
