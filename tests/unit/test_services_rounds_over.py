"""How a round ends: counts alone stay, on every device and on the server; what comes late is counted, and said."""

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from app.services.app import App
from app.services.marks import Why
from app.services.models import Role
from app.services.rounds.models import Answer, DoorState, Ended, Holding, Interest, Progress, Standing
from sync.core import change, envelope, ring
from sync.core.change import Change, Patch
from sync.core.errors import NotFound, Quarantined, StraatError
from sync.core.formats import SENDER_KEY
from sync.core.ids import record_id
from sync.core.ports import LogState
from sync.device.writer import Part
from tests.support.native_app import synced
from tests.support.rounds import LAST, at, one_walk, opened, plan
from tests.support.settled_team import DAY, Team, hushed, session_of

Story = Callable[[Team], Awaitable[None]]
Tell = Callable[[Story], None]
MET, HOME, LATER = Answer(DoorState.MET), Answer(DoorState.NOT_HOME), Answer(DoorState.LATER)


def on_server(t: Team, app: App, name: bytes) -> int:
    """How many changes of this device in a round's ring lie on the server with their bodies."""
    db, found = sqlite3.connect(t.folder / "server" / "store.db"), 0
    for (data,) in db.execute("SELECT data FROM envelopes"):
        e = envelope.parse_any(data)
        in_ring = any(link.ring == ring.round_ring(name) for link in e.header.links)
        found += e.header.device == session_of(app).device and in_ring and e.format != SENDER_KEY and not e.gone
    db.close()
    return found


def test_closing_keeps_counts_and_erases_the_rest_on_every_device(tell: Tell) -> None:
    """Not a word on a door is left in any log or on the server; the marks and new addresses that were noted stay."""

    async def story(t: Team) -> None:
        fatma, laptop = await t.fatma(), await t.unlocked("laptop")
        joke = await t.joke()
        name, walk = await one_walk(joke, fatma)
        await synced(laptop)
        await fatma.rounds.take(walk)
        await fatma.rounds.tap(walk, "tulpstraat|1|", Answer(DoorState.MET, True, (Interest.ACTIVITY,)), True)
        await fatma.rounds.tap(walk, "tulpstraat|3|", Answer(DoorState.NO_CONTACT))
        await fatma.rounds.tap(walk, "tulpstraat|5|", HOME)
        await synced(fatma, joke, laptop)
        assert [len(a.rounds.doors(walk)) for a in (fatma, joke, laptop)] == [12, 12, 12]
        assert on_server(t, fatma, name) == 4
        counted = await joke.rounds.close(name)
        states = {DoorState.MET: 1, DoorState.NOT_HOME: 1, DoorState.NO_CONTACT: 1}
        assert counted == Progress(
            12, 0, tuple((s, states[s]) for s in DoorState if s in states), 1, ((Interest.ACTIVITY, 1),)
        )
        await synced(joke, fatma, laptop, joke, fatma)
        assert on_server(t, fatma, name) == 0
        for app in (fatma, laptop):
            assert app.rounds.rounds() == []
            assert app.rounds.standing(name) is Standing.OVER
            kinds = {c.kind for c in await opened(app) if c.group != change.ERASE}
            assert not kinds & {"door", "walk", "round"}, "a phone holds nothing of a round that is over"
            assert await app.rounds.ended() == [Ended("Najaarsronde", LAST, Progress(), counted)]
        kept = {(c.kind, c.group) for c in await opened(joke) if c.group != change.ERASE}
        assert ("door", "state") not in kept
        assert ("walk", "claim") not in kept
        assert {("walk", "plan"), ("round", "detail"), ("round", "result")} <= kept
        [look] = joke.rounds.rounds()
        assert (look.closed, look.progress, look.late) == (True, counted, Progress())
        assert joke.marks.blocks("Tulpstraat 3")
        assert [w.address for w in joke.welcomes.all()] == ["Tulpstraat 1"]
        assert not joke.sync_status().withheld
        assert not fatma.sync_status().withheld
        assert joke.trust.quarantine() == []
        with pytest.raises(StraatError):
            await fatma.rounds.tap(walk, "tulpstraat|7|", MET)

    tell(story)


