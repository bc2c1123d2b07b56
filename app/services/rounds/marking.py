"""Marks that not everyone on a round can read: a coordinator's device adds the doors to the walk, and nothing else of
them. Doors are only added: of two coordinators one may see less, and where nobody rings is never undone by that.
"""

import json

from app.services import addresses
from app.services.records import Group, iso, known, parts, write
from app.services.rounds import kinds
from app.services.rounds.here import coordinates
from app.services.rounds.looking import Looking
from app.services.rounds.writing import expiry, rings_of
from app.services.session import Session
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
    for name, crew in going.items():
        marked = _foreign(session, crew.team)
        if marked:
            made += _adding(looking, name, marked)
    await write(session, made)


def _foreign(session: Session, team: bytes) -> frozenset[str]:
    """The keys of addresses with a mark that this team can't read."""
    found = set()
    for row in session.view.ask("SELECT id, addresses FROM marks WHERE NOT lifted"):
        if team not in session.replica.records[bytes.fromhex(row["id"])].teams:
            found |= {addresses.key(a) for a in json.loads(row["addresses"])}
    return frozenset(found)


def _adding(looking: Looking, name: bytes, marked: frozenset[str]) -> list[Part]:
    made: list[Part] = []
    for row in looking.walk_rows(name):
        plan = looking.planned(row)
        blocked = plan.blocked | {key for key, spelt in plan.spelt.items() if spelt in marked}
        if blocked != plan.blocked:
            last = iso(looking.row(name)["last"])
            group = Group("plan", {"blocked": sorted(blocked)}, rings_of(name), expiry(last) if last else 0)
            walk = known(looking.session(), kinds.WALK, bytes.fromhex(row["id"]))
            made += parts(looking.session(), kinds.WALK, [group], walk)[1]
    return made
