"""Playing a script (demo_plan.py): every act through the services that the screens use, on a clock that stands where the
story is. Nothing is written in any other way, so what comes out is what two years of use would have left.
"""

import heapq
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import count

from app.commands import demo_words as words
from app.commands.demo_plan import Held, Listed, Script, Told, Visited
from app.services.app import App
from app.services.area_tree import place_of
from app.services.models import AreaCode, ReviewState, Role
from app.services.offers_form import OfferForm
from app.services.register.gathering import FoundStreet
from app.services.reviews import MOST_AT_ONCE
from app.services.rounds.models import Answer, DoorState, Interest, Plan, Purpose
from sync.core.errors import BadInput, NotFound
from sync.device import meta

Say = Callable[[str], None]
Join = Callable[[str, str, str], Awaitable[App]]
Act = Callable[[], Awaitable[None]]
DESK, NOON, HOME = time(9, 0), time(12, 0), time(22, 30)
EVERY = 500
SELDOM_MILLIS = 3 * 24 * 60 * 60_000


class StoryClock:
    """See sync.core.ports.Clock: it stands where the story is, and never goes back."""

    def __init__(self, at: datetime) -> None:
        self._millis = int(at.timestamp() * 1000)

    def millis(self) -> int:
        """See Clock."""
        return self._millis

    def move_to(self, at: datetime) -> None:
        """It is this moment now, or later."""
        self._millis = max(self._millis + 1, int(at.timestamp() * 1000))