def test_what_was_not_sent_when_a_round_was_closed_is_counted_when_it_comes_and_said(tell: Tell) -> None:
    """The coordinator sees how many doors came late, the phone's owner that they did; nobody sees which doors."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        joke = await t.joke()
        name, walk = await one_walk(joke, fatma)
        await fatma.rounds.tap(walk, "tulpstraat|1|", MET)
        await synced(fatma, joke)
        await fatma.rounds.tap(walk, "tulpstraat|1|", LATER)
        await fatma.rounds.tap(walk, "tulpstraat|3|", HOME)
        await fatma.rounds.tap(walk, "tulpstraat|3|", Answer(DoorState.MET, True))
        await fatma.rounds.tap(walk, "tulpstraat|5|", Answer(DoorState.NO_CONTACT))
        counted = await joke.rounds.close(name)
        assert counted.states == ((DoorState.MET, 1),)
        await synced(joke, fatma)
        assert not {c.kind for c in await opened(fatma)} & {"door", "walk", "round"}, "it goes as soon as it is sent"
        await session_of(joke).syncer.take_in()
        assert len(session_of(joke).replica.quarantine) >= 4
        assert joke.trust.quarantine() == [], "nobody is asked about it door by door"
        await synced(joke, joke)
        [look] = joke.rounds.rounds()
        late = Progress(3, 0, ((DoorState.MET, 1), (DoorState.LATER, 1), (DoorState.NO_CONTACT, 1)), 1, ())
        assert (look.progress, look.late) == (counted, late)
        [told] = await fatma.rounds.ended()
        assert (told.name, told.counted, told.lost) == ("Najaarsronde", late, Progress())
        assert joke.marks.blocks("Tulpstraat 5"), "a mark stands by itself"
        await synced(fatma, joke, fatma)
        for app in (fatma, joke):
            left = {(c.kind, c.group) for c in await opened(app)}
            assert ("door", "state") not in left
            assert app.aside() == []
            assert not app.sync_status().withheld
        assert on_server(t, fatma, name) == 0
        assert joke.trust.quarantine() == []
        await fatma.rounds.forget_ended()
        assert await fatma.rounds.ended() == []

    tell(story)


def test_what_no_server_took_of_a_round_is_said_and_goes_when_it_has_been_read(tell: Tell) -> None:
    """In counts, and not counted; the mark of that door went by itself. Nobody else is told."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        name, walk = await one_walk(joke, fatma)
        log = session_of(fatma).log
        t.nets["fatma"].offline = True
        await fatma.rounds.tap(walk, at(1), MET)
        *_key, refused = (e.id for e in log.pending(9))
        log.mark([refused], LogState.REFUSED, "too_large")
        t.nets["fatma"].offline = False
        await synced(fatma, joke)
        await joke.rounds.close(name)
        await synced(joke, fatma, joke)
        [told] = await fatma.rounds.ended()
        assert (told.counted, told.lost) == (Progress(), Progress(1, 0, ((DoorState.MET, 1),)))
        assert [e.state for e in log.fetch([refused])] == [LogState.REFUSED], "not before it was read"
        await fatma.rounds.forget_ended()
        await synced(fatma, joke, fatma)
        assert [e.state for e in log.fetch([refused])] == [LogState.STUB]
        assert not {c.kind for c in await opened(fatma)} & {"door", "walk", "round"}
        assert (fatma.aside(), await fatma.rounds.ended()) == ([], [])
        assert (await joke.rounds.ended(), joke.rounds.round(name).late) == ([], Progress())

    tell(story)


