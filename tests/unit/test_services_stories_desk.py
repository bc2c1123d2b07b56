"""A story on its way to everybody: two persons check, it is placed, and it goes when it has to; no one alone can."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import httpx
import pytest

from app.services import stories_placing
from app.services.app import App
from app.services.models import Role
from app.services.stories import StoryStatus
from app.services.stories_desk import CONSENT, NAMES, PHOTO, Stage
from app.services.stories_form import StoryForm
from sync.core import stories
from sync.core.errors import BadInput, Forbidden
from tests.support.native_app import ORIGIN, synced
from tests.support.settled_team import DAY, MINUTE, Team, hushed, session_of
from tests.unit.test_services_stories import PHOTO as JPEG

Tell = Callable[[Callable[[Team], Awaitable[None]]], None]
FORM = StoryForm(consent=True, title="Samen <soep>", text="Een buurvrouw kookt.\n\nElke week, voor de trap & meer.")
LOOKED = (CONSENT, NAMES)


async def second(t: Team, joke: App, name: str = "Ali") -> App:
    """Another coordinator, confirmed."""
    ali = t.device(name.lower())
    await ali.start((await joke.invite(name, Role.COORDINATOR)).url)
    await ali.accept(name, "nog een lange zin")
    await hushed(ali)
    await synced(ali, joke)
    await joke.trust.confirm(session_of(ali).device)
    await synced(joke, ali, joke)
    return ali


async def later(t: Team, *apps: App) -> None:
    """Long enough for each to ask what is published."""
    t.clock.now += 11 * MINUTE
    await synced(*apps)


async def read(t: Team, path: str = "/verhalen") -> httpx.Response:
    """What anybody sees with a browser."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(t.asgi), base_url=ORIGIN, follow_redirects=True) as c:
        return await c.get(path)


async def placed(t: Team, joke: App, ali: App, fatma: App, form: StoryForm = FORM, photo: bytes = b"") -> bytes:
    """A story of Fatma's that both have checked."""
    story = await fatma.stories.save(form, photo, offer=True)
    await synced(fatma, joke, ali)
    looked = (*LOOKED, PHOTO) if photo else LOOKED
    assert await joke.stories_desk.approve(story, looked) is Stage.MINE
    await synced(joke, ali)
    assert await ali.stories_desk.approve(story, looked) is Stage.PLACED
    return story


def test_two_persons_check_and_then_everybody_reads_it(tell: Tell) -> None:
    """On the page and, its signatures checked, on every phone; one alone can't, nor without having looked."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        ali = await second(t, joke)
        form = replace(FORM, photo_consent=True)
        mine = await fatma.stories.save(form, JPEG, offer=True)
        await synced(fatma, joke, ali)
        desk = joke.stories_desk
        assert [(x.stage, x.story.id) for x in desk.items()] == [(Stage.WAITING, mine)]
        with pytest.raises(BadInput, match="looked"):
            await desk.approve(mine, LOOKED)  # the photo was not looked at
        assert await desk.approve(mine, (*LOOKED, PHOTO)) is Stage.MINE
        with pytest.raises(Forbidden):
            await desk.approve(mine, (*LOOKED, PHOTO))
        assert (await read(t)).status_code == 404
        await synced(joke, ali)
        assert [(x.stage, x.checked) for x in ali.stories_desk.items()] == [(Stage.SECOND, ("Joke",))]
        assert await ali.stories_desk.approve(mine, (*LOOKED, PHOTO)) is Stage.PLACED
        page = await read(t)
        assert (page.status_code, "Samen &lt;soep&gt;" in page.text) == (200, True)
        link = ali.stories_desk.one(mine).link
        told = await read(t, link.removeprefix(ORIGIN))
        assert "<p>Elke week, voor de trap &amp; meer.</p>" in told.text
        assert (await read(t, link.removeprefix(ORIGIN) + "/foto.jpg")).content == JPEG
        await later(t, fatma, joke)
        assert [s.title for s in fatma.stories_desk.published()] == ["Samen <soep>"]
        assert await fatma.stories_desk.photo(fatma.stories_desk.published()[0]) == JPEG
        assert (fatma.stories.one(mine).status, desk.one(mine).stage) == (StoryStatus.PUBLISHED, Stage.PLACED)
        assert (await read(t)).status_code == 200, "a device that has not heard of the second yes took it off the list"

    tell(story)


def test_a_withdrawn_story_is_off_the_page_at_once_with_no_coordinator_there(tell: Tell) -> None:
    """Its author's phone stops it; every phone follows; no coordinator brings it back without knowing."""

    async def story(t: Team) -> None:
        joke, fatma, laptop = await t.joke(), await t.fatma(), await t.unlocked("laptop")
        ali = await second(t, joke)
        mine = await placed(t, joke, ali, fatma)
        await later(t, fatma, laptop)
        assert laptop.stories_desk.published()
        await fatma.stories.withdraw(mine)
        await synced(fatma)
        assert (await read(t)).status_code == 404
        await later(t, laptop)
        assert laptop.stories_desk.published() == []
        await later(t, joke, ali)
        assert [x.story.id for x in joke.stories_desk.items()] == []
        assert session_of(joke).stories.locks() == {}
        store = t.asgi.state.service._store
        assert await store.story_parts(session_of(joke).roll.state.organisation) == set()

    tell(story)


