"""A resident asks: all about an address is found, handed over, corrected by whoever wrote it, or erased everywhere; and
when a device is lost it is known what it could have opened.
"""

import asyncio
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.activities_form import ActivityForm, ActivityKind
from app.services.app import App
from app.services.law import letters, lost
from app.services.law.about import NOT_OF_RESIDENTS, OF_ROUNDS, REGISTER, About
from app.services.law.letters import authority, residents
from app.services.law.naming import Door, is_it, mentions, nearly
from app.services.law.requests import Asked, month_later
from app.services.models import Outcome, QueueFilter, ReviewState, Role
from app.services.stories_form import StoryForm
from sync.core.errors import BadInput, Forbidden, StraatError
from sync.core.rights import KINDS
from sync.device import meta
from tests.support.native_app import synced
from tests.support.rounds import plan, put_street, street
from tests.support.settled_team import DAY, FORM, Team, session_of, team
from tests.support.traces import bodies, lies_in
from tests.unit.test_records_docs import _note, documented

TODAY = date(2026, 11, 18)
ACTIVITY = ActivityForm(ActivityKind.COFFEE, TODAY, "10:00", 120, "Wijkplein", 12, 2, how="Ook Tulpstraat 12 kwam.")
STORY = StoryForm(True, "De bank", "Voor Tulpstraat 12 staat nu een bank.")


# -- what names an address --------------------------------------------------------------------------------

NAMED = [
    "Tulpstraat 12",
    "ik was bij tulpstraat 12, een fijn gesprek",
    "Tulpstr. 12",
    "bij de familie op Tulpstraat nummer 12? Nee: Tulpstraat 12.",
    "TULPSTRAAT 12, 5213 AB Den Bosch",
    "(Tulpstraat 12)",
    "Tulpstaat 12 was thuis",
]
NOT_NAMED = [
    "Tulpstraat 120",
    "Tulpstraat 112",
    "Tulpstraat 12a",
    "Tulpstraat 12 b is iemand anders",
    "Rozenstraat 12",
    "om 12 uur in de Tulpstraat",
    "Tulpstraat",
    "12",
    "",
]


@pytest.mark.parametrize("text", NAMED)
def test_an_address_in_a_sentence_is_found(text: str) -> None:
    """However it is written, also with a slip in the street's name."""
    assert mentions(text, Door.of("Tulpstraat 12"))


@pytest.mark.parametrize("text", NOT_NAMED)
def test_another_door_is_not_taken_for_it(text: str) -> None:
    """A neighbour's data must not be handed to somebody else."""
    door = Door.of("Tulpstraat 12")
    assert not mentions(text, door)
    assert not is_it(text, door)


names = st.text("abcdefghijklmnop", min_size=4, max_size=10).map(lambda s: s.capitalize() + "straat")


@given(names, st.integers(1, 999), st.sampled_from(["", "a", "-2", " bis"]), st.text("xyz ,.", max_size=20))
def test_every_address_is_found_in_whatever_stands_around_it(name: str, number: int, more: str, around: str) -> None:
    """As it is, by its key, and in a sentence."""
    address = f"{name} {number}{more}"
    door = Door.of(address)
    assert is_it(address.upper(), door)
    assert is_it(door.key, door)
    assert mentions(f"{around} {name} {number} {around}", door) or more == ""
    assert mentions(f"Gisteren, {address}. Fijn!", door) or more == " bis"


def test_what_is_merely_near_is_asked_about() -> None:
    """A slip in what the resident or coordinator typed."""
    assert nearly("Tulpestraat 12", Door.of("Tulpstraat 12"))
    assert not nearly("Tulpstraat 12", Door.of("Tulpstraat 12"))
    assert not nearly("Tulpestraat 13", Door.of("Tulpstraat 12"))


def test_every_kind_is_looked_into_or_left_out_on_purpose() -> None:
    """A new kind of record is searched unless somebody says that it is about nobody at an address."""
    searched = {"visit", "welcome", "mark", "activity", "story", "review", "task", "followup", "offer", "request"}
    assert searched == KINDS - NOT_OF_RESIDENTS - REGISTER - OF_ROUNDS


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_a_month_is_a_month(day: date) -> None:
    """The answer is due on the same day of the next month, or its last: never later than 31 days."""
    until = month_later(day)
    assert 28 <= (until - day).days <= 31
    assert until.day == day.day or (until + timedelta(days=1)).day == 1