def test_walked_again_a_year_later_with_the_doors_and_nothing_else(tell: Tell) -> None:
    """The walks of the old round, marks looked at anew, no state; the old one keeps its plan and its counts."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        name, walk = await one_walk(joke, fatma)
        await fatma.rounds.take(walk)
        await fatma.rounds.tap(walk, at(1), Answer(DoorState.MET, True, tuple(Interest)))
        await fatma.rounds.tap(walk, at(3), Answer(DoorState.NO_CONTACT))
        await synced(fatma, joke)
        early = await joke.rounds.again(name, replace(plan([], [session_of(fatma).member]), name="Nog een"))
        [walk_again] = joke.rounds.round(early).walks
        assert not any(x.answer or x.seen for x in joke.rounds.doors(walk_again.id)), "not of one that goes on either"
        await joke.rounds.close(early)
        counted = await joke.rounds.close(name)
        t.clock.now += 340 * DAY
        [mark] = joke.marks.all(joke.today())
        await joke.marks.lift(mark.id, Why.HOUSEHOLD, joke.today())
        await joke.marks.set("Tulpstraat 5", joke.today())
        first = joke.today()
        wanted = replace(plan([], [session_of(fatma).member]), first=first, last=first + timedelta(days=20))
        again = await joke.rounds.again(name, wanted)
        with pytest.raises(NotFound):
            await joke.rounds.again(b"?" * 16, wanted)
        await synced(joke, fatma)
        for app in (joke, fatma):
            [fresh] = [r for r in app.rounds.rounds() if r.id == again]
            assert fresh.progress == Progress(12, 1)
            [new] = fresh.walks
            assert [x.door.number for x in app.rounds.doors(new.id)] == [*range(1, 12, 2), *range(12, 0, -2)]
            assert [x.door.number for x in app.rounds.doors(new.id) if x.blocked] == [5]
            assert not any(x.answer or x.seen for x in app.rounds.doors(new.id))
        assert [r.id for r in joke.rounds.rounds()] == [again, name, early], "open ones first"
        old = joke.rounds.round(name)
        assert (old.closed, old.progress, old.walks[0].progress) == (True, counted, counted)
        assert joke.rounds.progress_of_streets(name) == [("Tulpstraat", counted, [])]
        assert session_of(joke).replica.records[again].value("detail.before") == name

    tell(story)


def test_everything_of_a_round_goes_with_its_time_and_the_result_stays_longer(tell: Tell) -> None:
    """Twelve months after its last day, on the month that each envelope says to be kept until; counts seven years."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        name, walk = await one_walk(joke, fatma)
        await fatma.rounds.take(walk)
        await fatma.rounds.tap(walk, at(1), Answer(DoorState.MET))
        await synced(fatma, joke)
        terms = {what: month for month, what, _ in session_of(joke).replica.memory.terms()}
        assert {terms[x] for x in ("round/detail", "walk/plan", "walk/claim", "door/state")} == {202712}
        await joke.rounds.close(name)
        terms = {what: month for month, what, _ in session_of(joke).replica.memory.terms()}
        assert terms["round/result"] == 203312
        kept = {what for _, what, _ in session_of(joke).replica.memory.terms()}
        assert "door/state" not in kept
        t.clock.now += 420 * DAY
        await synced(joke)
        t.clock.now += 2 * DAY
        await synced(joke, joke)
        assert {r.kind for r in session_of(joke).replica.records.values()} & {"walk", "door"} == set()
        [over] = joke.rounds.rounds()
        assert (over.id, over.name, over.closed, over.progress.done, over.walks) == (name, "Najaarsronde", True, 1, ())

    tell(story)


def test_another_s_nonsense_costs_nobody_a_door(tell: Tell) -> None:
    """What a changed app on the round writes, or a version to come, is left out; all else is shown and counted."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        name, walk = await one_walk(joke, fatma)
        session = session_of(fatma)
        rings = frozenset({ring.round_ring(name)})
        await fatma.rounds.tap(walk, at(1), Answer(DoorState.MET))
        nonsense: list[tuple[str, str, bytes, dict[str, object]]] = [
            ("door", "state", walk, {at(3): [["met", "2026-11-18", "noon", True, []], b"\xff", 7], "walk": walk}),
            ("door", "state", walk, {at(5): {"a": b"\x00"}, at(7): [["from the future"]], "nowhere|1|": [[]]}),
            ("door", "state", walk, {at(9): [["met", "not a day", "morning", 1, ["x"]]], "round": "?"}),
            ("walk", "claim", walk, {"walk": walk, "until": 2**62, "round": name}),
            ("door", "state", b"o" * 16, {"walk": [1], "round": 3, at(1): None}),
        ]
        for kind, group, nonce, values in nonsense:
            known = session.replica.records.get(record_id(session.member, kind, nonce))
            fields = {n: Patch(v, known.replaces(f"{group}.{n}") if known else ()) for n, v in values.items()}
            record = record_id(session.member, kind, nonce)
            said = Change(kind, group, record, session.writer.stamp(), fields, None if known else nonce)
            await session.writer.write([Part(said, rings)])
            await session.catch_up()
        await fatma.rounds.tap(walk, at(2), Answer(DoorState.LATER))
        await synced(fatma, joke)
        for app in (fatma, joke):
            looks = app.rounds.doors(walk)
            assert {x.door.number: x.answer.state for x in looks if x.answer} == {1: DoorState.MET, 2: DoorState.LATER}
            assert app.rounds.walk(walk).holding is Holding.FREE, "nobody keeps a walk for ever"
            assert app.rounds.round(name).progress.done == 2
        await joke.rounds.close(name)
        await synced(joke, fatma, joke)
        assert {(c.kind, c.group) for c in await opened(joke)} & {("door", "state"), ("walk", "claim")} == set()
        assert fatma.rounds.rounds() == []

    tell(story)


def test_a_closing_that_stopped_halfway_is_finished_at_the_next_round_of_sync(tell: Tell) -> None:
    """The ring was closed and the device died: nothing is counted twice, nothing is left."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        name, walk = await one_walk(joke, fatma)
        await fatma.rounds.tap(walk, at(1), Answer(DoorState.MET))
        await synced(fatma)
        await session_of(joke).steward.close_round(name)  # and here it stops
        again = await t.joke()
        assert again.rounds.round(name).closed
        assert again.rounds.round(name).progress.done == 1
        await synced(again, fatma, again)
        [look] = again.rounds.rounds()
        assert (look.progress.done, look.late) == (1, Progress())
        assert ("door", "state") not in {(c.kind, c.group) for c in await opened(again)}
        assert fatma.rounds.rounds() == []
        written = session_of(again).log.count()
        await synced(again, again)
        assert session_of(again).log.count() == written

    tell(story)


