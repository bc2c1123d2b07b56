"""What every Clock, Random and DeviceKey promises. Runs on CPython and in the browser's worker."""

import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

from sync.core.ports import Clock, DeviceKey, Random


class KeptKey(DeviceKey, Protocol):
    """A DeviceKey as the phone has it: what is still in memory can go back after the store was cleared."""

    async def put_back(self) -> bool:
        """Store the secret in memory again; False when there is none."""


class Device(NamedTuple):
    """One implementation of all three. `key` gives a new object on one and the same place."""

    clock: Clock
    random: Random
    key: Callable[[], KeptKey]
    clear: Callable[[], Awaitable[None]]  # take the stored secret away, behind the object's back


Case = Callable[[Device], Awaitable[None]]
CASES: list[Case] = []


def case(function: Case) -> Case:
    """Make this function part of the suite."""
    CASES.append(function)
    return function


@case
async def the_clock_is_the_worlds(device: Device) -> None:
    """Milliseconds since 1970, within a second of Python's own, never a fraction."""
    now = device.clock.millis()
    assert isinstance(now, int)
    assert abs(now - time.time() * 1000) < 1000


@case
async def randomness_is_fresh(device: Device) -> None:
    """Any count, never the same twice, also more than WebCrypto gives in one call."""
    assert device.random.bytes(0) == b""
    assert len({device.random.bytes(32) for _ in range(100)}) == 100
    large = device.random.bytes(200_000)
    assert len(large) == 200_000
    assert large[:65_536].count(0) < 1000
    assert large[-3_000:].count(0) < 100


@case
async def the_key_is_steady(device: Device) -> None:
    """Made at first use, the same for every object that asks, another answer for each message."""
    one, two = device.key(), device.key()
    assert await one.mac(b"a") == await two.mac(b"a") != await one.mac(b"b")
    assert len(await one.mac(b"")) == 32


@case
async def a_forgotten_key_is_gone(device: Device) -> None:
    """After `forget` the next secret is another, and nothing brings the old one back."""
    key = device.key()
    old = await key.mac(b"a")
    await key.forget()
    assert not await key.put_back()
    assert await key.mac(b"a") != old
    assert await device.key().mac(b"a") != old


@case
async def forgetting_twice_is_harmless(device: Device) -> None:
    """Also where there is none."""
    key = device.key()
    await key.forget()
    await key.forget()
    assert not await key.put_back()


@case
async def a_cleared_key_is_put_back(device: Device) -> None:
    """Cleared under the running app, the secret in memory goes on working, and is stored again when asked."""
    key = device.key()
    old = await key.mac(b"a")
    await device.clear()
    assert await key.mac(b"a") == old
    assert await key.put_back()
    assert await device.key().mac(b"a") == old
    assert await key.put_back()
