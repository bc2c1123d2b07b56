"""How long things are kept, where an organisation keeps less than the app's own terms: one setting for all its teams.

Bounds: never longer than the law of the app (details 12 months, counts 7 years, drafts 30 days, the trail 24 months), and
never so short that the work can't be done or answered for. A shorter term holds at once for what is noted from then on
(its month is signed so, the server drops it then). What was noted before goes by the shorter term from every device as
well, from the first day of the month after it was set on: until then it can be set back. The server's sealed copy of those
stays until the month that its author signed: nobody else can change that. docs/decisions/0033-the-law.md.

Pure, but for the one question to the view: `records` asks it at every write, so it may import nothing of that.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.services.session import Session

KIND = "setting"
DAY_MILLIS = 24 * 60 * 60 * 1000


class Kept(Enum):
    """The classes that can be kept shorter. Once released a value keeps its meaning."""

    DETAIL = "detail"
    COUNT = "count"
    TRAIL = "trail"
    DRAFT = "draft"  # in days


BOUNDS: Mapping[Kept, tuple[int, int]] = {
    Kept.DETAIL: (3, 12),
    Kept.COUNT: (12, 84),
    Kept.TRAIL: (12, 24),
    Kept.DRAFT: (7, 30),
}
# What belongs to which class, as "kind/group". What is not here ends in another way: rounds when they close, marks when
# they are lifted, names with whoever leaves.
OF: Mapping[str, Kept] = {
    **dict.fromkeys(("visit/detail", "activity/detail", "story/detail", "story/photo"), Kept.DETAIL),
    **dict.fromkeys(("welcome/task", "welcome/state", "task/detail"), Kept.DETAIL),
    **dict.fromkeys(("review/word", "review/answer", "review/desk"), Kept.DETAIL),
    **dict.fromkeys(("followup/detail", "followup/state"), Kept.DETAIL),
    **dict.fromkeys(("visit/count", "activity/count", "round/result"), Kept.COUNT),
    **dict.fromkeys(("audit/event", "receipt/erased", "request/detail"), Kept.TRAIL),
}


Length = Mapping[Kept, int]
USUAL: Length = {kept: most for kept, (_, most) in BOUNDS.items()}


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds: months by class (days for drafts); from which month (YYYYMM) on older notes go by it too; and what
    held before, by the day (since 1970) on which it was set, the first first.
    """

    length: Length
    since: int = 0
    before: tuple[tuple[int, Length], ...] = ()

    def sooner_by(self, kept: Kept, day: int) -> int:
        """How many months sooner a note that was stamped on a day goes than its author signed. Nobody knows which setting
        its author had heard of: the shortest until that day counts, so that nothing goes too early.
        """
        held = min((length[kept] for set_on, length in self.before if set_on <= day), default=USUAL[kept])
        return max(held - self.length[kept], 0)

    def month_of(self, what: str, month: int, day: int) -> int:
        """The month after which something goes from this device: the one that its author signed (0: never), or sooner
        by the setting, but not before that holds for older notes, and a month after it was written at least.
        """
        kept = OF.get(what)
        by = self.sooner_by(kept, day) if kept and month else 0
        return min(month, max(sooner(month, by), sooner(self.since, 1), sooner(_month(day), -1))) if by else month


def standing(session: "Session") -> Terms:
    """The last setting of a coordinator of the top team, each value brought within its bounds; else the usual terms."""
    root = next((t for t, above in session.roll.state.teams.items() if above is None), b"").hex()
    rows = session.view.ask("SELECT teams, months, day FROM terms WHERE NOT hidden ORDER BY stamp, id")
    found = [(row["day"], read(row["months"])) for row in rows if root in row["teams"].split(",")]
    if not found:
        return Terms(USUAL)
    day, length = found[-1]
    return Terms(length, _next_month(day), tuple((_number(d), x) for d, x in found))


def read(text: str) -> Length:
    """The months of a setting, each brought within its bounds; what another version wrote and is none is passed over."""
    try:
        said = json.loads(text)
    except ValueError:
        said = {}
    found = dict(USUAL)
    for kept, (least, most) in BOUNDS.items():
        value = said.get(kept.value) if isinstance(said, dict) else None
        if isinstance(value, int) and not isinstance(value, bool):
            found[kept] = min(max(value, least), most)
    return found


def shorter(session: "Session", kind: str, group: str, expiry: int) -> int:
    """The month (YYYYMM) after which something that is written now goes; 0 stays 0 (never). What is noted late is kept
    for a month at least.
    """
    kept = OF.get(f"{kind}/{group}")
    by = USUAL[kept] - standing(session).length[kept] if kept and expiry else 0
    if not by:
        return expiry
    next_month = sooner(_month(session.writer.now() // DAY_MILLIS), -1)
    return max(sooner(expiry, by), min(expiry, next_month))


def sooner(month: int, by: int) -> int:
    """So many months before a month (YYYYMM)."""
    total = month // 100 * 12 + month % 100 - 1 - by
    return total // 12 * 100 + total % 12 + 1


def over(session: "Session", month: int, terms: Terms) -> set[bytes]:
    """The ids of envelopes that are gone in `month` by the setting, though the month that their author signed is not
    over then.
    """
    if not terms.since or month < terms.since:
        return set()
    most = max(USUAL[kept] - terms.length[kept] for kept in Kept if kept is not Kept.DRAFT)
    memory, found = session.replica.memory, set[bytes]()
    for name in memory.expired(sooner(month, -most)) - memory.expired(month) if most else ():
        origin = session.replica.origins[name]
        if terms.month_of(origin.what, origin.expiry, origin.day) < month:
            found.add(name)
    return found


def _month(day: int) -> int:
    """The month (YYYYMM) of a day since 1970."""
    found = date(1970, 1, 1) + timedelta(days=day)
    return found.year * 100 + found.month


def _next_month(day: str) -> int:
    set_on = _day(day)
    return sooner(set_on.year * 100 + set_on.month, -1)


def _number(day: str) -> int:
    return (_day(day) - date(1970, 1, 1)).days


def _day(text: str) -> date:
    """A day; one that is none counts as long to come, so that nothing goes by it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date(2999, 1, 1)
