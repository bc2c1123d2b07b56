"""The help lines of a team: published by a coordinator, verified by every phone, at hand before unlocking."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from app.commands.native_device import QuietPage
from app.services.app import App
from app.services.directory import finding
from app.services.directory.built_in import built_in
from app.services.models import AreaCode, Role
from sync.core.directory import ALWAYS_FIRST
from sync.core.errors import BadFormat, BadInput, Forbidden, RollMoved
from sync.core.help_line import HelpLine, Number
from tests.support.native_app import synced
from tests.support.screens import Person
from tests.support.settled_team import MINUTE, Team, hushed, session_of

Story = Callable[[Team], Awaitable[None]]
ROOM = HelpLine("kamer", "Buurtkamer", numbers=(Number("0736128888"),), areas=(("BU07960101", "Binnenstad"),))
CITY = HelpLine("stad", "Stadsloket", numbers=(Number("14073"),), areas=(("GM0796", "'s-Hertogenbosch"),))
AWAY = HelpLine("elders", "Loket Vught", numbers=(Number("0736580000"),), areas=(("GM0865", "Vught"),))
EVERYWHERE = HelpLine("luisterlijn", "De Luisterlijn", "Een luisterend oor", numbers=(Number("0880767000"),))
ALL = [EVERYWHERE, AWAY, CITY, ROOM]
SOON = 11 * MINUTE


def shown(app: App, search: str = "") -> list[str]:
    """The ids on the screen."""
    return [x.line.id for x in app.directory.shown(search)]


async def later(t: Team, *apps: App) -> None:
    """Long enough for a phone to ask again."""
    t.clock.now += SOON
    await synced(*apps)


def page(app: App) -> QuietPage:
    """What the page around it was told."""
    assert isinstance(app.live.page, QuietPage)
    return app.live.page


def test_what_a_coordinator_publishes_is_on_every_phone_after_a_round_and_before_unlocking(
    tell: Callable[[Story], None],
) -> None:
    """Signed, verified, kept; the first page gets a copy; without network and after a restart it is there."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        assert (fatma.directory.verified, page(fatma).kept_directory) == (False, "")
        assert await joke.directory.publish([*built_in()[:4], *ALL]) == 1
        await synced(fatma)
        assert fatma.directory.verified
        assert shown(fatma) == [*ALWAYS_FIRST, "luisterlijn"]
        assert "Buurtkamer" in page(fatma).kept_directory
        assert "Meldpunt" not in page(fatma).kept_directory  # the fixed lines are the page's own
        again = t.device("fatma")
        t.nets["fatma"].offline = True
        await again.start()
        assert again.directory.verified
        assert shown(again, "kamer") == ["kamer"]
        assert "Buurtkamer" in page(again).kept_directory

    tell(story)


