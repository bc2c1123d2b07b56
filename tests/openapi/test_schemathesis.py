"""schemathesis against the real server: whatever is asked, the answer is one that docs/openapi.json tells of."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.openapi.pool import filled, signed_in
from tests.support.process import running

ROOT = Path(__file__).parents[2]
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "answer_shape",
    "negative_data_rejection",
    "unsupported_method",
    "ignored_auth",
)


async def asked(folder: Path, *more: str) -> None:
    """Run schemathesis against a server of its own; what it found fails the test, in its own words."""
    organisation, pool = await filled(folder)
    async with running(folder) as server:
        await signed_in(organisation, pool, server.url)
        pool.write(folder / "pool.json")
        command = [sys.executable, "-m", "schemathesis.cli", "run", f"{server.url}/v1/openapi.json"]
        command += ["--checks", ",".join(CHECKS), "--no-color", "--continue-on-failure", "--workers", "1", *more]
        command += ["--exclude-path", "/v1/events"]  # its answer has no end: tests/unit/test_server_events.py
        files = {"STRAAT_POOL": str(folder / "pool.json"), "STRAAT_TALLY": str(folder / "tally")}
        env = {**os.environ, "SCHEMATHESIS_HOOKS": "tests.openapi.asking", **files}
        done = await asyncio.to_thread(
            subprocess.run, command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=1000
        )
        tally = Counter((folder / "tally").read_text().splitlines())
        print("\n".join(f"{n:6} {line}" for line, n in sorted(tally.items())))
        assert done.returncode == 0, done.stdout[-30_000:] + done.stderr
        assert await server.end(signal.SIGTERM) in (0, -signal.SIGTERM)


def test_nothing_is_answered_that_the_document_does_not_tell(tmp_path: Path) -> None:
    """Every message with bodies that fit and that don't, with tokens and without."""
    asyncio.run(asked(tmp_path, "--max-examples", "25", "--seed", "1"))
