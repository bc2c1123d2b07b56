"""The lock: weak secrets are refused, wrong ones slow down, and nobody is locked out of their notes for ever."""

import asyncio
from pathlib import Path

import pytest

from app.platform.native import FileDeviceKey, SystemRandom
from app.platform.native_crypto import NativePrimitives
from app.services.models import Stage
from app.services.vault import MIN_ROUNDS, Vault, VaultPorts, check_secret
from app.services.wording import sentence
from sync.core.errors import BadInput, Locked, LogDamaged, StorageGone, TrySlower, WrongSecret
from sync.core.rights import Role
from sync.device.log import SqliteLog
from sync.device.secrets import Secrets
from tests.support.native_app import TestClock
from tests.support.settled_team import DAY, FATMA, FORM, hushed, session_of, team

SECRETS = Secrets(b"s" * 32, b"a" * 32, b"i" * 32, b"m" * 16, "Fatma")
SECOND, MINUTE = 1_000, 60_000


class Killed(BaseException):
    """The plug is pulled here."""


class Dying(NativePrimitives):
    """The power goes while the secret is being stretched: it never comes to an answer."""

    async def stretch(self, secret: bytes, salt: bytes, rounds: int) -> bytes:
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
        key = FileDeviceKey(tmp_path / "device.key")
        dying = Vault(VaultPorts(Dying(), key, SystemRandom(), clock, log))
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
