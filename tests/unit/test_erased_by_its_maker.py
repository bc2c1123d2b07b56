"""What others wrote in a record that its maker erased is explained to whoever comes later.

Found by a naive user: Fatma withdrew a story that two coordinators had approved, and lost her phone; the new one said that
something of two devices was missing, and always would. A contact person's word that something is erased counts for what
they wrote themselves, and nobody else had named the coordinators' approvals.
"""

from collections.abc import Awaitable, Callable

from app.services.app import App
from sync.device import meta
from tests.support.native_app import synced
from tests.support.settled_team import FATMA, Team, hushed, session_of
from tests.unit.test_services_stories_desk import placed, second

Tell = Callable[[Callable[[Team], Awaitable[None]]], None]


async def _back(t: Team, joke: App, fatma: App) -> App:
    """Fatma lost all that she had, and came back with a new phone."""
    member = session_of(fatma).member
    await joke.trust.revoke_member(member)
    new = t.device("new")
    await new.start((await joke.invite_back(member)).url)
    await new.accept("", FATMA)
    return await hushed(new)


def test_nothing_is_missing_on_a_new_phone_after_an_approved_story_was_withdrawn(tell: Tell) -> None:
    """Nor for a coordinator who comes later, also after a restart without the saved view."""

    async def story(t: Team) -> None:
        fatma, joke = await t.fatma(), await t.joke()
        ali = await second(t, joke)
        mine = await placed(t, joke, ali, fatma)
        await synced(joke, ali, fatma)
        await fatma.stories.withdraw(mine)
        await synced(fatma, joke, joke, ali, fatma)
        for app in (fatma, joke, ali):
            assert app.sync_status().withheld == 0
            assert session_of(app).log.get(meta.UNNAMED) is None
            replica = session_of(app).replica
            by = [replica.origins[o].device for o in {o for words in replica.gone.named.values() for o in words}]
            assert sorted(by) == sorted([session_of(fatma).device, session_of(joke).device])  # Ali had heard Joke's
        new = await _back(t, joke, fatma)
        await synced(new, joke, ali, new, joke, ali, new)
        left = session_of(new).replica.gone.left.values()
        assert {session_of(joke).device, session_of(ali).device} <= {x.device for x in left}
        assert new.sync_status().withheld == 0
        third = await second(t, joke, "Bo")
        await synced(third, third)
        assert third.sync_status().withheld == 0
        again = await t.unlocked("new")
        assert again.sync_status().withheld == 0

    tell(story)
