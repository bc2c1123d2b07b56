"""`make simulate SEEDS=…`: play seeds on all cores; stop at the first that breaks, with its story and how to see it again.

`--state FILE` notes which seeds are done, so that a long run can stop at any moment and go on later.
Primitives come by name, since sync imports no adapter: real ones for every twentieth seed, fast ones elsewhere.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from sync.simulate.played import REAL, Played, chunk

CHUNK = 10  # seeds that a process plays in one go


def main() -> int:
    """0 when every seed holds."""
    parser = argparse.ArgumentParser(prog="python -m sync.simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--state", type=Path, help="note what is done in this file, and go on from it")
    parser.add_argument("--go-on", action="store_true", help="after a broken seed too; all are told at the end")
    parser.add_argument("--primitives", default=REAL)
    args = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") != "0":  # a set's order is part of what has to repeat itself
        os.execve(  # noqa: S606 ourselves, once more
            sys.executable,
            [sys.executable, "-m", "sync.simulate", *sys.argv[1:]],
            {**os.environ, "PYTHONHASHSEED": "0"},
        )
    state = _State(args.state)
    wanted = [(s, min(CHUNK, args.first + args.seeds - s)) for s in range(args.first, args.first + args.seeds, CHUNK)]
    left = [one for one in wanted if one not in state.done]
    jobs = ((first, seeds, args.primitives) for first, seeds in left)
    began = time.monotonic()
    for played in _all(jobs, min(args.processes, len(left) or 1)):
        state.add(played)
        _say(state, args.seeds, time.monotonic() - began)
        if played.broken:
            sys.stderr.write(f"\n{played.broken}")
            if not args.go_on:
                return 1
    sys.stderr.write("\n")
    sys.stdout.write(state.summary() + "\n")
    return 1 if state.broken else 0


def _all(jobs: Iterable[tuple[int, int, str]], processes: int) -> Iterator[Played]:
    """As they come in; never more waiting than are worked on."""
    jobs = iter(jobs)
    if processes == 1:
        for job in jobs:
            yield chunk(*job)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        running: set[Future[Played]] = {pool.submit(chunk, *job) for job in islice(jobs, processes)}
        try:
            while running:
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                for one in finished:
                    running |= {pool.submit(chunk, *job) for job in islice(jobs, 1)}
                    yield one.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


class _State:
    """What was played so far, in memory and in a file of one JSON object."""

    def __init__(self, path: Path | None) -> None:
        known = json.loads(path.read_text()) if path is not None and path.exists() else {}
        self._path = path
        self.done: set[tuple[int, int]] = {(first, seeds) for first, seeds in known.get("done", [])}
        self.seeds, self.notes = int(known.get("seeds", 0)), int(known.get("notes", 0))
        self.seconds = float(known.get("seconds", 0.0))
        self.devices: dict[int, int] = {int(k): v for k, v in known.get("devices", {}).items()}
        self.broken: list[str] = known.get("broken", [])

    def add(self, played: Played) -> None:
        """Note a chunk, before the next is played."""
        self.done.add((played.first, played.wanted))
        self.seeds, self.notes = self.seeds + played.seeds, self.notes + played.notes
        self.seconds += played.seconds
        for size, count in played.devices.items():
            self.devices[size] = self.devices.get(size, 0) + count
        self.broken += [played.broken] if played.broken else []
        if self._path is not None:
            facts = {k: getattr(self, k) for k in ("seeds", "notes", "seconds", "devices", "broken")}
            fresh = self._path.with_suffix(".new")
            fresh.write_text(json.dumps({"done": sorted(self.done), **facts}))
            fresh.replace(self._path)

    def summary(self) -> str:
        """One line."""
        sizes = ", ".join(f"{count} of {size}" for size, count in sorted(self.devices.items()))
        ends = f"{len(self.broken)} broken" if self.broken else "nothing lost, everyone agrees"
        return f"{self.seeds} seeds, {self.notes} notes, {self.seconds:.0f} CPU seconds: {ends} (devices: {sizes})"


def _say(state: _State, seeds: int, seconds: float) -> None:
    sys.stderr.write(f"\r{state.seeds} of {seeds} seeds, {state.notes} notes, {seconds:.0f} s")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
