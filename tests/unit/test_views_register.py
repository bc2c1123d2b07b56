"""The register of streets as a coordinator uses it: a list is read in and looked at, streets are kept, typed, taken off."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import flet as ft

from tests.support.screens import PHONE, Person
from tests.support.settled_team import Team

Tell = Callable[[Callable[[Team], Awaitable[None]]], None]


async def settles(person: Person, words: str) -> None:
    """Wait until these words are on show."""
    for _ in range(50):
        if person.sees(words):
            return
        await person.breathe()
    raise AssertionError(f"no {words!r} in {person.reads()!r}")


def test_a_list_is_read_in_looked_at_and_only_the_streets_one_wants_are_kept(tell: Tell, tmp_path: Path) -> None:
    """The wrong file first, in words; then one with a bad row; one street is left out; what was kept is on the list."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        person = Person(joke, PHONE)
        await person.arrive()
        await person.go("/straten")
        assert person.sees("Er staan nog geen straten in.")
        await person.tap("Adressen inlezen")
        joke.live.page.file = str(tmp_path / "list")
        (tmp_path / "list").write_text("naam;leeftijd\nJansen;40\n")
        await person.tap("Kies een bestand")
        await settles(person, "Hier zien we geen adressen in.")
        rows = [f"{street};{n};Dorp" for street in ("Aweg", "Bweg", "Cweg") for n in (1, 3)]
        (tmp_path / "list").write_text("\n".join(["straat;huisnummer;plaats", "=1+1;2;Dorp", *rows, rows[0]]))
        await person.tap("Kies een bestand")
        await settles(person, "Gevonden: 3 straten, 6 deuren")
        assert person.sees("1 regel slaan we over: begint met een rekenteken (1)")
        assert person.sees("Regel 2: =1+1 2 Dorp (begint met een rekenteken)")
        assert person.sees("1 regel ging over een deur die er al stond.")
        await person.tap("Niets")
        assert person.find("0 straten opslaan").disabled
        await person.tap("Alles")
        await person.tap("Bweg")
        await person.tap("2 straten opslaan")
        await settles(person, "2 straten toegevoegd.")
        await person.tap("Naar de straten")
        assert [s.name for s in joke.register.look()] == ["Aweg", "Cweg"]
        assert person.sees("2 straten, 4 deuren")
        assert person.calm()

    tell(story)


def test_a_street_is_typed_and_taken_off_the_list_and_put_back(tell: Tell) -> None:
    """What can't be read stays in the field, with the reason; taking off can be undone."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        person = Person(joke, PHONE)
        await person.arrive()
        await person.go("/straten")
        await person.tap("Een straat opschrijven")
        await person.paste("Woonplaats", "Dorp")
        await person.paste("Straat en nummers", "Tulpstraat 2-8 evn")
        await person.tap("Toevoegen")
        assert person.sees("Er is nog niets toegevoegd.")
        assert person.sees("Tulpstraat 2-8 evn")
        await person.paste("Straat en nummers", "Tulpstraat 2-8 even")
        await person.tap("Toevoegen")
        await settles(person, "1 straat, 4 deuren")
        await person.tap("Bekijk de deuren")
        await person.tap("6")
        assert person.sees("Tulpstraat 6 van de lijst halen?")
        await person.tap("Van de lijst halen")
        await settles(person, "3 deuren. Klopt er een niet? Tik erop.")
        snack = [d for d in person.page._dialogs.controls if isinstance(d, ft.SnackBar)][-1]
        await person.session.dispatch_event(snack._i, "action", None)
        await settles(person, "4 deuren. Klopt er een niet? Tik erop.")
        await person.type("Nummers erbij", "tien")
        await person.tap("Toevoegen")
        assert person.sees("Dit lezen we niet als huisnummers.")
        await person.type("Nummers erbij", "8, 12A, 14-2")
        await person.tap("Toevoegen")
        await settles(person, "2 deuren toegevoegd.")
        [there] = joke.register.look()
        assert [d.label for d in joke.register.street(there.id).doors] == ["2", "4", "6", "8", "12A", "14-2"]
        for key in [d.key for d in joke.register.street(there.id).doors][4:]:
            await joke.register.take_off(there.id, key)
        await person.tap("Terug")
        await person.tap("Van de lijst halen")
        await settles(person, "Er staan nog geen straten in.")
        snack = [d for d in person.page._dialogs.controls if isinstance(d, ft.SnackBar)][-1]
        await person.session.dispatch_event(snack._i, "action", None)
        await settles(person, "1 straat, 4 deuren")
        assert person.calm()

    tell(story)
