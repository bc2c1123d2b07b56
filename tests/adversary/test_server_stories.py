"""Stories given to an honest server by those who should not, and pages that say only what may be said."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from html.parser import HTMLParser

import httpx
import pytest
from starlette.applications import Starlette

from app.services.stories_photo import bare
from sync.core import ring, stories, wire
from sync.core.errors import StraatError
from sync.core.rights import Role
from sync.core.ring import grant
from sync.core.roll_entry import Granted, sign
from sync.core.stories import Entry, Sheet
from sync.server.store_memory import MemoryStore
from sync.server.story_pages import HEADERS
from tests.support.native_app import ORIGIN, TestClock
from tests.support.organisation import RANDOM, Organisation, P, Person, founded
from tests.support.server import Caller, serving
from tests.unit.test_services_stories import PHOTO

MADE, UNTIL = "2026-11-18", "2027-05-01"
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
JPEG = bare(PHOTO)


@dataclass(slots=True)
class Desk:
    """Two coordinators, a contact person, and a server that knows them."""

    organisation: Organisation
    app: Starlette
    caller: Caller
    tokens: dict[bytes, str]
    joke: Person
    ali: Person
    fatma: Person

    def sheet(
        self, title: str = "Samen soep", text: str = "Voor de trap.", photo: bytes = b"", until: str = UNTIL
    ) -> Sheet:
        """The words of a story."""
        named = stories.part_hash(photo) if photo else b""
        lock = stories.lock_of(stories.secret_of(title.encode()))
        return stories.make_sheet(self.organisation.id, lock, title, text, named, until)

    async def entry(self, sheet: Sheet, *people: Person) -> Entry:
        """With the yes of these two."""
        roll = self.organisation.roll
        one, two = [
            await stories.vouch(P, p.keyring.signing, roll, p.device, sheet) for p in people or (self.joke, self.ali)
        ]
        return Entry(sheet.lock, stories.part_hash(sheet.data), sheet.until, (one, two))

    async def listed(self, entries: list[Entry], last: bytes = b"", by: Person | None = None) -> bytes:
        """A signed list."""
        who, before = by or self.joke, stories.parse(last) if last else None
        return await stories.sign(P, who.keyring.signing, self.organisation.roll, who.device, before, entries, MADE)

    async def give(self, path: str, data: bytes, by: Person | None = None) -> str:
        """The error code of giving this to the server, "" for none."""
        try:
            await self.caller.send(f"stories/{path}", data, None, self.tokens[(by or self.joke).device])
        except StraatError as error:
            return error.code
        return ""

    async def put(self, sheet: Sheet, photo: bytes = b"") -> bytes:
        """A story that is published, words and photo."""
        data = await self.listed([await self.entry(sheet)])
        assert await self.give("publish", data) == ""
        assert await self.give("deliver", sheet.data) == ""
        if photo:
            assert await self.give("deliver", photo) == ""
        return data

    async def read(self, path: str, **headers: str) -> httpx.Response:
        """As anybody does with a browser."""
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers) as client:
            return await client.get(path)

    def page(self, sheet: Sheet) -> str:
        """The path of its page."""
        return f"/verhalen/{self.organisation.id.hex()[:12]}/{sheet.lock.hex()[:20]}"


async def _second(organisation: Organisation, joke: Person) -> Person:
    ali = await organisation.joined(await organisation.invited(joke, Role.COORDINATOR))
    state = organisation.roll.state
    team = state.device(joke.device).team
    wanted = ring.coordinators_ring(team)
    [(_, epoch, private)] = [x for x in joke.secrets.rings if x[0] == wanted and x[1] == state.rings[wanted].epoch]
    agreement = state.device(ali.device).agreement
    seed = RANDOM.bytes(32)
    made = await grant(P, seed, private, organisation.id, wanted, epoch, agreement)
    body = Granted(((wanted, epoch, ali.device, made.sealed),))
    await organisation.roll.extend(P, [await sign(P, joke.keyring.signing, state.head, joke.device, body)])
    return ali


def told(work: Callable[[Desk], Awaitable[None]]) -> None:
    """With a server in memory."""

    async def whole() -> None:
        clock = TestClock()
        organisation = await founded(clock)
        joke, fatma = organisation.people[:2]
        ali = await _second(organisation, joke)
        async with serving(MemoryStore(), clock, organisation) as app:
            caller = Caller(app)
            tokens = {p.device: await caller.signed_in(p) for p in (joke, ali, fatma)}
            await work(Desk(organisation, app, caller, tokens, joke, ali, fatma))
            await caller.close()

    asyncio.run(whole())


def test_a_list_that_two_coordinators_did_not_make_is_refused() -> None:
    """By anybody else, with one yes, with a made-up one, too long, too large, an old one again: nothing is changed."""

    async def work(d: Desk) -> None:
        sheet = d.sheet()
        good = await d.entry(sheet)
        first = await d.listed([good])
        one = Entry(good.lock, good.sheet, good.until, (good.checks[0], good.checks[0]))
        assert await d.give("publish", await d.listed([one])) == "forbidden"
        assert await d.give("publish", await d.listed([await d.entry(sheet, d.joke, d.fatma)])) == "forbidden"
        assert await d.give("publish", await d.listed([good], by=d.fatma)) == "forbidden"
        assert await d.give("publish", first[:-1] + bytes([first[-1] ^ 1])) == "bad_signature"
        late = (date.fromisoformat(MADE) + timedelta(days=stories.MAX_DAYS + 1)).isoformat()
        assert await d.give("publish", await d.listed([await d.entry(d.sheet(until=late))])) == "forbidden"
        assert await d.give("publish", b"\x0f\1" + bytes(stories.MAX_LIST_BYTES + 9_000)) == "too_large"
        assert await d.give("publish", b"rubbish") == "bad_format"
        assert (await d.read("/verhalen")).status_code == 404
        assert await d.give("publish", first, by=d.fatma) == ""  # whoever carries it: the signatures count
        second = await d.listed([], first)
        assert await d.give("publish", second) == ""
        assert await d.give("publish", first) == "forbidden"
        assert await d.give("publish", second) == ""  # the newest once more
        answer = await d.caller.ask("stories", [d.organisation.id, 0], wire.STORIES)
        assert (answer[0], answer[1]) == (2, second)

    told(work)


def test_parts_that_the_list_does_not_name_are_not_kept() -> None:
    """No other words, no picture that is none, nothing after the story is stopped; and a guess stops nothing."""

    async def work(d: Desk) -> None:
        page = b"<html><script>alert(1)</script>"
        sheet = d.sheet(photo=page)
        assert await d.give("publish", await d.listed([await d.entry(sheet)])) == ""
        assert await d.give("deliver", d.sheet(text="Andere woorden.").data) == "not_found"
        assert await d.give("deliver", page) == "not_found"  # its sheet is not there yet
        assert await d.give("deliver", sheet.data) == ""
        assert await d.give("deliver", page) == "bad_format"
        assert await d.give("deliver", bytes(stories.MAX_PHOTO_BYTES + 9_000)) == "too_large"
        assert "<img" not in (await d.read(d.page(sheet))).text
        assert (await d.read(d.page(sheet) + "/foto.jpg")).status_code == 404
        with pytest.raises(StraatError) as caught:
            await d.caller.ask("stories/stop", [d.organisation.id, bytes(16)])
        assert caught.value.code == "not_found"
        secret = stories.secret_of(b"Samen soep")
        await d.caller.ask("stories/stop", [d.organisation.id, secret])  # no token: whoever has it may
        assert (await d.read(d.page(sheet))).status_code == 404
        assert await d.give("deliver", sheet.data) == "not_found"
        assert await d.caller.ask("stories/part", [d.organisation.id, stories.part_hash(sheet.data)]) == b""
        assert (await d.caller.ask("stories", [d.organisation.id, 0], wire.STORIES))[2] == (secret,)

    told(work)


class _Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See HTMLParser."""
        self.found.append((tag, dict(attrs)))


