"""Welcomes, marks and consent between real devices over a real server: who sees what, and what is respected."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.services.app import App
from app.services.due import Reason
from app.services.marks import Why
from app.services.models import Outcome, QueueFilter, VisitForm
from app.services.welcomes import Line, read_list
from sync.core.errors import BadInput, Forbidden
from sync.core.merge import Record
from tests.support.native_app import synced
from tests.support.settled_team import FORM, Team, session_of

Tell = Callable[[Callable[[Team], Awaitable[None]]], None]
TODAY = date(2026, 11, 18)


def due(app: App) -> list[tuple[str, Reason]]:
    """What is due, in words."""
    return [(d.address, d.reason) for d in app.agenda.due()]


async def refused(act: Awaitable[object]) -> tuple[str, str]:
    """The field and the reason of a refusal."""
    with pytest.raises(BadInput) as raised:
        await act
    return raised.value.field, raised.value.why


def test_a_coordinator_s_address_reaches_whoever_it_is_for_and_is_done_once_welcomed(tell: Tell) -> None:
    """For one person, or for whoever is near; what was welcomed is done for the coordinator too, without a word more."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        mine = session_of(fatma).member
        await joke.welcomes.add("Tulpstraat 12", TODAY, mine)
        await joke.welcomes.add("Rozenlaan 3", TODAY)
        await synced(joke, fatma)
        assert due(fatma) == [("Rozenlaan 3", Reason.NEW), ("Tulpstraat 12", Reason.NEW)]
        assert [d.address for d in joke.agenda.due()] == ["Rozenlaan 3"], "what is for another is not on my list"
        welcome = fatma.agenda.due()[1].welcome
        form = replace(FORM, shared=False, welcome=welcome, outcome=Outcome.MET)
        await fatma.save_visit(form)
        await synced(fatma, joke)
        assert due(fatma) == [("Rozenlaan 3", Reason.NEW)]
        [done] = [w for w in joke.welcomes.all() if w.done]
        assert done.address == "Tulpstraat 12"
        [seen] = joke.queue(QueueFilter.ALL)
        assert (seen.form.address, seen.form.note, seen.detail) == ("", "", False)

    tell(story)


def test_an_own_entry_is_on_my_list_and_the_coordinator_s_and_on_nobody_else_s(tell: Tell) -> None:
    """It can be planned; the same door twice is refused, whatever the spelling; a planned day is when it is due."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await fatma.welcomes.add("Tulpstraat 12", TODAY)
        assert await refused(fatma.welcomes.add("tulpstr. 12", TODAY)) == ("address", "known")
        assert await refused(fatma.welcomes.add("  ", TODAY)) == ("address", "missing")
        assert await refused(fatma.welcomes.add("x" * 201, TODAY)) == ("address", "too_long")
        [d] = fatma.agenda.due()
        await fatma.welcomes.plan(d.welcome, TODAY + timedelta(days=3))
        [d] = fatma.agenda.due()
        assert (d.reason, d.on) == (Reason.PLANNED, TODAY + timedelta(days=3))
        await synced(fatma, joke)
        assert [w.address for w in joke.welcomes.all()] == ["Tulpstraat 12"]
        assert due(joke) == []

    tell(story)


def test_no_contact_is_one_tap_and_holds_for_everyone_with_the_address_and_nothing_else(tell: Tell) -> None:
    """Nobody's list has it, nobody can note or plan a visit there, in any spelling; the count goes up."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await joke.welcomes.add("Tulpstraat 12", TODAY)
        earlier = await fatma.save_visit(replace(FORM, outcome=Outcome.LATER))
        await synced(joke, fatma)
        [d] = fatma.agenda.due()
        visit = await fatma.tap_outcome(d.address, Outcome.NO_CONTACT, d.welcome)
        await synced(fatma, joke)
        for app in (fatma, joke):
            assert app.agenda.due() == []
            assert app.marks.blocks("tulpstr. 12")
            assert await refused(app.welcomes.add("TULPSTRAAT 12", TODAY)) == ("address", "no_contact")
            assert await refused(app.save_visit(FORM)) == ("address", "no_contact")
            [line] = app.welcomes.read_list("Tulpstraat 12")
            assert line.line is Line.NO_CONTACT
        [mark] = [r for r in _records(joke) if r.kind == "mark"]
        assert mark.values() == {"address.address": "Tulpstraat 12", "address.day": "2026-11-01"}
        shown = joke.visit(visit)
        assert (shown.form.outcome, shown.detail) == (Outcome.NO_CONTACT, False)
        await fatma.change_consent(earlier, False, False)
        await synced(fatma, joke)
        assert joke.marks.blocks("Tulpstraat 12"), "the mark survives the note behind it"

    tell(story)


def _records(app: App) -> list[Record]:
    return list(session_of(app).replica.records.values())


