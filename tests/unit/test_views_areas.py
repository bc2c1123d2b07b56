"""Areas, people and offers as a coordinator keeps them, and as a contact person meets them at a door."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from app.services.models import AreaCode, ReviewState, Role
from app.services.offers_form import OfferForm
from app.views.coordinate import desk
from sync.core.errors import Forbidden
from tests.support.native_app import synced
from tests.support.screens import LAPTOP, PHONE, Person
from tests.support.settled_team import DAY, FORM, Team, hushed, session_of

Story = Callable[[Team], Awaitable[None]]
Tell = Callable[[Story], None]
WIJK, BUURT = ("wijk", "WK079604", "2025"), ("buurt", "BU07960401", "2025")


async def person_at(app, route: str, size: tuple[int, int] = LAPTOP) -> Person:
    """Somebody on a screen, everything on it has a name."""
    person = Person(app, size)
    await person.arrive()
    await person.go(route)
    assert all(person.named(c) for c in person.actions())
    return person


def test_an_area_is_picked_by_name_its_streets_are_put_in_and_one_without_anybody_stands_out(tell: Tell) -> None:
    """From the tree to the streets to who looks after them, by keys and taps as on a laptop."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        person = await person_at(joke, "/gebieden")
        assert person.sees("Er staan nog geen gebieden in.")
        await person.tap("hele organisatie")
        await person.type("Naam van het gebied", "Muntel")
        await person.type("Zoek een gemeente of wijk", "muntel")
        await person.tap("Muntel / Vliert (wijk)")
        await person.tap("Bewaar")
        assert person.sees("'s-Hertogenbosch")  # the roof above it, though nobody works there
        assert person.sees("wijk · WK079604 · 2025 · Muntel")
        team = session_of(joke).team
        await person.go(f"/gebied-straten/{team.hex()}")
        await person.paste("Straten in Muntel", "Tulpstraat 12")
        await person.tap("Bewaar")
        assert person.sees("‘Tulpstraat 12’ lijkt een adres.")
        await person.paste("Straten in Muntel", "Tulpstraat\nRozenlaan")
        await person.tap("Bewaar")
        assert joke.areas.streets(team, WIJK) == ["Tulpstraat", "Rozenlaan"]
        # Fatma does one of the two: the other stands out.
        await person.go(f"/mens/{session_of(fatma).member.hex()}")
        await person.tap("Tulpstraat")
        await person.tap("Bewaar waar")
        assert person.sees("Opgeslagen.")
        await person.go("/gebieden")
        assert person.sees("1 straat zonder contactpersoon")
        await person.tap("Wie waar werkt")
        words = person.reads()
        assert words.index("Rozenlaan") < words.index("Nog niemand") < words.index("Tulpstraat") < words.index("Fatma")
        await person.tap("Zonder contactpersoon")
        assert not person.sees("Tulpstraat")
        await synced(joke, fatma)
        assert [c.code for p in joke.trust.people() if p.name == "Fatma" for c in p.areas] == ["Tulpstraat"]
        assert fatma.areas.streets(team, WIJK) == ["Tulpstraat", "Rozenlaan"]
        assert person.calm()

    tell(story)


