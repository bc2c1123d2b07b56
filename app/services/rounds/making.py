"""Making a round: from a plan to a record, its walks and a ring of its own; and giving it other members or days."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from app.services import addresses, inviting, marks
from app.services.models import VALID_DAYS, InviteLink, Role
from app.services.records import Group, iso, known, parts, write
from app.services.rounds import kinds
from app.services.rounds.here import coordinates, open_here
from app.services.rounds.looking import Looking
from app.services.rounds.models import Door, Plan, PlannedWalk, Street
from app.services.rounds.writing import expiry, new, rings_of
from app.services.session import Session
from sync.core.errors import BadInput, DiskFull, Forbidden, NotFound, StraatError
from sync.core.ids import ID_BYTES, record_id
from sync.core.roll_entry import MAX_MEMBERS

MAX_NAME = 80
WALK_SIZES = range(5, 251)
USUAL_SIZE = 60
TIMES = range(1, 7)
LONGEST_DAYS, LONGEST_AGO_DAYS = 366, 60
MAX_DOORS = 20_000  # of one round

Walks = list[tuple[str, tuple[Door, ...]]]


def check(plan: Plan, today: date, again: bool = False) -> None:
    """Refuse a plan that can't be made. `again`: its walks are those of an earlier round. Raises BadInput(field, why)."""
    if not plan.name.strip():
        raise BadInput("round", "missing")
    if len(plan.name) > MAX_NAME:
        raise BadInput("round", "too_long")
    if plan.last < plan.first or (plan.last - plan.first).days > LONGEST_DAYS:
        raise BadInput("period", "order")
    if plan.last < today - timedelta(days=LONGEST_AGO_DAYS):
        raise BadInput("period", "past")
    if len(plan.members) > MAX_MEMBERS:
        raise BadInput("members", "too_many")
    if not plan.streets and not again:
        raise BadInput("streets", "missing")
    if plan.doors_a_walk not in WALK_SIZES:
        raise BadInput("doors_a_walk", "size")
    if plan.rule.times not in TIMES:
        raise BadInput("times", "size")


def coordinating(session: Session) -> None:
    """Raises Forbidden on a device that is not a coordinator's."""
    if not coordinates(session):
        raise Forbidden(kinds.ROUND)


def cut(session: Session, plan: Plan) -> Walks:
    """The walks of a plan: name and doors in walking order. Raises BadInput."""
    from app.services.rounds import cutting  # only a coordinator who makes a round needs it

    streets = _streets(session, plan.streets)
    if not any(s.doors for s in streets):
        raise BadInput("streets", "empty")
    if sum(len(s.doors) for s in streets) > MAX_DOORS:
        raise BadInput("streets", "too_many")
    return [(walk.name, tuple(walk.doors)) for walk in cutting.cut(streets, plan.doors_a_walk, plan.order)]


def planned(session: Session, walks: Walks) -> list[PlannedWalk]:
    """The same in numbers."""
    marked = marks.blocked(session)
    shut = [sum(addresses.key(d.address) in marked for d in doors) if marked else 0 for _, doors in walks]
    return [PlannedWalk(name, len(doors), n) for (name, doors), n in zip(walks, shut, strict=True)]


def _streets(session: Session, chosen: Sequence[bytes]) -> list[Street]:
    names = {s.hex() for s in chosen}
    rows = session.view.ask("SELECT * FROM streets WHERE NOT hidden ORDER BY name, place, id")
    return [street_of(row) for row in rows if row["id"] in names]


def _complexes(session: Session) -> dict[tuple[str, str], str]:
    """The complex of each street of the register that belongs to one."""
    rows = session.view.ask("SELECT name, place, complex FROM streets WHERE NOT hidden AND complex <> '' ORDER BY id")
    return {(row["name"], row["place"]): row["complex"] for row in rows}


def street_of(row: dict[str, Any]) -> Street:
    """A street by its row of the view."""
    found = kinds.read_street_doors(kinds.from_json(row["doors"]), row["name"], row["place"])
    return Street(bytes.fromhex(row["id"]), row["name"], row["place"], found, row["complex"])


def walks_of(looking: Looking, before: bytes) -> Walks:
    """The walks of an earlier round, doors alone. Raises NotFound."""
    looking.row(before)
    found = [(row["name"], looking.planned(row).doors) for row in looking.walk_rows(before)]
    if not found:
        raise NotFound(kinds.WALK)
    return found


