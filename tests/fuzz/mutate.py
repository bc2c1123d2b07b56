"""Changes that keep an input well-formed: MessagePack taken apart, something in it altered, and packed again."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import msgpack

_ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, 2, -1, 127, 128, 2**16, 2**32, 2**48, 2**63, 2**64 - 1, -(2**63), 0.5, "", "é", "x" * 65,
    b"", bytes(16), bytes(32), bytes(64), bytes(80), b"\xff" * 32, [], {}, [[]], {"a": 1}, "removed", "erase", "life",
)  # fmt: skip
Path = tuple[Any, ...]
_FRAMES = ((0, 0), (2, 64), (2, 0), (1, 0))  # bytes before and after the packed part: first bytes, signature


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
        return msgpack.unpackb(data, raw=False, strict_map_key=False)
    except (ValueError, TypeError, msgpack.UnpackException):  # also: too deep, more than one, a map as a key
        return None


def _packed(value: Any) -> bytes:
    try:
        return bytes(msgpack.packb(_sorted(value)))
    except ValueError:  # too deep, or half a surrogate pair
        return b"\xc0"


def _sorted(value: Any) -> Any:
    if isinstance(value, list):
        return [_sorted(v) for v in value]
    if isinstance(value, dict):
        return {k: _sorted(value[k]) for k in sorted(value, key=str)}
    return value


def _changed(value: Any, dice: random.Random) -> Any:
    """The value with one place in it other; every place, however deep, is as likely."""
    places = list(_places(value))
    return _with(value, dice.choice(places), dice)


def _places(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    keys = range(len(value)) if isinstance(value, list) else list(value) if isinstance(value, dict) else ()
    for key in keys:
        yield from _places(value[key], (*path, key))


def _with(value: Any, path: Path, dice: random.Random) -> Any:
    """A copy in which the place at the end of the path is altered, left out or doubled."""
    if not path:
        return _other(value, dice)
    key, rest = path[0], path[1:]
    if isinstance(value, dict):
        without = {k: v for k, v in value.items() if k != key}
        how = dice.random() if not rest else 1.0
        if how < 0.1:
            return without
        return (
            {**without, dice.choice(("a", "name")): value[key]}
            if how < 0.2
            else {**value, key: _with(value[key], rest, dice)}
        )
    before, after, how = value[:key], value[key + 1 :], dice.random() if not rest else 1.0
    if how < 0.1:
        return [*before, *after]
    if how < 0.2:
        return [*before, value[key], value[key], *after]
    if how < 0.3:
        return [*before, dice.choice(value), *after]
    return [*before, _with(value[key], rest, dice), *after]


def _other(value: Any, dice: random.Random) -> Any:
    if isinstance(value, bytes) and len(value) > 40 and dice.random() < 0.8:
        inner = _unpacked(value)  # a header inside an envelope
        if isinstance(inner, list):
            return _packed(_changed(inner, dice))
    if isinstance(value, bytes) and value and dice.random() < 0.5:
        place = dice.randrange(len(value))
        return value[:place] + bytes((dice.randrange(256),)) + value[place + 1 :]
    if isinstance(value, int) and not isinstance(value, bool) and dice.random() < 0.5:
        return max(-(2**63), min(2**64 - 1, value + dice.choice((-1, 1))))
    return dice.choice(_ODD)
