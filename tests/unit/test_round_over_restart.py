"""After a round is over and a phone has dropped it, a restart finds nothing amiss.

Found by the large demo: every collector's phone said, once started again, that something had been withheld. The key under
which a coordinator had erased their tallies was dropped whole, and with it its number in their own ring.
"""

from collections.abc import Awaitable, Callable

from app.services.rounds.models import Answer, DoorState
from tests.support.native_app import synced
from tests.support.rounds import BRAM, bram, one_walk
from tests.support.settled_team import Team, session_of


def test_a_phone_that_restarts_after_a_round_is_over_misses_nothing(
    tell: Callable[[Callable[[Team], Awaitable[None]]], None],
) -> None:
    """No gap is told, and what was found at doors is gone from it all the same."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        walker = await bram(t, joke)
        name, walk = await one_walk(joke, walker)
        for look in walker.rounds.doors(walk)[:3]:
            await walker.rounds.tap(walk, look.door.key, Answer(DoorState.MET))
        await synced(walker, joke)
        await joke.rounds.close(name)
        await synced(joke, walker)
        session_of(walker).log.close()
        again = await t.unlocked("bram", BRAM)
        assert again.sync_status().withheld == 0
        await synced(again)
        assert again.sync_status().withheld == 0
        assert not [r for r in session_of(again).replica.records.values() if r.kind in ("door", "walk", "round")]

    tell(story)
