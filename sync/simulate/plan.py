"""What a seed plays: how many devices, and which kinds of trouble it mixes. Everything follows from the seed."""

from dataclasses import dataclass

from sync.simulate.network import Weather
from sync.simulate.world import Luck

LARGE_EVERY, REAL_EVERY, FILES_EVERY = 50, 20, 4
LARGE = 60


@dataclass(frozen=True, slots=True)
class Plan:
    """`files`: devices' logs lie in files, so that their torn tails can be tried; else in memory, which is faster."""

    devices: int
    seconds: int  # members, of these, who have a second device
    steps: int
    files: bool
    trust: bool  # phones lost, members move, roles change, second phones, phones that are evicted
    fading: bool  # notes have a month and months go by, and some are erased
    ages: bool  # old and new apps side by side
    disks: bool  # crashes at any statement, full disks
    server: bool  # it crashes, restarts, is full, is put back from a backup
    skew: bool  # clocks that are days off
    weather: Weather
    partitions: bool


def plan(seed: int, luck: Luck) -> Plan:
    """The plan of a seed."""
    large = seed % LARGE_EVERY == 0
    kind = luck.seeded.random()
    bad = luck.seeded.choice((0.0, 0.5, 1.0, 1.0, 2.0))
    weather = Weather(0.08 * bad, 0.05 * bad, 0.03 * bad, 0.05 * bad, 0.03 * bad)
    seconds = luck.seeded.choice((0, 1, 1, 2))
    return Plan(
        devices=LARGE if large else luck.seeded.randint(3 + seconds, 8),
        seconds=seconds,
        steps=150 if large else luck.seeded.randint(30, 60),
        files=seed % FILES_EVERY == 0 and not large,
        trust=kind < 0.45,
        fading=kind > 0.7,
        ages=luck.chance(0.3),
        disks=luck.chance(0.5),
        server=luck.chance(0.4),
        skew=luck.chance(0.4),
        weather=weather,
        partitions=luck.chance(0.4),
    )
