"""What is over goes: its month everywhere, ninety days on a contact person's phone, thirty for a draft; no sooner."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services import retention
from app.services.app import App
from app.services.models import QueueFilter
from app.services.retention import CONTACT_DAYS, DRAFT_DAYS, Going
from sync.core.hlc import Stamp
from sync.core.merge import Record, Register, Version
from sync.core.ports import LogState
from sync.device import meta
from tests.support.native_app import TestClock, synced
from tests.support.screens import LAPTOP, Person
from tests.support.settled_team import DAY, FATMA, FORM, JOKE, Team, session_of, team
from tests.support.traces import bodies, lies_in

EPOCH = date(1970, 1, 1)
MONTHS = 31 * DAY


# -- the rule --------------------------------------------------------------------------------------------


def record(kind: str, **values: object) -> Record:
    """A record with one version of each field, written down on the day 20,000; names as group__field."""
    fields = {
        name.replace("__", "."): Register({b"v": Version(Stamp(20_000 * DAY, 0), b"d", b"v", value)})
        for name, value in values.items()
    }
    return Record(b"r" * 16, kind, b"m" * 16, fields)


@given(st.integers(-400, 400), st.integers(-400, 400), st.booleans())
def test_a_visit_goes_after_the_last_of_its_days(day: int, back: int, comes_back: bool) -> None:
    """Written down, held, to come back to: whichever is last."""
    values: dict[str, object] = {"count__day": (EPOCH + timedelta(days=20_000 + day)).isoformat(), "detail__note": "x"}
    if comes_back:
        values["detail__come_back"] = (EPOCH + timedelta(days=20_000 + back)).isoformat()
    expected = max(20_000, 20_000 + day, 20_000 + back if comes_back else 0)
    assert retention.last_day(record("visit", **values)) == expected


@pytest.mark.parametrize("odd", [None, 5, "", "gisteren", "2026-13-40", ["2026-01-01"]])
def test_a_day_that_is_none_counts_for_nothing(odd: object) -> None:
    """Another version may write anything there."""
    assert retention.last_day(record("visit", count__day=odd, detail__come_back=odd, detail__note="x")) == 20_000


def test_a_welcome_stays_until_it_is_done() -> None:
    """An address that nobody has been to yet must not be forgotten."""
    assert retention.last_day(record("welcome", task__address="x", task__since="2020-01-01")) is None
    assert retention.last_day(record("welcome", task__address="x", state__done=False)) is None
    assert retention.last_day(record("welcome", task__address="x", state__done=True)) == 20_000


def test_a_mark_and_a_story_have_no_early_end() -> None:
    """No-contact marks stay until they are lifted, stories until their month."""
    assert {kind for kind in ("mark", "story", "review", "member") if retention.groups(kind)} == set()


# -- on real devices -------------------------------------------------------------------------------------


def notes(app: App) -> set[str]:
    """What the author reads."""
    return {v.form.note for v in app.visits() if v.detail}


async def joined_late(t: Team, fatma: App) -> App:
    """A new device of hers, with all that the server gives."""
    device = t.device("third")
    await device.start((await fatma.second_device()).url)
    await device.accept("", FATMA)
    await device.locking.stop()
    await synced(device, device)
    return device


async def later(app: App, clock: TestClock, days: int) -> None:
    """So many days on, with a round of sync."""
    clock.now += days * DAY
    await app.sync_once()


def test_details_leave_the_phone_after_ninety_days_and_the_coordinator_keeps_them(
    settled: Path, tmp_path: Path
) -> None:
    """The count stays; the bytes are gone from the file; nothing is asked for again or missed, after a restart too."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            visit = await fatma.save_visit(replace(FORM, note="gedeeld"))
            await synced(fatma, joke)
            sealed = list(bodies(fatma, visit, "detail").values())
            await later(fatma, t.clock, CONTACT_DAYS - 1)
            assert notes(fatma) == {"gedeeld"}
            await later(fatma, t.clock, 1)
            assert notes(fatma) == set()
            assert [(v.id, v.form.day, v.form.address) for v in fatma.visits()] == [(visit, FORM.day, "")]
            assert lies_in(tmp_path / "fatma", sealed) == []
            await joke.sync_once()
            assert joke.visit(visit).form.note == "gedeeld"
            session_of(fatma).log.put({meta.CURSORS: None})
            await fatma.sync_once()
            for app in (fatma, await t.fatma()):
                assert notes(app) == set()
                assert [v.id for v in app.visits()] == [visit]
                assert session_of(app).replica.withheld == set()
                assert (app.sync_status().aside, app.sync_status().unsent) == (0, 0)
            assert lies_in(tmp_path / "fatma", sealed) == []
            assert lies_in(tmp_path / "server", sealed)

    asyncio.run(story())