def test_a_mark_ends_by_a_coordinator_when_the_resident_wishes_or_others_live_there(tell: Tell) -> None:
    """A contact person asks and it stands; a lift frees the door; a mark that did not know of the lift stands."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await fatma.marks.set("Tulpstraat 12", TODAY)
        await synced(fatma, joke)
        [mark] = fatma.marks.all(TODAY)
        with pytest.raises(Forbidden):
            await fatma.marks.lift(mark.id, Why.OWN_WISH, TODAY)
        await fatma.marks.ask_to_lift(mark.id, Why.OWN_WISH, TODAY)
        await synced(fatma, joke)
        [asked] = joke.marks.all(TODAY)
        assert asked.asked is Why.OWN_WISH
        assert joke.marks.blocks("Tulpstraat 12")
        await joke.marks.lift(mark.id, Why.OWN_WISH, TODAY)
        again = await t.unlocked("laptop")  # has not heard of any of it
        await again.marks.set("Tulpstraat 12", TODAY)
        await synced(joke, again, fatma, joke)
        assert fatma.marks.blocks("Tulpstraat 12"), "it did not know of the lift"
        [second] = joke.marks.all(TODAY)
        await joke.marks.lift(second.id, Why.HOUSEHOLD, TODAY)
        await joke.welcomes.add("Tulpstraat 12", TODAY)
        await synced(joke, fatma)
        assert due(fatma) == [("Tulpstraat 12", Reason.NEW)], "whoever lives there now is welcomed"

    tell(story)


def test_a_coordinator_is_asked_about_a_mark_every_two_years_and_without_an_answer_it_stands(tell: Tell) -> None:
    """Asked after two years, not after an answer, and again two years later."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        await joke.marks.set("Tulpstraat 12", TODAY)
        [mark] = joke.marks.all(TODAY)
        later = TODAY + timedelta(days=2 * 365 + 30)
        assert (mark.ask, joke.marks.all(later)[0].ask) == (False, True)
        assert joke.marks.blocks("Tulpstraat 12")
        await joke.marks.confirm(mark.id, later)
        assert not joke.marks.all(later)[0].ask
        assert joke.marks.all(later + timedelta(days=731))[0].ask

    tell(story)


def test_not_home_is_one_tap_for_oneself_and_comes_back(tell: Tell) -> None:
    """Nobody was asked, so nobody else reads where; undone, it is as before."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await joke.welcomes.add("Tulpstraat 12", TODAY, session_of(fatma).member)
        await synced(joke, fatma)
        [d] = fatma.agenda.due()
        visit = await fatma.tap_outcome(d.address, Outcome.NOT_HOME, d.welcome)
        [back] = fatma.agenda.due()
        assert (back.reason, back.tries, back.welcome) == (Reason.NOT_HOME, 1, d.welcome)
        await synced(fatma, joke)
        seen = joke.visit(visit)
        assert (seen.form.address, seen.form.outcome) == ("", Outcome.NOT_HOME)
        await fatma.remove_visit(visit)
        assert due(fatma) == [("Tulpstraat 12", Reason.NEW)]
        with pytest.raises(BadInput):
            await fatma.tap_outcome("Tulpstraat 12", Outcome.MET)

    tell(story)


@pytest.mark.parametrize("shared", [True, False])
def test_consent_is_taken_back_as_easily_as_it_was_given(tell: Tell, shared: bool) -> None:
    """The coordinator reads the detail as long as that is allowed, and the count always; nothing is there twice."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        laptop = await t.unlocked("laptop")
        visit = await fatma.save_visit(replace(FORM, shared=shared))
        await synced(fatma, joke, laptop)
        turned = await fatma.change_consent(visit, True, not shared)
        assert (turned == visit) is not shared, "what is given needs no erasing"
        await synced(fatma, joke, laptop)
        for app in (fatma, laptop):
            [mine] = app.visits()
            assert mine.form == replace(FORM, shared=not shared)
        [seen] = joke.queue(QueueFilter.ALL)
        assert seen.detail is not shared
        gone = await fatma.change_consent(turned, False, False)
        await synced(fatma, joke, laptop)
        for app in (fatma, laptop, joke):
            [left] = app.queue(QueueFilter.ALL) if app is joke else app.visits()
            assert left.id == gone
            assert (left.form.outcome, left.form.address, left.form.note, left.detail) == (FORM.outcome, "", "", False)

    tell(story)


def test_both_versions_of_a_note_go_along_when_consent_changes(tell: Tell) -> None:
    """Two devices wrote, nobody has chosen: neither text is lost by the change."""

    async def story(t: Team) -> None:
        fatma, laptop = await t.fatma(), await t.unlocked("laptop")
        visit = await fatma.save_visit(FORM)
        await synced(fatma, laptop)
        await fatma.save_visit(replace(FORM, note="van de telefoon"), visit)
        await laptop.save_visit(replace(FORM, note="van de laptop"), visit)
        await synced(fatma, laptop, fatma)
        turned = await fatma.change_consent(visit, True, False)
        note = fatma.visit(turned).form.note
        assert sorted(note.split("\n\n")) == ["van de laptop", "van de telefoon"]

    tell(story)


