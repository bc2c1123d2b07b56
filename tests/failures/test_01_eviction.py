"""1. The browser removes the data, or a user clears them; the data are gone, a sign of having been here stays.

Reported: element-hq/element-web #12410 (Safari and Android: the session was still there, the keys were not, and the app
made new ones without a word), apache/pouchdb #7847, kobotoolbox/docs PR #45 (who clears the browser's data loses what was
not sent, and only a manual says so).

Promised instead: an evicted phone is told from a fresh one, also after a reload, with what was unsent since when; nothing
is made anew behind anyone's back. What was shared stands at the coordinator's, and comes back to its author with a new
link; from another device of their own all of it does. (In the browser itself: tests/browser/test_store_app.py.)
"""

import asyncio
from dataclasses import replace
from pathlib import Path

from app.services.models import Stage
from app.services.ports import Marker
from tests.support.native_app import synced
from tests.support.screens import Person
from tests.support.settled_team import FATMA, FORM, Team, hushed, session_of, team
from tests.unit.test_device_syncer import notes, read_by


async def _evicted(t: Team, unsent_since: int | None) -> Person:
    """The phone's files go; the marker stays. Opened again, twice, as after a reload."""
    for path in (t.folder / "fatma").iterdir():
        path.unlink()
    for _ in range(2):
        app = t.device("fatma")
        app.live.storage.marker = Marker(unsent_since)  # type: ignore[attr-defined]
        person = Person(app)
        await person.arrive()
        await app.start()
        await person.breathe()
        assert app.stage is Stage.GONE
    return person


def test_it_is_told_with_what_was_unsent_and_shared_notes_come_back_by_a_new_link(
    settled: Path, tmp_path: Path
) -> None:
    """Nothing is made anew until the person says so. The old device is signed off, its owner invited back."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke, fatma = await t.joke(), await t.fatma()
            laptop = await t.unlocked("laptop")
            made = await notes(fatma, 3)
            await synced(fatma, joke)
            await fatma.save_visit(replace(FORM, note="nooit verstuurd"))
            member, since = session_of(fatma).member, t.clock.millis()
            fatma.live.require_log().close()
            person = await _evicted(t, since)
            assert person.sees("De gegevens zijn weg")
            assert person.sees("was nog niet verstuurd")
            assert read_by(joke) == made
            await person.tap("Opnieuw beginnen")
            assert person.app.stage is Stage.WELCOME
            await joke.trust.revoke_member(member)
            link = await joke.invite_back(member)
            phone = t.device("new phone")
            await phone.start(link.url)
            await phone.accept("", FATMA)
            await hushed(phone)
            await synced(phone, joke, joke, phone)
            assert {v.form.note for v in phone.visits()} == made
            made |= await notes(phone, 1, first=3)
            await synced(phone, joke)
            assert read_by(joke) == made
            assert session_of(laptop).device not in session_of(joke).roll.state.devices

    asyncio.run(story())


def test_from_another_device_of_ones_own_everything_comes_back(settled: Path, tmp_path: Path) -> None:
    """Also what was for nobody else: the laptop's link, and no coordinator is needed."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, laptop = await t.fatma(), await t.unlocked("laptop")
            made = await notes(fatma, 1)
            await fatma.save_visit(replace(FORM, shared=False, note="alleen voor mij"))
            await synced(fatma, laptop)
            fatma.live.require_log().close()
            person = await _evicted(t, None)
            assert person.sees("was al verstuurd")
            link = await laptop.second_device()
            phone = t.device("new phone")
            await phone.start(link.url)
            await phone.accept("", FATMA)
            await hushed(phone)
            await synced(phone, laptop, phone)
            assert {v.form.note for v in phone.visits()} == made | {"alleen voor mij"}

    asyncio.run(story())
