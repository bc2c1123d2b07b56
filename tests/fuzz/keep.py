"""Keep of a fuzzer's corpus what reaches lines, in an order, that the kept inputs do not: `python -m tests.fuzz.keep FOLDER`.

FOLDER is what `python -m tests.fuzz --corpus FOLDER` left. Smallest inputs first, so that what stays is small.
"""

import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import FrameType
from typing import Any

from tests.fuzz.targets import SEEDS, stored, survives, targets

ROOTS = ("/sync/", "/app/")
Step = tuple[str, int, int]


def steps(run: Callable[[bytes], Any], data: bytes) -> set[Step]:
    """Which line follows which in our own code when a target gets these bytes."""
    found: set[Step] = set()
    last: dict[FrameType, int] = {}

    def local(frame: FrameType, event: str, _: Any) -> Any:
        found.add((frame.f_code.co_filename, last.get(frame, 0), frame.f_lineno))
        last[frame] = frame.f_lineno
        return local

    def tracer(frame: FrameType, event: str, _: Any) -> Any:
        return local if any(root in frame.f_code.co_filename for root in ROOTS) else None

    sys.settrace(tracer)
    try:
        survives(run, data)
    finally:
        sys.settrace(None)
    return found


def main(corpus: Path) -> None:
    """Add to tests/fuzz/seeds."""
    inputs = sorted((path.read_bytes() for path in corpus.iterdir()), key=len)
    for number, (name, target) in enumerate(targets().items()):
        mine = [data[1:] for data in inputs if data and data[0] % len(targets()) == number]
        known: set[Step] = set()
        for seed in [*target.seeds, *stored(name)]:
            known |= steps(target.run, seed)
        for data in mine:
            new = steps(target.run, data) - known
            if new:
                known |= new
                folder = SEEDS / name.replace(" ", "_")
                folder.mkdir(parents=True, exist_ok=True)
                (folder / sha256(data).hexdigest()[:12]).write_bytes(data)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
