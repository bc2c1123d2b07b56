"""Runs in the worker: the Primitives and device suites over WebCrypto, and what only a browser can get wrong."""

import asyncio
import contextlib
import gc
from collections import Counter

import js
from pyodide.ffi import create_once_callable, create_proxy

from app.platform.browser_crypto import BrowserPrimitives
from app.platform.browser_device import BrowserClock, BrowserDeviceKey, BrowserRandom
from sync.core import hpke
from sync.core.ports import Sealing, Signed
from tests.contract import contract_device, contract_primitives

SEED = bytes(range(32))


async def _clear_site_data() -> None:
    done = asyncio.get_running_loop().create_future()
    request = js.indexedDB.deleteDatabase("straat-device")
    request.onsuccess = create_once_callable(done.set_result)
    await done


def _with(case, make):
    async def run() -> None:
        await case(make())

    return run


def _device() -> contract_device.Device:
    return contract_device.Device(
        BrowserClock(), BrowserRandom(), BrowserDeviceKey, BrowserPrimitives(), _clear_site_data
    )


for _case in contract_primitives.CASES:
    globals()[f"test_{_case.__name__}"] = _with(_case, BrowserPrimitives)
for _case in contract_device.CASES:
    globals()[f"test_{_case.__name__}"] = _with(_case, _device)


async def test_a_missing_device_key_is_noticed() -> None:
    """`exists` tells what is stored, whatever is in memory, and makes nothing."""
    key = BrowserDeviceKey()
    await key.mac(b"")
    assert await key.exists()
    await _clear_site_data()
    assert not await key.exists()
    assert not await key.exists()
    await key.put_back()
    assert await key.exists()


async def test_askers_at_the_same_time_get_one_key() -> None:
    """First use from several sides at once makes one key, not several of which one is lost."""
    await BrowserDeviceKey().forget()
    macs = await asyncio.gather(*(BrowserDeviceKey().mac(b"a") for _ in range(8)))
    assert len(set(macs)) == 1
    assert await BrowserDeviceKey().mac(b"a") == macs[0]


@contextlib.contextmanager
def _replaced(**functions):
    """WebCrypto with some methods replaced by `function(original, this, *arguments)`."""
    prototype = js.SubtleCrypto.prototype
    originals = {name: getattr(prototype, name) for name in functions}

    def proxy(name):
        def call(this, *arguments):
            return functions[name](originals[name], this, *arguments)

        return create_proxy(call, capture_this=True)

    try:
        for name in functions:
            setattr(prototype, name, proxy(name))
        yield
    finally:
        for name, original in originals.items():
            setattr(prototype, name, original)


async def test_the_slower_of_two_makers_gives_way() -> None:
    """When another worker stored its device key first, that one stands."""
    await BrowserDeviceKey().forget()
    asked = []

    async def slow_first(original, this, *arguments):
        asked.append(1)
        if len(asked) == 1:
            await asyncio.sleep(0.1)
        return await original.call(this, *arguments)

    with _replaced(generateKey=slow_first):
        slow = asyncio.ensure_future(BrowserDeviceKey().mac(b"a"))
        await asyncio.sleep(0.02)
        fast = await BrowserDeviceKey().mac(b"a")
        assert len(asked) == 2
        assert await slow == fast
    assert await BrowserDeviceKey().mac(b"a") == fast


async def test_an_all_zero_secret_is_refused_here_too() -> None:
    """Also a browser that lets X25519 give all zero does not get past crypto.js."""
    with _replaced(deriveBits=lambda original, this, *arguments: js.Promise.resolve(js.ArrayBuffer.new(32))):
        primitives = BrowserPrimitives()
        mine = await primitives.agreement_key(SEED)
        assert await primitives.agree(mine, [mine.public]) == [None]
        assert await primitives.agree_once([(SEED, mine.public)]) == [(mine.public, None)]


class _Counting:
    """crypto.js, counting how often each function is called."""

    def __init__(self, real) -> None:
        self._real, self.calls = real, Counter()

    def __getattr__(self, name):
        self.calls[name] += 1
        return getattr(self._real, name)


async def test_a_batch_crosses_once() -> None:
    """Two hundred of anything go into JavaScript in one call, and HPKE for fifty in two."""
    primitives = BrowserPrimitives()
    counting = primitives._crypto = _Counting(primitives._crypto)
    key = await primitives.signing_key(SEED)
    mine = await primitives.agreement_key(SEED)
    signatures = await primitives.sign(key, [b"%d" % i for i in range(200)])
    await primitives.verify([Signed(key.public, s, b"%d" % i) for i, s in enumerate(signatures)])
    await primitives.agree(mine, [mine.public] * 200)
    counting.calls.clear()
    sealings = [Sealing(SEED, i.to_bytes(12, "big"), b"", b"x") for i in range(200)]
    sealed = await primitives.seal(sealings)
    await primitives.open([s._replace(data=c) for s, c in zip(sealings, sealed, strict=True)])
    assert counting.calls == {"seal": 1, "open": 1}
    counting.calls.clear()
    messages = [hpke.ToSeal(bytes((i,)) * 32, mine.public, b"", b"x") for i in range(1, 51)]
    for_me = await hpke.seal_many(primitives, messages)
    assert await hpke.open_many(primitives, mine, [(b"", s) for s in for_me]) == [b"x"] * 50
    assert counting.calls == {"agreeOnce": 1, "seal": 1, "agree": 1, "open": 1}


async def test_no_key_that_is_used_can_be_exported() -> None:
    """Every private key that signs, agrees or answers for the device is non-extractable."""
    used = []

    def noted(original, this, algorithm, key, data):
        used.append((key.algorithm.name, key.type, key.extractable))
        return original.call(this, algorithm, key, data)

    with _replaced(sign=noted, deriveBits=noted):
        primitives = BrowserPrimitives()
        await primitives.sign(await primitives.signing_key(SEED), [b"m"])
        mine = await primitives.agreement_key(SEED)
        await primitives.agree(mine, [mine.public])
        await primitives.agree_once([(SEED, mine.public)])
        await BrowserDeviceKey().mac(b"m")
    assert used == [
        ("Ed25519", "private", False),
        ("X25519", "private", False),
        ("X25519", "private", False),
        ("HMAC", "secret", False),
    ]


async def test_a_dropped_handle_drops_its_key() -> None:
    """When Python lets go of a handle, the browser's side has no key under its number any more."""
    primitives = BrowserPrimitives()
    kept, dropped = await primitives.signing_key(SEED), await primitives.signing_key(SEED)
    stale = type("Stale", (type(kept),), {"__init__": lambda self: None})()
    stale.number, stale.public = dropped.number, dropped.public
    assert len(await primitives.sign(stale, [b"m"])) == 1
    del dropped
    gc.collect()
    try:
        await primitives.sign(stale, [b"m"])
    except RuntimeError:
        assert len(await primitives.sign(kept, [b"m"])) == 1
        return
    raise AssertionError("the key is still there")
