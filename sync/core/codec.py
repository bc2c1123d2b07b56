"""MessagePack as Straatcontact writes it, and the shapes with which everything received is checked.

Guarantees: `pack` and `unpack` know only plain values (None, bool, int, str, bytes, list, dict with str keys) at
most 16 deep, and `unpack` refuses bytes that `pack` would not have written: one value has one spelling. Floats
are none of them: 1 and 1.0, 0.0 and -0.0, and the many NaNs would give one number several.
Source: the MessagePack specification; docs/protocol.md, "Encoding".
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import msgpack

from sync.core.errors import BadFormat, TooLarge

Shape = Callable[[Any], Any]
MAX_DEPTH = 16  # lists and maps within one another
_NESTING = (list, dict)
_SCALAR = (bytes, str, int)
_BARE = frozenset({bytes, str, int, bool, type(None)})
_FLOAT = b"\xca"  # begins one of 4 bytes


def pack(value: Any) -> bytes:
    """The one spelling of a plain value: shortest forms, map keys in rising order, tuples as lists.

    Raises BadFormat for what is not plain, lies deeper than MAX_DEPTH or does not fit 64 bits.
    """
    try:
        packed: bytes = msgpack.packb(_plain(value, MAX_DEPTH), use_bin_type=True)
    except (ValueError, OverflowError, TypeError) as e:
        raise BadFormat(type(e).__name__) from e
    return packed


def _plain(value: Any, depth: int) -> Any:
    if type(value) in _BARE or isinstance(value, _SCALAR):
        return value
    if not depth:
        raise BadFormat("too deep")
    if isinstance(value, list | tuple):
        return [v if type(v) in _BARE else _plain(v, depth - 1) for v in value]  # a street is thousands of them
    if isinstance(value, dict) and all(isinstance(k, str) for k in value):
        return {k: _plain(value[k], depth - 1) for k in sorted(value)}
    raise BadFormat(f"{type(value).__name__} is not a plain value")


def unpack(data: bytes, limit: int) -> Any:
    """Read one value of at most `limit` bytes.

    Raises TooLarge, or BadFormat for anything cut off, trailing, extended or spelt another way.
    """
    if len(data) > limit:
        raise TooLarge(f"{len(data)} > {limit} bytes")
    try:
        value = msgpack.unpackb(
            data, raw=False, use_list=True, object_pairs_hook=_in_order, timestamp=2, ext_hook=_no_ext
        )
        # In C at both sides. A timestamp comes as a number, and is spelt otherwise; so is a float of 8 bytes here,
        # and one of 4 bytes there.
        same = msgpack.packb(value, use_bin_type=True, use_single_float=True) == data
        if same and _FLOAT in data:
            same = msgpack.packb(value, use_bin_type=True) == data
    except BadFormat:
        raise
    except (ValueError, TypeError, OverflowError, RecursionError, msgpack.UnpackException) as e:
        raise BadFormat(type(e).__name__) from e
    if not same:
        raise BadFormat("not the canonical spelling")
    _refuse_deep(value)
    return value


def _in_order(pairs: list[tuple[Any, Any]]) -> dict[str, Any]:
    """A map whose keys are text, each once, in rising order."""
    keys = [key for key, _ in pairs]
    if not all(isinstance(key, str) for key in keys) or any(a >= b for a, b in pairwise(keys)):
        raise BadFormat("map keys")
    return dict(pairs)


def _refuse_deep(value: Any) -> None:
    level = [value] if type(value) in _NESTING else []
    for _ in range(MAX_DEPTH):  # level by level: a street is thousands of lists
        level = [x for v in level for x in (v if type(v) is list else v.values()) if type(x) in _NESTING]
        if not level:
            return
    raise BadFormat("too deep")


def _no_ext(code: int, data: bytes) -> Any:
    raise BadFormat(f"extension type {code}")


def checked(shape: Shape, data: bytes, limit: int) -> Any:
    """Read and check in one go."""
    return shape(unpack(data, limit))


# -- shapes: each gives the value back, or raises BadFormat or TooLarge --------------------------------------


class Drawn(NamedTuple):
    """What a shape takes, for whoever writes it down (sync.server.openapi). Bounds are included."""

    kind: str  # blob, text, whole, truth, anything, maybe, items, row, mapping
    low: int = 0
    high: int = 0
    inner: tuple[Shape, ...] = ()
    name: str = ""


def drawn(shape: Shape) -> Drawn:
    """How a shape of this file looks. Raises KeyError for any other function."""
    found: Drawn = vars(shape)["drawn"]
    return found


def _draw(shape: Shape, drawing: Drawn) -> Shape:
    vars(shape)["drawn"] = drawing
    return shape


def named(name: str, shape: Shape) -> Shape:
    """The same shape, with a name in what is written down about it. Only for one made here and now: it is its name."""
    return _draw(shape, drawn(shape)._replace(name=name))


def blob(size: int) -> Shape:
    """Exactly `size` bytes."""

    def shape(value: Any) -> bytes:
        if not isinstance(value, bytes) or len(value) != size:
            raise BadFormat(f"expected {size} bytes")
        return value

    return _draw(shape, Drawn("blob", size, size))


def blob_up_to(limit: int) -> Shape:
    """At most `limit` bytes."""

    def shape(value: Any) -> bytes:
        if not isinstance(value, bytes):
            raise BadFormat("expected bytes")
        if len(value) > limit:
            raise TooLarge(f"{len(value)} > {limit} bytes")
        return value

    return _draw(shape, Drawn("blob", 0, limit))


def text(limit: int) -> Shape:
    """A string of at most `limit` characters."""

    def shape(value: Any) -> str:
        if not isinstance(value, str):
            raise BadFormat("expected text")
        if len(value) > limit:
            raise TooLarge(f"{len(value)} > {limit} characters")
        return value

    return _draw(shape, Drawn("text", 0, limit))


def whole(low: int, high: int) -> Shape:
    """An integer from low to high, both included."""

    def shape(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise BadFormat(f"expected a whole number from {low} to {high}")
        return value

    return _draw(shape, Drawn("whole", low, high))


def truth(value: Any) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        raise BadFormat("expected true or false")
    return value


def anything(value: Any) -> Any:
    """Any plain value: kept as it is, for fields of newer versions."""
    return value


_draw(truth, Drawn("truth"))
_draw(anything, Drawn("anything"))


def maybe(inner: Shape) -> Shape:
    """None, or what `inner` takes."""
    return _draw(lambda value: None if value is None else inner(value), Drawn("maybe", inner=(inner,)))


def items(inner: Shape, limit: int) -> Shape:
    """A list of at most `limit` values, as a tuple."""

    def shape(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise BadFormat("expected a list")
        if len(value) > limit:
            raise TooLarge(f"{len(value)} > {limit} items")
        return tuple(inner(v) for v in value)

    return _draw(shape, Drawn("items", 0, limit, (inner,)))


def row(*inner: Shape) -> Shape:
    """A list of exactly these, as a tuple."""

    def shape(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != len(inner):
            raise BadFormat(f"expected {len(inner)} values")
        return tuple(s(v) for s, v in zip(inner, value, strict=True))

    return _draw(shape, Drawn("row", len(inner), len(inner), inner))


def mapping(inner: Shape, limit: int, key_limit: int = 64) -> Shape:
    """A map from short strings."""
    name = text(key_limit)

    def shape(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise BadFormat("expected a map")
        if len(value) > limit:
            raise TooLarge(f"{len(value)} > {limit} keys")
        return {name(k): inner(v) for k, v in value.items()}

    return _draw(shape, Drawn("mapping", 0, limit, (name, inner)))
