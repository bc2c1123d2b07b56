"""Runs in the worker: the Primitives suite over WebCrypto, and the device's clock, randomness and held key."""

import asyncio
import time

import js
from pyodide.ffi import create_once_callable

from app.platform.browser_crypto import BrowserPrimitives
from app.platform.browser_device import BrowserClock, BrowserDeviceKey, BrowserRandom
from tests.contract.contract_primitives import CASES, Case


def _over_webcrypto(case: Case):
    async def run() -> None:
        await case(BrowserPrimitives())

    return run


globals().update({f"test_{case.__name__}": _over_webcrypto(case) for case in CASES})


def test_the_clock_is_the_worlds() -> None:
    """Within a second of Python's own."""
    assert abs(BrowserClock().millis() - time.time() * 1000) < 1000


def test_randomness_is_fresh() -> None:
    """Any count, never the same twice, also more than WebCrypto gives in one call."""
    random = BrowserRandom()
    assert random.bytes(0) == b""
    assert len({random.bytes(32) for _ in range(100)}) == 100
    large = random.bytes(100_000)
    assert len(large) == 100_000
    assert large[:65_536].count(0) < 1000 > large[65_536:].count(0)


async def test_the_device_key_is_steady() -> None:
    """Made at first use, the same for every object that asks, different for every message."""
    one, two = BrowserDeviceKey(), BrowserDeviceKey()
    assert not await one.exists()
    assert await one.mac(b"a") == await two.mac(b"a") != await one.mac(b"b")
    assert len(await one.mac(b"")) == 32
    assert await one.exists()


async def test_a_forgotten_device_key_is_gone() -> None:
    """After `forget` the next key is another, and nothing in memory brings the old one back."""
    key = BrowserDeviceKey()
    old = await key.mac(b"a")
    await key.forget()
    assert not await key.exists()
    assert not await key.put_back()
    assert await key.mac(b"a") != old


async def test_a_cleared_device_key_is_put_back() -> None:
    """When site data are cleared under the running app, the key in memory goes back and is the same one."""
    key = BrowserDeviceKey()
    old = await key.mac(b"a")
    await _clear_site_data()
    assert not await key.exists()
    assert await key.mac(b"a") == old
    assert await key.put_back()
    assert await key.exists()


async def _clear_site_data() -> None:
    done = asyncio.get_running_loop().create_future()
    request = js.indexedDB.deleteDatabase("straat-device")
    request.onsuccess = create_once_callable(done.set_result)
    await done