class Play:
    """One script on one server. `join` gives somebody's device, its own sync stopped."""

    def __init__(self, script: Script, clock: StoryClock, join: Join, say: Say) -> None:
        self._script, self._clock, self._join, self._say = script, clock, join, say
        self._apps: dict[str, App] = {}
        self._acts: list[tuple[datetime, int, Act]] = []
        self._order = count()
        self._ids: dict[int, bytes] = {}  # visit's number → its record
        self._unread: dict[str, list[Visited]] = {w.key: [] for w in script.workers}
        self._rows: dict[int, bytes] = {}  # row of activities → its first one
        self._listed: dict[int, bytes] = {}  # visit's number → the welcome that it answers
        self._asked: dict[str, list[tuple[bytes, str]]] = {w.key: [] for w in script.workers}  # (visit, the answer)
        self._unchecked: list[tuple[bytes, list[str]]] = []  # stories, and which coordinators say yes
        self._synced: dict[str, int] = {}  # when each phone was last at the server
        self._done = 0

    def _at(self, moment: datetime, act: Act) -> None:
        heapq.heappush(self._acts, (moment, next(self._order), act))

    async def run(self, first_link: str) -> None:
        """All of it, from the founding to the last day."""
        await self._found(first_link)
        self._put_on_the_list()
        while self._acts:
            moment, _, act = heapq.heappop(self._acts)
            self._clock.move_to(moment)
            await act()
        await self._everyone_syncs()
        self._say(f"{self._done} of {len(self._script.visits)} visits")

    # -- who and where -----------------------------------------------------------------------------------

    async def _found(self, first_link: str) -> None:
        s = self._script
        joke = self._apps["joke"] = await self._join("joke", "Joke", first_link)
        await self._invite("karim", "Karim", Role.COORDINATOR, b"")
        [karim] = [p for p in joke.trust.people() if p.name == "Karim"]
        await joke.trust.confirm(karim.devices[0].id)
        top = joke.trust.teams()[0].id
        everything = [c for n in range(len(words.WIJKEN)) for c in _codes(n)]
        await joke.trust.put_team(
            top, "Straatcontact Voorbeeldstad", [words.GEMEENTE, *([] if s.teams else everything)]
        )
        teams: dict[AreaCode, bytes] = {}  # buurt → the team that works there
        for n in s.teams:
            wijk = words.WIJKEN[n]
            team = await joke.trust.make_team(top, wijk.code.name, _codes(n))
            teams |= {buurt.code: team for buurt in wijk.buurten}
            for buurt in wijk.buurten:
                if buurt.complex:  # a block has a team of its own, below that of its wijk
                    codes = [buurt.code, buurt.complex]
                    teams[buurt.code] = await joke.trust.make_team(team, buurt.complex.name, codes)
        await self._sync("joke")
        for worker in s.workers:
            await self._invite(worker.key, worker.name, Role.CONTACT, teams.get(worker.buurt.code, top))
        await self._invite("annika", words.COLLECTOR, Role.COLLECTOR, top)
        ids = {p.name: p.id for p in joke.trust.people()}
        for worker in s.workers:
            await joke.trust.put_member(ids[worker.name], [worker.buurt.code])
        await self._streets(joke, teams, top)
        await self._everyone_syncs()
        self._say(f"{len(self._apps)} people in {len(set(teams.values()) | {top})} teams")

    async def _invite(self, key: str, name: str, role: Role, team: bytes) -> None:
        self._tick()
        link = await self._apps["joke"].invite(name, role, team)
        self._apps[key] = await self._join(key, name, link.url)
        await self._sync(key)
        await self._sync("joke")

    async def _sync(self, who: str) -> None:
        """One round. The week in which a device looks at everything again begins anew: its server is in this process."""
        session = self._apps[who].live.require_session()
        session.log.put({meta.LOOKED_AGAIN: meta.int_bytes(self._clock.millis())})
        await session.syncer.once()
        self._synced[who] = self._clock.millis()

    def _tick(self, minutes: int = 1) -> None:
        self._clock.move_to(datetime.fromtimestamp(self._clock.millis() / 1000) + timedelta(minutes=minutes))

    async def _streets(self, joke: App, teams: Mapping[AreaCode, bytes], top: bytes) -> None:
        """The register: every street with its doors; in which buurt each lies; and what is on offer there."""
        found: list[FoundStreet] = []
        for wijk in words.WIJKEN:
            for buurt in wijk.buurten:
                team, block = teams.get(buurt.code, top), buurt.complex if teams else None
                *first, last = [name for name, _ in buurt.streets]
                named = first if block else [*first, last]
                await joke.areas.put_streets(team, place_of(buurt.code), "\n".join(named))
                if block:
                    await joke.areas.put_streets(team, place_of(block), last)
                text = "\n".join(f"{name} 1-{numbers}" for name, numbers in buurt.streets)
                made, _ = await _read(text, buurt.code.name)
                if buurt.complex:
                    made[-1] = replace(made[-1], complex=buurt.complex.name)
                found += made
        await joke.register.put(found)
        for n, (wish, name, when) in enumerate(words.OFFERS):
            area = place_of(words.WIJKEN[n % 2].code)  # the third wijk has nothing yet
            form = OfferForm(wish, name, area, words.PLACES[n % len(words.PLACES)], when, "de coördinator")
            await joke.offers.save(form)

    async def _everyone_syncs(self) -> None:
        for who in (*self._apps, "joke", "karim"):
            self._tick()
            await self._sync(who)

    # -- the days ----------------------------------------------------------------------------------------

    def _put_on_the_list(self) -> None:
        s = self._script
        for listed in s.listed:
            self._at(listed.at, lambda x=listed: self._list(x))  # type: ignore[misc]
        for day, who in sorted({(x.at.date(), x.who) for x in s.listed}):
            self._at(datetime.combine(day, NOON), lambda w=who: self._hand_out(w))  # type: ignore[misc]
        for visit in s.visits:
            self._at(visit.at, lambda v=visit: self._visit(v))  # type: ignore[misc]
        for held in s.activities:
            self._at(held.at, lambda h=held: self._hold(h))  # type: ignore[misc]
        for told in s.stories:
            self._at(told.at, lambda t=told: self._tell(t))  # type: ignore[misc]
        for moment, who, address in s.marks:
            self._at(moment, lambda w=who, a=address: self._mark(w, a))  # type: ignore[misc]
        home = {(x.at.date(), x.who) for some in (s.visits, s.activities, s.stories) for x in some}
        for day, who in sorted(home | {(at.date(), who) for at, who, _ in s.marks}):
            self._at(datetime.combine(day, HOME), lambda w=who: self._home(w))  # type: ignore[misc]
        self._desks()
        self._rounds()

    def _desks(self) -> None:
        """Each coordinator reads half of the people's notes, once a week; both at the end."""
        halves = ([w.key for w in self._script.workers[0::2]], [w.key for w in self._script.workers[1::2]])
        day = self._script.first + timedelta(days=7)
        while day <= self._script.last:
            weekday = day.weekday()
            if weekday in (1, 3) or day == self._script.last:
                for n, who in enumerate(("joke", "karim")):
                    if weekday == (1, 3)[n] or day == self._script.last:
                        moment = datetime.combine(day, HOME if day == self._script.last else DESK) + timedelta(
                            minutes=40
                        )
                        self._at(moment, lambda w=who, m=moment, h=halves[n]: self._desk(w, m, h))  # type: ignore[misc]
            day += timedelta(days=1)

    async def _home(self, who: str) -> None:
        """In the evening, on the Wi-Fi at home: what is asked is answered, and everything is sent. Not every day."""
        if self._clock.millis() - self._synced.get(who, 0) < SELDOM_MILLIS:
            return
        app = self._apps[who]
        await self._sync(who)
        asked, self._asked[who] = self._asked[who], []
        for visit, answer in asked:
            if app.reviews.asks(visit):
                await app.reviews.answer(visit, answer, app.today())
        for due in app.followups.mine():
            if due.due <= app.today() + timedelta(days=7):
                await app.followups.done(due.id, "Gedaan.", app.today())

    async def _visit(self, v: Visited) -> None:
        app, welcome = self._apps[v.who], self._listed.get(v.number, b"")
        if v.tapped and v.form.outcome is not None:
            made = await app.tap_outcome(v.form.address, v.form.outcome, welcome)
        else:
            made = await app.save_visit(replace(v.form, welcome=welcome if v.form.noted else b""))
        self._ids[v.number] = made
        if v.word is not None:
            self._unread[v.who].append(v)
        self._done += 1
        if self._done % EVERY == 0:
            self._say(f"{self._done} of {len(self._script.visits)} visits, {v.at:%d-%m-%Y}")

    async def _hold(self, h: Held) -> None:
        made = await self._apps[h.who].activities.save(replace(h.form, series=self._rows.get(h.row, b"")))
        self._rows.setdefault(h.row, made)

    async def _tell(self, t: Told) -> None:
        from app.services.stories_form import StoryForm

        app = self._apps[t.who]
        made = await app.stories.save(StoryForm(True, t.title, t.text), b"", offer=t.offered)
        if t.offered:
            self._unchecked.append((made, ["joke", "karim"][: t.checked]))
        over = t.at + timedelta(days=t.withdrawn)
        if t.withdrawn and over.date() <= self._script.last:
            self._at(over, lambda: app.stories.withdraw(made))
            self._at(over + timedelta(minutes=1), lambda: self._sync(t.who))

    async def _mark(self, who: str, address: str) -> None:
        with suppress(BadInput):
            await self._apps[who].marks.set(address, self._apps[who].today())

    async def _list(self, x: Listed) -> None:
        """A new address for somebody, with the answer that it leads to."""
        joke = self._apps["joke"]
        member = self._apps[x.who].live.require_session().member
        with suppress(BadInput):  # the door is on the list already
            made = await joke.welcomes.add(x.address, joke.today(), member)
            if x.number >= 0:
                self._listed[x.number] = made

    async def _hand_out(self, who: str) -> None:
        await self._sync("joke")
        await self._sync(who)

    # -- the desk ----------------------------------------------------------------------------------------

    async def _desk(self, who: str, moment: datetime, authors: list[str]) -> None:
        app, lately = self._apps[who], moment - timedelta(hours=2)
        if moment.date() < self._script.last and not any(v.at < lately for a in authors for v in self._unread[a]):
            return
        await self._sync(who)
        known = app.live.require_session().replica.records
        plainly: list[bytes] = []
        for author in authors:
            there = [v for v in self._unread[author] if v.at < lately and self._ids[v.number] in known]
            self._unread[author] = [v for v in self._unread[author] if v not in there]
            for v in there:
                if v.word is not None and v.word.state == "seen" and not v.word.reply:
                    plainly.append(self._ids[v.number])
                else:
                    await self._say_on(app, v)
        for start in range(0, len(plainly), MOST_AT_ONCE):
            await app.reviews.seen_all(plainly[start : start + MOST_AT_ONCE], app.today())
        await self._check_stories(who, app)
        await self._sync(who)

    async def _say_on(self, app: App, v: Visited) -> None:
        visit, word = self._ids[v.number], v.word
        assert word is not None
        if word.state == "followup":
            member = self._apps[v.who].live.require_session().member
            day = app.today() + timedelta(days=10)
            with suppress(BadInput):  # nobody rings there any more
                await app.followups.ask(visit, member, word.what, day, "", app.today())
            return
        state = ReviewState.QUESTION if word.state == "question" else ReviewState.SEEN
        await app.reviews.say(visit, state, word.reply, app.today())
        if word.answer:
            self._asked[v.who].append((visit, word.answer))

    async def _check_stories(self, who: str, app: App) -> None:
        """Say yes to the stories of which this coordinator is to."""
        left = []
        for story, by in self._unchecked:
            if who in by:
                try:
                    item = app.stories_desk.one(story)
                    await app.stories_desk.approve(story, app.stories_desk.to_look_at(item))
                    by.remove(who)
                except NotFound:  # not here yet, or taken back meanwhile
                    if app.live.require_session().replica.records.get(story) is not None:
                        continue
            if by:
                left.append((story, by))
        self._unchecked = left

    # -- rounds ------------------------------------------------------------------------------------------

    def _rounds(self) -> None:
        last = self._script.last
        closed = datetime.combine(last - timedelta(days=240), time(10, 0))
        opened = datetime.combine(last - timedelta(days=6), time(10, 0))
        self._at(closed, lambda: self._round(closed, "Kennismaken in het voorjaar", Purpose.MEET, 0, True))
        self._at(opened, lambda: self._round(opened, "Najaarsronde", Purpose.WISHES, 1, False))

    async def _round(self, at: datetime, name: str, purpose: Purpose, which: int, close: bool) -> None:
        joke, annika = self._apps["joke"], self._apps["annika"]
        [*wanted] = [s for s, _ in words.WIJKEN[0].buurten[which].streets[:2]]
        streets = tuple(s.id for s in joke.register.look() if s.name in wanted)
        members = (annika.live.require_session().member,)
        plan = Plan(name, purpose, at.date(), at.date() + timedelta(days=20), members, streets, doors_a_walk=40)
        made = await joke.rounds.make(plan)
        await self._sync("joke")
        await self._sync("annika")
        walks = annika.rounds.round(made).walks
        for n, walk in enumerate(walks if close else walks[:2]):
            moment = at + timedelta(days=n, hours=4)
            self._at(moment, lambda w=walk.id, m=moment, k=n: self._walk(w, m, k, 1.0 if close else 0.7))  # type: ignore[misc]
        if close:
            self._at(at + timedelta(days=len(walks) + 1), lambda: self._close(made))

    async def _walk(self, walk: bytes, at: datetime, number: int, part: float) -> None:
        """A walk, or a part of it: two minutes a door."""
        annika = self._apps["annika"]
        await self._sync("annika")
        await annika.rounds.take(walk)
        doors = [d for d in annika.rounds.doors(walk) if not d.blocked]
        rung = doors[: round(len(doors) * part)]
        for k, look in enumerate(rung):
            moment, key = at + timedelta(minutes=2 * k + 2), look.door.key
            self._at(moment, lambda d=key, n=k: annika.rounds.tap(walk, d, _found(n * 7 + number)))  # type: ignore[misc]
        over = at + timedelta(minutes=2 * len(rung) + 5)
        self._at(over, lambda: annika.rounds.hand_back(walk))
        self._at(over + timedelta(minutes=1), lambda: self._sync("annika"))

    async def _close(self, made: bytes) -> None:
        await self._sync("joke")
        await self._apps["joke"].rounds.close(made)
        await self._sync("joke")
        await self._sync("annika")


def _codes(n: int) -> list[AreaCode]:
    wijk = words.WIJKEN[n]
    return [wijk.code, *(b.code for b in wijk.buurten)]


async def _read(text: str, place: str) -> tuple[list[FoundStreet], int]:
    from app.services.register import by_hand

    found = by_hand.read(text, place)
    return list(found.streets), found.rows


_STATES = (
    DoorState.MET, DoorState.NOT_HOME, DoorState.MET, DoorState.LATER, DoorState.MET, DoorState.EMPTY,
    DoorState.NOT_HOME, DoorState.MET, DoorState.UNREACHABLE, DoorState.MET, DoorState.MET,
)  # fmt: skip


def _found(n: int) -> Answer:
    state = _STATES[n % len(_STATES)]
    wished = (Interest.CONTACT_PERSON,) if state is DoorState.MET and n % 3 == 0 else ()
    return Answer(state, state in (DoorState.MET, DoorState.NOT_HOME) and n % 2 == 0, wished)


__all__ = ["Play", "StoryClock"]
