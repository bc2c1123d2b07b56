"""What of the organisation this device can't open, and so is not in what it exports: told in the file itself."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from app.services.session import Session
from sync.core.ports import LogState


@dataclass(frozen=True, slots=True)
class Unopened:
    """`counts_only`: visits of which only the count is here (not shared, or the detail's time is over). `aside`: messages
    that were kept aside, by reason; `waiting`: those that name what has not come in yet; `quarantined`: those that wait for
    a decision. `other_teams`: teams whose rings this device has no key of. `withheld`: devices with a gap. `unsent`: what is
    on this device only, and is in it.
    """

    counts_only: int
    aside: tuple[tuple[str, int], ...]
    waiting: int
    quarantined: int
    other_teams: int
    withheld: int
    unsent: int

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "visits_with_count_only": self.counts_only,
            "aside": dict(self.aside),
            "waiting": self.waiting,
            "quarantined": self.quarantined,
            "teams_without_key": self.other_teams,
            "devices_with_a_gap": self.withheld,
            "not_yet_on_the_server": self.unsent,
        }


def look(session: Session) -> Unopened:
    """As it is now."""
    from sync.core import ring

    replica, state = session.replica, session.roll.state
    counts = session.log.count()
    readable = state.readable(session.device)
    [row] = session.view.ask("SELECT count(*) AS n FROM visits WHERE NOT hidden AND NOT detail")
    return Unopened(
        counts_only=int(row["n"]),
        aside=tuple(sorted(Counter(a.reason for a in replica.aside.values()).items())),
        waiting=counts.get(LogState.WAITING, 0),
        quarantined=len(replica.quarantine),
        other_teams=sum(ring.coordinators_ring(team) not in readable for team in state.teams),
        withheld=len({device for device, _ in replica.withheld} | session.short),
        unsent=counts.get(LogState.PENDING, 0),
    )
