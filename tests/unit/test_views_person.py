"""Meer, Uitleg, the tour, the welcome card, an idea, a care worker's request and maatjes, as people use them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import flet as ft
import pytest

from app.commands.native_device import QuietPage
from app.services.app import App
from app.services.models import Outcome, Role, Topic
from app.services.tour import SCREENS
from sync.core.carer import Link
from sync.core.errors import NotForThisKey
from tests.support.native_app import TestClock, device, joined, server, synced
from tests.support.screens import LAPTOP, Person
from tests.support.settled_team import FATMA, FORM, JOKE, Team, hushed

Story = Callable[[Team], Awaitable[None]]
Tell = Callable[[Story], None]


def asked(person: Person, name: str) -> list:
    """What the page was asked to do by this name."""
    return [args for called, args in person.client.asked if called == name]


async def sat_down(app: App, size: tuple[int, int] = (390, 844), route: str = "/") -> Person:
    """Somebody in front of this app."""
    person = Person(app, size, route)
    await person.arrive()
    return person


def tick(person: Person, label: str) -> ft.Checkbox:
    """The box of that label."""
    return next(c for c in person.controls() if isinstance(c, ft.Checkbox) and c.label == label)


def test_whoever_joins_sees_the_tour_once_can_leave_it_halfway_and_see_it_again(tmp_path: Path) -> None:
    """Four screens at most; a phone that locked goes on where it was; skipped is skipped."""

    async def story() -> None:
        clock = TestClock()
        async with server(tmp_path / "server", clock) as (asgi, link):
            joke = await joined(tmp_path / "joke", asgi, clock, link, "Joke", JOKE)
            fatma = device(tmp_path / "fatma", asgi, clock)
            await fatma.start((await joke.invite("Fatma", Role.CONTACT)).url)
            person = await sat_down(fatma)
            await person.type("Je naam", "Fatma")
            await person.type("Pincode", FATMA)
            await person.type("Nog een keer", FATMA)
            await person.tap("Meedoen")
            assert person.sees("1 van 4")
            await person.tap("Verder")
            assert person.sees("mag ik dit opschrijven?")
            await fatma.lock()
            await fatma.unlock(FATMA)
            await person.breathe()
            assert person.sees("2 van 4"), "where it was left"
            await person.tap("Vorige")
            await person.tap("Sla de rondleiding over")
            assert person.sees("Hoi Fatma")
            await fatma.lock()
            await fatma.unlock(FATMA)
            await person.breathe()
            assert person.sees("Hoi Fatma"), "not by itself again"
            await person.go("/uitleg")
            await person.tap("Bekijk de rondleiding")
            for _screen in range(SCREENS - 1):
                await person.tap("Verder")
            await person.tap("Aan de slag")
            assert person.sees("Wat schrijf ik niet op?")
            assert person.calm()

    asyncio.run(story())


@pytest.mark.parametrize("who", ["fatma", "joke"])
def test_every_way_of_meer_leads_to_a_screen_of_its_own(tell: Tell, who: str) -> None:
    """And back again; each way says what it is."""

    async def story(t: Team) -> None:
        person = await sat_down(await (t.fatma() if who == "fatma" else t.joke()))
        start = person.reads()
        await person.go("/meer")
        ways = person.shell.screen.ways
        seen = set()
        for route, label, about, _icon in ways:
            assert person.sees(about)
            await person.tap(f"{label} {about}")
            assert person.shell.route == route
            assert person.reads() != start, route
            seen.add(type(person.shell.screen).__name__)
            person.shell.go("/meer")
            await person.breathe()
        assert len(seen) == len(ways)
        assert person.calm()

    tell(story)


class Printer(QuietPage):
    """A page that remembers what was printed."""

    def __init__(self, origin: str) -> None:
        super().__init__(origin)
        self.printed: list[tuple] = []

    def print_cards(self, blocks, qr, copies) -> None:
        """See PagePort."""
        self.printed.append((blocks, len(qr), copies))


def test_the_card_says_nothing_of_the_resident_and_remembers_what_is_the_contact_person_s(tell: Tell) -> None:
    """Four on an A4 or one large; what was filled in is there the next time; too much is told at the field."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        page = Printer("http://test")
        fatma.live.page, printed = page, page.printed
        person = await sat_down(fatma)
        await person.go("/kaart")
        assert person.find("Je voornaam", ft.TextField).value == "Fatma"
        await person.type("Wijkplein", "De Meent")
        await person.tap("Print de kaart")
        await person.tap("een grote")
        await person.type("Je voornaam", "")
        await person.tap("Print de kaart")
        [(small, _, four), (large, size, one)] = printed
        assert (four, one) == (4, 1)
        assert size > 20
        words = [said for _look, said in small]
        assert "Ik ben Fatma, contactpersoon in deze buurt." in words
        assert "De Meent" in words
        assert any(said.startswith("0800-1205") for said in words)
        assert any("I am Fatma" in said for said in words)
        assert not any("Fatma" in said for _look, said in large)
        await person.go("/meer")
        await person.go("/kaart")
        assert person.find("Wijkplein", ft.TextField).value == "De Meent"
        await person.paste("Wijkplein", "a" * 71)
        assert person.sees("hooguit 70 tekens")
        await person.tap("Print de kaart")
        assert len(printed) == 2
        assert person.calm()

    tell(story)


