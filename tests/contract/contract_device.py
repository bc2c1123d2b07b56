"""What every Clock, Random and DeviceKey promises. Runs on CPython and in the browser's worker."""

import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

from sync.core.hkdf import hkdf
from sync.core.ports import Clock, DeviceKey, Primitives, Random, Sealing


class KeptKey(DeviceKey, Protocol):
    """A DeviceKey as the phone has it: what is still in memory can go back after the store was cleared."""

    async def put_back(self) -> bool:
        """Store the secret in memory again; False when there is none."""


class Device(NamedTuple):
    """One implementation of all three. `key` gives a new object on one and the same place."""

    clock: Clock
    random: Random
    key: Callable[[], KeptKey]
    primitives: Primitives
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


@case
async def a_secret_opens_the_vault_key_it_wrapped_and_no_other_does(device: Device) -> None:
    """Secret, salt, rounds and AAD all count; what one handle sealed the other opens, for its own purpose only."""
    key = device.key()
    under = await key.wrapper(b"274915", b"s" * 16, 1000)
    made, wrapped = await key.make(under, b"aad")
    [sealed] = await key.seal(made, [(b"draft", b"text")])
    again = await key.unwrap(await device.key().wrapper(b"274915", b"s" * 16, 1000), b"aad", wrapped)
    assert again is not None
    assert await key.open(again, [(b"draft", sealed), (b"other", sealed), (b"draft", sealed[:20])]) == [
        b"text",
        None,
        None,
    ]
    assert await key.seal(made, [(b"draft", b"text")]) != [sealed]
    for secret, salt, rounds in (
        (b"274916", b"s" * 16, 1000),
        (b"274915", b"t" * 16, 1000),
        (b"274915", b"s" * 16, 999),
    ):
        assert await key.unwrap(await key.wrapper(secret, salt, rounds), b"aad", wrapped) is None
    assert await key.unwrap(under, b"other", wrapped) is None


@case
async def a_rewrapped_vault_key_is_the_same_key_under_another_secret(device: Device) -> None:
    """What was sealed before opens after; the wrong old wrapper gives nothing; the device's secret counts."""
    key = device.key()
    old, new = await key.wrapper(b"old", b"s" * 16, 1000), await key.wrapper(b"new", b"t" * 16, 1000)
    made, wrapped = await key.make(old, b"a")
    [sealed] = await key.seal(made, [(b"", b"text")])
    assert await key.rewrap(new, b"a", wrapped, new, b"b") is None
    fresh = await key.rewrap(old, b"a", wrapped, new, b"b")
    assert fresh is not None
    opened = await key.unwrap(new, b"b", fresh)
    assert opened is not None
    assert await key.open(opened, [(b"", sealed)]) == [b"text"]
    await key.forget()
    other = await device.key().wrapper(b"new", b"t" * 16, 1000)
    assert await key.unwrap(other, b"b", fresh) is None


@case
async def the_wrapping_is_the_one_that_the_protocol_tells(device: Device) -> None:
    """PBKDF2, the held secret's HMAC, HKDF and AES-GCM as docs/protocol.md writes them, on every platform."""
    key, salt = device.key(), b"s" * 16
    made, wrapped = await key.make(await key.wrapper(b"274915", salt, 1000), b"aad")
    held = await key.mac(b"straatcontact vault" + salt)
    derived = hkdf(
        await device.primitives.stretch(b"274915", salt, 1000) + held, salt, b"straatcontact vault wrapping", 32
    )
    [plain] = await device.primitives.open([Sealing(derived, wrapped.nonce, b"aad", wrapped.data)])
    assert plain is not None
    [sealed] = await key.seal(made, [(b"purpose", b"text")])
    assert await device.primitives.open([Sealing(plain, sealed[:12], b"purpose", sealed[12:])]) == [b"text"]
