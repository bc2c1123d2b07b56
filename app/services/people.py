"""People: who is on the team, by which names."""

from app.services import records
from app.services.models import Member
from app.services.records import Group
from app.services.session import Session
from sync.core import ring
from sync.core.errors import Quarantined
from sync.core.rights import Role
from sync.device import meta
from sync.device.replica import Aside

KIND = "member"
_NAMED_IN = "named in"  # the team that has been told since the last move


def names(session: Session) -> dict[str, str]:
    """Member id as hex → name, as far as it has arrived here."""
    return {r["member"]: r["name"] for r in session.view.ask("SELECT * FROM members")}


def members(session: Session) -> list[Member]:
    """See AppFace."""
    known = names(session)
    return [
        Member(m, known.get(m.hex(), ""), devices[0].role, len(devices), m == session.member)
        for m, devices in session.roll.state.members().items()
    ]


def aside(session: Session) -> list[Aside]:
    """What is kept aside and whoever is in can do something about: what waits for a coordinator's word is told to
    coordinators, and to whoever wrote it.
    """
    me = session.roll.state.devices.get(session.device)  # none once it has left
    coordinates = me is not None and me.role is Role.COORDINATOR
    kept = session.replica.aside.values()
    return [a for a in kept if coordinates or a.device == session.device or a.reason != Quarantined.code]


def my_name(session: Session) -> str:
    """The name of whoever's device this is: as synced, else as typed when joining."""
    rows = session.view.ask("SELECT name FROM members WHERE member = :me", me=session.member.hex())
    return str(rows[0]["name"]) if rows else session.name


async def say_my_name(session: Session, name: str) -> None:
    """Tell the team the name typed when joining, unless it has one."""
    me = session.member.hex()
    if not session.view.ask("SELECT 1 FROM members WHERE member = :me AND name <> ''", me=me):
        await _say(session, name)


async def say_after_a_move(session: Session) -> None:
    """Tell the new team one's name, once: names are sealed to a team."""
    log = session.log
    if session.device in session.roll.state.devices and log.get(meta.MOVED) and log.get(_NAMED_IN) != session.team:
        log.put({_NAMED_IN: session.team})
        if name := my_name(session):
            await _say(session, name)


async def _say(session: Session, name: str) -> None:
    group = Group("name", {"name": name}, frozenset({ring.team_ring(session.team)}))
    await records.write(session, records.parts(session, KIND, [group])[1])