def test_consent_can_be_taken_back_when_the_details_have_left_the_phone(settled: Path, tmp_path: Path) -> None:
    """The coordinator's copy goes, and the server's; whoever joins later sees no gap."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            visit = await fatma.save_visit(replace(FORM, note="gedeeld"))
            await synced(fatma, joke)
            sealed = list(bodies(joke, visit).values())
            await later(fatma, t.clock, CONTACT_DAYS)
            assert notes(fatma) == set()
            assert b"gedeeld" not in session_of(fatma).replica.memory.image()
            await fatma.change_consent(visit, noted=False, shared=False)
            await synced(fatma, joke, joke, fatma)
            assert lies_in(tmp_path, sealed) == []
            third = await joined_late(t, fatma)
            for app in (fatma, joke, third):
                assert session_of(app).replica.withheld == set()
                assert not any(v.detail for v in app.visits())

    asyncio.run(story())


def test_what_only_this_phone_can_read_or_what_is_not_over_stays(settled: Path, tmp_path: Path) -> None:
    """Unshared: twelve months. Not sent yet: whatever the day. To come back to: ninety days after that."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            await fatma.save_visit(replace(FORM, note="alleen voor mij", shared=False))
            back = FORM.day + timedelta(days=60)
            await fatma.save_visit(replace(FORM, note="ik kom terug", come_back=back))
            await fatma.sync_once()
            await fatma.save_visit(replace(FORM, note="nog niet verstuurd"))
            t.clock.now += (CONTACT_DAYS + 1) * DAY
            session_of(fatma).log.put({meta.SERVER_TIME: meta.int_bytes(t.clock.now)})
            await retention.tidy(session_of(fatma))
            assert notes(fatma) == {"alleen voor mij", "ik kom terug", "nog niet verstuurd"}
            await fatma.sync_once()
            await later(fatma, t.clock, 1)
            assert notes(fatma) == {"alleen voor mij", "ik kom terug"}
            await later(fatma, t.clock, 60)
            assert notes(fatma) == {"alleen voor mij"}

    asyncio.run(story())


def test_after_its_month_it_is_gone_everywhere_and_missed_by_nobody(settled: Path, tmp_path: Path) -> None:
    """Detail after twelve months, at the author's, the coordinator's and the server's; the count goes on; whoever joins
    then sees stubs, and no gap.
    """

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            visit = await fatma.save_visit(replace(FORM, note="alleen voor mij", shared=False))
            other = await fatma.save_visit(replace(FORM, note="gedeeld"))
            await synced(fatma, joke)
            sealed = [*bodies(fatma, visit, "detail").values(), *bodies(fatma, other, "detail").values()]
            t.clock.now += 13 * MONTHS
            await t.asgi.state.service.drop_expired()
            await fatma.save_visit(replace(FORM, note="nieuw", day=FORM.day + timedelta(days=400)))
            await synced(fatma, joke, fatma)
            assert lies_in(tmp_path, sealed) == []
            assert notes(fatma) == {"nieuw"}
            assert {v.form.note for v in joke.queue(QueueFilter.ALL) if v.detail} == {"nieuw"}
            counted = session_of(joke).view.ask("SELECT id FROM visits WHERE NOT detail AND NOT hidden")
            assert {row["id"] for row in counted} == {visit.hex(), other.hex()}
            assert not {visit, other} & {v.id for v in joke.queue(QueueFilter.ALL)}, "a count waits for no word"
            third = await joined_late(t, fatma)
            for app in (third, await t.fatma(), await t.unlocked("joke", JOKE)):
                assert session_of(app).replica.withheld == set()
            assert len(session_of(third).replica.gone.left) == 2
            assert notes(third) == {"nieuw"}

    asyncio.run(story())


