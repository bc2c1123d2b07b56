"""Stories: consent first, a draft for oneself, offered to the coordinators, withdrawn for good; and their photo."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.commands.native_device import QuietPage
from app.services.app import App
from app.services.models import LockChoices, Stage
from app.services.stories import NEW, keep_promises
from app.services.stories_form import (
    MAX_TEXT,
    MAX_TITLE,
    StoryForm,
    StoryStatus,
    check,
    from_plain,
    last_words,
    status_of,
    to_plain,
)
from app.services.stories_photo import MAX_PHOTO, bare
from sync.core import envelope
from sync.core.errors import BadInput, Forbidden, Locked, NotFound
from sync.core.hlc import ZERO
from sync.core.merge import Version
from sync.core.ports import LogState
from tests.support.native_app import TestClock, synced
from tests.support.settled_team import DAY, Team, session_of

Tell = Callable[[Callable[[Team], Awaitable[None]]], None]
TODAY = date(2026, 11, 18)
FORM = StoryForm(consent=True, title="Samen soep", text="Een buurvrouw kookt nu elke week voor de hele trap.")


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


JFIF = _segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
TABLES = _segment(0xDB, bytes(65)) + _segment(0xC0, b"\x08\0\x10\0\x10\x01\x01\x11\0")
PICTURE = _segment(0xDA, b"\x01\x01\0\0\x3f\0") + bytes(range(1, 200)) + b"\xff\xd9"
PHOTO = b"\xff\xd8" + JFIF + TABLES + PICTURE


def _page(app: App) -> QuietPage:
    page = app.live.page
    assert isinstance(page, QuietPage)
    return page


def test_a_draft_is_its_author_s_alone_until_it_is_offered(tell: Tell) -> None:
    """The other own device reads it; the coordinator not a byte of it, and all of it, photo too, once offered."""

    async def story(t: Team) -> None:
        fatma, laptop, joke = await t.fatma(), await t.unlocked("laptop"), await t.joke()
        told = replace(FORM, photo_consent=True)
        mine = await fatma.stories.save(told, PHOTO)
        await synced(fatma, laptop, joke)
        assert [(s.id, s.form, s.status) for s in laptop.stories.all()] == [(mine, told, StoryStatus.DRAFT)]
        assert laptop.stories.photo(mine) == PHOTO
        assert joke.stories.all() == []
        own, held = session_of(fatma).own_ring(), list(session_of(joke).log.read(0, 1000))
        assert not any([link.ring for link in envelope.parse(e.data).header.links] == [own] for e in held)
        assert await fatma.stories.save(told, PHOTO, mine, offer=True) == mine
        await synced(fatma, laptop, joke)
        [seen] = joke.stories.all()
        assert (seen.id, seen.form, seen.status, seen.by) == (mine, told, StoryStatus.OFFERED, "Fatma")
        assert joke.stories.photo(mine) == PHOTO
        assert laptop.stories.one(mine).status is StoryStatus.OFFERED
        assert session_of(joke).replica.aside == {}
        with pytest.raises(Forbidden):
            await joke.stories.save(FORM, b"", mine)

    tell(story)


def test_a_change_made_elsewhere_while_it_was_offered_is_not_lost(tell: Tell) -> None:
    """Both texts are shown to the author until one is chosen; then the coordinator reads that one."""

    async def story(t: Team) -> None:
        fatma, laptop, joke = await t.fatma(), await t.unlocked("laptop"), await t.joke()
        mine = await fatma.stories.save(FORM, b"")
        await synced(fatma, laptop)
        await fatma.stories.save(FORM, b"", mine, offer=True)
        t.clock.now += 1000
        await laptop.stories.save(replace(FORM, text="Op de laptop verder geschreven."), b"", mine)
        await synced(fatma, laptop, fatma, joke)
        seen = fatma.stories.one(mine)
        assert {seen.form.text, *seen.other_texts} == {FORM.text, "Op de laptop verder geschreven."}
        chosen = replace(FORM, text="Samen gekozen.")
        t.clock.now += 1000
        await fatma.stories.save(chosen, b"", mine, offer=True)
        await synced(fatma, joke, laptop)
        assert {a.stories.one(mine).form.text for a in (fatma, joke, laptop)} == {"Samen gekozen."}
        assert joke.stories.one(mine).status is StoryStatus.OFFERED

    tell(story)


def test_a_withdrawn_story_is_gone_at_once_for_everyone(tell: Tell) -> None:
    """Text and photo, and the draft of a change to it; only that it was withdrawn is known, and it stays so."""

    async def story(t: Team) -> None:
        fatma, joke = await t.fatma(), await t.joke()
        mine = await fatma.stories.save(replace(FORM, photo_consent=True), PHOTO, offer=True)
        await synced(fatma, joke)
        await fatma.stories.keep_draft(mine.hex(), FORM)
        with pytest.raises(Forbidden):
            await joke.stories.withdraw(mine)
        written = {name for name, o in session_of(joke).replica.origins.items() if o.record == mine}
        assert len(written) == 2
        await fatma.stories.withdraw(mine)
        await synced(fatma, joke, fatma)
        for app in (fatma, joke):  # nothing but the stubs is left of text and photo
            left = {e.state for e in session_of(app).log.read(0, 10_000) if e.id in written}
            assert left == {LogState.STUB}
        for app in (fatma, joke):
            assert (app.stories.all(), app.stories.some_withdrawn()) == ([], True)
            gone = app.stories.one(mine)
            assert (gone.status, gone.form, gone.photo, app.stories.photo(mine)) == (
                StoryStatus.WITHDRAWN,
                StoryForm(),
                False,
                b"",
            )
        assert fatma.stories.draft(mine.hex()) is None
        with pytest.raises(NotFound):
            await fatma.stories.save(FORM, b"", mine)

    tell(story)


def test_a_photo_that_is_taken_back_from_an_offered_story_is_gone_at_the_coordinator_s(tell: Tell) -> None:
    """Without it, or with another one: the story goes on, the old photo is a stub."""

    async def story(t: Team) -> None:
        fatma, joke = await t.fatma(), await t.joke()
        told = replace(FORM, photo_consent=True)
        mine = await fatma.stories.save(told, PHOTO, offer=True)
        assert await fatma.stories.save(replace(told, text="Beter verteld."), PHOTO, mine) == mine
        await synced(fatma, joke)
        first = {name for name, o in session_of(joke).replica.origins.items() if o.record == mine}
        other = PHOTO[:-2] + bytes([7]) + PHOTO[-2:]
        second = await fatma.stories.save(told, other, mine)
        third = await fatma.stories.save(FORM, b"", second)
        assert len({mine, second, third}) == 3
        await synced(fatma, joke, fatma)
        for app in (fatma, joke):
            assert [(s.id, s.form, s.photo) for s in app.stories.all()] == [(third, FORM, False)]
            left = {e.state for e in session_of(app).log.read(0, 10_000) if e.id in first}
            assert left == {LogState.STUB}

    tell(story)


def test_the_day_of_withdrawal_is_honoured_by_every_reader_and_then_erased(tell: Tell) -> None:
    """Hidden at once where the author's device is off; erased everywhere once that is on. The envelopes end with it."""

    async def story(t: Team) -> None:
        fatma, joke = await t.fatma(), await t.joke()
        until = replace(FORM, withdraw_on=TODAY + timedelta(days=3), photo_consent=True)
        mine = await fatma.stories.save(until, PHOTO, offer=True)
        await synced(fatma, joke)
        expiries = {envelope.parse(e.data).header.expiry for e in session_of(joke).log.read(0, 1000)}
        assert 202611 in expiries
        t.clock.now += 2 * DAY
        assert await keep_promises(session_of(fatma)) == 0
        assert joke.stories.one(mine).form == until
        t.clock.now += DAY
        assert (joke.stories.all(), joke.stories.photo(mine), joke.stories.one(mine).form) == ([], b"", StoryForm())
        assert await keep_promises(session_of(joke)) == 0, "another's is hidden, not erased"
        assert await keep_promises(session_of(fatma)) == 1
        assert await keep_promises(session_of(fatma)) == 0
        await synced(fatma, joke)
        assert session_of(joke).replica.records[mine].fields == {}
        assert joke.stories.some_withdrawn()

    tell(story)


