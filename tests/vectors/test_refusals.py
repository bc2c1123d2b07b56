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
from sync.core.errors import RollRefused
from tests.vectors.vector import REPLAYS, load, outcome

CORE = Path(codec.__file__).parent
FORMATS = (
    "change", "codec", "curves", "directory", "envelope", "formats", "hkdf", "help_line", "hlc", "hpke", "ids", "invitation",
    "padding", "ring", "roll", "roll_entry", "roll_rules", "roll_state", "sender_key", "wire", "words",
)  # fmt: skip

# Raises that no bytes from outside reach, by module, function and the error's name, each with the reason.
NOT_FROM_OUTSIDE = {
    "codec.pack BadFormat": "a writer's own value",
    "codec._plain BadFormat": "a writer's own value",
    "hkdf.expand ValueError": "the caller's own length",
    "roll.extend RollMoved": "two calls at once on one device",
    "wire.accepted decode_error": "what the server answered; how it is read has vectors of its own (wire_error)",
    "words.to_words BadFormat": "the caller's own length",
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


def reasons() -> set[str]:
    """Every reason for which an entry of the roll is refused, as it stands in the code."""
    calls = (n for n in ast.walk(ast.parse((CORE / "roll_rules.py").read_text())) if isinstance(n, ast.Call))
    needs = [n for n in calls if isinstance(n.func, ast.Name) and n.func.id == "_need"]
    assert len(needs) > 40
    return {ast.literal_eval(n.args[1]) for n in needs}


def test_every_reason_of_the_roll_has_a_vector() -> None:
    """One vector at least is refused for each reason, and each that names its reason is refused for that one."""
    met = set()
    for vector in load():
        if vector.kind == "roll" and vector.expect == RollRefused.code:
            with pytest.raises(RollRefused) as refused:
                asyncio.run(REPLAYS["roll"](NativePrimitives(), vector))
            assert vector.values.get("why", refused.value.detail) == refused.value.detail, vector.name
            met.add(refused.value.detail)
    assert reasons() - met == set()
