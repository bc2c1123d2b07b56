"""One figure in the agreed shape."""

import statistics
from collections.abc import Sequence
from typing import Any


def metric(runs: Sequence[float], unit: str, floor: float) -> dict[str, Any]:
    """The median of the runs, its floor from the same run, and how many times the floor it is."""
    value = statistics.median(runs)
    return {
        "value": round(value, 3),
        "unit": unit,
        "floor": round(floor, 3),
        "ratio": round(value / floor, 2) if floor else 0.0,
        "runs": [round(r, 3) for r in runs],
    }
