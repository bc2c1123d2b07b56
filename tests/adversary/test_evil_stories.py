"""A server that serves other stories. What a phone shows is what two coordinators signed, and never what was stopped."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.services.models import Role
from app.services.stories_desk import CONSENT, NAMES, Stage
from app.services.stories_form import StoryForm
from sync.core import stories, wire
from sync.core.errors import BadFormat, BadSignature, Forbidden
from sync.core.stories import Entry, StoryList
from tests.adversary.evil_server import Answer, Siege, besieged, says
from tests.support.native_app import synced
from tests.support.organisation import P
from tests.support.settled_team import FORM, MINUTE, hushed, session_of

STORY = StoryForm(consent=True, title="Samen soep", text="Een buurvrouw kookt voor de hele trap.")
MADE, SOON = "2026-11-25", 11 * MINUTE  # a phone asks again after ten


def titles(s: Siege) -> list[str]:
    """What Fatma's phone shows."""
    return [sheet.title for sheet in s.fatma.stories_desk.published()]


async def two_placed(s: Siege) -> None:
    """Two stories that Joke and Ali have checked, on every phone."""
    ali = s.t.device("ali")
    await ali.start((await s.joke.invite("Ali", Role.COORDINATOR)).url)
    await ali.accept("Ali", "nog een lange zin")
    await hushed(ali)
    await synced(ali, s.joke)
    await s.joke.trust.confirm(session_of(ali).device)
    await synced(s.joke, ali, s.joke)
    for title in ("Eerst", "Samen soep"):
        mine = await s.fatma.stories.save(replace(STORY, title=title), b"", offer=True)
        await synced(s.fatma, s.joke, ali)
        await s.joke.stories_desk.approve(mine, (CONSENT, NAMES))
        await synced(s.joke, ali)
        assert await ali.stories_desk.approve(mine, (CONSENT, NAMES)) is Stage.PLACED
        await synced(ali, s.joke)
    await later(s)
    assert titles(s) == ["Samen soep", "Eerst"]


async def later(s: Siege) -> None:
    """Long enough for Fatma's phone to ask again."""
    s.t.clock.now += SOON
    assert await s.round(s.fatma) == ""


def known(s: Siege) -> StoryList:
    """The list that Fatma's phone has."""
    found = session_of(s.fatma).stories.newest
    assert found is not None
    return found


async def signed(s: Siege, entries: list[Entry], last: StoryList | None, by_fatma: bool = False) -> bytes:
    """A list that a real device signed."""
    who = session_of(s.fatma if by_fatma else s.joke)
    return await stories.sign(P, who.keyring.signing, who.roll, who.device, last, entries, MADE)


def answered(number: int, data: bytes, *secrets: bytes) -> Answer:
    """What the server says of its newest list."""
    return Answer(200, wire.encode([number, data, list(secrets)]), wire.MEDIA_TYPE)


async def an_old_one(s: Siege) -> Answer:
    """The first, as if it were new: what was stopped since would be back."""
    return answered(9, await signed(s, [*known(s).entries], None))


async def alone(s: Siege) -> Answer:
    """One coordinator vouches twice for a story of their own."""
    who = session_of(s.joke)
    sheet = stories.make_sheet(who.roll.state.organisation, bytes(16), "Alleen", "Van mij.", b"", "2027-05-01")
    check = await stories.vouch(P, who.keyring.signing, who.roll, who.device, sheet)
    entry = Entry(sheet.lock, stories.part_hash(sheet.data), sheet.until, (check, check))
    return answered(3, await signed(s, [entry], known(s)))


async def longer(s: Siege) -> Answer:
    """A later last day than the two have signed."""
    entries = [replace(e, until="2029-05-01") for e in known(s).entries]
    return answered(3, await signed(s, entries, known(s)))


async def by_a_contact_person(s: Siege) -> Answer:
    """Signed by Fatma's own phone."""
    return answered(3, await signed(s, [], known(s), by_fatma=True))


async def altered(s: Siege) -> Answer:
    """One bit of the signature."""
    data = await signed(s, [], known(s))
    return answered(3, data[:-1] + bytes([data[-1] ^ 1]))


async def cut(s: Siege) -> Answer:
    """Without its end."""
    return answered(3, (await signed(s, [], known(s)))[:-1])


SERVED: dict[str, tuple[Callable[[Siege], Awaitable[Answer]], str]] = {
    "an old one": (an_old_one, Forbidden.code),
    "a story that one person checked": (alone, Forbidden.code),
    "a later last day": (longer, BadSignature.code),
    "one by a contact person": (by_a_contact_person, Forbidden.code),
    "one altered": (altered, BadSignature.code),
    "one cut off": (cut, BadFormat.code),
}


@pytest.mark.parametrize("name", SERVED)
def test_another_list_of_stories(settled: Path, tmp_path: Path, name: str) -> None:
    """None of these is taken: what was there stays on show, and the round goes on."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            await two_placed(s)
            make, code = SERVED[name]
            s.evil.on("stories", says(await make(s)))
            await later(s)
            assert (session_of(s.fatma).stories.trouble, titles(s)) == (code, ["Samen soep", "Eerst"])
            await s.fatma.save_visit(replace(FORM, note="gaat gewoon door"))
            s.evil.calm()
            await later(s)
            assert session_of(s.fatma).stories.trouble == ""

    asyncio.run(story())


def test_other_words_and_a_stop_that_nobody_said(settled: Path, tmp_path: Path) -> None:
    """A sheet that does not fit its hash is not shown; a secret that opens no lock stops nothing; and a server that is put
    back gets the newest list again.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            await two_placed(s)
            laptop = await s.t.unlocked("laptop")
            first = s.fatma.stories_desk.published()[0]
            other = stories.make_sheet(first.organisation, first.lock, "Anders", "Verzonnen.", b"", first.until)
            s.evil.on("stories/part", says(Answer(200, other.data, wire.MEDIA_TYPE)))
            await synced(laptop)
            assert laptop.stories_desk.published() == []
            s.evil.on("stories", says(answered(2, b"", bytes(16), b"x" * 16)))
            await later(s)
            assert titles(s) == ["Samen soep", "Eerst"]
            s.evil.calm()
            store = s.evil.state.service._store
            organisation = session_of(s.joke).roll.state.organisation
            await store._file.write(lambda db: db.execute("DELETE FROM story_lists").rowcount)
            await store.drop_story_parts(organisation, sorted(await store.story_parts(organisation)))
            await later(s)
            assert (await store.story_list(organisation), len(await store.story_parts(organisation))) == (
                known(s).data,
                2,
            )

    asyncio.run(story())
