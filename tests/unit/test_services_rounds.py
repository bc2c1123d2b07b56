"""Rounds between real devices over a real server: made, taken, walked by two, blocked, undone, walked again."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from app.services.app import App
from app.services.marks import Why
from app.services.models import DayPart, Role
from app.services.records import Group, known, parts, write
from app.services.rounds.models import Answer, DoorLook, DoorState, Holding, Interest, PassRule, Standing
from app.services.rounds.writing import expiry, rings_of
from sync.core import ring
from sync.core.change import Change, Patch
from sync.core.errors import BadInput, Forbidden, NotFound, StraatError, Unreachable
from sync.core.ids import record_id
from sync.device.writer import Part
from tests.support.native_app import synced
from tests.support.rounds import BRAM, LAST, at, bram, one_walk, plan, put_street, street
from tests.support.settled_team import Team, hushed, session_of

Story = Callable[[Team], Awaitable[None]]
Tell = Callable[[Story], None]
MET, HOME, LATER, NO = (Answer(s) for s in (DoorState.MET, DoorState.NOT_HOME, DoorState.LATER, DoorState.NO_CONTACT))
HOUR = 60 * 60_000


def door(app: App, walk: bytes, number: int) -> DoorLook:
    """A door of the one street as a device sees it."""
    return next(x for x in app.rounds.doors(walk) if x.door.number == number)


def said(app: App, walk: bytes, number: int) -> list[tuple[DoorState, bool]]:
    """The history of a door: what was said, and whether by me."""
    return [(s.answer.state, s.mine) for s in door(app, walk, number).seen]


def test_two_on_one_walk_offline_at_times_both_keep_all_that_they_noted(tell: Tell) -> None:
    """They took the same walk without knowing; each sees the other's doors after a round of sync, and who does what."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        other = await bram(t, joke)
        name, walk = await one_walk(joke, fatma, other)
        await fatma.rounds.take(walk)
        await other.rounds.take(walk)
        for number, mine, theirs in ((1, HOME, MET), (3, MET, HOME), (5, MET, None), (7, None, LATER), (9, NO, MET)):
            if mine:
                await fatma.rounds.tap(walk, at(number), mine)
            if theirs:
                await other.rounds.tap(walk, at(number), theirs)
        await synced(fatma, other, fatma, joke)
        expected = {
            1: DoorState.MET,
            3: DoorState.MET,
            5: DoorState.MET,
            7: DoorState.LATER,
            9: DoorState.NO_CONTACT,
        }
        for app in (fatma, other, joke):
            looks = {x.door.number: x.answer.state for x in app.rounds.doors(walk) if x.answer}
            assert looks == expected
        assert said(fatma, walk, 1) == [(DoorState.MET, False), (DoorState.NOT_HOME, True)]
        assert said(other, walk, 1) == [(DoorState.MET, True), (DoorState.NOT_HOME, False)]
        assert said(joke, walk, 1) == [(DoorState.MET, False), (DoorState.NOT_HOME, False)]
        assert [a.rounds.walk(walk).holding for a in (fatma, other, joke)] == [
            Holding.MINE,
            Holding.MINE,
            Holding.OTHERS,
        ]
        await fatma.rounds.hand_back(walk)
        await synced(fatma, other, joke)
        assert [a.rounds.walk(walk).holding for a in (fatma, other)] == [Holding.OTHERS, Holding.MINE]
        assert fatma.rounds.walk(walk).till == date(2026, 11, 19), "at four in the night it is free again"
        t.clock.now += 20 * HOUR
        assert [a.rounds.walk(walk).holding for a in (fatma, other, joke)] == [Holding.FREE] * 3
        assert fatma.rounds.round(name).progress.done == 5

    tell(story)


