"""docs/threat-model.md lists every attack that is tried, and no other: the table is held to the tests."""

import importlib
import re
from pathlib import Path
from types import FunctionType

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
ENDS = ("refused and reported", "withheld only")


def cases() -> dict[str, list[str]]:
    """Each test of a hostile server → the names of its variants (none: it is one case)."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("test_evil_*.py")):
        module = importlib.import_module(f"tests.adversary.{path.stem}")
        for name, test in vars(module).items():
            if name.startswith("test_") and isinstance(test, FunctionType):
                found[f"{path.name}::{name}"] = [str(one) for mark in marks(test) for one in variants(mark)]
    return found


def marks(test: FunctionType) -> list[object]:
    """Its parametrize marks."""
    return [m for m in getattr(test, "pytestmark", []) if m.name == "parametrize"]


def variants(mark: object) -> list[object]:
    """The name of each variant, as it was written down."""
    names = mark.kwargs.get("ids") or mark.args[1]  # type: ignore[attr-defined]
    return [one[0] if isinstance(one, tuple) else one for one in names]


def rows() -> list[list[str]]:
    """The cells of the table."""
    section = TEXT.split("\n## What a hostile server has tried\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[c.strip() for c in line.strip("|").split(" | ")] for line in lines[2:]]


def test_the_list_names_every_case_and_no_other() -> None:
    """Each test once, every variant of it by name, numbered from one to the last, at least sixty."""
    told = {}
    following = 1
    for numbers, tries, ends, test in rows():
        first, _, last = numbers.partition("–")
        assert int(first) == following
        following = int(last or first) + 1
        assert ends.startswith(ENDS), ends
        name = "test_evil_" + test.strip("`")
        told[name] = (following - int(first), tries)
    real = cases()
    assert told.keys() == real.keys()
    for name, names in real.items():
        count, tries = told[name]
        assert count == max(1, len(names)), name
        assert not names or tries.endswith(": " + "; ".join(names)), name
    assert following > 60


def test_the_number_in_the_text_is_that_of_the_table() -> None:
    """So many ways, it says."""
    last = rows()[-1][0].rpartition("–")[2]
    assert re.search(rf"\b{last} ways\b", TEXT)