def test_an_idea_opens_one_s_own_mail_and_is_kept_nowhere(tell: Tell) -> None:
    """To the gemeente that was chosen; one too long for a link is copied instead."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        person = await sat_down(fatma)
        before = fatma.live.require_log().drafts()
        await person.go("/idee")
        await person.tap("Open mijn mail")
        assert person.sees("Schrijf eerst je idee op.")
        await person.paste("Je idee", "Een bankje & een boom?")
        await person.tap("Open mijn mail")
        assert person.sees("Kies eerst je gemeente.")
        await person.tap("Vught")
        await person.tap("Open mijn mail")
        [call] = asked(person, "launch_url")
        link = str(call)
        assert "mailto:g.boehmer@vught.nl?subject=" in link
        assert "Een bankje & een boom?" in unquote(link)
        await person.shell.speak("en")
        await person.shell.speak("nl")
        await person.breathe()
        assert person.sees("g.boehmer@vught.nl")
        assert person.find("Je idee", ft.TextField).value == "Een bankje & een boom?", (
            "switching languages loses nothing"
        )
        await person.paste("Je idee", "é" * 1_999)
        await person.tap("Open mijn mail")
        assert len(asked(person, "launch_url")) == 1
        assert person.sees("te lang voor een maillink")
        assert fatma.live.require_log().drafts() == before
        assert person.calm()

    tell(story)


def test_a_care_worker_without_an_account_asks_and_a_coordinator_plans_the_same_welcome(tell: Tell) -> None:
    """The address goes sealed, by whatever way; a renewed ring still opens it; nobody else can."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        link = joke.carers.link().url
        request = await _asked_by_a_care_worker(t, link)
        phone = next(d.id for p in joke.trust.people() if p.name == "Fatma" for d in p.devices)
        await joke.trust.revoke_device(phone)  # renews the team's rings; the coordinators' stays or is renewed too
        desk = await sat_down(joke, LAPTOP)
        await desk.go("/begeleider")
        await desk.paste("Plak de aanvraag", link)
        assert desk.sees("niet een aanvraag")
        await desk.paste("Plak de aanvraag", f"Coördinator, open:\n{request}")
        assert desk.sees("Tulpstraat 99")
        await desk.tap("Plan een welkomst")
        assert desk.sees("Gepland.")
        assert [w.address for w in joke.welcomes.all()] == ["Tulpstraat 99"]
        await joke.welcomes.add("Tulpstraat 101", joke.today())
        rows = joke.live.require_session().view.ask("SELECT * FROM welcomes ORDER BY made")
        told = [{k: v for k, v in row.items() if k not in ("id", "made", "address")} for row in rows]
        assert told[0] == told[1], "nothing tells that a care worker asked"
        await desk.go("/aanvraag/" + request.rsplit("/", 1)[-1])
        await desk.tap("Plan een welkomst")
        assert len(joke.welcomes.all()) == 2, "the same door twice is one welcome"
        person = await sat_down(fatma)
        await person.go("/aanvraag/" + request.rsplit("/", 1)[-1])
        assert person.sees("Alleen een coördinator")
        assert not person.sees("Tulpstraat 99")
        assert (desk.calm(), person.calm()) == (True, True)

    tell(story)