def test_ones_own_area_comes_first_nearest_before_wider(tell: Callable[[Story], None]) -> None:
    """By where the member works; buurt before gemeente before the whole country; elsewhere only when looked for."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await joke.directory.publish(ALL)
        await joke.trust.put_member(session_of(fatma).member, [AreaCode("buurt", "BU07960101", "2026", "Binnenstad")])
        await synced(joke, fatma)
        assert shown(fatma) == [*ALWAYS_FIRST, "kamer", "stad", "luisterlijn"]
        assert shown(fatma, "loket") == ["stad", "elders"]
        assert [x.line.id for x in fatma.directory.local()] == ["kamer", "stad"]
        await joke.trust.put_member(
            session_of(fatma).member, [AreaCode("wijk", "WK079602", "2026", "Elders in de stad")]
        )
        await synced(joke, fatma)
        assert shown(fatma) == [*ALWAYS_FIRST, "stad", "luisterlijn"]

    tell(story)


def test_a_gemeente_can_be_chosen_before_unlocking_and_stays_on_the_device(tell: Callable[[Story], None]) -> None:
    """Nothing is asked of anybody; choosing none takes it away again."""

    async def story(t: Team) -> None:
        fatma = t.device("fatma")
        await fatma.start()
        assert ("GM0865", "Vught") in fatma.directory.gemeenten()
        fatma.directory.choose_gemeente("GM0796")
        again = t.device("fatma")
        await again.start()
        assert shown(again)[4:6] == ["koo", "gemeente-s-hertogenbosch"]
        assert page(again).kept_directory.index("Koo") < page(again).kept_directory.index("Luisterlijn")
        again.directory.choose_gemeente("")
        assert ("koo" in shown(again), page(again).kept_directory) == (False, "")
        with pytest.raises(BadInput):
            again.directory.choose_gemeente("GM9999")

    tell(story)


def test_what_a_coordinator_published_leaves_the_screens_with_that_coordinator(tell: Callable[[Story], None]) -> None:
    """On phones that had it and on new ones; a backdated edition too; and the next one follows it in number."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        ali = t.device("ali")
        await ali.start((await joke.invite("Ali", Role.COORDINATOR)).url)
        await ali.accept("Ali", "nog een lange zin")
        await hushed(ali)
        await synced(ali, joke)
        with pytest.raises(Forbidden):  # its words have not been compared
            await ali.directory.publish([CITY])
        await joke.trust.confirm(session_of(ali).device)
        await synced(ali, joke)
        assert await ali.directory.publish([CITY]) == 1
        await later(t, fatma)
        assert shown(fatma, "stadsloket") == ["stad"]
        await later(t, joke)
        assert (joke.directory.verified, joke.directory.lapsed_by) == (True, "")
        await joke.trust.revoke_member(session_of(ali).member)
        await later(t, fatma)
        assert (fatma.directory.verified, shown(fatma, "stadsloket")) == (False, [])
        assert "Koo" in [x.line.name.split()[0] for x in fatma.directory.shown("koo")]  # the built-in list again
        assert page(fatma).kept_directory == ""
        new = t.device("nieuw")
        await new.start((await joke.invite("Nieuw", Role.CONTACT)).url)
        await new.accept("Nieuw", "385012")
        await hushed(new)
        await synced(new, joke)
        assert (new.directory.verified, new.directory.trouble) == (False, "")  # nobody did anything wrong
        assert session_of(new).editions.lapsed is not None
        assert (joke.directory.lapsed_by, new.directory.lapsed_by, fatma.directory.lapsed_by) == ("Ali", "", "")
        person = Person(joke)
        await person.arrive()
        await person.place("Hulplijnen")
        assert person.sees("De lijst met hulplijnen van Ali geldt niet meer. Nu staat de ingebouwde lijst er.")
        assert await joke.directory.publish([EVERYWHERE, CITY]) == 2
        await later(t, fatma, new)
        assert (fatma.directory.verified, new.directory.verified, new.directory.trouble) == (True, True, "")
        joke.live.tell()
        await person.breathe()
        assert (joke.directory.lapsed_by, person.sees("geldt niet meer")) == ("", False)

    tell(story)


def test_nobody_else_publishes_and_nothing_odd(tell: Callable[[Story], None]) -> None:
    """A contact person is refused; a line over its bounds is refused before anything is sent."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        with pytest.raises(Forbidden):
            await fatma.directory.publish([CITY])
        with pytest.raises(BadFormat):
            await joke.directory.publish([replace(CITY, name="\u202e211")])
        await later(t, fatma, joke)
        assert not fatma.directory.verified
        assert not joke.directory.verified

    tell(story)


def test_of_two_who_publish_at_once_one_is_told_that_the_other_was_first(tell: Callable[[Story], None]) -> None:
    """Joke's laptop was offline when its second device published: nothing is overwritten."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        session = session_of(joke)
        ask = session.syncer.ask

        async def slow(path: str, value: object, shape: object) -> object:
            if path == "directory/publish":  # meanwhile another edition of number 1 arrives
                session.syncer.ask = ask  # type: ignore[method-assign]
                await joke.directory.publish([EVERYWHERE])
            return await ask(path, value, shape)  # type: ignore[arg-type]

        session.syncer.ask = slow  # type: ignore[method-assign, assignment]
        with pytest.raises((RollMoved, Forbidden)):
            await joke.directory.publish([CITY])
        assert shown(joke, "stadsloket") == []
        assert shown(joke)[4:] == ["luisterlijn"]

    tell(story)


def test_the_worry_card_knows_the_coordinators_by_name(tell: Callable[[Story], None]) -> None:
    """Of the own team; oneself left out; nobody before unlocking."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        assert fatma.directory.coordinators() == ["Joke"]
        assert joke.directory.coordinators() == []
        locked = t.device("fatma")
        await locked.start()
        assert locked.directory.coordinators() == []

    tell(story)


FOUND = {
    "zorgwek": ["08001205"],
    "0800-1205": ["08001205"],
    "+31 800 1205": ["08001205"],
    "zorgwekend gedrag": ["08001205"],
    "luisterlijm": ["0880767000"],
    "kidnertelefoon": ["08000432"],
    "Kindertelefóón": ["08000432"],
    "Bethaniestraat": ["koo"],
    "qqqqqqqq": [],
}


@pytest.mark.parametrize("typed", FOUND)
def test_a_line_is_found_by_a_word_a_slip_of_the_thumb_or_a_number(typed: str) -> None:
    """In the directory's own order; a paste of 100,000 characters finds nothing and costs nothing."""
    assert [x.id for x in finding.search(built_in(), typed)] == FOUND[typed]
    assert finding.search(built_in(), "x" * 100_000) == []
    assert finding.search(built_in(), "") == list(built_in())
