"""Visits and their drafts on a real device: what is refused, what is kept, what comes back after a kill."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.platform.native_crypto import NativePrimitives
from app.services.app import App
from app.services.drafts import from_bytes
from app.services.models import Outcome, QueueFilter, ReviewState, VisitForm
from app.services.visit_draft import from_plain
from sync.core.errors import BadInput, DiskFull, Forbidden, NotFound
from sync.core.ports import Sealing
from sync.device.log import SqliteLog
from tests.support.native_app import synced
from tests.support.settled_team import DAY, FATMA, FORM, hushed, session_of, team


class Overtaking(NativePrimitives):
    """Sealing as WebCrypto does it: what was asked last may well be ready first."""

    def __init__(self) -> None:
        super().__init__()
        self._asked = 0

    async def seal(self, items: Sequence[Sealing]) -> list[bytes]:
        """See the port."""
        self._asked += 1
        await asyncio.sleep(0.1 / self._asked)
        return await super().seal(items)


async def refused(app: App, form: VisitForm) -> tuple[str, str]:
    """The field and the reason for which a form can't be saved."""
    with pytest.raises(BadInput) as raised:
        await app.save_visit(form)
    return raised.value.field, raised.value.why


def test_ten_thousand_characters_are_saved_and_one_more_is_refused_with_the_draft_kept(
    settled: Path, tmp_path: Path
) -> None:
    """The longest note arrives whole; a longer one stays as the draft it was."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            long = replace(FORM, note="é" * 10_000)
            longer = replace(FORM, note="é" * 10_001)
            visit = await fatma.save_visit(long)
            await fatma.save_draft("new", longer)
            assert await refused(fatma, longer) == ("note", "too_long")
            assert fatma.draft("new") == longer
            assert [v.id for v in fatma.visits()] == [visit]
            joke = await t.joke()
            await synced(fatma, joke)
            assert joke.visit(visit).form.note == "é" * 10_000
            again = await t.fatma()
            assert again.draft("new") == longer

    asyncio.run(story())


def test_an_empty_form_is_told_field_by_field(settled: Path, tmp_path: Path) -> None:
    """Each missing or impossible field is named in turn; nothing is saved."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            form = VisitForm()
            steps: list[tuple[tuple[str, str], Callable[[VisitForm], VisitForm]]] = [
                (("shared", "missing"), lambda f: replace(f, shared=False)),
                (("address", "missing"), lambda f: replace(f, address="a" * 201)),
                (("address", "too_long"), lambda f: replace(f, address="  ")),
                (("address", "missing"), lambda f: replace(f, address="a" * 200)),
                (("day", "missing"), lambda f: replace(f, day=date(2027, 1, 1))),
                (("day", "future"), lambda f: replace(f, day=date(2026, 11, 18))),
                (("outcome", "missing"), lambda f: replace(f, outcome=Outcome.LATER)),
            ]
            for expected, mend in steps:
                assert await refused(fatma, form) == expected
                form = mend(form)
            early = replace(form, come_back=date(2026, 11, 17))
            assert await refused(fatma, early) == ("come_back", "before_visit")
            assert fatma.visits() == []
            await fatma.save_visit(replace(form, come_back=date(2026, 11, 18)))
            assert len(fatma.visits()) == 1

    asyncio.run(story())


def test_a_draft_is_there_again_after_a_kill_at_any_keystroke(settled: Path, tmp_path: Path) -> None:
    """Whatever was last typed is in the form after a restart, and saving ends the draft."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            typed = [replace(FORM, note=FORM.note[:n]) for n in range(1, 6)]
            vault = session_of(fatma).vault
            for form in typed:
                await fatma.save_draft("new", form)
                on_disk = SqliteLog(str(tmp_path / "fatma" / "log-0001.db"))  # what a kill here would leave
                [sealed] = on_disk.drafts().values()
                on_disk.close()
                plain = await vault.open_bytes("draft new", sealed)
                assert plain is not None
                assert from_plain(from_bytes(plain)) == form
            again = await t.fatma()
            assert again.draft("new") == typed[-1]
            visit = await again.save_visit(FORM)
            assert again.draft("new") is None
            await again.save_draft(visit.hex(), replace(FORM, note="toch anders"))
            third = await t.fatma()
            assert third.draft("new") is None
            kept = third.draft(visit.hex())
            assert kept is not None
            assert kept.note == "toch anders"

    asyncio.run(story())


def test_of_drafts_that_overtake_each_other_the_later_stays(settled: Path, tmp_path: Path) -> None:
    """Keystrokes sealed at the same time end with the last one; a draft dropped meanwhile stays dropped."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = t.device("fatma", primitives=Overtaking())
            await fatma.start()
            await fatma.unlock(FATMA)
            await hushed(fatma)
            forms = [replace(FORM, note="x" * n) for n in range(20)]
            await asyncio.gather(*(fatma.save_draft("new", form) for form in forms))
            await asyncio.gather(fatma.save_draft("other", FORM), fatma.save_draft("other", None))
            assert fatma.draft("new") == forms[-1]
            again = await t.fatma()
            assert again.draft("new") == forms[-1]
            assert len(session_of(again).log.drafts()) == 1

    asyncio.run(story())


