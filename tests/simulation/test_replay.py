"""The same seed tells the same story, to the millisecond; a broken one says how to see it again."""

import subprocess
import sys

import pytest

from sync.simulate.fast import FastPrimitives
from sync.simulate.played import AGAIN, chunk
from sync.simulate.run import Simulation
from sync.simulate.server import Server

_TELL = (
    "import logging; logging.disable(50)\n"
    "from sync.simulate.run import Simulation\n"
    "from sync.simulate.fast import FastPrimitives\n"
    "for seed in (3, 4, 11, 17):\n"
    "    s = Simulation(FastPrimitives(), seed); s.play(); print(chr(10).join(s.story.lines))"
)


def test_a_seed_replays_exactly_in_another_process() -> None:
    """Two processes, one story: whatever the network, the disks and the people do follows from the seed alone."""
    command, env = [sys.executable, "-c", _TELL], {"PYTHONHASHSEED": "0"}
    told = [subprocess.run(command, capture_output=True, text=True, check=True, env=env) for _ in range(2)]
    assert len(told[0].stdout.splitlines()) > 100
    assert told[0].stdout == told[1].stdout


def test_seeds_differ() -> None:
    """Another seed is another story."""
    stories = []
    for seed in (1, 2):
        simulation = Simulation(FastPrimitives(), seed)
        simulation.play()
        stories.append(simulation.story.lines)
    assert stories[0] != stories[1]


async def _forgets(self: Server) -> None:
    """A server that comes back empty-handed."""
    raise AssertionError("planted")


def test_a_broken_seed_tells_its_story_and_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """What broke, what happened before it, and how to play it again."""
    monkeypatch.setattr(Server, "restart", _forgets)
    played = chunk(7, 1)
    assert played.broken.startswith("seed 7: AssertionError: planted")
    assert f"again: {AGAIN} 7\n" in played.broken
    assert played.seeds == 1
