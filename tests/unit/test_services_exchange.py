"""Two collectors on one round without a network, from screen to screen: real apps, real rounds, the frames as they are."""

from collections.abc import Awaitable, Callable

import pytest
import segno
import zxingcpp

from app.commands.native_device import QuietPage
from app.services.app import App
from app.services.ports import SeriesWords
from app.services.rounds.exchange import BLOCK, LEVEL, MASK, VERSION, Exchange
from app.services.rounds.models import Answer, DoorState
from app.services.surroundings import Surroundings
from sync.core.errors import BadInput, NotFound
from sync.core.frames import MAX_FRAME_BYTES, OVERHEAD, Series, to_text
from tests.support.native_app import synced
from tests.support.rounds import at, bram, one_walk
from tests.support.screens import Person
from tests.support.settled_team import FATMA, Team, hushed

Tell = Callable[[Callable[[Team], Awaitable[None]]], None]
WORDS = SeriesWords("hint", "close", "{} van {}")
MET, HOME = Answer(DoorState.MET), Answer(DoorState.NOT_HOME)


def page(app: App) -> QuietPage:
    """The page around a device, with a camera."""
    found = app.live.page
    assert isinstance(found, QuietPage)
    found.surroundings = Surroundings(can_scan=True)
    return found


def read(rows: list[str]) -> str:
    """What a camera makes of a code that is shown."""
    grey = [
        bytearray(b for cell in row for b in (b"\0" if cell == "1" else b"\xff") * 3) for row in rows for _ in range(3)
    ]
    found = zxingcpp.read_barcodes(memoryview(b"".join(grey)).cast("B", (len(grey), len(grey[0]))))
    return found[0].text if found else ""


async def shown(a: Exchange, b: Exchange, screen: App, camera: App) -> None:
    """`a` shows on its screen what the camera of `b` sees; every fourth code of a turn is missed."""
    await a.show(WORDS)
    texts = [read(list(rows)) for rows in page(screen).shown]
    assert all(texts)
    turns = texts * 4
    page(camera).seen = [text for n, text in enumerate(turns) if n % 4 != n // len(texts)]


def doors(app: App, walk: bytes) -> list[tuple[int, DoorState | None]]:
    """What a phone shows of each door."""
    return [(x.door.number, x.answer.state if x.answer else None) for x in app.rounds.doors(walk)]


def test_two_without_a_network_see_each_others_doors_by_showing_and_scanning(tell: Tell) -> None:
    """Both walked; one shows, one scans, and the other way round: both see the same doors, and both arrive."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        other = await bram(t, joke)
        name, walk = await one_walk(joke, fatma, other)
        for net in ("fatma", "bram"):
            t.nets[net].offline = True
        for number in (1, 3, 5):
            await fatma.rounds.tap(walk, at(number), MET)
        for number in (2, 4, 5):
            await other.rounds.tap(walk, at(number), HOME)
        mine, theirs = fatma.rounds.exchange(name), other.rounds.exchange(name)
        await shown(mine, theirs, fatma, other)
        took = await theirs.scan(WORDS)
        assert took is not None
        assert (took.new > 0, took.refused, took.behind) == (True, 0, False)
        await shown(theirs, mine, other, fatma)
        took = await mine.scan(WORDS)
        assert took is not None
        assert took.known == 0  # the other one shows only what is missed here
        assert doors(fatma, walk) == doors(other, walk)
        assert dict(doors(fatma, walk))[5] is DoorState.MET
        t.nets["bram"].offline = False
        await synced(other, joke)
        assert doors(joke, walk) == doors(other, walk)
        assert other.sync_status().unsent == 0
        with pytest.raises(NotFound):
            fatma.rounds.exchange(bytes(16))

    tell(story)


def test_scanning_that_was_stopped_goes_on_where_it_was_and_another_round_is_refused(tell: Tell) -> None:
    """Half of the codes, then the rest; what is no code of ours is passed over."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        name, walk = await one_walk(joke, fatma)
        other, _ = await one_walk(joke, fatma)
        for number in range(1, 7):
            await joke.rounds.tap(walk, at(number), MET)
        person = Person(fatma)
        page(fatma).surroundings = Surroundings(can_scan=False)
        await person.arrive()
        await person.go(f"/ruil/{name.hex()}")
        assert person.sees("Deze telefoon kan geen codes lezen.")
        page(fatma)
        await person.go("/rondes")
        await person.go(f"/ruil/{name.hex()}")
        await person.tap("Scan")
        assert person.sees("Er is hier geen camera.")
        await joke.rounds.exchange(name).show(WORDS)
        texts = [read(list(rows)) for rows in page(joke).shown]
        page(fatma).seen = ["https://example.org", "", "é", *texts[:3]]
        await person.tap("Scan")
        assert person.sees("Je hebt 3 van ")
        page(fatma).seen = texts[3:]
        await person.tap("Scan")
        assert person.sees("Klaar: alles van de ander is binnen.")
        assert person.sees("Tik nu op ‘Laat zien’")
        assert doors(fatma, walk) == doors(joke, walk)
        assert person.sees("Wat je van anderen hebt, stuur je vanzelf mee zodra er internet is.")
        await person.tap("Laat zien")
        assert len(page(fatma).shown) >= 1
        page(fatma).seen = texts
        await person.tap("Scan")
        assert person.sees("Je had alles al.")
        await joke.rounds.exchange(other).show(WORDS)
        page(fatma).seen = [read(list(rows)) for rows in page(joke).shown]
        with pytest.raises(BadInput):
            await fatma.rounds.exchange(name).scan(WORDS)

    tell(story)


def test_a_full_frame_fits_the_code_that_was_chosen() -> None:
    """Version 16 at level L, in alphanumeric mode: two bytes in three letters; two bytes more do not fit."""
    full = b"\xfe" * (BLOCK + OVERHEAD)
    code = segno.make(to_text(full), version=VERSION, error=LEVEL, mask=MASK, boost_error=False)
    assert (code.mode, code.designator) == ("alphanumeric", "16-L")
    assert len(Series(bytes(BLOCK * 9), BLOCK).frame(0)) == len(full) <= MAX_FRAME_BYTES
    with pytest.raises(segno.DataOverflowError):
        segno.make(to_text(full + b"\xfe\xfe"), version=VERSION, error=LEVEL, boost_error=False)


def test_the_link_of_a_round_opens_it_behind_the_lock_and_inside(tell: Tell) -> None:
    """From a cold start: first the lock, then the round. While inside: at once. For who is not on it: that is said."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        name, _walk = await one_walk(joke, fatma)
        route = joke.rounds.link(name).url.partition("#")[2]
        assert route == f"/ronde/{name.hex()}"
        fatma.live.require_log().close()
        again = t.device("fatma")
        person = Person(again, route=route)
        await again.start(route)
        await person.arrive()
        assert person.sees("Pincode")
        assert not person.sees("Najaarsronde")
        await again.unlock(FATMA)
        await hushed(again)
        await person.breathe()
        assert person.sees("Samen lopen")
        await person.go("/meer")
        await person.go(route)
        assert person.sees("Samen lopen")
        laptop = Person(await t.unlocked("laptop"), route=f"/ronde/{bytes(16).hex()}")
        await laptop.arrive()
        assert not laptop.sees("Samen lopen")
        assert laptop.calm()

    tell(story)
