"""How a round ends: counts alone stay, on every device and on the server; what comes late is counted, and said."""

from collections.abc import Awaitable, Callable

import pytest

from app.services.rounds.models import Answer, DoorState, Interest, Progress, Standing
from sync.core import change, envelope
from sync.core.errors import StraatError
from tests.support.native_app import synced
from tests.support.rounds import one_walk, opened
from tests.support.settled_team import Team

Story = Callable[[Team], Awaitable[None]]
Tell = Callable[[Story], None]
MET, HOME, LATER = Answer(DoorState.MET), Answer(DoorState.NOT_HOME), Answer(DoorState.LATER)


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
        counted = await joke.rounds.close(name)
        states = {DoorState.MET: 1, DoorState.NOT_HOME: 1, DoorState.NO_CONTACT: 1}
        assert counted == Progress(
            12, 0, tuple((s, states[s]) for s in DoorState if s in states), 1, ((Interest.ACTIVITY, 1),)
        )
        await synced(joke, fatma, laptop, joke, fatma)
        for app in (fatma, laptop):
            assert app.rounds.rounds() == []
            assert app.rounds.standing(name) is Standing.OVER
            kinds = {c.kind for c in await opened(app) if c.group != change.ERASE}
            assert not kinds & {"door", "walk", "round"}, "a phone holds nothing of a round that is over"
            assert await app.rounds.ended() == []
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
        await synced(joke, fatma, joke, joke)
        [look] = joke.rounds.rounds()
        late = Progress(3, 0, ((DoorState.MET, 1), (DoorState.LATER, 1), (DoorState.NO_CONTACT, 1)), 1, ())
        assert (look.progress, look.late) == (counted, late)
        [told] = await fatma.rounds.ended()
        assert (told.name, told.counted) == ("Najaarsronde", late)
        assert joke.marks.blocks("Tulpstraat 5"), "a mark stands by itself"
        await synced(fatma, joke, fatma)
        for app in (fatma, joke):
            left = {(c.kind, c.group) for c in await opened(app)}
            assert ("door", "state") not in left
            assert app.aside() == []
            assert not app.sync_status().withheld
        assert joke.trust.quarantine() == []
        fatma.rounds.forget_ended()
        assert await fatma.rounds.ended() == []

    tell(story)