def test_no_contact_is_a_mark_and_a_state_in_one_write_or_nothing_at_all(tell: Tell) -> None:
    """On a full disk neither is there, and there is room for both a moment later; the door is nobody's any more."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        name, walk = await one_walk(joke, fatma)
        session = session_of(fatma)
        before = session.log.count()
        db = session.log._db  # type: ignore[attr-defined]
        last = "(SELECT count(*) FROM envelopes) >= " + str(sum(before.values()) + 3)
        db.execute(f"CREATE TRIGGER full BEFORE INSERT ON envelopes WHEN {last} BEGIN SELECT RAISE(ABORT, 'full'); END")
        with pytest.raises(StraatError):  # the fourth envelope of it finds no room
            await fatma.rounds.tap(walk, at(1), NO)
        db.execute("DROP TRIGGER full")
        assert session.log.count() == before
        assert not fatma.marks.blocks("Tulpstraat 1")
        assert door(fatma, walk, 1).answer is None
        position = session.replica.position
        await fatma.rounds.tap(walk, at(1), NO)
        assert session.replica.position - position == 4, "a state, a mark, and a key for each ring"
        again = await t.fatma()  # as after a kill
        look = door(again, walk, 1)
        assert (look.answer, look.blocked, look.due) == (NO, True, False)
        assert again.marks.blocks("Tulpstraat 1")
        assert again.rounds.next_door(walk, at(11)) == at(12)
        await synced(again, joke)
        assert joke.rounds.round(name).progress.states == ((DoorState.NO_CONTACT, 1),)
        await again.rounds.undo(walk, at(1))
        assert door(again, walk, 1).answer is None
        assert door(again, walk, 1).blocked, "a mark stands until a coordinator lifts it"
        await synced(again, joke, again)
        [mark] = joke.marks.all(joke.today())
        assert mark.asked is Why.MISTAKE
        await joke.marks.lift(mark.id, Why.MISTAKE, joke.today())
        await synced(joke, again)
        assert not door(again, walk, 1).blocked
        assert again.rounds.next_door(walk) == at(1)

    tell(story)


def test_a_mark_made_elsewhere_while_walking_blocks_at_once(tell: Tell) -> None:
    """For whoever can read it after the next round of sync; one of another team is handed on by a coordinator's device,
    without anything else of it. Where every mark is lifted one rings again, unless it was said at the door itself.
    """

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await joke.marks.set("Tulpstraat 1", joke.today())
        name, walk = await one_walk(joke, fatma)
        assert fatma.rounds.next_door(walk) == at(3)
        assert fatma.rounds.walk(walk).progress.blocked == 1
        await joke.marks.set("tulpstr. 3", joke.today())
        await synced(joke, fatma)
        assert door(fatma, walk, 3).blocked
        assert fatma.rounds.next_door(walk) == at(5)
        below = await joke.trust.make_team(session_of(joke).team, "Hambaken", ())
        mark = record_id(session_of(joke).member, "mark", b"m" * 16)
        values = {"address": Patch("Tulpstraat 5"), "day": Patch("2026-11-01")}
        s = session_of(joke)
        said = Change("mark", "address", mark, s.writer.stamp(), values, b"m" * 16)
        await s.writer.write([Part(said, frozenset({ring.team_ring(below)}))])
        await synced(joke, joke, fatma)
        assert not fatma.marks.blocks("Tulpstraat 5"), "the mark itself is none of this team's"
        assert door(fatma, walk, 5).blocked
        assert fatma.rounds.next_door(walk) == at(7)
        written = session_of(joke).log.count()
        await synced(joke, joke)
        assert session_of(joke).log.count() == written, "it is said once"
        also = Group(
            "plan", {"blocked": [at(1), at(5), at(9)]}, rings_of(name), expiry(LAST)
        )  # by who reads a mark there
        await write(s, parts(s, "walk", [also], known(s, "walk", walk))[1])
        await fatma.rounds.tap(walk, at(7), Answer(DoorState.NO_CONTACT))
        await synced(fatma, joke)
        for a_mark in joke.marks.all(joke.today()):
            if a_mark.address != "tulpstr. 3":
                await joke.marks.lift(a_mark.id, Why.MISTAKE, joke.today())
        await synced(joke, joke, fatma)
        assert [n for n in (1, 3, 5, 7, 9) if door(fatma, walk, n).blocked] == [3, 7, 9]
        written = session_of(joke).log.count()
        await synced(joke, joke)
        assert session_of(joke).log.count() == written, "that too"

    tell(story)


def test_doors_where_nobody_was_home_are_tried_again_as_the_coordinator_s_rule_says(tell: Tell) -> None:
    """At another part of the day, so often; who asked to come later is asked on another day; undo and undo of undo."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        _, walk = await one_walk(joke, fatma, doors=4, rule=PassRule(3, other_part=True))
        # The clock of the test stands at a morning.
        for number, answer in ((1, HOME), (3, LATER), (4, MET), (2, HOME)):
            await fatma.rounds.tap(walk, at(number), answer)
        assert door(fatma, walk, 1).seen[0].part is DayPart.MORNING
        assert fatma.rounds.next_door(walk) is None
        t.clock.now += 5 * HOUR
        assert [x.door.number for x in fatma.rounds.doors(walk) if x.due] == [1, 2]
        await fatma.rounds.tap(walk, at(1), HOME)
        await fatma.rounds.tap(walk, at(2), MET)
        assert [s.answer.state for s in door(fatma, walk, 2).seen] == [DoorState.NOT_HOME, DoorState.MET]
        await fatma.rounds.undo(walk, at(2))
        assert door(fatma, walk, 2).answer == HOME
        assert len(door(fatma, walk, 2).seen) == 1
        await fatma.rounds.undo(walk, at(2))
        assert door(fatma, walk, 2).answer == MET
        t.clock.now += 19 * HOUR  # the next morning
        assert [x.door.number for x in fatma.rounds.doors(walk) if x.due] == [3]
        t.clock.now += 10 * HOUR
        assert [x.door.number for x in fatma.rounds.doors(walk) if x.due] == [1, 3]
        await fatma.rounds.tap(walk, at(1), HOME)
        t.clock.now += 24 * HOUR
        assert [x.door.number for x in fatma.rounds.doors(walk) if x.due] == [3], "three times is enough"
        await asyncio.gather(*(fatma.rounds.tap(walk, at(4), a) for a in (MET, LATER, HOME)))
        assert [s.answer for s in door(fatma, walk, 4).seen] == [MET, HOME], "of two quick taps the last one stands"
        with pytest.raises(NotFound):
            await fatma.rounds.tap(walk, at(99), MET)

    tell(story)


