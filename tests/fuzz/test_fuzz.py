"""The fuzzer itself: short in every run, ten minutes in `make soak`; and every input it was once stopped by."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

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
    tmp_path: Path, seconds: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """No other exception, no input that takes seconds or hundreds of mebibytes, in thousands of inputs a target."""
    code, tried, said = fuzz(tmp_path, seconds)
    with capsys.disabled():
        sys.stdout.write(f"\nfuzz: {tried:,} inputs on {len(targets())} targets in {seconds} s\n")
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


@pytest.mark.parametrize("name", targets())
def test_kept_inputs_end_in_a_value_or_a_refusal(name: str) -> None:
    """The seeds, and all that the fuzzer once found worth keeping."""
    for data in (*targets()[name].seeds, *stored(name)):
        survives(targets()[name].run, data)


def test_every_kept_input_belongs_to_a_target_and_is_small() -> None:
    """No folder is left behind by a target that was renamed; the whole corpus stays small."""
    assert {path.name for path in SEEDS.iterdir()} <= {name.replace(" ", "_") for name in targets()}
    assert sum(path.stat().st_size for path in SEEDS.glob("*/*")) < 300_000
