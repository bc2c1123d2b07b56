"""Taking along: all that can be opened and nothing that was removed, in a form that others read; noted before it is made."""

import csv
import hashlib
import io
import json
import sqlite3
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.services.activities_form import ActivityForm, ActivityKind
from app.services.leaving.records_out import guarded, plain
from app.services.models import ReviewState
from app.services.stories_form import StoryForm
from app.view import TABLES
from sync.core.errors import Forbidden
from tests.support.native_app import synced
from tests.support.settled_team import FORM, Team

Tell = Callable[[Callable[[Team], Awaitable[None]]], None]
TITLES = {"coffee": "Koffie", "bingo": "Bingo"}
FORMULA = '=cmd|"/C calc"!A0'


def _lines(zip_: zipfile.ZipFile, kind: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in zip_.read(f"records/{kind}.jsonl").splitlines()]


async def _some_notes(t: Team) -> tuple[Any, Any, dict[str, bytes]]:
    joke, fatma = await t.joke(), await t.fatma()
    made = {
        "shared": await fatma.save_visit(replace(FORM, note=FORMULA)),
        "own": await fatma.save_visit(replace(FORM, shared=False, address="Rozenlaan 3", note="alleen voor mij")),
        "removed": await fatma.save_visit(replace(FORM, address="Rozenlaan 5", note="nooit gezegd")),
    }
    await fatma.remove_visit(made["removed"])
    made["activity"] = await fatma.activities.save(
        ActivityForm(ActivityKind.COFFEE, date(2026, 11, 18), "10:00", 120, "De Slinger; zaal 2", 12, 2)
    )
    made["story"] = await fatma.stories.save(StoryForm(True, "De bank", "Er staat een bank."), b"", offer=True)
    await synced(fatma, joke)
    await joke.review(made["shared"], ReviewState.SEEN, "Dank je wel!")
    return joke, fatma, made


def test_everything_that_can_be_opened_is_in_the_zip_and_nothing_that_was_removed(tell: Tell) -> None:
    """Fields by their names, who made it by name; a visit that was not shared is its count, and that is told."""

    async def story(t: Team) -> None:
        joke, _fatma, made = await _some_notes(t)
        far: list[float] = []
        zip_ = zipfile.ZipFile(io.BytesIO(await joke.leaving.everything(TITLES, far.append)))
        assert zip_.testzip() is None
        visits = {v["id"]: v for v in _lines(zip_, "visit")}
        assert set(visits) == {made["shared"].hex(), made["own"].hex()}
        shared, own = visits[made["shared"].hex()], visits[made["own"].hex()]
        assert shared["fields"]["detail.note"] == FORMULA, "as it was written, in the lines"
        assert (shared["creator_name"], shared["fields"]["count.outcome"]) == ("Fatma", "met")
        assert not [name for name in own["fields"] if name.startswith("detail.")]
        assert b"nooit gezegd" not in b"".join(zip_.read(name) for name in zip_.namelist())
        [word] = _lines(zip_, "review")
        assert word["fields"]["word.visit"] == made["shared"].hex(), "ids are hex, so that records find each other"
        manifest = json.loads(zip_.read("manifest.json"))
        assert manifest["kinds"]["visit"] == 2
        assert manifest["not_in_it"]["visits_with_count_only"] == 1
        assert {f["name"] for f in manifest["files"]} | {"manifest.json"} == set(zip_.namelist())
        for file in manifest["files"]:
            assert hashlib.sha256(zip_.read(file["name"])).hexdigest() == file["sha256"], file["name"]
        readme = zip_.read("README.txt").decode()
        assert "NIET versleuteld" in readme
        assert "Van 1 bezoeken staat er alleen de telling" in readme
        assert far == sorted(far)
        assert far[-1] == 1.0

    tell(story)


