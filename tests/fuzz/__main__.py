"""One run of the fuzzer over all targets, bounded in time and memory. Ends with 0, or with the input that it found.

    python -m tests.fuzz --seconds 600 [--only NAME] [--findings FOLDER] [--corpus FOLDER] [--plant]

libFuzzer (by atheris) chooses inputs by the code they reach. The first byte of an input is the target's number; the
rest is what the target gets. A finding is any exception but a StraatError, an input of at most 8 KiB that takes
more than 5 seconds, or memory beyond 1,024 MiB. `--corpus` keeps what led somewhere new, to be made small
with libFuzzer's -merge; `--plant` adds a target with a bug, to see that the fuzzer finds one.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

from tests.fuzz.mutate import altered

MAX_BYTES, MAX_SECONDS, MAX_MIB = 8192, 5, 1024

with atheris.instrument_imports(include=["sync.core", "sync.device", "app.services", "app.view", "app.web.hashes"]):
    from tests.fuzz import targets as fuzzed


@atheris.instrument_func
def _planted(data: bytes) -> None:
    """A bug as parsers have them: an index that nobody checked."""
    if data[:2] == b"\x01\x05":
        data[100]


def _chosen(only: str, plant: bool) -> dict[str, fuzzed.Target]:
    chosen = {n: t for n, t in fuzzed.targets().items() if not only or n == only}
    return {**chosen, "planted": fuzzed.Target(_planted, (b"\x01",))} if plant else chosen


def _beginnings(folder: Path, chosen: dict[str, fuzzed.Target]) -> None:
    """Every seed as an input: the target's number before it."""
    for number, (name, target) in enumerate(chosen.items()):
        for i, seed in enumerate([*target.seeds, *fuzzed.stored(name)]):
            (folder / f"{number:02}-{i:03}").write_bytes(bytes((number,)) + seed)


def main() -> None:
    """Run; does not come back."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--only", default="")
    parser.add_argument("--findings", type=Path, default=Path("build/fuzz"))
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--plant", action="store_true")
    args = parser.parse_args()
    chosen = _chosen(args.only, args.plant)
    runs = [target.run for target in chosen.values()]

    def one(data: bytes) -> None:
        if data:
            fuzzed.survives(runs[data[0] % len(runs)], data[1:])

    def another(data: bytes, size: int, seed: int) -> bytes:
        if not data:
            return bytes((seed % len(runs),))
        if seed % 16 == 0:
            return bytes(atheris.Mutate(data, size))[:size]
        rest = altered(data[1:], seed, lambda raw: bytes(atheris.Mutate(raw, max(1, size - 1))))
        return (data[:1] + rest)[:size]

    args.findings.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as seeds:
        _beginnings(Path(seeds), chosen)
        sys.stderr.write("targets: " + ", ".join(chosen) + "\n")
        options = [f"-max_total_time={args.seconds}", f"-max_len={MAX_BYTES}", f"-timeout={MAX_SECONDS}"]
        options += [
            f"-rss_limit_mb={MAX_MIB}",
            f"-artifact_prefix={args.findings}/",
            "-print_final_stats=1",
            "-verbosity=0",
        ]
        folders = [str(args.corpus)] if args.corpus else []
        atheris.Setup([sys.argv[0], *options, *folders, seeds], one, custom_mutator=another)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