async def _asked_by_a_care_worker(t: Team, link: str) -> str:
    stranger = t.device("stranger")
    page = await sat_down(stranger, route=link.split("#", 1)[1])
    await stranger.start(link.split("#", 1)[1])
    await page.breathe()
    assert page.sees("Een welkomst aanvragen")
    await page.type("Adres", "Tulpstraat 99")
    await page.tap("Maak de aanvraag")
    assert page.sees("Zet eerst het vinkje")
    box = tick(page, "Mijn cliënt wil dit zelf")
    page.session.apply_patch(box._i, {"value": True})
    await page.session.dispatch_event(box._i, "change", True)
    await page.paste("Adres", "Tulpstraat 99, mevrouw is 0612345678")
    await page.tap("Maak de aanvraag")
    assert page.sees("Schrijf alleen het adres op")
    await page.paste("Adres", "Tulpstraat 99")
    await page.tap("Hulplijnen")
    await page.tap("Terug")
    await page.tap("English")
    await page.tap("Nederlands")
    assert page.find("Adres", ft.TextField).value == "Tulpstraat 99", "back where they were, nothing lost"
    assert tick(page, "Mijn cliënt wil dit zelf").value
    await page.tap("Maak de aanvraag")
    await page.tap("Kopieer de aanvraag")
    copied = str(asked(page, "set")[-1])
    assert "Tulpstraat" not in copied
    await page.tap("Mail de aanvraag")
    assert "mailto:?" in str(asked(page, "launch_url")[-1])
    assert page.calm()
    return "http" + copied.split("http", 1)[1].split("'", 1)[0]


def test_a_request_to_an_earlier_key_of_the_coordinators_is_still_opened(tell: Tell) -> None:
    """A coordinator who left made the ring new; the care worker's link was mailed before that."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        link = joke.carers.read(joke.carers.link().url)
        anna = t.device("anna")
        await anna.start((await joke.invite("Anna", Role.COORDINATOR)).url)
        await anna.accept("Anna", "nog een lange zin")
        await hushed(anna)
        await synced(anna, joke)
        [hers] = [p for p in joke.trust.people() if p.name == "Anna"]
        await joke.trust.confirm(hers.devices[0].id)
        await synced(anna, joke)
        await joke.trust.revoke_member(hers.id)
        now = joke.carers.read(joke.carers.link().url)
        assert isinstance(link, Link)
        assert isinstance(now, Link)
        assert (now.epoch, now.ring) == (link.epoch + 1, link.ring)
        for made_for in (link, now):
            request = await anna.carers.ask(made_for, "Tulpstraat 99", True)
            assert await joke.carers.open(request.url) == "Tulpstraat 99"
        with pytest.raises(NotForThisKey):
            await anna.carers.open((await anna.carers.ask(now, "Tulpstraat 99", True)).url)

    tell(story)


def test_a_link_that_is_none_says_so_at_every_stage(tell: Tell) -> None:
    """Cut off, or of another kind."""

    async def story(t: Team) -> None:
        stranger = t.device("stranger")
        page = await sat_down(stranger, route="/aanvraag/abc")
        assert page.sees("Deze link werkt niet")
        await stranger.start("/aanvraag/abc")
        await page.breathe()
        assert page.sees("Deze link werkt niet")
        assert page.sees("Hulplijnen")

    tell(story)


def test_two_who_want_it_are_put_side_by_side_and_a_coordinator_says_how_it_went(tell: Tell) -> None:
    """Only with both consents; decided pairs can be put back; a contact person has no such list."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        ask = replace(FORM, wishes=frozenset({f"help_wanted:{Topic.JOBS}"}), introduce=True)
        give = replace(ask, address="Rozenstraat 3", wishes=frozenset({f"wants_to_help:{Topic.JOBS}"}))
        silent = replace(give, address="Akkerweg 1", introduce=False)
        private = replace(give, address="Beukenlaan 2", shared=False)
        for form in (ask, give, silent, private):
            await fatma.save_visit(form)
        await synced(fatma, joke)
        desk = await sat_down(joke, LAPTOP)
        await desk.go("/maatjes")
        assert desk.sees("Tulpstraat 12")
        assert desk.sees("Rozenstraat 3")
        assert desk.sees("via Fatma")
        for address in ("Akkerweg 1", "Beukenlaan 2"):
            assert not desk.sees(address)
        await desk.tap("Gelukt")
        assert desk.sees("Nu niemand.")
        assert desk.sees("Afgehandeld")
        [pair] = joke.matches.decided()
        await desk.tap("Zet terug")
        assert not joke.matches.decided()
        await desk.tap("Niet nu")
        assert [p.state.value for p in joke.matches.decided()] == ["not_now"]
        assert joke.matches.decided()[0].task == pair.task, "one record for one pair"
        await fatma.save_visit(replace(ask, introduce=False, outcome=Outcome.LATER), None)
        await synced(joke, fatma, joke)
        assert not joke.matches.open()
        person = await sat_down(fatma)
        await person.go("/maatjes")
        assert not person.sees("Rozenstraat 3 kan")
        assert not person.sees("Maatjes")
        assert not fatma.live.require_session().view.ask("SELECT * FROM tasks"), "the coordinators' ring alone"
        assert desk.calm()

    tell(story)
