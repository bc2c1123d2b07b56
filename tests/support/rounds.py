"""A street to walk: a round in a settled team, with its doors in the register."""

from datetime import date

from app.services.app import App
from app.services.records import Group, parts, write
from app.services.rounds import kinds
from app.services.rounds.models import Door, PassRule, Plan, Purpose
from sync.core import ring
from tests.support.settled_team import session_of

FIRST, LAST = date(2026, 11, 16), date(2026, 12, 6)


def street(name: str, numbers: range, place: str = "Muntel") -> list[Door]:
    """Doors of one street, keyed as a register's are."""
    return [Door(f"{name.lower()}|{n}|", name, n, postcode="5213 AB", place=place) for n in numbers]


async def put_street(app: App, doors: list[Door]) -> bytes:
    """A street in the coordinator's register, as an import writes it; its id."""
    session = session_of(app)
    values = {"name": doors[0].street, "place": doors[0].place, "complex": "", "doors": kinds.street_doors(doors)}
    group = Group("doors", values, frozenset({ring.coordinators_ring(session.team)}))
    record, made = parts(session, kinds.STREET, [group])
    await write(session, made)
    return record


def plan(streets: list[bytes], members: list[bytes], rule: PassRule | None = None, size: int = 60) -> Plan:
    """What a coordinator would fill in."""
    return Plan(
        "Najaarsronde",
        Purpose.MEET,
        FIRST,
        LAST,
        tuple(members),
        tuple(streets),
        doors_a_walk=size,
        rule=rule or PassRule(),
    )
