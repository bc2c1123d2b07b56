"""The large made-up organisation: the same from the same seed, believable, and what is played is what stands everywhere."""

import asyncio
import sqlite3
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli import main
from app.commands import demo_large
from app.commands.demo import FOLDER, READY
from app.commands.demo_plan import DAYS, Script, script
from app.commands.demo_words import CONTACTS, COORDINATORS
from app.services.guard.look import look
from app.services.models import Outcome
from sync.core.errors import BadInput, Busy
from tests.support.large_demo import SEED, VISITS, large_demo, woken
from tests.support.settled_team import session_of

LAST = date(2026, 11, 25)


@given(st.integers(0, 2**32), st.integers(1, 400))
@settings(max_examples=15, deadline=None)
def test_the_same_seed_makes_the_same_script_of_exactly_so_many_visits(seed: int, visits: int) -> None:
    """Another seed another; none lies outside of the two years; nobody rings where somebody asked not to."""
    made = script(seed, visits, LAST)
    assert made == script(seed, visits, LAST)
    assert made.visits != script(seed + 1, visits, LAST).visits
    assert len(made.visits) == visits
    assert all(LAST - timedelta(days=DAYS) <= v.at.date() <= LAST for v in made.visits)
    assert [v.number for v in made.visits] == [*range(visits)]
    shut: set[str] = set()
    for visit in made.visits:
        assert visit.form.address not in shut
        shut |= {visit.form.address} if visit.form.outcome is Outcome.NO_CONTACT else set()


def test_ten_thousand_visits_look_like_two_years() -> None:
    """More in summer than in winter, most doors open in the end, nobody's name in a note, some of it not read yet."""
    made = script(1, 10_000, LAST)
    months = Counter(v.at.month for v in made.visits)
    assert min(months[m] for m in (7, 8, 9)) > 1.5 * max(months[m] for m in (12, 1))
    outcomes = Counter(v.form.outcome for v in made.visits)
    assert 0.5 < outcomes[Outcome.MET] / 10_000 < 0.7
    assert set(outcomes) == set(Outcome)
    assert 500 < sum(v.word is None for v in made.visits) < 2_000
    names = {*CONTACTS, *COORDINATORS}
    notes = {v.form.note for v in made.visits}
    assert not [note for note in notes for word in note.replace(".", " ").replace(",", " ").split() if word in names]
    assert len(notes) > 1_000
    assert not [note for note in sorted(notes)[:200] if look(note)], "the guard has nothing to ask about"


@pytest.fixture
def made(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> tuple[Path, Script]:
    """A small one, as the command makes it."""
    return large_demo(tmp_path_factory, tmp_path)


def test_what_was_played_stands_on_the_coordinators_device_and_nothing_was_set_aside(
    made: tuple[Path, Script],
) -> None:
    """Every visit once with its outcome and its day; on no device does anything wait, lack or lie aside."""
    data, played = made

    async def story() -> None:
        for who in ("joke", "karim", "annika", *(w.key for w in played.workers)):
            app = await woken(data, who)
            status = app.sync_status()
            assert (who, status.aside, status.unsent, status.withheld) == (who, 0, 0, 0)
            if who in ("joke", "karim"):
                rows = session_of(app).view.ask("SELECT day, outcome FROM visits WHERE NOT hidden")
                there = Counter((row["day"], row["outcome"]) for row in rows)
                assert there == Counter(
                    (str(v.form.day), v.form.outcome.value) for v in played.visits if v.form.outcome
                )
                assert app.offers.all()
                assert {r.closed for r in app.rounds.rounds()} == {True, False}
            session_of(app).log.close()

    asyncio.run(story())


def test_notes_were_written_when_the_visit_was(made: tuple[Path, Script]) -> None:
    """The moment of noting is that of the story, not of its making."""
    data, _played = made

    async def story() -> None:
        app = await woken(data, "joke")
        records = [r for r in session_of(app).replica.records.values() if r.kind == "visit"]
        days = [
            (r.value("count.day"), date.fromtimestamp(v.stamp.millis / 1000))
            for r in records
            for v in r.fields["count.day"].versions.values()
        ]
        assert len(days) == VISITS
        assert all(day == noted.isoformat() for day, noted in days)
        session_of(app).log.close()

    asyncio.run(story())


def test_a_data_folder_in_use_is_left_alone_and_an_odd_number_refused(
    made: tuple[Path, Script], tmp_path: Path
) -> None:
    """Nothing is made over what is there; a folder that is there whole says so."""
    data, _ = made
    assert (data / FOLDER / READY).exists()
    before = sqlite3.connect(data / "store.db").execute("SELECT count(*) FROM envelopes").fetchone()
    with pytest.raises(Busy):
        demo_large.make(data, "http://localhost:8550", VISITS, SEED, lambda _: None)
    assert sqlite3.connect(data / "store.db").execute("SELECT count(*) FROM envelopes").fetchone() == before
    with pytest.raises(BadInput):
        demo_large.make(tmp_path / "new", "http://localhost:8550", 0, SEED, lambda _: None)
    site = tmp_path / "site"
    site.mkdir()
    (site / "site.json").write_text("{}")
    assert main(["demo", "--data", str(tmp_path / "new"), "--site", str(site), "--visits", "1000000"]) == 1
