"""How the machines run: short and the same each time in every run, long and new each time in `make soak`."""

import asyncio
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

T = TypeVar("T")
SLOW = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large)
EVERY = settings(deadline=None, database=None, report_multiple_bugs=False, suppress_health_check=SLOW)


def short(machine: type[RuleBasedStateMachine], examples: int, steps: int) -> None:
    """A bounded run that is the same each time."""
    how = settings(EVERY, max_examples=examples, stateful_step_count=steps, derandomize=True)
    run_state_machine_as_test(machine, settings=how)


def long(machine: type[RuleBasedStateMachine], rounds: int, steps: int) -> None:
    """A long run that is another each time (rounds of a hundred examples each); what it finds is printed as steps, to
    become a test with a name.
    """
    how = settings(EVERY, max_examples=100, stateful_step_count=steps, print_blob=True)
    for _ in range(rounds):
        run_state_machine_as_test(machine, settings=how)


def catches(machine: type[RuleBasedStateMachine], examples: int = 100, steps: int = 30) -> None:
    """A machine with a planted fault has to stop at it: a control of the machine."""
    generate = (Phase.generate,)
    how = settings(EVERY, max_examples=examples, stateful_step_count=steps, derandomize=True, phases=generate)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=how)


def folder() -> Path:
    """A new folder for one example: in memory where there is such a place, since thousands of them are flushed."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="straatcontact-", dir=memory if memory.is_dir() else None))


class Loop:
    """One event loop for all steps of one machine."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for one piece of async work."""
        return self._runner.run(work)

    def close(self) -> None:
        """End it."""
        self._runner.close()
