"""Rounds between real devices over a real server: made, walked by two, closed, walked again."""

from collections.abc import Awaitable, Callable

from app.services.rounds.models import Answer, DoorState, Holding, Interest
from tests.support.native_app import synced
from tests.support.rounds import plan, put_street, street
from tests.support.settled_team import Team, session_of

Story = Callable[[Team], Awaitable[None]]
Tell = Callable[[Story], None]


def test_a_round_is_made_and_walked_and_seen(tell: Tell) -> None:
    """Made."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        tulip = await put_street(joke, street("Tulpstraat", range(1, 13)))
        name = await joke.rounds.make(plan([tulip], [session_of(fatma).member]))
        await synced(joke, fatma, fatma)
        [look] = fatma.rounds.rounds()
        assert look.id == name
        assert look.progress.doors == 12
        [walk] = look.walks
        await fatma.rounds.take(walk.id)
        assert fatma.rounds.walk(walk.id).holding is Holding.MINE
        first = fatma.rounds.next_door(walk.id)
        assert first
        await fatma.rounds.tap(walk.id, first, Answer(DoorState.MET, True, (Interest.ACTIVITY,)), new_resident=True)
        second = fatma.rounds.next_door(walk.id, first)
        await fatma.rounds.tap(walk.id, second, Answer(DoorState.NO_CONTACT))
        await synced(fatma, joke)
        [seen] = joke.rounds.rounds()
        assert dict(seen.progress.states) == {DoorState.MET: 1, DoorState.NO_CONTACT: 1}
        assert joke.rounds.walk(walk.id).holding is Holding.OTHERS
        done = await joke.rounds.close(name)
        assert done.done == 2
        await synced(joke, fatma, joke)
        assert fatma.rounds.rounds() == []
        [over] = joke.rounds.rounds()
        assert over.closed
        assert over.progress == done

    tell(story)