def test_a_new_resident_gets_a_welcome_at_once_and_once_also_from_a_collector(tell: Tell) -> None:
    """It stands on the team's list; wishes are counts; a tap that was not meant takes it back."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        other = await bram(t, joke)
        name, walk = await one_walk(joke, other)
        wishes = Answer(DoorState.MET, True, (Interest.CONTACT_PERSON,))
        await other.rounds.tap(walk, at(1), wishes, new_resident=True)
        await other.rounds.tap(walk, at(1), replace(wishes, interests=tuple(Interest)), new_resident=True)
        await other.rounds.tap(walk, at(3), MET, new_resident=True)
        await other.rounds.tap(walk, at(5), Answer(DoorState.NOT_HOME, False, tuple(Interest)), new_resident=True)
        await other.rounds.undo(walk, at(3))
        await synced(other, joke, fatma)
        assert [d.address for d in fatma.agenda.due()] == ["Tulpstraat 1"]
        assert [w.address for w in fatma.welcomes.all()] == ["Tulpstraat 1"], "once, however often it is tapped"
        progress = joke.rounds.round(name).progress
        assert progress.interests == ((Interest.CONTACT_PERSON, 1), (Interest.ACTIVITY, 1))
        assert progress.flyers == 1
        assert other.aside() == joke.aside() == []

    tell(story)


def test_a_round_is_of_one_team_and_knows_the_marks_of_those_above(tell: Tell) -> None:
    """A coordinator above makes it for who works below; people of two teams are told apart before anything is made."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        other = await bram(t, joke)
        below = await joke.trust.make_team(session_of(joke).team, "Hambaken", ())
        await joke.trust.move(session_of(other).member, Role.COLLECTOR, below)
        await synced(joke, other, fatma)
        tulip = await put_street(joke, street("Tulpstraat", range(1, 13)))
        both = plan([tulip], [session_of(fatma).member, session_of(other).member])
        with pytest.raises(BadInput, match="teams"):
            await joke.rounds.make(both)
        assert joke.rounds.plan_draft() == both
        name = await joke.rounds.make(replace(both, members=(session_of(other).member,)))
        with pytest.raises(BadInput, match="teams"):
            await joke.rounds.change_members(name, both.members)
        await fatma.marks.set("Tulpstraat 3", fatma.today())
        await synced(fatma, joke, joke, other)
        [look] = other.rounds.rounds()
        assert not other.marks.blocks("Tulpstraat 3")
        assert [x.door.number for x in other.rounds.doors(look.walks[0].id) if x.blocked] == [3]
        await other.rounds.tap(look.walks[0].id, at(1), NO)
        await synced(other, joke, fatma)
        assert joke.marks.blocks("Tulpstraat 1")
        done = await joke.rounds.close(name)
        assert (done.done, done.blocked) == (1, 1)
        await synced(joke, other, joke)
        assert other.rounds.standing(name) is Standing.OVER

    tell(story)


