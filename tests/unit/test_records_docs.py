"""docs/records.md says what stands in each kind of record: every field that real devices write, and no other."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from app.services.activities_form import ActivityForm, ActivityKind
from app.services.app import App
from app.services.marks import Why
from app.services.models import AreaCode, Outcome, ReviewState
from app.services.offers_form import OfferForm
from app.services.rounds.models import Answer, DoorState
from app.services.stories_form import StoryForm
from sync.core.change import ERASE, LIFE
from sync.core.rights import TABLE
from tests.support.native_app import synced
from tests.support.rounds import plan as plan_of
from tests.support.rounds import put_street, street
from tests.support.settled_team import FORM, Team, session_of

Tell = Callable[[Callable[[Team], Awaitable[None]]], None]
TODAY = date(2026, 11, 18)
DOCS = (Path(__file__).parents[2] / "docs" / "records.md").read_text(encoding="utf-8")
# Written by acts that other tests tell of: what a coordinator decides about people, devices and pairs.
ELSEWHERE = {
    ("adoption", "verdict"),
    ("grant", "keys"),
    ("task", "detail"),
    ("story", "photo"),
    ("story", "publication"),
    ("report", "table"),
}
ELSEWHERE |= {("request", "detail"), ("setting", "keeping"), ("audit", "event"), ("receipt", "erased")}


def documented() -> dict[tuple[str, str], set[str]]:
    """Kind and group → the fields that the table names."""
    rows = re.findall(r"^\| (\w+) \| (\w+) \| ([^|]*) \|", DOCS, re.M)
    return {(kind, group): set(re.findall(r"`(\w+)`", fields)) for kind, group, fields in rows if kind != "kind"}


def test_every_field_that_is_written_is_documented_and_nothing_else(tell: Tell) -> None:
    """One of each, written by the app's own services; later kinds that nobody writes yet are not in the table."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await fatma.welcomes.add("Rozenlaan 3", TODAY)
        [due] = fatma.agenda.due()
        await fatma.welcomes.plan(due.welcome, TODAY)
        visit = await fatma.save_visit(replace(FORM, address="Rozenlaan 3", welcome=due.welcome))
        await fatma.tap_outcome("Tulpstraat 9", Outcome.NO_CONTACT)
        [mark] = fatma.marks.all(TODAY)
        await fatma.marks.ask_to_lift(mark.id, Why.OWN_WISH, TODAY)
        plan = ActivityForm(
            ActivityKind.COFFEE, TODAY - timedelta(days=1), "10:00", 120, "Wijkplein", 12, 2, how="fijn"
        )
        await fatma.activities.save(plan)
        await fatma.stories.save(StoryForm(True, "De bank", "We drinken koffie."), b"", offer=True)
        await synced(fatma, joke)
        await joke.review(visit, ReviewState.QUESTION, "Welke verdieping?")
        await joke.reviews.take(visit, TODAY)
        await joke.followups.ask(visit, me(fatma), "Breng de folder", TODAY, "", TODAY)
        await synced(joke, fatma)
        [asked] = fatma.followups.mine()
        await fatma.followups.done(asked.id, "Gedaan", TODAY)
        await joke.review(visit, ReviewState.QUESTION, "Welke verdieping?")
        await synced(joke, fatma)
        await fatma.reviews.answer(visit, "De tweede", TODAY)
        await joke.marks.confirm(mark.id, TODAY)
        await joke.marks.lift(mark.id, Why.OWN_WISH, TODAY)
        team = session_of(joke).team
        wijk = ("wijk", "WK079604", "2025")
        await joke.trust.put_team(team, "Muntel", [AreaCode(*wijk, "")])
        await joke.wishes.put(team, ["coffee"])
        await joke.offers.save(OfferForm("coffee", "Koffie", wijk))
        await synced(fatma, joke)
        tulip = await put_street(joke, street("Tulpstraat", range(1, 3)), "De Hoef")
        name = await joke.rounds.make(plan_of([tulip], [me(fatma)]))
        await joke.areas.put_streets(team, wijk, "Tulpstraat")
        await synced(joke, fatma)
        [walk] = joke.rounds.round(name).walks
        await fatma.rounds.take(walk.id)
        await fatma.rounds.tap(walk.id, "tulpstraat|1|", Answer(DoorState.MET))
        written: dict[tuple[str, str], set[str]] = {}
        _note(fatma, written)
        await synced(fatma)
        await joke.rounds.close(name)
        _note(joke, written)
        told = {row: fields for row, fields in documented().items() if row not in ELSEWHERE}
        assert {row: fields for row, fields in written.items() if row not in ELSEWHERE} == told

    tell(story)


def me(app: App) -> bytes:
    """Whose device it is."""
    return session_of(app).member


def _note(app: App, written: dict[tuple[str, str], set[str]]) -> None:
    """What fields there are now; those of doors are named by a door's key."""
    for record in session_of(app).replica.records.values():
        for name in record.fields:
            group, _, field = name.partition(".")
            if group != LIFE:
                written.setdefault((record.kind, group), set()).add("key" if "|" in field else field)


def test_the_documented_rows_are_rows_of_the_rights_table() -> None:
    """What is not yet written by anyone is named as such."""
    rows = {row for row in TABLE if row[1] not in (LIFE, ERASE)}
    later = set(re.findall(r"`(\w+)/(\w+)`", DOCS.partition("Not written yet")[2]))
    assert set(documented()) | later == rows
    assert not set(documented()) & later
