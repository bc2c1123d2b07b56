"""8. A crash while finishing leaves half a form, a ghost of a draft, or the same thing twice.

Reported: getodk/collect #6522 (a crash during finalizing: a draft that can't be opened, and disappears), #6691 (a save that
fails leaves a second one of the same), dexie/Dexie.js #2008 and ionic-team/cordova-plugin-ionic-webview #354 (the browser
lost its database when it came back into view).

Promised instead: saving is one transaction. Whenever the phone dies between the tap and the word that it is saved, there
is the form as it was typed, or the note: never both, never neither, and saving again never makes two.
"""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, expect

from app.services import activities, stories
from app.services.activities_form import ActivityForm, ActivityKind
from app.services.app import App
from app.services.models import Outcome
from app.services.stories_form import StoryForm
from app.services.visit_draft import draft_key
from sync.core.errors import DiskFull
from tests.browser.test_app_killed import _join, _unlocked
from tests.support.chrome import Chrome, chrome
from tests.support.server_process import ServerProcess
from tests.support.settled_team import FORM, session_of, team
from tests.unit.test_services_enrolment import Killed

WRITES = ("append", "put", "put_draft", "mark", "drop")
COFFEE = ActivityForm(ActivityKind.COFFEE, date(2026, 11, 17), "10:00", 120, "De Slinger", 12, 2, how="Gezellig.")
BENCH = StoryForm(True, "De bank", "Sinds de zomer staat er een bank.")


def dies(app: App, write: int, after: bool) -> Callable[[], bool]:
    """The device dies at its so-manieth write from now, just before it is on disk or just `after`. Whether it did."""
    log, left, dead = app.live.require_log(), [write], [False]

    def fatal(real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **more: Any) -> Any:
            left[0] -= 1
            if dead[0] or (left[0] == 0 and not after):
                dead[0] = True
                raise Killed()
            result = real(*args, **more)
            if left[0] == 0:
                dead[0] = True
                raise Killed()
            return result

        return wrapped

    for name in WRITES:
        setattr(log, name, fatal(getattr(log, name)))
    return lambda: dead[0]


async def _new_visit(app: App) -> Callable[[App], Awaitable[object]]:
    await app.save_draft("new", FORM)
    return lambda app: app.save_visit(FORM)


async def _edit(app: App) -> Callable[[App], Awaitable[object]]:
    visit = await app.save_visit(replace(FORM, note="eerst"))
    await app.save_draft(visit.hex(), FORM)
    return lambda app: app.save_visit(FORM, visit)


async def _welcome(app: App) -> Callable[[App], Awaitable[object]]:
    welcome = await app.welcomes.add("Tulpstraat 12", app.today())
    form = replace(FORM, welcome=welcome)
    await app.save_draft(draft_key(None, welcome), form)
    return lambda app: app.save_visit(form)


async def _activity(app: App) -> Callable[[App], Awaitable[object]]:
    await app.activities.keep_draft(activities.NEW, COFFEE)
    return lambda app: app.activities.save(COFFEE)


async def _story(app: App) -> Callable[[App], Awaitable[object]]:
    await app.stories.keep_draft(stories.NEW, BENCH)
    return lambda app: app.stories.save(BENCH, b"")


KINDS = {"a visit": _new_visit, "an edit": _edit, "a welcome": _welcome, "an activity": _activity, "a story": _story}


def _typed(app: App) -> int:
    """How many half-typed forms there are."""
    drafts = app.live.drafts
    assert drafts is not None
    assert len(drafts.keys()) == len(app.live.require_log().drafts()), "a row that nobody can open"
    return len(drafts.keys())


def _saved(app: App) -> int:
    visits = [v for v in app.visits() if replace(v.form, welcome=b"") == FORM]
    return len(visits) + len(activities.my_ids(session_of(app))) + len(app.stories.all())


@pytest.mark.parametrize("kind", KINDS)
def test_at_every_write_there_is_the_form_or_the_note(settled: Path, tmp_path: Path, kind: str) -> None:
    """Dead before or after each write of saving: one of the two is there, and finishing it makes one."""

    async def once(folder: Path, write: int, after: bool) -> bool:
        async with team(settled, folder) as t:
            fatma = await t.fatma()
            save = await KINDS[kind](fatma)
            assert (_typed(fatma), _saved(fatma)) == (1, 0)
            died = dies(fatma, write, after)
            with suppress(Killed):
                await save(fatma)
            fatma.live.require_log().close()
            fatma = await t.fatma()
            assert (_typed(fatma), _saved(fatma)) in ((1, 0), (0, 1)), (write, after)
            if _typed(fatma):
                await save(fatma)
            fatma.live.require_log().close()
            fatma = await t.fatma()
            assert (_typed(fatma), _saved(fatma)) == (0, 1)
            return died()

    async def story() -> None:
        for after in (False, True):
            write = 1
            while await once(tmp_path / f"{after} {write}", write, after):
                write += 1
            assert write > 2  # the note, and then the draft

    asyncio.run(story())