def test_no_clock_alone_makes_anything_go(settled: Path, tmp_path: Path) -> None:
    """Neither the phone's, years ahead and offline, nor the server's, years ahead."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            await fatma.save_visit(replace(FORM, note="van nu"))
            await fatma.sync_once()
            ahead = await t.unlocked("fatma", clock=TestClock(t.clock.now + 3000 * DAY))
            assert notes(ahead) == {"van nu"}
            server = t.asgi.state.service
            server._clock = TestClock(t.clock.now + 3000 * DAY)
            fatma = await t.fatma()
            session_of(fatma).syncer.line.token = ""
            await fatma.sync_once()
            assert meta.read_int(session_of(fatma).log, meta.SERVER_TIME) == t.clock.now + 3000 * DAY
            assert await retention.tidy(session_of(fatma)) == 0
            assert notes(fatma) == {"van nu"}

    asyncio.run(story())


def test_a_phone_that_never_met_a_server_drops_nothing(settled: Path, tmp_path: Path) -> None:
    """Then no clock but its own is known."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            await fatma.save_visit(FORM)
            session_of(fatma).log.put({meta.SERVER_TIME: None})
            session_of(fatma).log.mark([e.id for e in session_of(fatma).log.pending()], LogState.STORED)
            t.clock.now += 3000 * DAY
            assert await retention.tidy(session_of(fatma)) == 0
            assert notes(fatma) == {FORM.note}

    asyncio.run(story())


def test_a_draft_goes_after_thirty_days_without_a_letter(settled: Path, tmp_path: Path) -> None:
    """Each letter begins the thirty days anew; one of before days were kept gets thirty days from now."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            session, log = session_of(fatma), session_of(fatma).log
            await fatma.save_draft("new", replace(FORM, note="half"))
            log.put_draft("of before", b"sealed")
            await later(fatma, t.clock, DRAFT_DAYS - 1)
            await retention.tidy(session)
            await fatma.save_draft("new", replace(FORM, note="half af"))
            await later(fatma, t.clock, DRAFT_DAYS - 1)
            await retention.tidy(session)
            assert set(log.drafts()) == {session.vault.local_name("new"), "of before"}
            await later(fatma, t.clock, 1)
            await retention.tidy(session)
            assert log.drafts() == {}

    asyncio.run(story())


def test_what_goes_is_told_beforehand(settled: Path, tmp_path: Path) -> None:
    """By day and sort, within two months; what stays longer is not named; on that day it goes."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            await fatma.save_visit(FORM)
            await fatma.save_visit(replace(FORM, shared=False))
            await fatma.sync_once()
            session = session_of(fatma)
            today = EPOCH + timedelta(days=t.clock.now // DAY)
            assert retention.coming(session) == []
            await later(fatma, t.clock, 50)
            await fatma.save_draft("new", replace(FORM, note="half"))
            assert retention.coming(session) == [
                Going(today + timedelta(days=50 + DRAFT_DAYS), "draft", 1),
                Going(today + timedelta(days=CONTACT_DAYS), "visit/detail", 1),
            ]
            await later(fatma, t.clock, CONTACT_DAYS - 50)
            assert "visit/detail" not in {g.what for g in retention.coming(session)}
            await later(fatma, t.clock, 365 - CONTACT_DAYS - 20)
            assert retention.coming(session) == [Going(date(2027, 12, 1), "visit/detail", 1)]

    asyncio.run(story())


def test_the_screen_says_what_goes_and_how_long_all_is_kept(settled: Path, tmp_path: Path) -> None:
    """The contact person's and the coordinator's, in the words of their own device."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            await fatma.save_visit(FORM)
            await fatma.sync_once()
            await later(fatma, t.clock, 40)
            person = Person(fatma)
            await person.arrive()
            await person.go("/bewaren")
            assert person.sees("Hoelang bewaren we?")
            assert person.sees("Dinsdag 16 februari 2027: wat er bij 1 bezoek genoteerd is.")
            assert person.sees("90 dagen op je telefoon")
            assert person.sees("30 dagen nadat je er voor het laatst iets in typte")
            desk = Person(await t.joke(), LAPTOP)
            await desk.arrive()
            await desk.go("/bewaren")
            assert desk.sees("gaat er niets van dit apparaat weg")
            assert desk.sees("12 maanden")
            assert not desk.sees("90 dagen")
            assert person.calm()
            assert desk.calm()

    asyncio.run(story())


def test_what_went_over_while_the_phone_was_off_goes_with_the_first_answer(settled: Path, tmp_path: Path) -> None:
    """At unlocking its server was last met long ago, so nothing was sure; it stayed until the next day once."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            await fatma.save_visit(replace(FORM, note="gedeeld"))
            await fatma.sync_once()
            t.clock.now += 2 * CONTACT_DAYS * DAY
            again = await t.fatma()
            assert notes(again) == {"gedeeld"}
            await again.sync_once()
            assert notes(again) == set()

    asyncio.run(story())
