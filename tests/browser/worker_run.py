"""Runs in the worker: imports a module of the repository and calls its functions. See worker_harness.py."""

import importlib
import inspect
import json
import sys
import time
import traceback

sys.path.insert(0, "/repo")


async def _run_one(name, function):
    began = time.perf_counter()
    error = ""
    try:
        result = function()
        if inspect.isawaitable(result):
            await result
    except BaseException:
        error = traceback.format_exc()
    return {"name": name, "error": error, "millis": (time.perf_counter() - began) * 1000}


async def run_module(module, wanted):
    """JSON list of results; `wanted` is a JSON list of names, or null for every test_*."""
    loaded = importlib.import_module(module)
    names = json.loads(wanted) or [n for n in vars(loaded) if n.startswith("test_")]
    return json.dumps([await _run_one(n, getattr(loaded, n)) for n in names])
