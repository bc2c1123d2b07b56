"""Two coordinators who publish the same offline: never do two hold that did not know of one another."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.reports.frozen import Table, Tree
from app.services.reports.kept import Kept, Shelf
from app.services.reports.models import Period, Standing, quarter, year
from app.services.reports.publishing import related
from app.services.reports.settling import verdict

WIJK = ("wijk", "WK000101", "2026")
GM = ("gemeente", "GM0001", "2026")
Said = dict[str, Kept]


class Device:
    """One coordinator's, that may be away for long. `now`: the stamp of its clock, which may be off."""

    def __init__(self, name: str, now: int) -> None:
        self.name, self.now = name, now
        self.here: Said = {}
        self.unsent: list[Kept] = []
        self.stored: set[str] = set()

    def publish(self, area: tuple[str, str, str], period: Period) -> None:
        near = [k for k in self.here.values() if related(area, period, k.area, k.table.period)]
        if any(k.standing is Standing.WAITING for k in near):
            return
        held = frozenset(k.id for k in near if k.standing is Standing.HELD)
        if any((k.table.period, k.area) == (period, area) for k in near if k.id in held):
            return
        self.now += 1
        made = f"{self.name}{self.now:03}"
        table = Table(period, Tree(((area, -1),)), 10, {})
        self._write(
            Kept(made, table, date(2027, 1, 1), held, Standing.WAITING, True, (), (f"{self.now:05}", made)),
        )

    def _write(self, k: Kept) -> None:
        self.here[k.id] = k
        self.unsent.append(k)

    def sync(self, server: Said) -> None:
        """A whole round."""
        self.push(server)
        self.pull(server)

    def push(self, server: Said) -> None:
        """The first half: others may push and pull before the second."""
        for k in self.unsent:
            _take(server, k)
            self.stored.add(k.id)
        self.unsent = []

    def pull(self, server: Said) -> None:
        """Take in all that the server has, then settle: as app/services/reports/settling.py does."""
        for k in server.values():
            _take(self.here, k)
        for k in list(self.here.values()):
            if k.id.startswith(self.name) and k.standing is Standing.WAITING and k.id in self.stored:
                found = verdict(k, Shelf(tuple(self.here.values()), (), 10))
                if found is not Standing.WAITING:
                    self._write(replace(k, standing=found))


def _take(into: Said, k: Kept) -> None:
    """What was said of it once stands: held before aside before waiting."""
    rank = [Standing.WAITING, Standing.ASIDE, Standing.HELD].index
    before = into.get(k.id)
    if before is None or rank(k.standing) > rank(before.standing):
        into[k.id] = k


AREAS = st.sampled_from([GM, WIJK])
PERIODS = st.sampled_from([quarter(2026, 1), year(2026)])
Act = str | tuple[tuple[str, str, str], Period]
STEPS = st.lists(
    st.tuples(st.integers(0, 2), st.one_of(st.sampled_from(["push", "pull", "sync"]), st.tuples(AREAS, PERIODS))),
    max_size=30,
)


def play(steps: list[tuple[int, Act]], clocks: list[int]) -> list[Device]:
    """Whatever was given out at any moment is looked at: what one device takes for held."""
    server: Said = {}
    devices = [Device(name, now) for name, now in zip("abc", clocks, strict=True)]
    given_out: dict[str, Kept] = {}
    for which, act in [*steps, *((i, "sync") for _ in range(6) for i in range(3))]:
        if isinstance(act, str):
            getattr(devices[which], act)(server)
        else:
            devices[which].publish(*act)
        for d in devices:
            given_out.update({k.id: k for k in d.here.values() if k.standing is Standing.HELD})
        for a in given_out.values():
            for b in given_out.values():
                if a.id < b.id and related(a.area, a.table.period, b.area, b.table.period):
                    assert a.id in b.base or b.id in a.base, "two tables of one time that do not know one another"
    return devices


@settings(max_examples=150, deadline=None)
@given(STEPS, st.lists(st.integers(0, 50), min_size=3, max_size=3))
def test_of_two_that_race_one_holds_and_everyone_agrees(steps: list[tuple[int, Act]], clocks: list[int]) -> None:
    """Whatever the clocks say and whoever is away how long; in the end none waits, and all see the same."""
    devices = play(steps, clocks)
    views = [{k.id: k.standing for k in d.here.values()} for d in devices]
    assert views[0] == views[1] == views[2]
    assert Standing.WAITING not in views[0].values()


def test_of_two_that_see_each_other_the_earlier_one_holds() -> None:
    """Both are at the server before either takes anything in: the later one is set aside, then the earlier one holds."""
    early, late = Device("a", 1), Device("b", 10)
    server: Said = {}
    for d in (early, late):
        d.publish(GM, quarter(2026, 1))
        d.push(server)
    for d in (early, late, late, early):
        d.sync(server)
    assert [k.standing for k in sorted(early.here.values(), key=lambda k: k.id)] == [Standing.HELD, Standing.ASIDE]


def test_the_earlier_stamp_alone_would_let_two_hold() -> None:
    """The planted fault: the earlier one holds at once when it sees a later one. The later had held before it came."""
    late, early = Device("b", 10), Device("a", 1)
    server: Said = {}
    late.publish(GM, quarter(2026, 1))
    early.publish(GM, quarter(2026, 1))
    late.sync(server)  # sees nothing else: it holds, and has not said so yet
    [theirs] = late.here.values()
    assert theirs.standing is Standing.HELD
    early.sync(server)
    [mine] = [k for k in early.here.values() if k.id.startswith("a")]
    assert mine.standing is Standing.WAITING, "the earlier one waits for the other's word"
    assert mine.rank < theirs.rank
    late.sync(server)
    early.sync(server)
    assert early.here[mine.id].standing is Standing.ASIDE
