"""Changes that keep an input well-formed: MessagePack taken apart, something in it altered, and packed again."""

import random
from collections.abc import Callable
from typing import Any

import msgpack

_ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, 2, -1, 127, 128, 2**16, 2**32, 2**48, 2**63, 2**64 - 1, -(2**63), 0.5, "", "é", "x" * 65,
    b"", bytes(16), bytes(32), bytes(64), bytes(80), b"\xff" * 32, [], {}, [[]], {"a": 1}, "removed", "erase", "life",
)  # fmt: skip
_FRAMES = ((0, 0), (2, 64), (2, 0))  # bytes before and after the packed part: first bytes, signature


def altered(data: bytes, seed: int, raw: Callable[[bytes], bytes]) -> bytes:
    """One more step from `data`: half of the time as plain bytes, by `raw`, else in its structure."""
    dice = random.Random(seed)
    if dice.random() < 0.4:
        return raw(data)
    for before, after in dice.sample(_FRAMES, len(_FRAMES)):
        inner = data[before : len(data) - after]
        value = _unpacked(inner)
        if value is not None:
            for _ in range(dice.choice((1, 1, 1, 2, 4))):
                value = _changed(value, dice)
            return data[:before] + _packed(value) + data[len(data) - after :]
    return raw(data)


def _unpacked(data: bytes) -> Any:
    try:
        return msgpack.unpackb(data, raw=False, strict_map_key=False, max_buffer_size=1 << 16)
    except Exception:
        return None


def _packed(value: Any) -> bytes:
    try:
        return bytes(msgpack.packb(_sorted(value)))
    except Exception:
        return b"\xc0"


def _sorted(value: Any) -> Any:
    if isinstance(value, list):
        return [_sorted(v) for v in value]
    if isinstance(value, dict):
        return {k: _sorted(value[k]) for k in sorted(value, key=str)}
    return value


def _changed(value: Any, dice: random.Random) -> Any:
    """The value with one thing in it other, at a random depth."""
    if isinstance(value, bytes) and len(value) > 40 and dice.random() < 0.5:
        inner = _unpacked(value)  # a header inside an envelope
        if isinstance(inner, list):
            return _packed(_changed(inner, dice))
    if not isinstance(value, list | dict) or not value or dice.random() < 0.15:
        return _other(value, dice)
    if isinstance(value, dict):
        key = dice.choice(sorted(value, key=str))
        rest = {k: v for k, v in value.items() if k != key}
        return dice.choice((rest, {**value, key: _changed(value[key], dice)}, {**rest, dice.choice(("a", key)): 1}))
    place = dice.randrange(len(value))
    ways = (
        [*value[:place], *value[place + 1 :]],
        [*value[:place], value[place], *value[place:]],
        [*value[:place], dice.choice(value), *value[place + 1 :]],
    )
    if dice.random() < 0.3:
        return dice.choice(ways)
    return [*value[:place], _changed(value[place], dice), *value[place + 1 :]]


def _other(value: Any, dice: random.Random) -> Any:
    if isinstance(value, bytes) and value and dice.random() < 0.5:
        place = dice.randrange(len(value))
        return value[:place] + bytes((dice.randrange(256),)) + value[place + 1 :]
    if isinstance(value, int) and not isinstance(value, bool) and dice.random() < 0.5:
        return max(-(2**63), min(2**64 - 1, value + dice.choice((-1, 1))))
    return dice.choice(_ODD)
