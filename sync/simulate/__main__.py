"""`make simulate SEEDS=…`: play seeds one after another; stop at the first that breaks, with its story.

Primitives come by name, since sync imports no adapter.
"""

import argparse
import asyncio
import importlib
import sys

from sync.simulate.run import Broken, Simulation


def main() -> int:
    """0 when every seed holds."""
    parser = argparse.ArgumentParser(prog="sync.simulate")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--primitives", default="app.platform.native_crypto:NativePrimitives")
    args = parser.parse_args()
    module, _, name = args.primitives.partition(":")
    primitives = getattr(importlib.import_module(module), name)()
    notes = 0
    for seed in range(args.first, args.first + args.seeds):
        try:
            trust, fading = seed % 2 == 0, seed % 4 == 1
            played = Simulation(primitives, seed, contacts=2 + seed % 5, steps=60, trust=trust, fading=fading)
            notes += asyncio.run(played.run())
        except Broken as broken:
            sys.stderr.write(f"{broken}\nagain: python -m sync.simulate --seeds 1 --first {seed}\n")
            return 1
        if seed % 25 == 0:
            sys.stderr.write(f"seed {seed}: {notes} notes, none lost\n")
    sys.stdout.write(f"{args.seeds} seeds, {notes} notes: nothing lost, everyone agrees\n")
    return 0


sys.exit(main())
