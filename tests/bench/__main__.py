"""Run the measurements and write build/bench.json. Names, once given, stay."""

import argparse
import importlib
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

AREAS = {
    "build": ("build",),
    "core": ("core", "trust"),
    "start": ("start", "log"),
    "server": ("server", "wake"),
    "desk": ("search", "desk"),
    "rounds": ("rounds",),
}
OUT = Path("build/bench.json")


def main() -> int:
    """Measure what was asked for; figures of other areas in the file are kept."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="all", choices=["all", *AREAS])
    only = parser.parse_args().only
    known: dict[str, Any] = json.loads(OUT.read_text())["metrics"] if OUT.exists() else {}
    for area, modules in AREAS.items():
        for name in modules if only in ("all", area) else ():
            sys.stderr.write(f"bench: {name}\n")
            known |= importlib.import_module(f"tests.bench.{name}").measure()
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps({"machine": machine, "metrics": known}, indent=1))
    for name, metric in sorted(known.items()):
        sys.stdout.write(
            f"{name:28} {metric['value']:>10} {metric['unit']:4} {metric['ratio']:>6} x floor {metric['floor']}\n"
        )
    return 0


sys.exit(main())
