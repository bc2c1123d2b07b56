"""Stories at the desk on screen: looked at before a yes, the limit said before it, sent back with a word, read by all."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import flet as ft

from app.views.common.share_story import share_text
from tests.support.native_app import synced
from tests.support.screens import LAPTOP, PHONE, Person
from tests.support.settled_team import Team
from tests.unit.test_services_stories import PHOTO as JPEG
from tests.unit.test_services_stories_desk import FORM, LOOKED, later, placed, second

Story = Callable[[Team], Awaitable[None]]
NAMED = replace(FORM, title="Samen soep", text="Mevrouw Jansen kookt elke week.")


async def sat_down(app, route: str, size: tuple[int, int] = LAPTOP) -> Person:  # type: ignore[no-untyped-def]
    """Somebody at a screen."""
    person = Person(app, size, route)
    await person.arrive()
    person.shell.go(route)
    await person.breathe()
    return person


def test_a_story_is_looked_at_before_a_yes_and_its_limit_is_said_before_it(tell: Callable[[Story], None]) -> None:
    """The guard points, the person ticks; without every tick there is no yes."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        mine = await fatma.stories.save(NAMED, b"", offer=True)
        await synced(fatma, joke)
        person = await sat_down(joke, "/redactie")
        assert person.sees("Wacht op jou")
        await person.tap("Samen soep")
        assert person.sees("De meekijker wijst op:")
        assert person.sees("kunnen we niet terughalen")
        await person.tap("Ja, dit kan geplaatst worden")
        assert person.sees("Zet eerst een vinkje bij alles")
        for box in [c for c in person.controls() if isinstance(c, ft.Checkbox)]:
            person.session.apply_patch(box._i, {"value": True})
            await person.session.dispatch_event(box._i, "change", True)
            await person.breathe()
        await person.tap("Ja, dit kan geplaatst worden")
        assert person.sees("Jij zei ja. Wacht op een andere coördinator.")
        await person.type("Of stuur het terug", "Haal de naam eruit.")
        await person.tap("Stuur terug")
        await synced(joke, fatma)
        writer = await sat_down(fatma, f"/verhaal/{mine.hex()}", PHONE)
        assert writer.sees("Joke stuurde het terug")
        assert writer.sees("Haal de naam eruit.")
        assert all(person.named(c) for c in person.actions())
        assert person.calm()
        assert writer.calm()

    tell(story)


def test_a_published_story_is_read_and_shared_by_everyone(tell: Callable[[Story], None]) -> None:
    """By its link first of all; the photo is fetched when it is asked for."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        ali = await second(t, joke)
        mine = await placed(t, joke, ali, fatma, replace(FORM, photo_consent=True), JPEG)
        await later(t, fatma)
        assert LOOKED
        person = await sat_down(fatma, "/buurt", PHONE)
        await person.tap("Lees 1 geplaatst verhaal")
        await person.tap("Toon de foto bij")
        await person.tap("Deel ‘Samen <soep>’")
        link = fatma.stories_desk.link_of(mine)
        assert person.sees(link)
        await person.tap("Kopieer tekst en link")
        copied = [args.get("value", args.get("data")) for name, args in person.client.asked if name == "set"]
        assert copied == [share_text(FORM.title, FORM.text, link)]
        desk = await sat_down(ali, f"/nakijken/{mine.hex()}")
        await desk.tap("Haal dit verhaal weg, omdat iemand erom vraagt")
        assert desk.sees("kunnen we niet weghalen")
        await desk.tap("Ja, haal het weg")
        await later(t, fatma)
        assert person.sees("Er staan nu geen verhalen.") or not fatma.stories_desk.published()
        assert all(desk.named(c) for c in desk.actions())
        assert person.calm()
        assert desk.calm()

    tell(story)