# -- on real devices --------------------------------------------------------------------------------------


async def lived(t: Team) -> tuple[App, App, bytes]:
    """A team in which much is said of Tulpstraat 12; and another address that must not come up."""
    fatma, joke = await t.fatma(), await t.joke()
    visit = await fatma.save_visit(replace(FORM, note="Wil graag koffie"))
    await fatma.save_visit(replace(FORM, address="Rozenlaan 3", note="De buren van Tulpstraat 12 hielpen"))
    await fatma.save_visit(replace(FORM, address="Rozenlaan 5", note="heeft een hond"))
    await fatma.save_visit(replace(FORM, shared=False, note="alleen voor mij"))
    await fatma.welcomes.add("Tulpstraat 12", TODAY)
    await fatma.activities.save(ACTIVITY)
    await fatma.stories.save(STORY, b"", offer=True)
    await fatma.marks.set("Tulpstraat 12", TODAY)
    await synced(fatma, joke)
    await joke.review(visit, ReviewState.SEEN, "Dank je wel")
    await joke.save_draft("new", replace(FORM, address="tulpstraat 12", note="half"))
    await synced(joke, fatma)
    return fatma, joke, visit


def kinds(about: About) -> list[tuple[str, str]]:
    """What was found, and how."""
    return sorted((f.kind, f.how) for f in about.found)


def test_all_about_an_address_is_found_and_what_cannot_be_seen_is_said(settled: Path, tmp_path: Path) -> None:
    """Visits, words on them, welcomes, marks, activities and stories that name it, drafts; nothing of the neighbours."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke, visit = await lived(t)
            about = await joke.law.about("tulpstr 12")
            assert kinds(about) == [
                ("activity", "mention"),
                ("mark", "address"),
                ("review", "linked"),
                ("story", "mention"),
                ("visit", "address"),
                ("visit", "mention"),
                ("welcome", "address"),
            ]
            assert about.drafts == ("new",)
            assert [(name, n) for _, name, n in about.unseen] == [("Fatma", 1)]
            assert not about.elsewhere
            assert [(e.what, e.kind) for e in joke.trail.events(5)] == [("read", "address")]
            slip = await joke.law.about("Tulpestraat 12")
            assert slip.near == ("Tulpstraat 12",)
            nothing = await joke.law.about("Dahliaplein 40")
            assert (nothing.found, nothing.near, nothing.drafts) == ((), (), ())
            for empty in ("", "  "):
                with pytest.raises(BadInput):
                    await joke.law.about(empty)
            with pytest.raises(Forbidden):
                await fatma.law.about("Tulpstraat 12")
            moved = await fatma.save_visit(replace(FORM, address="Akkerweg 8", note="verhuisd"), visit)
            assert moved == visit
            await synced(fatma, joke)
            older = await joke.law.about("Tulpstraat 12")
            assert ("visit", "older") in kinds(older), "what was replaced still lies here"

    asyncio.run(story())


def test_a_round_that_goes_on_is_told_with_its_name(settled: Path, tmp_path: Path) -> None:
    """Its doors can't be erased one by one: they go when it is closed, and that is said."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke = await t.joke()
            await joke.rounds.make(plan([await put_street(joke, street("Tulpstraat", range(10, 14)))], []))
            about = await joke.law.about("Tulpstraat 12")
            assert [said for _, said in about.rounds] == [False]
            assert about.rounds[0][0]
            assert about.register
            assert about.found == ()
            other = await joke.law.about("Tulpstraat 40")
            assert (other.rounds, other.register) == ((), False)

    asyncio.run(story())


