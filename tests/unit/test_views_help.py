"""The help lines and the worry card on screen: everywhere, at every stage, and nothing of it kept."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.services import language
from app.services.models import AreaCode, Stage
from app.web.texts import compiled
from sync.core.help_line import HelpLine, Number, Status
from sync.device import editions
from tests.support.native_app import TestClock, device, server, synced
from tests.support.screens import LAPTOP, PHONE, Person
from tests.support.settled_team import Team, session_of

Story = Callable[[Team], Awaitable[None]]
LOCAL = HelpLine("kamer", "Buurtkamer", numbers=(Number("0736128888"),), areas=(("BU07960101", "Binnenstad"),))
SHUT = HelpLine(
    "dicht", "Inloophuis", numbers=(Number("0736120000"),), status=Status.CLOSED, alert="Tot 1 mei verbouwing",
    checked="2024-01-01",
)  # fmt: skip


def at(year: int, month: int, day: int, hour: int) -> TestClock:
    """A clock at this hour in winter in the Netherlands."""
    return TestClock(int(datetime(year, month, day, hour - 1, tzinfo=UTC).timestamp() * 1000))


def on_the_help_screen(tmp_path: Path, clock: TestClock, look: Callable[[Person], Awaitable[None]]) -> None:
    """A new device that opens the help lines."""

    async def story() -> None:
        async with server(tmp_path / "server", clock) as (asgi, _link):
            app = device(tmp_path / "new", asgi, clock)
            await app.start("/")
            person = Person(app)
            await person.arrive()
            await person.tap("Hulplijnen")
            await look(person)
            assert all(person.named(c) for c in person.actions())
            assert person.calm()

    asyncio.run(story())


def test_each_line_says_whether_somebody_answers_and_who_says_so(tmp_path: Path) -> None:
    """Open, closed until when, and what is not known; the details are one tap away, and both sides of a conflict."""

    async def look(person: Person) -> None:
        assert person.sees("Nu bereikbaar, dag en nacht")
        assert person.sees("Nu niet bereikbaar. Open 11:00")  # the Kindertelefoon, at nine
        assert person.sees("Bronnen verschillen. Welk nummer klopt")
        assert person.sees("volgens een oude pagina van juridischloket.nl")
        assert person.sees("Ingebouwde lijst van woensdag 25 november 2026")
        assert not person.sees("Bron: ")
        await person.tap("Meer over De Kindertelefoon")
        assert person.sees("Voor wie: Kinderen en jongeren tot 18 jaar")
        assert person.sees("Tijden: elke dag 11:00–21:00")
        assert person.sees("Gelezen op woensdag 25 november 2026.")
        await person.tap("Minder over De Kindertelefoon")
        assert not person.sees("Bron: ")

    on_the_help_screen(tmp_path, at(2026, 12, 1, 9), look)


def test_a_number_can_be_copied_and_a_line_shared(tmp_path: Path) -> None:
    """Where the device has no way of sharing it is copied, with what it is for."""

    async def look(person: Person) -> None:
        await person.tap("Kopieer 0800-0432")
        await person.tap("Deel De Kindertelefoon")
        copied = [
            args["value"] if "value" in args else args["data"] for name, args in person.client.asked if name == "set"
        ]
        assert copied[0] == "08000432"
        assert copied[1].splitlines()[:2] == ["De Kindertelefoon", "0800-0432 · gratis"]
        assert person.sees("Gekopieerd. Plak het in een bericht.")

    on_the_help_screen(tmp_path, at(2026, 12, 1, 12), look)


def test_after_a_year_without_a_look_the_lines_say_so(tmp_path: Path) -> None:
    """All but 112."""

    async def look(person: Person) -> None:
        assert person.reads().count("Langer dan een jaar") == len(person.app.directory.shown()) - 1

    on_the_help_screen(tmp_path, at(2028, 1, 10, 12), look)


def test_a_chosen_gemeente_brings_its_lines_up_at_once(tmp_path: Path) -> None:
    """Before unlocking; and choosing none takes them away."""

    async def look(person: Person) -> None:
        assert not person.sees("Koo 's-Hertogenbosch")
        await person.tap("'s-Hertogenbosch")
        assert person.sees("Bij jou in de buurt")
        assert person.sees("Koo 's-Hertogenbosch")
        await person.tap("Geen")
        assert not person.sees("Koo 's-Hertogenbosch")
        await person.type("Zoek een hulplijn", "zalbommel")  # mistyped, and elsewhere
        assert person.sees("Gemeente Zaltbommel")

    on_the_help_screen(tmp_path, at(2026, 12, 1, 12), look)


@pytest.mark.parametrize("stage", [s for s in Stage if s is not Stage.OPEN])
def test_the_worry_card_opens_at_every_stage(stage: Stage, tmp_path: Path) -> None:
    """112, 0800-1205, a local number or how to find one, the coordinator; it keeps nothing and says so."""

    async def story() -> None:
        clock = TestClock()
        async with server(tmp_path / "server", clock) as (asgi, _link):
            app = device(tmp_path / "new", asgi, clock)
            app.live.stage = stage
            person = Person(app, LAPTOP if stage is Stage.LOCKED else PHONE)
            await person.arrive()
            await person.tap("Zorgen?")
            for words in ("levensgevaar", "112", "0800-1205", "Bel je coördinator", "Deze kaart bewaart niets"):
                assert person.sees(words), words
            await person.tap("Bel Alarmnummer")
            assert any("tel:112" in str(args.get("url")) for _, args in person.client.asked)
            await person.tap("Terug")
            assert person.calm()

    asyncio.run(story())


def test_inside_the_worry_card_names_the_coordinator_and_the_local_number(tell: Callable[[Story], None]) -> None:
    """Of one's own area; and afterwards the log holds not a byte more."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await joke.directory.publish([LOCAL, SHUT])
        await joke.trust.put_member(session_of(fatma).member, [AreaCode("buurt", "BU07960101", "2026", "Binnenstad")])
        await synced(joke, fatma)
        log = session_of(fatma).log
        before = (log.count(), log.drafts(), editions.kept(log))
        person = Person(fatma)
        await person.arrive()
        await person.tap("Zorgen?")
        assert person.sees("Buurtkamer")
        assert person.sees("Bel je coördinator: Joke.")
        await person.tap("Bel Buurtkamer")
        assert (log.count(), log.drafts(), editions.kept(log)) == before
        await person.go("/hulplijnen")
        assert person.sees("vastgesteld door een coördinator")
        assert person.sees("Tijdelijk gesloten")
        assert person.sees("Tot 1 mei verbouwing")
        assert person.sees("Langer dan een jaar niet nagekeken")
        assert person.calm()

    tell(story)


def test_in_english_too(tmp_path: Path) -> None:
    """Hours and doubts follow the language; what the list itself says is Dutch."""

    async def look(person: Person) -> None:
        language.choose(language.ENGLISH, compiled()["en/LC_MESSAGES/straatcontact.mo"])
        person.app.live.tell()
        await person.breathe()
        assert person.sees("Answers now, day and night")
        assert person.sees("Sources differ.")

    try:
        on_the_help_screen(tmp_path, at(2026, 12, 1, 9), look)
    finally:
        language.choose(language.DUTCH)
