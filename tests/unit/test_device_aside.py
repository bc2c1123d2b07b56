"""One bad or forbidden envelope is set aside with its reason, and the rest goes on."""

import asyncio
from dataclasses import replace
from pathlib import Path

from app.services.app import App
from app.services.models import AsideItem, QueueFilter
from sync.core import ring
from sync.core.change import Change, Patch
from sync.core.envelope import NO_PREVIOUS, Link, id_of
from sync.core.ids import ID_BYTES, record_id
from sync.core.ports import LogState
from sync.device import meta
from sync.device.writer import Part
from sync.server.store import NewEnvelope
from tests.support.native_app import synced
from tests.support.organisation import RANDOM, P
from tests.support.settled_team import FORM, session_of, team


def said(app: App) -> list[tuple[str, str]]:
    """Why and whose, for each envelope aside."""
    items: list[AsideItem] = app.aside()
    assert app.sync_status().aside == len(items)
    assert all(item.size > 0 for item in items)
    return [(item.reason, item.by) for item in items]


async def review_by_hand(app: App, visit: bytes, state: str = "seen") -> bytes:
    """A review that this device's app would never write, sealed like any other change; its record."""
    s = session_of(app)
    nonce = RANDOM.bytes(ID_BYTES)
    record = record_id(s.member, "review", nonce)
    fields = {"visit": Patch(visit), "state": Patch(state), "reply": Patch("Goed van mij")}
    change = Change("review", "word", record, s.writer.stamp(), fields, nonce)
    rings = frozenset({s.own_ring(), ring.coordinators_ring(s.team)})
    await s.writer.write([Part(change, rings)])
    await s.catch_up()
    return record


def test_a_review_by_a_contact_person_is_set_aside_by_every_reader(settled: Path, tmp_path: Path) -> None:
    """Sealed and signed as it should be, but not allowed: nobody shows it, the next visit arrives."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke, laptop = await t.fatma(), await t.joke(), await t.unlocked("laptop")
            visit = await fatma.save_visit(FORM)
            record = await review_by_hand(fatma, visit)
            after = await fatma.save_visit(replace(FORM, note="erna"))
            await synced(fatma, joke, laptop)
            for app in (fatma, joke, laptop):
                assert said(app) == [("forbidden", "Fatma")]
                assert record not in session_of(app).replica.records
                assert app.visit(visit).review is None
            assert {v.id for v in joke.queue(QueueFilter.OPEN)} == {visit, after}
            assert session_of(joke).replica.withheld == set()
            again = await t.joke()
            await again.sync_once()
            assert said(again) == [("forbidden", "Fatma")]
            assert {v.id for v in again.queue(QueueFilter.OPEN)} == {visit, after}

    asyncio.run(story())


def test_a_change_of_anothers_visit_is_set_aside_by_every_reader(settled: Path, tmp_path: Path) -> None:
    """Even a coordinator's device can't rewrite what a contact person noted."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            visit = await fatma.save_visit(FORM)
            await synced(fatma, joke)
            s = session_of(joke)
            known = s.replica.records[visit]
            patch = {"note": Patch("iets heel anders", known.replaces("detail.note"))}
            change = Change("visit", "detail", visit, s.writer.stamp(), patch)
            rings = frozenset({session_of(fatma).own_ring(), ring.coordinators_ring(s.team)})
            await s.writer.write([Part(change, rings)])
            await s.catch_up()
            await synced(joke, fatma)
            for app in (fatma, joke):
                assert said(app) == [("forbidden", "Joke")]
                assert app.visit(visit).form == FORM

    asyncio.run(story())


