"""The made-up organisation as a script: who does what when, over two years, from a seed. Pure: nothing is written here.

The same seed, number of visits and last day give the same script. Seasons: people move in summer and early autumn; little
happens between Christmas and New Year. Who is not home is tried again; who asks to come back is visited again.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random

from app.commands import demo_words as w
from app.commands.demo_words import WIJKEN, Buurt
from app.services.activities_form import ActivityForm, ActivityKind
from app.services.models import DayPart, Gift, Outcome, VisitForm, Wish

DAYS = 2 * 365
MOVES = (0.6, 0.7, 0.9, 1.0, 1.0, 1.1, 1.4, 1.5, 1.4, 1.1, 0.8, 0.5)  # by month: how many move in
FAST, SLOW = 400, 40  # visits that a contact person makes in two years, in a very large organisation and in any other
MOST_TRIES = 4
GIFTS = (Gift.PLANT, Gift.PLANT, Gift.PLANT, Gift.CAKE, Gift.CAKE, Gift.OTHER, Gift.NONE)


@dataclass(frozen=True, slots=True)
class Worker:
    """A contact person: their short name, where they work, and in which team (its wijk's place in WIJKEN)."""

    key: str
    name: str
    team: int
    buurt: Buurt
    days: tuple[int, ...]  # the weekdays on which they go out


def _out(worker: "Worker", day: date, last: date) -> date:
    """The day on which this person is out next, or the last one that is not after `last`."""
    ahead = [day + timedelta(days=n) for n in range(7)]
    return next((d for d in ahead if d.weekday() in worker.days and d <= last), last)


@dataclass(frozen=True, slots=True)
class Word:
    """What a coordinator says of a visit. `state`: seen, question, followup or returned; "" for nothing yet."""

    state: str
    reply: str = ""
    answer: str = ""
    what: str = ""  # of a follow-up


@dataclass(frozen=True, slots=True)
class Visited:
    """A visit: noted at a moment by somebody. `tapped`: in a tap at the door, nobody could be asked."""

    at: datetime
    who: str
    number: int
    form: VisitForm
    tapped: bool = False
    welcome: bool = False  # the coordinator had put the address on the list before
    word: Word | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """An activity that somebody writes down, with the number of its row (weekly ones share one)."""

    at: datetime
    who: str
    form: ActivityForm
    row: int


@dataclass(frozen=True, slots=True)
class Told:
    """A story. `checked`: by how many coordinators; `withdrawn`: how many days later it is taken back (0: never)."""

    at: datetime
    who: str
    title: str
    text: str
    offered: bool
    checked: int
    withdrawn: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A new address that a coordinator puts on the list of a contact person; `number` is that of the visit it leads to
    (-1: none yet).
    """

    at: datetime
    who: str
    address: str
    number: int


@dataclass(frozen=True, slots=True)
class Script:
    """Everything, each list in order of time."""

    seed: int
    first: date
    last: date
    workers: tuple[Worker, ...]
    visits: tuple[Visited, ...]
    listed: tuple[Listed, ...]
    activities: tuple[Held, ...]
    stories: tuple[Told, ...]
    marks: tuple[tuple[datetime, str, str], ...] = ()  # (moment, who, address): beside those of visits
    teams: tuple[int, ...] = ()  # places in WIJKEN that have a team of their own; none: everyone is in the top one


@dataclass(slots=True)
class _Doors:
    """Which doors were visited when, so that a house is not moved into twice in a season."""

    random: Random
    seen: dict[str, list[date]] = field(default_factory=dict)
    shut: set[str] = field(default_factory=set)

    def some(self, buurt: Buurt, day: date) -> str | None:
        for _ in range(40):
            street, numbers = self.random.choices(buurt.streets, [n for _, n in buurt.streets])[0]
            address = f"{street} {self.random.randint(1, numbers)}"
            if address not in self.shut and all(abs((d - day).days) > 100 for d in self.seen.get(address, ())):
                return address
        return None


def script(seed: int, visits: int, last: date) -> Script:
    """An organisation with so many visits, the last of them on or before that day."""
    random = Random(f"{seed} {visits}")  # noqa: S311 a made-up story, no secret
    first = last - timedelta(days=DAYS)
    workers = _workers(random, visits)
    told = _visits(random, visits, first, last, workers)
    listed = [_list(random, v) for v in told if v.welcome]
    listed += _waiting(random, last, workers, {v.form.address for v in told})
    return Script(
        seed,
        first,
        last,
        workers,
        tuple(told),
        tuple(sorted(listed, key=lambda x: x.at)),
        tuple(_activities(random, visits, first, last, workers)),
        tuple(_stories(random, visits, first, last, workers)),
        tuple(_marks(random, first, last, workers, {v.form.address for v in told})),
        tuple(sorted({x.team for x in workers})) if len(workers) > len(WIJKEN) else (),
    )


def _workers(random: Random, visits: int) -> tuple[Worker, ...]:
    count = min(len(w.CONTACTS), max(3, visits // (FAST if visits > FAST * len(w.CONTACTS) else SLOW)))
    made = []
    for n, name in enumerate(w.CONTACTS[:count]):
        team = n % len(WIJKEN)
        buurten = WIJKEN[team].buurten
        days = tuple(random.sample((1, 2, 3, 4, 5), 2))
        made.append(Worker(name.lower(), name, team, buurten[(n // len(WIJKEN)) % len(buurten)], days))
    return tuple(made)


# -- visits ----------------------------------------------------------------------------------------------


def _visits(random: Random, count: int, first: date, last: date, workers: tuple[Worker, ...]) -> list[Visited]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    weights = [MOVES[d.month - 1] * (0.2 if (d.month, d.day) >= (12, 24) else 1) for d in days]
    doors, made = _Doors(random), list[Visited]()
    while len(made) < count:
        worker = random.choice(workers)
        day = _out(worker, random.choices(days, weights)[0], last)
        address = doors.some(worker.buurt, day)
        if address is None:
            continue
        for visit in _door(random, worker, address, day, last, doors):
            doors.seen.setdefault(address, []).append(visit.form.day or day)
            made.append(visit)
            if len(made) == count:
                break
    made.sort(key=lambda v: (v.at, v.who, v.form.address))
    return [replace(v, number=n, word=_word(random, v, last)) for n, v in enumerate(made)]


def _door(random: Random, worker: Worker, address: str, day: date, last: date, doors: _Doors) -> Iterator[Visited]:
    """What happens at one door, until somebody is met or it is left alone."""
    listed = random.random() < 0.08
    for attempt in range(MOST_TRIES):
        fresh = address not in doors.seen and attempt == 0
        outcome = _outcome(random, attempt, fresh)
        visit = _visit(random, worker, address, day, outcome, listed)
        yield visit
        if outcome is Outcome.NO_CONTACT:
            doors.shut.add(address)
        if outcome is Outcome.NOT_HOME and random.random() < 0.75:
            day = _out(worker, day + timedelta(days=random.randint(1, 9)), last + timedelta(days=7))
        elif outcome is Outcome.LATER and visit.form.come_back:
            day = visit.form.come_back + timedelta(days=random.choice((0, 0, 0, 1, 2)))
        else:
            return
        if day > last:
            return


def _outcome(random: Random, attempt: int, fresh: bool) -> Outcome:
    weights = {
        Outcome.MET: 58 + 8 * attempt,
        Outcome.NOT_HOME: 27,
        Outcome.LATER: 8,
        Outcome.MOVED: 4,
        Outcome.NO_CONTACT: 1.2 if fresh else 0,  # nobody rings there afterwards, so nobody did before
    }
    return random.choices([*weights], [*weights.values()])[0]


def _visit(random: Random, worker: Worker, address: str, day: date, outcome: Outcome, listed: bool) -> Visited:
    out = Random(f"{worker.key} {day}").choice((10, 13, 14, 14, 15, 18))  # noqa: S311 when they go out that day
    rang = datetime.combine(day, time(out + random.randint(0, 2), random.randint(0, 59)))
    part = DayPart.MORNING if rang.hour < 12 else DayPart.AFTERNOON if rang.hour < 18 else DayPart.EVENING
    if outcome in (Outcome.NOT_HOME, Outcome.MOVED, Outcome.NO_CONTACT):
        form = VisitForm(shared=False, address=address, day=day, outcome=outcome)
        return Visited(rang, worker.key, 0, form, tapped=True, welcome=listed)
    noted = random.random() < 0.97
    if not noted:
        form = VisitForm(shared=False, noted=False, day=day, outcome=outcome)
        return Visited(rang, worker.key, 0, form)
    wishes, note = _heard(random, worker.buurt, outcome)
    form = VisitForm(
        shared=random.random() < 0.88,
        address=address,
        day=day,
        gift=random.choice(GIFTS) if outcome is Outcome.MET else Gift.NONE,
        outcome=outcome,
        wishes=frozenset(wishes),
        note=note,
        come_back=day + timedelta(days=random.randint(7, 28)) if outcome is Outcome.LATER else None,
        introduce=any(":" in x for x in wishes) and random.random() < 0.7,
        part=part,
    )
    return Visited(rang, worker.key, 0, form, welcome=listed)


def _heard(random: Random, buurt: Buurt, outcome: Outcome) -> tuple[list[str], str]:
    if outcome is Outcome.LATER:
        return [], random.choice(w.LATER)
    many = random.choices((0, 1, 2, 3), (28, 42, 22, 8))[0]
    pool = [*(x.value for x in Wish), *buurt.likes * 3]
    wishes = list(dict.fromkeys(random.choices(pool, k=many)))
    coded = []
    for code in wishes:
        topical = code in (Wish.HELP_WANTED.value, Wish.WANTS_TO_HELP.value) and random.random() < 0.7
        coded += [code, f"{code}:{random.choice(w.TOPICS)}"] if topical else [code]
    words = [random.choice(w.BEGUN), *(random.choice(w.HEARD[code]) for code in wishes), random.choice(w.ENDED)]
    return coded, " ".join(x for x in words if x)


def _word(random: Random, visit: Visited, last: date) -> Word | None:
    """The coordinator reads within two weeks; of the last weeks most is still open, and some always stays."""
    ago = (last - (visit.form.day or last)).days
    if random.random() > (0.91 if ago > 60 else 0.25 if ago > 10 else 0.1):
        return None
    kind = random.random()
    if visit.form.shared and visit.form.outcome is Outcome.MET and kind < 0.03:
        n = random.randrange(len(w.QUESTIONS))
        return Word("question", w.QUESTIONS[n], w.ANSWERS[n] if ago > 14 else "")
    if visit.form.shared and visit.form.outcome is Outcome.MET and kind < 0.05:
        return Word("followup", "", what=random.choice(w.FOLLOWUPS))
    return Word("seen", random.choice(w.THANKS))


# -- beside visits ---------------------------------------------------------------------------------------


def _list(random: Random, visit: Visited) -> Listed:
    before = visit.at - timedelta(days=random.randint(2, 9))
    return Listed(before.replace(hour=9, minute=30), visit.who, visit.form.address, visit.number)


def _waiting(random: Random, last: date, workers: tuple[Worker, ...], taken: set[str]) -> Iterator[Listed]:
    for worker in workers:
        doors = _Doors(random, shut=set(taken))
        for ago in (random.randint(1, 5), random.randint(6, 20)):
            if address := doors.some(worker.buurt, last):
                doors.shut.add(address)
                at = datetime.combine(last - timedelta(days=ago), time(9, 40))
                yield Listed(at, worker.key, address, -1)


_ROWS = (
    (ActivityKind.COFFEE, 1, "10:00", 120, 14, 0),
    (ActivityKind.EATING, 2, "18:00", 120, 22, 0),
    (ActivityKind.BINGO, 4, "14:00", 120, 31, 0),
    (ActivityKind.REPAIR, 4, "13:30", 180, 12, 5),
    (ActivityKind.GARDEN, 2, "09:30", 120, 7, 5),
    (ActivityKind.WALK, 3, "11:00", 60, 9, 2),
)  # kind, every so many weeks, when, how long, heads, weekday


def _activities(random: Random, visits: int, first: date, last: date, workers: tuple[Worker, ...]) -> list[Held]:
    """Rows that somebody holds, over the years and three weeks ahead; the more people the more rows."""
    made: list[Held] = []
    for n in range(min(2 * len(workers), max(2, visits // 300))):
        kind, weeks, clock, minutes, heads, weekday = _ROWS[n % len(_ROWS)]
        worker = workers[n % len(workers)]
        day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * random.randint(0, 12))
        while day <= last + timedelta(days=21):
            season = 0.7 if day.month in (7, 8) else 1.0
            came = max(2, round(random.gauss(heads * season, math.sqrt(heads)))) if day <= last else None
            form = ActivityForm(
                kind,
                day,
                clock,
                minutes,
                w.PLACES[worker.team % len(w.PLACES)],
                came,
                max(1, came // 8) if came else None,
                random.choice(w.HOW) if came and random.random() < 0.5 else "",
                weekly=weeks == 1,
            )
            noted = min(day, last)
            made.append(Held(datetime.combine(noted, time(21, random.randint(0, 50))), worker.key, form, n))
            day += timedelta(weeks=weeks)
            if random.random() < 0.08:
                day += timedelta(weeks=weeks)  # a holiday
    return sorted(made, key=lambda h: (h.at, h.row))


def _stories(random: Random, visits: int, first: date, last: date, workers: tuple[Worker, ...]) -> list[Told]:
    made = []
    for n in range(max(4, visits // 250)):
        title, text = w.STORIES[n % len(w.STORIES)]
        ago = n * 3 + 1 if n < 3 else random.randint(12, DAYS - 30)
        at = datetime.combine(last - timedelta(days=ago), time(20, random.randint(0, 59)))
        checked = (0, 1, 2)[n] if n < 3 else 2
        withdrawn = random.randint(20, 90) if n >= 3 and ago > 100 and random.random() < 0.2 else 0
        made.append(
            Told(at, random.choice(workers).key, title, text, random.random() < 0.9 or n < 3, checked, withdrawn)
        )
    return sorted(made, key=lambda t: t.at)


def _marks(
    random: Random, first: date, last: date, workers: tuple[Worker, ...], taken: set[str]
) -> Iterator[tuple[datetime, str, str]]:
    """Addresses where somebody asked on the street not to be rung at."""
    doors = _Doors(random, shut=set(taken))
    for worker in workers[: max(2, len(workers) // 4)]:
        if address := doors.some(worker.buurt, last):
            ago = timedelta(days=random.randint(20, 700))
            yield datetime.combine(last - ago, time(12, 5)), worker.key, address
