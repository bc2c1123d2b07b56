"""The trail: coordinators' acts with personal data, without a word of what was in them, for all coordinators to see."""

import asyncio
import json
from pathlib import Path

import pytest

from app.services.law.trail import MONTHS, Act, Event
from app.services.records import month_after
from sync.core.errors import DiskFull
from tests.support.native_app import synced
from tests.support.settled_team import session_of, team


def test_an_act_is_noted_for_every_coordinator_and_for_nobody_else(settled: Path, tmp_path: Path) -> None:
    """Who, what, which kind and the day; sealed to the coordinators' ring alone, for two years, and it can't be erased."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, fatma = await t.joke(), await t.fatma()
            await joke.trail.note(Act.EXPORTED, "visit")
            await synced(joke, fatma)
            today = joke.today()
            assert list(joke.trail.events(10)) == [Event(today, "Joke", "exported", "visit", True)]
            assert fatma.trail.count() == 0
            session = session_of(joke)
            [record] = [r for r in session.replica.records.values() if r.kind == "audit"]
            [name] = session.replica.memory.of_records({record.id})
            assert session.replica.origins[name].expiry == month_after(today, MONTHS)
            assert set(record.fields) == {"event.what", "event.kind", "event.day"}

    asyncio.run(story())


def test_reading_is_noted_once_a_day_and_what_leaves_every_time(settled: Path, tmp_path: Path) -> None:
    """Ten looks at one kind of thing on one day are one line; two exports are two."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke = await t.joke()
            for _ in range(3):
                await joke.trail.note(Act.READ, "address")
            await joke.trail.note(Act.READ, "device")
            for _ in range(2):
                await joke.trail.note(Act.EXPORTED, "address")
            t.clock.now += 24 * 3_600_000
            await joke.trail.note(Act.READ, "address")
            assert sorted((e.what, e.kind) for e in joke.trail.events(10)) == [
                ("exported", "address"),
                ("exported", "address"),
                ("read", "address"),
                ("read", "address"),
                ("read", "device"),
            ]
            assert joke.trail.count() == 5
            assert [e.day for e in joke.trail.events(1)] == [joke.today()]

    asyncio.run(story())


def test_no_dossier_of_volunteers(settled: Path, tmp_path: Path) -> None:
    """What a contact person does is not noted, also when a screen that both have asks for it."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            before = session_of(fatma).log.count()
            await fatma.trail.note(Act.READ, "address")
            assert session_of(fatma).log.count() == before, "nothing is written, not even aside"
            await synced(fatma, joke)
            assert fatma.trail.count() == joke.trail.count() == 0
            assert not any(r.kind == "audit" for r in session_of(fatma).replica.records.values())

    asyncio.run(story())


@pytest.mark.parametrize("kind", ["", "Tulpstraat 12", "visit/detail", "x" * 21, "notitie é"])
def test_no_content_fits_into_the_trail(settled: Path, tmp_path: Path, kind: str) -> None:
    """A kind is one plain word: an address, a text or an id is refused."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke = await t.joke()
            with pytest.raises(ValueError, match="one plain word"):
                await joke.trail.note(Act.READ, kind)
            assert joke.trail.count() == 0

    asyncio.run(story())


def test_on_a_full_disk_the_act_is_told_not_to_go_on(settled: Path, tmp_path: Path) -> None:
    """What can't be noted should not be exported either: the error comes before the file does."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke = await t.joke()

            def full(*_: object, **__: object) -> None:
                raise DiskFull

            session_of(joke).log.append = full  # type: ignore[method-assign]
            with pytest.raises(DiskFull):
                await joke.trail.note(Act.EXPORTED, "all")

    asyncio.run(story())


def test_a_line_of_the_trail_is_no_note_that_waits_to_be_sent(settled: Path, tmp_path: Path) -> None:
    """The home screen counts notes: nobody should think that a visit is unsent because something was looked up."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke = await t.joke()
            await joke.trail.note(Act.EXPORTED, "visit")
            assert joke.sync_status().unsent == 0
            assert json.loads(joke.mine.to_json({}))["unsent"] == 0

    asyncio.run(story())
