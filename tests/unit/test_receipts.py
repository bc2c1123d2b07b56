"""Receipts of erasing: every device that dropped something says so once, nobody says so of what it never had, and the
coordinators see who is still to come. An erasing is followed through phones, server file, backup and restore.
"""

import asyncio
from dataclasses import replace
from pathlib import Path

from app.commands.restore import restore
from app.platform.native_crypto import NativePrimitives
from app.services import erasing
from app.services.app import App
from app.services.law import receipts
from app.services.law.receipts import Erasing
from sync.server import backup
from tests.support.native_app import synced
from tests.support.settled_team import FATMA, FORM, JOKE, Team, hushed, session_of, team
from tests.support.traces import bodies, lies_in


async def erased(app: App, record: bytes) -> None:
    """Erase a record as a service does."""
    session = session_of(app)
    await erasing.erase(session, session.replica.records[record])


async def of(app: App, record: bytes) -> Erasing:
    """What a coordinator sees of one erasing."""
    [found] = await app.law.receipts.erasings([record])
    return found


def written(app: App) -> list[bytes]:
    """Ids of the receipts that this device can read."""
    return sorted(r.id for r in session_of(app).replica.records.values() if r.kind == receipts.KIND)


async def third_device(t: Team, fatma: App) -> App:
    """A new phone of hers, after everything."""
    third = t.device("third")
    await third.start((await fatma.second_device()).url)
    await third.accept("", FATMA)
    await hushed(third)
    await synced(third, third)
    return third


def test_an_erasing_is_followed_through_phones_server_backup_and_restore(settled: Path, tmp_path: Path) -> None:
    """The bytes go from every phone's file and from the server's; each device says so; what is put back from last
    night's backup erases it again before it is a store.
    """
    night = tmp_path / "night"
    sealed: list[bytes] = []

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke, laptop = await t.fatma(), await t.joke(), await t.unlocked("laptop")
            visit = await fatma.save_visit(replace(FORM, note="weg ermee"))
            await synced(fatma, joke, laptop)
            sealed.extend(bodies(fatma, visit).values())
            night.mkdir()
            await backup.make(tmp_path / "server/store.db", night / "n.db", NativePrimitives(), lambda _: None)
            await erased(joke, visit)
            assert [h.mine for h in (await of(joke, visit)).holders if not h.receipt].count(True) == 1
            assert len((await of(joke, visit)).to_come) == 3
            await synced(joke)
            assert [h.by for h in (await of(joke, visit)).done] == ["Joke"]
            assert sorted(h.by for h in (await of(joke, visit)).to_come) == ["Fatma", "Fatma"]
            assert lies_in(tmp_path / "server", sealed) == []
            await synced(fatma, fatma, joke)
            assert len((await of(joke, visit)).done) == 2
            assert lies_in(tmp_path / "fatma", sealed) == []
            assert lies_in(tmp_path / "laptop", sealed)
            await synced(laptop, laptop, joke)
            assert len((await of(joke, visit)).done) == 3
            assert (await of(joke, visit)).to_come == ()
            assert {h.receipt for h in (await of(joke, visit)).done} == {joke.today()}
            for place in ("fatma", "laptop", "joke", "server"):
                assert lies_in(tmp_path / place, sealed) == []

    asyncio.run(story())
    assert lies_in(night, sealed), "a backup is kept 35 days: what protects it is that it is sealed"
    restore(tmp_path / "server", night / "n.db", True, lambda _: None)
    assert lies_in(tmp_path / "server", sealed) == []


def test_a_receipt_is_written_once_and_gives_rise_to_nothing(settled: Path, tmp_path: Path) -> None:
    """Ten rounds and a restart later there is still one a device, for all that one round brought; nothing is left over."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            visits = [await fatma.save_visit(replace(FORM, note=f"nummer {n}")) for n in range(3)]
            await synced(fatma, joke)
            for visit in visits:
                await erased(joke, visit)
            for _ in range(5):
                await synced(joke, fatma)
            assert len(written(joke)) == 2
            assert len(written(fatma)) == 1
            assert [len((await of(joke, v)).done) for v in visits] == [2, 2, 2]
            fatma, joke = await t.fatma(), await t.joke()
            for _ in range(3):
                await synced(joke, fatma)
            assert len(written(joke)) == 2
            assert (joke.sync_status().unsent, fatma.sync_status().unsent) == (0, 0)
            assert session_of(joke).log.pending() == session_of(fatma).log.pending() == []

    asyncio.run(story())


def test_no_device_says_so_of_what_it_never_had(settled: Path, tmp_path: Path) -> None:
    """A phone that joined after the erasing, and one that was on the roll and had not fetched it: neither lies."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            visit = await fatma.save_visit(replace(FORM, note="weg ermee"))
            await synced(fatma, joke)
            await erased(joke, visit)
            await synced(joke, fatma, fatma)
            third = await third_device(t, fatma)
            await synced(third, joke)
            laptop = await t.unlocked("laptop")
            await synced(laptop, laptop, joke)
            found = await of(joke, visit)
            assert sorted(h.by for h in found.done) == ["Fatma", "Joke"]
            assert session_of(third).device not in {h.device for h in found.holders}
            assert [h.device for h in found.to_come] == [session_of(laptop).device]

    asyncio.run(story())


def test_an_app_that_could_not_yet_makes_up_for_it_after_its_update(settled: Path, tmp_path: Path) -> None:
    """What was erased while the phone had an older version: the receipt follows from the log."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            visit = await fatma.save_visit(replace(FORM, note="weg ermee"))
            await synced(fatma, joke)
            await erased(joke, visit)
            await synced(joke)
            session_of(fatma).receipts_for = object()
            pay = receipts.pay

            async def nothing(_: object) -> bool:
                return False

            receipts.pay = nothing
            try:
                await synced(fatma, fatma)
            finally:
                receipts.pay = pay
            assert written(fatma) == []
            fatma = await t.fatma()
            await synced(fatma, fatma, joke)
            assert sorted(h.by for h in (await of(joke, visit)).done) == ["Fatma", "Joke"]

    asyncio.run(story())


def test_what_was_for_the_author_alone_is_named_and_receipted_too(settled: Path, tmp_path: Path) -> None:
    """Consent taken back of an unshared visit: the author's devices say that it is gone."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke, laptop = await t.fatma(), await t.joke(), await t.unlocked("laptop")
            visit = await fatma.save_visit(replace(FORM, shared=False, note="alleen voor mij"))
            await synced(fatma, joke, laptop)
            await fatma.change_consent(visit, noted=False, shared=False)
            await synced(fatma, fatma, laptop, laptop, joke, joke)
            found = await of(joke, visit)
            assert found.by == "Fatma"
            assert sorted(h.by for h in found.done) == ["Fatma", "Fatma", "Joke"]

    asyncio.run(story())


def test_a_device_that_left_is_told_apart(settled: Path, tmp_path: Path) -> None:
    """It can't give a receipt any more; it was asked to wipe everything when it left."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke, laptop = await t.fatma(), await t.joke(), await t.unlocked("laptop")
            visit = await fatma.save_visit(replace(FORM, note="weg ermee"))
            await synced(fatma, joke, laptop)
            await joke.trust.revoke_device(session_of(laptop).device)
            await erased(joke, visit)
            await synced(joke, fatma, fatma, joke)
            found = await of(joke, visit)
            assert [h.device for h in found.left] == [session_of(laptop).device]
            assert found.to_come == ()
            assert len(found.done) == 2
            again = await t.unlocked("joke", JOKE)
            assert await of(again, visit) == found

    asyncio.run(story())
