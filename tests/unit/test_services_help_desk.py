"""Two coordinators at the help lines: drafts stay, nobody's work is overwritten, numbers never go back."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from app.services.app import App
from app.services.directory.built_in import built_in
from app.services.directory.editing import Kind
from app.services.directory.editing_form import LineForm, NumberForm
from app.services.models import Role
from sync.core.directory import ALWAYS_FIRST
from sync.core.errors import BadInput, Forbidden, RollMoved, Unreachable
from tests.support.native_app import synced
from tests.support.settled_team import JOKE, MINUTE, Team, hushed, session_of

Story = Callable[[Team], Awaitable[None]]
ROOM = LineForm("Buurtkamer", numbers=(NumberForm("073-612 88 88"),), source="gebeld")


async def second(t: Team, joke: App) -> App:
    """Ali, a confirmed coordinator."""
    ali = t.device("ali")
    await ali.start((await joke.invite("Ali", Role.COORDINATOR)).url)
    await ali.accept("Ali", "nog een lange zin")
    await hushed(ali)
    await synced(ali, joke)
    await joke.trust.confirm(session_of(ali).device)
    await synced(joke, ali, joke)
    return ali


def test_a_line_is_changed_seen_published_and_on_the_phone(tell: Callable[[Story], None]) -> None:
    """Added, verified, moved, closed; its source and day are on the phone."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        desk = joke.help_desk
        assert (desk.may, fatma.help_desk.may, desk.current) == (True, False, None)
        assert [e.shown.line.id for e in desk.entries() if e.fixed] == list(ALWAYS_FIRST)
        name = await desk.save("", ROOM)
        await desk.verify(name, "gebeld met de beheerder")
        await desk.move(name, -100)
        other = next(e.shown.line.id for e in desk.entries() if e.shown.line.id not in (*ALWAYS_FIRST, name))
        await desk.save(other, replace(desk.form(other), closed=True, alert="Tot maandag dicht"))
        told = {d.line.id: d.kind for d in desk.changes()}
        assert told == {name: Kind.ADDED, other: Kind.CHANGED}
        assert await desk.publish() == 1
        assert (desk.changes(), desk.current and desk.current.by) == ([], "Joke")
        await synced(fatma)
        line = fatma.directory.shown("buurtkamer")[0].line
        assert (line.checked, line.source) == (fatma.directory.now().date().isoformat(), "gebeld met de beheerder")
        assert fatma.directory.shown()[4].line.id == name
        closed = next(x.line for x in fatma.directory.shown() if x.line.id == other)
        assert (int(closed.status), closed.alert) == (1, "Tot maandag dicht")

    tell(story)


def test_two_coordinators_publishing_at_once_lose_nothing_of_either(tell: Callable[[Story], None]) -> None:
    """The second is told, sees what came in between beneath the own work, and publishes both."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        ali = await second(t, joke)
        assert await joke.help_desk.publish() == 1
        t.clock.now += MINUTE * 11
        await synced(ali)
        await joke.help_desk.save("", ROOM)
        await ali.help_desk.save("", replace(ROOM, name="Inloophuis", numbers=(NumberForm("073-6120000"),)))
        assert await joke.help_desk.publish() == 2
        with pytest.raises(RollMoved):
            await ali.help_desk.publish()
        assert [d.line.id for d in ali.help_desk.changes()] == ["inloophuis"]
        assert ali.help_desk.one("buurtkamer").name == "Buurtkamer"
        assert await ali.help_desk.publish() == 3
        await synced(joke)
        t.clock.now += MINUTE * 11
        await synced(joke)
        assert {"buurtkamer", "inloophuis"} <= {x.id for x in joke.directory.lines()}

    tell(story)


def test_one_line_changed_by_two_waits_for_a_choice(tell: Callable[[Story], None]) -> None:
    """Both texts are shown; nothing is published before."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        ali = await second(t, joke)
        name = await joke.help_desk.save("", ROOM)
        await joke.help_desk.publish()
        t.clock.now += MINUTE * 11
        await synced(ali)
        for app, words in ((joke, "van Joke"), (ali, "van Ali")):
            await app.help_desk.save(name, replace(app.help_desk.form(name), about=words))
        await joke.help_desk.publish()
        with pytest.raises(RollMoved):
            await ali.help_desk.publish()
        assert ali.help_desk.contested == (name,)
        with pytest.raises(BadInput, match="contested"):
            await ali.help_desk.publish()
        entry = next(e for e in ali.help_desk.entries() if e.shown.line.id == name)
        assert (entry.contested, entry.shown.line.about, entry.before and entry.before.about) == (
            True,
            "van Ali",
            "van Joke",
        )
        await ali.help_desk.keep_mine(name)
        assert await ali.help_desk.publish() == 3
        assert ali.help_desk.one(name).about == "van Ali"

    tell(story)


def test_offline_the_draft_is_kept_and_published_later(tell: Callable[[Story], None]) -> None:
    """Nothing of it is lost."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        await joke.help_desk.save("", ROOM)
        t.nets["joke"].offline = True
        with pytest.raises(Unreachable):
            await joke.help_desk.publish()
        await joke.help_desk.keep_form("", replace(ROOM, name="Half get"))
        await joke.locking.stop()
        again = await t.unlocked("joke", JOKE)  # killed, and started anew
        assert [d.line.id for d in again.help_desk.changes()] == ["buurtkamer"]
        assert again.help_desk.form("").name == "Half get"
        assert await again.help_desk.publish() == 1

    tell(story)


def test_going_back_is_a_new_list_with_the_old_lines(tell: Callable[[Story], None]) -> None:
    """Numbers never go back."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        desk = joke.help_desk
        await desk.publish()
        await desk.save("", ROOM)
        await desk.publish()
        await desk.remove("buurtkamer")
        await desk.publish()
        past = await desk.earlier(3)
        assert [(p.number, p.by) for p in past] == [(2, "Joke"), (1, "Joke"), (0, "")]
        assert past[2].lines == built_in()
        assert [d.kind for d in desk.differences(past[1].lines, past[0].lines)] == [Kind.ADDED]
        await desk.take(past[0].lines)
        assert await desk.publish() == 4
        t.clock.now += MINUTE * 11
        await synced(fatma)
        assert fatma.directory.shown("buurtkamer")
        with pytest.raises(Forbidden):
            await fatma.directory.publish(built_in())

    tell(story)


def test_a_file_that_is_read_in_is_a_draft_and_fixed_lines_in_it_change_nothing(tell: Callable[[Story], None]) -> None:
    """It is looked at before it is published."""

    async def story(t: Team) -> None:
        from app.commands.directory import text_of

        joke = await t.joke()
        lines = [replace(built_in()[0], name="Bel ons"), replace(built_in()[5], about="Anders")]
        assert await joke.help_desk.read_file(text_of(lines).encode()) == []
        assert [(d.line.id, d.fields) for d in joke.help_desk.changes()] == [(built_in()[5].id, ("about",))]

    tell(story)