def test_a_removed_draft_comes_back_and_an_offered_story_is_withdrawn_instead(tell: Tell) -> None:
    """Removing is for what only its author has."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        mine = await fatma.stories.save(replace(FORM, withdraw_on=TODAY - timedelta(days=1)), b"")
        await fatma.stories.set_removed(mine, True)
        assert (fatma.stories.all(), fatma.stories.some_withdrawn()) == ([], False)
        await fatma.stories.set_removed(mine, False)
        assert [s.id for s in fatma.stories.all()] == [mine], "a draft has no day to be withdrawn"
        await fatma.stories.save(FORM, b"", mine, offer=True)
        with pytest.raises(NotFound):
            await fatma.stories.set_removed(mine, True)

    tell(story)


def test_a_half_told_story_and_its_photo_are_there_after_a_restart(tell: Tell) -> None:
    """The photo apart from the text; saving drops both, and a photo taken away stays away."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        assert fatma.stories.draft(NEW) is None
        await fatma.stories.keep_draft(NEW, FORM)
        assert fatma.stories.draft(NEW) == (FORM, None)
        assert await fatma.stories.choose_photo(NEW, "", "", "") == b"", "none was chosen"
        _page(fatma).photo = PHOTO
        assert await fatma.stories.choose_photo(NEW, "", "", "") == PHOTO
        again = await t.fatma()
        assert again.stories.draft(NEW) == (FORM, PHOTO)
        mine = await again.stories.save(replace(FORM, photo_consent=True), PHOTO)
        assert again.stories.draft(NEW) is None
        await again.stories.keep_draft(mine.hex(), FORM)
        await again.stories.keep_photo(mine.hex(), b"")
        last = await t.fatma()
        assert last.stories.draft(mine.hex()) == (FORM, b"")
        await last.stories.save(FORM, b"", mine)
        assert (last.stories.one(mine).photo, last.stories.photo(mine)) == (False, b"")

    tell(story)


