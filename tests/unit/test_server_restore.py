"""`straatcontact restore`: over nothing that is in use, nothing thrown away, what was erased since erased again."""

import asyncio
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from app.commands.backup import backup
from app.commands.restore import restore
from app.commands.serve import open_store
from sync.core import wire
from sync.core.envelope import is_stub
from sync.core.errors import BadInput, Busy, RollUnconfirmed, StraatError
from sync.core.rights import Role
from sync.server import erasures
from sync.server.store_sqlite import SqliteStore
from sync.server.unconfirmed import PATIENCE_MILLIS
from tests.support.native_app import TestClock
from tests.support.server import Caller, serving
from tests.unit.test_server_backup import filled

CLI = [sys.executable, "-m", "app.cli"]


def quiet(_: str) -> None:
    """Say nothing."""


class Night:
    """A store, and a backup of it from before the last envelope was erased."""

    def __init__(self, folder: Path) -> None:
        self.data, self.place, self.other = folder / "data", folder / "backups", folder / "other"
        self.place.mkdir()
        self.organisation, self.made = asyncio.run(filled(self.data, 12))
        self.copy = self.place / "night.db"
        backup(self.data, self.copy, None, quiet)
        self.erased = self.made[-1].id
        asyncio.run(self._erase())

    async def _erase(self) -> None:
        store = open_store(self.data)
        await store.erase(self.organisation.id, [self.erased], self.organisation.people[1].device, 20_400)
        await store.close()

    def held(self, data: Path) -> dict[bytes, bool]:
        """Envelope → whether only its stub is there."""

        async def whole() -> dict[bytes, bool]:
            store = SqliteStore(data / "store.db")
            page = await store.page(self.organisation.id, self.organisation.people[1].own_ring, 0, 100, 1 << 20)
            await store.close()
            return {e.id: is_stub(data) for e, (_, data) in zip(self.made, page.items, strict=True)}

        return asyncio.run(whole())

    def facts(self, data: Path) -> tuple[bytes, dict[bytes, int]]:
        """The incarnation, and what is unconfirmed."""

        async def whole() -> tuple[bytes, dict[bytes, int]]:
            store = SqliteStore(data / "store.db")
            found = await store.incarnation(), await store.unconfirmed()
            await store.close()
            return found

        return asyncio.run(whole())


@pytest.fixture
def night(tmp_path: Path) -> Night:
    """See Night."""
    return Night(tmp_path)


def test_what_was_erased_after_the_backup_is_erased_in_what_is_put_back(night: Night) -> None:
    """Though the store itself is gone: the order stands beside it."""
    for path in night.data.glob("store.db*"):
        path.unlink()
    restore(night.data, night.copy, False, quiet)
    assert night.held(night.data) == {e.id: e.id == night.erased for e in night.made}


@pytest.mark.parametrize("where", ["the old store", "the backup's folder"])
def test_one_place_that_knows_the_order_is_enough(night: Night, where: str) -> None:
    """The store that is replaced, or what a later backup put beside this one."""
    if where == "the old store":
        (night.data / erasures.FILE).unlink()
        restore(night.data, night.copy, True, quiet)
        assert night.held(night.data)[night.erased]
    else:
        backup(night.data, night.place / "later.db", None, quiet)
        restore(night.other, night.copy, False, quiet)
        assert night.held(night.other)[night.erased]
        assert erasures.read(night.other / erasures.FILE) == erasures.read(night.data / erasures.FILE)


def test_nothing_that_is_there_is_overwritten_or_thrown_away(night: Night) -> None:
    """Refused without --replace, byte for byte as it was; with it the old store stands aside, whole."""
    before = night.facts(night.data)
    bytes_before = (night.data / "store.db").read_bytes()
    with pytest.raises(BadInput):
        restore(night.data, night.copy, False, quiet)
    assert (night.data / "store.db").read_bytes() == bytes_before
    restore(night.data, night.copy, True, quiet)
    [aside] = night.data.glob("replaced-*")
    assert night.facts(aside) == before
    incarnation, unconfirmed = night.facts(night.data)
    assert incarnation != before[0]
    assert set(unconfirmed) == {night.organisation.id}
    assert {p.name for p in night.data.iterdir()} == {"store.db", erasures.FILE, aside.name}


@pytest.mark.parametrize("damaged", [b"somebody's text " * 100, b""])
def test_a_damaged_store_is_replaced_and_kept(night: Night, damaged: bytes) -> None:
    """That is what a backup is for."""
    (night.data / "store.db").write_bytes(damaged)
    (night.data / "store.db-wal").write_bytes(b"rest")
    restore(night.data, night.copy, True, quiet)
    assert night.held(night.data)[night.erased]
    [aside] = night.data.glob("replaced-*")
    if damaged:
        assert (aside / "store.db").read_bytes() == damaged