ALLOWED = {
    "html",
    "head",
    "meta",
    "title",
    "link",
    "body",
    "header",
    "main",
    "footer",
    "h1",
    "h2",
    "p",
    "br",
    "img",
    "a",
}


@pytest.mark.parametrize("host", ["test", 'x"><script>', "evil.example/..", "a" * 300])
def test_words_of_a_story_are_words_and_never_a_page_s_own(host: str) -> None:
    """Title, text and address with markup in them: no tag, no attribute, no address of elsewhere comes of it."""

    async def work(d: Desk) -> None:
        sheet = d.sheet(f"Soep {EVIL}", f"Eerst.\n\n{EVIL}\nhttps://evil.example", JPEG)
        await d.put(sheet, JPEG)
        for path in ("/verhalen", d.page(sheet), f"/verhalen/{d.organisation.id.hex()[:12]}", "/verhalen/x/y"):
            answer = await d.read(path, host=host)
            tags = _Tags(answer.text).found
            assert {tag for tag, _ in tags} <= ALLOWED
            assert not [name for _, attrs in tags for name in attrs if name.startswith("on") or name == "style"]
            for _, attrs in tags:
                for name in ("src", "href"):
                    assert (attrs.get(name) or "/verhalen").startswith("/verhalen"), attrs
                if attrs.get("property") in ("og:url", "og:image"):
                    assert host == "test"
                    assert (attrs["content"] or "").startswith("https://test/verhalen/")
            assert all(answer.headers[name] == value for name, value in HEADERS.items()), path
            assert "script" not in answer.headers["Content-Security-Policy"]
        photo = await d.read(d.page(sheet) + "/foto.jpg")
        assert (photo.content, photo.headers["content-type"], photo.headers["x-content-type-options"]) == (
            JPEG,
            "image/jpeg",
            "nosniff",
        )

    told(work)