def test_a_street_of_the_register_is_told_where_it_lies_unless_two_have_its_name(tell: Tell) -> None:
    """What is said of a name in two towns would be a guess."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        await joke.register.by_hand("Tulpstraat 1-9", "Den Bosch")
        await joke.register.by_hand("Kerkstraat 1-9", "Den Bosch")
        await joke.register.by_hand("Kerkstraat 1-9", "Vught")
        team = session_of(joke).team
        await joke.trust.put_team(team, "Muntel", [AreaCode(*WIJK, "Muntel / Vliert")])
        await joke.areas.put_streets(team, WIJK, "Tulpstr.\nKerkstraat")

        def lie() -> dict[tuple[str, str], object]:
            rows = session_of(joke).view.ask("SELECT name, place, area FROM streets")
            return {(r["name"], r["place"]): r["area"] for r in rows}

        assert lie()["Tulpstraat", "Den Bosch"] == "wijk|WK079604|2025"
        assert {lie()["Kerkstraat", p] for p in ("Den Bosch", "Vught")} == {""}
        await joke.areas.put_streets(team, WIJK, "Kerkstraat")
        assert lie()["Tulpstraat", "Den Bosch"] == ""
        # Through two areas: in neither, and looked after by whoever works in one of them.
        other = ("wijk", "WK079605", "2025")
        await joke.trust.put_team(team, "Muntel", [AreaCode(*WIJK, ""), AreaCode(*other, "")])
        await joke.areas.put_streets(team, other, "Kerkstr.")
        fatma = next(p for p in joke.trust.people() if p.name == "Fatma")
        await joke.trust.put_member(fatma.id, [AreaCode(*other, "")])
        found = {c.street.name: c for c in joke.areas.covers()}
        assert found["Kerkstraat"].street.area is None
        assert found["Kerkstraat"].by_choice == ("Fatma",)
        assert found["Tulpstraat"].nobody

    tell(story)


def test_an_offer_reaches_who_hears_the_wish_nearest_first_and_is_gone_when_removed(tell: Tell) -> None:
    """Kept by a coordinator, seen by the whole team, at the form of a visit and at reading one."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        team = session_of(joke).team
        await joke.trust.put_team(team, "Muntel", [AreaCode(*WIJK, "Muntel / Vliert"), AreaCode(*BUURT, "Muntel")])
        await joke.areas.put_streets(team, BUURT, "Tulpstraat")
        person = await person_at(joke, "/nieuw-aanbod", PHONE)
        await person.tap("Bewaar")
        assert person.sees("Kies welke wens dit beantwoordt.")
        await person.tap("koffie drinken")
        await person.type("Wat is er?", "Koffie in de wijk")
        await person.tap("Muntel / Vliert")
        await person.type("Aan wie vraag je het?", "Joke")
        await person.tap("Bewaar")
        assert person.sees("Het team ziet het")
        near = await joke.offers.save(OfferForm("coffee", "Koffie om de hoek", BUURT))
        await joke.offers.save(OfferForm("garden", "Moestuin", None))
        await synced(joke, fatma)
        found = fatma.offers.near("tulpstr. 3", {"coffee"})
        assert [o.form.name for o in found] == ["Koffie om de hoek", "Koffie in de wijk"]
        visit = await fatma.save_visit(replace(FORM, address="Tulpstraat 3"))
        reading = await person_at(fatma, f"/bezoek/{visit.hex()}", PHONE)
        assert reading.sees("Dit is er in de buurt")
        assert reading.sees("Vraag het aan Joke")
        assert not reading.sees("Moestuin")
        await reading.go("/aanbod")
        assert reading.sees("Moestuin")
        with pytest.raises(Forbidden):
            await fatma.offers.save(OfferForm("coffee", "Van mij", None))
        await person.go(f"/wijzig-aanbod/{near.hex()}")
        await person.tap("Haal dit aanbod weg")
        assert person.sees("Het aanbod is weg.")
        await synced(joke, fatma)
        assert [o.form.name for o in fatma.offers.near("Tulpstraat 3", {"coffee"})] == ["Koffie in de wijk"]
        assert person.calm()
        assert reading.calm()

    tell(story)


def test_an_offer_is_read_by_every_team_that_it_is_for_also_when_it_moves(tell: Tell) -> None:
    """What is for the whole organisation reaches the team below; what moves there is made anew for it."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        below = await joke.trust.make_team(session_of(joke).team, "Muntel", [AreaCode(*BUURT, "Muntel")])
        await joke.trust.put_team(session_of(joke).team, "Den Bosch", [AreaCode("wijk", "WK079605", "2025", "")])
        for_all = await joke.offers.save(OfferForm("coffee", "Voor iedereen"))
        elsewhere = await joke.offers.save(OfferForm("coffee", "Alleen in Rosmalen", ("wijk", "WK079605", "2025")))
        records = session_of(joke).replica.records
        assert records[for_all].teams == {session_of(joke).team, below}
        only_top = await joke.offers.save(OfferForm("coffee", "Alleen in de Muntel", BUURT))
        assert records[only_top].teams == {below}
        assert records[elsewhere].teams == {session_of(joke).team, below}  # it lies below the team that it is for
        moved = await joke.offers.save(OfferForm("coffee", "Toch voor iedereen"), only_top)
        assert moved != only_top
        assert records[moved].teams == {session_of(joke).team, below}
        assert "Alleen in de Muntel" not in [o.form.name for o in joke.offers.all()]
        bea = t.device("bea")
        await bea.start((await joke.invite("Bea", Role.CONTACT, below)).url)
        await bea.accept("Bea", "274915")
        await hushed(bea)
        await synced(bea, joke, bea)
        assert sorted(o.form.name for o in bea.offers.all()) == [
            "Alleen in Rosmalen",
            "Toch voor iedereen",
            "Voor iedereen",
        ]

    tell(story)


def test_wishes_of_visits_activities_and_rounds_stand_against_offers_in_one_picture(tell: Tell) -> None:
    """Enough wishes and nothing on offer stands out in words as well; an address counts once; few are not told."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        team = session_of(joke).team
        await joke.trust.put_team(team, "Muntel", [AreaCode(*WIJK, "Muntel / Vliert")])
        await joke.areas.put_streets(team, WIJK, "Tulpstraat")
        for number in range(1, 11):
            await fatma.save_visit(replace(FORM, address=f"Tulpstraat {number}", wishes=frozenset({"repair"})))
            if number == 9:
                await synced(fatma, joke)
                person = await person_at(joke, "/aanbod")
                assert person.sees("Er zijn nog te weinig wensen om iets te zien. Dat kan vanaf 10 op één plek.")
                assert not person.sees("Wat vaak gewenst is, is er ook.")
        await fatma.save_visit(replace(FORM, address="Tulpstraat 1", wishes=frozenset({"repair", "own:zingen"})))
        await synced(fatma, joke)
        person = await person_at(joke, "/aanbod")
        assert person.sees("Op 1 plek is iets gewenst dat er niet is.")
        assert person.sees("10 wensen")
        assert not person.sees("zingen")
        await person.tap("Tabel")
        assert person.sees("repair café")
        await joke.offers.save(OfferForm("repair", "Repair café", WIJK))
        assert person.sees("Repair café")
        await person.tap("Plaatje")
        assert person.sees("Wat vaak gewenst is, is er ook.")
        assert not person.sees("elders")
        await joke.trust.make_team(team, "Buurtteam", [AreaCode(*BUURT, "De Muntel")])
        for way in ("Tabel", "Plaatje"):
            await person.tap(way)
            assert person.sees("Muntel / Vliert, elders"), "what is wished in its own buurt is not counted here"
            assert person.sees("De Muntel")
            assert not person.sees("De Muntel, elders")
        assert person.calm()

    tell(story)