def everything(app: App) -> list[object]:
    """All that the rounds of a device give to a screen, and all rows of their tables."""
    rounds = app.rounds.rounds()
    walks = [w.id for r in rounds for w in r.walks]
    shown: list[object] = [replace(r, members=()) for r in rounds]
    shown += [app.rounds.walk(w) for w in walks] + [app.rounds.doors(w) for w in walks]
    shown += [app.rounds.progress_of_streets(r.id) for r in rounds] + [app.rounds.standing(r.id) for r in rounds]
    for table in ("streets", "rounds", "walks", "doors", "marks", "welcomes"):
        for row in session_of(app).view.ask(f"SELECT * FROM {table}"):
            shown.append({k: v for k, v in row.items() if k != "members"})  # who is on it, as the coordinator chose
    return shown


def test_a_coordinator_sees_what_was_found_and_nobody_s_trail(tell: Tell) -> None:
    """No member, no device and no time finer than a part of a day, in all that their screens and their export can have;
    who found something at which door is in no row, and one's own share is on nobody's list.
    """

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        other = await bram(t, joke)
        name, walk = await one_walk(joke, fatma, other)
        moments = set()
        for app, number, answer in ((fatma, 1, HOME), (other, 1, MET), (other, 3, NO), (fatma, 5, LATER)):
            await app.rounds.take(walk)
            t.clock.now += 7 * 60_000 + 1
            moments.add(t.clock.now)
            await app.rounds.tap(walk, at(number), answer, new_resident=True)
        await synced(fatma, other, joke)
        assert [w.address for w in joke.welcomes.all()] == ["Tulpstraat 1"]
        people = [session_of(app) for app in (fatma, other)]
        forbidden = {x for s in people for x in (s.member, s.device)}
        for stage in ("open", "closed"):
            shown = repr(everything(joke)) + joke.mine.to_json({}).decode()
            if stage == "open":
                assert "tulpstraat|3|" in shown
                assert "no_contact" in shown
            rows = joke.mine.to_json({}).decode().partition('"records"')[2]
            for x in forbidden:
                assert x.hex() not in repr(everything(joke))
                assert repr(x) not in repr(everything(joke))
                assert x.hex() not in rows.replace(_members_of(joke), "")
            for name_ in ("Fatma", "Bram"):
                assert name_ not in repr(everything(joke))
            stamps = re.findall(r"\b\d{13}\b", repr(everything(joke)))  # an id may hold as many digits in a row
            night = {str(int(x)) for x in stamps}
            assert night <= {_four_at_night(t)}, "the only moment is until when a walk is kept: every evening the same"
            for moment in moments:
                assert moment.to_bytes(6, "big").hex() not in repr(everything(joke)) + repr(joke.welcomes.all())
            looks = joke.rounds.doors(walk) if stage == "open" else []
            assert not any(s.mine for x in looks for s in x.seen)
            if stage == "open":
                taken = [json.loads(app.mine.to_json({}))["records"]["doors"] for app in (joke, fatma)]
                assert [len(rows_) for rows_ in taken] == [0, 1], "one's own words are one's own to take along"
                await joke.rounds.close(name)

    tell(story)


def _members_of(joke: App) -> str:
    [row] = session_of(joke).view.ask("SELECT members FROM rounds WHERE of = ''")
    return json.dumps(row["members"])


def _four_at_night(t: Team) -> str:
    moment = datetime.fromtimestamp(t.clock.now / 1000).replace(hour=4, minute=0, second=0, microsecond=0)
    return str(int((moment + timedelta(days=1)).timestamp() * 1000))