def test_it_is_handed_over_without_a_volunteers_name_or_an_id(settled: Path, tmp_path: Path) -> None:
    """For machines: what was found in the same words as everywhere; noted in the trail before it leaves."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke, visit = await lived(t)
            about = await joke.law.about("Tulpstraat 12")
            whole = json.loads(await joke.law.answers.to_json(about, about.found))
            assert (whole["format"], whole["version"], whole["address"]) == (
                "straatcontact-address",
                1,
                "Tulpstraat 12",
            )
            assert whole["not_seen"]["visits_only_their_author_can_read"] == 1
            [mine] = [r for r in whole["records"] if r["kind"] == "visit" and r["found"] == "address"]
            assert (mine["note"], mine["address"], mine["wishes"]) == ("Wil graag koffie", "Tulpstraat 12", "coffee")
            text = json.dumps(whole)
            assert "Fatma" not in text
            assert session_of(fatma).member.hex() not in text
            assert visit.hex() not in text
            assert [e.what for e in joke.trail.events(1)] == ["exported"]

    asyncio.run(story())


def test_a_coordinator_erases_for_a_resident_and_everybody_forgets(settled: Path, tmp_path: Path) -> None:
    """One act with a word of why: gone from all files, on every device, with receipts; the mark stays; a person answers it."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke, _visit = await lived(t)
            asked = await joke.law.requests.note(Asked.ERASE, "Tulpstraat 12", TODAY, joke.today())
            assert [r.until for r in joke.law.requests.open()] == [date(2026, 12, 18)]
            about = await joke.law.about("Tulpstraat 12")
            mine = [f for f in about.found if f.how in ("address", "linked")]
            sealed = [b for f in mine if not f.stays for b in bodies(joke, f.id).values()]
            assert sealed
            t.nets["joke"].offline = True
            with pytest.raises(BadInput):
                await joke.law.answers.erase(mine, about.drafts, "  ", joke.today(), asked)
            done = await joke.law.answers.erase(mine, about.drafts, "Vraagt om te wissen", joke.today(), asked)
            assert (len(done.records), done.before, done.drafts) == (3, 0, 1)
            assert lies_in(tmp_path / "joke", sealed) == []
            with pytest.raises(StraatError):
                await joke.sync_once()
            assert lies_in(tmp_path / "server", sealed), "offline: in force elsewhere once it is sent"
            t.nets["joke"].offline = False
            await synced(joke, fatma, fatma, joke)
            assert lies_in(tmp_path / "server", sealed) == lies_in(tmp_path / "fatma", sealed) == []
            assert joke.marks.blocks("Tulpstraat 12")
            assert fatma.marks.blocks("Tulpstraat 12")
            assert {v.form.note for v in joke.queue(QueueFilter.ALL)} >= {"heeft een hond"}
            assert joke.draft("new") is None
            [open_] = joke.law.requests.open()
            assert (open_.how, open_.why, set(open_.erased)) == ("", "Vraagt om te wissen", set(done.records))
            assert joke.law.requests.answered() == [], "erasing answers nobody"
            await joke.law.requests.answer(asked, "Gebeld", joke.today())
            [answered] = joke.law.requests.answered()
            assert (answered.how, answered.why, answered.done) == ("Gebeld", open_.why, joke.today())
            assert set(answered.erased) == set(done.records)
            assert joke.law.requests.open() == []
            found = await joke.law.receipts.erasings(done.records)
            assert {e.kind for e in found} == {"visit", "welcome", "review"}
            assert all(len(e.done) == 2 for e in found)
            left = await joke.law.about("Tulpstraat 12")
            assert ("visit", "address") not in kinds(left)
            assert ("mark", "address") in kinds(left)
            assert ("request", "address") in kinds(left)
            again = await joke.law.answers.erase(mine, (), "Nog eens", joke.today())
            assert (again.records, again.before) == ((), 3)
            written: dict[tuple[str, str], set[str]] = {}
            _note(joke, written)
            for row in (("request", "detail"), ("audit", "event"), ("receipt", "erased")):
                assert written[row] == documented()[row], "docs/records.md says what stands in it"

    asyncio.run(story())