def test_a_full_disk_refuses_the_save_and_keeps_the_draft(settled: Path, tmp_path: Path) -> None:
    """Saving with no room left says so; the draft and all that was saved are there, and saving works later."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            first = await fatma.save_visit(FORM)
            long = replace(FORM, note="lang " * 1_900)
            await fatma.save_draft("new", long)
            db = session_of(fatma).log._db  # type: ignore[attr-defined]
            [pages] = db.execute("PRAGMA page_count").fetchone()
            db.execute(f"PRAGMA max_page_count = {pages}")
            with pytest.raises(DiskFull):
                await fatma.save_visit(long)
            assert fatma.draft("new") == long
            assert [v.id for v in fatma.visits()] == [first]
            again = await t.fatma()  # room again
            assert (again.draft("new"), [v.id for v in again.visits()]) == (long, [first])
            second = await again.save_visit(long)
            joke = await t.joke()
            await synced(again, joke)
            assert {v.id for v in joke.queue(QueueFilter.OPEN)} == {first, second}
            assert session_of(joke).replica.withheld == set()

    asyncio.run(story())


def test_a_visit_that_is_saved_is_said_to_be_saved(settled: Path, tmp_path: Path) -> None:
    """No room to drop the draft, or a screen that can't be drawn, never makes a saved visit look unsaved."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            await fatma.save_draft("new", FORM)

            def full(form: str, data: bytes | None, day: int = 0) -> None:
                raise DiskFull

            def broken() -> None:
                raise RuntimeError("a screen")

            session_of(fatma).log.put_draft = full  # type: ignore[method-assign]
            fatma.subscribe(broken)
            visit = await fatma.save_visit(FORM)
            assert fatma.draft("new") is None
            await synced(fatma)
            assert [(v.id, v.synced) for v in fatma.visits()] == [(visit, True)]

    asyncio.run(story())


def test_a_second_word_on_a_visit_is_unread_again(settled: Path, tmp_path: Path) -> None:
    """Read once, it stays read, also after a restart; when the coordinator says more it is new."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            visit = await fatma.save_visit(FORM)
            await synced(fatma, joke)
            await joke.review(visit, ReviewState.QUESTION, "Hoe laat was dat?")
            await synced(joke, fatma)
            assert fatma.visit(visit).unread_review
            await fatma.mark_review_read(visit)
            fatma = await t.fatma()
            assert not fatma.visit(visit).unread_review
            await joke.review(visit, ReviewState.SEEN, "Dank je")
            await synced(joke, fatma)
            seen = fatma.visit(visit)
            assert seen.review is not None
            assert (seen.review.reply, seen.unread_review) == ("Dank je", True)
            with pytest.raises(Forbidden):
                await fatma.review(visit, ReviewState.SEEN, "zelf")
            with pytest.raises(BadInput):
                await joke.review(visit, ReviewState.QUESTION, "  ")
            with pytest.raises(BadInput):
                await joke.review(visit, ReviewState.SEEN, "x" * 2_001)

    asyncio.run(story())


def test_a_removed_visit_is_gone_for_both_and_comes_back_when_undone(settled: Path, tmp_path: Path) -> None:
    """Removal hides it on every device; undoing shows it again with all it had."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            visit = await fatma.save_visit(FORM)
            await synced(fatma, joke)
            await fatma.remove_visit(visit)
            assert fatma.visits() == []
            await synced(fatma, joke)
            assert joke.queue(QueueFilter.ALL) == []
            await fatma.restore_visit(visit)
            await synced(fatma, joke)
            assert [v.form for v in fatma.visits()] == [FORM]
            assert [v.form for v in joke.queue(QueueFilter.ALL)] == [FORM]
            with pytest.raises(Forbidden):
                await joke.remove_visit(visit)
            with pytest.raises(NotFound):
                await fatma.remove_visit(bytes(16))

    asyncio.run(story())


def test_detail_that_is_not_shared_reaches_the_own_devices_alone(settled: Path, tmp_path: Path) -> None:
    """Without consent the other device of the same member reads all of it, the coordinator only the count."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, laptop, joke = await t.fatma(), await t.unlocked("laptop"), await t.joke()
            quiet = replace(FORM, shared=False)
            visit = await fatma.save_visit(quiet)
            await fatma.save_visit(replace(quiet, note="later meer", shared=True), visit)  # consent stays as it was
            await synced(fatma, laptop, joke)
            assert laptop.visit(visit).form == replace(quiet, note="later meer")
            seen = joke.visit(visit)
            assert (seen.detail, seen.form.address, seen.form.note) == (False, "", "")
            assert (seen.form.outcome, seen.form.day) == (FORM.outcome, FORM.day)
            held = b"".join(e.data for e in session_of(joke).log.read(0, 1000))
            own = session_of(fatma).own_ring()
            assert own in held  # the count goes to both rings
            details = [e for e in session_of(fatma).log.read(0, 1000) if e.id not in session_of(joke).log.has([e.id])]
            assert len(details) == 3  # the detail's sender key, the detail and its change

    asyncio.run(story())


def test_the_day_of_a_visit_may_be_today_wherever_on_earth(settled: Path, tmp_path: Path) -> None:
    """Tomorrow by this clock is accepted (it may be today elsewhere), the day after is not."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            today = date.fromtimestamp(t.clock.millis() / 1000)
            tomorrow, after = (date.fromtimestamp((t.clock.millis() + n * DAY) / 1000) for n in (1, 2))
            assert today < tomorrow < after
            await fatma.save_visit(replace(FORM, day=tomorrow))
            assert await refused(fatma, replace(FORM, day=after)) == ("day", "future")

    asyncio.run(story())
