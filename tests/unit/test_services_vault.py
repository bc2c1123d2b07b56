"""The lock: weak secrets are refused, wrong ones slow down, and nobody is locked out of their notes for ever."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from app.platform.native import FileDeviceKey, SystemRandom
from app.platform.native_crypto import NativePrimitives
from app.platform.native_vault import NativePasskeys
from app.services.models import LockChoices, Stage
from app.services.vault import MIN_ROUNDS, Vault, VaultPorts, check_secret
from app.services.wording import sentence
from sync.core import codec
from sync.core.errors import BadInput, Locked, LogDamaged, StorageGone, TrySlower, WrongSecret
from sync.core.ports import Wrapper
from sync.core.rights import Role
from sync.device.log import SqliteLog
from sync.device.secrets import Secrets
from tests.support.native_app import TestClock
from tests.support.settled_team import DAY, FATMA, FORM, JOKE, hushed, session_of, team

SECRETS = Secrets(b"s" * 32, b"a" * 32, b"i" * 32, b"m" * 16, "Fatma")
SECOND, MINUTE = 1_000, 60_000


class Killed(BaseException):
    """The plug is pulled here."""


class Dying(FileDeviceKey):
    """The power goes while the secret is being stretched: it never comes to an answer."""

    async def wrapper(self, secret: bytes, salt: bytes, rounds: int) -> Wrapper:
        raise Killed


def vault_in(folder: Path, clock: TestClock) -> tuple[Vault, SqliteLog]:
    """The vault of the device in a folder, as after a restart."""
    log = SqliteLog(str(folder / "log.db"))
    key = FileDeviceKey(folder / "device.key")
    return Vault(VaultPorts(NativePrimitives(), key, SystemRandom(), clock, log)), log


async def wrong(vault: Vault, times: int = 1) -> None:
    """Try a wrong secret, waiting as long as asked."""
    for _ in range(times):
        with pytest.raises(WrongSecret):
            await vault.open("999999")


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("", "too_short"),
        ("27491", "too_short"),
        ("111111", "too_simple"),
        ("121212", "too_simple"),
        ("123456", "too_simple"),
        ("890123", "too_simple"),
        ("654321", "too_simple"),
        ("210987", "too_simple"),
    ],
)
def test_a_weak_pin_is_refused_with_its_reason(secret: str, why: str) -> None:
    """Short, repeated and counted PINs can't be chosen."""
    with pytest.raises(BadInput) as raised:
        check_secret(secret, Role.CONTACT)
    assert (raised.value.field, raised.value.why) == ("secret", why)


def test_a_coordinator_needs_a_phrase_and_a_contact_person_a_pin() -> None:
    """Ten characters that are not all digits for a coordinator; six digits for others."""
    for secret in ("274915", "2749150863", "kort zin"):
        with pytest.raises(BadInput) as raised:
            check_secret(secret, Role.COORDINATOR)
        assert raised.value.why == "weak_coordinator"
    with pytest.raises(BadInput) as raised:
        check_secret("aaaaaaaaaaaa", Role.COORDINATOR)
    assert raised.value.why == "too_simple"
    check_secret("een lange zin", Role.COORDINATOR)
    for role in (Role.CONTACT, Role.COLLECTOR):
        check_secret("274915", role)


