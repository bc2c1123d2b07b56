"""A chunk of seeds, played in whichever process; and what that gave."""

import importlib
import logging
import time
from typing import NamedTuple

from sync.core.ports import Primitives
from sync.simulate.fast import FastPrimitives
from sync.simulate.plan import REAL_EVERY
from sync.simulate.run import Broken, Simulation

REAL = "app.platform.native_crypto:NativePrimitives"
AGAIN = "python -m sync.simulate --seeds 1 --first"


class Played(NamedTuple):
    """What a chunk of `wanted` seeds gave. `broken`: the stories, "" when all hold. `devices`: how many → seeds."""

    first: int
    wanted: int
    seeds: int
    notes: int
    seconds: float
    devices: dict[int, int]
    broken: str


def primitives_of(seed: int, real: str) -> Primitives:
    """Which primitives a seed is played with."""
    if seed % REAL_EVERY:
        return FastPrimitives()
    module, _, name = real.partition(":")
    found: Primitives = getattr(importlib.import_module(module), name)()
    return found


def chunk(first: int, seeds: int, real: str = REAL) -> Played:
    """Play so many seeds from the first."""
    logging.disable(logging.CRITICAL)  # what fails on purpose says so in the log
    notes, began, devices, told = 0, time.process_time(), dict[int, int](), ""
    for seed in range(first, first + seeds):
        simulation = Simulation(primitives_of(seed, real), seed)
        try:
            notes += simulation.play()
        except Broken as broken:
            told += f"{broken}\nagain: {AGAIN} {seed}\n"
        size = simulation.plan.devices
        devices[size] = devices.get(size, 0) + 1
    return Played(first, seeds, seeds, notes, time.process_time() - began, devices, told)
