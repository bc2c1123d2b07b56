"""The fuzzer itself: short in every run, ten minutes in `make soak`; and every input it was once stopped by."""

import importlib.util
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgpack
import pytest

from tests.conftest import TOLD
from tests.fuzz.mutate import _unpacked, altered
from tests.fuzz.targets import SEEDS, stored, survives, targets

needs_atheris = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris has no wheel for this machine"
)
ROOT = Path(__file__).parents[2]


def fuzz(tmp_path: Path, seconds: int, *more: str) -> tuple[int, int, str]:
    """Exit code, number of inputs tried, and everything said."""
    command = [sys.executable, "-m", "tests.fuzz", "--seconds", str(seconds), "--findings", str(tmp_path), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=seconds + 120)
    tried = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    return done.returncode, int(tried[1]) if tried else 0, done.stdout + done.stderr


@needs_atheris
@pytest.mark.parametrize("seconds", [20, pytest.param(600, marks=pytest.mark.soak)])
def test_nothing_that_comes_from_outside_gets_more_than_a_refusal(
    tmp_path: Path, seconds: int, record_property: Callable[[str, object], None]
) -> None:
    """No other exception, no input that takes seconds or hundreds of mebibytes, in thousands of inputs a target."""
    code, tried, said = fuzz(tmp_path, seconds)
    record_property(TOLD, f"fuzz: {tried:,} inputs on {len(targets())} targets in {seconds} s")
    assert code == 0, said[-4000:]
    assert tried > 200 * seconds


@needs_atheris
def test_the_fuzzer_finds_a_bug_when_there_is_one(tmp_path: Path) -> None:
    """A control: an unchecked index behind two bytes is found, and the input is kept."""
    code, _, said = fuzz(tmp_path, 30, "--plant", "--only", "planted")
    assert code != 0
    assert "IndexError" in said
    [kept] = tmp_path.glob("crash-*")
    assert kept.read_bytes()[1:3] == b"\x01\x05"


def test_altered_inputs_stay_well_formed_and_reach_every_place() -> None:
    """A control of the mutator: half of the inputs still unpack, most are new, and each place, however deep, gets its turn."""
    value = {"a": [1, "text", bytes(16)], "b": {"c": None, "d": [True]}}
    packed = msgpack.packb(value)
    other = {altered(packed, seed, lambda raw: raw) for seed in range(4000)} - {packed}
    whole = [v for v in map(_unpacked, other) if isinstance(v, dict)]
    assert len(whole) > 300
    for kept in ([1, "text"], [1, bytes(16)], ["text", bytes(16)]):
        assert any(
            isinstance(v.get("a"), list) and v["a"] != value["a"] and all(x in v["a"] for x in kept) for v in whole
        )
    assert any(v.get("b") == {"c": None, "d": [False]} for v in whole)


def test_what_lies_inside_a_signed_envelope_is_altered_too() -> None:
    """First bytes and signature stay, and a value in the header is another."""
    signed = b"\x01\x01" + msgpack.packb([msgpack.packb([bytes(16), 5, bytes(40)]), b"body"]) + bytes(64)
    made = {altered(signed, seed, lambda raw: raw) for seed in range(4000)} - {signed}
    inside = [_unpacked(d[2:-64]) for d in made if d[:2] == b"\x01\x01" and d[-64:] == bytes(64)]
    heads = [_unpacked(v[0]) for v in inside if isinstance(v, list) and len(v) == 2 and isinstance(v[0], bytes)]
    assert any(isinstance(h, list) and len(h) == 3 and h[1] != 5 for h in heads)


@pytest.mark.parametrize("name", targets())
def test_kept_inputs_end_in_a_value_or_a_refusal(name: str) -> None:
    """The seeds, and all that the fuzzer once found worth keeping."""
    for data in (*targets()[name].seeds, *stored(name)):
        survives(targets()[name].run, data)


def test_every_kept_input_belongs_to_a_target_and_is_small() -> None:
    """No folder is left behind by a target that was renamed; the whole corpus stays small."""
    assert {path.name for path in SEEDS.iterdir()} <= {name.replace(" ", "_") for name in targets()}
    assert sum(path.stat().st_size for path in SEEDS.glob("*/*")) < 300_000
