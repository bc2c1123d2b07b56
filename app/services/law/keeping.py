"""Setting how long things are kept, and seeing beforehand what would go. Hung on App's `law` as `keeping`."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from app.services import records
from app.services.law import terms, trail
from app.services.law.terms import BOUNDS, KIND, Kept, Terms
from app.services.law.trail import Act
from app.services.records import Group
from sync.core import ring
from sync.core.envelope import MAX_RINGS
from sync.core.errors import BadInput, Forbidden
from sync.device.writer import Part

if TYPE_CHECKING:
    from app.services.live import Live
    from app.services.session import Session


class Keeping:
    """The terms of the organisation."""

    def __init__(self, live: "Live") -> None:
        self._live = live

    def terms(self) -> Terms:
        """What holds."""
        return terms.standing(self._live.require_session())

    def may_set(self) -> bool:
        """Whether this device is one of a coordinator of the whole organisation."""
        session = self._live.require_session()
        return session.roll.state.coordinates(session.device, _root(session))

    def would_go(self, length: Mapping[Kept, int], today: date) -> dict[str, int]:
        """What goes from this device next month if it were set so today: kind/group → how many records."""
        session = self._live.require_session()
        now = self.terms()
        since, day = terms.sooner(today.year * 100 + today.month, -1), (today - date(1970, 1, 1)).days
        new = Terms(length, since, (*now.before, (day, length)))
        found: dict[str, set[bytes]] = {}
        for name in terms.over(session, since, new) - terms.over(session, since, now):
            origin = session.replica.origins[name]
            found.setdefault(origin.what, set()).add(origin.record)
        return {what: len(some) for what, some in found.items()}

    async def put(self, length: Mapping[Kept, int], today: date) -> None:
        """Set the terms, for every team. Raises BadInput("terms", why), Forbidden (not of the top team) or DiskFull."""
        session = self._live.require_session()
        if not self.may_set():
            raise Forbidden(KIND)
        for kept, (least, most) in BOUNDS.items():
            if not least <= length.get(kept, most) <= most:
                raise BadInput("terms", "out_of_bounds")
        months = {kept.value: length.get(kept, BOUNDS[kept][1]) for kept in Kept}
        made = _parts(session, set(session.roll.state.teams), months, today.isoformat())
        await records.write(session, [*made, *trail.part(session, Act.DECIDED, KIND)])
        self._live.tell()


def _root(session: "Session") -> bytes:
    return next(t for t, above in session.roll.state.teams.items() if above is None)


def _parts(session: "Session", teams: set[bytes], months: Mapping[str, int], day: str) -> list[Part]:
    """One record, or several where there are more teams than an envelope has rings; each stands in the top team's ring,
    which is what proves that a coordinator of that wrote it.
    """
    root, made = _root(session), list[Part]()
    others = sorted(teams - {root})
    for start in range(0, max(len(others), 1), MAX_RINGS - 1):
        some = [root, *others[start : start + MAX_RINGS - 1]]
        rings = frozenset(ring.team_ring(team) for team in some)
        made += records.parts(session, KIND, [Group("keeping", {"months": dict(months), "day": day}, rings)])[1]
    return made


async def spread(session: "Session") -> bool:
    """A team that was founded since hears of the terms too; whether there was one. Raises DiskFull."""
    state = session.roll.state
    if session.device not in state.devices or not state.coordinates(session.device, _root(session)):
        return False
    rows = session.view.ask("SELECT id, teams, months, day FROM terms WHERE NOT hidden ORDER BY stamp DESC, id DESC")
    if not rows:
        return False
    same = [row for row in rows if (row["months"], row["day"]) == (rows[0]["months"], rows[0]["day"])]
    told = {bytes.fromhex(team) for row in same for team in row["teams"].split(",") if team}
    missing = set(state.teams) - told
    if not missing:
        return False
    length = {kept.value: n for kept, n in terms.read(rows[0]["months"]).items()}
    await session.writer.write(_parts(session, missing, length, rows[0]["day"]))
    return True