def test_a_store_in_use_is_not_replaced(night: Night) -> None:
    """A running server, asked or not: exit code 1, one line, and the server goes on."""

    async def whole() -> subprocess.CompletedProcess[str]:
        store = open_store(night.data)
        command = [*CLI, "restore", "--data", str(night.data), "--from", str(night.copy), "--replace"]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
        assert await store.put(night.organisation.id, [night.made[0]]) == ["duplicate"]
        await store.close()
        return done

    done = asyncio.run(whole())
    assert done.returncode == 1
    assert "stop the server first" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not list(night.data.glob("replaced-*"))


def test_a_backup_that_is_not_whole_changes_nothing(night: Night) -> None:
    """Cut off, or no database: the store stays as it is."""
    before = night.facts(night.data)
    for content in (night.copy.read_bytes()[:-9000], b"x" * 9000, b""):
        night.copy.write_bytes(content)
        with pytest.raises(StraatError):
            restore(night.data, night.copy, True, quiet)
    assert night.facts(night.data) == before
    assert {p.name for p in night.data.iterdir()} == {"store.db", erasures.FILE}


def test_nothing_new_goes_on_the_roll_until_a_coordinator_confirmed_its_head(night: Night) -> None:
    """Notes go on; an invitation waits, also for a contact person's word, until everyone was here."""
    restore(night.data, night.copy, True, quiet)
    joke, fatma = night.organisation.people
    clock = TestClock(night.organisation.clock.millis())

    async def whole() -> None:
        store = open_store(night.data)
        for person in (joke, fatma):
            await store.note_seen(night.organisation.id, person.device, 20_400)
        async with serving(store, clock) as app:
            caller, head = Caller(app), night.organisation.roll.state.head
            token = await caller.signed_in(joke)
            entry, _ = await night.organisation.invite_entry(joke, Role.CONTACT)
            with pytest.raises(RollUnconfirmed):
                await caller.ask("roll/append", [head, entry], None, token)
            assert (await confirmed(caller, head, token)) == (False, 1, 2, 0)
            of_fatma = await caller.signed_in(fatma)
            with pytest.raises(StraatError, match="forbidden"):
                await confirmed(caller, head, of_fatma)
            assert await caller.push(of_fatma, [await fatma.envelope(b"x")]) == ["stored"]
            assert (await confirmed(caller, head, token)) == (False, 1, 2, 0)  # she may know more of the roll
            await caller.ask("roll/offer", [], None, of_fatma)  # she knows no more
            assert (await confirmed(caller, head, token)) == (True, 2, 2, 0)
            await caller.ask("roll/append", [head, entry], None, token)
        assert (await reopened(night.data)) == {}

    asyncio.run(whole())


def test_a_head_that_somebody_proved_to_be_behind_is_not_confirmed_until_it_is_there(night: Night) -> None:
    """A push that names more than the backup has; also after the day of patience. The entries come from anybody."""
    joke, fatma = night.organisation.people
    restore(night.data, night.copy, True, quiet)
    clock = TestClock()

    async def whole() -> None:
        store = open_store(night.data)
        [(_, since)] = (await store.unconfirmed()).items()
        clock.now = since + PATIENCE_MILLIS + 1
        old_head = night.organisation.roll.state.head
        invitation = await night.organisation.invited(joke, Role.CONTACT)
        henk = await night.organisation.joined(invitation)
        async with serving(store, clock) as app:
            caller = Caller(app)
            token, of_fatma = await caller.signed_in(joke), await caller.signed_in(fatma)
            assert await caller.push(of_fatma, [await fatma.envelope(b"x")]) == ["unknown_head"]
            assert (await confirmed(caller, old_head, token))[::3] == (False, 1)
            with pytest.raises(StraatError, match="unknown_device"):
                await caller.signed_in(henk)
            offered = night.organisation.roll.entries
            assert await caller.ask("roll/offer", offered, None, of_fatma) == b"\x91" + bytes([len(offered)])
            assert (await confirmed(caller, night.organisation.roll.state.head, token))[::3] == (True, 0)
            await caller.signed_in(henk)

    asyncio.run(whole())