def test_the_wait_doubles_from_five_seconds_to_fifteen_minutes_and_the_right_pin_always_opens(tmp_path: Path) -> None:
    """Four wrong tries are free; each further one doubles the wait up to a quarter of an hour, never more."""

    async def story() -> None:
        clock = TestClock()
        vault, log = vault_in(tmp_path, clock)
        await vault.create(FATMA, SECRETS)
        waits = []
        for _ in range(14):
            await wrong(vault)
            waits.append(vault.wait_millis() // SECOND)
            clock.now += vault.wait_millis()
        assert waits == [0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900]
        assert await vault.open(FATMA) == SECRETS
        await wrong(vault, 4)
        assert vault.wait_millis() == 0  # opening began the count anew
        log.close()

    asyncio.run(story())


def test_waiting_survives_a_restart_and_a_try_before_its_time_costs_nothing(tmp_path: Path) -> None:
    """A restart does not shorten the wait, and what is tried meanwhile is neither right nor counted."""

    async def story() -> None:
        clock = TestClock()
        vault, log = vault_in(tmp_path, clock)
        await vault.create(FATMA, SECRETS)
        await wrong(vault, 5)
        log.close()
        clock.now += 2 * SECOND
        vault, log = vault_in(tmp_path, clock)
        assert vault.wait_millis() == 3 * SECOND
        with pytest.raises(TrySlower) as raised:
            await vault.open(FATMA)
        assert raised.value.wait_millis == 3 * SECOND
        assert "3 seconden" in sentence(raised.value)
        clock.now += 3 * SECOND
        assert await vault.open(FATMA) == SECRETS
        log.close()

    asyncio.run(story())


def test_pulling_the_plug_during_a_try_gives_no_free_try(tmp_path: Path) -> None:
    """A try that was stopped half way is counted like any other."""

    async def story() -> None:
        clock = TestClock()
        vault, log = vault_in(tmp_path, clock)
        await vault.create(FATMA, SECRETS)
        key = Dying(tmp_path / "device.key")
        dying = Vault(VaultPorts(NativePrimitives(), key, SystemRandom(), clock, log))
        for _ in range(5):
            with pytest.raises(Killed):
                await dying.open("999999")
        log.close()
        vault, log = vault_in(tmp_path, clock)
        assert vault.wait_millis() == 5 * SECOND
        log.close()

    asyncio.run(story())


def test_a_clock_put_back_lets_the_wait_begin_anew_and_end(tmp_path: Path) -> None:
    """However far back, the wait is never more than its whole and passes at the clock's own pace."""

    async def story() -> None:
        clock = TestClock()
        vault, log = vault_in(tmp_path, clock)
        await vault.create(FATMA, SECRETS)
        await wrong(vault, 5)
        clock.now -= 400 * DAY
        assert vault.wait_millis() == 5 * SECOND
        clock.now += 4 * SECOND
        log.close()
        vault, log = vault_in(tmp_path, clock)
        assert vault.wait_millis() == SECOND
        clock.now += SECOND
        assert await vault.open(FATMA) == SECRETS
        log.close()

    asyncio.run(story())


def test_a_clock_that_stands_still_or_jumps_back_leaves_unlocking_as_slow_as_it_should_be(tmp_path: Path) -> None:
    """Rounds that can't be measured are the minimum, not the maximum: else every unlock takes ten seconds."""

    class Backward(TestClock):
        def millis(self) -> int:
            self.now -= 1_000
            return self.now

    async def story() -> None:
        vault, log = vault_in(tmp_path, Backward())
        assert await vault._calibrate() == MIN_ROUNDS
        log.close()

    asyncio.run(story())


def test_a_lost_device_key_is_told_as_such_and_not_as_a_wrong_pin(tmp_path: Path) -> None:
    """Without the key that the browser held no secret opens anything; a damaged vault is told as damage."""

    async def story() -> None:
        clock = TestClock()
        vault, log = vault_in(tmp_path, clock)
        await vault.create(FATMA, SECRETS)
        vault.close()
        with pytest.raises(Locked):
            await vault.secrets()
        (tmp_path / "device.key").rename(tmp_path / "elsewhere")
        with pytest.raises(StorageGone):
            await vault.open(FATMA)
        (tmp_path / "elsewhere").rename(tmp_path / "device.key")
        log.put({"vault": b"garbage"})
        with pytest.raises(LogDamaged):
            await vault.open(FATMA)
        log.close()

    asyncio.run(story())


def test_the_app_locks_after_ten_quiet_minutes_and_not_before(settled: Path, tmp_path: Path) -> None:
    """Ten minutes without a touch: the session is gone, the draft stays; a touch begins them anew."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = t.device("fatma")
            await fatma.start()
            t.nets["fatma"].offline = True
            await fatma.unlock(FATMA)
            await fatma.save_draft("new", FORM)
            session_of(fatma).on_change = lambda: 1 / 0  # a fault in the middle of the sync stops no locking
            locked = asyncio.Event()
            fatma.subscribe(lambda: locked.set() if fatma.stage is Stage.LOCKED else None)
            t.clock.now += 9 * MINUTE
            fatma.touch()
            t.clock.now += 9 * MINUTE
            await asyncio.sleep(5.2)  # the app looks every five seconds
            assert fatma.stage is Stage.OPEN
            t.clock.now += 2 * MINUTE
            await asyncio.wait_for(locked.wait(), 30)
            with pytest.raises(Locked):
                fatma.visits()
            with pytest.raises(Locked):
                await fatma.save_draft("new", None)
            await fatma.unlock(FATMA)
            assert (await hushed(fatma)).draft("new") == FORM

    asyncio.run(story())


NEW = "een nieuwe lange zin"


class Torn:
    """A log whose power fails just before the write of a number."""

    def __init__(self, log: SqliteLog, at: int) -> None:
        self._log, self._left = log, at

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    def put(self, values: Mapping[str, bytes | None]) -> None:
        if self._left == 0:
            raise Killed
        self._left -= 1
        self._log.put(values)


def ports(folder: Path, log: Any, clock: TestClock, passkeys: NativePasskeys | None = None) -> VaultPorts:
    """A vault's world on a folder."""
    return VaultPorts(NativePrimitives(), FileDeviceKey(folder / "device.key"), SystemRandom(), clock, log, passkeys)


@pytest.mark.parametrize("at", range(4))
def test_a_change_of_secret_that_is_killed_before_any_write_leaves_exactly_one_secret(tmp_path: Path, at: int) -> None:
    """Before each write, and after the last: either the old or the new one opens, and the same notes are there."""

    async def story() -> None:
        clock = TestClock()
        vault, log = vault_in(tmp_path, clock)
        await vault.create(FATMA, SECRETS)
        draft = await vault.seal_bytes("draft", b"half a note")
        killed = False
        try:
            await Vault(ports(tmp_path, Torn(log, at), clock)).change(FATMA, NEW)
        except Killed:
            killed = True
        log.close()
        opened = []
        for secret in (FATMA, NEW):
            vault, log = vault_in(tmp_path, clock)
            try:
                assert await vault.open(secret) == SECRETS
                assert await vault.open_bytes("draft", draft) == b"half a note"
                opened.append(secret)
            except WrongSecret:
                pass
            log.close()
        assert killed == (at < 2)  # the count of the try, then the change itself in one
        assert opened == ([FATMA] if killed else [NEW])

    asyncio.run(story())


def test_a_wrong_old_secret_changes_nothing_and_counts_as_a_try(tmp_path: Path) -> None:
    """Changing the secret is no way around the waits."""

    async def story() -> None:
        clock = TestClock()
        vault, log = vault_in(tmp_path, clock)
        await vault.create(FATMA, SECRETS)
        for _ in range(5):
            with pytest.raises(WrongSecret):
                await vault.change("999999", NEW)
        with pytest.raises(TrySlower):
            await vault.change(FATMA, NEW)
        clock.now += vault.wait_millis()
        await vault.change(FATMA, NEW)
        assert vault.wait_millis() == 0
        assert await vault.open(NEW) == SECRETS
        log.close()

    asyncio.run(story())


def authenticator(folder: Path) -> NativePasskeys:
    """One that knows the device's held secret, as the browser's does."""
    return NativePasskeys(FileDeviceKey(folder / "device.key").mac_now)


def test_a_passkey_opens_beside_the_secret_until_it_is_taken_away(tmp_path: Path) -> None:
    """Both open; a new secret leaves the passkey; a passkey sets a forgotten secret anew; removed, it opens nothing."""

    async def story() -> None:
        clock, passkeys = TestClock(), authenticator(tmp_path)
        log = SqliteLog(str(tmp_path / "log.db"))
        vault = Vault(ports(tmp_path, log, clock, passkeys))
        await vault.create(FATMA, SECRETS)
        with pytest.raises(WrongSecret):
            await vault.add_passkey("999999")
        assert not passkeys.held
        await vault.add_passkey(FATMA)
        again = Vault(ports(tmp_path, log, clock, passkeys))
        assert again.has_passkey
        assert await again.open_by_passkey() == SECRETS
        await again.change(FATMA, "385026")
        assert await again.open_by_passkey() == SECRETS
        await again.change_by_passkey(NEW)
        assert await again.open(NEW) == SECRETS
        await again.remove_passkey()
        assert not again.has_passkey
        assert not passkeys.held
        with pytest.raises(BadInput):
            await again.open_by_passkey()
        assert await again.open(NEW) == SECRETS
        log.close()

    asyncio.run(story())


def test_a_passkey_waits_as_long_as_a_pin_and_giving_up_is_no_try(tmp_path: Path) -> None:
    """After wrong PINs the passkey waits too, over a restart and a clock put back; cancelling counts for nothing."""

    async def story() -> None:
        clock, passkeys = TestClock(), authenticator(tmp_path)
        log = SqliteLog(str(tmp_path / "log.db"))
        vault = Vault(ports(tmp_path, log, clock, passkeys))
        await vault.create(FATMA, SECRETS)
        await vault.add_passkey(FATMA)
        passkeys.confirm = False
        for _ in range(9):
            with pytest.raises(BadInput) as raised:
                await vault.open_by_passkey()
            assert (raised.value.field, raised.value.why) == ("passkey", "cancelled")
        assert vault.wait_millis() == 0
        await wrong(vault, 5)
        passkeys.confirm = True
        log.close()
        log = SqliteLog(str(tmp_path / "log.db"))
        vault = Vault(ports(tmp_path, log, clock, passkeys))
        clock.now -= 400 * DAY
        with pytest.raises(TrySlower):
            await vault.open_by_passkey()
        clock.now += 5 * SECOND
        assert await vault.open_by_passkey() == SECRETS
        assert vault.wait_millis() == 0
        log.close()

    asyncio.run(story())


def test_a_passkey_that_was_cancelled_or_belongs_to_another_device_opens_nothing(tmp_path: Path) -> None:
    """Cancelled while being made: nothing is kept. Synced to a device with another held secret: wrong, and counted."""

    async def story() -> None:
        clock, passkeys = TestClock(), authenticator(tmp_path)
        log = SqliteLog(str(tmp_path / "log.db"))
        vault = Vault(ports(tmp_path, log, clock, passkeys))
        await vault.create(FATMA, SECRETS)
        passkeys.confirm = False
        with pytest.raises(BadInput):
            await vault.add_passkey(FATMA)
        assert not vault.has_passkey
        passkeys.confirm = True
        await vault.add_passkey(FATMA)
        (tmp_path / "other").mkdir()
        elsewhere = authenticator(tmp_path / "other")
        elsewhere.held = passkeys.held
        for _ in range(5):
            with pytest.raises(WrongSecret):
                await Vault(ports(tmp_path, log, clock, elsewhere)).open_by_passkey()
        assert vault.wait_millis() == 5 * SECOND
        log.close()

    asyncio.run(story())


def test_a_vault_and_drafts_from_before_this_version_still_open(tmp_path: Path) -> None:
    """A vault without a key for local names gets one; a draft under its old name is found by what it is sealed for."""

    async def story() -> None:
        clock = TestClock()
        vault, log = vault_in(tmp_path, clock)
        await vault.create(FATMA, SECRETS)
        old = vault.local_name("new")
        log.put({"local names": None})
        vault, _ = vault_in(tmp_path, clock)
        await vault.open(FATMA)
        assert vault.local_name("new") != old
        again, _ = vault_in(tmp_path, clock)
        await again.open(FATMA)
        assert again.local_name("new") == vault.local_name("new")
        log.close()

    asyncio.run(story())


def test_a_draft_under_its_old_name_is_found_and_moved(settled: Path, tmp_path: Path) -> None:
    """What was half typed before the update is in the form after it."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            await fatma.save_draft("new", FORM)
            log = fatma.live.require_log()
            [(name, sealed)] = log.drafts().items()
            log.put_draft(name, None)
            log.put_draft("an old name", sealed)
            await fatma.lock()
            await fatma.unlock(FATMA)
            assert (await hushed(fatma)).draft("new") == FORM
            assert log.drafts() == {name: sealed}

    asyncio.run(story())


def test_out_of_sight_locks_at_once_or_after_a_minute_or_never_as_chosen(settled: Path, tmp_path: Path) -> None:
    """The choice is kept over a restart; coming back after hours in which nothing could run locks before anything."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            assert fatma.safety.choices == LockChoices(10, 60)
            await fatma.locking.out_of_sight()
            t.clock.now += 59 * SECOND
            await fatma.locking.in_sight()
            assert fatma.stage is Stage.OPEN
            await fatma.locking.out_of_sight()
            t.clock.now += 60 * SECOND
            await fatma.locking.in_sight()
            assert fatma.stage is Stage.LOCKED
            await hushed(fatma)
            await fatma.unlock(FATMA)
            fatma.safety.choose(LockChoices(5, 0))
            await fatma.locking.out_of_sight()
            assert fatma.stage is Stage.LOCKED
            await fatma.unlock(FATMA)
            fatma.safety.choose(LockChoices(5, None))
            await fatma.locking.out_of_sight()
            t.clock.now += 4 * MINUTE
            await fatma.locking.in_sight()
            assert fatma.stage is Stage.OPEN
            await fatma.locking.out_of_sight()
            t.clock.now += MINUTE
            await fatma.locking.in_sight()
            assert fatma.stage is Stage.LOCKED
            again = await t.fatma()
            assert again.safety.choices == LockChoices(5, None)

    asyncio.run(story())


def test_a_wipe_leaves_nothing_and_counts_what_was_unsent_first(settled: Path, tmp_path: Path) -> None:
    """Locked or open: no log, no key; the app stands at the welcome screen and a new start finds nothing."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            await fatma.save_visit(FORM)
            vault = fatma.live.require_log().get("vault")
            assert vault
            assert any(vault in path.read_bytes() for path in (tmp_path / "fatma").rglob("*"))
            await fatma.lock()
            assert fatma.safety.unsent() > 0
            assert len(codec.unpack(fatma.safety.unsent_file(), 1 << 20)) == fatma.safety.unsent()
            await fatma.safety.wipe()
            assert fatma.stage is Stage.WELCOME
            assert fatma.safety.unsent() == 0
            assert not any(vault in path.read_bytes() for path in (tmp_path / "fatma").rglob("*"))
            assert not (tmp_path / "fatma" / "device.key").exists()
            again = t.device("fatma")
            await again.start()
            assert again.stage is Stage.WELCOME

    asyncio.run(story())


def test_a_member_who_became_coordinator_with_a_pin_is_told_so(settled: Path, tmp_path: Path) -> None:
    """The secret is weighed by the role that the roll gives now; a passphrase ends the notice."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            joke = await t.joke()
            assert not joke.safety.secret_is_weak
            await joke.live.require_vault().change(JOKE, "274915")
            await joke.lock()
            await joke.unlock("274915")
            assert (await hushed(joke)).safety.secret_is_weak
            with pytest.raises(BadInput):
                await joke.safety.change_secret("274915", "385026")
            await joke.safety.change_secret("274915", NEW)
            assert not joke.safety.secret_is_weak

    asyncio.run(story())
