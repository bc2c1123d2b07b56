"""The store as the app meets it: led by another tab, full, removed by the browser, without its key, cleared."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from app.commands.native_device import NativeStorage
from app.services import storing
from app.services.models import OtherTab, Role, Stage
from app.services.ports import Marker, Opened
from sync.core.errors import DiskFull, StorageGone
from tests.support.screens import Person
from tests.support.settled_team import FATMA, FORM, hushed, session_of, team


class _Storage(NativeStorage):
    """Says `says` one after another when it is opened; then opens."""

    def __init__(self, folder: Path, says: list[object], answers: bool = True) -> None:
        super().__init__(folder)
        self.says, self.answers, self.gone, self.saved = says, answers, asyncio.Event(), 0
        self.full = False

    async def open(self) -> Opened:
        """See Storage."""
        said = self.says.pop(0) if self.says else None
        if isinstance(said, DiskFull):
            raise said
        return said if isinstance(said, Opened) else await super().open()

    async def wait_for_lead(self) -> None:
        """See Storage."""
        await self.gone.wait()

    async def ask_to_make_way(self) -> bool:
        """See Storage."""
        return self.answers

    async def save_adrift(self) -> None:
        """See Storage."""
        if self.full:
            raise DiskFull("boat")
        self.saved += 1


async def _until(person: Person, words: str) -> None:
    for _ in range(100):
        await person.breathe()
        if person.sees(words):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(words)


@pytest.mark.parametrize("answers", [True, False])
def test_a_second_window_can_ask_the_first_to_make_way_and_says_what_came_of_it(
    settled: Path, tmp_path: Path, answers: bool
) -> None:
    """Nothing is taken: it goes on when the first is gone, whether or not that one answered."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = t.device("fatma")
            fatma.live.storage = storage = _Storage(tmp_path / "fatma", [Opened(None)], answers)
            person = Person(fatma)
            await person.arrive()
            starting = asyncio.create_task(fatma.start())
            await _until(person, "Straatcontact is al open")
            await person.tap("Ga hier verder")
            assert fatma.storing.other_tab is (OtherTab.MAKING_WAY if answers else OtherTab.ASLEEP)
            await _until(person, "gaat op slot" if answers else "geeft geen antwoord")
            assert fatma.stage is Stage.OTHER_TAB
            storage.gone.set()
            await starting
            await _until(person, "Je notities zijn vergrendeld")
            assert person.calm()

    asyncio.run(story())


def test_whoever_makes_way_keeps_what_was_typed_and_locks(settled: Path, tmp_path: Path) -> None:
    """Asked by another window in the middle of a form: the draft is on disk when this one lets go."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            await fatma.save_draft("new", FORM)
            await fatma.storing.make_way()
            assert fatma.stage is Stage.LOCKED
            again = await t.fatma()
            assert again.draft("new") == FORM

    asyncio.run(story())


def test_without_room_the_start_says_so_and_goes_on_by_itself(
    settled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Full twice, then there is room: nobody has to do anything in the app."""
    monkeypatch.setattr(storing, "FULL_SECONDS", 0.1)

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = t.device("fatma")
            fatma.live.storage = _Storage(tmp_path / "fatma", [DiskFull("store"), DiskFull("store")])
            person = Person(fatma)
            await person.arrive()
            starting = asyncio.create_task(fatma.start())
            await _until(person, "Dit apparaat is vol")
            await starting
            await _until(person, "Je notities zijn vergrendeld")
            assert person.calm()

    asyncio.run(story())


def test_removed_data_are_told_with_what_was_unsent_until_somebody_begins_anew(settled: Path, tmp_path: Path) -> None:
    """The marker knows since when something was unsent; without a marker it is a fresh phone."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            fatma.live.mark()
            assert isinstance(fatma.live.storage, NativeStorage)
            assert fatma.live.storage.marker == Marker(None)
            await fatma.save_visit(FORM)
            fatma.live.mark()
            marker = fatma.live.storage.marker
            assert marker == Marker(t.clock.now)
            for kept, words in ((marker, "was nog niet verstuurd"), (Marker(None), "was al verstuurd")):
                fresh = t.device(f"fresh {kept.unsent_since}")
                fresh.live.storage = storage = _Storage(tmp_path / f"fresh {kept.unsent_since}", [])
                storage.marker = kept
                person = Person(fresh)
                await person.arrive()
                await fresh.start()
                assert fresh.stage is Stage.GONE
                await _until(person, words)
                await person.tap("Opnieuw beginnen")
                assert (fresh.stage, storage.marker) == (Stage.WELCOME, None)
                assert person.calm()
            other = t.device("other")
            await other.start()
            assert other.stage is Stage.WELCOME

    asyncio.run(story())


def test_a_key_that_is_gone_is_told_and_what_was_unsent_is_sent_by_whoever_joins_again(
    settled: Path, tmp_path: Path
) -> None:
    """No PIN opens it any more, and none is said to be wrong; the note of before reaches the coordinator."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            visit = await fatma.save_visit(FORM)
            await fatma.lock()
            (tmp_path / "fatma" / "device.key").unlink()
            again = t.device("fatma")
            await again.start()
            person = Person(again)
            await person.arrive()
            with pytest.raises(StorageGone):
                await again.unlock(FATMA)
            await _until(person, "geen pincode opent ze meer")
            await person.tap("Opnieuw beginnen")
            assert again.stage is Stage.WELCOME
            joke = await t.joke()
            await again.open_invitation((await joke.invite("Fatma", Role.CONTACT)).url)
            await again.accept("Fatma", "583016")
            await hushed(again)
            await again.sync_once()
            await joke.sync_once()
            assert visit in session_of(joke).replica.records
            assert person.calm()

    asyncio.run(story())


def test_data_cleared_under_the_open_app_are_saved_with_the_last_word_typed(settled: Path, tmp_path: Path) -> None:
    """Without room it says so, locks, and keeps trying; what was typed lies in the log that is saved."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            fatma.live.storage = storage = _Storage(tmp_path / "fatma", [])
            person = Person(fatma)
            await person.arrive()
            await fatma.save_draft("new", replace(FORM, note="laatste woord"))
            storage.full = True
            await fatma.storing.put_back()
            assert (fatma.stage, fatma.storing.stuck, storage.saved) == (Stage.LOCKED, True, 0)
            assert fatma.live.session is None  # nothing can be saved any more, so nothing seems to be
            await _until(person, "Er is geen ruimte om ze terug te zetten")
            storage.full = False
            await fatma.storing.put_back()
            assert storage.saved == 1
            again = await t.fatma()
            assert again.draft("new") == replace(FORM, note="laatste woord")
            assert person.calm()

    asyncio.run(story())


def test_a_draft_that_found_no_room_is_kept_as_soon_as_there_is(settled: Path, tmp_path: Path) -> None:
    """Nobody has to type on: the app tries again by itself, and when it locks."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            long = replace(FORM, note="lang " * 1_900)
            db = session_of(fatma).log._db  # type: ignore[attr-defined]
            [pages] = db.execute("PRAGMA page_count").fetchone()
            db.execute(f"PRAGMA max_page_count = {pages}")
            with pytest.raises(DiskFull):
                await fatma.save_draft("new", long)
            assert fatma.live.drafts is not None
            await fatma.live.drafts.keep_up()
            db.execute("PRAGMA max_page_count = 100000")
            await fatma.live.drafts.keep_up()
            again = await t.fatma()
            assert again.draft("new") == long

    asyncio.run(story())
