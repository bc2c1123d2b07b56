"""The vector file, and the register of who makes and who replays which kind.

A file of tests/vectors/files is text: a header of `key: value` lines, an empty line, then the payload in hex.

    comment: what is right or wrong, in one sentence
    kind: ed25519
    expect: bad_signature
    public: 03a1…            other values, hex unless the kind says otherwise

    64 hex characters a line

`zeros`, where it is given, is how many zero bytes follow the payload.
`expect` is `success` or the code of an error of sync/core/errors.py: telling *which* error keeps one failure
from hiding another. To add vectors, write tests/vectors/cases_<subject>.py with

    @maker
    async def envelopes(primitives: Primitives) -> list[Vector]: …   # deterministic: take bytes from `fixed`

    @replay("envelope")
    async def _(primitives: Primitives, vector: Vector) -> None: …   # AssertionError: wrong; StraatError: expected?

and run `python -m tests.vectors.make_vectors`. Replays also run in the browser's worker: outside makers, import
nothing but sync.core, the standard library and this module.
"""

import importlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from sync.core.errors import BY_CODE, StraatError
from sync.core.ports import Primitives

HERE = Path(__file__).parent
FILES = HERE / "files"
SUCCESS = "success"
EXPECT = frozenset({SUCCESS, *BY_CODE})
LINE = 64
_FIXED_KEYS = ("comment", "kind", "expect")


@dataclass(frozen=True, slots=True)
class Vector:
    """One case. Values are text; `raw` and `number` read them."""

    name: str
    kind: str
    comment: str
    payload: bytes = b""
    values: Mapping[str, str | bytes | int] = field(default_factory=dict)
    expect: str = SUCCESS

    def raw(self, key: str) -> bytes:
        """A value as bytes."""
        return bytes.fromhex(str(self.values[key]))

    def whole(self) -> bytes:
        """The payload, and as many zero bytes after it as `zeros` says: for what is too large for a file."""
        return self.payload + bytes(self.number("zeros") if "zeros" in self.values else 0)

    def number(self, key: str) -> int:
        """A value as a whole number."""
        return int(str(self.values[key]))

    def to_text(self) -> str:
        """The file."""
        shown = {k: v.hex() if isinstance(v, bytes) else str(v) for k, v in self.values.items()}
        header = {"comment": self.comment, "kind": self.kind, "expect": self.expect} | shown
        digits = self.payload.hex()
        lines = [f"{k}: {v}".rstrip() for k, v in header.items()]
        return "\n".join([*lines, "", *(digits[i : i + LINE] for i in range(0, len(digits), LINE)), ""])


def from_text(name: str, text: str) -> Vector:
    """Read a file; ValueError for anything that `to_text` would not have written."""
    head, _, digits = text.partition("\n\n")
    values = {}
    for line in head.split("\n"):
        key, colon, value = line.partition(":")
        if not colon or key in values:
            raise ValueError(f"{name}: {line!r}")
        values[key] = value.strip()
    comment, kind, expect = (values.pop(k) for k in _FIXED_KEYS)
    if expect not in EXPECT:
        raise ValueError(f"{name}: no such outcome as {expect}")
    vector = Vector(name, kind, comment, bytes.fromhex(digits), values, expect)
    if vector.to_text() != text:
        raise ValueError(f"{name}: not written as a vector is")
    return vector


def fixed(label: str, count: int = 32) -> bytes:
    """Bytes that look random and are the same every time, different for each label."""
    out = b""
    while len(out) < count:
        out += sha256(f"straatcontact vector {label} {len(out)}".encode()).digest()
    return out[:count]


Maker = Callable[[Primitives], Awaitable[list[Vector]]]
Replay = Callable[[Primitives, Vector], Awaitable[None]]
MAKERS: list[Maker] = []
REPLAYS: dict[str, Replay] = {}


def maker(function: Maker) -> Maker:
    """Register a function that makes vectors."""
    MAKERS.append(function)
    return function


def replay(kind: str) -> Callable[[Replay], Replay]:
    """Register how vectors of a kind are replayed."""

    def register(function: Replay) -> Replay:
        assert kind not in REPLAYS, kind
        REPLAYS[kind] = function
        return function

    return register


def load_cases() -> None:
    """Import every cases_*.py, which registers what it has. Again is harmless."""
    for path in sorted(HERE.glob("cases_*.py")):
        importlib.import_module(f"tests.vectors.{path.stem}")


def load() -> list[Vector]:
    """Every vector file, by name."""
    return [from_text(p.stem, p.read_text()) for p in sorted(FILES.glob("*.txt"))]


async def outcome(primitives: Primitives, vector: Vector) -> str:
    """Replay one vector: `success`, or the code of the error it met. Raises AssertionError for wrong bytes."""
    load_cases()
    try:
        await REPLAYS[vector.kind](primitives, vector)
    except StraatError as e:
        return e.code
    return SUCCESS