def test_without_consent_nothing_can_be_noted_but_that_someone_was_there(tell: Tell) -> None:
    """A form that would note all the same is refused and stays as it was typed."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        bare = VisitForm(shared=False, noted=False, day=TODAY, outcome=Outcome.MET)
        for typed in (replace(bare, note="toch"), replace(bare, address="Tulpstraat 12")):
            assert await refused(fatma.save_visit(typed)) == ("note", "no_consent")
        visit = await fatma.save_visit(bare)
        await synced(fatma, joke)
        assert not joke.visit(visit).detail
        kept = _record(joke, visit).values()
        assert {name.partition(".")[0] for name in kept} == {"count"}

    tell(story)


def _record(app: App, name: bytes) -> Record:
    return session_of(app).replica.records[name]


def test_a_list_is_looked_at_line_by_line_and_taken_in_at_once(tell: Tell) -> None:
    """What is known, twice, too long or not to be rung is said with its line; the rest is kept in one act."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        await joke.welcomes.add("Tulpstraat 12", TODAY)
        await joke.marks.set("Rozenlaan 1", TODAY)
        text = (
            "Adres;Naam\nTulpstr. 12;Jan\n\nRozenlaan 1\nRozenlaan 2\trest\nrozenlaan 2\nDe Hoef 3" + "\n" + "x" * 300
        )
        lines = joke.welcomes.read_list(text)
        assert [(x.number, x.line) for x in lines] == [
            (1, Line.NO_NUMBER),
            (2, Line.KNOWN),
            (4, Line.NO_CONTACT),
            (5, Line.NEW),
            (6, Line.TWICE),
            (7, Line.NEW),
            (8, Line.TOO_LONG),
        ]
        assert await joke.welcomes.add_list(lines[1:], TODAY) == 2
        assert sorted(w.address for w in joke.welcomes.all()) == ["De Hoef 3", "Rozenlaan 2", "Tulpstraat 12"]
        with pytest.raises(BadInput):
            joke.welcomes.read_list("x\n" * 200_000)

    tell(story)


def test_a_visit_that_is_taken_away_leaves_its_door_on_the_list(tell: Tell) -> None:
    """Noted at the wrong door, or changed to "later": the welcome is due again; put back, it is done."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        await fatma.welcomes.add("Tulpstraat 12", TODAY)
        welcome = fatma.agenda.due()[0].welcome
        form = replace(FORM, welcome=welcome)
        visit = await fatma.save_visit(form)
        assert due(fatma) == []
        await fatma.remove_visit(visit)
        assert due(fatma) == [("Tulpstraat 12", Reason.NEW)]
        await fatma.restore_visit(visit)
        assert due(fatma) == []
        await fatma.save_visit(replace(form, outcome=Outcome.LATER), visit)
        assert due(fatma) == [("Tulpstraat 12", Reason.LATER)]

    tell(story)


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("Tulpstraat;12;a;5211AB", "Tulpstraat 12a"),
        ('"Tulpstraat"\t"12"', "Tulpstraat 12"),
        ("Tulpstraat 12;Jansen", "Tulpstraat 12"),
        ("Tulpstraat 12, Vught", "Tulpstraat 12, Vught"),
        ("Mevrouw de Vries, Beukstraat 3", "Beukstraat 3"),
    ],
)
def test_a_table_s_line_gives_its_address_and_nothing_else(line: str, address: str) -> None:
    """Street and number in one column or in their own; names behind it are not taken over."""
    [read] = read_list(line, (), frozenset())
    assert (read.address, read.line) == (address, Line.NEW)


def test_a_name_in_a_list_is_no_address_and_a_door_without_contact_waits_for_nobody(tell: Tell) -> None:
    """Lines with somebody's name are left out; what is marked after it was listed leaves the coordinator's list."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        lines = joke.welcomes.read_list("Familie Jansen Beukstraat 4\nBeukstraat 5\n1234 AB Vught")
        assert [x.line for x in lines] == [Line.NAME, Line.NEW, Line.NO_NUMBER]
        assert await joke.welcomes.add_list(lines, TODAY) == 1
        assert [a.welcome.address for a in joke.welcomes.assigned()] == ["Beukstraat 5"]
        await joke.marks.set("Beukstraat 5", TODAY)
        assert joke.welcomes.assigned() == []

    tell(story)


def test_two_spellings_of_one_door_are_joined_without_loss(tell: Tell) -> None:
    """Both visits are on the one door, and both keep all that was noted."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        first = await fatma.save_visit(replace(FORM, address="Tulpstraat 12", note="een"))
        second = await fatma.save_visit(replace(FORM, address="tulpstr 12", note="twee"))
        door = fatma.agenda.door("Tulpstraat 12")
        assert door.spellings == ("Tulpstraat 12", "tulpstr 12")
        await fatma.agenda.merge(door.spellings, "Tulpstraat 12")
        door = fatma.agenda.door("Tulpstraat 12")
        assert door.spellings == ("Tulpstraat 12",)
        assert {(v.id, v.form.note) for v in door.visits} == {(first, "een"), (second, "twee")}
        assert fatma.welcomes.near("Tulpstaat 12") == ["Tulpstraat 12"]

    tell(story)
