"""A street to walk: a round in a settled team, with its doors in the register."""

from datetime import date

from app.services.app import App
from app.services.models import Role
from app.services.records import Group, parts, write
from app.services.rounds import kinds
from app.services.rounds.models import Door, PassRule, Plan, Purpose
from sync.core import change, envelope, ring
from sync.core.errors import StraatError
from tests.support.native_app import synced
from tests.support.settled_team import Team, hushed, session_of

FIRST, LAST = date(2026, 11, 16), date(2026, 12, 6)
BRAM = "918273"


def street(name: str, numbers: range, place: str = "Muntel") -> list[Door]:
    """Doors of one street, keyed as a register's are."""
    return [Door(f"{name.lower()}|{n}|", name, n, postcode="5213 AB", place=place) for n in numbers]


def at(number: int, name: str = "tulpstraat") -> str:
    """The key of a door."""
    return f"{name}|{number}|"


async def put_street(app: App, doors: list[Door], complex_: str = "") -> bytes:
    """A street in the coordinator's register, as an import writes it; its id."""
    session = session_of(app)
    values = {"name": doors[0].street, "place": doors[0].place, "complex": complex_, "doors": kinds.street_doors(doors)}
    group = Group("doors", values, frozenset({ring.coordinators_ring(session.team)}))
    record, made = parts(session, kinds.STREET, [group])
    await write(session, made)
    return record


def plan(streets: list[bytes], members: list[bytes], rule: PassRule | None = None, size: int = 60) -> Plan:
    """What a coordinator would fill in."""
    chosen = (tuple(members), tuple(streets))
    return Plan("Najaarsronde", Purpose.MEET, FIRST, LAST, *chosen, doors_a_walk=size, rule=rule or PassRule())


async def one_walk(joke: App, *walkers: App, doors: int = 12, rule: PassRule | None = None) -> tuple[bytes, bytes]:
    """A round of one street that is one walk, with these on it; all of it is with everyone. The round and the walk."""
    tulip = await put_street(joke, street("Tulpstraat", range(1, doors + 1)))
    name = await joke.rounds.make(plan([tulip], [session_of(w).member for w in walkers], rule))
    await synced(joke, *walkers)
    [walk] = joke.rounds.round(name).walks
    return name, walk.id


async def bram(t: Team, joke: App) -> App:
    """A collector who has just joined the team."""
    app = t.device("bram")
    await app.start((await joke.invite("Bram", Role.COLLECTOR)).url)
    await app.accept("Bram", BRAM)
    await hushed(app)
    await synced(app, joke, app)
    return app


async def opened(app: App) -> list[change.Change]:
    """Every change in a device's log that it can open."""
    session, ready = session_of(app), []
    for entry in session.log.read(0, 10_000):
        try:
            e = envelope.parse(entry.data)
        except StraatError:
            continue
        if e.header.key in session.keyring.content:
            ready.append((e, session.keyring.content[e.header.key]))
    plains = await envelope.open_many(session.world.primitives, ready)
    return [change.decode(p) for p in plains if isinstance(p, bytes)]