def test_no_cell_of_a_table_is_a_formula_and_every_table_is_there(tell: Tell) -> None:
    """A note that begins with = is text to a spreadsheet."""

    async def story(t: Team) -> None:
        joke, _, made = await _some_notes(t)
        zip_ = zipfile.ZipFile(io.BytesIO(await joke.leaving.everything(TITLES)))
        for table in TABLES:
            rows = list(
                csv.reader(io.StringIO(zip_.read(f"tables/{table.name}.csv").decode("utf-8-sig")), delimiter=";")
            )
            assert rows[0] == list(table.columns)
            assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r")]
        text = zip_.read("tables/visits.csv").decode("utf-8-sig")
        visits = {row["id"]: row for row in csv.DictReader(io.StringIO(text), delimiter=";")}
        assert visits[made["shared"].hex()]["note"] == "'" + FORMULA
        assert made["removed"].hex() not in visits

    tell(story)


def test_the_database_opens_anywhere_and_holds_what_may_be_read_here(tell: Tell, tmp_path: Path) -> None:
    """Whole, with its warning in it, no table of the app's own workings, and nothing that was removed."""

    async def story(t: Team) -> None:
        joke, _, made = await _some_notes(t)
        data = await joke.leaving.database()
        assert b"nooit gezegd" not in data
        path = tmp_path / "it.db"
        path.write_bytes(data)
        db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        names = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert names == {table.name for table in TABLES} | {"about"}
        assert db.execute("SELECT note FROM visits WHERE id = ?", (made["shared"].hex(),)).fetchone() == (FORMULA,)
        read = db.execute("SELECT by, note, review FROM visits_readable ORDER BY note DESC").fetchall()
        assert read == [("Fatma", FORMULA, "seen"), ("Fatma", "", None)]
        about = dict(db.execute("SELECT what, value FROM about").fetchall())
        assert "Not encrypted" in about["warning"]
        assert about["not in it: visits_with_count_only"] == "1"
        db.close()

    tell(story)


def test_an_export_stands_in_the_trail_before_it_is_made_and_is_for_coordinators_only(tell: Tell) -> None:
    """Each time; the calendar as what it is, the public help lines not at all. A contact person's phone refuses."""

    async def story(t: Team) -> None:
        joke, fatma, _ = await _some_notes(t)
        await joke.leaving.everything(TITLES)
        await joke.leaving.database()
        await joke.leaving.calendar(TITLES)
        joke.leaving.help_lines()
        assert sorted((e.what, e.kind) for e in joke.trail.events(10)) == [
            ("exported", "activity"), ("exported", "all"), ("exported", "all"),
        ]  # fmt: skip
        for act in (fatma.leaving.everything(TITLES), fatma.leaving.database(), fatma.leaving.calendar(TITLES)):
            with pytest.raises(Forbidden):
                await act
        with pytest.raises(Forbidden):
            fatma.leaving.help_lines()

    tell(story)


def test_the_calendar_holds_every_activity_once_and_nobodys_name(tell: Tell) -> None:
    """Also those of others; a removed one is not in it. The help lines are what HSDS readers read back."""

    async def story(t: Team) -> None:
        joke, fatma, _ = await _some_notes(t)
        gone = await fatma.activities.save(ActivityForm(ActivityKind.BINGO, date(2026, 11, 20), "14:00"))
        await fatma.activities.set_removed(gone, True)
        await synced(fatma, joke)
        text = (await joke.leaving.calendar(TITLES)).decode()
        assert text.count("BEGIN:VEVENT") == text.count("SUMMARY:Koffie") == 1
        assert "LOCATION:De Slinger\\; zaal 2" in text
        assert "Fatma" not in text
        from app.services.directory import hsds

        lines, left_out = hsds.read(json.loads(joke.leaving.help_lines()))
        assert (len(lines), left_out) == (len(joke.directory.lines()), [])

    tell(story)


@given(st.text(max_size=40))
def test_a_guarded_cell_is_never_a_formula_and_says_the_same(text: str) -> None:
    """Nothing but a ' may come before it."""
    cell = guarded(text)
    assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n")
    assert cell in (text, "'" + text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.integers() | st.binary(), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
@example([float("inf"), float("nan")])
def test_whatever_another_version_wrote_can_be_said_in_json(value: Any) -> None:
    """Strictly: no NaN, which other programs can't read."""
    json.dumps(plain(value), allow_nan=False)