def test_after_a_day_a_phone_that_does_not_come_by_holds_up_nobody(night: Night) -> None:
    """But until then it does."""
    joke, fatma = night.organisation.people
    restore(night.data, night.copy, True, quiet)
    clock = TestClock()

    async def whole() -> None:
        store = open_store(night.data)
        await store.note_seen(night.organisation.id, fatma.device, 20_400)
        [(_, since)] = (await store.unconfirmed()).items()
        async with serving(store, clock) as app:
            caller, head = Caller(app), night.organisation.roll.state.head
            for after, expected in ((0, False), (PATIENCE_MILLIS - 1, False), (PATIENCE_MILLIS, True)):
                clock.now = since + after
                told = await confirmed(caller, head, await caller.signed_in(joke))
                assert told[0] is expected

    asyncio.run(whole())


def test_what_is_offered_back_proves_itself(night: Night) -> None:
    """An entry with a bit changed, one of another organisation, one that does not follow: nothing of it is taken."""
    joke, fatma = night.organisation.people
    restore(night.data, night.copy, True, quiet)

    async def whole() -> None:
        entry, _ = await night.organisation.invite_entry(joke, Role.CONTACT)
        forged = entry[:-1] + bytes([entry[-1] ^ 1])
        store = open_store(night.data)
        async with serving(store, TestClock()) as app:
            caller = Caller(app)
            token = await caller.signed_in(fatma)
            for body in ([forged], [b"", b"x"], [entry[:40]]):
                with suppress(StraatError):
                    await caller.ask("roll/offer", body, None, token)
            assert len(await store.roll(night.organisation.id)) == len(night.organisation.roll.entries)

    asyncio.run(whole())


def test_what_devices_gave_back_counts_after_a_restart_too(night: Night) -> None:
    """Each says once that it knows no more; a server that forgets it would wait for the whole day."""
    joke, fatma = night.organisation.people
    restore(night.data, night.copy, True, quiet)

    async def whole() -> None:
        store = open_store(night.data)
        for person in (joke, fatma):
            await store.note_seen(night.organisation.id, person.device, 20_400)
        [(_, since)] = (await store.unconfirmed()).items()
        clock = TestClock(
            since + 1
        )  # months after the backup: who has been back since is no measure of who is waited for
        async with serving(store, clock) as app:
            caller = Caller(app)
            await caller.ask("roll/offer", [], None, await caller.signed_in(fatma))
        async with serving(open_store(night.data), clock) as app:
            caller = Caller(app)
            assert app.state.service.unconfirmed._waiting[night.organisation.id].heard == {fatma.device}
            told = await confirmed(caller, night.organisation.roll.state.head, await caller.signed_in(joke))
            assert told == (True, 2, 2, 0)

    asyncio.run(whole())


def test_an_administrator_can_end_a_wait_that_nobody_else_can(night: Night) -> None:
    """Not under a running server, which would not hear of it."""
    restore(night.data, night.copy, True, quiet)
    command = [*CLI, "confirm-rolls", "--data", str(night.data)]

    async def in_use() -> int:
        store = open_store(night.data)
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False)
        await store.close()
        return done.returncode

    assert asyncio.run(in_use()) == 1
    assert night.facts(night.data)[1] != {}
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert night.facts(night.data)[1] == {}


def test_an_order_to_erase_that_can_not_be_kept_beside_the_store_is_not_carried_out(tmp_path: Path) -> None:
    """First on disk there, then done and answered: else a restore would bring back what somebody was told is gone."""

    async def whole() -> None:
        organisation, made = await filled(tmp_path, 2)
        me = organisation.people[1]
        store = open_store(tmp_path)
        (tmp_path / erasures.FILE).mkdir()  # nothing can be written to that
        with pytest.raises(Busy):
            await store.erase(organisation.id, [made[0].id], me.device, 20_400)
        assert await store.orders(organisation.id) == []
        page = await store.page(organisation.id, me.own_ring, 0, 10, 1 << 20)
        assert [is_stub(data) for _, data in page.items] == [False, False]
        (tmp_path / erasures.FILE).rmdir()
        await store.erase(organisation.id, [made[0].id], me.device, 20_400)
        assert erasures.read(tmp_path / erasures.FILE) == {
            erasures.Order(20_400, organisation.id, made[0].id, me.device)
        }
        await store.close()

    asyncio.run(whole())


async def confirmed(caller: Caller, head: bytes, token: str) -> tuple[bool, int, int, int]:
    """What a coordinator's device is told."""
    return tuple(await caller.ask("roll/confirm", [head], wire.CONFIRMED, token))  # type: ignore[return-value]


async def reopened(data: Path) -> dict[bytes, int]:
    """What is unconfirmed in the store on disk."""
    store = SqliteStore(data / "store.db")
    found = await store.unconfirmed()
    await store.close()
    return found