def test_a_mark_or_a_request_can_not_be_erased_whatever_is_chosen(settled: Path, tmp_path: Path) -> None:
    """A no stays respected."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            _fatma, joke, _visit = await lived(t)
            about = await joke.law.about("Tulpstraat 12")
            marks = [f for f in about.found if f.kind == "mark"]
            with pytest.raises(BadInput):
                await joke.law.answers.erase(marks, (), "Alles weg", joke.today())
            assert joke.marks.blocks("Tulpstraat 12")
            assert marks[0] not in about.erasable()

    asyncio.run(story())


def test_authors_are_asked_to_look_into_what_only_they_can_read(settled: Path, tmp_path: Path) -> None:
    """As a follow-up with a day, in their own app; a visit of somebody else is corrected by who wrote it."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke, visit = await lived(t)
            about = await joke.law.about("Tulpstraat 12")
            members = [m for m, _, _ in joke.law.answers.to_ask(about)]
            day = joke.today() + timedelta(days=7)
            assert await joke.law.answers.ask(members, b"", "Tulpstraat 12", "Kijk en wis", day, joke.today()) == 1
            fatmas = session_of(fatma).member
            await joke.law.answers.ask([fatmas], visit, "Tulpstraat 12", "Geen koffie maar thee", day, joke.today())
            for wrong in ([], [b"x" * 16]):
                with pytest.raises(BadInput):
                    await joke.law.answers.ask(wrong, b"", "Tulpstraat 12", "Kijk", day, joke.today())
            await synced(joke, fatma)
            asked = session_of(fatma).view.ask("SELECT what, address, due FROM followups ORDER BY what")
            assert [(r["what"], r["address"]) for r in asked] == [
                ("Geen koffie maar thee", "Tulpstraat 12"),
                ("Kijk en wis", "Tulpstraat 12"),
            ]
            assert "corrected" in [e.what for e in joke.trail.events(5)]

    asyncio.run(story())


@pytest.mark.parametrize(
    ("address", "day", "field"),
    [("", TODAY, "address"), ("x" * 301, TODAY, "address"), ("Tulpstraat 12", TODAY + timedelta(days=9), "day")],
)
def test_a_question_that_is_none_is_refused(settled: Path, tmp_path: Path, address: str, day: date, field: str) -> None:
    """Nothing is noted, and it is said at the field."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke = await t.joke()
            with pytest.raises(BadInput) as error:
                await joke.law.requests.note(Asked.LOOK, address, day, TODAY)
            assert error.value.field == field
            assert joke.law.requests.open() == []

    asyncio.run(story())


def test_what_is_due_within_a_week_is_counted_and_an_answer_needs_a_word(settled: Path, tmp_path: Path) -> None:
    """The first to be due first; what is answered is kept two years from then."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke = await t.joke()
            late = await joke.law.requests.note(Asked.LOOK, "Tulpstraat 12", TODAY - timedelta(days=29), TODAY)
            await joke.law.requests.note(Asked.CORRECT, "Rozenlaan 3", TODAY, TODAY)
            assert [r.address for r in joke.law.requests.open()] == ["Tulpstraat 12", "Rozenlaan 3"]
            assert joke.law.requests.due(TODAY) == 1
            with pytest.raises(BadInput):
                await joke.law.requests.answer(late, "", TODAY)
            await joke.law.requests.answer(late, "Voorgelezen aan de telefoon", TODAY)
            assert joke.law.requests.due(TODAY) == 0
            session = session_of(joke)
            last = {session.replica.origins[n].expiry for n in session.replica.memory.of_records({late})}
            assert last == {202811}, "all of it once more, kept as long as the answer"

    asyncio.run(story())


# -- a lost device ----------------------------------------------------------------------------------------


