"""How large the phone app is: as sent and unpacked. Floor: the Flutter client and Pyodide alone."""

import json
from pathlib import Path
from typing import Any

from tests.bench.metric import metric

SITE = Path("build/web")
RUNTIME = ("main.dart.js", "canvaskit.wasm", "pyodide.asm.wasm", "python_stdlib.zip")


def measure() -> dict[str, Any]:
    """build.compressed_mib and build.raw_mib."""
    site = json.loads((SITE / "site.json").read_text())
    runtime = [n for n in site["files"] if n.endswith(RUNTIME)]
    raw = sum(site["files"][n]["size"] for n in runtime) / 2**20
    sent = sum(min(p.stat().st_size for p in SITE.glob(f"{n}*")) for n in runtime) / 2**20
    return {
        "build.compressed_mib": metric([site["compressed_mib"]], "MiB", sent),
        "build.raw_mib": metric([site["raw_mib"]], "MiB", raw),
    }