def test_a_coordinator_takes_it_away_when_somebody_asks(tell: Tell) -> None:
    """At once, on the page; on the author's phone it is withdrawn."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        ali = await second(t, joke)
        mine = await placed(t, joke, ali, fatma)
        await ali.stories_desk.take_away(mine)
        assert (await read(t)).status_code == 404
        await later(t, ali, fatma)
        assert fatma.stories.one(mine).status is StoryStatus.WITHDRAWN

    tell(story)


def test_on_its_day_it_is_gone_with_nobody_there(tell: Tell) -> None:
    """From the server by itself, words and photo; from a phone without a network too."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        ali = await second(t, joke)
        day = fatma.stories.today().fromordinal(fatma.stories.today().toordinal() + 3)
        await placed(t, joke, ali, fatma, replace(FORM, withdraw_on=day, photo_consent=True), JPEG)
        await later(t, fatma)
        assert fatma.stories_desk.published()
        t.nets["fatma"].offline = True
        t.clock.now += 3 * DAY
        assert (await read(t)).status_code == 404
        assert fatma.stories_desk.published() == []
        store = t.asgi.state.service._store
        organisation = session_of(joke).roll.state.organisation
        assert len(await store.story_parts(organisation)) == 2
        await t.asgi.state.service.drop_expired()
        assert await store.story_parts(organisation) == set()

    tell(story)


def test_sent_back_with_a_word_it_waits_for_its_author_and_then_for_two_again(tell: Tell) -> None:
    """Whoever changes a letter after a yes has nobody's yes any more."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        ali = await second(t, joke)
        mine = await fatma.stories.save(FORM, b"", offer=True)
        await synced(fatma, joke, ali)
        await joke.stories_desk.approve(mine, LOOKED)
        await synced(joke, ali)
        with pytest.raises(BadInput, match="reply"):
            await ali.stories_desk.send_back(mine, " ")
        await ali.stories_desk.send_back(mine, "De straat staat erin.")
        await synced(ali, joke, fatma)
        item = joke.stories_desk.one(mine)
        assert (item.stage, item.word, item.word_by) == (Stage.RETURNED, "De straat staat erin.", "Ali")
        assert fatma.stories.sent_back(mine) == ("De straat staat erin.", "Ali")
        t.clock.now += 1000
        await fatma.stories.save(replace(FORM, text="Zonder straat."), b"", mine)
        await synced(fatma, joke, ali)
        item = ali.stories_desk.one(mine)
        assert (item.stage, item.checked, item.stale) == (Stage.WAITING, (), ("Joke",))
        await ali.stories_desk.approve(mine, LOOKED)
        await synced(ali, joke)
        assert await joke.stories_desk.approve(mine, LOOKED) is Stage.PLACED

    tell(story)


def test_both_yes_while_offline_is_placed_with_the_first_network(tell: Tell) -> None:
    """By itself: nobody has to press again."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        ali = await second(t, joke)
        mine = await fatma.stories.save(FORM, b"", offer=True)
        await synced(fatma, joke, ali)
        for name in ("joke", "ali"):
            t.nets[name].offline = True
        assert await joke.stories_desk.approve(mine, LOOKED) is Stage.MINE
        assert await ali.stories_desk.approve(mine, LOOKED) is Stage.MINE
        for name in ("joke", "ali"):
            t.nets[name].offline = False
        await synced(joke, ali)
        assert (await read(t)).status_code == 200
        assert ali.stories_desk.one(mine).stage is Stage.PLACED

    tell(story)


def test_a_published_story_that_is_changed_is_another_story(tell: Tell) -> None:
    """The old words are gone at once, for everyone; the new ones wait for two again."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        ali = await second(t, joke)
        mine = await placed(t, joke, ali, fatma)
        await later(t, fatma)
        other = await fatma.stories.save(replace(FORM, text="Anders."), b"", mine)
        await synced(fatma, joke)
        assert other != mine
        assert (await read(t)).status_code == 404
        assert [(x.story.id, x.stage) for x in joke.stories_desk.items()] == [(other, Stage.WAITING)]

    tell(story)


def test_when_who_signed_the_list_leaves_another_s_device_signs_it_by_itself(tell: Tell) -> None:
    """What two persons checked stays checked."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        ali = await second(t, joke)
        await placed(t, joke, ali, fatma)
        await joke.trust.revoke_member(session_of(ali).member)
        await later(t, joke)
        assert (await read(t)).status_code == 200
        await later(t, fatma)
        assert [s.title for s in fatma.stories_desk.published()] == [FORM.title]
        newest = session_of(fatma).stories.newest
        assert newest is not None
        assert newest.device == session_of(joke).device

    tell(story)


def test_a_false_yes_in_another_s_name_places_nothing_and_stops_no_other(tell: Tell) -> None:
    """A coordinator who writes a yes with a signature that does not hold is one person still."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        ali = await second(t, joke)
        good, bad = [await fatma.stories.save(replace(FORM, title=x), b"", offer=True) for x in ("Goed", "Slecht")]
        await synced(fatma, joke, ali)
        session = session_of(ali)
        record = session.replica.records[bad]
        sheet = stories_placing.sheet_of(session, record)
        assert sheet is not None
        false = [stories.part_hash(sheet.data), [], session.roll.state.head, session.device, bytes(64)]
        await ali.stories_desk._write(record, {"approved": false})
        await joke.stories_desk.approve(good, LOOKED)
        await synced(joke, ali, joke)
        assert await joke.stories_desk.approve(bad, LOOKED) is Stage.PLACING
        await synced(joke, ali)
        assert await ali.stories_desk.approve(good, LOOKED) is Stage.PLACED
        assert "Slecht" not in (await read(t)).text

    tell(story)