def test_a_full_disk_right_after_the_note_does_not_make_it_twice(settled: Path, tmp_path: Path) -> None:
    """The note is on disk, and there is no room for anything after it: it is told as saved, the form is empty."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            await fatma.save_draft("new", FORM)
            log = fatma.live.require_log()
            full = False

            def after(real: Callable[..., Any]) -> Callable[..., Any]:
                def wrapped(*args: Any, **more: Any) -> Any:
                    nonlocal full
                    if full:
                        raise DiskFull()
                    result = real(*args, **more)
                    full = full or real.__name__ == "append"
                    return result

                return wrapped

            for name in WRITES:
                setattr(log, name, after(getattr(log, name)))
            await fatma.save_visit(FORM)
            assert fatma.visit_drafts() == []
            log.close()
            fatma = await t.fatma()
            assert (_typed(fatma), _saved(fatma)) == (0, 1)

    asyncio.run(story())


def test_a_form_typed_after_saving_is_no_ghost(settled: Path, tmp_path: Path) -> None:
    """The same words once more, in a new form: that is a draft, and stays one through a restart."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            await fatma.save_draft("new", FORM)
            await fatma.save_visit(FORM)
            await fatma.save_draft("new", FORM)
            session_of(fatma).log.close()
            fatma = await t.fatma()
            assert (fatma.draft("new"), _saved(fatma)) == (FORM, 1)
            assert fatma.draft("new").outcome is Outcome.MET

    asyncio.run(story())


def _killed_at_some_moment(phone: Chrome, address: str, millis: float) -> None:
    phone.tap("Nieuw bezoek")
    phone.tap("niet thuis", "checkbox")
    phone.type("Adres", address)
    button = phone.button("Opslaan")
    expect(button).to_be_visible()
    phone._bring_into_view(button)
    box = button.bounding_box()
    assert box is not None
    phone.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    phone.page.mouse.down()
    phone.page.mouse.up()
    phone.page.wait_for_timeout(millis)
    phone.kill()


def _kills(playwright: Playwright, server: ServerProcess, profile: Path, kills: int, seed: int) -> None:
    luck = random.Random(seed)
    link = server.init()
    server.start()
    _join(playwright, profile, link)
    server.stop()
    noted: set[str] = set()
    for number in range(kills + 1):
        with chrome(playwright, profile) as phone:
            _unlocked(phone, server.url)
            cards = phone.page.get_by_role("button", name=re.compile(r"^Lindelaan \d+"))
            unfinished = phone.button("niet-opgeslagen bezoek: Lindelaan")
            if number:
                expect(cards.or_(unfinished).first).to_be_visible()
                address = f"Lindelaan {number}"
                there = [c.inner_text() or c.get_attribute("aria-label") or "" for c in cards.all()]
                saved = any(address in text for text in there)
                assert saved != unfinished.is_visible(), (there, "the form or the note, not both, not neither")
                if not saved:
                    phone.tap("niet-opgeslagen bezoek: Lindelaan")
                    phone.tap("Opslaan")
                    phone.sees("Opgeslagen op dit apparaat")
                    phone.place("Vandaag")
                noted.add(address)
                phone.sees(address)
            if number < kills:
                _killed_at_some_moment(phone, f"Lindelaan {number + 1}", luck.uniform(0, 150))


@pytest.mark.soak
def test_killed_in_the_browser_around_the_tap(playwright: Playwright, server: ServerProcess, tmp_path: Path) -> None:
    """SIGKILL within a moment of the tap on Save, without the server: in the next life the form or the note."""
    _kills(playwright, server, tmp_path / "phone", 1, 20261125)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2))
def test_killed_in_the_browser_again_and_again(
    playwright: Playwright, server: ServerProcess, tmp_path: Path, seed: int
) -> None:
    """The same, twelve times in a row."""
    _kills(playwright, server, tmp_path / "phone", 12, seed)