def test_what_a_lost_phone_had_of_a_round_waits_for_a_coordinator_who_is_told_no_name(tell: Tell) -> None:
    """The door and what was found there, as on the round's own screens; not whose word it is. Taken over it counts as ever.
    Whoever else has it on their phone is not told of it: they can do nothing about it.
    """

    async def story(t: Team) -> None:
        joke, fatma, laptop = await t.joke(), await t.fatma(), await t.unlocked("laptop")
        name, walk = await one_walk(joke, fatma)
        await fatma.rounds.tap(walk, at(1), Answer(DoorState.MET))
        await synced(fatma, joke)
        await fatma.rounds.tap(walk, at(3), Answer(DoorState.LATER))
        await joke.trust.revoke_device(session_of(fatma).device)
        with suppress(StraatError):
            await synced(fatma)
        await synced(joke)
        await synced(laptop)
        assert [a.reason for a in session_of(laptop).replica.aside.values()] == [Quarantined.code]
        assert (joke.sync_status().aside, laptop.sync_status().aside) == (1, 0)
        [item] = joke.trust.quarantine()
        assert (item.kind, item.by) == ("door", "")
        assert item.lines == (("Tulpstraat 3", "later"),)
        assert joke.rounds.round(name).progress.done == 1
        await joke.trust.adopt(item.id)
        assert joke.trust.quarantine() == []
        assert joke.rounds.round(name).progress.done == 2
        assert (await joke.rounds.close(name)).done == 2

    tell(story)


def test_of_two_coordinators_one_counts_what_comes_late_and_the_other_when_that_one_is_gone(tell: Tell) -> None:
    """Whoever finished a round that another began to close; nothing is counted twice, and nothing by nobody."""

    async def story(t: Team) -> None:
        joke, fatma, laptop = await t.joke(), await t.fatma(), await t.unlocked("laptop")
        anneke = t.device("anneke")
        await anneke.start((await joke.invite("Anneke", Role.COORDINATOR)).url)
        await anneke.accept("Anneke", "een andere lange zin")
        await hushed(anneke)
        await synced(anneke, joke)
        await joke.trust.confirm(session_of(anneke).device)
        await synced(joke, anneke)
        name, walk = await one_walk(joke, fatma, anneke)
        await synced(laptop)
        await fatma.rounds.tap(walk, at(1), Answer(DoorState.MET))
        await synced(fatma)
        await fatma.rounds.tap(walk, at(3), Answer(DoorState.LATER))
        await laptop.rounds.tap(walk, at(5), Answer(DoorState.NOT_HOME))
        await session_of(joke).steward.close_round(name)  # and here it stops
        await synced(anneke, anneke, fatma, joke, joke)
        assert [r.late.doors for r in joke.rounds.rounds()] == [0], "it was finished by another, who counts"
        assert joke.trust.quarantine() == []
        await synced(anneke, anneke, joke)
        for app in (anneke, joke):
            [look] = app.rounds.rounds()
            assert (look.progress.done, look.late.doors) == (1, 1)
        await joke.trust.revoke_member(session_of(anneke).member)
        await synced(laptop, joke, joke)
        [look] = joke.rounds.rounds()
        assert (look.progress.done, look.late.states) == (1, ((DoorState.NOT_HOME, 1), (DoorState.LATER, 1)))
        assert [e.counted.doors for e in await laptop.rounds.ended()] == [1]

    tell(story)