def test_without_the_server_no_round_is_made_and_the_plan_is_kept(tell: Tell) -> None:
    """It is there after a restart; made later it is no draft any more. What can't be is told at its field."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        tulip = await put_street(joke, street("Tulpstraat", range(1, 101)))
        wanted = plan([tulip], [session_of(fatma).member], PassRule(3, other_part=False), size=30)
        for bad, field in (
            (replace(wanted, name=" "), "round"),
            (replace(wanted, last=date(2026, 1, 1)), "period"),
            (replace(wanted, first=date(2026, 1, 1), last=date(2026, 2, 1)), "period"),
            (replace(wanted, members=tuple(bytes([n]) * 16 for n in range(65))), "members"),
            (replace(wanted, streets=()), "streets"),
            (replace(wanted, streets=(b"x" * 16,)), "streets"),
            (replace(wanted, doors_a_walk=4), "doors_a_walk"),
            (replace(wanted, rule=PassRule(0)), "times"),
        ):
            with pytest.raises(BadInput) as refused:
                await joke.rounds.make(bad)
            assert refused.value.field == field
        assert joke.rounds.plan_draft() is None
        with pytest.raises(Forbidden):
            await fatma.rounds.make(wanted)
        t.nets["joke"].offline = True
        with pytest.raises(Unreachable):
            await joke.rounds.make(wanted)
        assert joke.rounds.rounds() == []
        again = await t.joke()
        assert again.rounds.plan_draft() == wanted
        made = await again.rounds.make(wanted)
        assert again.rounds.plan_draft() is None
        look = again.rounds.round(made)
        assert (look.progress.doors, look.rule, look.members) == (100, wanted.rule, wanted.members)
        assert [w.progress.doors for w in look.walks] == [w.doors for w in again.rounds.preview(wanted)]

    tell(story)


def test_a_link_opens_a_round_for_whoever_is_on_it_and_says_so_to_whoever_is_not(tell: Tell) -> None:
    """Put on it later, and off it again; a new collector is on it with the invitation; closing says who was not heard."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        other = await bram(t, joke)
        name, walk = await one_walk(joke, fatma)
        await synced(other)
        link = joke.rounds.link(name)
        assert link.url.endswith(f"/#/ronde/{name.hex()}")
        assert len(link.qr) == len(link.qr[0])
        named = fatma.rounds.from_link(link.url)
        assert named == name
        assert fatma.rounds.standing(name) is Standing.ON
        assert other.rounds.standing(name) is Standing.NOT_ON
        assert other.rounds.rounds() == []
        assert other.rounds.from_link("#/ronde/xyz") is None
        assert fatma.rounds.standing(b"?" * 16) is Standing.UNKNOWN
        await fatma.rounds.tap(walk, at(1), MET)
        await synced(fatma)
        await joke.rounds.change_members(name, [session_of(other).member])
        await session_of(fatma).syncer.refresh_roll()
        assert fatma.rounds.rounds() == [], "as soon as the roll says so"
        await synced(joke, other, fatma)
        assert other.rounds.standing(name) is Standing.ON
        assert [x.door.number for x in other.rounds.doors(walk) if x.answer] == [1], (
            "who comes later sees what was found"
        )
        assert fatma.rounds.standing(name) is Standing.NOT_ON
        assert fatma.rounds.rounds() == []
        invited = await joke.rounds.invite("Cor", name)
        cor = t.device("cor")
        await cor.start(invited.url)
        await cor.accept("Cor", BRAM)
        await hushed(cor)
        await synced(cor)
        assert cor.role is Role.COLLECTOR
        assert [r.id for r in cor.rounds.rounds()] == [name]
        await cor.rounds.tap(walk, at(3), HOME)
        await synced(cor, joke)
        assert joke.rounds.round(name).progress.done == 2
        told = await joke.rounds.before_closing(name)
        assert (told.progress.done, told.taken, told.unheard) == (2, (), ())
        t.clock.now += 24 * HOUR
        await cor.rounds.take(walk)
        await synced(cor)
        told = await joke.rounds.before_closing(name)
        assert (told.taken, told.unheard) == (("Tulpstraat",), ("Bram",))
        await joke.rounds.extend(name, LAST + timedelta(days=7))
        await synced(joke, cor)
        assert cor.rounds.round(name).last == LAST + timedelta(days=7)
        t.clock.now += 330 * 24 * HOUR  # forgotten, and walked all the same: what is noted now is kept for its year
        await cor.rounds.tap(walk, at(5), HOME)
        months = {month for month, what, _ in session_of(cor).replica.memory.terms() if what == "door/state"}
        assert months == {202712, 202810}
        await synced(cor, joke)
        await joke.rounds.close(name)
        for late in (joke.rounds.extend(name, LAST), joke.rounds.change_members(name, [])):
            with pytest.raises(BadInput, match="closed"):
                await late

    tell(story)


def test_five_doors_that_are_not_sent_yet_are_five_notes(tell: Tell) -> None:
    """As people count them, though all of a walk stand in one record; sent, none is left."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        _name, walk = await one_walk(joke, fatma)
        for number in (1, 3, 5, 7, 9):
            await fatma.rounds.tap(walk, at(number), HOME)
        assert fatma.sync_status().unsent == 5
        await synced(fatma)
        assert fatma.sync_status().unsent == 0

    tell(story)
