"""No refusal without a vector: every `raise` that what comes from outside can reach is reached by a published file."""

import ast
import asyncio
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from app.platform.native_crypto import NativePrimitives
from sync.core import codec
from tests.vectors.vector import load, outcome

CORE = Path(codec.__file__).parent
FORMATS = (
    "change", "codec", "curves", "directory", "envelope", "formats", "hkdf", "hlc", "hpke", "ids", "invitation",
    "padding", "ring", "sender_key", "wire",
)  # fmt: skip

# Raises that no bytes from outside reach, by module, function and the error's name, each with the reason.
NOT_FROM_OUTSIDE = {
    "codec.pack BadFormat": "a writer's own value: what was read packs again, or is refused by _plain before",
    "hkdf.expand ValueError": "the caller's own length",
}


def raises(module: str) -> dict[int, str]:
    """Line and name (module, innermost function, error) of each `raise` with an error in a module of the core."""
    found: dict[int, str] = {}
    for function in ast.walk(ast.parse((CORE / f"{module}.py").read_text(encoding="utf-8"))):  # outer before inner
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Raise) and node.exc is not None:
                    error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
                    found[node.lineno] = f"{module}.{function.name} {ast.unparse(error)}"
    return found


@pytest.fixture(scope="module")
def reached() -> set[tuple[str, int]]:
    """Every line of the core that some vector runs, by module."""
    seen: set[tuple[str, int]] = set()

    def local(frame: FrameType, event: str, _: Any) -> Any:
        seen.add((Path(frame.f_code.co_filename).stem, frame.f_lineno))
        return local

    def tracer(frame: FrameType, event: str, _: Any) -> Any:
        return local if frame.f_code.co_filename.startswith(str(CORE)) else None

    async def all_of_them() -> None:
        for vector in load():
            await outcome(NativePrimitives(), vector)

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        asyncio.run(all_of_them())
    finally:
        sys.settrace(before)
    return seen


@pytest.mark.parametrize("module", FORMATS)
def test_every_refusal_has_a_vector(module: str, reached: set[tuple[str, int]]) -> None:
    """A refusal is reached by a vector, or listed here with the reason why nothing from outside comes there."""
    missing = {name for line, name in raises(module).items() if (module, line) not in reached}
    assert missing == {name for name in NOT_FROM_OUTSIDE if name.startswith(f"{module}.")}