def test_who_was_not_there_for_a_while_is_listed_and_a_lost_phone_is_replaced_in_one_go(tell: Tell) -> None:
    """The days are chosen; the old phone is signed off and the link for the new one stands there at once."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        bea = t.device("bea")
        await bea.start((await joke.invite("Bea", Role.CONTACT)).url)
        await bea.accept("Bea", "274915")
        await hushed(bea)
        await synced(bea, joke)
        t.clock.now += 20 * DAY
        person = await person_at(joke, "/mensen")
        quiet = "Bea: laatst verbonden"
        assert person.sees("Lang niet verbonden")
        assert person.sees(quiet)  # 14 days are asked for at first
        await person.tap("30 dagen")
        assert not person.sees(quiet)
        await person.tap("7 dagen")
        member = session_of(bea).member
        await person.go(f"/mens/{member.hex()}")
        await person.tap("Nieuwe telefoon")
        assert person.sees("Daarna staat hier meteen een link")
        await person.tap("Meld de oude af en maak een link")
        assert person.sees("Geef de link aan wie het nieuwe heeft.")
        [bea_now] = [p for p in joke.trust.people() if p.id == member]
        assert not bea_now.devices
        assert person.sees("/uitnodiging/")
        assert person.calm()

    tell(story)


def test_the_desk_is_at_the_side_of_a_laptop_and_behind_one_place_of_a_phone_and_counts_what_waits(tell: Tell) -> None:
    """The number follows without the bar being drawn anew; every place leads somewhere; a contact person has no desk."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        visit = await fatma.save_visit(FORM)
        await synced(fatma, joke)
        laptop, phone = Person(joke, LAPTOP), Person(joke, PHONE)
        for person in (laptop, phone):
            await person.arrive()
        bar = laptop.find("Beoordelen")
        assert laptop.named(bar) == "Beoordelen 1"
        assert {"Gebieden", "Wens en aanbod", "Vergrendel", "Snel verbergen"} <= {
            laptop.named(c) for c in laptop.actions()
        }
        await phone.place("Bureau")
        for words in ("Team", "Mensen", "Wens en aanbod", "Wat bewoners willen, en wat er is"):
            assert phone.sees(words)
        assert len([c for c in phone.actions() if phone.named(c).startswith("Mensen")]) == 1
        await joke.review(visit, ReviewState.SEEN, "")
        await laptop.breathe()
        assert laptop.find("Beoordelen") is bar
        assert laptop.named(bar) == "Beoordelen"
        for _heading, places in desk.groups():
            for place in places:
                await laptop.go(place.route)
                assert laptop.shell.route == place.route
        other = Person(fatma, LAPTOP)
        await other.arrive()
        await other.go("/bureau")
        assert not other.sees("Gebieden")
        assert laptop.calm()
        assert phone.calm()

    tell(story)