class _Camera(QuietPage):
    """A page that is out of sight while the photo is taken, for so long."""

    seconds = 0
    app: App
    clock: TestClock

    async def shrink_photo(self, hint: str, choose: str, close: str) -> bytes:
        """See PagePort."""
        await self.app.locking.out_of_sight()
        self.clock.now += self.seconds * 1000
        await self.app.locking.in_sight()
        return PHOTO


def test_taking_a_photo_does_not_lock_the_app_and_forgetting_it_does(tell: Tell) -> None:
    """Not even where it locks as soon as it is hidden; after three minutes, and for anything else, it does."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        fatma.safety.choose(LockChoices(10, 0))
        camera = _Camera("http://test")
        camera.app, camera.clock = fatma, t.clock
        fatma.live.page = camera
        camera.seconds = 170
        assert await fatma.stories.choose_photo(NEW, "", "", "") == PHOTO
        assert fatma.stage is Stage.OPEN
        camera.seconds = 181
        with pytest.raises(Locked):
            await fatma.stories.choose_photo(NEW, "", "", "")
        assert fatma.stage is Stage.LOCKED
        again = await t.fatma()
        await again.locking.out_of_sight()
        assert again.stage is Stage.LOCKED, "hidden for another reason"

    tell(story)


def test_a_photo_of_the_largest_size_travels_in_one_round(tell: Tell) -> None:
    """300 kB fits an envelope, its padding and a page of sync; ten of them too."""

    async def story(t: Team) -> None:
        fatma, joke = await t.fatma(), await t.joke()
        large = PHOTO[:-2] + b"\x01" * (MAX_PHOTO - len(PHOTO)) + b"\xff\xd9"
        for _ in range(10):
            last = await fatma.stories.save(replace(FORM, photo_consent=True), large, offer=True)
        await synced(fatma, joke)
        assert len(joke.stories.all()) == 10
        assert joke.stories.photo(last) == large
        assert fatma.sync_status().unsent == 0

    tell(story)


@pytest.mark.parametrize(
    ("form", "photo", "refusal"),
    [
        (replace(FORM, consent=None), b"", ("consent", "missing")),
        (replace(FORM, consent=False), b"", ("consent", "missing")),
        (replace(FORM, title="  "), b"", ("title", "missing")),
        (replace(FORM, title="x" * (MAX_TITLE + 1)), b"", ("title", "too_long")),
        (replace(FORM, text="x" * (MAX_TEXT + 1)), b"", ("text", "too_long")),
        (FORM, PHOTO, ("photo", "consent")),
        (replace(FORM, text=" "), b"", ("text", "missing")),
        (replace(FORM, withdraw_on=TODAY), b"", ("withdraw_on", "past")),
    ],
)
def test_a_story_that_can_t_be_offered_is_refused_at_its_field(
    form: StoryForm, photo: bytes, refusal: tuple[str, str]
) -> None:
    """Without consent nothing is kept at all."""
    check(FORM, TODAY, True, b"")
    with pytest.raises(BadInput) as refused:
        check(form, TODAY, True, photo)
    assert (refused.value.field, refused.value.why) == refusal


def test_a_draft_may_be_unfinished() -> None:
    """A title is enough, and a day that has passed is no matter yet."""
    check(StoryForm(True, "Soep", "", TODAY), TODAY, False, b"")


def test_a_story_draft_of_another_version_is_read_as_far_as_it_goes() -> None:
    """What is of another type is left empty."""
    assert from_plain(to_plain(FORM)) == FORM
    assert from_plain({"consent": 1, "title": "Soep", "text": 3, "withdraw_on": 4}) == StoryForm(title="Soep")


@pytest.mark.parametrize(
    ("written", "erased", "day", "published", "read"),
    [
        ("draft", False, TODAY, True, StoryStatus.DRAFT),
        ("of a newer version", False, None, False, StoryStatus.DRAFT),
        ("offered", False, None, False, StoryStatus.OFFERED),
        ("offered", False, TODAY + timedelta(days=1), True, StoryStatus.PUBLISHED),
        ("offered", False, TODAY, True, StoryStatus.WITHDRAWN),
        ("withdrawn", False, None, True, StoryStatus.WITHDRAWN),
        ("offered", True, None, True, StoryStatus.WITHDRAWN),
    ],
)
def test_what_a_reader_makes_of_a_story(
    written: str, erased: bool, day: date | None, published: bool, read: StoryStatus
) -> None:
    """Withdrawal wins over publication."""
    assert status_of(written, erased, day, published, TODAY) is read


def test_the_last_word_of_each_coordinator_counts() -> None:
    """What nobody known wrote does not."""

    def said(name: bytes, device: bytes, value: bool) -> Version:
        return Version(ZERO._replace(counter=name[0]), device, name, value)

    yes, no, other = said(b"\1", b"j", True), said(b"\2", b"j", False), said(b"\3", b"a", True)
    members = {b"\1": b"joke", b"\2": b"joke", b"\3": b"ahmed", b"\4": b"joke"}
    assert last_words([yes, other], members) == {b"joke": True, b"ahmed": True}
    assert last_words([other, no, yes], members) == {b"joke": False, b"ahmed": True}
    assert last_words([no, said(b"\4", b"j2", True)], members) == {b"joke": True}
    assert last_words([said(b"\5", b"x", True)], members) == {}


@pytest.mark.parametrize(
    "telling",
    [
        _segment(0xE1, b"Exif\0\0" + b"51.69, 5.30 Fairphone"),
        _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>"),
        _segment(0xED, b"Photoshop 3.0"),
        _segment(0xFE, b"Gemaakt door Fatma"),
        _segment(0xEE, b"Nikon"),
    ],
)
def test_what_a_camera_writes_beside_the_picture_is_taken_out(telling: bytes) -> None:
    """Wherever it stands, also behind the end; what the colours need stays."""
    adobe = _segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01")
    thumbnail = _segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\x02\x02" + bytes(12))
    seen = b"\xff\xd8" + thumbnail + telling + adobe + TABLES + telling + PICTURE + telling
    assert bare(seen) == b"\xff\xd8" + JFIF + adobe + TABLES + PICTURE
    assert bare(PHOTO) == PHOTO


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "unreadable"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "unreadable"),
        (PHOTO[:30], "unreadable"),
        (b"\xff\xd8\xff\xe1\xff\xff" + bytes(9) + b"\xff\xd9", "unreadable"),
        (b"\xff\xd8" + bytes(40) + b"\xff\xd9", "unreadable"),
        (b"\xff\xd8\xff\xe1\0\0" + PHOTO[2:], "unreadable"),
        (PHOTO[:-2] + bytes([1]) * MAX_PHOTO + b"\xff\xd9", "too_large"),
    ],
)
def test_what_is_no_small_photo_is_refused(data: bytes, why: str) -> None:
    """Whatever a browser hands over."""
    with pytest.raises(BadInput) as refused:
        bare(data)
    assert (refused.value.field, refused.value.why) == ("photo", why)