def test_what_a_lost_phone_could_have_opened_is_counted_also_what_it_had_dropped(settled: Path, tmp_path: Path) -> None:
    """Its owner's visits and the team's marks, not another's; after it is signed off nothing new comes in."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            await fatma.save_visit(FORM)
            await fatma.save_visit(replace(FORM, shared=False, address="Rozenlaan 3"))
            await fatma.marks.set("Akkerweg 1", TODAY)
            gone = await fatma.save_visit(replace(FORM, address="Wilgenlaan 8"))
            await joke.save_visit(replace(FORM, address="Dahliaplein 4"))
            await synced(fatma, joke)
            await fatma.change_consent(gone, noted=False, shared=False)
            await synced(fatma, joke)
            laptop = session_of(await t.unlocked("laptop")).device
            found = await joke.law.lost.look(laptop)
            assert not found.revoked
            assert {o.kind: (o.count, o.dropped) for o in found.opened} == {
                "visit": (3, 0),
                "mark": (1, 0),
                "gone": (2, 2),
            }
            assert [p.address for p in found.places if p.kind == "visit"] == ["Tulpstraat 12"]
            assert (found.alone, found.by, found.coordinator) == (2, "Fatma", False)
            t.clock.now += 100 * DAY
            await joke.trust.revoke_device(laptop)
            await synced(joke, fatma)
            await fatma.save_visit(replace(FORM, address="Nieuwstraat 1"))
            await synced(fatma, joke)
            later = await joke.law.lost.look(laptop)
            assert later.revoked
            assert "Nieuwstraat 1" not in {p.address for p in later.places}, "new keys since"
            assert {o.kind: (o.count, o.dropped) for o in later.opened}["visit"][1] >= 1
            assert [p.dropped for p in later.places if p.address == "Tulpstraat 12"] == [True]
            assert ("read", "device") in [(e.what, e.kind) for e in joke.trail.events(5)]
            with pytest.raises(Forbidden):
                await fatma.law.lost.look(laptop)

    asyncio.run(story())


def test_a_coordinators_device_could_have_opened_all_that_was_shared(settled: Path, tmp_path: Path) -> None:
    """Epochs before it came count too: they were handed on to it."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            await fatma.save_visit(FORM)
            await synced(fatma, joke)
            link = (await joke.invite("Anneke", Role.COORDINATOR)).url
            anneke = t.device("anneke")
            await anneke.start(link)
            await anneke.accept("Anneke", "nog een lange zin")
            await anneke.locking.stop()
            await synced(anneke, joke)
            device = session_of(anneke).device
            before = await joke.law.lost.look(device)
            assert before.places == ()
            await joke.trust.confirm(device)
            await synced(joke, anneke)
            found = await joke.law.lost.look(device)
            assert (found.coordinator, [p.address for p in found.places]) == (True, ["Tulpstraat 12"])

    asyncio.run(story())


def test_the_two_letters_say_what_is_known_and_leave_open_what_is_not(settled: Path, tmp_path: Path) -> None:
    """In Dutch, with the numbers; no address and no name of a resident or volunteer stands in them."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            await fatma.save_visit(FORM)
            await fatma.save_visit(replace(FORM, shared=False, outcome=Outcome.MET))
            await synced(fatma, joke)
            device = session_of(fatma).device
            found = await joke.law.lost.look(device)
            notification, letter = (f(found, "De Meent", TODAY) for f in (authority, residents))
            whole = "\n".join([*notification, *letter])
            assert "2 welkomstbezoeken" in whole
            assert "Aantal adressen: 1, en van hooguit één bezoek" in whole
            assert "18 november 2026" in whole
            assert "[meld het apparaat eerst af" in whole
            assert "Tulpstraat" not in whole
            assert "Fatma" not in whole
            assert "De Meent" in letter[2]
            await joke.trust.revoke_device(device)
            after = "\n".join(authority(await joke.law.lost.look(device), "", TODAY))
            assert "alle sleutels zijn vernieuwd" in after
            assert "[naam]" in after

    asyncio.run(story())


def test_what_a_lost_phone_has_not_confirmed_erasing_counts_as_possibly_still_there(
    settled: Path, tmp_path: Path
) -> None:
    """Erased here, but without a receipt of that phone: the authority hears of it. With its receipt it is gone."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            await fatma.save_visit(FORM)
            await fatma.save_visit(replace(FORM, address="Wilgenlaan 8"))
            await synced(fatma, joke)
            device = session_of(fatma).device
            about = await joke.law.about("Wilgenlaan 8")
            await joke.law.answers.erase(about.found, (), "Vraagt erom", TODAY)
            await joke.sync_once()
            found = await joke.law.lost.look(device)
            assert (found.addresses, found.unconfirmed) == (1, 1)
            whole = "\n".join(authority(found, "", TODAY))
            assert (
                "Aantal adressen: hooguit 2 (1 is bij ons gewist, maar dit apparaat heeft dat niet bevestigd" in whole
            )
            await synced(fatma, joke, fatma, joke)
            found = await joke.law.lost.look(device)
            assert (found.addresses, found.unconfirmed) == (1, 0)
            assert "Aantal adressen: 1." in "\n".join(authority(found, "", TODAY))

    asyncio.run(story())


def test_every_kind_about_residents_has_a_word_in_the_letters() -> None:
    """Else the authority would be told of "notities"."""
    assert {*lost.OF_RESIDENTS, lost.GONE} == set(letters._KINDS)
    assert meta.REVISION