def test_a_wrong_signature_is_set_aside_and_the_next_envelope_opens(settled: Path, tmp_path: Path) -> None:
    """Signed by another key than the device's: kept, told, not merged; its neighbours are."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            before = await fatma.save_visit(replace(FORM, note="ervoor"))
            keyring = session_of(fatma).keyring
            right, keyring.signing = keyring.signing, await P.signing_key(RANDOM.bytes(32))
            forged = await fatma.save_visit(replace(FORM, note="vals"))
            keyring.signing = right
            after = await fatma.save_visit(replace(FORM, note="erna"))
            await synced(fatma, joke)
            assert said(joke) == [("bad_signature", "Fatma")] * 2  # count and detail
            assert {v.id for v in joke.queue(QueueFilter.ALL)} == {before, after}
            assert forged not in session_of(joke).replica.records

    asyncio.run(story())


def test_garbage_from_the_server_is_set_aside_and_the_page_goes_on(settled: Path, tmp_path: Path) -> None:
    """A server that slips rubbish between the envelopes stops nobody."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            s = session_of(joke)
            ours = ring.coordinators_ring(s.team)
            rubbish = b"\x93 this was never an envelope"
            link = Link(ours, 1, 1, NO_PREVIOUS)
            slipped = NewEnvelope(id_of(rubbish), b"nobody's device!", (link,), 0, rubbish)
            before = await fatma.save_visit(FORM)
            await fatma.sync_once()
            assert await t.asgi.state.service._store.put(s.roll.state.organisation, [slipped]) == ["stored"]
            after = await fatma.save_visit(FORM)
            await synced(fatma, joke)
            assert said(joke) == [("bad_format", "")]
            assert {v.id for v in joke.queue(QueueFilter.ALL)} == {before, after}
            again = await t.joke()
            assert said(again) == [("bad_format", "")]

    asyncio.run(story())


def test_what_the_server_refuses_of_our_own_is_shown_and_the_rest_is_sent(settled: Path, tmp_path: Path) -> None:
    """Refused for good: out of the queue, into the list, and what was saved after it arrives."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            rubbish = b"\x93 torn"
            session_of(fatma).log.append([(id_of(rubbish), rubbish, LogState.PENDING)])
            visit = await fatma.save_visit(FORM)
            await synced(fatma, joke)
            assert (said(fatma), fatma.sync_status().unsent) == ([("bad_format", "")], 0)
            assert session_of(fatma).log.pending() == []
            assert [v.id for v in joke.queue(QueueFilter.ALL)] == [visit]

    asyncio.run(story())


def test_a_visit_that_the_server_refused_is_never_shown_as_sent(settled: Path, tmp_path: Path) -> None:
    """It stays, says that it is on this phone only, and is listed with the reason, also after a restart."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            sent = await fatma.save_visit(FORM)
            await fatma.sync_once()
            refused = await fatma.save_visit(replace(FORM, note="geweigerd"))
            log = session_of(fatma).log
            log.mark([e.id for e in log.pending()], LogState.REFUSED, "forbidden")
            for _ in range(2):
                fatma = await t.fatma()
                assert {v.id: v.synced for v in fatma.visits()} == {sent: True, refused: False}
                assert set(said(fatma)) == {("forbidden", "Fatma")}
                assert fatma.visit(refused).form.note == "geweigerd"

    asyncio.run(story())


def test_a_phone_that_lost_its_own_numbering_seals_anew_what_it_could_not_send(settled: Path, tmp_path: Path) -> None:
    """Not sent as long as it is not; then it arrives, once, and nothing is left in the list."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            sent = await fatma.save_visit(FORM)
            await fatma.sync_once()
            session_of(fatma).log.put({meta.CHAINS: None})
            fatma = await t.fatma()
            refused = await fatma.save_visit(replace(FORM, note="geweigerd"))
            await fatma.sync_once()
            assert {v.id: v.synced for v in fatma.visits()} == {sent: True, refused: False}
            await synced(fatma, joke)
            for _ in range(2):
                assert {v.id: v.synced for v in fatma.visits()} == {sent: True, refused: True}
                assert said(fatma) == []
                fatma = await t.fatma()
            assert {v.id for v in joke.queue(QueueFilter.ALL)} == {sent, refused}
            assert (said(joke), session_of(joke).replica.withheld, session_of(joke).replica.doubled) == (
                [],
                set(),
                set(),
            )

    asyncio.run(story())


def test_one_torn_row_in_the_log_costs_that_row_only(settled: Path, tmp_path: Path) -> None:
    """An envelope whose bytes were changed on disk is set aside at the next unlock; the others open."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            first = await fatma.save_visit(FORM)
            second = await fatma.save_visit(replace(FORM, note="tweede"))
            await fatma.sync_once()
            s = session_of(fatma)
            last = s.log.read(0, 1000)[-1]
            assert s.replica.origins[last.id].record == second
            db = s.log._db  # type: ignore[attr-defined]
            db.execute(
                "UPDATE envelopes SET data = ? WHERE id = ?", (last.data[:-1] + bytes([last.data[-1] ^ 1]), last.id)
            )
            again = await t.fatma()
            assert said(again) == [("bad_signature", "Fatma")]
            assert again.visit(first).form == FORM
            assert again.visit(second).form.note == ""

    asyncio.run(story())