def team_of(session: Session, wanted: Iterable[bytes], default: bytes) -> bytes:
    """The one team whose round it is: that of those who walk it, since each team has a ring and marks of its own.

    Raises BadInput for people of several teams, or of one that this device does not coordinate.
    """
    state, chosen = session.roll.state, set(wanted)
    teams = {d.team for d in state.devices.values() if d.member in chosen}
    if len(teams) > 1:
        raise BadInput("members", "teams")
    team = next(iter(teams), default)
    if not state.coordinates(session.device, team):
        raise BadInput("members", "teams")
    return team


async def make(
    session: Session, plan: Plan, walks: Walks, before: bytes = b"", spent: Mapping[str, bytes] | None = None
) -> bytes:
    """Open the round's ring, then write the round and its walks in one transaction; its id. `spent`: see Drafts.spend.

    Raises BadInput, Unreachable or RollRefused (nothing was made), or DiskFull.
    """
    nonce = session.world.random.bytes(ID_BYTES)
    name = record_id(session.member, kinds.ROUND, nonce)
    await session.steward.open_round(name, team_of(session, plan.members, session.team), plan.members)
    rings, end = rings_of(name), expiry(plan.last)
    values = {
        "name": plan.name.strip(),
        "purpose": plan.purpose.value,
        "first": plan.first.isoformat(),
        "last": plan.last.isoformat(),
        "members": sorted(plan.members),
        "order": plan.order.value,
        "times": plan.rule.times,
        "other_part": plan.rule.other_part,
        "before": before,
    }
    made = [new(session, kinds.ROUND, "detail", nonce, values, rings, end)[1]]
    marked, complexes = marks.blocked(session), _complexes(session)
    for at, (walk, doors) in enumerate(walks):
        fields = {
            "round": name,
            "at": at,
            "name": walk,
            "doors": kinds.walk_doors(doors),
            "blocked": [d.key for d in doors if addresses.key(d.address) in marked],
        }
        if some := kinds.complexes_of(doors, complexes):
            fields["complexes"] = some
        made.append(new(session, kinds.WALK, "plan", session.world.random.bytes(ID_BYTES), fields, rings, end)[1])
    try:
        await write(session, made, spent)
    except DiskFull:
        with suppress(StraatError):  # what is open on the roll without a record counts among those that go on
            await session.steward.close_round(name)
        raise
    return name


async def change_members(session: Session, looking: Looking, name: bytes, members: Iterable[bytes]) -> None:
    """Others are on it from now on. Raises BadInput, NotFound, Unreachable or RollRefused: nothing was changed."""
    row, wanted = looking.row(name), sorted(set(members))
    if not open_here(session, name):
        raise BadInput("round", "closed")
    if len(wanted) > MAX_MEMBERS:
        raise BadInput("members", "too_many")
    team = session.roll.state.rounds[name].team
    if team_of(session, wanted, team) != team:
        raise BadInput("members", "teams")
    await session.steward.change_round(name, wanted)
    await _change(session, name, {"members": wanted}, row["last"])


async def invite(
    session: Session, looking: Looking, name: bytes, who: str, secrets: Any, origin: str, days: int
) -> InviteLink:
    """Invite a new collector who is on the round at once: they are put on it first, so that the invitation can carry it.

    Raises BadInput, Unreachable or RollRefused.
    """
    if not who.strip():
        raise BadInput("name", "missing")
    if len(who.strip()) > inviting.MAX_NAME:
        raise BadInput("name", "too_long")
    if days not in VALID_DAYS:
        raise BadInput("days", "unknown")
    looking.row(name)
    crew = session.roll.state.rounds[name]
    member = session.world.random.bytes(ID_BYTES)
    await change_members(session, looking, name, {*crew.members, member})
    w = session.world
    return await inviting.invite(
        w.primitives,
        w.random,
        w.clock,
        session.syncer,
        session.roll,
        session.keyring,
        secrets,
        origin,
        who,
        Role.COLLECTOR,
        crew.team,
        valid_millis=days * inviting.DAY_MILLIS,
        member=member,
    )


async def extend(session: Session, looking: Looking, name: bytes, last: date) -> None:
    """Let it go on until another day. Raises NotFound, BadInput or DiskFull."""
    row = looking.row(name)
    if not open_here(session, name):
        raise BadInput("round", "closed")
    first = iso(row["first"]) or date.min
    if last < first or (last - first).days > LONGEST_DAYS:
        raise BadInput("period", "order")
    await _change(session, name, {"last": last.isoformat()}, last.isoformat())


async def _change(session: Session, name: bytes, values: dict[str, Any], last: str) -> None:
    group = Group("detail", values, rings_of(name), expiry(iso(last) or date.min))
    await write(session, parts(session, kinds.ROUND, [group], known(session, kinds.ROUND, name))[1])
