"""A thousand seeds of sync.simulate, in ten processes of their own, so that `-n 2` spreads them over the cores."""

import subprocess
import sys

import pytest

CHUNK = 100


def _played(*args: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "sync.simulate", *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


@pytest.mark.parametrize("first", range(1, 1001, CHUNK))
def test_a_thousand_seeds_lose_nothing_skip_nothing_and_agree(first: int) -> None:
    """Bad lines, crashes at any write, full disks, a server put back, phones lost, old apps: every note is where it
    belongs, and nowhere else.
    """
    done = _played("--first", f"{first}", "--seeds", f"{CHUNK}", "--processes", "1")
    assert done.returncode == 0, done.stderr[-5000:]
    assert "nothing lost" in done.stdout


def test_a_long_run_goes_on_where_it_stopped(tmp_path: "object") -> None:
    """What is noted in the state's file is not played again, and counts."""
    state = f"{tmp_path}/state.json"
    _played("--seeds", "10", "--processes", "1", "--state", state)
    done = _played("--seeds", "22", "--processes", "2", "--state", state)
    assert done.returncode == 0, done.stderr[-5000:]
    assert done.stdout.startswith("22 seeds, ")
